// What `ethtool -k` of the sender tells where checksums or sizes are in question: which device leaves what to the card, with its line,
// and what is left to try. What was given is not asked for.

import type { TunnelKind } from '../../cluster/profile.ts';
import {
  showChecksumOffload,
  showTunnelOffload,
  stopChecksumOffload,
  stopOffload,
} from '../../cluster/show-commands.ts';
import { carryingNic, featureWords, type OffloadQuestion, offloadOf } from '../../topology/ask/offloads.ts';
import type { Node } from '../../topology/model.ts';
import type { FindingCode } from '../codes.ts';

/** @param node whose features are asked; null where the sender is not known. */
export function checksumChecks(from: string, device: string, node: Node | null): string[] {
  const own = node === null ? null : offloadOf(node, device, 'checksums');
  if (node === null || own === null)
    return [`${from}$ ${showChecksumOffload(device)}   # try: ${stopChecksumOffload(device)}`];
  if (own.isOn) return [`${from}$ ${stopOffload(device, own.name)}   # try: ${featureWords(own)}`];
  const nic = carryingNic(node);
  const below = nic === null ? null : offloadOf(node, nic, 'cutsTunnels');
  if (nic === null || below === null)
    return [`${from}$ ${showTunnelOffload(nic ?? '<NIC>')}   # the card's own? ${featureWords(own)}`];
  if (below.isOn && !below.isFixed)
    return [`${from}$ ${stopOffload(nic, below.name)}   # try: ${featureWords(own)}, ${featureWords(below)}`];
  return [`${from}$ ethtool -i ${nic}   # driver and firmware: ${featureWords(own)}, ${featureWords(below)}`];
}

const OF_CHECKSUMS: ReadonlySet<FindingCode> = new Set(['bad-checksum', 'icmp-only']);
const OF_SIZES: ReadonlySet<FindingCode> = new Set(['packet-exceeds-mtu', 'mtu-black-hole', 'outer-fragmented']);

/** @param tunnel null where packets were sent plain */
export function offloadTexts(
  code: FindingCode,
  node: Node | null,
  tunnel: { kind: TunnelKind; device: string } | null,
): string[] {
  if (node === null || node.features.length === 0) return [];
  const nic = carryingNic(node);
  if (OF_CHECKSUMS.has(code)) return checksumTexts(node, nic, tunnel?.device ?? null);
  return OF_SIZES.has(code) && nic !== null ? sizeTexts(node, nic, tunnel?.kind ?? null) : [];
}

function checksumTexts(node: Node, nic: string | null, device: string | null): string[] {
  const asked: readonly (readonly [string | null, OffloadQuestion])[] = [
    [device, 'checksums'],
    [nic, 'checksums'],
    [nic, 'cutsTunnels'],
  ];
  const found = asked.map(([name, question]) => (name === null ? null : offloadOf(node, name, question)));
  const words = found.filter((feature) => feature !== null).map(featureWords);
  return words.length === 0 ? [] : [`${node.name}: ${words.join('; ')}`];
}

function sizeTexts(node: Node, nic: string, kind: TunnelKind | null): string[] {
  // what WireGuard sends is cut before it is encrypted
  if (kind?.startsWith('wireguard')) return [];
  const cuts = offloadOf(node, nic, kind === null ? 'cuts' : kind === 'ipip' ? 'cutsIpip' : 'cutsTunnels');
  if (cuts === null) return [];
  const what = cuts.isOn
    ? 'longer frames in a capture there are super-frames, which the card cuts'
    : 'the kernel cuts before that device, so that frames in a capture there are what is sent';
  return [`${node.name}: ${featureWords(cuts)}: ${what}`];
}
