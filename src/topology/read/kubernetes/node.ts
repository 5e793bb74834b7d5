// Node objects: the annotations that Calico writes on Kubernetes Nodes, and the spec that Calico's own client prints instead
// (calico-facts 1.1). An annotation that fails validation is not set, as in Calico, and a warning here.

import { nodeAddressAnnotation, nodeAnnotation } from '../../../cluster/annotations.ts';
import { type TunnelKind, useOfDeviceName } from '../../../cluster/device.ts';
import { parseCidrOrIp } from '../../../net/cidr.ts';
import { formatIp, parseIp } from '../../../net/ip.ts';
import { canonicalMac } from '../../../net/mac.ts';
import type { NodeAddress, Sourced, SourceRef } from '../../model.ts';
import { type Located, listAt, type Path, textAt, textsAt } from '../located.ts';
import { addIssue, emptyNodeFact, type Facts, type NodeFact } from '../stated-facts.ts';

/** What one annotation (or field of Calico's own Node) means. */
export interface NodeField {
  /** Without its prefix. */
  annotation: string;
  /** In Calico's own Node. */
  path: Path;
  set: (fact: NodeFact, text: string, ref: SourceRef) => boolean;
}

const tunnel =
  (kind: TunnelKind, family: 4 | 6): NodeField['set'] =>
  (fact, text, ref) => {
    const address = hostAddress(text, family);
    if (address !== null) fact.tunnels[kind] = { value: address, ref };
    return address !== null;
  };

const mac =
  (field: 'vtepMac' | 'vtepMacV6'): NodeField['set'] =>
  (fact, text, ref) => {
    const value = canonicalMac(text);
    fact[field] = value === null ? null : { value, ref };
    return value !== null;
  };

const key =
  (field: 'wireguardKey' | 'wireguardKeyV6'): NodeField['set'] =>
  (fact, text, ref) => {
    // A Curve25519 public key: 32 bytes in base64.
    const valid = /^[A-Za-z0-9+/]{43}=$/.test(text);
    fact[field] = valid ? ({ value: text, ref } satisfies Sourced<string>) : null;
    return valid;
  };

const bgp =
  (field: 'bgpIPv4' | 'bgpIPv6', family: 4 | 6): NodeField['set'] =>
  (fact, text, ref) => {
    const address = nodeAddress(text, nodeAddressAnnotation(family), ref);
    if (address === null || address.address.includes(':') !== (family === 6)) return false;
    fact[field] = address;
    fact.addresses = [...fact.addresses, address];
    return true;
  };

/** Every annotation that carries an address, a MAC or a key. RouteReflectorClusterID looks like one and is none. */
export const NODE_FIELDS: readonly NodeField[] = [
  { annotation: 'IPv4Address', path: ['spec', 'bgp', 'ipv4Address'], set: bgp('bgpIPv4', 4) },
  { annotation: 'IPv6Address', path: ['spec', 'bgp', 'ipv6Address'], set: bgp('bgpIPv6', 6) },
  { annotation: 'IPv4VXLANTunnelAddr', path: ['spec', 'ipv4VXLANTunnelAddr'], set: tunnel('vxlan', 4) },
  { annotation: 'IPv6VXLANTunnelAddr', path: ['spec', 'ipv6VXLANTunnelAddr'], set: tunnel('vxlan-v6', 6) },
  { annotation: 'IPv4IPIPTunnelAddr', path: ['spec', 'bgp', 'ipv4IPIPTunnelAddr'], set: tunnel('ipip', 4) },
  {
    annotation: 'IPv4WireguardInterfaceAddr',
    path: ['spec', 'wireguard', 'interfaceIPv4Address'],
    set: tunnel('wireguard', 4),
  },
  {
    annotation: 'IPv6WireguardInterfaceAddr',
    path: ['spec', 'wireguard', 'interfaceIPv6Address'],
    set: tunnel('wireguard-v6', 6),
  },
  { annotation: 'VXLANTunnelMACAddr', path: ['spec', 'vxlanTunnelMACAddr'], set: mac('vtepMac') },
  { annotation: 'VXLANTunnelMACAddrV6', path: ['spec', 'vxlanTunnelMACAddrV6'], set: mac('vtepMacV6') },
  { annotation: 'WireguardPublicKey', path: ['status', 'wireguardPublicKey'], set: key('wireguardKey') },
  { annotation: 'WireguardPublicKeyV6', path: ['status', 'wireguardPublicKeyV6'], set: key('wireguardKeyV6') },
];

