// Who stands behind the two addresses of a flow. The topology answers first; where it names no node, what an address sent does.
// Where packets contradict the snapshot (an answer from another node; any packet, against a mere block), no node is named: both are
// candidates. Headers of packets that nobody answered are themselves under judgement: they name nobody, and are kept as a presumption.

import type { SaidName } from '../../flow/captures/named-ends.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import type { Candidate, Evidence, Node, Owner, OwnerSource, Topology } from '../../topology/model.ts';
import type { PathFacts } from '../path-facts.ts';
import type { Points } from '../points/points.ts';
import type { Endpoint, EndpointKind } from '../vocabulary.ts';
import type { AddressBook, TimeWindow } from './address-book.ts';
import { isStrong } from './owner-strength.ts';
import {
  ASKED,
  addressedNode,
  collectHints,
  type Hint,
  isSilentAt,
  isUnheard,
  nodesBeside,
  type PacketEvidence,
  provenNode,
  provenNodes,
} from './packet-hints.ts';
import { type People, peopleOf } from './people.ts';
import { namesOfUnknown, type SaidNames, saidEvidence } from './said-names.ts';

export interface Who {
  owner: Owner;
  kind: EndpointKind;
  node: Node | null;
  nodeSource: OwnerSource | PacketEvidence['source'] | null;
  evidence: readonly Evidence[];
  /** Set where packets put it elsewhere than the snapshot: `node` is then null. */
  dispute: Dispute | null;
  /** The same end on the node that only headers of unanswered packets name; `node` is then null. */
  presumed: Who | null;
  /** Only a block names the node, and plain packets found silence, with nothing to show that they went there. */
  isUnheard: boolean;
  /**
   * What the captures' own comments call an end that the snapshot does not name; null without. Nothing is decided by it, so its node counts
   * as the end's only where there is no snapshot, and nothing to decide.
   */
  said: (SaidName & { isAlone: boolean }) | null;
  /** What the captures call an address outside the cluster; null for all others. */
  hostName: string | null;
}

/** A node by the snapshot, and others by packets. */
export interface Dispute {
  stated: Node;
  source: OwnerSource;
  /** The snapshot names the node by more than a block: then answered packets speak against it. */
  strong: boolean;
  shown: readonly PacketEvidence[];
}

export interface Directory extends Pick<People, 'source' | 'destination' | 'count'> {
  /** By the number of an end, as `source` and `destination` have it for each flow. */
  whoOf(person: number): Who;
}

export interface DirectoryInput {
  table: FlowTable;
  points: Points;
  paths: PathFacts;
  book: AddressBook;
  topology: Topology | null;
  window: TimeWindow | null;
  /** What the captures say themselves of whose addresses are. */
  said?: SaidNames;
  hostNames?: ReadonlyMap<string, string>;
}

/** Reads every flow once for what underlay frames say of where addresses are. */
export function directory({
  table,
  points,
  paths,
  book,
  topology,
  window,
  said,
  hostNames,
}: DirectoryInput): Directory {
  const people = peopleOf(table, topology, window);
  const owners = Array.from({ length: people.count }, (_, person) =>
    book.ownerOf(people.addressOf(person), people.timeOf(person)),
  );
  const asked = Uint8Array.from(owners, askedOf);
  const stated = (person: number): Node | null => owners[person]?.node ?? null;
  const hints = collectHints({ table, points, paths, book, people, asked, stated });
  const names = said === undefined || said.size === 0 ? null : namesOfUnknown(said, owners);
  const whoIs = (person: number): Who => {
    const who = decide(owners[person] ?? book.ownerOf(''), hints.get(person));
    const hostName = who.kind === 'external' ? (hostNames?.get(who.owner.address) ?? null) : null;
    return hostName === null ? namedBy(names, topology === null, who) : { ...who, hostName };
  };
  const known: Who[] = [];
  const { count, source, destination } = people;
  return {
    count,
    source,
    destination,
    whoOf(person) {
      known[person] ??= whoIs(person);
      return known[person];
    },
  };
}

/** Who has an address by the snapshot alone. */
export function whoByTopology(owner: Owner): Who {
  const { kind, node, nodeSource, evidence } = owner;
  return {
    owner,
    kind,
    node,
    nodeSource,
    evidence,
    dispute: null,
    presumed: null,
    isUnheard: false,
    said: null,
    hostName: null,
  };
}

