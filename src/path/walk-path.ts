// Captures and their trace -> the way of each packet: a first reading finds translations and what was cut off, a second one, in the
// order of time, follows every packet from place to place.
import { aheadOf, onReference } from '../attribution/clocks/clocks.ts';
import type { Packet } from '../decode/packet.ts';
import { protocolNumber } from '../net/protocol-name.ts';
import { type MergedRequest, readMerged } from '../packets/read-merged.ts';
import { readPackets } from '../packets/read-packets.ts';
import type { WalkSettings } from '../packets/walked-packet.ts';
import type { FlowBrief, Trace, TraceIndex } from '../verdict/trace-types.ts';
import { Frame } from './frame.ts';
import { Funnel } from './funnel.ts';
import type { Journey } from './journey.ts';
import { type JourneyInput, makeJourney } from './journeys.ts';
import type { PacketRef, PathReport } from './path-model.ts';
import { reportOf } from './report.ts';
import { PacketSample, type Span } from './sample.ts';
import { findSites, nodesByVeth, nodeWaysOf, podsOfSites, type Site } from './sites.ts';
import { translatedFlows } from './translated-flows.ts';
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
  const { index } = request.trace;
  if (index === undefined) throw new TypeError('a trace of captures has an index');
  const first = await readFirst(request);
  const briefOf = briefs(request.trace, index);
  const journeys = journeysOf(request, index, first, briefOf);
  const funnel = await follow(request, index, journeys, first);
  const { trace, packets } = request;
  return reportOf({
    trace,
    packets,
    index,
    journeys: journeys.all,
    onePlace: journeys.onePlace,
    funnel,
    asked: first.asked,
  });
}

export interface FirstReading {
  spans: (Span | null)[];
  /** Packets, whatever their flow is. */
  anywhere: PacketSample;
  /** Flows of the table of which the snaplen cut off what tells packets. */
  cut: Set<number>;
  /** Links of the table with tunnels that were cut off. */
  unread: Set<number>;
  /** Flows of the packets that are asked for by number, in their order; -1 for those of none. */
  asked: number[];
  digits: number[];
}

async function readFirst(request: PathRequest): Promise<FirstReading> {
  const { captures } = request;
  const { ports, locator } = request.settings();
  const found: FirstReading = {
    spans: captures.map(() => null),
    anywhere: new PacketSample(),
    cut: new Set(),
    unread: new Set(),
    asked: request.packets.map(() => -1),
    digits: captures.map(() => 6),
  };
  const frame = new Frame();
  await readPackets(
    { ...request, ports },
    {
      packet(packet) {
        locator.locate(packet.bytes, packet.stack, packet.capture, packet.interface?.index ?? 0);
        note(found, packet);
        const isOfFlow = frame.read(packet, locator);
        if (frame.isUnread) found.unread.add(frame.link);
        if (!isOfFlow) return true;
        for (const [i, one] of request.packets.entries())
          if (one.capture === frame.capture && one.number === frame.number) found.asked[i] = frame.flow;
        if (frame.isOuterRest) return true;
        if (frame.isCut || frame.isUnread) found.cut.add(frame.flow);
        if (!frame.isStrong) return true;
        found.anywhere.add(frame.contentKey, frame);
        return true;
      },
    },
  );
  return found;
}

