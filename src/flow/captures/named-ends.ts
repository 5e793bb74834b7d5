// What comments of packets call the ends of flows, by address, while a capture is read. Only captures with comments come here. Of packets in
// tunnels nothing is taken: whether a writer means the inner or the outer address depends on the writer.

import { commentNames } from '../../capture/names/comment-names.ts';
import type { EndName, NamedSide } from '../../capture/names/commented-ends.ts';
import { commentedPacket } from '../../capture/pcapng/packet-comments.ts';
import type { PacketBatch } from '../../capture/source.ts';
import { type Fields, must, type Saved, type SavedFields } from '../../store/saved.ts';
import type { FlowTable } from '../flow-table.ts';
import { NO_TUNNEL } from '../paths/tunnels.ts';

/** More addresses, or flows whose initiator is to be found, are not named: then nothing is, since a second name may be missed. */
const MOST = 65_536;

/** A name that is said of an address, and the first packet that says so. */
export type SaidName = Omit<EndName, 'side' | 'address'> & { packet: number };

export class NamedEnds {
  /** Null where several were said. */
  readonly #byAddress = new Map<string, SaidName | null>();
  /** By flow: names of who opened its connection, or of the other one. */
  readonly #byInitiator = new Map<number, (EndName & SaidName) | null>();
  #isFull = false;

  /** Takes the names of a batch's packets, the first of which is number `first`, and which `table` has just counted. */
  note(batch: PacketBatch, table: FlowTable, first: number): void {
    const { bytes, start, captured, original, count } = batch;
    for (let i = 0; i < count && !this.#isFull; i++) {
      const row = table.rowOf[i] ?? -1;
      if (row < 0 || table.tunnelOf(row) !== NO_TUNNEL) continue;
      const packet = { bytes, start: start[i] ?? 0, captured: captured[i] ?? 0, original: original[i] ?? 0 };
      for (const name of commentNames(commentedPacket(packet)))
        this.#take({ ...name, packet: first + i }, table.rows.flow(row), table);
    }
  }

  #take(name: EndName & SaidName, flow: number, table: FlowTable): void {
    if (name.side === 'initiator' || name.side === 'responder') {
      const known = this.#byInitiator.get(flow);
      const isSame = known === undefined || (known !== null && known.side === name.side && isSameName(known, name));
      this.#byInitiator.set(flow, isSame ? (known ?? name) : null);
    } else {
      const address = name.side === 'source' ? table.sourceOf(flow) : table.destinationOf(flow);
      if (name.address === null || name.address === address) add(this.#byAddress, address, name);
    }
    this.#isFull = this.#byAddress.size > MOST || this.#byInitiator.size > MOST;
  }

  save(): SavedFields {
    const named = (name: SaidName | null): Saved => (name === null ? null : { ...name });
    return {
      byAddress: [...this.#byAddress].map(([address, name]) => ({ key: address, name: named(name) })),
      byInitiator: [...this.#byInitiator].map(([flow, name]) => ({ key: flow, name: named(name) })),
      isFull: this.#isFull,
    };
  }

  /** @param flows how many there are */
  restore(saved: Fields, flows: number): void {
    for (const one of saved.groups('byAddress', MOST + 1))
      this.#byAddress.set(
        one.line('key'),
        one.nullable('name', () => nameIn(one.group('name'))),
      );
    for (const one of saved.groups('byInitiator', MOST + 1)) {
      const name = one.nullable('name', () => ({ ...nameIn(one.group('name')), ...sideIn(one.group('name')) }));
      this.#byInitiator.set(one.whole('key', 0, flows - 1), name);
    }
    this.#isFull = saved.flag('isFull');
  }

  /** Names by address, when reading has ended; null where two were said of one address. */
  byAddress(table: FlowTable): ReadonlyMap<string, SaidName | null> {
    if (this.#isFull) return new Map();
    const found = new Map(this.#byAddress);
    for (const [flow, name] of this.#byInitiator) {
      if (name === null) continue;
      const opened = openedBySource(table, flow);
      if (opened === null) continue;
      const isSource = opened === (name.side === 'initiator');
      add(found, isSource ? table.sourceOf(flow) : table.destinationOf(flow), name);
    }
    return found;
  }
}

/** Adds what is said of an address to what was said of it before. */
export function add(names: Map<string, SaidName | null>, address: string, name: SaidName | null): void {
  const known = names.get(address);
  if (known === undefined) names.set(address, name);
  else if (known === null || name === null || !isSameName(known, name)) names.set(address, null);
  else if (known.node === null && name.node !== null) names.set(address, name);
}

/** A node that only one of both says is no difference. */
function isSameName(one: SaidName, two: SaidName): boolean {
  const isNodeSame = one.node === null || two.node === null || one.node === two.node;
  return one.pod === two.pod && one.namespace === two.namespace && isNodeSame;
}

/** Whether a flow's source opened its connection, by the SYNs that were seen; null where none, or both ends', were. */
function openedBySource(table: FlowTable, flow: number): boolean | null {
  const reverse = table.reverseOf(flow);
  const [own, other] = [hasOpening(table, flow), reverse >= 0 && reverse !== flow && hasOpening(table, reverse)];
  return own === other ? null : own;
}

const TCP = 6;

function hasOpening(table: FlowTable, flow: number): boolean {
  if (table.protocolOf(flow) !== TCP) return false;
  for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row))
    if (table.rows.requests(row) > 0) return true;
  return false;
}

function nameIn(saved: Fields): SaidName {
  const text = (name: string): string | null => saved.nullable(name, () => saved.line(name));
  return {
    ...{ namespace: text('namespace'), pod: text('pod'), node: text('node') },
    ...{ writer: saved.line('writer'), packet: saved.whole('packet') },
  };
}

function sideIn(saved: Fields): Pick<EndName, 'side' | 'address'> {
  const side = SIDES.find((one) => one === saved.text('side'));
  must(side !== undefined, 'a name is of no side');
  return { side: side as NamedSide, address: saved.nullable('address', () => saved.line('address')) };
}

const SIDES: readonly NamedSide[] = ['source', 'destination', 'initiator', 'responder'];