/** Reads one Node, of kubectl or of Calico's client, into `facts.nodes`. */
export function readNode(object: Located, facts: Facts): void {
  const name = textAt(object.value, 'metadata', 'name');
  const fact = emptyNodeFact(name, 'object', object.ref());
  for (const field of NODE_FIELDS) {
    const annotation: Path = ['metadata', 'annotations', nodeAnnotation(field.annotation)];
    for (const path of [annotation, field.path]) {
      const text = textAt(object.value, ...path);
      if (text !== null && text !== '') setNodeField(fact, field, text, { ref: object.ref(path), facts });
    }
  }
  addListedAddresses(fact, object, 'InternalIP');
  addInterfaces(fact, object, facts);
  addListedAddresses(fact, object, 'ExternalIP');
  const podCIDRs = [...textsAt(object.value, 'spec', 'podCIDRs'), ...textsAt(object.value, 'status', 'podCIDRs')];
  const podCIDR = textAt(object.value, 'spec', 'podCIDR');
  fact.podCIDRs = podCIDRs.length > 0 || podCIDR === null ? podCIDRs : [podCIDR];
  fact.aliases = aliasesOf(object);
  facts.nodes.push(fact);
}

/** Sets one field, or says that its value is not valid and counts as not set. */
export function setNodeField(
  fact: NodeFact,
  field: NodeField,
  text: string,
  at: { ref: SourceRef; facts: Pick<Facts, 'issues'> },
): void {
  if (field.set(fact, text.trim(), at.ref)) return;
  const node = fact.name ?? 'a node';
  const message = `${nodeAnnotation(field.annotation)} of ${node} is "${text}", which is not valid: treated as not set`;
  addIssue(at.facts, 'invalid-annotation', 'warning', message, {
    refs: [at.ref],
    subjects: fact.name === null ? [] : [fact.name],
  });
}

/** A node's address as written, with or without prefix length; null when it is no address. */
export function nodeAddress(text: string, source: string, ref: SourceRef): NodeAddress | null {
  const cidr = parseCidrOrIp(text);
  if (cidr === null) return null;
  return { address: formatIp(cidr), prefixLength: text.includes('/') ? cidr.prefixLength : null, source, ref };
}

/** A bare address; `/32` and `/128` are legal and stripped, any wider network is not one address. */
function hostAddress(text: string, family: 4 | 6): string | null {
  const ip = parseIp(text.replace(family === 4 ? /\/32$/ : /\/128$/, ''));
  return ip === null || ip.family !== family ? null : formatIp(ip);
}

/** `status.addresses` of kubectl and `spec.addresses` of Calico's Node (whose CalicoNodeIP entries repeat the BGP addresses). */
function addListedAddresses(fact: NodeFact, object: Located, type: 'InternalIP' | 'ExternalIP'): void {
  for (const path of [
    ['status', 'addresses'],
    ['spec', 'addresses'],
  ]) {
    for (const [i, entry] of listAt(object.value, ...path).entries()) {
      if (textAt(entry, 'type') !== type) continue;
      const address = nodeAddress(textAt(entry, 'address') ?? '', type, object.ref([...path, i]));
      if (address !== null) fact.addresses = [...fact.addresses, address];
    }
  }
}

const INTERFACES = nodeAnnotation('Interfaces');

/** The annotation Interfaces (JSON) and `spec.interfaces`: all host interfaces, of which only NICs carry node addresses. */
function addInterfaces(fact: NodeFact, object: Located, facts: Facts): void {
  const path: Path = ['metadata', 'annotations', INTERFACES];
  const written = textAt(object.value, ...path);
  let interfaces: unknown = null;
  if (written !== null) {
    try {
      interfaces = JSON.parse(written);
    } catch {
      const message = `${INTERFACES} of ${fact.name ?? 'a node'} is no JSON: treated as not set`;
      addIssue(facts, 'invalid-annotation', 'warning', message, { refs: [object.ref(path)] });
    }
  }
  const places: [unknown, Path][] = [
    [interfaces, path],
    [listAt(object.value, 'spec', 'interfaces'), ['spec', 'interfaces']],
  ];
  for (const [list, place] of places) {
    for (const entry of listAt(list)) {
      if (useOfDeviceName(textAt(entry, 'name') ?? '') !== 'nic') continue;
      const ref = object.ref(place);
      const addresses = textsAt(entry, 'addresses').map((text) => nodeAddress(text, 'spec.interfaces', ref));
      fact.addresses = [...fact.addresses, ...addresses.filter((address) => address !== null)];
    }
  }
}

function aliasesOf(object: Located): string[] {
  const hostname = textAt(object.value, 'metadata', 'labels', 'kubernetes.io/hostname');
  const listed = listAt(object.value, 'status', 'addresses')
    .filter((entry) => /^(Hostname|InternalDNS)$/.test(textAt(entry, 'type') ?? ''))
    .map((entry) => textAt(entry, 'address'));
  return [...new Set([hostname, ...listed].filter((name) => name !== null))];
}
