// The ends of flows, told apart by time: an address is one person, unless a pod that has it was created while the captures ran. Then
// it may have changed hands, and each conversation is asked about by its own time (a pod counts from its creation on).

import type { FlowTable } from '../../flow/flow-table.ts';
import { largestOf } from '../../net/extremes.ts';
import { addUnder } from '../../net/multi-map.ts';
import type { Topology } from '../../topology/model.ts';
import type { TimeWindow } from './address-book.ts';

export interface People {
  count: number;
  /** Who sent each flow and who it was sent to, as numbers below `count`. */
  source: Int32Array;
  destination: Int32Array;
  addressOf(person: number): string;
  /** The time to ask about; null for all of the captures. */
  timeOf(person: number): TimeWindow | null;
}

/** Nearly always the addresses themselves: then nothing is made per flow. */
export function peopleOf(table: FlowTable, topology: Topology | null, window: TimeWindow | null): People {
  const { source, destination, addresses } = table.ends;
  const births = window === null ? new Map<string, number[]>() : birthsWithin(topology, window);
  const timed = addresses.map((address) => births.get(address) ?? null);
  const times: (TimeWindow | null)[] = addresses.map(() => null);
  const people: People = {
    count: addresses.length,
    source,
    destination,
    addressOf: (person) => addresses[ids[person] ?? -1] ?? '',
    timeOf: (person) => times[person] ?? null,
  };
  const ids = addresses.map((_, id) => id);
  if (!timed.some((one) => one !== null)) return people;
  const spread = clockSpread(table);
  const known = new Map<string, number>();
  const personOf = (id: number, time: TimeWindow): number => {
    const born = timed[id];
    if (born == null) return id;
    const key = `${id} ${born.filter((at) => at <= time.first).length} ${born.filter((at) => at <= time.last).length}`;
    let person = known.get(key);
    if (person === undefined) {
      person = ids.length;
      known.set(key, person);
      ids.push(id);
      times.push(time);
    }
    return person;
  };
  const both = { source: new Int32Array(table.flowCount), destination: new Int32Array(table.flowCount) };
  for (let flow = 0; flow < table.flowCount; flow++) {
    const [from, to] = [source[flow] ?? -1, destination[flow] ?? -1];
    const time =
      timed[from] == null && timed[to] == null ? { first: 0, last: 0 } : conversationTime(table, flow, spread);
    both.source[flow] = personOf(from, time);
    both.destination[flow] = personOf(to, time);
  }
  return { ...people, ...both, count: ids.length };
}

/** When pods were created while the captures ran, by address. */
function birthsWithin(topology: Topology | null, { first, last }: TimeWindow): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const { created, addresses, hostNetwork } of topology?.pods ?? []) {
    if (hostNetwork || created === null || created <= first || created > last) continue;
    for (const address of addresses) addUnder(found, address, created);
  }
  return found;
}

/** From the first packet of both directions to the last, by any of the clocks. */
function conversationTime(table: FlowTable, flow: number, spread: number): TimeWindow {
  const time = { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
  const { rows } = table;
  for (const one of [flow, table.reverseOf(flow)]) {
    for (let row = one < 0 ? -1 : table.firstRow(one); row >= 0; row = rows.next(row)) {
      time.first = Math.min(time.first, rows.firstSeconds(row) + rows.firstNanos(row) / 1e9 - spread);
      time.last = Math.max(time.last, rows.lastSeconds(row) + rows.lastNanos(row) / 1e9 + spread);
    }
  }
  return time;
}

/** Clocks that differ by less are not told from packets on their way. */
const SAME_CLOCK_SECONDS = 1;

/** How far clocks of the captures are known to be apart: the least that the same flows differ by, seen by two of them. */
function clockSpread(table: FlowTable): number {
  const least = new Map<string, number>();
  const { rows } = table;
  for (let flow = 0; flow < table.flowCount; flow++) {
    const starts = new Map<number, number>();
    for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
      const capture = table.links.captureOf(table.linkOf(row));
      const start = rows.firstSeconds(row) + rows.firstNanos(row) / 1e9;
      starts.set(capture, Math.min(starts.get(capture) ?? start, start));
    }
    const seen = [...starts].sort(([a], [b]) => a - b);
    for (const [i, [one, start]] of seen.entries()) {
      for (const [other, again] of seen.slice(i + 1)) {
        const key = `${one} ${other}`;
        least.set(key, Math.min(least.get(key) ?? Number.POSITIVE_INFINITY, Math.abs(again - start)));
      }
    }
  }
  const spread = Math.max(0, largestOf(least.values()));
  return spread > SAME_CLOCK_SECONDS ? spread : 0;
}
