// Documents of kubectl and Calico's client -> facts: unwraps Lists, XLists, bare lists (calico-facts 2.2), gives each to the
// reader of its kind, and says what was not understood. The only place that knows which kinds there are.
import { isCalicoApi, isOperatorApi, POOL_API_VERSIONS } from '../../../cluster/calico/annotations.ts';
import { isOtherCniApi, OTHER_CNI_KIND } from '../../../cluster/other-cnis.ts';
import { readFlowRecord } from '../flow-logs/flow-json.ts';
import { type DocumentTree, type Located, listAt, textAt, valueAt } from '../located.ts';
import { addIssue, type Facts } from '../stated-facts.ts';
import { readCalicoPolicy, readTier } from './calico-policy.ts';
import { readConfigMap, statesNetwork } from './config-map.ts';
import { readDaemonSet, runsAgent } from './environment.ts';
import { readFelixConfiguration } from './felix-configuration.ts';
import { readInstallation, readIPPool } from './ip-pool.ts';
import { readBlockAffinity, readIPAMBlock } from './ipam.ts';
import { readNamespace, readNetworkPolicy } from './network-policy.ts';
import { readAnnotations, readNode } from './node.ts';
import { configuresOtherCni, readOtherConfig, readOtherNode } from './other-cni.ts';
import { readPacketCapture } from './packet-capture.ts';
import { readPod, readWorkloadEndpoint } from './pod.ts';
import { readEndpointSlice, readEndpoints, readService } from './service.ts';

type Group = 'apps' | 'calico' | 'core' | 'discovery' | 'networking' | 'operator' | 'other-cni';

interface Reader {
  group: readonly Group[];
  /** Which objects of the kind are read; all where it is absent. */
  when?: (object: Located) => boolean;
  read: (object: Located, facts: Facts) => void;
}

/** Kind -> API group it must be of, and its reader. */
const READERS: Readonly<Record<string, Reader>> = {
  IPPool: { group: ['calico'], read: readIPPool },
  // Calico's client before v3 (apiVersion v1).
  ipPool: { group: ['core'], read: readIPPool },
  Node: { group: ['core', 'calico'], read: readNode },
  node: { group: ['core'], read: readNode },
  ConfigMap: {
    group: ['core'],
    when: (object) => statesNetwork(object) || configuresOtherCni(object),
    read(object, facts) {
      if (configuresOtherCni(object)) readOtherConfig(object, facts);
      else readConfigMap(object, facts);
    },
  },
  [OTHER_CNI_KIND]: { group: ['other-cni'], read: readOtherNode },
  DaemonSet: { group: ['apps'], when: runsAgent, read: readDaemonSet },
  Pod: { group: ['core'], read: readPod },
  WorkloadEndpoint: { group: ['calico'], read: readWorkloadEndpoint },
  workloadEndpoint: { group: ['core'], read: readWorkloadEndpoint },
  Service: { group: ['core'], read: readService },
  Endpoints: { group: ['core'], read: readEndpoints },
  EndpointSlice: { group: ['discovery'], read: readEndpointSlice },
  BlockAffinity: { group: ['calico'], read: readBlockAffinity },
  IPAMBlock: { group: ['calico'], read: readIPAMBlock },
  PacketCapture: { group: ['calico'], read: readPacketCapture },
  FelixConfiguration: { group: ['calico'], read: readFelixConfiguration },
  NetworkPolicy: { group: ['networking', 'calico'], read: readNetworkPolicy },
  GlobalNetworkPolicy: { group: ['calico'], read: readCalicoPolicy },
  Tier: { group: ['calico'], read: readTier },
  Namespace: { group: ['core'], read: readNamespace },
  Installation: { group: ['operator'], read: readInstallation },
};

export const READ_KINDS = 'IPPool, Node, Pod, Service, EndpointSlice, BlockAffinity, IPAMBlock, FelixConfiguration';

/** Counts over the documents of one file. */
export interface ObjectCounts {
  /** Objects of a kind that is read (with problems or not), and empty Lists. */
  used: number;
  /** Kubernetes objects of other kinds, by kind. */
  other: Map<string, number>;
}

/** Reads every object of a document. */
export function readObjects(tree: DocumentTree, facts: Facts, counts: ObjectCounts): void {
  if (tree.items === null) {
    if (tree.head !== null) readObject(tree.head, {}, facts, counts);
    return;
  }
  const listKind = tree.head === null ? '' : (textAt(tree.head.value, 'kind') ?? 'List');
  const apiVersion = tree.head === null ? null : textAt(tree.head.value, 'apiVersion');
  // Items of a raw API list (PodList, IPPoolList) carry neither kind nor apiVersion.
  const inherited = listKind.endsWith('List') && listKind !== 'List' ? { kind: listKind.slice(0, -4), apiVersion } : {};
  let pools = 0;
  let nodes = 0;
  for (const item of tree.items) {
    const kind = readObject(item, inherited, facts, counts);
    if (kind === 'IPPool') pools++;
    if (kind === 'Node') nodes++;
  }
  if (tree.head === null) return;
  // A List that continues elsewhere (`limit`) is not whole.
  const isWhole = (textAt(tree.head.value, 'metadata', 'continue') ?? '') === '';
  facts.nodesComplete ||= isWhole && nodes > 0;
  if (pools === 0 && !/^IPPoolList$/.test(listKind)) {
    counts.used += listKind === 'List' || Object.hasOwn(READERS, listKind.slice(0, -4)) ? 1 : 0;
    return;
  }
  counts.used++;
  facts.poolsComplete ||= isWhole;
}

