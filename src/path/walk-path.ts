// Captures and their trace -> the way of each packet: a first reading finds translations and what was cut off, a second one, in the
// order of time, follows every packet from place to place.
import { aheadOf, onReference } from '../attribution/clocks/clocks.ts';
import { type MergedRequest, readMerged } from '../packets/read-merged.ts';
import type { WalkSettings } from '../packets/walked-packet.ts';
import type { FlowBrief, Trace, TraceIndex } from '../verdict/trace-types.ts';
import { type FirstReading, readFirst } from './first-reading.ts';
import { Frame } from './frame.ts';
import { Funnel } from './funnel.ts';
import { findJourneys, type Journeys } from './journeys.ts';
import type { PacketRef, PathReport } from './path-model.ts';
import { reportOf } from './report.ts';
import { StopCounts } from './stop-counts.ts';
import { UnitTable } from './units.ts';

export interface PathRequest extends Omit<MergedRequest, 'ports' | 'ahead'> {
  /** The trace of these captures; its filters tell which flows are followed. */
  trace: Trace;
  settings(): WalkSettings;
  /** Packets to show one by one, whatever their flow; with any, only their flows are followed. */
  packets: readonly PacketRef[];
  /** Packets of each flow to show one by one, at most. */
  mostShown: number;
  /** Ids of the flows to follow; null: all of the trace. */
  flowIds: ReadonlySet<number> | null;
}

/** @throws OverlensError when the captures cannot be read again */
export async function walkPath(request: PathRequest): Promise<PathReport> {
  const { trace, packets } = request;
  const { index } = trace;
  if (index === undefined) throw new TypeError('a trace of captures has an index');
  const briefOf = briefs(trace, index);
  const { journeys, first } = await prepare(request, index, briefOf);
  const funnel = await follow(request, index, journeys, first);
  return reportOf({ trace, packets, index, journeys, funnel, asked: first.asked, briefOf });
}

type Kept = Pick<FirstReading, 'spans' | 'digits' | 'asked'>;

/** Lets go of the sample: it is not small. */
async function prepare(
  request: PathRequest,
  index: TraceIndex,
  briefOf: (flow: number) => FlowBrief | null,
): Promise<{ journeys: Journeys; first: Kept }> {
  const { ports, locator } = request.settings();
  const first = await readFirst({ ...request, ports }, locator, request.packets);
  const { spans, digits, asked } = first;
  return { journeys: findJourneys(request, index, first, briefOf), first: { spans, digits, asked } };
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

async function follow(
  request: PathRequest,
  { clocks }: TraceIndex,
  { all, ofFlow, slots }: Journeys,
  { digits, spans }: Pick<FirstReading, 'digits' | 'spans'>,
): Promise<Funnel> {
  const { ports, locator } = request.settings();
  const { packets } = request;
  const funnel = new Funnel({
    counts: new StopCounts(slots),
    clocks,
    isShown: ({ isAsked }) => isAsked || packets.length === 0,
    mostShown: request.mostShown,
    timeDigits: digits,
  });
  const units = new UnitTable((unit, isForced) => funnel.add(unit, isForced));
  if (all.length === 0) return funnel;
  const frame = new Frame();
  const ahead = spans.map((span, capture) => aheadOf(clocks, capture, span?.first ?? 0));
  await readMerged({ ...request, ports, ahead }, (packet) => {
    locator.locate(packet.bytes, packet.stack, packet.capture, packet.interface?.index ?? 0);
    if (!frame.read(packet, locator)) return;
    const journey = ofFlow[frame.flow];
    const stop = journey?.route.stopOfLink.get(frame.link);
    if (journey === undefined || stop === undefined) return;
    frame.time = onReference(clocks, frame.capture, frame.seconds + frame.nanos / 1e9);
    const unit = units.see(frame, journey, stop);
    if (unit !== null && packets.some((one) => one.capture === frame.capture && one.number === frame.number))
      unit.isAsked = true;
  });
  units.finish();
  return funnel;
}
