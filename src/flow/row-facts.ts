// HOT: per packet. No allocation.
// What one packet adds to its row: counters, times, TTL, payload, and by protocol TCP's and ICMP's facts. Few and rather long
// functions by design: each call that the optimiser does not inline costs as much as ten of the reads in it.
import type { PacketBatch } from '../capture/source.ts';
import type { LayerStack } from '../decode/layer-stack.ts';
import { IPV4 } from '../wire/ipv4.ts';
import { IPV6 } from '../wire/ipv6.ts';
import { PROTOCOL } from '../wire/protocols.ts';
import { TCP } from '../wire/tcp.ts';
import { ipHeaderLength, wireEnd } from './ip-facts.ts';
import { BIT, type ObservationColumns, RECORD } from './observation-columns.ts';
import type { Selection } from './selection.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const P = PROTOCOL;
const R = RECORD;
const B = BIT;
const TTL = IPV4.ttl.bit >> 3;
const HOP_LIMIT = IPV6.hlim.bit >> 3;
const IPV4_FLAGS = IPV4.flags.bit >> 3;
const DONT_FRAGMENT = 0x40;
const DATA_OFFSET = TCP.hdr_len.bit >> 3;
const MIN_TCP_HEADER = TCP.headerLength;
const ECHO = 8;
const ECHO_REPLY = 0;
const ECHO_V6 = 128;
const ECHO_REPLY_V6 = 129;

/** Packets, original bytes, first and last packet and time. */
export function countPacket(c: ObservationColumns, row: number, batch: PacketBatch, i: number, packet: number): void {
  const { doubles, words } = c;
  const at = row * R.doubles;
  const wordsAt = row * R.words;
  const seconds = batch.seconds[i]!;
  const nanos = batch.nanos[i]!;
  const original = batch.original[i]!;
  const before = doubles[at + R.packets]!;
  doubles[at + R.packets] = before + 1;
  doubles[at + R.bytes]! += original;
  doubles[at + R.lastPacket] = packet;
  if (original > batch.captured[i]!) words[wordsAt + R.bits]! |= B.truncated;
  const last = doubles[at + R.lastSeconds]!;
  if (before === 0) {
    c.firstPacket[row] = packet;
    setFirst(c, row, seconds, nanos);
  } else if (seconds < last || (seconds === last && nanos <= words[wordsAt + R.lastNanos]!)) {
    if (isEarlier(c, row, seconds, nanos)) setFirst(c, row, seconds, nanos);
    return;
  } else if (Number.isNaN(last)) setFirst(c, row, seconds, nanos);
  // A packet without a time (pcapng's simple packet block) moves nothing.
  else if (Number.isNaN(seconds)) return;
  doubles[at + R.lastSeconds] = seconds;
  words[wordsAt + R.lastNanos] = nanos;
}

function setFirst(c: ObservationColumns, row: number, seconds: number, nanos: number): void {
  c.firstSeconds[row] = seconds;
  c.firstNanos[row] = nanos;
}

function isEarlier(c: ObservationColumns, row: number, seconds: number, nanos: number): boolean {
  const first = c.firstSeconds[row]!;
  return seconds < first || (seconds === first && nanos < c.firstNanos[row]!);
}

/** TTL and DF of the flow's IP header. */
export function countHeader(c: ObservationColumns, row: number, view: DataView, at: number, isV4: boolean): void {
  const words = c.words;
  const record = row * R.words;
  const ttl = view.getUint8(at + (isV4 ? TTL : HOP_LIMIT));
  if (ttl < words[record + R.ttlMin]!) words[record + R.ttlMin] = ttl;
  if (ttl > words[record + R.ttlMax]!) words[record + R.ttlMax] = ttl;
  if (isV4 && view.getUint8(at + IPV4_FLAGS) & DONT_FRAGMENT) words[record + R.bits]! |= B.innerDontFragment;
}

/**
 * Counts and returns the payload bytes: above the TCP header, else above the IP header. Counts the tunnel's overhead too.
 * @param cut bytes of the frame that were not captured.
 */
export function countPayload(
  c: ObservationColumns,
  row: number,
  view: DataView,
  stack: LayerStack,
  { network, transport, overheadBytes }: Selection,
  cut: number,
): number {
  const { doubles, words } = c;
  const at = stack.start[network]!;
  const end = wireEnd(view, stack, network, cut);
  let from: number;
  if (transport >= 0 && stack.protocol[transport] === P.tcp) {
    const header = (view.getUint8(stack.start[transport]! + DATA_OFFSET) >> 4) << 2;
    from = stack.start[transport]! + Math.max(header, MIN_TCP_HEADER);
  } else if (network + 1 < stack.depth) from = stack.start[network + 1]!;
  else from = at + ipHeaderLength(view, stack, network);
  if (end - at > words[row * R.words + R.largest]!) words[row * R.words + R.largest] = end - at;
  const payload = end > from ? end - from : 0;
  doubles[row * R.doubles + R.payloadBytes]! += payload;
  if (overheadBytes > 0) doubles[row * R.doubles + R.overheadBytes]! += overheadBytes;
  return payload;
}

/** Counts an echo request or reply; false for any other ICMP type. */
export function countEcho(c: ObservationColumns, row: number, type: number, isV4: boolean): boolean {
  if (type === (isV4 ? ECHO : ECHO_V6)) c.requests[row]!++;
  else if (type === (isV4 ? ECHO_REPLY : ECHO_REPLY_V6)) c.replies[row]!++;
  else return false;
  return true;
}
