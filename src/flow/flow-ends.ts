// Columns of all flows that later stages ask for again and again: the flow of the other direction, and both addresses as dense
// numbers, so that what is worked out of an address is worked out once. Made in one pass when reading has ended.

/** A flow table, as far as its flows' ends go. */
export interface FlowList {
  readonly flowCount: number;
  familyOf(flow: number): 4 | 6;
  sourceWord(flow: number): number;
  destinationWord(flow: number): number;
  sourceOf(flow: number): string;
  destinationOf(flow: number): string;
  findReverses(): Int32Array;
}

export interface FlowEnds {
  /** The flow of the other direction, -1 if none was seen. */
  reverse: Int32Array;
  /** Index into `addresses` of a flow's source and destination. */
  source: Int32Array;
  destination: Int32Array;
  /** Every address of a flow, as text, in order of first flow. */
  addresses: string[];
}

/** Two families share the words: those of IPv6 are numbers. */
const IPV6_KEYS = 2 ** 32;

export function flowEnds(table: FlowList): FlowEnds {
  const count = table.flowCount;
  const ends: FlowEnds = {
    reverse: table.findReverses(),
    source: new Int32Array(count),
    destination: new Int32Array(count),
    addresses: [],
  };
  const known = new Map<number, number>();
  const idOf = (word: number, family: 4 | 6, text: () => string): number => {
    const key = (word >>> 0) + (family === 6 ? IPV6_KEYS : 0);
    let id = known.get(key);
    if (id === undefined) {
      id = ends.addresses.length;
      known.set(key, id);
      ends.addresses.push(text());
    }
    return id;
  };
  for (let flow = 0; flow < count; flow++) {
    const family = table.familyOf(flow);
    ends.source[flow] = idOf(table.sourceWord(flow), family, () => table.sourceOf(flow));
    ends.destination[flow] = idOf(table.destinationWord(flow), family, () => table.destinationOf(flow));
  }
  return ends;
}
