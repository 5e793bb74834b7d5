// Policies by kind, namespace and name. Calico's client lists Kubernetes' own too, under another name: those are left out where the
// originals were read.
import { KUBERNETES_POLICY } from '../../cluster/calico/policy-names.ts';
import type { Namespace, NetworkPolicy, Tier } from '../policies/policy-model.ts';
import type { Facts } from '../read/stated-facts.ts';

export function mergePolicies(facts: Pick<Facts, 'policies' | 'tiers' | 'namespaces'>): {
  policies: NetworkPolicy[];
  tiers: Tier[];
  namespaces: Namespace[];
} {
  const policies = firstOfEach(facts.policies, ({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);
  const own = new Set(
    policies.filter(({ kind }) => kind === 'NetworkPolicy').map(({ namespace, name }) => `${namespace}/${name}`),
  );
  return {
    policies: policies.filter(
      ({ kind, namespace, name }) =>
        kind !== 'Calico NetworkPolicy' ||
        !KUBERNETES_POLICY.test(name) ||
        !own.has(`${namespace}/${name.replace(KUBERNETES_POLICY, '')}`),
    ),
    tiers: firstOfEach(facts.tiers, ({ name }) => name),
    namespaces: firstOfEach(facts.namespaces, ({ name }) => name),
  };
}

function firstOfEach<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  const found = new Map<string, Item>();
  for (const item of items) if (!found.has(keyOf(item))) found.set(keyOf(item), item);
  return [...found.values()];
}
