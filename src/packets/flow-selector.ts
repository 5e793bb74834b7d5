// Which packets belong to flows that a trace picked: for filters that only whole flows can answer (verdict, finding).
// The second reading counts the flows once more, so its memory grows with them, as trace's does.
import type { PacketBatch } from '../capture/source.ts';
import type { Packet } from '../decode/packet.ts';
import { FlowTable } from '../flow/flow-table.ts';
import type { NodeAddresses } from '../flow/node-addresses.ts';
import { identityInTable } from '../verdict/flow-identity.ts';

const UNDECIDED = 0;
const WANTED = 1;
const OTHER = 2;

export class FlowSelector {
  readonly #wanted: ReadonlySet<string>;
  readonly #table: FlowTable;
  #decisions = new Uint8Array(1024);

  /** @param wanted identities of the flows */
  constructor(wanted: ReadonlySet<string>, nodes: NodeAddresses | null) {
    this.#wanted = wanted;
    this.#table = new FlowTable(nodes);
  }

  /** Whether packet `i` of the batch, walked into `packet`, is of one of the flows. Call it for every packet. */
  fits(batch: PacketBatch, i: number, packet: Packet): boolean {
    const row = this.#add(batch, i, packet);
    if (row < 0) return false;
    const flow = this.#table.rows.flow(row);
    if (flow >= this.#decisions.length) {
      const larger = new Uint8Array(this.#decisions.length * 2);
      larger.set(this.#decisions);
      this.#decisions = larger;
    }
    if (this.#decisions[flow] === UNDECIDED) this.#decisions[flow] = this.#decide(flow);
    return this.#decisions[flow] === WANTED;
  }

  #add(batch: PacketBatch, i: number, { stack, capture, number }: Packet): number {
    const one = {
      ...batch,
      start: batch.start.subarray(i),
      captured: batch.captured.subarray(i),
      original: batch.original.subarray(i),
      seconds: batch.seconds.subarray(i),
      nanos: batch.nanos.subarray(i),
      interface: batch.interface.subarray(i),
      count: 1,
    };
    this.#table.note(one, 0, stack, capture);
    this.#table.addBatch(one, { capture, firstPacket: number, layersOf: () => stack, onOrphan: () => {} });
    return this.#table.rowOf[0] ?? -1;
  }

  #decide(flow: number): number {
    return this.#wanted.has(identityInTable(this.#table, flow)) ? WANTED : OTHER;
  }
}
