// CNIs without a profile: what shows that one is there, and whether it carries the pods' packets itself. Then nothing is expected by
// the rules of another. Names: cilium's pkg/k8s/apis/cilium.io and install/kubernetes (ConfigMap cilium-config).

/** What an object says of such a CNI. */
export interface OtherCni {
  title: string;
  /** False where it only adds to another CNI (chaining); null where the object does not tell. */
  carries: boolean | null;
}

const CILIUM = 'Cilium';
const CILIUM_CONFIG = 'cilium-config';
const CILIUM_CHAINING = 'cni-chaining-mode';

/** Kinds of objects that only one of these CNIs has. */
export const OTHER_CNI_KIND = 'CiliumNode';

/** Keys of a ConfigMap's data that are looked at. */
export const OTHER_CNI_KEYS: readonly string[] = [CILIUM_CHAINING];

/** Whether an API group is that of such a CNI. */
export function isOtherCniApi(apiVersion: string): boolean {
  return apiVersion.startsWith('cilium.io/');
}

/** What a node object of one says. */
export function otherCniOfNode(): OtherCni {
  return { title: CILIUM, carries: null };
}

/** What a ConfigMap says; null for one that is no such CNI's. */
export function otherCniOfConfig(name: string, data: Readonly<Record<string, unknown>>): OtherCni | null {
  if (name !== CILIUM_CONFIG) return null;
  const chaining = data[CILIUM_CHAINING];
  return { title: CILIUM, carries: chaining === undefined || chaining === 'none' };
}
