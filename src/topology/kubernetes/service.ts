// Services and the endpoints behind them. A ClusterIP is seen on a pod's veth only, before DNAT; endpoint slices name pods and
// nodes for addresses whose Pod objects are not in the snapshot.
import type { Facts } from '../facts.ts';
import { type Located, listAt, locatedAt, textAt, textsAt } from '../located.ts';
import { hostInterfaceOfPod } from '../names.ts';
import { canonicalAddresses } from './pod.ts';

/** Reads one Service into `facts.services`. Headless services (`None`) have no address. */
export function readService(object: Located, facts: Facts): void {
  const name = textAt(object.value, 'metadata', 'name');
  if (name === null) return;
  const ingress = listAt(object.value, 'status', 'loadBalancer', 'ingress').map((entry) => textAt(entry, 'ip') ?? '');
  const addresses = canonicalAddresses([
    textAt(object.value, 'spec', 'clusterIP') ?? '',
    ...textsAt(object.value, 'spec', 'clusterIPs'),
    ...textsAt(object.value, 'spec', 'externalIPs'),
    ...ingress,
  ]);
  const namespace = textAt(object.value, 'metadata', 'namespace') ?? 'default';
  facts.services.push({ namespace, name, addresses, ref: object.ref() });
}

/** Reads one EndpointSlice (discovery.k8s.io): each endpoint that refers to a Pod states that pod's address and node. */
export function readEndpointSlice(object: Located, facts: Facts): void {
  const namespace = textAt(object.value, 'metadata', 'namespace') ?? 'default';
  for (const i of listAt(object.value, 'endpoints').keys()) {
    const endpoint = locatedAt(object, 'endpoints', i);
    addEndpoint(endpoint, textsAt(endpoint.value, 'addresses'), namespace, facts);
  }
}

/** Reads one Endpoints object (v1), the older form of the same. */
export function readEndpoints(object: Located, facts: Facts): void {
  const namespace = textAt(object.value, 'metadata', 'namespace') ?? 'default';
  for (const [i, subset] of listAt(object.value, 'subsets').entries()) {
    for (const list of ['addresses', 'notReadyAddresses']) {
      for (const j of listAt(subset, list).keys()) {
        const endpoint = locatedAt(object, 'subsets', i, list, j);
        addEndpoint(endpoint, [textAt(endpoint.value, 'ip') ?? ''], namespace, facts);
      }
    }
  }
}

function addEndpoint(endpoint: Located, addresses: readonly string[], namespace: string, facts: Facts): void {
  const pod = textAt(endpoint.value, 'targetRef', 'name');
  if (textAt(endpoint.value, 'targetRef', 'kind') !== 'Pod' || pod === null) return;
  const podNamespace = textAt(endpoint.value, 'targetRef', 'namespace') ?? namespace;
  facts.pods.push({
    namespace: podNamespace,
    name: pod,
    nodeName: textAt(endpoint.value, 'nodeName'),
    addresses: canonicalAddresses(addresses),
    hostNetwork: false,
    finished: false,
    created: null,
    hostInterface: { name: hostInterfaceOfPod(podNamespace, pod), computed: true },
    source: 'endpoint',
    hostIP: null,
    ref: endpoint.ref(),
  });
}
