// Which packets belong to flows that a trace picked: for filters that only whole flows can answer (verdict, finding). A second
// reading of the same captures, told by the table that counted them: a bit per flow, and a look-up per packet.
import type { Packet } from '../decode/packet.ts';
import type { PacketLocator } from '../flow/packet-locator.ts';
import type { TraceIndex } from '../verdict/trace-types.ts';
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

  /** Whether the packet is of one of the flows. Call it for every packet. */
  fits({ bytes, stack, capture, interface: device }: Packet): boolean {
    this.#locator.locate(bytes, stack, capture, device?.index ?? -1);
    const { flow } = this.#locator;
    this.id = flow < 0 ? 0 : this.#index.idOf(flow);
    return flow >= 0 && this.#wanted[this.id] === 1;
  }
}
