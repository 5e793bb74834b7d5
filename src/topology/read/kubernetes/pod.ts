// Pods (kubectl) and WorkloadEndpoints (Calico's client): who has which address on which node. Address order and what is
// finished: calico-facts 7.5; endpoint names and interfaces: 7.4, 6.2.

import { POD_IP_ANNOTATION, POD_IPS_ANNOTATIONS } from '../../../cluster/calico/annotations.ts';
import { hostInterfaceOfPod } from '../../../cluster/computed-names.ts';
import { parseCidrOrIp } from '../../../net/cidr.ts';
import { epochSeconds } from '../../../net/date-text.ts';
import { formatIp } from '../../../net/ip.ts';
import type { Labels } from '../../policies/policy-model.ts';
import { flagAt, type Located, listAt, mappingAt, textAt, textsAt, valueAt } from '../located.ts';
import type { Facts } from '../stated-facts.ts';

/** Reads one Pod into `facts.pods`. */
export function readPod(object: Located, facts: Facts): void {
  const value = object.value;
  const name = textAt(value, 'metadata', 'name');
  if (name === null) return;
  const namespace = textAt(value, 'metadata', 'namespace') ?? 'default';
  facts.pods.push({
    namespace,
    name,
    nodeName: presentText(textAt(value, 'spec', 'nodeName')),
    addresses: podAddresses(value),
    hostNetwork: flagAt(value, 'spec', 'hostNetwork') === true,
    finished: isFinished(value),
    created: epochSeconds(textAt(value, 'metadata', 'creationTimestamp') ?? textAt(value, 'status', 'startTime')),
    hostInterface: { name: hostInterfaceOfPod(namespace, name), computed: true },
    labels: mappingAt(value, 'metadata', 'labels') ?? {},
    source: 'Pod',
    hostIP: canonicalAddress(textAt(value, 'status', 'hostIP') ?? ''),
    ref: object.ref(),
  });
}

/** Reads one WorkloadEndpoint of a Kubernetes pod into `facts.pods`; it knows the interface, not the phase. */
export function readWorkloadEndpoint(object: Located, facts: Facts): void {
  const value = object.value;
  const pod =
    textAt(value, 'spec', 'pod') ?? textAt(value, 'metadata', 'workload')?.split('.').slice(1).join('.') ?? null;
  if (pod === null || pod === '') return;
  const namespace =
    textAt(value, 'metadata', 'namespace') ?? textAt(value, 'metadata', 'workload')?.split('.')[0] ?? 'default';
  const interfaceName = presentText(textAt(value, 'spec', 'interfaceName'));
  facts.pods.push({
    namespace,
    name: pod,
    nodeName: presentText(textAt(value, 'spec', 'node') ?? textAt(value, 'metadata', 'node')),
    addresses: canonicalAddresses(textsAt(value, 'spec', 'ipNetworks')),
    hostNetwork: false,
    finished: false,
    created: null,
    hostInterface: { name: interfaceName ?? hostInterfaceOfPod(namespace, pod), computed: interfaceName === null },
    ...labelsOf(value),
    source: 'WorkloadEndpoint',
    hostIP: null,
    ref: object.ref(),
  });
}

/** An endpoint has its pod's labels, if it has any. */
function labelsOf(value: unknown): { labels?: Labels } {
  const labels = mappingAt(value, 'metadata', 'labels');
  return labels === null ? {} : { labels };
}

/** Canonical addresses of a list, prefix lengths stripped, duplicates and non-addresses left out. */
export function canonicalAddresses(texts: readonly string[]): string[] {
  const addresses = texts.map((text) => canonicalAddress(text.trim())).filter((address) => address !== null);
  return [...new Set(addresses)];
}

/** The first of these that names any: status.podIPs, status.podIP, Calico's and the AWS CNI's annotations. */
function podAddresses(value: unknown): string[] {
  const listed = listAt(value, 'status', 'podIPs').map((entry) => textAt(entry, 'ip') ?? '');
  let addresses = canonicalAddresses([...listed, textAt(value, 'status', 'podIP') ?? '']);
  for (const key of POD_IPS_ANNOTATIONS) {
    if (addresses.length > 0) break;
    addresses = canonicalAddresses((textAt(value, 'metadata', 'annotations', key) ?? '').split(','));
  }
  return addresses;
}

/** Calico's IsFinished: the phase, or a deletion whose address the CNI plugin has released (annotation set to ""). */
function isFinished(value: unknown): boolean {
  if (/^(Succeeded|Failed|Completed)$/.test(textAt(value, 'status', 'phase') ?? '')) return true;
  const deleted = valueAt(value, 'metadata', 'deletionTimestamp') != null;
  return deleted && valueAt(value, 'metadata', 'annotations', POD_IP_ANNOTATION) === '';
}

function canonicalAddress(text: string): string | null {
  const cidr = parseCidrOrIp(text);
  return cidr === null ? null : formatIp(cidr);
}

function presentText(text: string | null): string | null {
  return text === null || text === '' ? null : text;
}
