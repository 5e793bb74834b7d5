// What texts of each machine show, to be asked whether another text of it shows something else, and what of it they hide. Thousands
// of texts may be of one machine: each is looked at once.
import { addUnder } from '../../../net/multi-map.ts';
import type { TextFact } from '../stated-facts.ts';
import {
  contradict,
  type Entry,
  entriesByKey,
  entriesOf,
  type Scope,
  scopeOf,
  TABLES,
  type Table,
} from './text-entries.ts';

/** Texts by their machines. */
export interface ShownTables {
  add(text: TextFact): void;
  /** Whether it contradicts what is shown here of its machine, lacks an entry that it would show, or has one that is not there. */
  differs(text: TextFact): boolean;
  /** A text without what is shown here of its machine: the whole table, or those entries. */
  without(text: TextFact): TextFact;
}

interface Shown {
  /** Of how many names it is. */
  names: number;
  entries: Record<Table, Map<string, Entry[]>>;
  scopes: Record<Table, Map<string, Scope>>;
  /** The keys that a command showed last. */
  commands: Record<Table, Map<string, ReadonlySet<string>>>;
  has: TextFact['has'];
}

/** Nothing is shown yet. @param machineOf whose a text is: any of these names */
export function createShownTables(machineOf: (text: TextFact) => readonly string[]): ShownTables {
  const machines = new Map<string, Shown>();
  const shownOf = (text: TextFact): Shown[] => [
    ...new Set(machineOf(text).flatMap((name) => machines.get(name) ?? [])),
  ];
  return {
    add(text) {
      // a machine has many names, of which the same is shown until a text has some of them only
      const known = new Map<Shown | null, string[]>();
      for (const name of new Set(machineOf(text))) addUnder(known, machines.get(name) ?? null, name);
      for (const [shared, names] of known) {
        const isAll = shared !== null && shared.names === names.length;
        const shown = shared === null ? nothing() : isAll ? shared : copyOf(shared);
        if (shared !== null && !isAll) shared.names -= names.length;
        shown.names = names.length;
        for (const name of names) machines.set(name, shown);
        for (const { table } of TABLES) addTable(shown, text, table);
      }
    },
    differs(text) {
      return shownOf(text).some((shown) => TABLES.some(({ table }) => differs(shown, text, table)));
    },
    without(text) {
      const all = shownOf(text);
      if (all.length === 0) return text;
      const [links, routes, neighbours, fdb] = TABLES.map(({ table }) =>
        entriesOf(text, table).map((entry) => !all.some((shown) => hides(shown, entry, { text, table }))),
      );
      const isWhole = (table: keyof TextFact['has']): boolean => text.has[table] && !all.some(({ has }) => has[table]);
      return {
        ...text,
        links: text.links.filter((_, i) => links?.[i]),
        routes: text.routes.filter((_, i) => routes?.[i]),
        neighbours: text.neighbours.filter((_, i) => neighbours?.[i]),
        fdb: text.fdb.filter((_, i) => fdb?.[i]),
        has: {
          link: isWhole('link'),
          addr: isWhole('addr'),
          route: isWhole('route'),
          neigh: isWhole('neigh'),
          fdb: isWhole('fdb'),
        },
      };
    },
  };
}

function nothing(): Shown {
  return {
    names: 0,
    entries: ofTables(() => new Map()),
    scopes: ofTables(() => new Map()),
    commands: ofTables(() => new Map()),
    has: { link: false, addr: false, route: false, neigh: false, fdb: false },
  };
}

function copyOf({ entries, scopes, commands, has }: Shown): Shown {
  return {
    names: 0,
    entries: ofTables((table) => new Map([...entries[table]].map(([key, own]) => [key, [...own]]))),
    scopes: ofTables((table) => new Map(scopes[table])),
    commands: ofTables((table) => new Map(commands[table])),
    has: { ...has },
  };
}

function ofTables<Value>(make: (table: Table) => Value): Record<Table, Value> {
  return { link: make('link'), route: make('route'), neigh: make('neigh'), fdb: make('fdb') };
}

function addTable(shown: Shown, text: TextFact, table: Table): void {
  const own = entriesByKey(text, table);
  const known = shown.entries[table];
  for (const [key, entries] of own) {
    const there = known.get(key);
    if (there === undefined) known.set(key, entries);
    // Lists of devices say different things of each.
    else if (table === 'link' && !there.some(({ says }) => says.join() === entries[0]?.says.join()))
      there.push(...entries);
  }
  const scope = scopeOf(text, table);
  if (scope !== null) shown.scopes[table].set(scope.id, scope);
  if (text.command !== null && own.size > 0) shown.commands[table].set(text.command, new Set(own.keys()));
  for (const one of ['link', 'addr', 'route', 'neigh', 'fdb'] as const) shown.has[one] ||= text.has[one];
}

function differs(shown: Shown, text: TextFact, table: Table): boolean {
  const own = entriesByKey(text, table);
  const known = shown.entries[table];
  const scopes = [...shown.scopes[table].values()];
  for (const [key, entries] of own) {
    const there = known.get(key);
    const [first] = entries;
    if (
      there !== undefined
        ? contradict(table, there, entries)
        : first !== undefined && scopes.some((one) => one.shows(first))
    )
      return true;
  }
  // Of an excerpt, the same command that picked it tells what is gone.
  const before = text.command === null || own.size === 0 ? undefined : shown.commands[table].get(text.command);
  if (before !== undefined && (before.size !== own.size || [...before].some((key) => !own.has(key)))) return true;
  const scope = scopeOf(text, table);
  if (scope === null) return false;
  for (const [key, [entry]] of known) if (entry !== undefined && !own.has(key) && scope.shows(entry)) return true;
  return false;
}

function hides(shown: Shown, entry: Entry, { text, table }: { text: TextFact; table: Table }): boolean {
  const now = shown.entries[table].get(entry.key);
  // `ip link` and `ip addr` complete each other.
  if (now !== undefined) return table !== 'link' || contradict(table, [entry], now);
  if (text.command !== null && shown.commands[table].has(text.command)) return true;
  for (const scope of shown.scopes[table].values()) if (scope.shows(entry)) return true;
  return false;
}
