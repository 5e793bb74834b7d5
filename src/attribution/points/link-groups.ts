// Links of captures by interface: what is decided together. Where one interface holds frames of several places, link by link.
import type { CaptureCounters } from '../../flow/capture-counters.ts';
import type { LinkFacts } from './link-facts.ts';
import type { MacKnowledge } from './mac-roles.ts';
import { pieceName } from './pieces/piece-names.ts';
import { isMixed } from './point-role.ts';

export interface LinkGroup {
  capture: number;
  /** The same for groups of several captures that are one, if the captures are pieces of one. */
  key: string;
  links: number[];
  facts: LinkFacts[];
  index: number | null;
  interfaceName: string | null;
  perFrame: boolean;
  /** MACs that frames of the interface came from, in all captures whose names a tool counted from one. */
  heard: Set<string>;
}

/** Groups of each capture, in order of their first links. */
export function groupLinks(facts: readonly LinkFacts[], captures: readonly CaptureCounters[]): LinkGroup[][] {
  const groups = captures.map(() => new Map<string, LinkGroup>());
  const heard = new Map<string, Set<string>>();
  facts.forEach((fact, link) => {
    const { link: record } = fact;
    const own = groups[record.capture];
    const capture = captures[record.capture];
    if (own === undefined || capture === undefined) return;
    // SLL v1 has no interface, and mirrored copies may come from anywhere: each link speaks for itself
    const perFrame = record.type === 'sll' || record.carried;
    const key = perFrame ? linkKey(fact) : `${record.interface}/${record.ifindex ?? ''}`;
    let group = own.get(key);
    if (group === undefined) {
      const described = capture.info.interfaces[record.interface];
      const index = record.ifindex ?? (capture.info.format === 'pcapng' ? record.interface : null);
      const interfaceName = record.ifindex === null ? (described?.name ?? null) : null;
      const place = `${pieceName(capture.info.path).exact}|${key}`;
      const senders = heard.get(place) ?? new Set();
      heard.set(place, senders);
      group = { capture: record.capture, key, links: [], facts: [], index, interfaceName, perFrame, heard: senders };
      own.set(key, group);
    }
    if (record.src !== null) group.heard.add(record.src);
    group.links.push(link);
    group.facts.push(fact);
  });
  return groups.map((own) => [...own.values()]);
}

function linkKey({ link }: LinkFacts): string {
  const { interface: index, ifindex, type, src, dst, packetType, carried } = link;
  return `link ${index}/${ifindex}/${type}/${src}/${dst}/${packetType}/${carried}`;
}

/** The groups of one capture, or of several that are pieces of one, with what they have in common joined. */
export function joinGroups(pieces: readonly (readonly LinkGroup[])[]): LinkGroup[] {
  const joined = new Map<string, LinkGroup>();
  for (const group of pieces.flat()) {
    const known = joined.get(group.key);
    if (known === undefined) joined.set(group.key, { ...group, links: [...group.links], facts: [...group.facts] });
    else {
      // one by one: a capture has more links than a call takes arguments
      for (const link of group.links) known.links.push(link);
      for (const facts of group.facts) known.facts.push(facts);
    }
  }
  return [...joined.values()];
}

/** Keys of the interfaces of a merged capture: frames of several places stand in each. */
export function mixedKeys(groups: readonly LinkGroup[], macs: MacKnowledge): Set<string> {
  return new Set(groups.filter((group) => !group.perFrame && isMixed(group.facts, macs)).map((group) => group.key));
}

/** Interfaces of these keys taken apart: one group per link. */
export function takeApart(groups: readonly LinkGroup[], keys: ReadonlySet<string>): LinkGroup[] {
  return groups.flatMap((group) => {
    if (!keys.has(group.key)) return [group];
    return group.facts.map((fact, i) => ({
      ...group,
      key: linkKey(fact),
      links: group.links.slice(i, i + 1),
      facts: [fact],
      perFrame: true,
    }));
  });
}
