// Nodes that are one machine: an excerpt of annotations may show a node's address here and its tunnel address there, without its name.
// What the devices of one machine have (addresses, the local address of the tunnel, MACs) shows which of them belong together.
import { useOfDeviceName } from '../../cluster/device.ts';
import type { Profile } from '../../cluster/profile.ts';
import { addUnder } from '../../net/multi-map.ts';
import { ownAddresses } from '../read/own-addresses.ts';
import type { TextFact } from '../read/stated-facts.ts';
import { addAddresses } from './add-addresses.ts';
import type { OpenNode } from './merge-nodes.ts';

/** Unites nodes without names with what the texts of one machine show to be the same. */
export function uniteByTexts(texts: readonly TextFact[], nodes: OpenNode[], profile: Profile): void {
  if (nodes.every(({ named }) => named)) return;
  for (const machine of machinesOf(texts)) {
    const addresses = new Set(machine.flatMap((text) => ownAddresses(text).map(({ address }) => address)));
    const links = machine.flatMap((text) => text.links);
    const tunnels = new Set(
      links
        .filter(({ name }) => useOfDeviceName(name) === 'tunnel')
        .flatMap((link) => link.addresses.map(({ address }) => address)),
    );
    const macs = new Set(links.filter(({ name }) => useOfDeviceName(name) === 'tunnel').map(({ mac }) => mac));
    const same = nodes.filter(
      (node) =>
        node.addresses.some(({ address }) => addresses.has(address)) ||
        Object.values(node.tunnels).some(({ value }) => tunnels.has(value)) ||
        (node.vtepMac !== null && macs.has(node.vtepMac.value)),
    );
    uniteAll(same, nodes, profile);
    const [node] = same;
    // An excerpt may have the tunnel's address only: then the machine's own texts have the node's.
    const own = machine.flatMap((text) => ownAddresses(text));
    if (node !== undefined && nodes.includes(node) && node.addresses.length === 0) addAddresses(node, own, profile);
  }
}

/** The texts of one prompt, heading or folder; each by itself where nothing names any. */
function machinesOf(texts: readonly TextFact[]): TextFact[][] {
  const machines = new Map<string, TextFact[]>();
  const single: TextFact[][] = [];
  for (const text of texts) {
    const hint = text.hints.find(({ from, name }) => /^(caller|prompt|heading|folder|pod)$/.test(from) && name !== '');
    if (hint === undefined) single.push([text]);
    else addUnder(machines, `${hint.from} ${hint.name}`, text);
  }
  // A folder of several machines' texts is none of one.
  const isOne = (group: readonly TextFact[]): boolean => {
    const locals = new Set(
      group.flatMap((text) => text.links.map((link) => link.vxlan?.local ?? null)).filter((local) => local !== null),
    );
    return locals.size < 2;
  };
  return [
    ...[...machines.values()].flatMap((group) => (isOne(group) ? [group] : group.map((text) => [text]))),
    ...single,
  ];
}

function uniteAll(same: OpenNode[], nodes: OpenNode[], profile: Profile): void {
  // The one with a name first, then the one with an address.
  same.sort((one, other) => rank(one) - rank(other));
  const [first, ...others] = same;
  if (first === undefined) return;
  for (const other of others) {
    if (other.named || !isCompatible(first, other)) continue;
    uniteNodes(first, other, profile);
    nodes.splice(nodes.indexOf(other), 1);
  }
}

function rank({ named, addresses }: OpenNode): number {
  return (named ? 0 : 2) + (addresses.length > 0 ? 0 : 1);
}

/** Nothing that one of them states is stated otherwise by the other. */
function isCompatible(one: OpenNode, other: OpenNode): boolean {
  const pairs: [string | undefined, string | undefined][] = [
    [one.bgpIPv4?.address, other.bgpIPv4?.address],
    [one.bgpIPv6?.address, other.bgpIPv6?.address],
    [one.vtepMac?.value, other.vtepMac?.value],
    [one.wireguardKey?.value, other.wireguardKey?.value],
    ...(['vxlan', 'vxlan-v6', 'ipip', 'wireguard', 'wireguard-v6'] as const).map(
      (kind): [string | undefined, string | undefined] => [one.tunnels[kind]?.value, other.tunnels[kind]?.value],
    ),
  ];
  return pairs.every(([a, b]) => a === undefined || b === undefined || a === b);
}

/** Adds to a node what another statement of it says. */
export function uniteNodes(node: OpenNode, other: OpenNode, profile: Profile): void {
  node.bgpIPv4 ??= other.bgpIPv4;
  node.bgpIPv6 ??= other.bgpIPv6;
  node.tunnels = { ...other.tunnels, ...node.tunnels };
  node.vtepMac ??= other.vtepMac;
  node.vtepMacV6 ??= other.vtepMacV6;
  node.wireguardKey ??= other.wireguardKey;
  node.wireguardKeyV6 ??= other.wireguardKeyV6;
  node.annotated ||= other.annotated;
  for (const alias of other.aliases) node.aliases.add(alias);
  if (node.podCIDRs.length === 0) node.podCIDRs = other.podCIDRs;
  if (!node.named && node.addresses.length === 0 && other.addresses.length > 0) node.name = other.name;
  addAddresses(node, other.addresses, profile);
}
