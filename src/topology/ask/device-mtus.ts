// The MTUs of a node's NIC, tunnel devices and pods' interfaces, and what fits into what: a tunnel and its overhead into the NIC, a
// pod's packet into the tunnel (calico-facts 4.3).
import { isNic, useOfDeviceName } from '../../cluster/device.ts';
import type { TunnelKind } from '../../cluster/profile.ts';
import { OVERHEAD } from '../../cluster/tunnel-overhead.ts';
import { addUnder } from '../../net/multi-map.ts';
import type { DeviceMtu } from '../device-mtu.ts';
import { isAskedFor } from '../judge/modes.ts';
import type { Node, NodeLink, Topology } from '../model.ts';

/** What the node's `ip link` says; NICs first, then tunnels, then pods' interfaces, by MTU. */
export function deviceMtus(node: Node, topology: Pick<Topology, 'pools' | 'profile'>): DeviceMtu[] {
  const tunnels = node.links.flatMap((link) => tunnelMtu(node, link, topology));
  const below = new Set([...tunnels.map(({ into }) => into?.name), defaultDevice(node)]);
  const nics = node.links.filter((link) => isNic(link) && link.up);
  const carrying = nics.filter(({ name }) => below.has(name));
  const shown = carrying.length > 0 ? carrying : nics;
  return [
    ...shown.flatMap((link) => row('nic', [link], null, 0)),
    ...tunnels,
    ...workloadMtus(node, tunnels, topology),
  ];
}

/** A tunnel device's own; none for the kernel's IP-in-IP device where nobody uses it. */
function tunnelMtu(node: Node, link: NodeLink, { pools, profile }: Pick<Topology, 'pools' | 'profile'>): DeviceMtu[] {
  const kind = profile.tunnelKindOf(link.name);
  if (kind === null || (!link.up && !isUsedTunnel(kind, pools))) return [];
  const parent = parentOf(link, node);
  return row('tunnel', [link], parent, OVERHEAD[kind]);
}

/** Pods' interfaces against the smallest tunnel that pods' packets may take. */
function workloadMtus(
  node: Node,
  tunnels: readonly DeviceMtu[],
  { pools, profile }: Pick<Topology, 'pools' | 'profile'>,
): DeviceMtu[] {
  const used = tunnels.filter(({ names: [name = ''], up }) => {
    const kind = profile.tunnelKindOf(name);
    return up && kind !== null && isUsedTunnel(kind, pools);
  });
  const smallest = used.toSorted((a, b) => a.mtu - b.mtu)[0];
  const tunnel = node.links.find(({ name }) => name === smallest?.names[0]) ?? null;
  const byMtu = new Map<number | null, NodeLink[]>();
  for (const link of node.links) {
    if (useOfDeviceName(link.name) !== 'workload' || !link.up) continue;
    addUnder(byMtu, link.mtu, link);
  }
  return [...byMtu.values()].flatMap((links) => row('workload', links, tunnel, 0)).toSorted((a, b) => a.mtu - b.mtu);
}

/** Whether pods' packets take it: IP-in-IP devices exist on many nodes whose pools do not use them; WireGuard is nobody's accident. */
export function isUsedTunnel(kind: TunnelKind, pools: Topology['pools']): boolean {
  return kind.startsWith('wireguard') || isAskedFor(kind, pools);
}

function row(use: DeviceMtu['use'], links: readonly NodeLink[], into: NodeLink | null, overhead: number): DeviceMtu[] {
  const [first] = links;
  if (first === undefined || first.mtu === null) return [];
  const known = into?.mtu == null ? null : { name: into.name, mtu: into.mtu };
  const fits = known === null ? null : first.mtu + overhead <= known.mtu;
  const names = links.map(({ name }) => name);
  return [{ use, names, mtu: first.mtu, overhead, into: known, fits, up: first.up, ref: first.ref }];
}

/** The NIC under a tunnel: as the device says, else the one of the default route, else the only NIC there is. */
function parentOf(tunnel: NodeLink, node: Node): NodeLink | null {
  const byName = (name: string | null | undefined): NodeLink | null =>
    node.links.find((link) => link.name === name) ?? null;
  const nics = node.links.filter((link) => useOfDeviceName(link.name) === 'nic' && link.up);
  return byName(tunnel.vxlan?.dev) ?? byName(defaultDevice(node)) ?? (nics.length === 1 ? (nics[0] ?? null) : null);
}

/** The device of the default route. */
export function defaultDevice({ routes }: Pick<Node, 'routes'>): string | null {
  return routes.find((route) => route.dst.endsWith('/0'))?.dev ?? null;
}
