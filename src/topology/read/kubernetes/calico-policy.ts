// Calico's NetworkPolicy, GlobalNetworkPolicy and Tier (as its API server has them, and as they are stored). What is not read of a rule
// (service accounts, services, HTTP, ICMP types) leaves open whether it matches.
import { DEFAULT_TIER } from '../../../cluster/calico/policy-names.ts';
import type { PolicyPeer, PolicyPort, PolicyRule } from '../../policies/policy-model.ts';
import { flagAt, type Located, listAt, locatedAt, textAt, textsAt, valueAt } from '../located.ts';
import type { Facts } from '../stated-facts.ts';

const ACTIONS = ['Allow', 'Deny', 'Pass', 'Log'] as const;

/** Reads one policy of Calico's; those for hosts only are no pod's. */
export function readCalicoPolicy(object: Located, facts: Facts): void {
  const { value } = object;
  const isForHosts = flagAt(value, 'spec', 'preDNAT') === true || flagAt(value, 'spec', 'doNotTrack') === true;
  if (isForHosts) return;
  const [kind, namespace] = [textAt(value, 'kind'), textAt(value, 'metadata', 'namespace')];
  // Items of a raw list have no kind.
  const isGlobal = kind === 'GlobalNetworkPolicy' || (kind === null && namespace === null);
  const [ingress, egress] = [rulesOf(object, 'ingress'), rulesOf(object, 'egress')];
  const types = textsAt(value, 'spec', 'types');
  const isOf = (type: string, otherwise: boolean): boolean => (types.length > 0 ? types.includes(type) : otherwise);
  const tier = textAt(value, 'spec', 'tier') ?? DEFAULT_TIER.name;
  const name = textAt(value, 'metadata', 'name') ?? '';
  facts.policies.push({
    kind: isGlobal ? 'GlobalNetworkPolicy' : 'Calico NetworkPolicy',
    namespace: isGlobal ? null : (namespace ?? 'default'),
    // As stored, the tier stands in front of the name.
    name: name.startsWith(`${tier}.`) ? name.slice(tier.length + 1) : name,
    tier,
    order: numberAt(value, 'spec', 'order'),
    selector: textAt(value, 'spec', 'selector') ?? '',
    namespaceSelector: presentText(textAt(value, 'spec', 'namespaceSelector')),
    ingress: isOf('Ingress', ingress.length > 0 || egress.length === 0) ? ingress : null,
    egress: isOf('Egress', egress.length > 0) ? egress : null,
    unread: presentText(textAt(value, 'spec', 'serviceAccountSelector')) !== null,
    ref: object.ref(),
  });
}

/** Reads one Tier. */
export function readTier(object: Located, facts: Facts): void {
  const { value } = object;
  const defaultAction = textAt(value, 'spec', 'defaultAction') === 'Pass' ? 'Pass' : 'Deny';
  const name = textAt(value, 'metadata', 'name') ?? '';
  facts.tiers.push({ name, order: numberAt(value, 'spec', 'order'), defaultAction, ref: object.ref() });
}

function rulesOf(object: Located, field: 'ingress' | 'egress'): PolicyRule[] {
  const rules = locatedAt(object, 'spec', field);
  const [theirs, own] = field === 'ingress' ? ['source', 'destination'] : ['destination', 'source'];
  return listAt(rules.value).map((rule, i) => {
    const ports = portsOf(rule, 'destination', 'ports');
    const action = ACTIONS.find((one) => one === textAt(rule, 'action'));
    return {
      action: action ?? 'Allow',
      protocol: textAt(rule, 'protocol'),
      notProtocol: textAt(rule, 'notProtocol'),
      ipVersion: numberAt(rule, 'ipVersion'),
      peers: valueAt(rule, theirs ?? '') == null ? null : [peerOf(valueAt(rule, theirs ?? ''))],
      ports: ports.length === 0 ? null : ports,
      notPorts: portsOf(rule, 'destination', 'notPorts'),
      unread: action === undefined || isNarrowed(rule, own ?? ''),
      ref: rules.ref([i]),
    };
  });
}

/** Conditions beside the other end, the protocol and the destination's port. */
function isNarrowed(rule: unknown, own: string): boolean {
  const isSet = (...path: string[]): boolean => {
    const member = valueAt(rule, ...path);
    return Array.isArray(member) ? member.length > 0 : member != null && member !== '';
  };
  const others = [
    'nets',
    'notNets',
    'selector',
    'notSelector',
    'namespaceSelector',
    'serviceAccounts',
    'services',
    'domains',
  ];
  return (
    isSet('icmp') ||
    isSet('notICMP') ||
    isSet('http') ||
    isSet('source', 'ports') ||
    isSet('source', 'notPorts') ||
    others.some((field) => isSet(own, field))
  );
}

function peerOf(peer: unknown): PolicyPeer {
  const text = (field: string): string | null => presentText(textAt(peer, field));
  return {
    nets: textsAt(peer, 'nets'),
    notNets: textsAt(peer, 'notNets'),
    selector: text('selector'),
    notSelector: text('notSelector'),
    namespaceSelector: text('namespaceSelector'),
    unread: ['serviceAccounts', 'services', 'domains'].some((field) => valueAt(peer, field) != null),
  };
}

/** Numbers, ranges (`8000:8010`) and names. */
function portsOf(rule: unknown, ...path: string[]): PolicyPort[] {
  return listAt(rule, ...path).map((_, i) => {
    const written = textAt(rule, ...path, i) ?? '';
    const range = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(written);
    if (range === null) return { protocol: null, first: 0, last: 0, name: written };
    return { protocol: null, first: Number(range[1]), last: Number(range[2] ?? range[1]), name: null };
  });
}

function numberAt(value: unknown, ...path: string[]): number | null {
  const member = valueAt(value, ...path);
  return typeof member === 'number' && Number.isFinite(member) ? member : null;
}

function presentText(text: string | null): string | null {
  return text === null || text === '' ? null : text;
}
