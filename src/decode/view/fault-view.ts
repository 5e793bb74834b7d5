// faults -> words: what was odd in the packet that was walked last, for decode, explain and messages.

import { etherTypeName } from '../../wire/ether-type.ts';
import { pppProtocolName } from '../../wire/pppoe.ts';
import { protocolRow } from '../../wire/protocols.ts';
import { FAULT, FAULTS, LIMIT_NAMES, NUMBER_SPACE, NUMBER_SPACE_NAMES } from '../faults.ts';
import { type LayerStack, OUTCOME } from '../layer-stack.ts';

export interface FaultView {
  /** Stable code: `tcp-truncated`. */
  code: string;
  /** One sentence with what is known: `the TCP header is cut off: needs 20 bytes, has 12 (captured)`. */
  message: string;
  /** Index of the layer that could not be read (`depth` of the stack if it was not pushed), and where it begins in the frame. */
  layer: number;
  offset: number;
  /** Bytes needed and present; 0 and 0 where length was not the matter. */
  need: number;
  have: number;
  /** `captured`, `frame.len`, `ip.len`, ...: who set the limit. */
  limit: string;
  spec: string;
  /** True: the packet is decoded and counted as usual. */
  notice: boolean;
}

/** The fault or notice of the packet that starts at `start`; null when there is none. */
export function viewFault(stack: LayerStack, start: number): FaultView | null {
  if (stack.fault === FAULT.none) return null;
  const info = FAULTS[stack.fault]!;
  const limit = LIMIT_NAMES[stack.limit] ?? 'captured';
  const { need, have } = stack;
  const counts = need > 0 ? `: needs ${need} bytes, has ${have} (${limitText(limit)})` : '';
  return {
    code: info.name,
    message: info.text + counts,
    layer: stack.faultLayer,
    offset: stack.faultAt - start,
    need,
    have: need > 0 ? have : 0,
    limit,
    spec: info.spec,
    notice: info.notice,
  };
}

/** For an `unsupported` packet, what it was that is not known: `EtherType 0x894f (NSH)`; else null. */
export function unsupportedText(stack: LayerStack): string | null {
  if (stack.outcome !== OUTCOME.unsupported) return null;
  const space = stack.unsupportedSpace;
  const number = stack.unsupported;
  const what = NUMBER_SPACE_NAMES[space] ?? 'protocol';
  const isType = space === NUMBER_SPACE.etherType || space === NUMBER_SPACE.sllProtocol;
  if (!isType && space !== NUMBER_SPACE.pppProtocol) return `${what} ${number}`;
  const name = isType ? etherTypeName(number) : pppProtocolName(number);
  return `${what} 0x${number.toString(16).padStart(4, '0')}${name === null ? '' : ` (${name})`}`;
}

/** The layers of the packet as tshark writes frame.protocols: `eth:ip:udp:vxlan:eth:ip:tcp`. */
export function protocolPath(stack: LayerStack): string {
  const names: string[] = [];
  for (let i = 0; i < stack.depth; i++) names.push(protocolRow(stack.protocol[i]!).name);
  return names.join(':');
}

function limitText(limit: string): string {
  if (limit === 'captured') return 'the capture cut the packet off';
  return limit === 'frame.len' ? 'the frame was no longer on the wire' : `set by ${limit}`;
}
