// Snapshot texts -> Topology, without I/O: read, merge, index, judge. All errors of the input are told at once.
import { OverlensError } from '../errors.ts';
import { epochSeconds } from '../net/date-text.ts';
import { canonicalIp, parseIp } from '../net/ip.ts';
import { canonicalMac } from '../net/mac.ts';
import { addUnder } from '../net/multi-map.ts';
import { deviceMtus } from './ask/device-mtus.ts';
import { deviceSetting, ownSettings } from './ask/felix-settings.ts';
import { lookupOwner } from './ask/lookup.ts';
import { buildMacOwners } from './ask/mac-owners.ts';
import type { Window } from './ask/opinion.ts';
import { nodeBehind } from './ask/opinions.ts';
import { buildOwnerIndex, type OwnerIndex } from './ask/owner-index.ts';
import { judgeSnapshot } from './judge/judge-snapshot.ts';
import { adoptDevices } from './merge/attach-text.ts';
import { attributeTexts } from './merge/attribute-to-node.ts';
import { type Carrier, carrierOf } from './merge/carrier.ts';
import { joinVteps } from './merge/join-vteps.ts';
import { mergeFelix, settingsByNode } from './merge/merge-felix.ts';
import { mergeNetworks, networkSettings } from './merge/merge-networks.ts';
import { mergeNodes, type OpenNode } from './merge/merge-nodes.ts';
import { mergePolicies } from './merge/merge-policies.ts';
import { mergePools } from './merge/merge-pools.ts';
import { mergeBlocks, mergePods, mergeServices } from './merge/merge-workloads.ts';
import { nameVeths } from './merge/name-veths.ts';
import { sayMissing } from './merge/say-missing.ts';
import type { IPPool, Node, Owner, Topology } from './model.ts';
import { policyAnswers } from './policies/policies-for.ts';
import { formatRef, listNames } from './read/located.ts';
import type { SnapshotDocument } from './read/read-documents.ts';
import type { Facts, Problem } from './read/stated-facts.ts';
import { readOverTime } from './time/parts.ts';
import { type SnapshotTime, snapshotTime } from './time/taken.ts';
import { type TimedSnapshot, timelineOf } from './time/timeline.ts';

/** Answers kept; a capture asks for few addresses again and again. */
const CACHED_ANSWERS = 50_000;

/**
 * Builds the topology that the documents describe; of several snapshots of one cluster the latest, with all of them in `timeline`.
 * @param options `step`: of a file that goes through several states, which one (from 1 on); the last one otherwise
 * @throws OverlensError E_INVALID_SNAPSHOT, its message one line per problem: place, what is wrong, what was expected
 */
export function buildTopology(documents: readonly SnapshotDocument[], options: { step?: number } = {}): Topology {
  const { all: facts, snapshots } = readOverTime(documents, options.step ?? null);
  const most = Math.max(1, ...facts.states.map((state) => state.step));
  if (options.step !== undefined && options.step > most) throw noSuchState(options.step, most);
  throwProblems([...facts.problems, ...uselessDirectories(documents, new Set(facts.used))]);
  if (snapshots.length === 0) return assembleTopology(facts, documents);
  const each = snapshots.map(({ name, facts: own, time, differs }): TimedSnapshot<Topology> => {
    const topology = assembleTopology(own, documents);
    topology.taken = time;
    return { topology, time, name, differs };
  });
  const timeline = timelineOf(each);
  for (const { topology } of each) topology.timeline = timeline;
  return (each.at(-1) as TimedSnapshot<Topology>).topology;
}

function noSuchState(step: number, most: number): OverlensError {
  const has = most === 1 ? 'it shows one state only' : `its texts go through ${most} states at most`;
  return new OverlensError('E_INVALID_SNAPSHOT', `there is no state ${step} of the snapshot: ${has}`, {
    hint: 'overlens topology lists the states that it saw',
  });
}

/** Directories in which nothing was recognised: single files in them are noted only, but something was expected. */
function uselessDirectories(documents: readonly SnapshotDocument[], used: ReadonlySet<string>): Problem[] {
  const byDirectory = new Map<string, SnapshotDocument[]>();
  for (const document of documents) {
    if (document.sought === false) continue;
    const directory =
      document.path === undefined ? '' : document.file.slice(0, -document.path.length).replace(/[\\/!]$/, '');
    if (directory !== '') addUnder(byDirectory, directory, document);
  }
  return [...byDirectory].flatMap(([directory, members]) => {
    if (members.some((document) => used.has(document.file))) return [];
    const names = listNames(members.map((document) => document.file));
    const count = members.length === 1 ? '1 file' : `${members.length} files`;
    return [{ ref: { file: directory, line: null }, message: `nothing in it is a snapshot (${count}: ${names})` }];
  });
}

/** Throws all problems as one error; nothing when there are none. */
export function throwProblems(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const order = [...new Set(problems.map(({ ref }) => ref.file))];
  const sorted = problems.toSorted(
    (one, other) =>
      order.indexOf(one.ref.file) - order.indexOf(other.ref.file) || (one.ref.line ?? 0) - (other.ref.line ?? 0),
  );
  const lines = [...new Set(sorted.map(({ ref, message }) => `${formatRef(ref)}: ${message}`))];
  const hint = 'correct the snapshot, or make a new one: overlens snapshot prints the command';
  throw new OverlensError('E_INVALID_SNAPSHOT', lines.join('\n'), { hint });
}

