// Packets of its own capture that belong to a packet, up to a few seconds from it: its answer, what it answers, its first fragment. And
// its other places, as `path/` follows them.
import { secondsBetween } from '../attribution/clocks/clocks.ts';
import type { IsWanted } from '../capture/stretches.ts';
import type { Packet } from '../decode/packet.ts';
import { toSeconds } from '../net/time.ts';
import type { PacketCopy, Reading } from '../packets/read-packet.ts';
import { readPackets } from '../packets/read-packets.ts';
import { isIp, type WalkedPacket, type WalkSettings, walkPacket } from '../packets/walked-packet.ts';
import type { SeenFrame } from '../path/journey.ts';
import { otherPlaces } from '../path/packet-places.ts';
import type { Trace } from '../verdict/trace-types.ts';
import { PROTOCOL } from '../wire/protocols.ts';
import type { Related } from './explanation.ts';
import { numberOf } from './packet-flow.ts';
import { packetPlace } from './packet-place.ts';
import { RELATION, relationOf, type Target } from './packet-relation.ts';

/** Copies and answers further away in time are not looked for. */
const WINDOW_SECONDS = 5;

export interface RelatedInput {
  trace: Trace;
  paths: readonly string[];
  capture: number;
  packet: PacketCopy;
  /** For one reading of the captures. */
  settings(): WalkSettings;
  reading: Reading;
  signal?: AbortSignal;
}

interface Search extends RelatedInput {
  own: WalkSettings;
  target: Target | null;
  found: Related[];
  /** The packet itself: walked again when the fragments before it have been seen. */
  walked: WalkedPacket;
}

/** The packet walked, and those related to it: copies in order of time, its first fragment, what it answers, the answer. */
export async function relatedPackets(input: RelatedInput): Promise<{ walked: WalkedPacket; related: Related[] }> {
  const own = input.settings();
  const walked = walkItself(input, own);
  const search: Search = { ...input, own, target: targetOf(walked, flowLayer(walked)), found: [], walked };
  await searchCapture(search);
  const order = { copy: 0, 'first-fragment': 1, request: 2, answer: 3 };
  const copies = search.walked.flow < 0 ? [] : await copiesOf(input);
  const related = [...copies, ...search.found.sort((a, b) => order[a.kind] - order[b.kind])];
  return { walked: search.walked, related };
}

function walkItself({ packet, capture }: RelatedInput, settings: WalkSettings): WalkedPacket {
  const { bytes, original, interface: device } = packet;
  return walkPacket(bytes, original, device.linkType, settings, { capture, interface: device.index });
}

