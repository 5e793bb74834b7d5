// One packet through the walk, told in words, for tests that state what the walk must find.

import { FAULT_NAMES, LIMIT_NAMES } from '../../src/decode/faults.ts';
import { LayerStack, OUTCOME_NAMES } from '../../src/decode/layer-stack.ts';
import { protocolPath } from '../../src/decode/view/fault-view.ts';
import { walk } from '../../src/decode/walk.ts';
import { type WalkPorts, walkPorts } from '../../src/decode/walk-ports.ts';
import { inBuffer } from './packet-builder.ts';

export interface WalkOptions {
  linkType?: number;
  /** Bytes on the wire; default: as many as are there. */
  original?: number;
  ports?: WalkPorts;
}

export interface Walked {
  /** `eth:ip:udp:vxlan:eth:ip:tcp`. */
  path: string;
  outcome: string;
  /** Code of fault or notice, `none` without. */
  fault: string;
  /** `need 20 have 12 at 34 (ip.len)`; empty without a fault. */
  where: string;
  stack: LayerStack;
  /** Where the packet starts in `bytes`. */
  start: number;
  bytes: Uint8Array;
}

const DEFAULT_PORTS = walkPorts();

/** Walks a packet that lies inside a bigger buffer of other bytes, so that reading beyond it would show. */
export function walkPacket(packet: Uint8Array, options: WalkOptions = {}): Walked {
  const { linkType = 1, original = packet.length, ports = DEFAULT_PORTS } = options;
  const start = 7;
  const bytes = inBuffer(packet, start);
  const stack = new LayerStack();
  walk(bytes, start, packet.length, original, linkType, stack, ports);
  const fault = FAULT_NAMES[stack.fault]!;
  const limit = LIMIT_NAMES[stack.limit]!;
  return {
    path: protocolPath(stack),
    outcome: OUTCOME_NAMES[stack.outcome]!,
    fault,
    where: fault === 'none' ? '' : `need ${stack.need} have ${stack.have} at ${stack.faultAt - start} (${limit})`,
    stack,
    start,
    bytes,
  };
}
