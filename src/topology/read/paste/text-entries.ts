// The entries of iproute2's tables, and what of a table a text shows: which families, routing tables and devices. Only within that
// does one text say that another one's entry is not there, or not there any more.
import { addUnder } from '../../../net/multi-map.ts';
import type { Route } from '../../model.ts';
import type { TextFact } from '../stated-facts.ts';
import { parseCommand } from './command-line.ts';
import { type TableName, tableOf } from './command-output.ts';

/** Those with entries that can be compared. */
export type Table = Exclude<TableName, 'addr'>;

/** A line of a table. */
export interface Entry {
  /** What it is about. */
  key: string;
  /** What it says; null for what it does not say. */
  says: readonly (string | number | boolean | null)[];
  ref: TextFact['ref'];
  /** Null where a table has no families. */
  family: 4 | 6 | null;
  /** The routing table; null where there are none. */
  among: string | null;
  device: string | null;
}

/** The tables, as lists of states call them. */
export const TABLES: readonly { table: Table; title: string }[] = [
  { table: 'link', title: 'links' },
  { table: 'route', title: 'routes' },
  { table: 'neigh', title: 'neighbours' },
  { table: 'fdb', title: 'FDB' },
];

const MAIN = 'main';

/** The entries of one table of a text, in its order. */
export function entriesOf({ links, routes, neighbours, fdb }: TextFact, table: Table): Entry[] {
  if (table === 'link')
    return links.map(({ name, mac, mtu, up, ifindex, ref }) => ({
      ...{ key: name, ref, family: null, among: null, device: name },
      // Brief lists tell whether a device has a carrier, lists of addresses not even that.
      says: [mac, mtu, ifindex === 0 || mtu === null ? null : up],
    }));
  if (table === 'route')
    return routes.map(({ table: own, type, dst, via, dev, ref }) => ({
      key: `${own} ${type === 'local' ? 'local' : ''} ${dst}`,
      says: [wayOf({ type, via, dev })],
      ...{ ref, family: familyOf(dst), among: own ?? MAIN, device: dev },
    }));
  if (table === 'neigh')
    return neighbours.map(({ address, dev, mac, ref }) => ({
      ...{ key: `${address} ${dev}`, says: [mac ?? ''], ref, family: familyOf(address), among: null, device: dev },
    }));
  return fdb.map(({ mac, dev, dst, ref }) => ({
    ...{ key: `${mac} ${dev}`, says: [dst], ref, family: null, among: null, device: dev },
  }));
}

/** What a route does. The older tools know one way to drop packets. */
export function wayOf({ type, via, dev }: Pick<Route, 'type' | 'via' | 'dev'>): string {
  const isDropped = type === 'blackhole' || type === 'unreachable' || type === 'prohibit';
  return isDropped ? 'none' : `${type} ${via} ${dev}`;
}

function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}

/** What of a table a text shows as a whole. */
export interface Scope {
  /** Equal for equal scopes. */
  id: string;
  /** Whether an entry, which it has or has not, would be shown if it were there. */
  shows(entry: Entry): boolean;
}

/** Null where nothing is shown as a whole. Lists of addresses need not have every device: of those none is. */
export function scopeOf(text: TextFact, table: Table): Scope | null {
  if (!text.has[table] || table === 'link') return null;
  const runs = text.command === null ? [] : parseCommand(text.command).runs;
  const shown = runs.map(tableOf).find((one) => one?.table === table) ?? null;
  const own = entriesOf(text, table);
  const families = new Set(own.map(({ family }) => family));
  const isAsked = (family: 4 | 6): boolean =>
    shown === null ? families.has(family) : shown.family === null || shown.family === family;
  const asked = ([4, 6] as const).filter(isAsked);
  const isAmongAll = own.some(({ among }) => among !== null && among !== MAIN);
  const only = shown?.device ?? null;
  return {
    id: `${table} ${asked.join()} ${isAmongAll} ${only ?? ''}`,
    shows: ({ family, among, device }) =>
      (family === null || asked.includes(family)) &&
      (among === null || among === MAIN || isAmongAll) &&
      (only === null || only === device),
  };
}

/** Entries by what they are about: there may be several routes of different metrics, or hops of one route. */
export function entriesByKey(text: TextFact, table: Table): Map<string, Entry[]> {
  const values = new Map<string, Entry[]>();
  for (const entry of entriesOf(text, table)) addUnder(values, entry.key, entry);
  return values;
}

/** Whether entries of one key say different things; what one of them does not say contradicts nothing. */
export function contradict(table: Table, before: readonly Entry[], now: readonly Entry[]): boolean {
  if (table === 'link') return before.some((one) => now.some((other) => differ(one.says, other.says)));
  const all = (entries: readonly Entry[]): string =>
    JSON.stringify([...new Set(entries.map(({ says }) => says.join()))].toSorted());
  return all(before) !== all(now);
}

function differ(before: Entry['says'], now: Entry['says']): boolean {
  return before.some((value, i) => value !== null && now[i] !== null && value !== now[i]);
}
