// Devices against each other and against FelixConfiguration: MTUs (calico-facts 4.3), VNI, UDP port, local address.

import { isVxlanDevice } from '../../cluster/profile.ts';
import type { IssueCode } from '../issue-codes.ts';
import type { Node, NodeLink, Sourced } from '../model.ts';
import { listNames } from '../read/located.ts';
import type { JudgeContext } from './judge-context.ts';

export function judgeDevices(context: JudgeContext): void {
  const { profile } = context.topology;
  for (const node of context.topology.nodes) {
    judgeMtu(node, context);
    for (const link of node.links)
      if (link.vxlan !== null && isVxlanDevice(profile, link.name)) judgeVxlan(node, link, context);
  }
  judgeAgreement('id', 'VNI', context);
  judgeAgreement('dstport', 'UDP port', context);
}

function judgeMtu(node: Node, { topology, add }: JudgeContext): void {
  const devices = topology.devicesOf(node);
  for (const { use, names, mtu, overhead, into, fits, up, ref } of devices) {
    if (use !== 'tunnel' || fits !== false || !up || into === null) continue;
    const message = `${node.name}: ${names[0]} has MTU ${mtu}, which with ${overhead} bytes of tunnel does not fit ${into.name}'s ${into.mtu}`;
    const parent = node.links.find(({ name }) => name === into.name);
    add('tunnel-mtu-too-large', 'risk', message, [ref, parent?.ref], [node.name]);
  }
  const large = devices.filter(({ use, fits }) => use === 'workload' && fits === false);
  const [first] = large;
  if (first === undefined || first.into === null) return;
  const { name: tunnel, mtu } = first.into;
  const names = listNames(large.flatMap((one) => one.names.map((name) => `${name} (${one.mtu})`)));
  const message = `${node.name}: interfaces of pods kept a larger MTU than ${tunnel}'s ${mtu}: ${names}; new pods get the smaller one`;
  const device = node.links.find(({ name }) => name === tunnel);
  add('veth-mtu-too-large', 'risk', message, [device?.ref, first.ref], [node.name]);
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
