// The time that captures cover, where it matters to who owns an address: pods that a snapshot created later are weaker
// candidates (topology/ask/opinions.ts). Most snapshots are older than their captures: then nothing is read.
import type { TimeWindow } from '../attribution/who/address-book.ts';
import { openCaptures } from '../capture/open.ts';
import { captureSpan } from '../capture/plan.ts';
import type { PacketBatch } from '../capture/source.ts';
import { type Moment, toSeconds } from '../net/time.ts';
import type { Topology } from '../topology/model.ts';

export interface WindowRequest {
  /** Paths that can be read twice. */
  captures: readonly string[];
  topology: Topology;
  reader?: 'builtin' | 'pcap-parser';
  signal?: AbortSignal;
}

/** First and last time; null where no pod was created after the first packet, so that it does not matter. */
export async function timeWindow(request: WindowRequest): Promise<TimeWindow | null> {
  const created = request.topology.pods.map((pod) => pod.created).filter((time) => time !== null);
  const newest = created.reduce((latest, time) => Math.max(latest, time), Number.NEGATIVE_INFINITY);
  if (created.length === 0) return null;
  const begin = await spanOf(request, true);
  return begin === null || newest <= begin.first ? null : spanOf(request, false);
}

/** First and last packet of all captures; those whose ends do not tell it are read. Null without a time. */
export async function wholeWindow(
  request: Omit<WindowRequest, 'topology'>,
): Promise<{ first: Moment; last: Moment } | null> {
  let first: Moment | null = null;
  let last: Moment | null = null;
  for (const path of request.captures) {
    const ends = await captureSpan(path);
    // what is no capture has no time
    if (ends === null) continue;
    const read =
      ends?.first != null && ends.last !== null ? null : await spanOf({ ...request, captures: [path] }, false);
    const begin = read === null ? (ends?.first ?? null) : momentOf(read.first);
    const end = read === null ? (ends?.last ?? null) : momentOf(read.last);
    if (begin !== null && (first === null || toSeconds(begin) < toSeconds(first))) first = begin;
    if (end !== null && (last === null || toSeconds(end) > toSeconds(last))) last = end;
  }
  return first === null || last === null ? null : { first, last };
}

/** To the microsecond, which is what a float of today's seconds holds. */
function momentOf(seconds: number): Moment {
  const whole = Math.floor(seconds);
  return { seconds: whole, nanos: Math.round((seconds - whole) * 1e6) * 1000 };
}

/** Of all packets, or of each capture's first batch only. Null without a time. */
async function spanOf(request: Omit<WindowRequest, 'topology'>, startOnly: boolean): Promise<TimeWindow | null> {
  const span = { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
  const options = {
    ...(request.reader === undefined ? {} : { reader: request.reader }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  };
  for (const reader of await openCaptures(request.captures, options)) {
    for await (const batch of reader.batches()) {
      widen(span, batch);
      if (startOnly) break;
    }
  }
  return span.first === Number.POSITIVE_INFINITY ? null : span;
}

function widen(span: TimeWindow, batch: PacketBatch): void {
  for (let i = 0; i < batch.count; i++) {
    const time = batch.seconds[i]! + batch.nanos[i]! / 1e9;
    if (time < span.first) span.first = time;
    if (time > span.last) span.last = time;
  }
}
