// Kubernetes' NetworkPolicies (networking.k8s.io/v1) and Namespaces. A label selector becomes an expression of Calico's, as Calico's
// own conversion makes it.
import { DEFAULT_TIER, KUBERNETES_POLICY_ORDER } from '../../../cluster/calico/policy-names.ts';
import type { NetworkPolicy, PolicyPeer, PolicyPort, PolicyRule } from '../../policies/policy-model.ts';
import { type Located, listAt, locatedAt, mappingAt, textAt, textsAt, valueAt } from '../located.ts';
import type { Facts } from '../stated-facts.ts';
import { readCalicoPolicy } from './calico-policy.ts';

/** No expression: whatever it selects cannot be told. */
const UNREADABLE = '?';
const KEY = /^[\w./-]+$/;

/** Reads one NetworkPolicy, Kubernetes' own or Calico's, which have one kind: only the former has a podSelector. */
export function readNetworkPolicy(object: Located, facts: Facts): void {
  const { value } = object;
  if (valueAt(value, 'spec', 'podSelector') === undefined) {
    readCalicoPolicy(object, facts);
    return;
  }
  const stated = textsAt(value, 'spec', 'policyTypes');
  const hasEgress = stated.length > 0 ? stated.includes('Egress') : valueAt(value, 'spec', 'egress') != null;
  const hasIngress = stated.length === 0 || stated.includes('Ingress');
  facts.policies.push({
    kind: 'NetworkPolicy',
    namespace: textAt(value, 'metadata', 'namespace') ?? 'default',
    name: textAt(value, 'metadata', 'name') ?? '',
    tier: DEFAULT_TIER.name,
    order: KUBERNETES_POLICY_ORDER,
    selector: selectorOf(valueAt(value, 'spec', 'podSelector')),
    namespaceSelector: null,
    ingress: hasIngress ? rulesOf(object, 'ingress', 'from') : null,
    egress: hasEgress ? rulesOf(object, 'egress', 'to') : null,
    unread: false,
    ref: object.ref(),
  } satisfies NetworkPolicy);
}

/** Reads one Namespace. */
export function readNamespace(object: Located, facts: Facts): void {
  const name = textAt(object.value, 'metadata', 'name');
  const labels = mappingAt(object.value, 'metadata', 'labels') ?? {};
  if (name !== null) facts.namespaces.push({ name, labels, ref: object.ref() });
}

function rulesOf(object: Located, field: 'ingress' | 'egress', end: 'from' | 'to'): PolicyRule[] {
  const rules = locatedAt(object, 'spec', field);
  return listAt(rules.value).map((rule, i) => {
    const [peers, ports] = [listAt(rule, end), listAt(rule, 'ports')];
    return {
      action: 'Allow',
      ...{ protocol: null, notProtocol: null, ipVersion: null, notPorts: [], unread: false },
      peers: peers.length === 0 ? null : peers.map(peerOf),
      ports: ports.length === 0 ? null : ports.map(portOf),
      ref: rules.ref([i]),
    };
  });
}

function peerOf(peer: unknown): PolicyPeer {
  const block = textAt(peer, 'ipBlock', 'cidr');
  const pods = valueAt(peer, 'podSelector');
  const namespaces = valueAt(peer, 'namespaceSelector');
  return {
    nets: block === null ? [] : [block],
    notNets: textsAt(peer, 'ipBlock', 'except'),
    selector: pods == null ? null : selectorOf(pods),
    notSelector: null,
    namespaceSelector: namespaces == null ? null : selectorOf(namespaces),
    unread: block === null && pods == null && namespaces == null,
  };
}

function portOf(port: unknown): PolicyPort {
  const written = textAt(port, 'port');
  const protocol = textAt(port, 'protocol') ?? 'TCP';
  if (written === null) return { protocol, first: 0, last: 65535, name: null };
  if (!/^\d{1,5}$/.test(written)) return { protocol, first: 0, last: 0, name: written };
  return { protocol, first: Number(written), last: Number(textAt(port, 'endPort') ?? written), name: null };
}

/** `matchLabels` and `matchExpressions` as one expression. */
export function selectorOf(written: unknown): string {
  const labels = Object.entries(mappingAt(written, 'matchLabels') ?? {});
  const parts = [
    ...labels.map(([key, value]) => compare(key, '==', [value])),
    ...listAt(written, 'matchExpressions').map(expressionOf),
  ];
  if (parts.includes(UNREADABLE)) return UNREADABLE;
  return parts.length === 0 ? 'all()' : parts.join(' && ');
}

function expressionOf(expression: unknown): string {
  const key = textAt(expression, 'key') ?? '';
  const values = textsAt(expression, 'values');
  switch (textAt(expression, 'operator')) {
    case 'In':
      return compare(key, 'in', values);
    case 'NotIn':
      return compare(key, 'not in', values);
    case 'Exists':
      return KEY.test(key) ? `has(${key})` : UNREADABLE;
    case 'DoesNotExist':
      return KEY.test(key) ? `!has(${key})` : UNREADABLE;
    default:
      return UNREADABLE;
  }
}

function compare(key: string, operator: '==' | 'in' | 'not in', values: readonly string[]): string {
  if (!KEY.test(key) || values.some((value) => !/^[\w.-]*$/.test(value))) return UNREADABLE;
  const quoted = values.map((value) => `'${value}'`);
  return operator === '==' ? `${key} == ${quoted[0]}` : `${key} ${operator} { ${quoted.join(', ')} }`;
}
