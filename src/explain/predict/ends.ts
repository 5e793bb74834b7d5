// `--from` and `--to` of a prediction: a pod by [namespace/]name or its beginning, a node by name, or an address.
import { namedOwner, nameOfEnd } from '../../attribution/who/end-name.ts';
import { OverlensError } from '../../errors.ts';
import { canonicalIp } from '../../net/ip.ts';
import type { Pod, Topology } from '../../topology/model.ts';
import type { PredictedEnd } from './prediction.ts';

const SHOWN = 8;

/** @throws OverlensError E_USAGE when nobody or more than one has that name */
export function findEnd(topology: Topology, option: string, text: string): PredictedEnd {
  const address = canonicalIp(text);
  if (address !== null) return endOf(topology, address);
  const pod = findPod(topology, option, text);
  if (pod !== null) return podEnd(topology, option, pod);
  const node = topology.nodeByName(text);
  const own = node?.bgpIPv4?.address ?? node?.addresses[0]?.address;
  if (own !== undefined) return endOf(topology, own);
  throw new OverlensError('E_USAGE', `${option} ${text}: no pod, node or address of that name in the snapshot`, {
    hint: `Its pods are ${listOf(topology.pods.filter(hasAddress))}.`,
  });
}

function endOf(topology: Topology, address: string): PredictedEnd {
  const owner = topology.lookup(address);
  return { name: nameOfEnd(namedOwner(owner), 'asked'), owner };
}

/** An exact name wins over beginnings; several beginnings are asked back. */
function findPod(topology: Topology, option: string, text: string): Pod | null {
  const slash = text.indexOf('/');
  const namespace = slash < 0 ? null : text.slice(0, slash);
  const name = text.slice(slash + 1);
  const live = topology.pods.filter((pod) => hasAddress(pod) && (namespace === null || pod.namespace === namespace));
  const exact = live.filter((pod) => pod.name === name);
  const found = exact.length > 0 ? exact : live.filter((pod) => name !== '' && pod.name.startsWith(name));
  if (found.length < 2) return found[0] ?? null;
  throw new OverlensError('E_USAGE', `${option} ${text}: ${found.length} pods have that name or begin with it`, {
    hint: `Say which: ${listOf(found)}.`,
  });
}

function podEnd(topology: Topology, option: string, pod: Pod): PredictedEnd {
  const [address] = pod.addresses;
  if (address === undefined || pod.hostNetwork) {
    const why = pod.hostNetwork ? "uses its node's network: give the node" : 'has no address in the snapshot';
    throw new OverlensError('E_USAGE', `${option} ${pod.namespace}/${pod.name}: ${why}`);
  }
  return { name: `${pod.namespace}/${pod.name}`, owner: topology.lookup(address) };
}

function hasAddress(pod: Pod): boolean {
  return !pod.finished && pod.addresses.length > 0;
}

function listOf(pods: readonly Pod[]): string {
  const names = pods.slice(0, SHOWN).map((pod) => `${pod.namespace}/${pod.name}`);
  const more = pods.length - names.length;
  if (names.length === 0) return 'none';
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}
