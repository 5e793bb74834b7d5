// Other places of the same packet, its answer, and the fragment it belongs to: one more reading of the captures, up to a few
// seconds behind the packet.
import type { Packet } from '../decode/packet.ts';
import type { PacketLocator } from '../flow/packet-locator.ts';
import type { PacketCopy, Reading } from '../packets/read-packet.ts';
import { readPackets } from '../packets/read-packets.ts';
import { RELATION, relationOf, type Target } from '../packets/same-packet.ts';
import { isIp, type WalkedPacket, type WalkSettings, walkPacket } from '../packets/walked-packet.ts';
import type { Trace } from '../verdict/trace-types.ts';
import { PROTOCOL } from '../wire/protocols.ts';
import type { Related } from './explanation.ts';
import { numberOf } from './packet-flow.ts';
import { packetPlace } from './packet-place.ts';

/** Copies and answers further away in time are not looked for; clocks of nodes differ a little. */
const WINDOW_SECONDS = 5;
const MOST_COPIES = 24;

export interface RelatedInput {
  trace: Trace;
  paths: readonly string[];
  capture: number;
  packet: PacketCopy;
  settings: WalkSettings;
  reading: Reading;
  /** Asked for every packet: true ends the search. */
  isStopped(): boolean;
}

interface Search extends RelatedInput {
  target: Target;
  found: Related[];
  /** The packet itself: walked again when the fragments before it have been seen. */
  walked: WalkedPacket;
}

/** The packet walked, and those related to it: copies in order of time, then the answer. */
export async function relatedPackets(input: RelatedInput): Promise<{ walked: WalkedPacket; related: Related[] }> {
  const walked = walkItself(input);
  const target = targetOf(walked, flowLayer(walked));
  if (target === null) return { walked, related: [] };
  const search: Search = { ...input, target, found: [], walked };
  // `-` cannot be read twice
  for (const [capture, path] of input.paths.entries()) if (path !== '-') await searchCapture(search, capture, path);
  const order = { copy: 0, 'first-fragment': 1, request: 2, answer: 3, quoted: 4 };
  const related = search.found.sort((a, b) => order[a.kind] - order[b.kind] || (a.after ?? 0) - (b.after ?? 0));
  return { walked: search.walked, related };
}

function walkItself({ packet, capture, settings }: RelatedInput): WalkedPacket {
  const { bytes, original, interface: device } = packet;
  return walkPacket(bytes, original, device.linkType, settings, { capture, interface: device.index });
}

/** The IP packet at layer `index` as something to look for; null when it is none. */
export function targetOf({ bytes, stack, layers }: WalkedPacket, index: number): Target | null {
  const ip = layers[index];
  if (ip === undefined || !isIp(ip.number)) return null;
  const isV6 = ip.number === PROTOCOL.ipv6;
  const next = isV6 ? (layers[index + 1]?.offset ?? -1) : ip.offset + ip.length;
  const protocol = (isV6 ? stack.ipProtocol : numberOf(ip, 'ip.proto')) ?? -1;
  const laterFragment = !isV6 && (numberOf(ip, 'ip.frag_offset') ?? 0) > 0;
  return { bytes, at: ip.offset, isV6, upper: next < ip.end ? next : -1, protocol, laterFragment };
}

function flowLayer(walked: WalkedPacket): number {
  return walked.stack.laterFragment >= 0 ? walked.stack.laterFragment : walked.network;
}

async function searchCapture(search: Search, capture: number, path: string): Promise<void> {
  await readPackets(
    { ...search.reading, captures: [path] },
    {
      packet(packet) {
        const after = secondsAfter(search.packet, packet);
        const isBefore = capture === search.capture && packet.number <= search.packet.number;
        const isBeyond = after !== null && after > WINDOW_SECONDS;
        if (search.isStopped() || (isBeyond && !isBefore)) return false;
        const isNear = after === null || Math.abs(after) <= WINDOW_SECONDS;
        if (packet.stack.firstFragment >= 0) locate(search, packet, capture);
        if (isBefore && packet.number === search.packet.number) search.walked = walkItself(search);
        else if (isNear) look(search, packet, capture, after);
        return true;
      },
    },
  );
}

function look(search: Search, packet: Packet, capture: number, after: number | null): void {
  const { stack } = packet;
  let relation: number = RELATION.none;
  for (let layer = 0; layer < stack.depth && relation === RELATION.none; layer++) {
    if (isIp(stack.protocol[layer]!)) relation = relationOf(search.target, packet.bytes, stack, layer);
  }
  const kind = kindOf(search, relation, capture, packet.number);
  const described = search.trace.captures[capture];
  if (kind === null || described === undefined) return;
  const { link, encapsulation } = locate(search, packet, capture);
  const place = packetPlace(search.trace, capture, link);
  search.found.push({ kind, capture, path: described.path, number: packet.number, encapsulation, place, after });
}

function locate({ settings }: Search, packet: Packet, capture: number): PacketLocator {
  settings.locator.locate(packet.bytes, packet.stack, capture, packet.interface?.index ?? 0);
  return settings.locator;
}

/** Null for what is not wanted: requests and answers count once, and only in the packet's own capture. */
function kindOf(search: Search, relation: number, capture: number, number: number): Related['kind'] | null {
  const { found, packet } = search;
  if (relation === RELATION.same) return countOf(found, 'copy') < MOST_COPIES ? 'copy' : null;
  if (capture !== search.capture) return null;
  if (relation === RELATION.firstFragment) return countOf(found, 'first-fragment') === 0 ? 'first-fragment' : null;
  if (relation !== RELATION.reverse) return null;
  if (number > packet.number) return countOf(found, 'answer') === 0 ? 'answer' : null;
  return isAnswer(search.target) && countOf(found, 'request') === 0 ? 'request' : null;
}

/** An echo reply or SYN-ACK: what it answers is worth naming. */
function isAnswer({ bytes, upper, protocol }: Target): boolean {
  if (upper < 0) return false;
  if (protocol === 1) return bytes[upper] === 0;
  if (protocol === 58) return bytes[upper] === 129;
  return protocol === 6 && ((bytes[upper + 13] ?? 0) & 0x12) === 0x12;
}

function countOf(found: readonly Related[], kind: Related['kind']): number {
  return found.reduce((count, one) => count + (one.kind === kind ? 1 : 0), 0);
}

function secondsAfter({ moment }: PacketCopy, { seconds, nanos }: Packet): number | null {
  if (moment === null || !Number.isFinite(seconds)) return null;
  return seconds - moment.seconds + (nanos - moment.nanos) / 1e9;
}
