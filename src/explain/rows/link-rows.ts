// Rows of the link layer: MACs and whose they are, VLAN tags, what a cooked capture keeps, and ARP.

import { knownName, namedOwner } from '../../attribution/who/end-name.ts';
import { POD_GATEWAY } from '../../cluster/calico.ts';
import type { Cell, ExplainedLayer, Row } from '../explanation.ts';
import type { Scene, SideLayers } from '../packet-facts.ts';
import { fieldCell, fieldOf, numberIn, plainCell, row, textIn } from './field-cells.ts';
import { macMeaning } from './mac-meaning.ts';

export function linkRows(scene: Scene, sides: readonly SideLayers[]): Row[] {
  return [
    ...row(
      'from MAC',
      sides.map((side) => macCell(scene, side, 'src')),
    ),
    ...row(
      'to MAC',
      sides.map((side) => macCell(scene, side, 'dst')),
    ),
    ...row(
      'direction',
      sides.map(({ link }) => fieldCell(link, 'sll.pkttype', packetType(numberIn(link, 'sll.pkttype')))),
    ),
    ...row(
      'interface',
      sides.map(({ link }) => fieldCell(link, 'sll.ifindex', { meaning: scene.place.interface })),
    ),
    ...row(
      'VLAN',
      sides.map(({ vlans }) =>
        fieldCell(vlans[0] ?? null, 'vlan.id', vlanText(vlans.map((v) => textIn(v, 'vlan.id')))),
      ),
    ),
    ...row(
      'MPLS',
      sides.map(({ labels }) =>
        fieldCell(labels[0] ?? null, 'mpls.label', labelText(labels.map((label) => textIn(label, 'mpls.label')))),
      ),
    ),
    ...row(
      'PPPoE',
      sides.map(({ pppoe }) =>
        fieldCell(pppoe, 'pppoe.session_id', { meaning: 'session of the underlay: 8 bytes more in front' }),
      ),
    ),
  ];
}

function macCell(scene: Scene, { link, side }: SideLayers, end: 'src' | 'dst'): Cell | null {
  if (link === null) return null;
  if (link.protocol === 'sll') {
    if (end === 'dst') return plainCell('-', "a cooked capture keeps the sender's only");
    return fieldCell(link, 'sll.src.eth', { meaning: macMeaning(scene, textIn(link, 'sll.src.eth') ?? '') });
  }
  const mac = textIn(link, `eth.${end}`);
  if (mac === null) return null;
  const meaning = macMeaning(scene, mac);
  const stray = side === 'inner' && end === 'dst' && isStrayVtep(scene, mac);
  return fieldCell(link, `eth.${end}`, { meaning, look: stray ? 'wrong' : 'usual' });
}

/** The inner frame is addressed to the VTEP of another node than the destination's. */
function isStrayVtep({ topology, receiver }: Scene, mac: string): boolean {
  const owner = topology?.nodeByVtepMac(mac)?.node;
  return owner !== undefined && receiver !== null && owner !== receiver;
}

function packetType(type: number | null): { value?: string; meaning?: string; look?: 'notable' } {
  switch (type) {
    case 0:
      return { value: 'in', meaning: 'to this host' };
    case 3:
      return { value: 'other', meaning: 'to another host: this one drops it', look: 'notable' };
    case 4:
      return { value: 'out', meaning: 'sent by this host' };
    default:
      return {};
  }
}

function vlanText(ids: readonly (string | null)[]): { value?: string; meaning: string } {
  const meaning = '802.1Q tag of the underlay: 4 bytes more in front';
  return ids.length < 2 ? { meaning } : { value: ids.join(' in '), meaning: `${ids.length} tags, 4 bytes each` };
}

function labelText(labels: readonly (string | null)[]): { value?: string; meaning: string } {
  const meaning = 'label of the underlay: 4 bytes more in front';
  return labels.length < 2
    ? { meaning }
    : { value: labels.join(' > '), meaning: `${labels.length} labels, 4 bytes each` };
}

/** Sender, target and what is asked. */
export function arpRows(scene: Scene, sides: readonly SideLayers[]): Row[] {
  const address = (side: SideLayers, name: string): Cell | null =>
    fieldCell(side.arp, name, { meaning: addressMeaning(scene, textIn(side.arp, name)) });
  const mac = (side: SideLayers, name: string): Cell | null => {
    const text = textIn(side.arp, name);
    const open = text === '00:00:00:00:00:00';
    return text === null
      ? null
      : fieldCell(side.arp, name, { meaning: open ? 'what is asked for' : macMeaning(scene, text) });
  };
  return [
    ...row(
      'ARP',
      sides.map(({ arp }) => operationCell(arp)),
    ),
    ...row(
      'sender IP',
      sides.map((side) => address(side, 'arp.src.proto_ipv4')),
    ),
    ...row(
      'sender MAC',
      sides.map((side) => mac(side, 'arp.src.hw_mac')),
    ),
    ...row(
      'target IP',
      sides.map((side) => address(side, 'arp.dst.proto_ipv4')),
    ),
    ...row(
      'target MAC',
      sides.map((side) => mac(side, 'arp.dst.hw_mac')),
    ),
  ];
}

function operationCell(arp: ExplainedLayer | null): Cell | null {
  const words = fieldOf(arp, 'arp.opcode')?.meaning;
  return words == null ? fieldCell(arp, 'arp.opcode') : fieldCell(arp, 'arp.opcode', { value: words, meaning: null });
}

/** Whose an address is, by the snapshot; null without one. */
export function addressMeaning({ topology }: Pick<Scene, 'topology'>, address: string | null): string | null {
  if (topology === null || address === null) return null;
  if (address === POD_GATEWAY) return "the gateway every Calico pod has: answered by the veth's host side";
  return knownName(namedOwner(topology.lookup(address)), 'meaning');
}
