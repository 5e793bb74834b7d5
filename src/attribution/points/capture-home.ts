// Whose frames a capture holds: the MACs that are in every unicast frame of an interface, the node that sent a cooked capture's
// frames, the node that the user or the file name says. Two captures of different homes are not pieces of one.

import { WORKLOAD_MAC } from '../../cluster/calico.ts';
import { smallestOf } from '../../net/extremes.ts';
import type { LinkFacts } from './link-facts.ts';
import type { LinkGroup } from './link-groups.ts';
import { isUnicast, type MacKnowledge } from './mac-roles.ts';
import { type HomeFrames, nodeByOuterEnds, nodeByOutgoing } from './point-node.ts';

export interface Home {
  /** By interface: one of these is behind all its frames. An interface that tells nothing is not in it. */
  of: ReadonlyMap<string, ReadonlySet<string>>;
  /** Fewest candidates of any interface; 0 when none tells anything. */
  choices: number;
  isCooked: boolean;
}

/** A MAC in fewer of the frames is not in every one: floods and broadcasts aside. */
const NEARLY_ALL = 0.9;
const COOKED = 'cooked';
const SAID = 'said';

export function homeOf(groups: readonly LinkGroup[], macs: MacKnowledge, said: string | null): Home {
  const of = new Map<string, ReadonlySet<string>>();
  for (const group of groups) {
    const everywhere = group.perFrame ? null : macsEverywhere(group);
    if (everywhere !== null && everywhere.size > 0) of.set(group.key, everywhere);
  }
  const cooked = groups.flatMap((group) => group.facts).filter(({ link }) => link.packetType !== null);
  // where others take it for the next hop to a third node, the tunnels that get there end elsewhere
  const byTunnels = said === null ? nodeByOuterEnds(cooked) : null;
  const node = (nodeByOutgoing(cooked, macs) ?? byTunnels)?.node.name ?? null;
  if (node !== null) of.set(COOKED, new Set([node]));
  if (said !== null) of.set(SAID, new Set([said]));
  return withChoices(of, cooked.length > 0);
}

/** Every veth has the same MAC on the host's side: it tells nothing. */
function macsEverywhere({ facts, heard }: HomeFrames): Set<string> {
  const count = new Map<string, number>();
  let total = 0;
  const talks: LinkFacts['link'][] = [];
  for (const { link, isRawAnswer } of facts) {
    if (isRawAnswer || !isUnicast(link.src) || !isUnicast(link.dst)) continue;
    total += link.packets;
    for (const mac of new Set([link.src, link.dst])) count.set(mac, (count.get(mac) ?? 0) + link.packets);
    if (heard.has(link.dst)) talks.push(link);
  }
  const often = [...count].filter(([mac, packets]) => mac !== WORKLOAD_MAC && packets >= total * NEARLY_ALL);
  // what two others that are heard say to each other is no flood
  const everywhere = often.filter(([mac]) => talks.every(({ src, dst }) => src === mac || dst === mac));
  return new Set(everywhere.map(([mac]) => mac));
}

/** Whether an interface shows frames of several NICs, and no MAC but a gateway's is in nearly all: a port mirror's, or a merge. */
export function showsSeveralNics(groups: readonly LinkGroup[], macs: Pick<MacKnowledge, 'isShared'>): boolean {
  const hasTalk = ({ facts }: LinkGroup): boolean =>
    facts.some(({ link, isRawAnswer }) => !isRawAnswer && isUnicast(link.src) && isUnicast(link.dst));
  return groups.some((group) => !group.perFrame && hasTalk(group) && [...macsEverywhere(group)].every(macs.isShared));
}

function withChoices(of: Home['of'], isCooked: boolean): Home {
  const sizes = [...of.values()].map((set) => set.size);
  return { isCooked, of, choices: sizes.length === 0 ? 0 : smallestOf(sizes) };
}

/** Whether nothing that both tell contradicts. */
export function areCompatible(a: Home, b: Home): boolean {
  return [...b.of].every(([key, set]) => {
    const own = a.of.get(key);
    return own === undefined || [...set].some((one) => own.has(one));
  });
}

/**
 * Whether captures whose names have nothing in common may be pieces of one: on every interface of both, a MAC is in all frames of
 * both. Frames of a cooked capture come from any interface: there it is enough that none contradicts.
 */
export function mayBeOne(a: Home, b: Home): boolean {
  if (a.isCooked && b.isCooked) return areCompatible(a, b);
  const interfaces = [...b.of.keys()].filter((key) => key !== SAID);
  return interfaces.length > 0 && interfaces.every((key) => a.of.has(key)) && areCompatible(a, b);
}

/** What is left when both are one. */
export function joinHomes(a: Home, b: Home): Home {
  const of = new Map(a.of);
  for (const [key, set] of b.of) {
    const own = of.get(key);
    of.set(key, own === undefined ? set : new Set([...own].filter((one) => set.has(one))));
  }
  return withChoices(of, a.isCooked && b.isCooked);
}
