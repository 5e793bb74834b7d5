// A text that shows the same things several times (a lab, a runbook, a terminal log) -> the states it goes through, in its own order.
// A new state begins where something is stated again and differs; the last statement of each thing holds until then.
import { cidrContains, parseCidr } from '../../../net/cidr.ts';
import type { SnapshotState } from '../../snapshot-state.ts';
import { emptyFacts, type Facts, moveFacts, type TextFact } from '../stated-facts.ts';
import type { StatedThing } from './stated-thing.ts';
import { createTextsOfMachines, textThings } from './text-things.ts';

/** What one section of a file states. */
export interface Statement {
  facts: Facts;
  firstLine: number;
  lastLine: number;
  /** What `date` printed, epoch seconds: the section is its output. */
  time: number | null;
}

/**
 * The facts of a file at one of its states.
 * @param step the state from 1 on; null, or more than there are, for the last one
 */
export function composeStates(statements: readonly Statement[], file: string, step: number | null): Facts {
  const things = statements.map(({ facts }) => thingsOf(facts));
  const states = splitStates(statements, things);
  const all = emptyFacts();
  if (states.length < 2) {
    for (const { facts } of statements) moveFacts(facts, all);
    return all;
  }
  const chosen = Math.min(step ?? states.length, states.length);
  const end = (states[chosen - 1] as State).end;
  const changes = changesBefore(things, end);
  const newer = new Set<string>();
  const newerTexts = createTextsOfMachines();
  const kept: Facts[] = [];
  // From the last one on: what is stated later hides what was stated before.
  for (let i = end - 1; i >= 0; i--) {
    const { facts } = statements[i] as Statement;
    const hidden = (fact: StatedThing): boolean => newer.has(fact.key);
    const own = without(facts, hidden);
    own.texts = own.texts
      .map((text) => aged(newerTexts.without(text), changes, i))
      .filter((text, at) => hasEntries(text) || !hasEntries(facts.texts[at] ?? text));
    kept.unshift(own);
    for (const { key } of things[i] ?? []) newer.add(key);
    for (const text of facts.texts) newerTexts.add(text);
  }
  for (const facts of kept) moveFacts(facts, all);
  all.states = states.map(
    (state, i): SnapshotState => ({
      ...describe(state, { statements, things, file }),
      step: i + 1,
      isChosen: i + 1 === chosen,
    }),
  );
  return all;
}

/** Statements from `start` to before `end`. */
interface State {
  start: number;
  end: number;
}

/** @param things of each section. A date that was asked for right before something changed tells when that was seen. */
function splitStates(statements: readonly Statement[], things: readonly (readonly StatedThing[])[]): State[] {
  const states: State[] = [];
  let start = 0;
  let stated = new Map<string, string>();
  let seen = createTextsOfMachines();
  for (const [i, own] of things.entries()) {
    const texts = statements[i]?.facts.texts ?? [];
    const differs =
      own.some(({ key, content }) => stated.has(key) && stated.get(key) !== content) ||
      texts.some((text) => seen.differs(text));
    if (differs) {
      const isDate = statements[i - 1]?.time !== null;
      const begin = i > start + 1 && isDate ? i - 1 : i;
      states.push({ start, end: begin });
      start = begin;
      stated = new Map();
      seen = createTextsOfMachines();
    }
    for (const { key, content } of own) stated.set(key, content);
    for (const text of texts) seen.add(text);
  }
  return [...states, { start, end: things.length }];
}

interface Change {
  at: number;
  cidr: string;
}

/** Where something that decides was stated anew and differs. */
function changesBefore(things: readonly (readonly StatedThing[])[], end: number): Change[] {
  const known = new Map<string, string>();
  const changes: Change[] = [];
  for (const [at, own] of things.slice(0, end).entries()) {
    for (const { key, content, decides } of own) {
      const before = known.get(key);
      if (decides !== undefined && before !== undefined && before !== content) changes.push({ at, cidr: decides.cidr });
      known.set(key, content);
    }
  }
  return changes;
}

/** Of what is shown again later, nothing is left. */
function hasEntries({ links, routes, neighbours, fdb }: TextFact): boolean {
  return links.length + routes.length + neighbours.length + fdb.length > 0;
}

/** A table from before a change: whose addresses are whose still holds, what it does with the range that changed does not. */
function aged(text: TextFact, changes: readonly Change[], at: number): TextFact {
  return agedText(
    text,
    changes.filter((change) => change.at > at).map(({ cidr }) => cidr),
  );
}

/** @param changed ranges of pods whose way changed since */
export function agedText(text: TextFact, changed: readonly string[]): TextFact {
  const ranges = changed.map((cidr) => parseCidr(cidr));
  if (ranges.length === 0) return text;
  const isTouched = (dst: string): boolean => {
    const route = parseCidr(dst);
    return (
      route !== null &&
      ranges.some((range) => range !== null && route.family === range.family && cidrContains(range, route))
    );
  };
  return {
    ...text,
    routes: text.routes.filter(({ via, dst }) => via === null || !isTouched(dst)),
    has: { link: text.has.link, addr: text.has.addr, route: false, neigh: false, fdb: false },
  };
}

