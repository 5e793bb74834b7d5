// A snapshot that lacks what another one of the same cluster has: pools are saved before and after a change, the tables of nodes once.
// What it states itself is never added to; tables from another time lack what a change of pools makes untrue.

import type { ShownTables } from '../read/paste/shown-tables.ts';
import { agedText } from '../read/paste/states.ts';
import { createTextsOfMachines } from '../read/paste/text-things.ts';
import { emptyFacts, type Facts, moveFacts, type TextFact } from '../read/stated-facts.ts';

/**
 * @param others parts of other times, the nearest first
 * @param always parts whose time nobody knows: they belong to every snapshot
 * @param changed ranges of the pools that differ between the snapshots
 */
export function completeFacts(
  own: readonly Facts[],
  others: readonly Facts[],
  always: readonly Facts[],
  changed: readonly string[],
): Facts {
  const facts = emptyFacts();
  for (const part of [...own, ...always]) moveFacts(copyOf(part), facts);
  for (const other of others) {
    const part = copyOf(other);
    const lacks = (key: 'blocks' | 'services' | 'policies'): boolean => facts[key].length === 0;
    if (!facts.poolsComplete) addMissing(facts.pools, part.pools, ({ name, cidr }) => name ?? cidr.value);
    if (!facts.nodesComplete) addMissing(facts.nodes, part.nodes, ({ name }) => name);
    facts.poolsComplete ||= part.poolsComplete;
    facts.nodesComplete ||= part.nodesComplete;
    // pods come and go: those of another time are no pods of this one, where it has any
    if (facts.pods.length === 0) {
      facts.pods = part.pods;
      facts.allocations = part.allocations;
    }
    if (lacks('blocks')) facts.blocks = part.blocks;
    if (lacks('services')) {
      facts.services = part.services;
      facts.serviceEndpoints = part.serviceEndpoints;
    }
    if (lacks('policies')) Object.assign(facts, { policies: part.policies, tiers: part.tiers });
    if (facts.namespaces.length === 0) facts.namespaces = part.namespaces;
    addMissing(facts.felix, part.felix, ({ name, scope }) => `${scope} ${name}`);
    if (facts.networks.length === 0) facts.networks = part.networks;
    if (facts.otherCnis.length === 0) facts.otherCnis = part.otherCnis;
    facts.captureFiles.push(...part.captureFiles);
    facts.policyVerdicts = [...facts.policyVerdicts, ...part.policyVerdicts];
    const known = [...facts.texts];
    const shown = createTextsOfMachines();
    for (const text of known) shown.add(text);
    facts.texts.push(...part.texts.map((text) => agedText(lacking(text, known, shown), changed)));
  }
  return facts;
}

/**
 * Of a text what no known text of the same machine shows; files say by their names and folders whose they are, as the order of the files
 * says nothing here.
 */
function lacking(text: TextFact, known: readonly TextFact[], tables: ShownTables): TextFact {
  const names = namesIn(text);
  const same = known.filter((other) => namesIn(other).some((name) => names.includes(name)));
  const isShown = (table: keyof TextFact['has'], list: 'links' | 'routes' | 'neighbours' | 'fdb'): boolean =>
    same.some((other) => other.has[table] || other[list].length > 0);
  const shown = {
    links: isShown('link', 'links') || isShown('addr', 'links'),
    routes: isShown('route', 'routes'),
    neighbours: isShown('neigh', 'neighbours'),
    fdb: isShown('fdb', 'fdb'),
  };
  const rest = tables.without(text);
  return {
    ...rest,
    links: shown.links ? [] : rest.links,
    routes: shown.routes ? [] : rest.routes,
    neighbours: shown.neighbours ? [] : rest.neighbours,
    fdb: shown.fdb ? [] : rest.fdb,
    bpfRoutes: same.some(({ bpfRoutes }) => bpfRoutes !== null) ? null : rest.bpfRoutes,
    has: {
      link: rest.has.link && !shown.links,
      addr: rest.has.addr && !shown.links,
      route: rest.has.route && !shown.routes,
      neigh: rest.has.neigh && !shown.neighbours,
      fdb: rest.has.fdb && !shown.fdb,
    },
  };
}

function namesIn({ hints }: TextFact): string[] {
  return hints.flatMap(({ name, from }) => (name === '' || from === 'parent folder' ? [] : [name.toLowerCase()]));
}

function addMissing<Fact>(own: Fact[], more: readonly Fact[], nameOf: (fact: Fact) => string | null): void {
  const known = new Set(own.map(nameOf));
  for (const fact of more) if (!known.has(nameOf(fact))) own.push(fact);
}

/** Merging may fill what it was given. */
function copyOf(facts: Facts): Facts {
  const { nodes, pools, pods, texts } = facts;
  const lists = Object.entries(facts).map(([key, list]) => [key, Array.isArray(list) ? [...list] : list]);
  return { ...(Object.fromEntries(lists) as Facts), ...structuredClone({ nodes, pools, pods, texts }) };
}
