// Where every packet was seen: the capture points, each with role, node and evidence (design section 4).

import { knowsNodes } from '../../topology/ask/lookup.ts';
import type { Evidence, Node } from '../../topology/model.ts';
import { type CaptureRings, captureRings } from './capture-rings.ts';
import { captureSays, type Decided } from './decide-point.ts';
import { decideRing, rolesByStrand } from './decide-ring.ts';
import { linkFacts } from './link-facts.ts';
import { groupLinks } from './link-groups.ts';
import { type MacKnowledge, macKnowledge, withHomes } from './mac-roles.ts';
import { unnameOtherMachines } from './other-machines.ts';
import { lastMac } from './point-node.ts';
import type { Point, PointsInput } from './points-input.ts';
import { withMetadata } from './said/metadata-hints.ts';
import { type SilentPlace, silentPlaces } from './silent-places.ts';

export interface Points {
  /** All points, captures in order. */
  all: readonly Point[];
  /** Point index (into `all`) of each link entry of the flow table. */
  ofLink: Int32Array;
  /** The points of each capture. */
  ofCapture: readonly (readonly Point[])[];
  /** Captures that are pieces of one. */
  rings: CaptureRings;
  macs: MacKnowledge;
  /** Evidence that contradicts each other, of each capture. */
  contradictions: readonly (readonly string[])[];
  /** Where captures without a packet were taken. */
  silent: readonly SilentPlace[];
}

export function findPoints(given: PointsInput): Points {
  const input = { ...given, hints: withMetadata(given.hints ?? new Map(), given.captures) };
  const { captures } = input;
  const facts = linkFacts(input.table, input.book, input.topology !== null && knowsNodes(input.topology));
  const macs = macKnowledge(input.topology, facts);
  const groups = groupLinks(facts, captures);
  const says = captures.map(({ info }) => captureSays(input, info.path));
  const namedNode = (i: number): string | null => says[i]?.rule?.node ?? says[i]?.said?.name ?? null;
  const rings = captureRings(captures, groups, macs, namedNode);
  const decided: Decided[][] = captures.map(() => []);
  for (const ring of rings.rings) decideRing({ input, macs, groups, says }, ring, decided);
  rolesByStrand(rings, decided, captures);
  unnameOtherMachines({ table: input.table, captures, rings: rings.rings, namedNode }, decided);
  const disputed = disputedMacs(decided, macs);
  const found = { all: [] as Point[], ofLink: new Int32Array(facts.length).fill(-1) };
  const merged = decided.map(mergePerFrame);
  const contradictions = merged.map((own) => own.flatMap(({ notes }) => notes));
  const ofCapture = merged.map((own) =>
    own.map(({ point, links }, local) => {
      point.local = local;
      for (const link of links) found.ofLink[link] = found.all.length;
      found.all.push(point);
      return point;
    }),
  );
  return {
    ...found,
    ofCapture,
    rings,
    macs: withHomes(macs, homes(found.all), disputed),
    contradictions,
    silent: silentPlaces(input, says),
  };
}

/**
 * Of two MACs that are in every frame of a NIC one is that of a capture of another node: then the other one is its own. That names nobody, since
 * it may rest on a file name; but whose packets it gets does not either, where that is a third node (an address that moved).
 */
function disputedMacs(decided: readonly (readonly Decided[])[], macs: MacKnowledge): Set<string> {
  const disputed = new Set<string>();
  const all = decided.flat();
  const known = homes(all.map(({ point }) => point));
  for (const { point, group } of all) {
    const { topologyNode: node, role, mac } = point;
    if (role !== 'underlay' || node === null || mac !== null) continue;
    const own = lastMac(group, (one) => macs.isShared(one) || (known.get(one) ?? node) !== node);
    if (own !== null && macs.homeNode(own) !== node) disputed.add(own);
  }
  return disputed;
}

/** MACs of NICs that were captured; one that two nodes' captures claim is neither's. */
function homes(points: readonly Point[]): Map<string, Node> {
  const known = new Map<string, Node | null>();
  for (const { mac, topologyNode } of points) {
    if (mac === null || topologyNode === null) continue;
    known.set(mac, !known.has(mac) || known.get(mac) === topologyNode ? topologyNode : null);
  }
  return new Map([...known].flatMap(([mac, node]) => (node === null ? [] : [[mac, node]])));
}

/** SLL v1: the links of one role become one point; those of a mirror's copies, which are another node's, one of their own. */
function mergePerFrame(decided: readonly Decided[]): Decided[] {
  const merged = new Map<string, Decided>();
  const rest: Decided[] = [];
  for (const entry of decided) {
    if (!entry.group.perFrame) {
      rest.push(entry);
      continue;
    }
    const place = `${entry.point.role}|${entry.point.node}`;
    const known = merged.get(place);
    if (known === undefined) {
      merged.set(place, entry);
      continue;
    }
    for (const link of entry.links) known.links.push(link);
    known.point.packets += entry.point.packets;
    known.point.evidence = joinEvidence(known.point.evidence, entry.point.evidence);
  }
  return [...rest, ...merged.values()];
}

function joinEvidence(a: readonly Evidence[], b: readonly Evidence[]): Evidence[] {
  const seen = new Set(a.map((e) => e.source));
  return [...a, ...b.filter((e) => !seen.has(e.source))];
}
