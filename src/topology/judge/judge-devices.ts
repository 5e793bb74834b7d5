// Devices against each other and against FelixConfiguration: MTUs (calico-facts 4.3), VNI, UDP port, local address.

import { useOfDeviceName } from '../../cluster/device.ts';
import { isVxlanDevice } from '../../cluster/profile.ts';
import { OVERHEAD } from '../../cluster/tunnel-overhead.ts';
import { felixSettings } from '../ask/felix-settings.ts';
import type { IssueCode } from '../issue-codes.ts';
import type { Node, NodeLink, Sourced } from '../model.ts';
import { listNames } from '../read/located.ts';
import { ENVIRONMENT } from '../read/stated-facts.ts';
import type { JudgeContext } from './judge-context.ts';
import { demandOf, isRouted } from './modes.ts';

export function judgeDevices(context: JudgeContext): void {
  const { profile } = context.topology;
  for (const node of context.topology.nodes) {
    judgeMtu(node, context);
    for (const link of node.links)
      if (link.vxlan !== null && isVxlanDevice(profile, link.name)) judgeVxlan(node, link, context);
  }
  judgeAgreement('id', 'VNI', context);
  judgeAgreement('dstport', 'UDP port', context);
  judgeEnvironment(context);
  judgeSwitches(context);
}

function judgeMtu(node: Node, { topology, add }: JudgeContext): void {
  for (const link of node.links) {
    const kind = topology.profile.tunnelKindOf(link.name);
    if (kind === null || link.mtu === null || !link.up) continue;
    const overhead = OVERHEAD[kind];
    const parent = parentOf(link, node);
    if (parent?.mtu != null && link.mtu + overhead > parent.mtu) {
      const message = `${node.name}: ${link.name} has MTU ${link.mtu}, which with ${overhead} bytes of tunnel does not fit ${parent.name}'s ${parent.mtu}`;
      add('tunnel-mtu-too-large', 'risk', message, [link.ref, parent.ref], [node.name]);
    }
    // The kernel's IP-in-IP device exists on many nodes whose pools do not use it.
    const asks = topology.pools.some(
      (pool) => isRouted(pool) && demandOf(pool).tunnel === (kind === 'ipip' ? 'ipip' : 'vxlan'),
    );
    const used = kind.startsWith('wireguard') || asks;
    const mtu = link.mtu;
    const large = node.links.filter(
      (one) => useOfDeviceName(one.name) === 'workload' && one.up && one.mtu !== null && one.mtu > mtu,
    );
    if (!used || large.length === 0) continue;
    const names = listNames(large.map((one) => `${one.name} (${one.mtu})`));
    const message = `${node.name}: interfaces of pods kept a larger MTU than ${link.name}'s ${link.mtu}: ${names}; new pods get the smaller one`;
    add('veth-mtu-too-large', 'risk', message, [link.ref, large[0]?.ref], [node.name]);
  }
}

/** The NIC under a tunnel: as the device says, else the one of the default route, else the only NIC there is. */
function parentOf(tunnel: NodeLink, node: Node): NodeLink | null {
  const byName = (name: string | null | undefined): NodeLink | null =>
    node.links.find((link) => link.name === name) ?? null;
  const byDefault = node.routes.find((route) => route.dst.endsWith('/0'))?.dev;
  const nics = node.links.filter((link) => useOfDeviceName(link.name) === 'nic' && link.up);
  return byName(tunnel.vxlan?.dev) ?? byName(byDefault) ?? (nics.length === 1 ? (nics[0] ?? null) : null);
}

function judgeVxlan(node: Node, link: NodeLink, { topology, add }: JudgeContext): void {
  const settings = topology.felix(node.name);
  const compare = (what: string, code: IssueCode, device: number | null, wanted: Sourced<number> | null): void => {
    if (device === null || wanted === null || device === wanted.value) return;
    const message = `${node.name}: ${link.name} uses ${what} ${device}, but ${wanted.by ?? topology.profile.settings} says ${wanted.value}`;
    add(code, 'conflict', message, [link.ref, wanted.ref], [node.name]);
  };
  if (link.vxlan?.external !== true) compare('VNI', 'device-vni-differs', link.vxlan?.id ?? null, settings.vxlanVNI);
  compare('UDP port', 'device-port-differs', link.vxlan?.dstport ?? null, settings.vxlanPort);
  const local = link.vxlan?.local ?? null;
  const bgp = local?.includes(':') === true ? node.bgpIPv6 : node.bgpIPv4;
  if (local === null || bgp === null || local === bgp.address || !topology.profile.sendsFromAddress) return;
  const message = `${node.name}: ${link.name} sends from ${local}, but ${bgp.source} is ${bgp.address}`;
  add('device-local-differs', 'conflict', message, [link.ref, bgp.ref], [node.name, local, bgp.address]);
}

/** Without FelixConfiguration all devices must still agree with each other. */
function judgeAgreement(field: 'id' | 'dstport', what: string, { topology, add }: JudgeContext): void {
  const byValue = new Map<number, { node: Node; link: NodeLink }>();
  for (const node of topology.nodes) {
    for (const link of node.links) {
      const value = link.vxlan?.[field] ?? null;
      const counts = isVxlanDevice(topology.profile, link.name) && value !== null && link.vxlan?.external !== true;
      if (counts && !byValue.has(value)) byValue.set(value, { node, link });
    }
  }
  if (byValue.size < 2) return;
  const told = listNames([...byValue].map(([value, { node }]) => `${value} on ${node.name}`));
  const code = field === 'id' ? 'device-vni-differs' : 'device-port-differs';
  const nodes = [...byValue.values()].map(({ node }) => node.name);
  add(
    code,
    'conflict',
    `the nodes' VXLAN devices do not agree on the ${what}: ${told}`,
    [...byValue.values()].map(({ link }) => link.ref),
    nodes,
  );
}

/** Who reads FelixConfiguration alone is mistaken then. */
function judgeEnvironment({ topology, felix, add }: JudgeContext): void {
  const environment = felix.find(({ name }) => name === ENVIRONMENT)?.values;
  const others = felix.filter(({ name }) => name !== ENVIRONMENT);
  for (const [field, what] of [
    ['vxlanPort', 'UDP port'],
    ['vxlanVNI', 'VNI'],
  ] as const) {
    const set = environment?.[field] ?? null;
    const { profile } = topology;
    const stated = felixSettings(others, null)[field];
    const usual = stated?.value ?? (field === 'vxlanPort' ? profile.port : profile.vni);
    if (set === null || set.value === usual) continue;
    const says = stated === null ? `${profile.defaultWords} is ${usual}` : `${profile.settings} says ${usual}`;
    const message = `the ${set.by} sets the VXLAN ${what} to ${set.value}, but ${says}: the environment counts`;
    add('vxlan-port-from-environment', 'risk', message, [set.ref, stated?.ref], [String(set.value)]);
  }
}

function judgeSwitches({ topology, add }: JudgeContext): void {
  const vxlan = topology.pools.find((pool) => isRouted(pool) && demandOf(pool).tunnel === 'vxlan');
  const off = topology.felix(null).vxlanEnabled;
  if (vxlan === undefined || off === null || off.value) return;
  const message = `FelixConfiguration says vxlanEnabled: false, but IPPool ${vxlan.name} asks for VXLAN ${vxlan.vxlanMode}: its routes cannot work`;
  add('vxlan-disabled', 'risk', message, [off.ref, vxlan.modeRef], [vxlan.name]);
}
