// Which packets belong to flows that a trace picked: for filters that only whole flows can answer (verdict, finding). A second
// reading of the same captures, told by the table that counted them: a bit per flow, and a look-up per packet.
import type { Stretch } from '../capture/stretches.ts';
import type { Packet } from '../decode/packet.ts';
import type { PacketLocator } from '../flow/packet-locator.ts';
import type { TraceIndex } from '../verdict/trace-types.ts';
import type { Partly } from './merge-by-time.ts';
import type { PacketTest } from './read-packets.ts';

export class FlowSelector implements PacketTest {
  /** Of the packet asked about last: the id of its flow, 0 where it is of none. */
  id = 0;
  readonly #locator: PacketLocator;
  readonly #index: TraceIndex;
  /** By the id of a flow. */
  readonly #wanted: Uint8Array;

  /** @param index of a trace whose filters tell which flows are wanted */
  constructor(index: TraceIndex, locator: PacketLocator) {
    this.#index = index;
    this.#locator = locator;
    this.#wanted = new Uint8Array(index.table.flowCount + 1);
    // a flow that only answers prove has an id beyond them, and no packets
    for (const id of index.ids()) this.#wanted[id] = 1;
  }

  /**
   * Where packets of the flows may stand, of captures that were read as a whole: between the first of all and the last. With what tells of which
   * flow fragments are, and with the first packet, which times may be relative to.
   */
  get partly(): Partly {
    const { first, last } = this.#span();
    return (capture) => {
      const stretches = this.#index.stretches[capture] ?? [];
      const isBefore = (stretch: Stretch): boolean => stretch.last + 1 < first;
      const end = stretches.findLast((one) => !isBefore(one) && !(one.first > last))?.packet ?? 0;
      // what is late in the order of packets delays those behind it in the order of time: it is left out only where nothing follows
      const isWanted = (stretch: Stretch): boolean =>
        stretch.packet === 1 || (stretch.packet <= end && (stretch.hasFragments || !isBefore(stretch)));
      return { stretches, isWanted };
    };
  }

  /** Seconds by the captures' own clocks; a packet without a time could be anywhere. */
  #span(): { first: number; last: number } {
    const { table, idOf } = this.#index;
    const span = { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
    for (let flow = 0; flow < table.flowCount; flow++) {
      if (this.#wanted[idOf(flow)] !== 1) continue;
      for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row)) {
        span.first = Math.min(span.first, table.rows.firstSeconds(row));
        span.last = Math.max(span.last, table.rows.lastSeconds(row));
      }
    }
    return span;
  }

  /** Whether the packet is of one of the flows. Call it for every packet. */
  fits({ bytes, stack, capture, interface: device }: Packet): boolean {
    this.#locator.locate(bytes, stack, capture, device?.index ?? -1);
    const { flow } = this.#locator;
    this.id = flow < 0 ? 0 : this.#index.idOf(flow);
    return flow >= 0 && this.#wanted[this.id] === 1;
  }
}
