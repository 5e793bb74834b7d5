// Calico's flow logs: how long one record counts, which kinds of policies it names, and the command that shows such a policy.

/** What is counted in one record: the interval in which a node reports its flows, unless it is configured otherwise. */
export const FLOW_LOG_SECONDS = 15;

/** How a record names addresses of no workload: all private ones together, and all public ones. */
export const PRIVATE_NETWORKS = 'pvt';
export const PUBLIC_NETWORKS = 'pub';

/** A policy as a log names it. */
export interface LoggedPolicy {
  kind: string;
  namespace: string | null;
  name: string;
}

/** Kind in the log -> resource of the API. Profiles and the ends of tiers are none. */
const RESOURCES: Readonly<Record<string, string>> = {
  CalicoNetworkPolicy: 'networkpolicies.projectcalico.org',
  GlobalNetworkPolicy: 'globalnetworkpolicies.projectcalico.org',
  NetworkPolicy: 'networkpolicies.networking.k8s.io',
  AdminNetworkPolicy: 'adminnetworkpolicies.policy.networking.k8s.io',
  BaselineAdminNetworkPolicy: 'baselineadminnetworkpolicies.policy.networking.k8s.io',
  ClusterNetworkPolicyAdminTier: 'clusternetworkpolicies.policy.networking.k8s.io',
  ClusterNetworkPolicyBaselineTier: 'clusternetworkpolicies.policy.networking.k8s.io',
};

/** Staged policies are tried only: what they would do is logged, and not done. */
export function isStagedPolicy(kind: string): boolean {
  return kind.startsWith('Staged');
}

/** The end of a tier, where all is denied that none of its policies decided; the policy that led there is the trigger. */
export function isEndOfTier(kind: string): boolean {
  return kind === 'EndOfTier';
}

/** For pasting: a name that is none of Kubernetes' stays out of it. */
export function showPolicy(policy: LoggedPolicy | null): string {
  const resource = policy !== null && Object.hasOwn(RESOURCES, policy.kind) ? RESOURCES[policy.kind] : undefined;
  if (policy === null || resource === undefined) return 'kubectl get networkpolicies,globalnetworkpolicies -A -o yaml';
  const isName = (text: string): boolean => /^[a-z0-9][a-z0-9.-]*$/.test(text);
  const { namespace, name } = policy;
  if (!isName(name) || (namespace !== null && !isName(namespace))) return `kubectl get ${resource} -A -o yaml`;
  return `kubectl get ${resource} ${name}${namespace === null ? '' : ` -n ${namespace}`} -o yaml`;
}
