// Tables of a pod's own network: under a prompt in a pod, or run there. They tell nothing of a node.
import { POD_GATEWAY } from '../../cluster/calico.ts';
import { useOfDeviceName } from '../../cluster/device.ts';
import type { NodeLink } from '../model.ts';
import { formatRef } from '../read/located.ts';
import { isLinkLocal, ownAddresses } from '../read/own-addresses.ts';
import { addIssue, type Facts, type TextFact } from '../read/stated-facts.ts';
import type { OpenNode } from './merge-nodes.ts';

/** Texts that kubectl ran in a pod with a network of its own: they show the pod's, not the node's. */
export function podTexts(facts: Facts, nodes: readonly OpenNode[]): (text: TextFact) => boolean {
  const addresses = new Set(nodes.flatMap((node) => node.addresses.map(({ address }) => address)));
  const isPods = podsOwn(facts, addresses);
  // what was run in a pod's network from a node's prompt (`nsenter`) does not make a pod of the node
  const typedInside = facts.texts.filter((text) => text.isInside !== true && isPods(text));
  const prompts = new Set(typedInside.flatMap((text) => promptOf(text) ?? []));
  return (text) => {
    const { hints } = text;
    if (isPods(text) || prompts.has(promptOf(text) ?? '')) return true;
    const hint = hints.find(({ from }) => from === 'pod');
    if (hint === undefined) return false;
    const pod = facts.pods.find(({ name }) => name === hint.name);
    if (pod === undefined || pod.hostNetwork || pod.addresses.length === 0) return false;
    return pod.source === 'Pod' || (addresses.size > 0 && !pod.addresses.some((address) => addresses.has(address)));
  };
}

/** Says that they are not used. */
export function sayInside(facts: Facts, used: ReadonlySet<TextFact>): void {
  for (const text of facts.texts) {
    if (used.has(text)) continue;
    const message = `${formatRef(text.ref)}: taken in a pod's network namespace: it tells nothing of a node, and is not used`;
    addIssue(facts, 'unattributed-text', 'warning', message, { refs: [text.ref] });
  }
}

/** By what stands in it: a pod's way out, or addresses of a pod that is known. */
function podsOwn(facts: Facts, ofNodes: ReadonlySet<string>): (text: TextFact) => boolean {
  const pods = facts.pods.filter(
    ({ source, hostNetwork }) => source !== 'pod table' && source !== 'endpoint' && !hostNetwork,
  );
  const ofPods = new Set(pods.flatMap(({ addresses }) => addresses));
  return (text) => {
    if (text.routes.some(({ via, type }) => via === POD_GATEWAY && type === 'unicast')) return true;
    const own = ownAddresses(text).map(({ address }) => address);
    if (isContainers(text) && !own.some((address) => ofNodes.has(address))) return true;
    return own.length > 0 && own.every((address) => ofPods.has(address) && !ofNodes.has(address));
  };
}

/** Names that stand in the text itself, not in its path. */
const NAMED_THERE: ReadonlySet<string> = new Set(['caller', 'end of name', 'prompt', 'heading', 'label']);

/**
 * Addresses without a subnet, on no device but such as end in another network namespace, under no name there: a shell in a pod. Nodes that are
 * containers have subnets, or devices of their own pods.
 */
function isContainers({ hints, links, routes }: TextFact): boolean {
  if (routes.length > 0 || hints.some(({ name, from }) => name !== '' && NAMED_THERE.has(from))) return false;
  const addressed = links.filter(({ addresses }) => addresses.some(({ address }) => !isLinkLocal(address)));
  const isAlone = ({ address, prefixLength }: NodeLink['addresses'][number]): boolean =>
    prefixLength === (address.includes(':') ? 128 : 32) || isLinkLocal(address);
  return (
    addressed.length > 0 &&
    addressed.every(({ endsOutside, addresses }) => endsOutside === true && addresses.every(isAlone)) &&
    links.every(({ name, vxlan }) => vxlan === null && useOfDeviceName(name) !== 'workload')
  );
}

/** The prompt that it stands under. */
function promptOf({ hints }: TextFact): string | null {
  const [hint] = hints;
  return hint?.from === 'prompt' && hint.name !== '' ? hint.name : null;
}
