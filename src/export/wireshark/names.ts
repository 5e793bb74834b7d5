// What addresses and MACs are called in Wireshark: pods by namespace and name, nodes, tunnel addresses, services. One name has no blanks.
import { knownName, namedOwner } from '../../attribution/who/end-name.ts';
import { MAX_HOST_NAMES } from '../../capture/limits.ts';
import type { HostName } from '../../capture/source.ts';
import { WORKLOAD_MAC } from '../../cluster/calico.ts';
import { vxlanDevice } from '../../cluster/profile.ts';
import { networkOf, parseCidr } from '../../net/cidr.ts';
import { type Ip, parseIp } from '../../net/ip.ts';
import type { Node, Owner, Topology } from '../../topology/model.ts';
import { snapshotsOf } from '../../topology/time/timeline.ts';
import { flowBriefs } from '../../verdict/flow-briefs.ts';
import type { Trace } from '../../verdict/trace-types.ts';

export interface Named {
  /** An address, a MAC or a network. */
  what: string;
  name: string;
}

/** Wireshark cuts names of hosts at 256 bytes. */
const LONGEST = 255;
const NO_MAC = '00:00:00:00:00:00';

/** Every address that the snapshot has an owner for, in its order. */
export function addressNames(topology: Topology, lookup: (address: string) => Owner): Named[] {
  const found = new Map<string, string>();
  for (const one of snapshotsOf(topology).toReversed()) {
    const ownerOf = one === topology ? lookup : (address: string) => one.lookup(address);
    for (const address of addressesIn(one)) {
      if (found.has(address)) continue;
      const owner = ownerOf(address);
      const name = owner.candidates.length > 1 ? null : knownName(namedOwner(owner), 'line');
      if (name !== null && name !== address) found.set(address, safeName(name));
    }
  }
  return [...found].map(([what, name]) => ({ what, name }));
}

/** The same of addresses that the snapshot does not list, and the trace knows something of: the node, a name that a capture had. */
export function namesFromFlows(trace: Trace, listed: readonly Named[]): Named[] {
  const known = new Set(listed.map(({ what }) => what));
  const found: Named[] = [];
  for (const { src, dst } of flowBriefs(trace))
    for (const end of [src, dst]) {
      if (known.has(end.ip) || known.size >= MAX_HOST_NAMES) continue;
      known.add(end.ip);
      const name = end.candidates.length > 1 ? null : knownName(end, 'line');
      if (name !== null && name !== end.ip) found.push({ what: end.ip, name: safeName(name) });
    }
  return found;
}

function* addressesIn({ pods, nodes, services }: Topology): Generator<string> {
  for (const node of nodes) {
    for (const { address } of node.addresses) yield address;
    for (const tunnel of Object.values(node.tunnels)) yield tunnel.value;
  }
  for (const { addresses } of [...pods, ...services]) yield* addresses;
}

/** NICs by their node's name, VXLAN devices by node and device. */
export function macNames(topology: Topology): Named[] {
  const found = new Map<string, string>();
  for (const one of snapshotsOf(topology).toReversed())
    for (const mac of macsIn(one)) {
      if (found.has(mac) || mac === WORKLOAD_MAC || mac === NO_MAC) continue;
      const vtep = one.nodeByVtepMac(mac)?.node;
      const node = vtep ?? one.nodeByNicMac(mac)?.node;
      if (node?.named !== true) continue;
      found.set(
        mac,
        safeName(vtep === undefined ? node.name : `${node.name}(${vxlanDevice(one.profile, familyOf(node, mac))})`),
      );
    }
  return [...found].map(([what, name]) => ({ what, name }));
}

function familyOf({ vtepMacV6, computedVtepMacV6 }: Node, mac: string): 4 | 6 {
  return mac === vtepMacV6?.value || mac === computedVtepMacV6 ? 6 : 4;
}

function* macsIn({ nodes }: Topology): Generator<string> {
  for (const node of nodes) {
    const vteps = [node.vtepMac?.value, node.vtepMacV6?.value, node.computedVtepMac, node.computedVtepMacV6];
    const others = [...node.links, ...node.neighbours, ...node.fdb].map(({ mac }) => mac);
    for (const mac of [...vteps, ...others]) if (mac != null) yield mac;
  }
}

/** Pools, and blocks by their node. Wireshark's file has no place for IPv6, nor for single addresses. */
export function networkNames(topology: Topology): Named[] {
  const found = new Map<string, string>();
  const blocks = topology.blocks.flatMap(({ cidr, node }) => (node === null ? [] : [{ cidr, name: `block(${node})` }]));
  for (const { cidr, name } of [...topology.pools, ...blocks]) {
    const network = parseCidr(cidr);
    if (network?.family !== 4 || network.prefixLength === 0 || network.prefixLength > MOST_BITS) continue;
    if (networkOf(network).value === network.value && !found.has(cidr)) found.set(cidr, safeName(name));
  }
  return [...found].map(([what, name]) => ({ what, name }));
}

const MOST_BITS = 31;

/** For the name resolution block. */
export function hostNames(names: readonly Named[]): HostName[] {
  return names.flatMap(({ what, name }) => {
    const ip = parseIp(what);
    return ip === null ? [] : [{ address: bytesOf(ip), name }];
  });
}

function bytesOf({ family, value }: Ip): Uint8Array {
  const bytes = new Uint8Array(family === 4 ? 4 : 16);
  let rest = BigInt(value);
  for (let i = bytes.length - 1; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
}

/** Blanks end a name in Wireshark's files, `#` begins a comment; names of a snapshot may hold anything. */
function safeName(name: string): string {
  return name.replaceAll(/[^\x21-\x7e]|#/g, '_').slice(0, LONGEST);
}
