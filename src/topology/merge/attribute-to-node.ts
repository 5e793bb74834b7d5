// iproute2 texts -> the node they were taken on: by what the user, a prompt, a heading, the file or its folder names, else by their
// own content (the node's address as route source, device address or VXLAN local; its MACs). A name outranks content, and a
// contradiction between the two is a conflict.

import { useOfDeviceName } from '../../cluster/device.ts';
import type { Profile } from '../../cluster/profile.ts';
import type { NodeAddress } from '../model.ts';
import { formatRef } from '../read/located.ts';
import { addIssue, type Facts, type PodFact, type TextFact, type TextHint } from '../read/stated-facts.ts';
import { attachText } from './attach-text.ts';
import { addAddresses, findByAlias, findByName, type OpenNode, openUndescribed } from './merge-nodes.ts';

/** Gives every text of `facts.texts` to a node of `nodes`; adds nodes that only texts know. */
export function attributeTexts(facts: Facts, nodes: OpenNode[], profile: Profile): void {
  const chosen = new Map<TextFact, OpenNode>();
  const nodeOf = hintReader(nodes, facts.pods);
  const choose = (find: (text: TextFact) => OpenNode | null): void => {
    for (const text of facts.texts) {
      const node = chosen.has(text) ? null : find(text);
      if (node !== null) chosen.set(text, node);
    }
  };
  choose((text) => nodeByName(text, nodes, nodeOf, facts));
  choose((text) => only(nodesByContent(text, nodes)));
  choose((text) => only(nodesByContent(text, nodes)) ?? addNodeOfText(text, nodes, profile, facts));
  choose((text) => nodeByHints(text, nodeOf)?.node ?? nodeByCompany(text, chosen));
  choose((text) => only(nodesByElimination(text, nodes)));
  for (const text of facts.texts) {
    const node = chosen.get(text);
    if (node !== undefined) {
      attachText(node, text, facts);
      // A text under another node's name is still shown as that node's, but does not give it addresses.
      if (!nodesByContent(text, nodes).some((other) => other !== node)) addAddresses(node, ownAddresses(text), profile);
      continue;
    }
    const what = 'which node this was taken on cannot be told: put it into a folder named like the node';
    addIssue(facts, 'unattributed-text', 'warning', `${formatRef(text.ref)}: ${what}`, { refs: [text.ref] });
  }
}

function nodeByName(text: TextFact, nodes: OpenNode[], nodeOf: HintReader, facts: Facts): OpenNode | null {
  const named = nodeByHints(text, nodeOf);
  if (named === null) return null;
  const other = only(nodesByContent(text, nodes));
  if (other !== null && other !== named.node) sayContradiction(text, named, other, facts);
  return named.node;
}

/** The node of the other texts under the same prompt, heading, file name stem or folder: an ssh alias is no node name. */
function nodeByCompany(text: TextFact, chosen: ReadonlyMap<TextFact, OpenNode>): OpenNode | null {
  for (const { name, from } of text.hints) {
    if (from === 'parent folder') continue;
    const company = new Set<OpenNode>();
    for (const [other, node] of chosen) {
      if (other.hints.some((hint) => hint.name === name && hint.from === from)) company.add(node);
    }
    if (company.size === 1) return [...company][0] ?? null;
  }
  return null;
}

function only(nodes: readonly OpenNode[]): OpenNode | null {
  return nodes.length === 1 ? (nodes[0] ?? null) : null;
}

type HintReader = (hint: TextHint) => OpenNode | null;

/** Whom a hint means. A thousand nodes have texts of the same few names: each is looked for once, until there are more nodes. */
function hintReader(nodes: readonly OpenNode[], pods: readonly PodFact[]): HintReader {
  const known = new Map<string, OpenNode | null>();
  let among = nodes.length;
  return ({ name, from }) => {
    if (from === 'end of name') return nodeAtEnd(name, nodes);
    if (nodes.length !== among) known.clear();
    among = nodes.length;
    const key = `${from} ${name}`;
    let node = known.get(key);
    if (node === undefined) {
      const whole =
        findByAlias(nodes, name) ?? nodes.find((one) => one.addresses.some(({ address }) => address === name));
      node = whole ?? (from === 'file name' ? nodeInFileName(name, nodes) : nodeOfPod(name, nodes, pods));
      known.set(key, node);
    }
    return node;
  };
}

function nodeByHints(text: TextFact, nodeOf: HintReader): { node: OpenNode; hint: string } | null {
  for (const hint of text.hints) {
    const node = nodeOf(hint);
    if (node !== null) return { node, hint: `${hint.from} ${hint.name}` };
  }
  return null;
}

/** The node that a text ends with, behind another character than its own: the longest of their names. */
function nodeAtEnd(text: string, nodes: readonly OpenNode[]): OpenNode | null {
  const named = nodes.filter((node) => node.named);
  const names = named.flatMap((node) =>
    [node.name, node.name.split('.')[0] ?? '', ...node.aliases].map((name) => ({ node, name: name.toLowerCase() })),
  );
  const fits = names.filter(({ name }) => text.toLowerCase() === name || text.toLowerCase().endsWith(`-${name}`));
  const longest = Math.max(...fits.map(({ name }) => name.length));
  const best = new Set(fits.filter(({ name }) => name.length === longest).map(({ node }) => node));
  return best.size === 1 ? ([...best][0] ?? null) : null;
}

