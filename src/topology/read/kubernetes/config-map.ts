// ConfigMaps that state the pod network of a CNI, whatever they are called; all others are nobody's business here.

import { OTHER_CNI_KEYS, otherCniOfConfig } from '../../../cluster/other-cnis.ts';
import type { StatedNetwork } from '../../../cluster/profile.ts';
import { PROFILES } from '../../../cluster/profiles.ts';
import { canonicalNetwork } from '../../../net/cidr.ts';
import { type Located, textAt, valueAt } from '../located.ts';
import { addIssue, type Facts } from '../stated-facts.ts';

/** Whether it is one that is read. */
export function statesNetwork(object: Located): boolean {
  return PROFILES.some(({ readNetwork }) => readNetwork !== undefined && readNetwork(dataOf(object)) !== null);
}

/** Reads one ConfigMap into `facts.networks`. */
export function readConfigMap(object: Located, facts: Facts): void {
  const name = textAt(object.value, 'metadata', 'name') ?? '';
  for (const { name: cni, readNetwork } of PROFILES) {
    const network = readNetwork?.(dataOf(object)) ?? null;
    if (network === null) continue;
    if (typeof network === 'string') {
      addIssue(facts, 'unknown-value', 'warning', `ConfigMap ${name}: ${network}: not used`, { refs: [object.ref()] });
    } else addNetwork(network, { object, cni, name }, facts);
  }
}

function addNetwork(
  network: StatedNetwork,
  { object, cni, name }: { object: Located; cni: Facts['networks'][number]['cni']; name: string },
  facts: Facts,
): void {
  const ref = object.ref(['data', network.place]);
  const cidrs = network.cidrs.map((cidr) => canonicalNetwork(cidr)).filter((cidr) => cidr !== null);
  if (cidrs.length < network.cidrs.length) {
    const message = `ConfigMap ${name}: ${network.place} names ${network.cidrs.join(', ')}, expected networks like 10.244.0.0/16`;
    facts.problems.push({ ref, message });
  }
  facts.networks.push({ ...network, cidrs, cni, place: `${network.place} in ${name}`, ref });
}

/** The ConfigMap with its data cut to what is read: a member is one text, of which a key or two count. */
export function withoutUnread(object: unknown): unknown {
  const data = valueAt(object, 'data');
  if (textAt(object, 'kind') !== 'ConfigMap' || !isRecord(data)) return object;
  const left: Record<string, unknown> = {};
  for (const { readNetwork } of PROFILES) {
    const network = readNetwork?.(data) ?? null;
    if (network !== null && typeof network !== 'string') left[network.place] = network.text;
  }
  if (otherCniOfConfig(textAt(object, 'metadata', 'name') ?? '', data) !== null)
    for (const key of OTHER_CNI_KEYS) if (data[key] !== undefined) left[key] = data[key];
  return { ...(object as object), data: left };
}

function dataOf(object: Located): Readonly<Record<string, unknown>> {
  const data = valueAt(object.value, 'data');
  return isRecord(data) ? data : {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
