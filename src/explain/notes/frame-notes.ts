// What is unusual about the frame as a whole: cut off, malformed, longer than the device allows, mirrored, cooked, tagged, padded.

import { OUTCOME_NAMES } from '../../decode/layer-stack.ts';
import { unsupportedText, viewFault } from '../../decode/view/fault-view.ts';
import { sentenceCase } from '../../net/sentence-case.ts';
import type { ExplainedLayer, Note } from '../explanation.ts';
import { type Scene, shownSides, sideLayers } from '../packet-facts.ts';
import { ipLength } from '../rows/network-rows.ts';
import { offloadSentence } from './offload-sentence.ts';

/** No NIC has a larger MTU than jumbo frames need. */
const LARGEST_MTU = 9216;

export function frameNotes(scene: Scene): Note[] {
  return [
    ...faultNotes(scene),
    ...cutNotes(scene),
    ...superFrameNotes(scene),
    ...carrierNotes(scene),
    ...linkNotes(scene),
    ...paddingNotes(scene.layers),
  ];
}

export function note(code: string, look: Note['look'], title: string, text: string, span: Note['span'] = null): Note {
  return { code, look, title, text, span };
}

function faultNotes({ walked }: Scene): Note[] {
  const notes: Note[] = [];
  const fault = viewFault(walked.stack, 0);
  const missing = unsupportedText(walked.stack);
  if (fault !== null) {
    const span = { offset: fault.offset, length: 0 };
    const consequence = fault.notice ? 'It is decoded as usual.' : 'What follows cannot be read.';
    const text = `${sentence(fault.message)} ${consequence} (${fault.spec})`;
    const cut = fault.need > 0 && fault.limit === 'captured';
    const title = cut ? 'A header is cut off' : 'Not as the standard says';
    notes.push(note(fault.code, fault.notice || cut ? 'notable' : 'wrong', title, text, span));
  }
  if (missing !== null) {
    const text = `${sentence(missing)} is not decoded: the packet is ${OUTCOME_NAMES[1]} and counts in no flow.`;
    notes.push(note('unsupported', 'notable', 'A protocol that is not known', text));
  }
  return notes;
}

function sentence(text: string): string {
  const capital = sentenceCase(text);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}

function cutNotes({ packet, layers }: Scene): Note[] {
  const missing = layers.find((layer) => layer.kind === 'missing');
  if (missing === undefined) return [];
  const { snaplen } = packet.interface;
  const why =
    snaplen > 0 && packet.bytes.length === snaplen
      ? `the capture kept ${snaplen} bytes of each packet (its snaplen)`
      : 'the capture did not keep the whole packet';
  const headers = layers.filter((layer) => layer.kind === 'header').at(-1);
  const safe = headers === undefined ? 'no header' : `every header up to ${headers.title}`;
  const text = `${packet.bytes.length} of ${packet.original} bytes are here: ${why}. It holds ${safe}; checksums over the rest cannot be checked.`;
  return [
    note('cut-by-snaplen', 'notable', 'Cut off by the capture', text, {
      offset: missing.offset,
      length: missing.length,
    }),
  ];
}

function superFrameNotes(scene: Scene): Note[] {
  const side = sideLayers(scene, shownSides(scene)[0] ?? 'only');
  const length = ipLength(side);
  if (length === null || side.ip === null) return [];
  const device = deviceOf(scene);
  const limit = device?.mtu ?? LARGEST_MTU;
  if (length <= limit) return [];
  const allowed =
    device === null ? `no network card sends ${length} bytes at once` : `the MTU of ${device.name} is ${device.mtu}`;
  const text = `The IP packet is ${length} bytes, but ${allowed}. Linux hands large pieces to the network card, which cuts them (GSO, TSO), and joins what arrives (GRO); a capture on the host sees the large piece. On the wire these were about ${Math.ceil(length / limit)} packets. This is normal and no sign of an MTU problem.${offloadSentence(scene, 'length')}`;
  return [
    note('super-frame', 'notable', 'Longer than the wire allows', text, { offset: side.ip.offset + 2, length: 2 }),
  ];
}

/** The device it was captured on; on an underlay of unknown name the one that the sender's VXLAN device uses. */
function deviceOf({ place, topology, outer, sender }: Scene): { name: string; mtu: number } | null {
  const node = place.node === null ? (outer.srcNode ?? sender) : (topology?.nodeByName(place.node) ?? null);
  const parent = node?.links.find((link) => link.vxlan !== null)?.vxlan?.dev ?? null;
  const name = place.interface ?? (place.role === 'underlay' ? parent : null);
  const link = node?.links.find((one) => one.name === name);
  return link?.mtu == null ? null : { name: link.name, mtu: link.mtu };
}

function carrierNotes({ walked, layers }: Scene): Note[] {
  if (walked.first === 0) return [];
  const carriers = layers.filter((layer) => layer.side === 'carrier' && layer.kind === 'header');
  const names = carriers.map((layer) => layer.title).join(', ');
  const last = carriers.at(-1);
  const length = last === undefined ? 0 : last.offset + last.length;
  const text = `The first ${length} bytes (${names}) only brought a copy here, as port mirroring does. They say nothing about the overlay and are stepped over; what is explained begins at byte ${length}.`;
  return [note('mirrored-copy', 'notable', 'A copy inside another tunnel', text, { offset: 0, length })];
}

function linkNotes(scene: Scene): Note[] {
  const { layers, place } = scene;
  const first = layers[0];
  const notes: Note[] = [];
  if (first?.protocol === 'sll') {
    const version = first.title.endsWith('v2')
      ? 'It names the interface by number.'
      : 'It does not say which interface it was.';
    const text = `A capture on "any" interface replaces the Ethernet header by ${first.length} bytes of its own: the direction and the sender's MAC; the destination MAC is lost. ${version} One packet is seen here once per interface it passes.`;
    notes.push(note('cooked', 'notable', 'Captured on any interface', text, { offset: 0, length: first.length }));
  }
  const vlan = layers.find((layer) => layer.protocol === 'vlan' || layer.protocol === 'ieee8021ad');
  if (vlan !== undefined) {
    const text =
      'The underlay tags its frames (802.1Q). Everything behind the tag stands 4 bytes later than usual, and a capture filter needs the word vlan in front.';
    notes.push(note('vlan-tag', 'notable', 'A VLAN tag', text, { offset: vlan.offset, length: vlan.length }));
  }
  if (place.role === 'tunnel' && first?.side === 'only' && first.protocol === 'ip') {
    const text = 'The device has no link layer: the capture begins with the IP header.';
    notes.push(note('raw-ip', 'notable', 'No Ethernet header', text));
  }
  return notes;
}

function paddingNotes(layers: readonly ExplainedLayer[]): Note[] {
  const padding = layers.filter((layer) => layer.kind === 'padding');
  return padding.map(({ offset, length }) => {
    const text = `${length} bytes stand behind the end that the IP header names: Ethernet fills frames up to 60 bytes. They are no payload.`;
    return note('padding', 'notable', 'Bytes behind the packet', text, { offset, length });
  });
}
