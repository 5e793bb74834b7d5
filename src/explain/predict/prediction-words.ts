// A prediction in sentences.

import type { Expected } from '../../attribution/vocabulary.ts';
import { refFormatter } from '../packet-facts.ts';
import { rangeWords } from '../range-words.ts';
import { type Journey, overheadFor } from './predicted-flow.ts';

export function wayHeadline({ from, to, sender, receiver, expected }: Journey): string {
  const pair = `${from.name} to ${to.name}`;
  const who = sender?.name ?? 'its node';
  switch (expected.encapsulation) {
    case 'vxlan':
      return `${pair}: VXLAN, put on by ${who}, taken off by ${receiver?.name ?? 'the receiving node'}.`;
    case 'ipip':
      return `${pair}: IP-in-IP, put on by ${who}, taken off by ${receiver?.name ?? 'the receiving node'}.`;
    case 'wireguard':
      return `${pair}: encrypted by WireGuard between ${who} and ${receiver?.name ?? 'the receiving node'}.`;
    case 'none':
      return `${pair}: plain, without a tunnel.`;
    case 'local':
      return `${pair}: inside ${who}, never on a NIC.`;
    case null:
      return from.owner.kind === 'external'
        ? `${pair}: it comes from outside the cluster, by whatever node the network sends it to.`
        : `${pair}: the snapshot does not tell.`;
  }
}

export function wayStory(journey: Journey): string[] {
  const { from, to, sender, receiver, topology, expected } = journey;
  const format = refFormatter(topology.files).text;
  const place = (ref: Parameters<typeof format>[0]): string => (format(ref) === '' ? '' : ` (${format(ref)})`);
  const at = (name: string, address: string, node: string | undefined): string =>
    topology.lookup(address).kind === 'external'
      ? `${address} is outside the cluster: in no ${topology.profile.range.short}, and no node's.`
      : `${name === address ? name : `${name} has ${address} and`} is ${node === undefined ? 'on a node that the snapshot does not tell' : `on ${node}`}.`;
  const pool = topology.pools.find((one) => one.name === expected.pool);
  const wish =
    pool === undefined ? null : `${to.owner.address} is in ${rangeWords(topology.profile, pool, place(pool.modeRef))}.`;
  const isNode = (kind: string): boolean => kind === 'node';
  return [
    isNode(from.owner.kind) ? '' : at(from.name, from.owner.address, sender?.name),
    isNode(to.owner.kind) ? '' : at(to.name, to.owner.address, receiver?.name),
    wish,
    reasonSentence(journey, expected),
  ].filter((sentence): sentence is string => sentence !== null && sentence !== '');
}

function reasonSentence({ sender, receiver, settings }: Journey, { reason, encapsulation }: Expected): string | null {
  const cost = `${overheadFor(encapsulation, false)} bytes around it`;
  const { range, rangesFrom } = settings.profile;
  const [always, never, crossSubnet] =
    rangesFrom === 'objects' ? ['Always means', 'Never means', 'CrossSubnet'] : ['That is', 'That is', 'With it'];
  const words: Record<string, string> = {
    'direct-routing-unknown': `Whether nodes that share a link use the tunnel is not in the snapshot; if they do, ${cost}.`,
    'pool-always': `${always}: on every way to another node, whatever subnet it is in; ${cost}.`,
    'pool-never': `${never}: plain, and the underlay must have routes to the pods${rangesFrom === 'objects' ? ' (BGP)' : ''}.`,
    'crosssubnet-same': `${crossSubnet}: ${receiver?.name} is in ${sender?.name}'s own subnet, so no tunnel.`,
    'crosssubnet-different': `${crossSubnet}: ${receiver?.name} is outside ${sender?.name}'s own subnet, so a tunnel; ${cost}.`,
    'bpf-route': `${sender?.name}'s eBPF routes decide: ${encapsulation === 'none' ? 'not tunneled, or the same subnet: plain' : `tunneled; ${cost}`}.`,
    'same-node': 'Both are on one node: from veth to veth, routed once, never on the NIC.',
    'wireguard-keys': `Both nodes publish WireGuard keys, which overrule the ${range.short}'s mode; ${cost}.`,
    'no-vtep': `${receiver?.name ?? 'The receiving node'} has no tunnel address in the snapshot: the sender then has no route, and the packet leaves plain to the default gateway.`,
    'node-address': `A node's own address is in no ${range.short}: to it a packet is always plain. The answer follows the pod's ${range.short} and may be in a tunnel.`,
    external: 'Outside the cluster there is no overlay: the packet leaves plain.',
    'no-pool': `The address is in no ${range.short}: nothing asks for an overlay.`,
    'pool-not-in-snapshot': `The address is in no ${range.short} of the snapshot, which may not have all of them: ${settings.profile.commands.showPools} gives them.`,
    'other-carrier': "Another CNI carries the pods' packets, and its rules are not read here.",
    'sender-unknown': 'Nothing tells which node sends, and what is asked depends on it.',
    'receiver-unknown': 'Nothing tells which node receives, and what is asked depends on it.',
  };
  if (reason === 'sender-not-a-node') return null;
  return words[reason] ?? (encapsulation === null ? `What happens is open (${reason}).` : null);
}
