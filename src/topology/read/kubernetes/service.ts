// Services and the endpoints behind them. A ClusterIP is seen on a pod's veth only, before DNAT; endpoint slices name pods and
// nodes for addresses whose Pod objects are not in the snapshot.

import { hostInterfaceOfPod } from '../../../cluster/computed-names.ts';
import type { SourceRef } from '../../model.ts';
import { type Located, listAt, textAt, textsAt } from '../located.ts';
import type { Facts } from '../stated-facts.ts';
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

/** The label of an EndpointSlice that names its Service. */
const SERVICE_NAME = 'kubernetes.io/service-name';

/**
 * Reads one EndpointSlice (discovery.k8s.io): each endpoint that refers to a Pod states that pod's address and node; any other is known by
 * its Service alone.
 */
export function readEndpointSlice(object: Located, facts: Facts): void {
  const namespace = textAt(object.value, 'metadata', 'namespace') ?? 'default';
  const service = textAt(object.value, 'metadata', 'labels', SERVICE_NAME) ?? textAt(object.value, 'metadata', 'name');
  const places = object.elementRefs(['endpoints']);
  for (const [i, value] of listAt(object.value, 'endpoints').entries()) {
    const addresses = textsAt(value, 'addresses');
    addEndpoint({ value, addresses, namespace, service, ref: places[i] ?? object.ref() }, facts);
  }
}

/** Reads one Endpoints object (v1), the older form of the same. */
export function readEndpoints(object: Located, facts: Facts): void {
  const namespace = textAt(object.value, 'metadata', 'namespace') ?? 'default';
  const service = textAt(object.value, 'metadata', 'name');
  for (const [i, subset] of listAt(object.value, 'subsets').entries()) {
    for (const list of ['addresses', 'notReadyAddresses']) {
      const places = object.elementRefs(['subsets', i, list]);
      for (const [j, value] of listAt(subset, list).entries()) {
        const addresses = [textAt(value, 'ip') ?? ''];
        addEndpoint({ value, addresses, namespace, service, ref: places[j] ?? object.ref() }, facts);
      }
    }
  }
}

interface Endpoint {
  value: unknown;
  addresses: readonly string[];
  namespace: string;
  service: string | null;
  ref: SourceRef;
}

function addEndpoint(endpoint: Endpoint, facts: Facts): void {
  const { value, service, ref } = endpoint;
  const name = textAt(value, 'targetRef', 'name');
  if (textAt(value, 'targetRef', 'kind') !== 'Pod' || name === null) {
    const addresses = canonicalAddresses(endpoint.addresses);
    if (service !== null) facts.serviceEndpoints.push({ namespace: endpoint.namespace, name: service, addresses, ref });
    return;
  }
  const namespace = textAt(value, 'targetRef', 'namespace') ?? endpoint.namespace;
  facts.pods.push({
    namespace,
    name,
    nodeName: textAt(value, 'nodeName'),
    addresses: canonicalAddresses(endpoint.addresses),
    hostNetwork: false,
    finished: false,
    created: null,
    hostInterface: { name: hostInterfaceOfPod(namespace, name), computed: true },
    source: 'endpoint',
    hostIP: null,
    ref,
  });
}
