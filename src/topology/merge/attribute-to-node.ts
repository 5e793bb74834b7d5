// iproute2 texts -> the node they were taken on: by what the user, a prompt, a heading, the file or its folder names, else by their
// own content (the node's address as route source, device address or VXLAN local; its MACs). A name outranks content, and a
// contradiction between the two is a conflict.

import { useOfDeviceName } from '../../cluster/device.ts';
import type { Profile } from '../../cluster/profile.ts';
import { formatRef } from '../read/located.ts';
import { isOfTwo, ownAddresses } from '../read/own-addresses.ts';
import { addIssue, type Facts, type PodFact, type TextFact, type TextHint } from '../read/stated-facts.ts';
import { addAddresses } from './add-addresses.ts';
import { attachText } from './attach-text.ts';
import { podTexts, sayInside } from './inside-pods.ts';
import { findByAlias, findByName, type OpenNode, openUndescribed } from './merge-nodes.ts';
import { nameFor } from './name-for.ts';
import { strangersAmong } from './strangers.ts';
import { uniteByTexts } from './unite-nodes.ts';

/** Gives every text of `facts.texts` to a node of `nodes`; adds nodes that only texts know. */
export function attributeTexts(facts: Facts, nodes: OpenNode[], profile: Profile): void {
  const isOfPod = podTexts(facts, nodes);
  const texts = facts.texts.filter((text) => text.isInside !== true && !isOfPod(text));
  sayInside(facts, new Set(texts));
  uniteByTexts(texts, nodes, profile);
  const chosen = new Map<TextFact, OpenNode>();
  const nodeOf = hintReader(nodes, facts.pods);
  // tables of several machines that nothing parts
  const isMixed = (text: TextFact): boolean => isOfTwo(text) && nodesByAddress(text, nodes).length > 1;
  const choose = (find: (text: TextFact) => OpenNode | null): void => {
    for (const text of texts) {
      const node = chosen.has(text) || isMixed(text) ? null : find(text);
      if (node !== null) chosen.set(text, node);
    }
  };
  choose((text) => nodeByName(text, nodes, nodeOf, facts));
  choose((text) => only(nodesByAddress(text, nodes)));
  const isStranger = strangersAmong(texts, { chosen, nodes, facts });
  choose((text) =>
    isStranger(text) ? null : (only(nodesByAddress(text, nodes)) ?? addNodeOfText(text, nodes, profile, facts)),
  );
  // What stands under one prompt is of one machine, even where a clone shows another one's tunnel address.
  choose((text) => nodeByCompany(text, chosen, true));
  choose((text) => only(nodesByContent(text, nodes)));
  nameByPrompts(chosen, nodes);
  choose((text) => nodeByHints(text, nodeOf)?.node ?? nodeByCompany(text, chosen, false));
  choose((text) => (isStranger(text) ? null : only(nodesByElimination(text, nodes))));
  for (const text of texts) {
    const node = chosen.get(text);
    if (node !== undefined) {
      attachText(node, text, facts);
      // A text under another node's name is still shown as that node's, but does not give it addresses.
      if (!nodesByContent(text, nodes).some((other) => other !== node)) addAddresses(node, ownAddresses(text), profile);
      continue;
    }
    if (isStranger(text)) continue;
    const what = 'which node this was taken on cannot be told: put it into a folder named like the node';
    addIssue(facts, 'unattributed-text', 'warning', `${formatRef(text.ref)}: ${what}`, { refs: [text.ref] });
  }
}

/** A node that only its address is known of gets the name of the prompt that all its texts stand under. */
function nameByPrompts(chosen: ReadonlyMap<TextFact, OpenNode>, nodes: readonly OpenNode[]): void {
  const names = new Map<OpenNode, Set<string>>();
  for (const [text, node] of chosen) {
    if (node.named) continue;
    const name = nameFor(text);
    if (name !== null) names.set(node, (names.get(node) ?? new Set()).add(name));
  }
  for (const [node, [name, ...others]] of names) {
    const isTaken =
      nodes.some((other) => other.name === name) ||
      [...names].some(([other, set]) => other !== node && set.has(name ?? ''));
    if (name === undefined || others.length > 0 || isTaken) continue;
    node.name = name;
    node.named = true;
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
function nodeByCompany(text: TextFact, chosen: ReadonlyMap<TextFact, OpenNode>, byPrompt: boolean): OpenNode | null {
  for (const { name, from } of text.hints) {
    // A container that nobody named is of no machine that stands beside it.
    if (from === 'container' && name === '') return null;
    if (from === 'parent folder' || name === '') continue;
    if (byPrompt && !/^(caller|prompt|pod)$/.test(from)) return null;
    const company = new Set<OpenNode>();
    for (const [other, node] of chosen) {
      const isSame = other.hints.some((hint) => hint.name === name && hint.from === from);
      if (isSame && placeOf(other, name, from) === placeOf(text, name, from)) company.add(node);
    }
    if (company.size === 1) return [...company][0] ?? null;
    // A machine that is named is not another one because both stand in one file or folder.
    if (/^(caller|prompt|heading|pod|container)$/.test(from)) return null;
  }
  return null;
}

/** Which of the folders of that name it is, and of files of one name in which folder: tools give those of each machine the same names. */
function placeOf({ ref }: TextFact, name: string, from: TextHint['from']): string {
  const parts = ref.file.split(/[\\/!]/);
  const end = from === 'file name' ? parts.length - 1 : from === 'folder' ? parts.lastIndexOf(name) + 1 : 0;
  return parts.slice(0, end).join('/');
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
      if (from === 'pod') node = nodeOfPod(name, nodes, pods);
      else node = whole ?? (from === 'file name' ? nodeInFileName(name, nodes) : nodeOfPod(name, nodes, pods));
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

function nodesByAddress(text: TextFact, nodes: readonly OpenNode[]): OpenNode[] {
  const addresses = new Set(ownAddresses(text).map((address) => address.address));
  return nodes.filter((node) => node.addresses.some(({ address }) => addresses.has(address)));
}

function nodesByContent(text: TextFact, nodes: readonly OpenNode[]): OpenNode[] {
  const byAddress = nodesByAddress(text, nodes);
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
  if (isOfTwo(text)) return [];
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
  const own = ownAddresses(text);
  const [address] = own;
  // Of several nodes, or of something that may be none.
  if (address === undefined || nodesByContent(text, nodes).length > 0 || isOfTwo(text) || !mayBeNode(text)) return null;
  const hint = nameFor(text);
  const named = hint !== null && nodes.some((node) => node.name === hint) ? null : hint;
  const node = openUndescribed(named, address, profile);
  node.ref = text.ref;
  if (nodes.some((other) => other.whole)) {
    const message = `${address.address} is a node by ${formatRef(text.ref)}, but no Node object has this address`;
    addIssue(facts, 'unknown-node', 'warning', message, { refs: [text.ref], subjects: [address.address] });
  }
  nodes.push(node);
  return node;
}

/** What a container shows is a node's only if it has what nodes have: pods' links, or a tunnel. */
function mayBeNode({ hints, links, routes }: TextFact): boolean {
  if (!hints.some(({ from }) => from === 'pod' || from === 'container')) return true;
  const devices = [...links.map(({ name }) => name), ...routes.map(({ dev }) => dev ?? '')];
  return devices.some((name) => /^(workload|tunnel)$/.test(useOfDeviceName(name)));
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
