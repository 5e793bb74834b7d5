// Whether the devices that tunnels need can work at all: up, with the node's tunnel address, sending from an address that it has.
// `state UNKNOWN` is how a working VXLAN device looks; the flag UP is what counts.
import { isNic } from '../../cluster/device.ts';
import { isVxlanDevice, type TunnelKind } from '../../cluster/profile.ts';
import type { Node, NodeLink, SourceRef } from '../model.ts';
import type { JudgeContext } from './judge-context.ts';
import { isAskedFor } from './modes.ts';

export function judgeTunnelState(context: JudgeContext): void {
  for (const node of context.topology.nodes) {
    for (const link of node.links) judgeDevice(node, link, context);
    for (const family of [4, 6] as const) judgeLocalAddress(node, family, context);
  }
}

function judgeDevice(node: Node, link: NodeLink, { topology, add }: JudgeContext): void {
  const kind = topology.profile.tunnelKindOf(link.name);
  if (kind === null) return;
  const tunnel = node.tunnels[kind];
  // The kernel's IP-in-IP device exists, down, wherever its module is loaded.
  const isUsed = isAskedFor(kind, topology.pools) || (kind !== 'ipip' && tunnel !== undefined);
  if (!isUsed) return;
  const without = lacksAddress(link, kind) && tunnel !== undefined;
  if (link.up && !without) return;
  const state = link.up ? 'has' : without ? 'is down and has' : 'is down';
  const missing = without ? ` no address, but its ${kind} tunnel address is ${tunnel.value}` : '';
  const message = `${node.name}: ${link.name} ${state}${missing}: nothing comes out of the tunnel there`;
  const about = [node.name, ...(tunnel === undefined ? [] : [tunnel.value])];
  add('device-down', 'risk', message, [link.ref, without ? tunnel.ref : null], about);
}

/** An `external` device (eBPF) is no address's home by itself. */
function lacksAddress(link: NodeLink, kind: TunnelKind): boolean {
  if (link.addressed !== true || link.vxlan?.external === true) return false;
  const isV6 = kind.endsWith('v6');
  return !link.addresses.some(({ address }) => address.includes(':') === isV6 && !/^fe[89ab]/.test(address));
}

/** What the VXLAN device sends from, else what Felix would set it to. */
function judgeLocalAddress(node: Node, family: 4 | 6, { topology, add }: JudgeContext): void {
  const own = addressesOfDevices(node, family);
  if (own === null) return;
  const isOfFamily = (address: string): boolean => address.includes(':') === (family === 6);
  const link = node.links.find(
    ({ name, vxlan }) => isVxlanDevice(topology.profile, name) && vxlan?.local != null && isOfFamily(vxlan.local),
  );
  const stated = family === 4 ? node.bgpIPv4 : node.bgpIPv6;
  const isStated = link === undefined && topology.profile.sendsFromAddress && stated !== null;
  const local = link?.vxlan?.local ?? (isStated ? stated.address : null);
  if (local === null || own.addresses.has(local)) return;
  const what = link === undefined ? stated?.source : `the local address of ${link.name}`;
  const message = `${node.name}: ${what} is ${local}, which is on none of its interfaces: packets to it reach another machine, or none`;
  add('local-address-elsewhere', 'risk', message, [link?.ref ?? stated?.ref, own.ref], [node.name, local]);
}

/** Every address of the node, from its devices or its local table; null where less than all of them was given. */
function addressesOfDevices(node: Node, family: 4 | 6): { addresses: ReadonlySet<string>; ref: SourceRef } | null {
  const loopback = family === 4 ? /^127\./ : /^::1$/;
  const isOfFamily = (address: string): boolean => address.includes(':') === (family === 6);
  const shown = node.links.flatMap((link) => link.addresses.map(({ address }) => ({ address, link })));
  const ofFamily = shown.filter(({ address }) => isOfFamily(address));
  const nic = ofFamily.find(({ address, link }) => isNic(link) && !/^fe[89ab]/.test(address));
  if (nic !== undefined && ofFamily.some(({ address }) => loopback.test(address)))
    return { addresses: new Set(ofFamily.map(({ address }) => address)), ref: nic.link.ref };
  const local = node.routes.filter(({ type, dst }) => type === 'local' && isOfFamily(dst));
  const other = local.find(({ dst }) => !loopback.test(dst.split('/')[0] ?? ''));
  if (other === undefined || !local.some(({ dst }) => loopback.test(dst.split('/')[0] ?? ''))) return null;
  return { addresses: new Set(local.map(({ dst }) => dst.split('/')[0] ?? '')), ref: other.ref };
}
