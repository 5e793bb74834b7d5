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
    const row = this.#table.add(batch, i, packet.stack, packet.capture, packet.number);
    if (row < 0) return false;
    const flow = this.#table.columns.flow[row] ?? 0;
    if (flow >= this.#decisions.length) {
      const larger = new Uint8Array(this.#decisions.length * 2);
      larger.set(this.#decisions);
      this.#decisions = larger;
    }
    if (this.#decisions[flow] === UNDECIDED) this.#decisions[flow] = this.#decide(flow);
    return this.#decisions[flow] === WANTED;
  }

  #decide(flow: number): number {
    return this.#wanted.has(identityInTable(this.#table, flow)) ? WANTED : OTHER;
  }
}
