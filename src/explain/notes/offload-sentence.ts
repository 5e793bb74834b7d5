// Whether the device that a packet was captured at leaves to the card what explains an odd length or checksum: its own features, where
// the snapshot has them.
import { carryingNic, featureWords, type OffloadQuestion, offloadOf } from '../../topology/ask/offloads.ts';
import type { Scene } from '../packet-facts.ts';

/** A sentence with a blank before it; empty where nothing is known, or where nothing would follow from it. */
export function offloadSentence(
  { place, topology, outer, sender, receiver, walked }: Scene,
  of: 'length' | 'checksum',
): string {
  const node = place.node === null ? null : (topology?.nodeByName(place.node) ?? null);
  if (node === null) return '';
  const device = place.interface ?? (place.role === 'underlay' ? carryingNic(node) : null);
  const [from, to] = [outer.srcNode ?? sender, outer.dstNode ?? receiver];
  const isSender = node === from;
  if (device === null || (!isSender && node !== to)) return '';
  const question = questionOf(of, isSender, place.role === 'underlay' ? walked.encapsulation : 'none');
  const feature = question === null ? null : offloadOf(node, device, question);
  if (feature === null) return '';
  if (feature.isOn) return ` ${featureWords(feature)}: that is expected here.`;
  return ` But ${featureWords(feature)}: that is not expected here.`;
}

/** Null where no feature tells: what a receiver's card does not check is not shown. */
function questionOf(of: 'length' | 'checksum', isSender: boolean, inside: string): OffloadQuestion | null {
  if (of === 'checksum') return isSender ? 'checksums' : null;
  if (!isSender) return 'joins';
  return inside === 'vxlan' ? 'cutsTunnels' : inside === 'ipip' ? 'cutsIpip' : inside === 'none' ? 'cuts' : null;
}