function describe(
  { start, end }: State,
  from: { statements: readonly Statement[]; things: readonly (readonly StatedThing[])[]; file: string },
): Pick<SnapshotState, 'file' | 'firstLine' | 'lastLine' | 'shows' | 'time'> {
  const own = from.things.slice(start, end);
  const telling = from.statements.slice(start, end).filter((_, i) => (own[i] ?? []).length > 0);
  const shows = new Map<string, SnapshotState['shows'][number]>();
  for (const { title, ref } of own.flat()) if (!shows.has(title)) shows.set(title, { what: title, ref });
  const [first, last] = [telling[0]?.firstLine ?? 1, telling.at(-1)?.lastLine ?? 1];
  const times = from.statements.slice(start, end).flatMap(({ time }) => (time === null ? [] : [time]));
  const time = times.length === 0 ? {} : { time: { first: Math.min(...times), last: Math.max(...times) } };
  return { file: from.file, firstLine: first, lastLine: last, shows: [...shows.values()], ...time };
}

/** The facts without what `hidden` says is stated later. */
function without(facts: Facts, hidden: (thing: StatedThing) => boolean): Facts {
  const isOpen = (thing: StatedThing | null): boolean => thing === null || !hidden(thing);
  return {
    ...facts,
    pools: facts.pools.filter((one) => isOpen(poolThing(one))),
    nodes: facts.nodes.filter((one) => isOpen(nodeThing(one))),
    pods: facts.pods.filter((one) => isOpen(podThing(one))),
    blocks: facts.blocks.filter((one) => isOpen(blockThing(one))),
    felix: facts.felix.filter((one) => isOpen(felixThing(one))),
    networks: facts.networks.filter((one) => isOpen(networkThing(one))),
  };
}

function thingsOf(facts: Facts): StatedThing[] {
  return [
    ...facts.pools.map(poolThing),
    ...facts.nodes.map(nodeThing).filter((thing) => thing !== null),
    ...facts.pods.map(podThing),
    ...facts.blocks.map(blockThing),
    ...facts.felix.map(felixThing),
    ...facts.networks.map(networkThing),
    ...facts.texts.flatMap(textThings),
  ];
}

function poolThing({
  name,
  cidr,
  blockSize,
  ipipMode,
  vxlanMode,
  natOutgoing,
  disabled,
  nodeSelector,
  ref,
}: Facts['pools'][number]): StatedThing {
  const values = [cidr, blockSize, ipipMode, vxlanMode].map((one) => one?.value ?? null);
  const modes = [
    vxlanMode === null ? '' : `vxlanMode ${vxlanMode.value}`,
    ipipMode === null ? '' : `ipipMode ${ipipMode.value}`,
  ];
  const shown = modes.filter((mode) => mode !== '' && !mode.endsWith(' Never'));
  return {
    key: `pool ${name ?? cidr.value}`,
    content: JSON.stringify([...values, natOutgoing, disabled, nodeSelector]),
    ref,
    title: `IPPool ${name ?? cidr.value} (${shown.length === 0 ? 'Never' : shown.join(', ')})`,
    decides: { cidr: cidr.value },
  };
}

function nodeThing({ name, addresses, stated, ref }: Facts['nodes'][number]): StatedThing | null {
  const called =
    name ?? addresses[0]?.address ?? Object.values(stated).flatMap(({ tunnels }) => Object.values(tunnels))[0]?.value;
  if (called === undefined) return null;
  const values = Object.values(stated).map(({ bgpIPv4, bgpIPv6, tunnels, vtepMac, wireguardKey }) => [
    bgpIPv4?.address,
    bgpIPv6?.address,
    Object.entries(tunnels).map(([kind, tunnel]) => [kind, tunnel.value]),
    vtepMac?.value,
    wireguardKey?.value,
  ]);
  return {
    key: `node ${called}`,
    content: JSON.stringify([addresses.map(({ address }) => address), values]),
    ref,
    title: `Node ${called}`,
  };
}

function podThing({ namespace, name, nodeName, addresses, finished, ref }: Facts['pods'][number]): StatedThing {
  return {
    key: `pod ${namespace}/${name}`,
    content: JSON.stringify([nodeName, addresses, finished]),
    ref,
    title: 'pods',
  };
}

function blockThing({ cidr, source, content, ref }: Facts['blocks'][number]): StatedThing {
  return { key: `block ${source} ${cidr}`, content, ref, title: 'IPAM blocks' };
}

function felixThing({ name, values, ref }: Facts['felix'][number]): StatedThing {
  const content = JSON.stringify(Object.values(values).map((value) => value?.value ?? null));
  return { key: `felix ${name}`, content, ref, title: `FelixConfiguration ${name}` };
}

function networkThing({ cidrs, backend, direct, vni, port, cni, ref }: Facts['networks'][number]): StatedThing {
  const content = JSON.stringify([cidrs, backend, direct, vni, port]);
  return {
    key: `network ${cni}`,
    content,
    ref,
    title: `the pod network (${backend})`,
    decides: { cidr: cidrs[0] ?? '' },
  };
}