/** `control1-ip-route`, `ip-route.control1`: the longest node name that stands there between other characters. */
function nodeInFileName(name: string, nodes: readonly OpenNode[]): OpenNode | null {
  const text = name.toLowerCase();
  let best: { node: OpenNode; length: number; start: boolean } | null = null;
  for (const node of nodes) {
    const short = node.name.split('.')[0] ?? node.name;
    for (const candidate of [node.name, ...node.aliases, short].map((alias) => alias.toLowerCase())) {
      const at = text.indexOf(candidate);
      const bounded = at >= 0 && !/[a-z0-9]/.test(`${text[at - 1] ?? ''}${text[at + candidate.length] ?? ''}`);
      if (!bounded) continue;
      const better =
        best === null ||
        candidate.length > best.length ||
        (candidate.length === best.length && at === 0 && !best.start);
      if (better) best = { node, length: candidate.length, start: at === 0 };
      else if (best !== null && best.node !== node && candidate.length === best.length && (at === 0) === best.start)
        return null;
    }
  }
  return best?.node ?? null;
}

/** `kubectl exec POD -- ip route` shows the node of a hostNetwork pod. */
function nodeOfPod(name: string, nodes: readonly OpenNode[], pods: readonly PodFact[]): OpenNode | null {
  const pod = pods.find(
    (candidate) => candidate.name === name && (candidate.hostNetwork || candidate.source !== 'Pod'),
  );
  return pod?.nodeName == null ? null : findByName(nodes, pod.nodeName);
}

/** Addresses of the node itself: never those of pods, tunnels, bridges or loopback. */
function ownAddresses(text: TextFact): NodeAddress[] {
  const found: NodeAddress[] = [];
  for (const link of text.links) {
    if (link.vxlan?.local != null) {
      found.push({ address: link.vxlan.local, prefixLength: null, source: 'ip link', ref: link.ref });
    }
    if (useOfDeviceName(link.name) !== 'nic' || /^(vxlan|wireguard|ipip)$/.test(link.kind ?? '')) continue;
    for (const { address, prefixLength } of link.addresses) {
      if (!isLinkLocal(address)) found.push({ address, prefixLength, source: 'ip addr', ref: link.ref });
    }
  }
  for (const route of text.routes) {
    const kernel = route.protocol === 'kernel' || route.protocol === 'dhcp' || route.dst.endsWith('/0');
    if (
      route.type !== 'unicast' ||
      route.src === null ||
      !kernel ||
      useOfDeviceName(route.dev ?? '') !== 'nic' ||
      isLinkLocal(route.src)
    )
      continue;
    const prefixLength = route.protocol === 'kernel' ? Number(route.dst.split('/')[1]) : null;
    found.push({ address: route.src, prefixLength, source: 'ip route', ref: route.ref });
  }
  return found;
}

function nodesByContent(text: TextFact, nodes: readonly OpenNode[]): OpenNode[] {
  const addresses = new Set(ownAddresses(text).map((address) => address.address));
  const byAddress = nodes.filter((node) => node.addresses.some(({ address }) => addresses.has(address)));
  if (byAddress.length > 0) return byAddress;
  const tunnelAddresses = new Set(
    text.links
      .filter((link) => useOfDeviceName(link.name) === 'tunnel')
      .flatMap((link) => link.addresses.map(({ address }) => address)),
  );
  const byTunnel = nodes.filter((node) => Object.values(node.tunnels).some(({ value }) => tunnelAddresses.has(value)));
  if (byTunnel.length > 0) return byTunnel;
  const macs = new Set(text.links.map((link) => link.mac).filter((mac) => mac !== null));
  return nodes.filter((node) => macs.has(node.vtepMac?.value ?? '') || macs.has(node.computedVtepMac ?? ''));
}

/** A node has no neighbour or forwarding entry for itself: where all others appear, the missing one took the text. */
function nodesByElimination(text: TextFact, nodes: readonly OpenNode[]): OpenNode[] {
  const seen = new Set([
    ...text.neighbours.map((entry) => entry.address),
    ...text.fdb.map((entry) => entry.dst),
    ...text.routes.map((route) => route.via ?? ''),
  ]);
  const known = nodes.filter((node) => node.addresses.length > 0);
  const isSeen = (node: OpenNode): boolean =>
    node.addresses.some(({ address }) => seen.has(address)) ||
    Object.values(node.tunnels).some(({ value }) => seen.has(value));
  const missing = known.filter((node) => !isSeen(node));
  return known.length > 1 && missing.length === 1 ? missing : [];
}

/** A node that no object names: it gets the name of the prompt or folder, else its address. */
function addNodeOfText(text: TextFact, nodes: OpenNode[], profile: Profile, facts: Facts): OpenNode | null {
  const [address] = ownAddresses(text);
  if (address === undefined) return null;
  const hint = text.hints.find(({ from }) => !/^(file name|parent folder|end of name)$/.test(from));
  const taken = hint !== undefined && nodes.some((node) => node.name === hint.name);
  const named = taken ? null : (hint?.name ?? null);
  const node = openUndescribed(named, address, profile);
  node.ref = text.ref;
  if (nodes.some((other) => other.whole)) {
    const message = `${address.address} is a node by ${formatRef(text.ref)}, but no Node object has this address`;
    addIssue(facts, 'unknown-node', 'warning', message, { refs: [text.ref], subjects: [address.address] });
  }
  nodes.push(node);
  return node;
}

function sayContradiction(
  text: TextFact,
  named: { node: OpenNode; hint: string },
  other: OpenNode,
  facts: Facts,
): void {
  const message =
    `${formatRef(text.ref)}: the ${named.hint} says ${named.node.name}, its addresses are those of ${other.name}: ` +
    `${named.node.name} counts`;
  const about = { refs: [text.ref, other.ref], subjects: [named.node.name, other.name] };
  addIssue(facts, 'owner-conflict', 'conflict', message, about);
}

function isLinkLocal(address: string): boolean {
  return /^(127\.|169\.254\.|fe[89ab]|::1$)/.test(address);
}
