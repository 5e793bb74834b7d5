// Device names and configuration that mean one thing (design section 4, rule 2; calico-facts 4.2, 5, 6.2).

import { vethLooksComputed } from '../../cluster/computed-names.ts';
import { isTunnelDevice, isWorkloadDevice } from '../../cluster/device.ts';
import type { Node, NodeLink, Topology } from '../../topology/model.ts';
import type { PointRole } from '../vocabulary.ts';
import { baseName } from './points-input.ts';

const TUNNEL_KINDS = new Set(['vxlan', 'ipip', 'wireguard', 'geneve', 'gre', 'ip6tnl', 'sit']);

export interface DeviceRole {
  role: PointRole;
  detail: string;
}

/**
 * What a device is, by its name or by a node's iproute2 texts; null when neither says.
 * @param node the node it is on; null asks every node and answers only if all that know the name agree.
 */
export function roleOfDevice(topology: Topology | null, node: Node | null, name: string): DeviceRole | null {
  if (isTunnelDevice(name)) return { role: 'tunnel', detail: `${name} is a tunnel device` };
  if (isWorkloadDevice(name)) return { role: 'workload', detail: `${name} is the host side of a pod's veth` };
  const nodes = node !== null ? [node] : (topology?.nodes ?? []);
  const roles = nodes.map((n) => configuredRole(n, name)).filter((r) => r !== null);
  const first = roles[0];
  return first !== undefined && roles.every((r) => r.role === first.role) ? first : null;
}

function configuredRole(node: Node, name: string): DeviceRole | null {
  const vxlan = node.links.find((l) => l.vxlan?.dev === name);
  if (vxlan) return { role: 'underlay', detail: `${vxlan.name} of ${node.name} sends through ${name} (${at(vxlan)})` };
  const route = node.routes.find((r) => r.dev === name && (r.dst === '0.0.0.0/0' || r.dst === '::/0'));
  if (route) return { role: 'underlay', detail: `${name} has ${node.name}'s default route (${at(route)})` };
  const own = new Set(node.addresses.map((a) => a.address));
  const link = node.links.find((l) => l.name === name);
  if (
    link?.addresses.some((a) => own.has(a.address)) ||
    node.routes.some((r) => r.dev === name && r.src !== null && own.has(r.src))
  ) {
    return { role: 'underlay', detail: `${name} has ${node.name}'s address` };
  }
  if (link?.kind && TUNNEL_KINDS.has(link.kind))
    return { role: 'tunnel', detail: `${name} is a ${link.kind} device (${at(link)})` };
  return null;
}

function at(item: NodeLink | { ref: { file: string; line: number | null } }): string {
  return item.ref.line === null ? item.ref.file : `${item.ref.file}:${item.ref.line}`;
}

/** Whether this node has such a device, by `ip link`, or by the computed veth name of one of its pods. */
export function hasDevice(topology: Topology, node: Node, name: string): boolean {
  if (node.links.some((l) => l.name === name) || node.routes.some((r) => r.dev === name)) return true;
  return topology.pods.some((p) => p.nodeName === node.name && p.hostInterface?.name === name);
}

export interface FileName {
  node: Node;
  /** Set only if such a device exists on the node. */
  interface: string | null;
}

/** What a capture's file name says: the longest node name it starts with, and a device of that node after it (rule 6). */
export function readFileName(topology: Topology, path: string): FileName | null {
  const base = baseName(path);
  let best: { node: Node; length: number } | null = null;
  for (const node of topology.nodes) {
    for (const name of namesOf(topology, node)) {
      const next = base.charAt(name.length);
      if (base.startsWith(name) && !/[A-Za-z0-9]/.test(next) && name.length > (best?.length ?? 0))
        best = { node, length: name.length };
    }
  }
  if (best === null) return null;
  const rest = base.slice(best.length).replace(/^[-_.:@+]+/, '');
  const device = deviceIn(topology, best.node, rest);
  return { node: best.node, interface: device };
}

/** The node's name, and its first label when no other node shares it. */
function namesOf(topology: Topology, node: Node): string[] {
  if (!node.named) return [];
  const label = node.name.split('.')[0] ?? '';
  const shared = topology.nodes.some((n) => n !== node && (n.name.split('.')[0] === label || n.name === label));
  return label === node.name || shared || /^\d+$/.test(label) ? [node.name] : [node.name, label];
}

function deviceIn(topology: Topology, node: Node, rest: string): string | null {
  let name = rest;
  for (;;) {
    if (name !== '' && hasDevice(topology, node, name)) return name;
    const cut = Math.max(name.lastIndexOf('.'), name.lastIndexOf('-'), name.lastIndexOf('_'));
    if (cut <= 0) return null;
    name = name.slice(0, cut);
  }
}

/** The pod's veth that a file is named after, whether or not the snapshot has it; null if none, or several. */
export function vethOfFileName(path: string): string | null {
  const words = baseName(path).split(/[^A-Za-z0-9]+/);
  const [veth, ...others] = words.filter((word) => isWorkloadDevice(word) && vethLooksComputed(word));
  return others.length > 0 ? null : (veth ?? null);
}
