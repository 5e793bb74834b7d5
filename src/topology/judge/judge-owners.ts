// Sources that disagree about who has an address: every address that the snapshot names is looked up as a flow would be.

import { type Disagreement, disagreements } from '../ask/lookup.ts';
import { opinionsAbout } from '../ask/opinions.ts';
import type { Pod } from '../model.ts';
import { countOf, formatRef, listNames } from '../read/located.ts';
import type { JudgeContext } from './judge-context.ts';

export function judgeOwners(context: JudgeContext): void {
  const { index, topology } = context;
  const addresses = new Set([...index.pods.keys(), ...index.tunnels.keys(), ...index.allocations.keys()]);
  const groups = new Map<string, { first: Disagreement; addresses: string[] }>();
  for (const address of addresses) {
    for (const disagreement of disagreements(opinionsAbout(address, index, undefined))) {
      const { winner, loser } = disagreement;
      // Routes to blocks are judged as routes.
      if (loser.source === 'route' && !loser.exact) continue;
      const key = [winner.source, winner.node?.name, loser.source, loser.node?.name].join(' ');
      const group = groups.get(key) ?? { first: disagreement, addresses: [] };
      group.addresses.push(address);
      groups.set(key, group);
    }
    judgePods(address, index.pods.get(address) ?? [], context);
  }
  for (const group of groups.values()) sayDisagreement(group, context);
  for (const pod of topology.pods) judgeHostNetwork(pod, context);
}

/** One issue for all addresses about which the same two sources name the same two nodes. */
function sayDisagreement(group: { first: Disagreement; addresses: string[] }, { add }: JudgeContext): void {
  const { winner, loser, certain } = group.first;
  const more =
    group.addresses.length === 1
      ? ''
      : ` (and ${countOf(group.addresses.length - 1, 'more address', 'more addresses')})`;
  const message =
    `${group.addresses[0]}${more}: ${winner.detail} (${formatRef(winner.ref)}), but ${loser.detail} (${formatRef(loser.ref)}): ` +
    `${winner.source} counts${certain ? '' : '; the address may be borrowed'}`;
  const subjects = [...group.addresses.slice(0, 1000), winner.node?.name ?? '', loser.node?.name ?? ''];
  add('owner-conflict', certain ? 'conflict' : 'warning', message, [winner.ref, loser.ref], subjects);
}

function judgePods(address: string, pods: readonly Pod[], { index, add }: JudgeContext): void {
  const running = pods.filter((pod) => !pod.finished);
  if (running.length > 1) {
    const names = listNames(running.map((pod) => `${pod.namespace}/${pod.name}`));
    const message = `${names} run with one address, ${address}`;
    add(
      'duplicate-pod-address',
      'conflict',
      message,
      running.map((pod) => pod.ref),
      [address],
    );
  }
  const claims = index.tunnels.get(address) ?? [];
  const [pod] = running;
  const [tunnel] = claims;
  if (pod === undefined || tunnel === undefined) return;
  const message = `${address} is ${pod.namespace}/${pod.name}'s address and ${tunnel.node.name}'s ${tunnel.kind} tunnel address: the pod counts`;
  add('owner-conflict', 'conflict', message, [pod.ref, tunnel.ref], [address, tunnel.node.name]);
}

/** A hostNetwork pod's address is its node's: another one means that one of the two objects is out of date. */
function judgeHostNetwork(pod: Pod, { index, add }: JudgeContext): void {
  if (!pod.hostNetwork || pod.finished || pod.nodeName === null) return;
  const node = index.nodesByName.get(pod.nodeName);
  const claims = pod.addresses.flatMap((address) => index.nodeAddresses.get(address) ?? []);
  const other = claims.find((claim) => claim.node !== node);
  if (node === undefined || other === undefined || claims.some((claim) => claim.node === node)) return;
  const message = `${pod.namespace}/${pod.name} uses the network of ${node.name}, but its address ${other.address.address} is ${other.node.name}'s`;
  add(
    'owner-conflict',
    'conflict',
    message,
    [pod.ref, other.address.ref],
    [other.address.address, node.name, other.node.name],
  );
}
