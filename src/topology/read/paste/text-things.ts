// The tables of iproute2 as things that are stated: whose they are, as far as the text says.
import { isOfTwo, ownAddresses } from '../own-addresses.ts';
import type { TextFact } from '../stated-facts.ts';
import { createShownTables, type ShownTables } from './shown-tables.ts';
import type { StatedThing } from './stated-thing.ts';
import { entriesOf, TABLES } from './text-entries.ts';

/** Addresses by which a machine is known again: one has seldom more. */
const MOST_ADDRESSES = 64;

/** Whose text it is, by what stands in it or above it; empty where neither tells. Files hold one text after another: their names tell nothing of the order. */
function machineOf(text: TextFact): string[] {
  // a pod's, whatever prompt it stands under, or that of several machines
  if (text.isInside === true || isOfTwo(text)) return [];
  const named = text.hints.filter(({ from, name }) => {
    if (from === 'label' || from === 'heading') return /\d/.test(name);
    return /^(caller|prompt|pod)$/.test(from) && name !== '';
  });
  const addresses = new Set(ownAddresses(text).map(({ address }) => address));
  return [...[...addresses].slice(0, MOST_ADDRESSES), ...named.slice(0, 1).map(({ name }) => name)];
}

/** The tables of a text, by name. One that does not tell whose it is, is nobody's again. */
export function textThings(text: TextFact): StatedThing[] {
  const [machine] = machineOf(text).toReversed();
  if (machine === undefined) return [];
  return TABLES.flatMap(({ table, title }): StatedThing[] => {
    const [first] = entriesOf(text, table);
    const called = `${title} of ${machine}`;
    // Whether it is another one than before, its entries tell.
    return first === undefined ? [] : [{ key: called, content: '', title: called, ref: first.ref }];
  });
}

/** Texts by the machines that they are of. */
export function createTextsOfMachines(): ShownTables {
  return createShownTables(machineOf);
}
