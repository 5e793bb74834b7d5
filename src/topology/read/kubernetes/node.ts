// Node objects: the annotations that CNIs write on Kubernetes Nodes, and the spec that Calico's own client prints instead
// (calico-facts 1.1). An annotation that fails validation is not set, as in Calico, and a warning here.

import { INTERFACES_ANNOTATION } from '../../../cluster/calico/annotations.ts';
import { useOfDeviceName } from '../../../cluster/device.ts';
import type { CniName, NodeField } from '../../../cluster/profile.ts';
import { PROFILES } from '../../../cluster/profiles.ts';
import { parseBoundedJson } from '../../../net/bounded-json.ts';
import { parseCidrOrIp } from '../../../net/cidr.ts';
import { formatIp, parseIp } from '../../../net/ip.ts';
import { canonicalMac } from '../../../net/mac.ts';
import type { NodeAddress, Sourced, SourceRef } from '../../model.ts';
import { type Located, listAt, mappingAt, type Path, textAt, textsAt } from '../located.ts';
import { addIssue, emptyNodeFact, type Facts, type NodeFact, statementOf } from '../stated-facts.ts';

/** Reads one Node, of kubectl or of Calico's client, into `facts.nodes`. */
export function readNode(object: Located, facts: Facts): void {
  const name = textAt(object.value, 'metadata', 'name');
  const fact = emptyNodeFact(name, 'object', object.ref());
  for (const { name: cni, nodeFields } of PROFILES) {
    for (const field of nodeFields) readField(object, fact, { cni, field }, facts);
  }
  addListedAddresses(fact, object, 'InternalIP');
  addInterfaces(fact, object, facts);
  addListedAddresses(fact, object, 'ExternalIP');
  fact.podCIDRs = readPodCIDRs(object);
  fact.aliases = aliasesOf(object);
  fact.labels = mappingAt(object.value, 'metadata', 'labels') ?? {};
  facts.nodes.push(fact);
}

/** Annotations without their Node around them, as jq and jsonpath print them: by themselves, below `annotations`, beside a name. */
export function readAnnotations(object: Located, facts: Facts): boolean {
  const members = typeof object.value === 'object' && object.value !== null ? Object.keys(object.value) : [];
  const places: Path[] = [[], ['metadata', 'annotations'], ...members.slice(0, 20).map((member) => [member])];
  const place = places.find((path) =>
    PROFILES.some(({ nodeFields }) =>
      nodeFields.some(({ annotation }) => textAt(object.value, ...path, annotation) !== null),
    ),
  );
  if (place === undefined) return false;
  const fact = emptyNodeFact(
    textAt(object.value, 'metadata', 'name') ?? textAt(object.value, 'name'),
    'excerpt',
    object.ref(place),
  );
  for (const { name: cni, nodeFields } of PROFILES) {
    for (const field of nodeFields) {
      const path = [...place, field.annotation];
      const text = textAt(object.value, ...path);
      if (text !== null && text !== '') setNodeField(fact, { cni, field }, text, { ref: object.ref(path), facts });
    }
  }
  facts.nodes.push(fact);
  return true;
}

/** One field of one CNI. */
export interface CniField {
  cni: CniName;
  field: NodeField;
}

function readField(object: Located, fact: NodeFact, { cni, field }: CniField, facts: Facts): void {
  const annotation: Path = ['metadata', 'annotations', field.annotation];
  for (const path of field.path === undefined ? [annotation] : [annotation, field.path]) {
    const text = textAt(object.value, ...path);
    if (text !== null && text !== '') setNodeField(fact, { cni, field }, text, { ref: object.ref(path), facts });
  }
}

/** Sets one field, or says that its value is not valid and counts as not set. */
export function setNodeField(
  fact: NodeFact,
  { cni, field }: CniField,
  text: string,
  at: { ref: SourceRef; facts: Pick<Facts, 'issues'> },
): void {
  const value = field.member === undefined ? text.trim() : memberOf(text, field.member);
  if (value === null || (value !== undefined && setField(fact, { cni, field }, value, at.ref))) return;
  const node = fact.name ?? 'a node';
  const message = `${field.annotation} of ${node} is "${text}", which is not valid: treated as not set`;
  addIssue(at.facts, 'invalid-annotation', 'warning', message, {
    refs: [at.ref],
    subjects: fact.name === null ? [] : [fact.name],
  });
}

/** A member of an annotation in JSON; null when it is not there, undefined when the text is no JSON. */
function memberOf(text: string, member: string): string | null | undefined {
  try {
    return textAt(parseBoundedJson(text), member);
  } catch {
    return undefined;
  }
}

/** False when the value is not valid. */
function setField(fact: NodeFact, { cni, field }: CniField, text: string, ref: SourceRef): boolean {
  const statement = statementOf(fact, cni);
  switch (field.states) {
    case 'address': {
      const address = nodeAddress(text, field.annotation, ref);
      if (address === null || address.address.includes(':') !== (field.family === 6)) return false;
      statement[field.family === 6 ? 'bgpIPv6' : 'bgpIPv4'] = address;
      fact.addresses = [...fact.addresses, address];
      return true;
    }
    case 'tunnel': {
      const address = hostAddress(text, field.family);
      if (address !== null) statement.tunnels[field.kind] = { value: address, ref };
      return address !== null;
    }
    case 'mac': {
      const value = canonicalMac(text);
      statement[field.family === 6 ? 'vtepMacV6' : 'vtepMac'] = value === null ? null : { value, ref };
      return value !== null;
    }
    case 'key': {
      // A Curve25519 public key: 32 bytes in base64.
      const valid = /^[A-Za-z0-9+/]{43}=$/.test(text);
      statement[field.family === 6 ? 'wireguardKeyV6' : 'wireguardKey'] = valid ? { value: text, ref } : null;
      return valid;
    }
    case 'vni':
      statement.vni = /^\d{1,8}$/.test(text) ? { value: Number(text), ref } : null;
      return statement.vni !== null;
    case 'backend':
      statement.backend = { value: text, ref };
      return true;
  }
}

function readPodCIDRs(object: Located): Sourced<string>[] {
  for (const path of [
    ['spec', 'podCIDRs'],
    ['status', 'podCIDRs'],
  ]) {
    const places = object.elementRefs(path);
    const found = listAt(object.value, ...path).flatMap((value, i): Sourced<string>[] =>
      typeof value === 'string' ? [{ value, ref: places[i] ?? object.ref(path) }] : [],
    );
    if (found.length > 0) return found;
  }
  const podCIDR = textAt(object.value, 'spec', 'podCIDR');
  return podCIDR === null ? [] : [{ value: podCIDR, ref: object.ref(['spec', 'podCIDR']) }];
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

/** The annotation Interfaces (JSON) and `spec.interfaces`: all host interfaces, of which only NICs carry node addresses. */
function addInterfaces(fact: NodeFact, object: Located, facts: Facts): void {
  const path: Path = ['metadata', 'annotations', INTERFACES_ANNOTATION];
  const written = textAt(object.value, ...path);
  let interfaces: unknown = null;
  if (written !== null) {
    try {
      interfaces = parseBoundedJson(written);
    } catch {
      const message = `${INTERFACES_ANNOTATION} of ${fact.name ?? 'a node'} is no JSON: treated as not set`;
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
