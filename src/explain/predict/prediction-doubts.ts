// What a prediction rests on that may not hold: tables of the snapshot that say otherwise, and what no snapshot can tell.
import type { DecisionStep } from '../explanation.ts';
import { podMac, tunnelOf } from './node-devices.ts';
import { direct, isTunnel, type Journey } from './predicted-flow.ts';
import type { Doubt } from './prediction.ts';

export function doubtsOf(journey: Journey, steps: readonly DecisionStep[]): Doubt[] {
  return [...tableDoubts(journey, steps), ...ownerDoubts(journey), ...openDoubts(journey)];
}

/** A table that is wrong: the packet will not go where the configuration wants it. */
function tableDoubts({ sender }: Journey, steps: readonly DecisionStep[]): Doubt[] {
  return steps
    .filter(({ status }) => status === 'wrong' || status === 'missing')
    .map(({ label, text, note }) => ({
      look: 'wrong' as const,
      text: `as ${sender?.name}'s tables stand, it will not go that way. ${label}: ${text ?? 'no entry'}${note === null ? '' : ` (${note})`}`,
    }));
}

function ownerDoubts({ from, to }: Journey): Doubt[] {
  const doubts: Doubt[] = [];
  for (const { name, owner } of [from, to]) {
    if (owner.candidates.length > 1) {
      doubts.push({
        look: 'notable',
        text: `${owner.address} could belong to ${owner.candidates.length} pods: the snapshot does not decide`,
      });
    } else if (
      owner.nodeSource === 'inferred-block' ||
      owner.nodeSource === 'block-affinity' ||
      owner.nodeSource === 'ipam-block'
    ) {
      doubts.push({
        look: 'notable',
        text: `only its address block says where ${name} is: an address may be borrowed by another node`,
      });
    }
  }
  return doubts;
}

function openDoubts(journey: Journey): Doubt[] {
  const { sender, expected, from, to, settings } = journey;
  const texts: string[] = [];
  if (sender !== null && !sender.has.route && sender.bpfRoutes === null)
    texts.push(`what ${sender.name}'s own tables say: they are not in the snapshot`);
  for (const { name, owner } of [from, to]) {
    if (owner.kind === 'pod' && owner.node !== null && podMac(owner) === null) texts.push(`the MAC of ${name}`);
  }
  if (isTunnel(expected.encapsulation)) {
    if (expected.encapsulation === 'vxlan')
      texts.push('the UDP source port: a hash, different for each flow and direction');
    texts.push(...computedMacs(journey));
    texts.push("the underlay's MTU between the nodes: if it is smaller than the NIC's, outer packets are cut or lost");
  }
  if (direct(journey) === false)
    texts.push('routers of the underlay: their MACs, and by how much they lower the outermost TTL');
  if (settings.profile.masquerade !== null && from.owner.kind === 'pod' && expected.reason === 'external')
    texts.push(`whether it gets its node's address as source (${settings.profile.masquerade})`);
  if (journey.translated !== null && to.owner.kind === 'node')
    texts.push('whether node addresses are excepted from natOutgoing (natOutgoingExclusions, Calico v3.31 and later)');
  texts.push('IP identifications and checksums', 'whether a network policy or a firewall lets it pass');
  return texts.map((text) => ({ look: 'notable' as const, text }));
}

function computedMacs({ sender, receiver, expected, from, settings }: Journey): string[] {
  if (expected.encapsulation !== 'vxlan') return [];
  const isV6 = from.owner.address.includes(':');
  return [sender, receiver].flatMap((node) => {
    if (node === null) return [];
    const written = isV6 ? node.vtepMacV6 : node.vtepMac;
    const { mac, name } = tunnelOf(node, 'vxlan', isV6, settings.profile);
    if (mac === null || written !== null || node.links.some((link) => link.mac === mac)) return [];
    return [
      `whether ${name} of ${node.name} has the MAC that ${settings.profile.agent} computes from the node's name (${mac})`,
    ];
  });
}
