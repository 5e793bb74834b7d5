// Captures and their trace -> the way of each packet: a first reading finds translations and what was cut off, a second one, in the
// order of time, follows every packet from place to place.
import { aheadOf, onReference } from '../attribution/clocks/clocks.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import { FlowAddresses } from '../packets/flow-addresses.ts';
import { type MergedRequest, readMerged } from '../packets/read-merged.ts';
import type { PacketRequest } from '../packets/read-packets.ts';
import type { WalkSettings } from '../packets/walked-packet.ts';
import type { FlowBrief, Trace, TraceIndex } from '../verdict/trace-types.ts';
import { type FirstReading, readAsked, readFirst, restoreFirst, saveFirst } from './first-reading.ts';
import { Frame } from './frame.ts';
import { Funnel } from './funnel.ts';
import { aside, type Journey, type Stop, type Unit } from './journey.ts';
import { findJourneys, type Journeys } from './journeys.ts';
import type { PacketRef, PathReport } from './path-model.ts';
import { reportOf } from './report.ts';
import { StopCounts } from './stop-counts.ts';
import { UnitTable } from './units/units.ts';

/** What following packets takes. */
export interface FollowRequest extends Omit<MergedRequest, 'ports' | 'ahead' | 'among'> {
  /** The trace of these captures; its filters tell which flows are followed. */
  trace: Trace;
  settings(): WalkSettings;
  /** Packets to show one by one, whatever their flow; with any, only their flows are followed. */
  packets: readonly PacketRef[];
  /** Ids of the flows to follow; null: all of the trace. */
  flowIds: ReadonlySet<number> | null;
}

export interface PathRequest extends FollowRequest {
  /** Packets of each flow to show one by one, at most. */
  mostShown: number;
}

/** What is followed, and what the first reading tells beside it. */
export interface Prepared extends Pick<FirstReading, 'spans' | 'digits' | 'asked'> {
  index: TraceIndex;
  journeys: Journeys;
  briefOf(flow: number): FlowBrief | null;
}

/** Epoch seconds by the reference clock. */
export interface FollowWindow {
  from: number;
  to: number;
}

/** @throws OverlensError when the captures cannot be read again */
export async function walkPath(request: PathRequest): Promise<PathReport> {
  const { trace, packets, mostShown } = request;
  const prepared = await prepare(request);
  const { index, journeys, digits } = prepared;
  const funnel = new Funnel({
    counts: new StopCounts(journeys.slots),
    clocks: index.clocks,
    isShown: ({ askedAt }) => askedAt !== null || packets.length === 0,
    mostShown,
    timeDigits: digits,
  });
  await follow(request, prepared, null, (unit, isForced) => funnel.add(unit, isForced));
  return reportOf({ ...prepared, trace, packets, funnel });
}

/** Lets go of the sample: it is not small. */
export async function prepare(request: FollowRequest): Promise<Prepared> {
  const { index } = request.trace;
  if (index === undefined) throw new TypeError('a trace of captures has an index');
  const briefOf = briefs(request.trace, index);
  const first = await firstReading(request, index);
  const { spans, digits, asked } = first;
  return { index, journeys: findJourneys(request, index, first, briefOf), spans, digits, asked, briefOf };
}

/** From an earlier run, where one was kept. */
async function firstReading(request: FollowRequest, index: TraceIndex): Promise<FirstReading> {
  const { ports, locator } = request.settings();
  const { captures, packets, since = null, until = null } = request;
  const asked: PacketRequest = { ...request, ports };
  const what = JSON.stringify(['first reading', since, until]);
  const kept = index.beside?.find(what, (saved) => restoreFirst(saved, captures.length, index)) ?? null;
  if (kept !== null) {
    const isWhole = since === null && until === null;
    return { ...kept, asked: await readAsked(asked, locator, packets, isWhole ? index.stretches : []) };
  }
  const first = await readFirst(asked, locator, packets);
  if (request.signal?.aborted !== true) index.beside?.keep(what, saveFirst(first));
  return first;
}

/** Of the last flow that was asked for it is kept: flows are gone through row by row. */
function briefs({ flows }: Trace, index: TraceIndex): (flow: number) => FlowBrief | null {
  let last = -1;
  let brief: FlowBrief | null = null;
  return (flow) => {
    if (flow < 0) return null;
    if (flow !== last) brief = flows.brief?.(index.idOf(flow)) ?? null;
    last = flow;
    return brief;
  };
}

