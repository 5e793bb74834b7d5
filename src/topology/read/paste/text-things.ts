// The tables of iproute2 as things that are stated: whose they are, as far as the text says, and what of an older one a newer hides.
import { ownAddresses } from '../own-addresses.ts';
import type { TextFact } from '../stated-facts.ts';
import type { StatedThing } from './stated-thing.ts';

/** A table's entries by what they are about. */
const TABLES = [
  {
    table: 'link',
    title: 'links',
    entries: ({ links }: TextFact) =>
      links.map((link) => [link.name, `${link.mac} ${link.mtu} ${link.up}`, link.ref] as const),
  },
  {
    table: 'route',
    title: 'routes',
    entries: ({ routes }: TextFact) =>
      routes.map(
        (route) =>
          [
            `${route.table} ${route.type === 'local' ? 'local' : ''} ${route.dst}`,
            `${route.type} ${route.via} ${route.dev}`,
            route.ref,
          ] as const,
      ),
  },
  {
    table: 'neigh',
    title: 'neighbours',
    entries: ({ neighbours }: TextFact) =>
      neighbours.map((entry) => [`${entry.address} ${entry.dev}`, entry.mac ?? '', entry.ref] as const),
  },
  {
    table: 'fdb',
    title: 'FDB',
    entries: ({ fdb }: TextFact) => fdb.map((entry) => [`${entry.mac} ${entry.dev}`, entry.dst, entry.ref] as const),
  },
] as const;

/** Whose text it is, by what stands in it or above it; empty where neither tells. Files hold one text after another: their names tell nothing of the order. */
function machineOf(text: TextFact): string[] {
  const named = text.hints.filter(({ from, name }) => {
    if (from === 'label' || from === 'heading') return /\d/.test(name);
    return /^(caller|prompt|pod)$/.test(from) && name !== '';
  });
  return [...ownAddresses(text).map(({ address }) => address), ...named.slice(0, 1).map(({ name }) => name)];
}

/** The tables of a text. One that does not tell whose it is, is nobody's again. */
export function textThings(text: TextFact): StatedThing[] {
  const [machine] = machineOf(text).toReversed();
  if (machine === undefined) return [];
  return TABLES.flatMap(({ table, title, entries }): StatedThing[] => {
    const own = entries(text);
    const [first] = own;
    if (first === undefined) return [];
    const ref = first[2];
    const shown = { title: `${title} of ${machine}`, ref };
    if (text.has[table])
      return [
        {
          key: `${title} of ${machine}`,
          content: JSON.stringify(own.map(([key, value]) => [key, value]).toSorted()),
          ...shown,
        },
      ];
    // Of an excerpt each entry is stated by itself, and all of them by the command that picked them.
    const entryThings = own.map(([key, content, at]) => ({
      key: `${title} of ${machine} ${key}`,
      content,
      ...shown,
      ref: at,
    }));
    if (text.command === null) return entryThings;
    const content = JSON.stringify(own.map(([key, value]) => [key, value]).toSorted());
    return [...entryThings, { key: `${title} of ${machine} by ${text.command}`, content, ...shown }];
  });
}

/** A text without what newer texts of the same machine show: the whole table, or those entries. */
export function newerText(text: TextFact, newer: readonly TextFact[]): TextFact {
  const machine = new Set(machineOf(text));
  const same = newer.filter((other) => machineOf(other).some((name) => machine.has(name)));
  if (same.length === 0) return text;
  const hides = (table: (typeof TABLES)[number]): ((key: string) => boolean) => {
    const isAgain = (other: TextFact): boolean =>
      other.command !== null && other.command === text.command && table.entries(other).length > 0;
    if (same.some((other) => other.has[table.table] || isAgain(other))) return () => true;
    const keys = new Set(same.flatMap((other) => table.entries(other).map(([key]) => key)));
    return (key) => keys.has(key);
  };
  const [links, routes, neighbours, fdb] = TABLES.map((table) => {
    const hidden = hides(table);
    return table.entries(text).map(([key]) => !hidden(key));
  });
  const isWhole = (table: keyof TextFact['has']): boolean => text.has[table] && !same.some((other) => other.has[table]);
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
}
