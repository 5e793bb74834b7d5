// Names of Calico's policies and of the labels that selectors see beside a pod's own (libcalico-go, conversion).

/** What stands in front of the names of Kubernetes' policies where Calico lists them. */
export const KUBERNETES_POLICY = /^knp\.default\./;

/** The tier of policies that name none, and of Kubernetes' own; its order where its object was not read. */
export const DEFAULT_TIER = { name: 'default', order: 1_000_000 } as const;

/** Where Kubernetes' policies stand in that tier. */
export const KUBERNETES_POLICY_ORDER = 1000;

/** Labels that every pod has besides its own. */
export const POD_LABEL = {
  namespace: 'projectcalico.org/namespace',
  orchestrator: 'projectcalico.org/orchestrator',
} as const;

/** In front of the labels of a pod's namespace. */
export const NAMESPACE_LABELS = 'pcns.';

/** Labels that come from service accounts. */
export const SERVICE_ACCOUNT_LABEL = /^(projectcalico\.org\/serviceaccount$|pcsa\.)/;

/** Labels of a namespace that are its name: Kubernetes' own and Calico's. */
export const NAMESPACE_NAME_LABELS: readonly string[] = ['kubernetes.io/metadata.name', 'projectcalico.org/name'];
