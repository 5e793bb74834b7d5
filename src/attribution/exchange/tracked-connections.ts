// What nodes' connection tracking says a flow became, or was before: by the addresses and ports of one connection, at the time of the
// list. Weaker than packets: it is asked about flows of which they do not tell.
import type { FlowTable } from '../../flow/flow-table.ts';
import { addUnder } from '../../net/multi-map.ts';
import type { Node, Topology } from '../../topology/model.ts';
import type { NatService, Translation, Tuple } from '../../topology/translation.ts';

/** An entry about a flow. */
export interface Tracked {
  node: Node;
  entry: Translation;
  /** The flow as its client sent it, as it left the translation, or an answer to either. */
  side: 'before' | 'after';
  isAnswer: boolean;
}

export interface TrackedConnections {
  /** Null where no list tells, or two disagree. */
  of(flow: number): Tracked | null;
  /** The service whose address the flow was sent to, or answers for, by eBPF's tables; null where they differ, or lead to several. */
  serviceOf(flow: number): { node: Node; service: NatService; isAnswer: boolean } | null;
  /** Pairs of flows of the table, of which one became the other. */
  pairs(): [number, number][];
}

/** How long an entry outlives the last packet, and clocks may differ: seconds. */
const AFTERWARDS = 300;
const CLOCKS = 5;

export function trackedConnections(table: FlowTable, topology: Topology | null): TrackedConnections {
  const entries = new Map<string, Omit<Tracked, 'isAnswer'>[]>();
  for (const node of topology?.nodes ?? []) {
    for (const entry of node.translations) {
      for (const side of ['before', 'after'] as const) {
        const key = keyOf(entry.protocol, entry[side]);
        addUnder(entries, key, { node, entry, side });
      }
    }
  }
  const find = (flow: number, isAnswer: boolean): Tracked | null => {
    const tuple = tupleOf(table, flow);
    const found =
      tuple === null ? [] : (entries.get(keyOf(table.protocolOf(flow), isAnswer ? turned(tuple) : tuple)) ?? []);
    const valid = found.filter(({ entry }) => holdsFor(table, flow, entry));
    const [first, ...others] = valid;
    if (first === undefined) return null;
    const other = (one: typeof first): string => keyOf(0, one.entry[one.side === 'before' ? 'after' : 'before']);
    // a chain of translations, or two lists that disagree
    return others.every((one) => one.side === first.side && other(one) === other(first))
      ? { ...first, isAnswer }
      : null;
  };
  const of = (flow: number): Tracked | null => (entries.size === 0 ? null : (find(flow, false) ?? find(flow, true)));
  return { of, serviceOf: natServices(table, topology), pairs: () => (entries.size === 0 ? [] : pairsOf(table, of)) };
}

function natServices(table: FlowTable, topology: Topology | null): TrackedConnections['serviceOf'] {
  const services = new Map<string, { node: Node; service: NatService }[]>();
  for (const node of topology?.nodes ?? [])
    for (const service of node.natServices) {
      const key = `${service.protocol} ${service.ip} ${service.port}`;
      addUnder(services, key, { node, service });
    }
  const find = (key: string): { node: Node; service: NatService } | null => {
    const found = services.get(key) ?? [];
    const ends = new Set(found.flatMap(({ service }) => service.backends.map(({ ip, port }) => `${ip} ${port}`)));
    return ends.size === 1 ? (found.find(({ service }) => service.backends.length > 0) ?? null) : null;
  };
  return (flow) => {
    const tuple = services.size === 0 ? null : tupleOf(table, flow);
    if (tuple === null) return null;
    const protocol = table.protocolOf(flow);
    const asked = find(`${protocol} ${tuple.dst} ${tuple.dstPort}`);
    const answered = asked === null ? find(`${protocol} ${tuple.src} ${tuple.srcPort}`) : null;
    if (asked !== null) return { ...asked, isAnswer: false };
    return answered === null ? null : { ...answered, isAnswer: true };
  };
}

function pairsOf(table: FlowTable, of: TrackedConnections['of']): [number, number][] {
  const sides = new Map<string, { before: number; after: number }>();
  for (let flow = 0; flow < table.flowCount; flow++) {
    const tracked = of(flow);
    if (tracked === null) continue;
    const { entry, side, isAnswer } = tracked;
    const key = `${isAnswer} ${keyOf(entry.protocol, entry.before)} ${keyOf(0, entry.after)}`;
    const known = sides.get(key) ?? { before: -1, after: -1 };
    sides.set(key, known);
    known[side] = flow;
  }
  return [...sides.values()].flatMap(({ before, after }): [number, number][] =>
    before < 0 || after < 0 ? [] : [[before, after]],
  );
}

function keyOf(protocol: number, { src, srcPort, dst, dstPort }: Tuple): string {
  return `${protocol} ${src} ${srcPort} ${dst} ${dstPort}`;
}

function tupleOf(table: FlowTable, flow: number): Tuple | null {
  const [srcPort, dstPort] = [table.sourcePortOf(flow), table.destinationPortOf(flow)];
  if (srcPort === null || dstPort === null) return null;
  return { src: table.sourceOf(flow), srcPort, dst: table.destinationOf(flow), dstPort };
}

function turned({ src, srcPort, dst, dstPort }: Tuple): Tuple {
  return { src: dst, srcPort: dstPort, dst: src, dstPort: srcPort };
}

/** Ports are used again: where the time of the list is known, the flow must have been alive, or just gone. */
function holdsFor(table: FlowTable, flow: number, { time }: Translation): boolean {
  if (time === null) return true;
  const { rows } = table;
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
    first = Math.min(first, rows.firstSeconds(row));
    last = Math.max(last, rows.lastSeconds(row));
  }
  return first <= time + CLOCKS && time <= last + AFTERWARDS;
}
