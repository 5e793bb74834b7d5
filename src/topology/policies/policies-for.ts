// "Which policy may be why?": tiers and policies in the order in which Calico works through them, Kubernetes' own among them
// (order 1000 of the default tier). Kubernetes' rules only allow; a tier that selects a pod ends by denying the rest.
import { DEFAULT_TIER } from '../../cluster/calico/policy-names.ts';
import type { Owner, Pod } from '../model.ts';
import { labelsOfNamespace, labelsOfPod, matchesRule, type Peer, type Selecting } from './match-rule.ts';
import type {
  NetworkPolicy,
  PolicyCandidate,
  PolicyKnowledge,
  PolicyQuestion,
  PolicyRule,
  Tier,
  Truth,
} from './policy-model.ts';
import { createSelects } from './selector.ts';
import { all } from './truth.ts';

type Stated = Pick<PolicyKnowledge, 'policies' | 'tiers' | 'namespaces'>;

interface Asked {
  question: PolicyQuestion;
  peer: Peer;
  selecting: Selecting;
}

/** Answers from what the snapshot states; `lookup` tells who the other end is. */
export function policyAnswers(
  stated: Stated,
  pods: readonly Pod[],
  lookup: (address: string) => Owner,
): PolicyKnowledge['policiesFor'] {
  const labels = new Map(stated.namespaces.map((one) => [one.name, one.labels]));
  const selecting: Selecting = { labelsOf: (name) => labels.get(name) ?? null, selects: createSelects() };
  const tiers = tiersInOrder(stated);
  return (question) => {
    if (stated.policies.length === 0 || question.pod.hostNetwork) return [];
    const owner = lookup(question.peer);
    const peer = peerOf(owner, question.peer, pods);
    // A node's own packets to its pods are always let in (kubelet's probes).
    const isOwnNode = peer.kind === 'host' && owner.node?.name === question.pod.nodeName;
    return isOwnNode ? [] : candidatesOf(tiers, { question, peer, selecting });
  };
}

function peerOf({ kind, namespace, pod: name }: Owner, address: string, pods: readonly Pod[]): Peer {
  if (kind === 'node' || kind === 'tunnel') return { address, kind: 'host', pod: null };
  if (kind !== 'pod') return { address, kind: 'outside', pod: null };
  const pod = name === null ? undefined : pods.find((one) => one.name === name && one.namespace === namespace);
  return pod === undefined ? { address, kind: 'unnamed pod', pod: null } : { address, kind: 'pod', pod };
}

interface OpenTier {
  tier: Tier | null;
  policies: readonly NetworkPolicy[];
  /** Where it stands among the others is not known. */
  isPlaced: boolean;
}

function tiersInOrder({ policies, tiers }: Stated): OpenTier[] {
  const names = [...new Set(policies.map(({ tier }) => tier))];
  const orderOf = (name: string): number => {
    const order = tiers.find((one) => one.name === name)?.order ?? null;
    return order ?? (name === DEFAULT_TIER.name ? DEFAULT_TIER.order : Number.POSITIVE_INFINITY);
  };
  const rank = ({ order }: NetworkPolicy): number => order ?? Number.POSITIVE_INFINITY;
  const compare = (a: number, b: number): number => (a === b ? 0 : a - b);
  return names
    .toSorted((a, b) => compare(orderOf(a), orderOf(b)))
    .map((name) => ({
      tier: tiers.find((one) => one.name === name) ?? null,
      policies: policies
        .filter(({ tier }) => tier === name)
        .toSorted((a, b) => compare(rank(a), rank(b)) || (a.name < b.name ? -1 : 1)),
      isPlaced: names.length === 1 || Number.isFinite(orderOf(name)),
    }));
}

function candidatesOf(tiers: readonly OpenTier[], asked: Asked): PolicyCandidate[] {
  const found: PolicyCandidate[] = [];
  let isSure = tiers.every(({ isPlaced }) => isPlaced);
  for (const tier of tiers) {
    const end = walkTier(tier, asked, isSure);
    found.push(...end.found);
    isSure &&= end.isSure;
    if (end.isDecided) break;
  }
  return found;
}

interface TierEnd {
  found: PolicyCandidate[];
  isSure: boolean;
  isDecided: boolean;
}

/** Rules in order: the first that matches decides. One that may match leaves what follows open. */
function walkTier({ policies, tier }: OpenTier, asked: Asked, wasSure: boolean): TierEnd {
  const { direction } = asked.question;
  const end: TierEnd = { found: [], isSure: wasSure, isDecided: false };
  const applying: { policy: NetworkPolicy; selected: Truth }[] = [];
  for (const policy of policies) {
    const rules = policy[direction];
    const selected = rules === null ? false : isSelected(policy, asked);
    if (rules === null || selected === false) continue;
    applying.push({ policy, selected });
    for (const rule of rules) {
      const matched = all([
        selected,
        matchesRule(rule, policy, { ...asked.question, peer: asked.peer }, asked.selecting),
      ]);
      if (matched === false || rule.action === 'Log') continue;
      if (rule.action === 'Deny') end.found.push(denial(policy, rule, asked, end.isSure && matched === true));
      else if (matched === null) end.isSure = false;
      if (matched === null) continue;
      return { ...end, isDecided: rule.action !== 'Pass' };
    }
  }
  if (applying.length === 0 || tier?.defaultAction === 'Pass') return end;
  const certainly = applying.filter(({ selected }) => selected === true);
  const named = certainly.length > 0 ? certainly : applying;
  end.found.push(...named.map(({ policy, selected }) => silence(policy, asked, end.isSure && selected === true)));
  return { ...end, isSure: false, isDecided: certainly.length > 0 };
}

function isSelected(policy: NetworkPolicy, { question: { pod }, selecting }: Asked): Truth {
  const { namespace, selector, namespaceSelector, unread } = policy;
  if (namespace !== null && namespace !== pod.namespace) return false;
  return all([
    selecting.selects(selector, labelsOfPod(pod, selecting)),
    namespaceSelector === null || selecting.selects(namespaceSelector, labelsOfNamespace(pod.namespace, selecting)),
    unread ? null : true,
  ]);
}

function denial(policy: NetworkPolicy, rule: PolicyRule, asked: Asked, certain: boolean): PolicyCandidate {
  const text = `${nameOf(policy)} ${certain ? 'denies' : 'may deny'} ${trafficWords(asked)}`;
  return { policy, certain, text, ref: rule.ref };
}

function silence(policy: NetworkPolicy, asked: Asked, certain: boolean): PolicyCandidate {
  const { pod } = asked.question;
  const verb = certain ? 'selects' : 'may select';
  const text = `${nameOf(policy)} ${verb} ${pod.namespace}/${pod.name} and allows no ${trafficWords(asked)}`;
  return { policy, certain, text: certain ? text : `${text} that the snapshot tells of`, ref: policy.ref };
}

function nameOf({ kind, namespace, name }: NetworkPolicy): string {
  return namespace === null ? `${kind} ${name}` : `${namespace}/${name}`;
}

function trafficWords({ question: { direction, protocol, port }, peer }: Asked): string {
  const who = peer.pod === null ? peer.address : `${peer.pod.namespace}/${peer.pod.name}`;
  const what = port === null ? protocol.toLowerCase() : `${protocol.toLowerCase()} ${port}`;
  return `${what} ${direction === 'ingress' ? 'from' : 'to'} ${who}`;
}