function note({ spans, digits }: FirstReading, { capture, seconds, nanos, interface: device }: Packet): void {
  if (device !== null) digits[capture] = device.timeDigits;
  if (!Number.isFinite(seconds)) return;
  const time = seconds + nanos / 1e9;
  const span = spans[capture] ?? { first: time, last: time };
  span.first = Math.min(span.first, time);
  span.last = Math.max(span.last, time);
  spans[capture] = span;
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

interface Journeys {
  all: Journey[];
  /** By flow of the table. */
  ofFlow: Map<number, Journey>;
  /** Of which one place alone was captured: they are not followed. */
  onePlace: number;
}

function journeysOf(
  request: PathRequest,
  index: TraceIndex,
  first: FirstReading,
  briefOf: (flow: number) => FlowBrief | null,
): Journeys {
  const { points, clocks } = index;
  const { sites, siteOf } = findSites({ points, captures: request.trace.captures, spans: first.spans, clocks });
  noteLinks(index, siteOf, first.unread);
  const podsOf = podsOfSites(index, siteOf, sites.length, briefOf);
  const waysOf = nodeWaysOf(index, siteOf, sites.length, briefOf);
  const input: JourneyInput = {
    ...{ index, briefOf, sites, siteOf, podsOf },
    nodeWaysOf: waysOf,
    nodeOfPod: nodesByVeth(sites, podsOf),
  };
  const partners = partnersOf(first, briefOf);
  const journeys: Journeys = { all: [], ofFlow: new Map(), onePlace: 0 };
  const done = new Set<number>();
  for (const flow of wantedFlows(request, index, first)) {
    if (journeys.ofFlow.has(flow) || done.has(flow)) continue;
    const journey = makeJourney(input, groupOf(flow, partners));
    if (journey === null) continue;
    journey.isCut = journey.flows.some((one) => first.cut.has(one));
    if (request.packets.length === 0 && !isCompared(journey)) {
      for (const one of journey.flows) done.add(one);
      journeys.onePlace++;
      continue;
    }
    journeys.all.push(journey);
    for (const one of journey.flows) journeys.ofFlow.set(one, journey);
  }
  return journeys;
}

function noteLinks({ table, points }: TraceIndex, siteOf: readonly Site[], unread: ReadonlySet<number>): void {
  for (let link = 0; link < table.links.count; link++) {
    const site = siteOf[points.ofLink[link] ?? -1];
    if (site === undefined) continue;
    site.isCut ||= unread.has(link);
    site.isMirror ||= table.links.record(link).carried;
  }
}

/** Whether two places of it were captured. */
function isCompared({ stops }: Journey): boolean {
  return stops.filter(({ state }) => state !== 'not-captured' && state !== 'encrypted').length > 1;
}

function wantedFlows({ flowIds, packets }: PathRequest, index: TraceIndex, { asked }: FirstReading): number[] {
  if (packets.length > 0) return asked.filter((flow) => flow >= 0);
  const wanted = flowIds ?? new Set(index.ids());
  const flows: number[] = [];
  for (let flow = 0; flow < index.table.flowCount; flow++) if (wanted.has(index.idOf(flow))) flows.push(flow);
  return flows.sort((a, b) => index.idOf(a) - index.idOf(b));
}

function partnersOf({ anywhere }: FirstReading, briefOf: (flow: number) => FlowBrief | null): Map<number, number[]> {
  const pairs = translatedFlows(anywhere, (flow) => {
    const brief = briefOf(flow);
    return brief === null ? null : { protocol: protocolNumber(brief.protocol), src: brief.src, dst: brief.dst };
  });
  const partners = new Map<number, number[]>();
  for (const [a, b] of pairs) {
    partners.set(a, [...(partners.get(a) ?? []), b]);
    partners.set(b, [...(partners.get(b) ?? []), a]);
  }
  return partners;
}

/** A flow and all that it became on its way. */
function groupOf(flow: number, partners: ReadonlyMap<number, readonly number[]>): number[] {
  const group = [flow];
  for (let i = 0; i < group.length; i++)
    for (const other of partners.get(group[i] ?? -1) ?? []) if (!group.includes(other)) group.push(other);
  return group;
}

async function follow(
  request: PathRequest,
  { clocks }: TraceIndex,
  { ofFlow }: Journeys,
  { digits, spans }: FirstReading,
): Promise<Funnel> {
  const { ports, locator } = request.settings();
  const { packets } = request;
  const funnel = new Funnel({
    clocks,
    isShown: ({ isAsked }) => isAsked || packets.length === 0,
    mostShown: request.mostShown,
    timeDigits: digits,
  });
  const units = new UnitTable((unit, isForced) => funnel.add(unit, isForced));
  if (ofFlow.size === 0) return funnel;
  const frame = new Frame();
  const ahead = spans.map((span, capture) => aheadOf(clocks, capture, span?.first ?? 0));
  await readMerged({ ...request, ports, ahead }, (packet) => {
    locator.locate(packet.bytes, packet.stack, packet.capture, packet.interface?.index ?? 0);
    if (!frame.read(packet, locator)) return;
    const journey = ofFlow.get(frame.flow);
    const stop = journey?.stopOfLink.get(frame.link);
    if (journey === undefined || stop === undefined) return;
    frame.time = onReference(clocks, frame.capture, frame.seconds + frame.nanos / 1e9);
    const unit = units.see(frame, journey, stop);
    if (unit !== null && packets.some((one) => one.capture === frame.capture && one.number === frame.number))
      unit.isAsked = true;
  });
  units.finish();
  return funnel;
}
