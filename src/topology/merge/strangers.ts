// Machines that stand beside a cluster: somebody's laptop, a jump host. Their tables are pasted with those of nodes, under prompts of
// their own. Where other sources name the cluster's nodes, a machine that has nothing a node has is none of them.

import { isClusterDevice, useOfDeviceName } from '../../cluster/device.ts';
import { cidrContains, parseCidr } from '../../net/cidr.ts';
import { parseIp } from '../../net/ip.ts';
import { addUnder } from '../../net/multi-map.ts';
import { formatRef } from '../read/located.ts';
import { ownAddresses } from '../read/own-addresses.ts';
import { addIssue, type Facts, type TextFact } from '../read/stated-facts.ts';
import type { OpenNode } from './merge-nodes.ts';
import { nameFor } from './name-for.ts';

/** Tells the texts of such machines, each of which is said once. @param from texts that have their nodes, and all nodes so far */
export function strangersAmong(
  texts: readonly TextFact[],
  from: { chosen: ReadonlyMap<TextFact, OpenNode>; nodes: readonly OpenNode[]; facts: Facts },
): (text: TextFact) => boolean {
  const { chosen, nodes, facts } = from;
  const strangers = new Set<TextFact>();
  const known = new Set(
    nodes.flatMap((node) => [
      ...node.addresses.map(({ address }) => address),
      ...Object.values(node.tunnels).map(({ value }) => value),
    ]),
  );
  const machines = machinesOf(texts);
  const isNear = nodes.length > 0 ? () => false : nearTo(machines.flat().filter((text) => hasSign(text, known)));
  for (const machine of machines) {
    const own = machine.flatMap((text) => ownAddresses(text));
    const isOfCluster = machine.some((text) => chosen.has(text) || hasSign(text, known));
    const [first] = machine;
    const [address] = own;
    if (isOfCluster || first === undefined || address === undefined || isNear(machine, address.address)) continue;
    for (const text of machine) strangers.add(text);
    const name = nameFor(first);
    const called = name === null ? address.address : `${name} (${address.address})`;
    const message = `${formatRef(first.ref)}: nothing shows that ${called} is a node of the cluster: what was taken there is not used`;
    addIssue(facts, 'not-a-node', 'warning', message, { refs: [first.ref], subjects: [address.address] });
  }
  return (text) => strangers.has(text);
}

/** Where no source names nodes, those with such signs stand for the cluster: a machine under a prompt of its own is of it if they share a network. */
function nearTo(signed: readonly TextFact[]): (machine: readonly TextFact[], address: string) => boolean {
  const networks = signed
    .flatMap((text) =>
      text.routes.filter(({ protocol, dev }) => protocol === 'kernel' && useOfDeviceName(dev ?? '') === 'nic'),
    )
    .flatMap(({ dst }) => parseCidr(dst) ?? []);
  const ways = new Set(
    signed.flatMap(({ routes, fdb }) => [...routes.map(({ via }) => via), ...fdb.map(({ dst }) => dst)]),
  );
  return ([first], address) => {
    const ip = parseIp(address);
    const isPrompted = first?.hints[0]?.from === 'prompt';
    if (!isPrompted || networks.length === 0 || ip === null) return true;
    return ways.has(address) || networks.some((network) => network.family === ip.family && cidrContains(network, ip));
  };
}

/** Texts by what names their machine; those of tools are of nodes. */
function machinesOf(texts: readonly TextFact[]): TextFact[][] {
  const named = new Map<string, TextFact[]>();
  const single: TextFact[][] = [];
  for (const text of texts) {
    const [hint] = text.hints;
    if (hint !== undefined && /^(?:caller|end of name|pod|container)$/.test(hint.from)) continue;
    if (hint === undefined || hint.name === '') single.push([text]);
    else addUnder(named, `${hint.from} ${hint.name}`, text);
  }
  return [...named.values(), ...single];
}

/** Devices of pods and tunnels, routes of the CNI's agent, ways that lead by nodes. */
function hasSign(text: TextFact, known: ReadonlySet<string>): boolean {
  const { links, routes, neighbours, fdb, bpfRoutes, wireguard, agentFile, natServices } = text;
  const devices = [...links.map(({ name }) => name), ...[...routes, ...neighbours, ...fdb].map(({ dev }) => dev ?? '')];
  return (
    devices.some(isClusterDevice) ||
    links.some(({ kind }) => kind === 'vxlan') ||
    routes.some(({ protocol, via }) => protocol === 'bird' || (via !== null && known.has(via))) ||
    (bpfRoutes?.length ?? 0) + natServices.length > 0 ||
    wireguard !== undefined ||
    agentFile !== null
  );
}