/** @returns the kind it was read as; null when it was not */
function readObject(
  object: Located,
  inherited: { kind?: string; apiVersion?: string | null },
  facts: Facts,
  counts: ObjectCounts,
): string | null {
  if (readFlowRecord(object, facts)) {
    counts.used++;
    return null;
  }
  const kind = textAt(object.value, 'kind') ?? inherited.kind ?? null;
  const apiVersion = textAt(object.value, 'apiVersion') ?? inherited.apiVersion ?? null;
  const known = kind !== null && Object.hasOwn(READERS, kind) ? READERS[kind] : undefined;
  const reader = known?.when?.(object) === false ? undefined : known;
  const group = groupOf(apiVersion);
  if (reader !== undefined && kind !== null && (group === null || reader.group.some((known) => known === group))) {
    counts.used++;
    if (
      textAt(object.value, 'metadata', 'name') === null &&
      !/^(IPPool|ipPool|FelixConfiguration|IPAMBlock)$/.test(kind)
    ) {
      const message = `this ${kind} has no metadata.name: not used`;
      addIssue(facts, 'incomplete-object', 'warning', message, { refs: [object.ref()] });
      return null;
    }
    const blank = blankName(object);
    if (blank !== null) {
      const message = `this ${kind} is a template, its name is ${blank}: not used`;
      addIssue(facts, 'incomplete-object', 'warning', message, { refs: [object.ref(['metadata', 'name'])] });
      return null;
    }
    noteTime(object, kind, facts);
    reader.read(object, facts);
    return kind === 'ipPool' ? 'IPPool' : kind;
  }
  if (looksLikePool(object, kind, group)) {
    counts.used++;
    const is =
      kind === null ? 'this object has no kind' : `kind is "${kind}" (apiVersion ${apiVersion ?? 'not given'})`;
    const message = `${is}, expected IPPool of ${POOL_API_VERSIONS}`;
    facts.problems.push({ ref: object.ref(['kind']), message });
    return null;
  }
  if (kind === null && readAnnotations(object, facts)) {
    counts.used++;
    return null;
  }
  const label = kind === null ? 'object without kind' : kind;
  counts.other.set(label, (counts.other.get(label) ?? 0) + 1);
  return null;
}

const BLANK_NAME = /^(?:[\w.-]{0,60}<[\w .-]{1,60}>[\w.-]{0,60}|\{\{[^{}]{0,80}\}\}|\$\{?\w{1,60}\}?|\.{3}|…)$/;

/** What stands for a name in examples and templates (`<node>`, `$NODE`, `{{ .Values.pool }}`): no object has such a name. */
function blankName({ value }: Located): string | null {
  const said = ['name', 'namespace'].map((key) => textAt(value, 'metadata', key) ?? '');
  return said.find((text) => BLANK_NAME.test(text)) ?? null;
}

/** Objects are no younger than what tells of them: the newest of their times is one at which, or after which, they were read. */
function noteTime({ value, ref }: Located, kind: string, facts: Facts): void {
  const [known] = facts.stamps;
  let newest = known?.text ?? '';
  const note = (text: string | null): void => {
    // as the API server writes them, times compare as texts
    if (text !== null && text > newest && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)) newest = text;
  };
  note(textAt(value, 'metadata', 'creationTimestamp'));
  if (kind === 'Node') for (const one of listAt(value, 'status', 'conditions')) note(textAt(one, 'lastHeartbeatTime'));
  if (newest !== (known?.text ?? '')) facts.stamps = [{ text: newest, ref: ref() }];
}

function groupOf(apiVersion: string | null): Group | 'other' | null {
  if (apiVersion === null) return null;
  if (isCalicoApi(apiVersion)) return 'calico';
  if (apiVersion === 'v1') return 'core';
  if (apiVersion.startsWith('discovery.k8s.io/')) return 'discovery';
  if (apiVersion.startsWith('apps/')) return 'apps';
  if (apiVersion.startsWith('networking.k8s.io/')) return 'networking';
  if (isOtherCniApi(apiVersion)) return 'other-cni';
  return isOperatorApi(apiVersion) ? 'operator' : 'other';
}

/** A pool that was typed wrongly: a kind like `ippool`, or a pool's fields under another kind of Calico's. */
function looksLikePool(object: Located, kind: string | null, group: Group | 'other' | null): boolean {
  if (group !== null && group !== 'calico' && group !== 'core') return false;
  if (kind !== null && /^ip-?pools?$/i.test(kind)) return true;
  const spec = valueAt(object.value, 'spec');
  const hasMode = valueAt(spec, 'vxlanMode') !== undefined || valueAt(spec, 'ipipMode') !== undefined;
  return valueAt(spec, 'cidr') !== undefined && (hasMode || valueAt(spec, 'blockSize') !== undefined);
}