function namedBy(names: SaidNames | null, isAlone: boolean, who: Who): Who {
  const said = names?.get(who.owner.address) ?? null;
  return said === null || who.dispute !== null ? who : { ...who, said: { ...said, isAlone } };
}

/** Ends that need help: an address that a pod could have, with no node known, or by weak evidence only. */
function askedOf(owner: Owner): number {
  const couldBePod = owner.kind === 'pod' || owner.kind === 'unknown' || owner.kind === 'tunnel';
  if (owner.node === null) return couldBePod && owner.candidates.length < 2 ? ASKED.all : ASKED.nothing;
  if (!isStrong({ nodeSource: owner.nodeSource, owner })) return ASKED.all;
  return couldBePod ? ASKED.proofOfAnother : ASKED.nothing;
}

function decide(owner: Owner, hint: Hint | undefined): Who {
  const base = whoByTopology(owner);
  if (hint === undefined) return base;
  const { address } = owner;
  if (owner.node !== null) {
    const strong = isStrong(base);
    const shown = strong ? provenNodes(address, hint) : nodesBeside(owner.node, address, hint);
    if (shown.length > 0) return disputed(base, owner.node, strong, shown);
    if (strong) return base;
    return isSilentAt(owner.node, hint) ? presumedOnly(base, owner.node) : { ...base, isUnheard: isUnheard(hint) };
  }
  const proven = provenNode(address, hint);
  if (proven !== null) return placedBy(base, proven);
  const addressed = addressedNode(address, hint);
  if (addressed === null) return base;
  const candidates = [...owner.candidates, candidateOf(addressed)];
  return { ...base, owner: { ...owner, candidates }, presumed: placedBy(base, addressed) };
}

/**
 * The sender's route to a block leads to its node, also for an address that another node has borrowed: where questions came in there
 * and nobody answered, that they went there adds nothing to the block.
 */
function presumedOnly(base: Who, stated: Node): Who {
  const { owner } = base;
  const detail = `by ${owner.nodeSource}: ${stated.name}, and nothing came back`;
  const candidates = [...owner.candidates, { namespace: null, pod: null, node: stated.name, detail }];
  return {
    ...base,
    owner: { ...owner, node: null, nodeSource: null, candidates },
    node: null,
    nodeSource: null,
    presumed: base,
  };
}

function placedBy(base: Who, { node, source, detail }: PacketEvidence): Who {
  return { ...base, node, nodeSource: source, evidence: [...base.evidence, { source, detail }] };
}

/** Nobody is named: neither the snapshot's node and pod nor the packets' node can be trusted alone. */
function disputed(base: Who, stated: Node, strong: boolean, shown: readonly PacketEvidence[]): Who {
  const { owner } = base;
  const source = owner.nodeSource ?? 'ip-pool';
  const detail = `by ${source}: ${stated.name}`;
  const candidates = [
    ...(owner.pod === null ? [] : [{ namespace: owner.namespace, pod: owner.pod, node: stated.name, detail }]),
    ...shown.map(candidateOf),
  ];
  const evidence = [...base.evidence, ...shown.map(({ source, detail }) => ({ source, detail }))];
  return {
    ...base,
    owner: { ...owner, node: null, nodeSource: null, namespace: null, pod: null, candidates },
    node: null,
    nodeSource: null,
    evidence,
    dispute: { stated, source, strong, shown },
  };
}

function candidateOf({ node, detail }: PacketEvidence): Candidate {
  return { namespace: null, pod: null, node: node.name, detail };
}

/** The JSON endpoint of one end of a flow. */
export function endpointOf(who: Who, port: number | null): Endpoint {
  const { owner, said, hostName } = who;
  return {
    ip: owner.address,
    port,
    kind: said === null ? who.kind : kindBy(said, who),
    namespace: owner.namespace ?? said?.namespace ?? null,
    pod: owner.pod ?? said?.pod ?? null,
    node: who.node?.name ?? (said?.isAlone === true ? said.node : null),
    pool: owner.pool?.name ?? null,
    candidates: owner.candidates,
    evidence: said === null ? who.evidence : [...who.evidence, saidEvidence(owner.address, said)],
    ...(owner.service === undefined ? {} : { service: owner.service }),
    ...(hostName === null ? {} : { hostName }),
  };
}

function kindBy({ pod, isAlone }: NonNullable<Who['said']>, { kind }: Who): EndpointKind {
  if (pod !== null) return 'pod';
  return isAlone ? 'node' : kind;
}
