// What the walk and the choice among nested tunnels need to know of a cluster, for `trace`, `decode` and `explain` alike:
// the UDP ports that mean a tunnel, the node addresses, the VNIs.
import { DEFAULT_WIREGUARD_PORT_V6, EBPF_NODEPORT_VNI } from '../cluster/calico.ts';
import { type WalkPorts, walkPorts } from '../decode/walk-ports.ts';
import { NodeAddresses } from '../flow/paths/node-addresses.ts';
import type { Topology } from '../topology/model.ts';

/** Ports the snapshot or the user names (`vxlan`), besides the defaults; WireGuard's also where Calico has it for IPv6. */
export function overlayPorts(topology: Topology | null, vxlan: readonly number[]): WalkPorts {
  return walkPorts({ vxlan: vxlanPorts(topology, vxlan), wireguard: wireguardPorts(topology) });
}

/** What tells an overlay tunnel from a mirror's: node addresses, and every VNI that the user or the snapshot names. */
export function overlayAddresses(topology: Topology, vni: number | null): NodeAddresses {
  const set = [topology.felix(null).vxlanVNI?.value, topology.deviceVNI?.value];
  const named = [vni, ...set, topology.profile.vni, EBPF_NODEPORT_VNI];
  for (const node of topology.nodes) named.push(topology.felix(node.name).vxlanVNI?.value);
  return new NodeAddresses(
    nodeAddresses(topology),
    named.filter((v) => v != null),
  );
}

function vxlanPorts(topology: Topology | null, more: readonly number[]): number[] {
  const named = [topology?.felix(null).vxlanPort?.value, topology?.devicePort?.value];
  for (const node of topology?.nodes ?? []) named.push(topology?.felix(node.name).vxlanPort?.value);
  return [...new Set([...named.filter((p) => p !== undefined), ...more])];
}

function wireguardPorts(topology: Topology | null): number[] {
  const port = topology?.felix(null).wireguardListeningPort?.value;
  return port === undefined ? [DEFAULT_WIREGUARD_PORT_V6] : [DEFAULT_WIREGUARD_PORT_V6, port];
}

function* nodeAddresses(topology: Topology): Iterable<string> {
  for (const node of topology.nodes) for (const { address } of node.addresses) yield address;
}