/** The IP packet at layer `index` as something to look for; null when it is none. */
function targetOf({ bytes, stack, layers }: WalkedPacket, index: number): Target | null {
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

/** The packet's own capture once more: no packet of another one is its answer. */
async function searchCapture(search: Search): Promise<void> {
  const path = search.paths[search.capture] ?? '-';
  // cannot be read twice
  if (search.target === null || path === '-') return;
  const stretches = search.trace.index?.stretches[search.capture] ?? [];
  await readPackets(
    { ...search.reading, captures: [path], partly: () => ({ stretches, isWanted: mayTell(search, search.target) }) },
    {
      packet(packet) {
        const after = secondsAfter(search.packet, packet);
        const isBeyond = after !== null && after > WINDOW_SECONDS && packet.number > search.packet.number;
        if (search.signal?.aborted === true || isBeyond) return false;
        if (packet.stack.firstFragment >= 0) locate(search, packet);
        if (packet.number === search.packet.number) search.walked = walkItself(search, search.own);
        else if (after === null || Math.abs(after) <= WINDOW_SECONDS) look(search, packet, after);
        return !isComplete(search, packet.number);
      },
    },
  );
}

/** Which stretches may hold a related packet or end the search, and which tell what fragments are of. */
function mayTell({ packet: { moment, number } }: Search, target: Target | null): IsWanted {
  const looksBack = target !== null && (target.laterFragment || isAnswer(target));
  return ({ first, last, hasFragments }, end) => {
    if (moment === null || hasFragments) return true;
    if (end <= number && !looksBack) return false;
    const isBehind = end > number;
    return last + 1 >= moment.seconds - WINDOW_SECONDS && (isBehind || first <= moment.seconds + WINDOW_SECONDS + 1);
  };
}

/** Whether nothing more can be found behind packet `number`: what answers it has come, or its first fragment. */
function isComplete({ packet, target, found }: Search, number: number): boolean {
  if (target === null || number < packet.number) return false;
  const kind = target.laterFragment ? 'first-fragment' : 'answer';
  return found.some((one) => one.kind === kind);
}

function look(search: Search, packet: Packet, after: number | null): void {
  const { stack } = packet;
  const { target, capture, trace } = search;
  if (target === null) return;
  let relation: number = RELATION.none;
  for (let layer = 0; layer < stack.depth && relation === RELATION.none; layer++) {
    if (isIp(stack.protocol[layer]!)) relation = relationOf(target, packet.bytes, stack, layer);
  }
  const kind = kindOf(search, target, relation, packet.number);
  if (kind === null) return;
  const { link, encapsulation } = locate(search, packet);
  const { number } = packet;
  search.found.push(relatedOf(trace, kind, { capture, number, link, encapsulation }, after));
}

function relatedOf(
  trace: Trace,
  kind: Related['kind'],
  { capture, number, link, encapsulation }: Pick<SeenFrame, 'capture' | 'number' | 'link' | 'encapsulation'>,
  after: number | null,
): Related {
  const path = trace.captures[capture]?.path ?? '';
  return { kind, capture, path, number, encapsulation, place: packetPlace(trace, capture, link), after };
}

function locate({ own, capture }: Search, packet: Packet): WalkSettings['locator'] {
  own.locator.locate(packet.bytes, packet.stack, capture, packet.interface?.index ?? 0);
  return own.locator;
}

/** Null for what is not wanted: each counts once. */
function kindOf({ found, packet }: Search, target: Target, relation: number, number: number): Related['kind'] | null {
  const isNew = (kind: Related['kind']): boolean => !found.some((one) => one.kind === kind);
  if (relation === RELATION.firstFragment) return isNew('first-fragment') ? 'first-fragment' : null;
  if (relation !== RELATION.reverse) return null;
  if (number > packet.number) return isNew('answer') ? 'answer' : null;
  return isAnswer(target) && isNew('request') ? 'request' : null;
}

/** An echo reply or SYN-ACK: what it answers is worth naming. */
function isAnswer({ bytes, upper, protocol }: Target): boolean {
  if (upper < 0) return false;
  if (protocol === 1) return bytes[upper] === 0;
  if (protocol === 58) return bytes[upper] === 129;
  return protocol === 6 && ((bytes[upper + 13] ?? 0) & 0x12) === 0x12;
}

/** Frames of the packet at other places; times are compared by one clock. */
async function copiesOf({
  trace,
  paths,
  capture,
  packet,
  settings,
  reading,
  signal,
}: RelatedInput): Promise<Related[]> {
  const { index } = trace;
  if (index === undefined || paths.includes('-')) return [];
  const { number, moment } = packet;
  const { reader } = reading;
  const frames = await otherPlaces({
    ...{ trace, captures: paths, settings, within: WINDOW_SECONDS },
    packet: { capture, number },
    time: moment === null ? null : toSeconds(moment),
    ...(reader === undefined ? {} : { reader }),
    ...(signal === undefined ? {} : { signal }),
  });
  return frames.map((frame) => {
    const isTimed = moment !== null && Number.isFinite(frame.seconds);
    const after = isTimed ? secondsBetween(index.clocks, { ...moment, capture }, frame) : null;
    return relatedOf(trace, 'copy', frame, after);
  });
}

function secondsAfter({ moment }: PacketCopy, { seconds, nanos }: Packet): number | null {
  if (moment === null || !Number.isFinite(seconds)) return null;
  return seconds - moment.seconds + (nanos - moment.nanos) / 1e9;
}
