// A text's entries -> its node. `ip link` and `ip addr` complete each other; an output given twice with different content is a
// conflict, and the first counts (a directory may hold the tables before and after a change).
import type { Profile, TunnelKind } from '../../cluster/profile.ts';
import type { NodeAddress, NodeLink, SourceRef } from '../model.ts';
import { wayOf } from '../read/paste/text-entries.ts';
import { addIssue, type Facts, type TextFact } from '../read/stated-facts.ts';
import type { OpenNode } from './merge-nodes.ts';
import { differs } from './merge-pools.ts';

type Issues = Pick<Facts, 'issues'>;

/** Adds everything in `text` to the node. */
export function attachText(node: OpenNode, text: TextFact, facts: Issues): void {
  attachLinks(node, text.links, facts);
  const what = (table: string): { table: string; node: OpenNode; facts: Issues } => ({ table, node, facts });
  const routeKey = (route: OpenNode['routes'][number]): string =>
    `${route.table ?? 'main'} ${route.type === 'local' ? 'local' : ''} ${route.dst}`;
  // The older tools do not say how packets are dropped.
  const dropping = new Map(text.routes.filter(({ type }) => type === 'blackhole').map((one) => [routeKey(one), one]));
  const known = node.routes.map((one) => (one.type === 'unreachable' ? (dropping.get(routeKey(one)) ?? one) : one));
  node.routes = attachTable(known, text.routes, routeKey, wayOf, what('route'));
  // An entry that could not be resolved (FAILED) contradicts nothing.
  const resolved = text.neighbours.filter((entry) => entry.mac !== null || node.neighbours.length === 0);
  node.neighbours = attachTable(
    node.neighbours,
    resolved,
    (entry) => `${entry.address} ${entry.dev}`,
    (entry) => String(entry.mac),
    what('neighbour'),
  );
  node.fdb = attachTable(
    node.fdb,
    text.fdb,
    (entry) => `${entry.mac} ${entry.dev}`,
    (entry) => entry.dst,
    what('FDB entry'),
  );
  node.features = attachTable(
    node.features,
    text.features,
    ({ device, name }) => `${device} ${name}`,
    ({ isOn }) => String(isOn),
    what('feature'),
  );
  if (text.bpfRoutes !== null && node.bpfRoutes === null) node.bpfRoutes = text.bpfRoutes;
  node.natServices = [...node.natServices, ...text.natServices];
  if (text.translations !== null) node.translations = [...node.translations, ...text.translations];
  node.agentFile ??= text.agentFile;
  if (text.wireguard?.kind === 'wireguard') node.wireguardKey ??= text.wireguard.key;
  else if (text.wireguard !== undefined) node.wireguardKeyV6 ??= text.wireguard.key;
  for (const table of ['link', 'addr', 'route', 'neigh', 'fdb'] as const)
    node.has = { ...node.has, [table]: node.has[table] || text.has[table] };
}

/** Unites two outputs of one table; where a key has other values in the second, the second is left out. */
function attachTable<Entry extends { text: string; ref: SourceRef }>(
  known: readonly Entry[],
  added: readonly Entry[],
  key: (entry: Entry) => string,
  value: (entry: Entry) => string,
  about: { table: string; node: OpenNode; facts: Issues },
): readonly Entry[] {
  if (known.length === 0) return added;
  const values = new Map<string, Set<string>>();
  for (const entry of known) values.set(key(entry), (values.get(key(entry)) ?? new Set()).add(value(entry)));
  const contradicts = (entry: Entry): boolean =>
    values.has(key(entry)) && values.get(key(entry))?.has(value(entry)) !== true;
  const odd = added.find(contradicts);
  if (odd === undefined) return [...known, ...added.filter((entry) => !values.has(key(entry)))];
  const first = known.find((entry) => key(entry) === key(odd));
  const refs = [first?.ref ?? odd.ref, odd.ref];
  differs(about.facts, `${about.table} of ${about.node.name}`, [`"${first?.text ?? ''}"`, `"${odd.text}"`], refs, [
    about.node.name,
  ]);
  return known;
}

