// What the walk and the choice among tunnels need to know of a cluster, for `trace`, `decode` and `explain` alike: the UDP ports
// that mean a tunnel, the node addresses, whose addresses are pods', the VNIs.
import { DEFAULT_WIREGUARD_PORT_V6, EBPF_NODEPORT_VNI } from '../cluster/calico.ts';
import { type WalkPorts, walkPorts } from '../decode/walk-ports.ts';
import { NodeAddresses, POD, type PodAnswer } from '../flow/paths/node-addresses.ts';
import { inSubnetOf } from '../topology/ask/subnet.ts';
import type { Node, Topology } from '../topology/model.ts';
import { snapshotsOf } from '../topology/time/timeline.ts';

/** Ports the snapshot or the user names (`vxlan`), besides the defaults; WireGuard's also where Calico has it for IPv6. */
export function overlayPorts(topology: Topology | null, vxlan: readonly number[]): WalkPorts {
  const all = overTime(topology);
  const vnis = all.flatMap((one) => (one.nodes.length === 0 ? [] : overlayVnis(one, null)));
  return walkPorts({
    vxlan: [...new Set([...all.flatMap(vxlanPorts), ...vxlan])],
    wireguard: [...new Set([DEFAULT_WIREGUARD_PORT_V6, ...all.flatMap(wireguardPorts)])],
    vnis: [...new Set(vnis)],
  });
}

/** The snapshots of the cluster: captures are read once, before it is known which of them counts for a packet. */
function overTime(topology: Topology | null): Topology[] {
  return topology === null ? [] : snapshotsOf(topology);
}

/** What tells an overlay tunnel from a mirror's and a pod's: addresses, and every VNI that the user or the snapshot names. */
export function overlayAddresses(topology: Topology, vni: number | null): NodeAddresses {
  const all = overTime(topology);
  const isComplete = all.every(
    (one) => one.pools.length > 0 && one.nodes.some(({ addresses }) => addresses.length > 0),
  );
  const vnis = all.flatMap((one) => overlayVnis(one, vni));
  return new NodeAddresses(all.flatMap(nodeAddresses), vnis, {
    isPod: (address) => commonAnswer(all.map((one) => podAnswer(one, address, isComplete))),
    isMissentVni: topology.profile.isMissentVni,
    gatewayTunnel: topology.profile.gatewayTunnel,
  });
}

/** Every VNI that the cluster may use by its configuration, or by the user's word `vni`. */
export function overlayVnis(topology: Topology, vni: number | null): number[] {
  const set = [topology.felix(null).vxlanVNI?.value, topology.deviceVNI?.value];
  const named = [vni, ...set, topology.profile.vni, EBPF_NODEPORT_VNI];
  for (const node of topology.nodes) named.push(topology.felix(node.name).vxlanVNI?.value);
  return named.filter((v) => v != null);
}

/**
 * An address of a workload pool that is no node's, in any of its roles; surely where a pod object has it. Where nobody is known to have
 * it, the machines on a node's own network, which a pool may claim too, are left out. With nodes and pools at hand (`isComplete`),
 * one that nobody has and no pool holds is a stranger.
 */
function podAnswer(topology: Topology, address: string, isComplete: boolean): PodAnswer {
  const { kind, pod, pool, node, candidates } = topology.lookup(address);
  const isNobodys = (kind === 'external' || kind === 'unknown') && pool === null;
  if (kind !== 'pod') return isComplete && isNobodys ? POD.stranger : POD.no;
  if (pod !== null && pool !== null && candidates.length === 0) return POD.surely;
  if (node !== null || candidates.length > 0) return POD.perhaps;
  return pool !== null && !topology.nodes.some((one) => isOnLinkOf(one, address)) ? POD.perhaps : POD.no;
}

/** An address may be a pod's in one snapshot and nobody's in another. */
function commonAnswer(answers: readonly PodAnswer[]): PodAnswer {
  const [first = POD.no] = answers;
  if (answers.every((answer) => answer === first)) return first;
  return answers.some((answer) => answer > POD.no) ? POD.perhaps : POD.no;
}

function isOnLinkOf({ bgpIPv4, bgpIPv6 }: Node, address: string): boolean {
  return [bgpIPv4, bgpIPv6].some((own) => own !== null && inSubnetOf(own, address));
}

function vxlanPorts(topology: Topology): number[] {
  const named = [topology.felix(null).vxlanPort?.value, topology.devicePort?.value];
  for (const node of topology.nodes) named.push(topology.felix(node.name).vxlanPort?.value);
  return named.filter((port) => port !== undefined);
}

function wireguardPorts(topology: Topology): number[] {
  const settings = [null, ...topology.nodes.map(({ name }) => name)].map((name) => topology.felix(name));
  const named = settings.flatMap((one) => [one.wireguardListeningPort?.value, one.wireguardListeningPortV6?.value]);
  return named.filter((port) => port !== undefined);
}

function nodeAddresses(topology: Topology): string[] {
  return topology.nodes.flatMap((node) => node.addresses.map(({ address }) => address));
}
