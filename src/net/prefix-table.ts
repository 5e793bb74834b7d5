// Longest-prefix match over both families: one map of networks per prefix length in use, so that a lookup costs one probe
// per length, however many prefixes there are. Clusters have few lengths (a pool's, its blocks', single addresses).
import { bitsOf, type Cidr, enclosingNetwork, networkOf } from './cidr.ts';
import type { Ip } from './ip.ts';

export interface PrefixEntry<T> {
  /** Host bits cleared. */
  cidr: Cidr;
  /** Everything inserted under this prefix, in order of insertion. */
  values: readonly T[];
}

export interface PrefixTable<T> {
  /** Adds a value under the prefix; host bits are cleared. A prefix may hold several values. */
  insert(cidr: Cidr, value: T): void;
  /** The most specific entry that holds the address; null when none does. */
  longest(ip: Ip): PrefixEntry<T> | null;
  /** All entries that hold the address, widest first. */
  enclosing(ip: Ip): PrefixEntry<T>[];
  /** All entries that hold the whole range (itself included), widest first. */
  enclosingCidr(cidr: Cidr): PrefixEntry<T>[];
}

/** An empty table. */
export function createPrefixTable<T>(): PrefixTable<T> {
  const families = { 4: createFamily<T>(), 6: createFamily<T>() };
  const collect = (ip: Ip, longest: number): PrefixEntry<T>[] => {
    const family = families[ip.family];
    const found: PrefixEntry<T>[] = [];
    for (const length of family.lengths) {
      if (length > longest) break;
      const entry = family.byLength.get(length)?.get(enclosingNetwork(ip, length).value);
      if (entry !== undefined) found.push(entry);
    }
    return found;
  };
  return {
    insert: (cidr, value) => insertEntry(families[cidr.family], networkOf(cidr), value),
    longest: (ip) => collect(ip, bitsOf(ip.family)).at(-1) ?? null,
    enclosing: (ip) => collect(ip, bitsOf(ip.family)),
    enclosingCidr: (cidr) => collect(cidr, cidr.prefixLength),
  };
}

interface Family<T> {
  /** Prefix lengths in use, ascending. */
  lengths: number[];
  byLength: Map<number, Map<bigint, { cidr: Cidr; values: T[] }>>;
}

function createFamily<T>(): Family<T> {
  return { lengths: [], byLength: new Map() };
}

function insertEntry<T>(family: Family<T>, cidr: Cidr, value: T): void {
  let networks = family.byLength.get(cidr.prefixLength);
  if (networks === undefined) {
    networks = new Map();
    family.byLength.set(cidr.prefixLength, networks);
    family.lengths.push(cidr.prefixLength);
    family.lengths.sort((a, b) => a - b);
  }
  const entry = networks.get(cidr.value);
  if (entry === undefined) networks.set(cidr.value, { cidr, values: [value] });
  else entry.values.push(value);
}
