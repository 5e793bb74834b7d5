// Captures and their trace -> the way of each packet: a first reading finds translations and what was cut off, a second one, in the
// order of time, follows every packet from place to place.
import { aheadOf, onReference } from '../attribution/clocks/clocks.ts';
import { type MergedRequest, readMerged } from '../packets/read-merged.ts';
import type { WalkSettings } from '../packets/walked-packet.ts';
import type { FlowBrief, Trace, TraceIndex } from '../verdict/trace-types.ts';
import { type FirstReading, readFirst } from './first-reading.ts';
import { Frame } from './frame.ts';
import { Funnel } from './funnel.ts';
import { aside, type Stop, type Unit } from './journey.ts';
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
  const { ports, locator } = request.settings();
  const first = await readFirst({ ...request, ports }, locator, request.packets);
  const { spans, digits, asked } = first;
  return { index, journeys: findJourneys(request, index, first, briefOf), spans, digits, asked, briefOf };
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
  await readMerged({ ...request, ports, ahead, among: capturesOf(index, journeys) }, (packet) => {
    locator.locate(packet.bytes, packet.stack, packet.capture, packet.interface?.index ?? 0);
    const time = onReference(clocks, packet.capture, packet.seconds + packet.nanos / 1e9);
    if (window !== null && time > window.to) return false;
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