function attachLinks(node: OpenNode, added: readonly NodeLink[], facts: Issues): void {
  if (added.length === 0) return;
  const links = [...node.links];
  const places = new Map(links.map(({ name }, i) => [name, i] as const).toReversed());
  // a line for each of thousands of addresses may be all that there is of a device
  const addresses = new Map<number, Map<string, NodeLink['addresses'][number]>>();
  for (const link of added) {
    const at = places.get(link.name);
    const known = at === undefined ? undefined : links[at];
    if (at === undefined || known === undefined) {
      places.set(link.name, links.push(link) - 1);
      continue;
    }
    const all = addresses.get(at) ?? byAddress(known);
    addresses.set(at, all);
    for (const one of link.addresses) if (!all.has(one.address)) all.set(one.address, one);
    links[at] = bothLinks(node, known, link, facts);
  }
  node.links = links.map((link, at) => {
    const all = addresses.get(at);
    return all === undefined ? link : { ...link, addresses: [...all.values()] };
  });
}

function byAddress({ addresses }: NodeLink): Map<string, NodeLink['addresses'][number]> {
  const all = new Map<string, NodeLink['addresses'][number]>();
  for (const one of addresses) if (!all.has(one.address)) all.set(one.address, one);
  return all;
}

/** What two lists say of one device, but for its addresses. */
function bothLinks(node: OpenNode, known: NodeLink, link: NodeLink, facts: Issues): NodeLink {
  for (const field of ['mac', 'mtu'] as const) {
    const [first, second] = [known[field], link[field]];
    if (first === null || second === null || first === second) continue;
    differs(
      facts,
      `${field} of ${link.name} on ${node.name}`,
      [String(first), String(second)],
      [known.ref, link.ref],
      [node.name],
    );
  }
  return {
    ...known,
    ifindex: known.ifindex === 0 ? link.ifindex : known.ifindex,
    mac: known.mac ?? link.mac,
    mtu: known.mtu ?? link.mtu,
    kind: known.kind ?? link.kind,
    vxlan: known.vxlan ?? link.vxlan,
    // Lists of addresses do not show the state: such a device counts as up.
    up: known.up && link.up,
    addressed: known.addressed === true || link.addressed === true,
  };
}

/** What a node's own devices say about it, once all texts are attached: VTEP MACs and tunnel addresses. */
export function adoptDevices(node: OpenNode, profile: Profile, facts: Issues): void {
  if (profile.subnetBy === 'route') {
    node.bgpIPv4 = withDevicePrefix(node, node.bgpIPv4);
    node.bgpIPv6 = withDevicePrefix(node, node.bgpIPv6);
  }
  for (const link of node.links) {
    const kind = profile.tunnelKindOf(link.name);
    if (kind === null) continue;
    const field = kind === 'vxlan' ? 'vtepMac' : kind === 'vxlan-v6' ? 'vtepMacV6' : null;
    if (field !== null && link.mac !== null) adoptMac(node, field, link.mac, { ref: link.ref, facts });
    const address = link.addresses.find((one) => one.address.includes(':') === kind.endsWith('v6'))?.address;
    if (address !== undefined) adoptTunnel(node, kind, address, { ref: link.ref, facts });
  }
}

/** The prefix that the device has the address with. */
function withDevicePrefix({ links }: OpenNode, address: NodeAddress | null): NodeAddress | null {
  if (address === null || address.prefixLength !== null) return address;
  const own = links.flatMap((link) => link.addresses).find((one) => one.address === address.address);
  return { ...address, prefixLength: own?.prefixLength ?? null };
}

function adoptMac(
  node: OpenNode,
  field: 'vtepMac' | 'vtepMacV6',
  mac: string,
  at: { ref: SourceRef; facts: Issues },
): void {
  const known = node[field];
  node[field] ??= { value: mac, ref: at.ref };
  if (known === null || known.value === mac) return;
  const message = `Node ${node.name}: VXLANTunnelMACAddr is ${known.value}, but its device has ${mac}: the annotation counts`;
  addIssue(at.facts, 'tunnel-mac-differs', 'conflict', message, {
    refs: [known.ref, at.ref],
    subjects: [node.name, mac, known.value],
  });
}

function adoptTunnel(node: OpenNode, kind: TunnelKind, address: string, at: { ref: SourceRef; facts: Issues }): void {
  const known = node.tunnels[kind];
  // Where the Node object was read, an absent annotation means that no other node knows this tunnel address.
  if (known === undefined && !node.whole) node.tunnels = { ...node.tunnels, [kind]: { value: address, ref: at.ref } };
  if (known?.value === address || (known === undefined && !node.whole)) return;
  const written =
    known === undefined ? 'no such tunnel address is set' : `its ${kind} tunnel address is ${known.value}`;
  const message = `Node ${node.name}: its device has ${address}, but ${written}: the annotation counts`;
  const refs = known === undefined ? [at.ref] : [known.ref, at.ref];
  addIssue(at.facts, 'tunnel-address-differs', 'conflict', message, { refs, subjects: [node.name, address] });
}
