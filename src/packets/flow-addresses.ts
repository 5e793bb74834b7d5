// HOT: per packet. No allocation.
// Whether a packet can be of one of a few flows, by the addresses of its IP headers alone: most are not, and need not be located. Right where
// there are no fragments: a later one has its first one's flow.

import type { LayerStack } from '../decode/layer-stack.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import { u32 } from '../wire/bytes.ts';
import { IPV4 } from '../wire/ipv4.ts';
import { PROTOCOL } from '../wire/protocols.ts';

const SOURCE = IPV4.src.bit >> 3;
const DESTINATION = IPV4.dst.bit >> 3;
/** More flows are not compared one by one. */
const MOST_FLOWS = 16;

export class FlowAddresses {
  readonly #sources: number[] = [];
  readonly #destinations: number[] = [];
  /** Of IPv6, any packet may be. */
  readonly #hasIpv6: boolean;

  private constructor(table: FlowTable, flows: readonly number[]) {
    this.#hasIpv6 = flows.some((flow) => table.familyOf(flow) === 6);
    for (const flow of flows) {
      this.#sources.push(table.sourceWord(flow) >>> 0);
      this.#destinations.push(table.destinationWord(flow) >>> 0);
    }
  }

  /** Of these flows of the table; null where they are too many. */
  static of(table: FlowTable, flows: readonly number[]): FlowAddresses | null {
    return flows.length > MOST_FLOWS ? null : new FlowAddresses(table, flows);
  }

  /** Whether some IP header of a walked packet has both addresses of a flow. */
  mayHave({ bytes, stack }: { bytes: Uint8Array; stack: LayerStack }): boolean {
    for (let layer = 0; layer < stack.depth; layer++) {
      const protocol = stack.protocol[layer]!;
      if (protocol === PROTOCOL.ipv6 && this.#hasIpv6) return true;
      if (protocol !== PROTOCOL.ipv4) continue;
      const source = u32(bytes, stack.start[layer]! + SOURCE);
      const destination = u32(bytes, stack.start[layer]! + DESTINATION);
      for (let i = 0; i < this.#sources.length; i++)
        if (this.#sources[i] === source && this.#destinations[i] === destination) return true;
    }
    return false;
  }
}
