// Whether a rule matches traffic, as far as the snapshot tells: protocol, ports, and who the other end is.
import {
  NAMESPACE_LABELS,
  NAMESPACE_NAME_LABELS,
  POD_LABEL,
  SERVICE_ACCOUNT_LABEL,
} from '../../cluster/calico/policy-names.ts';
import { cidrContains, parseCidrOrIp } from '../../net/cidr.ts';
import { parseIp } from '../../net/ip.ts';
import { protocolNumber } from '../../net/protocol-name.ts';
import type { Labels, NetworkPolicy, PolicyPeer, PolicyPod, PolicyPort, PolicyRule, Truth } from './policy-model.ts';
import type { LabelSource } from './selector.ts';
import { all, any, not } from './truth.ts';

/** The other end: a pod by name, one that nobody names, a node, or whatever is outside. */
export interface Peer {
  address: string;
  kind: 'pod' | 'unnamed pod' | 'host' | 'outside';
  pod: PolicyPod | null;
}

export interface Traffic {
  peer: Peer;
  protocol: string;
  port: number | null;
}

/** What selectors are asked with. */
export interface Selecting {
  /** Null where the Namespace was not read. */
  labelsOf(namespace: string): Labels | null;
  selects(selector: string, labels: LabelSource): Truth;
}

export function matchesRule(rule: PolicyRule, policy: NetworkPolicy, traffic: Traffic, selecting: Selecting): Truth {
  const { peer, protocol } = traffic;
  const version = peer.address.includes(':') ? 6 : 4;
  return all([
    rule.ipVersion === null || rule.ipVersion === version,
    rule.protocol === null || isSameProtocol(rule.protocol, protocol),
    rule.notProtocol === null || !isSameProtocol(rule.notProtocol, protocol),
    rule.ports === null || any(rule.ports.map((port) => matchesPort(port, traffic))),
    not(any(rule.notPorts.map((port) => matchesPort(port, traffic)))),
    rule.peers === null || any(rule.peers.map((one) => matchesPeer(one, policy, peer, selecting))),
    rule.unread ? null : true,
  ]);
}

function isSameProtocol(written: string, protocol: string): boolean {
  return numberOf(written) === numberOf(protocol);
}

function numberOf(protocol: string): number | string {
  const name = protocol.toLowerCase();
  const number = protocolNumber(name);
  return Number.isNaN(number) ? name : number;
}

function matchesPort({ protocol, first, last, name }: PolicyPort, traffic: Traffic): Truth {
  if (protocol !== null && !isSameProtocol(protocol, traffic.protocol)) return false;
  if (!/^(tcp|udp|sctp|udplite)$/i.test(traffic.protocol)) return false;
  // Named ports are the containers', which are not read.
  if (name !== null || traffic.port === null) return null;
  return traffic.port >= first && traffic.port <= last;
}

function matchesPeer(rule: PolicyPeer, policy: NetworkPolicy, peer: Peer, selecting: Selecting): Truth {
  return all([
    rule.nets.length === 0 || any(rule.nets.map((net) => holds(net, peer.address))),
    not(any(rule.notNets.map((net) => holds(net, peer.address)))),
    matchesSelectors(rule, policy, peer, selecting),
    rule.unread ? null : true,
  ]);
}

function holds(net: string, address: string): Truth {
  const [cidr, ip] = [parseCidrOrIp(net), parseIp(address)];
  return cidr === null || ip === null ? null : cidr.family === ip.family && cidrContains(cidr, ip);
}

function matchesSelectors(rule: PolicyPeer, policy: NetworkPolicy, peer: Peer, selecting: Selecting): Truth {
  const { selector, notSelector, namespaceSelector } = rule;
  if (selector === null && notSelector === null && namespaceSelector === null) return true;
  if (peer.pod === null) {
    // Kubernetes selects pods only; Calico also hosts and sets of networks, which are not read.
    return peer.kind === 'outside' && policy.kind === 'NetworkPolicy' ? false : null;
  }
  const { namespace } = peer.pod;
  const labels = labelsOfPod(peer.pod, selecting);
  return all([
    namespaceSelector === null
      ? policy.namespace === null || policy.namespace === namespace
      : selecting.selects(namespaceSelector, labelsOfNamespace(namespace, selecting)),
    selector === null ? true : selecting.selects(selector, labels),
    notSelector === null ? true : not(selecting.selects(notSelector, labels)),
  ]);
}

/** A pod's labels as Calico sees them: its own, what it is, and its namespace's behind a prefix. */
export function labelsOfPod(pod: PolicyPod, selecting: Selecting): LabelSource {
  const ofNamespace = labelsOfNamespace(pod.namespace, selecting);
  return (key) => {
    const own = pod.labels === undefined || !Object.hasOwn(pod.labels, key) ? undefined : pod.labels[key];
    if (own !== undefined) return own;
    if (key === POD_LABEL.namespace) return pod.namespace;
    if (key === POD_LABEL.orchestrator) return 'k8s';
    if (key.startsWith(NAMESPACE_LABELS)) return ofNamespace(key.slice(NAMESPACE_LABELS.length));
    const isKnown = pod.labels !== undefined && !SERVICE_ACCOUNT_LABEL.test(key);
    return isKnown ? null : undefined;
  };
}

export function labelsOfNamespace(name: string, selecting: Selecting): LabelSource {
  return (key) => {
    if (NAMESPACE_NAME_LABELS.includes(key)) return name;
    const labels = selecting.labelsOf(name);
    if (labels === null) return undefined;
    return Object.hasOwn(labels, key) ? labels[key] : null;
  };
}