/**
 * Reads the captures that have packets of the journeys once more.
 * @param window packets outside are not followed; null: all are
 * @param done gets every packet when all places have seen it that ever will
 */
export async function follow(
  request: FollowRequest,
  { index, journeys, spans }: Pick<Prepared, 'index' | 'journeys' | 'spans'>,
  window: FollowWindow | null,
  done: (unit: Unit, isForced: boolean) => void,
): Promise<void> {
  const { all, ofFlow } = journeys;
  if (all.length === 0) return;
  const { clocks } = index;
  const { ports, locator } = request.settings();
  const { packets } = request;
  const units = new UnitTable(done);
  const frame = new Frame();
  const asides = new Map<number, Stop>();
  const ahead = spans.map((span, capture) => aheadOf(clocks, capture, span?.first ?? 0));
  const among = capturesOf(index, journeys);
  const addresses = hasFragments(index, among)
    ? null
    : FlowAddresses.of(
        index.table,
        all.flatMap(({ flows }) => flows),
      );
  const partly = partsAround(request, index, window, journeys, among);
  await readMerged({ ...request, ports, ahead, among, ...partly }, (packet) => {
    const time = onReference(clocks, packet.capture, packet.seconds + packet.nanos / 1e9);
    if (window !== null && time > window.to) return false;
    if (addresses !== null && !addresses.mayHave(packet)) return true;
    locator.locate(packet.bytes, packet.stack, packet.capture, packet.interface?.index ?? 0);
    if ((window !== null && time < window.from) || !frame.read(packet, locator)) return true;
    const journey = ofFlow[frame.flow];
    if (journey === undefined) return true;
    const stop = journey.route.stopOfLink.get(frame.link) ?? (packets.length > 0 ? asideOf(asides, frame.link) : null);
    if (stop === null) return true;
    frame.time = time;
    frame.isAsked = packets.some((one) => one.capture === frame.capture && one.number === frame.number);
    units.see(frame, journey, stop);
    return true;
  });
  units.finish();
}

/** Seconds before a window that are read too: what is due when is told by clocks that run evenly. */
const MARGIN = 10;

/**
 * Of a reading around a window, what need not be read: what lies before it, and in a capture that is read alone all between which no packet
 * of the flows is. What lies behind the window ends the reading. Only where no capture has fragments: what they are of hangs on all of them.
 */
function partsAround(
  { since, until }: FollowRequest,
  { stretches, clocks, table }: TraceIndex,
  window: FollowWindow | null,
  { all }: Journeys,
  among: readonly number[],
): Pick<MergedRequest, 'partly'> {
  const isCertain = since == null && until == null && !stretches.flat().some(({ hasFragments }) => hasFragments);
  if (window === null || !isCertain) return {};
  // side by side, a packet that nobody asks for is still one that others wait for
  const { least, most } = among.length === 1 ? packetsOf(table, all) : EVERY_PACKET;
  return {
    partly: (capture) => ({
      stretches: stretches[capture] ?? [],
      isWanted({ last, packet }, end) {
        const latest = onReference(clocks, capture, last + 1);
        return latest > window.to || (latest >= window.from - MARGIN && packet <= most && end > least);
      },
    }),
  };
}

/** Whether some capture may have fragments. */
function hasFragments({ stretches }: TraceIndex, among: readonly number[]): boolean {
  const known = among.map((capture) => stretches[capture] ?? []);
  return known.some((own) => own.length === 0 || own.some((stretch) => stretch.hasFragments));
}

const EVERY_PACKET = { least: 0, most: Number.POSITIVE_INFINITY };

/** The first and the last packet of the flows of journeys. */
function packetsOf(table: FlowTable, all: readonly Journey[]): { least: number; most: number } {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const flow of all.flatMap(({ flows }) => flows))
    for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row)) {
      least = Math.min(least, table.rows.firstPacket(row));
      most = Math.max(most, table.rows.lastPacket(row));
    }
  return { least, most };
}

/** The copies of each mirror are followed where packets are asked for. */
function asideOf(asides: Map<number, Stop>, link: number): Stop {
  const stop = asides.get(link) ?? aside();
  asides.set(link, stop);
  return stop;
}

/** Captures that have packets of the journeys, in order. */
function capturesOf({ table }: TraceIndex, { all }: Journeys): number[] {
  const captures = new Set<number>();
  for (const { flows } of all)
    for (const flow of flows)
      for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row))
        captures.add(table.links.captureOf(table.linkOf(row)));
  return [...captures].sort((a, b) => a - b);
}
