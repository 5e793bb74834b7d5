// Which journeys to follow: the flows asked for, those that are one under several addresses together, each with its route.

import { addUnder } from '../net/multi-map.ts';
import { protocolNumber } from '../net/protocol-name.ts';
import type { FlowBrief, Trace, TraceIndex } from '../verdict/trace-types.ts';
import { directionOf } from './direction.ts';
import type { FirstReading } from './first-reading.ts';
import type { Journey, Route } from './journey.ts';
import type { PacketRef, StopState } from './path-model.ts';
import { type RouteInput, Routes } from './routes.ts';
import { findSites, nodesByVeth, nodeWaysOfSites, podsOfSites, type Site } from './sites.ts';
import { translatedFlows } from './translated-flows.ts';

export interface JourneysRequest {
  trace: Trace;
  /** With any, only their flows. */
  packets: readonly PacketRef[];
  /** Ids; null: all of the trace. */
  flowIds: ReadonlySet<number> | null;
}

export interface Journeys {
  all: Journey[];
  /** By flow of the table. */
  ofFlow: (Journey | undefined)[];
  /** Stops of all of them. */
  slots: number;
  /** Of which one place alone was captured: they are not followed. */
  onePlace: number;
}

type BriefOf = (flow: number) => FlowBrief | null;

export function findJourneys(
  request: JourneysRequest,
  index: TraceIndex,
  first: FirstReading,
  briefOf: BriefOf,
): Journeys {
  const routes = new Routes(routeInput(request, index, first, briefOf));
  const partners = partnersOf(first, index, briefOf);
  const journeys: Journeys = { all: [], ofFlow: [], slots: 0, onePlace: 0 };
  const done = new Uint8Array(index.table.flowCount);
  for (const flow of wantedFlows(request, index, first)) {
    if (done[flow] === 1) continue;
    const direction = directionOf(groupOf(flow, partners), briefOf);
    if (direction === null) continue;
    const { flows } = direction;
    for (const one of flows) done[one] = 1;
    const route = routes.of(direction);
    if (request.packets.length === 0 && !isCompared(route)) {
      journeys.onePlace++;
      continue;
    }
    const isCut = flows.some((one) => first.cut.has(one));
    const journey = newJourney(flows, route, journeys.slots, isCut);
    journeys.slots += route.stops.length;
    journeys.all.push(journey);
    for (const one of flows) journeys.ofFlow[one] = journey;
  }
  return journeys;
}

function newJourney(flows: readonly number[], route: Route, firstSlot: number, isCut: boolean): Journey {
  const flowAt = flows.length > 1 ? new Int32Array(route.stops.length).fill(-1) : null;
  return {
    ...{ flows, route, firstSlot, flowAt, isCut },
    packets: 0,
    recent: null,
    top: 0,
    hasTop: false,
    hasFragments: false,
  };
}

function routeInput(
  { trace }: JourneysRequest,
  index: TraceIndex,
  { spans, unread }: FirstReading,
  briefOf: BriefOf,
): RouteInput {
  const { points, clocks } = index;
  const found = findSites({ points, captures: trace.captures, spans, clocks });
  noteLinks(index, found.siteOf, unread);
  const podsOf = podsOfSites(index, found, briefOf);
  const nodeWaysOf = nodeWaysOfSites(index, found, briefOf);
  return { ...found, index, podsOf, nodeWaysOf, nodeOfPod: nodesByVeth(found.sites, podsOf) };
}

function noteLinks(
  { table, points }: TraceIndex,
  siteOf: readonly (Site | undefined)[],
  unread: ReadonlySet<number>,
): void {
  for (let link = 0; link < table.links.count; link++) {
    const site = siteOf[points.ofLink[link] ?? -1];
    if (site === undefined) continue;
    site.isCut ||= unread.has(link);
    site.isMirror ||= table.links.record(link).carried;
  }
}

const NOT_COMPARED: ReadonlySet<StopState> = new Set(['not-captured', 'encrypted', 'empty', 'other-time']);

/** Whether two places of it were captured. */
function isCompared({ stops }: Route): boolean {
  return stops.filter(({ state }) => !NOT_COMPARED.has(state)).length > 1;
}

function wantedFlows({ flowIds, packets }: JourneysRequest, index: TraceIndex, { asked }: FirstReading): number[] {
  if (packets.length > 0) return asked.filter((flow) => flow >= 0);
  const wanted = flowIds ?? new Set(index.ids());
  const flows: number[] = [];
  for (let flow = 0; flow < index.table.flowCount; flow++) if (wanted.has(index.idOf(flow))) flows.push(flow);
  return flows.sort((a, b) => index.idOf(a) - index.idOf(b));
}

/** What packets show counts before what a node's connection tracking says. */
function partnersOf({ anywhere }: FirstReading, index: TraceIndex, briefOf: BriefOf): Map<number, number[]> {
  const shown = translatedFlows(anywhere, (flow) => {
    const brief = briefOf(flow);
    return brief === null ? null : { protocol: protocolNumber(brief.protocol), src: brief.src, dst: brief.dst };
  });
  const told = new Set(shown.flat());
  const pairs = [...shown, ...index.trackedPairs().filter((pair) => !pair.some((flow) => told.has(flow)))];
  const partners = new Map<number, number[]>();
  for (const [a, b] of pairs) {
    addUnder(partners, a, b);
    addUnder(partners, b, a);
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