function assembleTopology(facts: Facts, documents: readonly SnapshotDocument[]): Topology {
  const files = documents.map((document) => document.file);
  sayMissing(facts);
  const carrier = carrierOf(facts);
  const { profile } = carrier;
  const { pools, complete } = rangesOf(facts, carrier);
  const open = mergeNodes(facts, profile);
  attributeTexts(facts, open, profile);
  for (const node of open) adoptDevices(node, profile, facts);
  joinVteps(open, profile);
  const nodes = open.map(closeNode);
  const pods = nameVeths(mergePods(facts, open, carrier.namesVeths), nodes);
  const services = mergeServices(facts);
  const blocks = mergeBlocks(facts, open, pools, profile);
  const nodesByAlias = aliasesOf(open, nodes);
  const index = buildOwnerIndex({
    profile,
    nodes,
    nodesByAlias,
    pods,
    services,
    serviceEndpoints: facts.serviceEndpoints,
    pools,
    blocks,
    allocations: facts.allocations,
  });
  const felix = profile.rangesFrom === 'objects' ? mergeFelix(facts, open) : networkSettings(facts, profile);
  const settings = settingsByNode(felix, open, facts);
  const stated = mergePolicies(facts);
  const base = { profile, files, nodes, pools, poolsComplete: complete, pods, services, blocks };
  const { nodesComplete, captureFiles } = facts;
  const known = answers(base, index);
  const topology: Topology = {
    ...base,
    ...{ nodesComplete, captureFiles, otherCarrier: carrier.other },
    settingsGiven: facts.felix.length > 0 || facts.networks.length > 0,
    policyVerdicts: facts.policyVerdicts,
    issues: facts.issues,
    taken: timeOf(facts, documents),
    timeline: null,
    states: facts.states,
    felix: settings,
    ownSettings: ({ name }) => ownSettings(settings, name),
    deviceVNI: deviceSetting(nodes, 'id', profile),
    devicePort: deviceSetting(nodes, 'dstport', profile),
    devicesOf: (node) => deviceMtus(node, base),
    ...known,
    ...stated,
    policiesFor: policyAnswers(stated, pods, known.lookup),
  };
  judgeSnapshot(topology, { index, felix, facts });
  return topology;
}

/** Files of which nothing was used tell no time. */
function timeOf(facts: Facts, documents: readonly SnapshotDocument[]): SnapshotTime | null {
  const used = new Set(facts.used);
  const stamps = facts.stamps.flatMap(({ text, ref }) => {
    const seconds = epochSeconds(text);
    return seconds === null ? [] : [{ seconds, ref }];
  });
  const taken = documents.filter(({ file }) => used.has(file)).map((document) => document.taken);
  return snapshotTime(taken, stamps);
}

/** The ranges of the CNI that carries; all of them in doubt where that is not known. */
function rangesOf(facts: Facts, { profile, disputed }: Carrier): { pools: IPPool[]; complete: boolean } {
  if (profile.rangesFrom === 'networks') return mergeNetworks(facts, profile);
  const pools = mergePools(facts).map((pool) => (disputed === null ? pool : { ...pool, disputed }));
  return { pools, complete: facts.poolsComplete };
}

/** The functions of a Topology that answer from the index. */
function answers(
  base: Pick<Topology, 'nodes' | 'poolsComplete' | 'services'>,
  index: OwnerIndex,
): Pick<Topology, 'lookup' | 'poolsOf' | 'nodeByName' | 'nodeByAddress' | 'nodeByVtepMac' | 'nodeByNicMac'> {
  const macs = buildMacOwners(base.nodes, index, index.profile);
  const context = {
    index,
    complete: base.poolsComplete && base.nodes.length > 0,
    hasServices: base.services.length > 0,
  };
  const cache = new Map<string, Owner>();
  const lookup = (address: string, window?: Window): Owner => {
    const canonical = canonicalIp(address) ?? address;
    const key = window === undefined ? canonical : `${canonical} ${window.first} ${window.last}`;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const owner = lookupOwner(canonical, context, window);
    if (cache.size >= CACHED_ANSWERS) cache.clear();
    cache.set(key, owner);
    return owner;
  };
  return {
    lookup,
    poolsOf: (address) => poolsAround(address, index),
    nodeByName: (name) => index.nodesByName.get(name) ?? index.nodesByAlias.get(name.toLowerCase()) ?? null,
    nodeByAddress: (address) => {
      const canonical = canonicalIp(address) ?? address;
      return index.nodeAddresses.has(canonical) ? nodeBehind(canonical, index) : null;
    },
    nodeByVtepMac: (mac) => macs.vtep.get(canonicalMac(mac) ?? mac) ?? null,
    nodeByNicMac: (mac) => macs.nic.get(canonicalMac(mac) ?? mac) ?? null,
  };
}

function poolsAround(address: string, index: OwnerIndex): readonly IPPool[] {
  const ip = parseIp(address);
  return ip === null ? [] : index.pools.enclosing(ip).flatMap((entry) => entry.values);
}

function closeNode(open: OpenNode, index: number): Node {
  const { aliases: _aliases, whole: _whole, mentioned: _mentioned, labels: _labels, agentFile: _file, ...node } = open;
  return { ...node, index };
}

/** Hostnames and first labels (`ip-10-0-1-20`) that only one node has: what prompts, folders and people call it. */
function aliasesOf(open: readonly OpenNode[], nodes: readonly Node[]): Map<string, Node> {
  const found = new Map<string, Set<Node>>();
  for (const [i, { name, named, aliases }] of open.entries()) {
    const node = nodes[i];
    const names = named ? [name.toLowerCase(), name.toLowerCase().split('.')[0] ?? '', ...aliases] : [...aliases];
    for (const alias of names) if (node !== undefined) found.set(alias, (found.get(alias) ?? new Set()).add(node));
  }
  return new Map(
    [...found].flatMap(([alias, [node, ...others]]) =>
      node === undefined || others.length > 0 ? [] : [[alias, node]],
    ),
  );
}
