// The places on the way of a journey's packets in order, captured or not.

import { areComparable, doubtBetween } from '../attribution/clocks/clocks.ts';
import type { PointRole } from '../attribution/vocabulary.ts';
import { WORKLOAD_MAC } from '../cluster/calico.ts';
import type { TunnelKind } from '../cluster/profile.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import { PACKET_TYPE } from '../flow/frame-records.ts';
import { largestOf, smallestOf } from '../net/extremes.ts';
import type { FlowEnd, TraceIndex } from '../verdict/trace-types.ts';
import type { Direction } from './direction.ts';
import { type Heading, type Route, rankOf, type Stop } from './journey.ts';
import type { Side, StopState } from './path-model.ts';
import { EDGE_SECONDS, type Site, wayKey } from './sites.ts';

export interface RouteInput {
  index: TraceIndex;
  sites: readonly Site[];
  siteOf: readonly (Site | undefined)[];
  /** By site: addresses of the pods that all its flows have at one end; of a pod's veth, that pod's. */
  podsOf: readonly ReadonlySet<string>[];
  /** By site: of which nodes to which ones a NIC had packets, as `wayKey` has it. */
  nodeWaysOf: readonly ReadonlySet<string>[];
  /** Where the snapshot does not say it. */
  nodeOfPod: ReadonlyMap<string, string>;
}

/** What is known of a way while its stops are looked for. */
interface Draft extends Direction {
  from: string | null;
  to: string | null;
  stops: Stop[];
  stopOfLink: Map<number, Stop>;
}

/** Ways, each once: very many flows take few. */
export class Routes {
  readonly #known = new Map<string, Route>();
  readonly #input: RouteInput;

  constructor(input: RouteInput) {
    this.#input = input;
  }

  of(direction: Direction): Route {
    const { briefs, brief, dst } = direction;
    const nodeOf = ({ ip, node }: FlowEnd): string | null => node ?? this.#input.nodeOfPod.get(ip) ?? null;
    const draft: Draft = {
      ...direction,
      from: nodeOf(brief.src) ?? briefs.find(({ src }) => src.node !== null)?.src.node ?? null,
      to: nodeOf(dst) ?? briefs.find((one) => one.dst.node !== null)?.dst.node ?? null,
      stops: [],
      stopOfLink: new Map(),
    };
    findStops(draft, this.#input);
    const { from, to, stops, stopOfLink } = draft;
    const isWrong = brief.verdict === 'violation';
    const key = routeKey(draft, isWrong);
    const seen = new Set(stopOfLink.values());
    const unseen = stops.filter((stop) => stop.state === 'captured' && !seen.has(stop));
    const route = this.#known.get(key) ?? { from, to, stops, stopOfLink, unseen, isWrong };
    this.#known.set(key, route);
    return route;
  }
}

function routeKey({ from, to, stops, stopOfLink }: Draft, isWrong: boolean): string {
  const places = stops.map(({ side, role, node, state, tunnelKind, heading, sites }) =>
    [side, role, node, state, tunnelKind, heading, ...sites.map(({ index }) => index)].join(' '),
  );
  const links = [...stopOfLink].map(([link, { index }]) => `${link} ${index}`);
  return JSON.stringify([from, to, isWrong, places, links]);
}

type FoundStop = Stop & { firstPacket: number };

function findStops(draft: Draft, input: RouteInput): void {
  const stops = seenStops(draft, input);
  for (const expected of expectedStops(draft, input)) {
    const key = stopKey(expected.side, expected.role, expected.node, expected.tunnelKind);
    if (!stops.has(key) && !hasLike([...stops.values()], expected)) stops.set(key, { ...expected, firstPacket: 0 });
  }
  draft.stops = [...stops.values()].sort((a, b) => rankOf(a) - rankOf(b) || a.firstPacket - b.firstPacket);
  decideStates(draft, input);
}

/** Those where packets of it were seen. */
function seenStops(draft: Draft, input: RouteInput): Map<string, FoundStop> {
  const stops = new Map<string, FoundStop>();
  const { table, points } = input.index;
  for (const flow of draft.flows) {
    for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row)) {
      const link = table.linkOf(row);
      const site = input.siteOf[points.ofLink[link] ?? -1];
      // a mirrored copy may have been taken anywhere
      if (site === undefined || table.links.record(link).carried) continue;
      const { stop, key } = stopFor(draft, site, table, link, input);
      const known = stops.get(key) ?? { ...stop, firstPacket: firstSeconds(table, row) };
      known.firstPacket = Math.min(known.firstPacket, firstSeconds(table, row));
      stops.set(key, known);
      if (!known.sites.includes(site)) known.sites.push(site);
      draft.stopOfLink.set(link, known);
    }
  }
  return stops;
}

function decideStates(draft: Draft, input: RouteInput): void {
  const { briefs } = draft;
  const asked = briefs.map(({ expected }) => expected.encapsulation);
  const isTunnelled = asked.some((one) => one !== 'none' && one !== 'local');
  const seen = new Set(draft.stopOfLink.values());
  for (const [i, stop] of draft.stops.entries()) {
    stop.index = i;
    if (stop.state !== 'captured') continue;
    const isSeen = seen.has(stop);
    if (!isSeen && isOfOtherTime(stop, draft, input)) stop.state = 'other-time';
    else stop.state = !isSeen && isBypassed(stop, draft, input) ? 'bypassed' : stateOf(stop, isSeen, isTunnelled);
  }
}

/** Whether its captures hold packets, and none of the time in which the flow was seen. */
function isOfOtherTime({ sites }: Stop, { briefs, stopOfLink }: Draft, { index }: RouteInput): boolean {
  const { clocks, table } = index;
  const spans = briefs.map((brief) => brief.span());
  const [first, last] = [smallestOf(spans.map((one) => one.first)), largestOf(spans.map((one) => one.last))];
  const seenIn = [...new Set([...stopOfLink.keys()].map((link) => table.links.captureOf(link)))];
  if (sites.length === 0 || Number.isNaN(first + last) || seenIn.length === 0) return false;
  return sites.every((site) => {
    const pairs = site.captures.flatMap((capture) => seenIn.map((other) => [capture, other] as const));
    if (site.isEmpty || !pairs.every(([one, other]) => areComparable(clocks, one, other))) return false;
    const margin = EDGE_SECONDS + largestOf(pairs.map(([one, other]) => doubtBetween(clocks, one, other)));
    return [...site.spans.values()]
      .flat()
      .every((span) => span.last + margin < first / 1000 || last / 1000 + margin < span.first);
  });
}

/** Packets that were answered passed; and what goes where it should not has a way that is known. */
function isBypassed(stop: Stop, draft: Draft, input: RouteInput): boolean {
  const { briefs } = draft;
  if (briefs.some(({ outcome }) => outcome === 'answered')) return true;
  if (stop.role !== 'underlay' || isOnTheWay(stop, draft, input)) return false;
  return briefs.every(({ verdict }) => verdict !== 'violation');
}

/**
 * A node may have another NIC. One that packets are to pass has others of the same nodes, or is whom the sender's frames address; one
 * that they are to leave by has others that its node sent.
 */
function isOnTheWay(stop: Stop, { from, to, brief, stopOfLink }: Draft, { index, nodeWaysOf }: RouteInput): boolean {
  const way = wayKey({ node: from, ip: brief.src.ip }, stop.side === 'sender' ? '*' : to);
  if (stop.sites.some((site) => nodeWaysOf[site.index]?.has(way))) return true;
  const macs = new Set(stop.sites.flatMap(({ points }) => points.map(({ mac }) => mac)));
  const isAddressed = (link: number, role: PointRole): boolean => {
    const { dst } = index.table.links.record(link);
    return role === 'underlay' && dst !== null && macs.has(dst);
  };
  return [...stopOfLink].some(([link, { role }]) => isAddressed(link, role));
}

/** What a filter may keep out, or the kernel dropped, is no loss. */
function stateOf({ sites, role }: Stop, isSeen: boolean, isTunnelled: boolean): StopState {
  if (sites.length > 0 && sites.every(({ isEmpty }) => isEmpty)) return 'empty';
  if (sites.some(({ isDropping }) => isDropping)) return 'dropping';
  if (sites.some(({ isCut }) => isCut)) return 'cut';
  const hides = (site: Site): boolean => (role === 'underlay' && isTunnelled ? site.hidesTunnels : site.hidesPlain);
  return sites.some((site) => hides(site) && !(isSeen && site.isFilterPlain)) ? 'filtered' : 'captured';
}

function firstSeconds(table: FlowTable, row: number): number {
  return table.rows.firstSeconds(row) + table.rows.firstNanos(row) / 1e9;
}

function stopKey(side: Side, role: PointRole, node: string | null, kind: TunnelKind | null): string {
  return `${side} ${role} ${node} ${role === 'tunnel' ? kind : ''}`;
}

/** A tunnel device whose name is not known may be any. */
function hasLike(stops: readonly Stop[], { side, role, node, tunnelKind }: Stop): boolean {
  const isLike = (stop: Stop): boolean => stop.tunnelKind === null || tunnelKind === null;
  return stops.some((stop) => stop.side === side && stop.role === role && stop.node === node && isLike(stop));
}

function stopFor(
  draft: Draft,
  site: Site,
  table: FlowTable,
  link: number,
  input: RouteInput,
): { stop: Stop; key: string } {
  const side = sideOf(draft, site, table, link, input);
  const heading = headingOf(site, table, link);
  const made = newStop(side, site.role, site.node);
  const stop = { ...made, state: 'captured' as StopState, tunnelKind: site.tunnelKind, heading };
  const place = site.node === null || side === 'middle' ? ` ${site.index}` : '';
  return { stop, key: stopKey(side, site.role, site.node, site.tunnelKind) + place + (heading ?? '') };
}

/** A cooked header without an interface leaves several places in one; it tells those apart where packets come in and where they leave. */
function headingOf({ role }: Site, table: FlowTable, link: number): Heading | null {
  const { packetType } = table.links.record(link);
  if (role !== 'unknown' || packetType === null) return null;
  return packetType === PACKET_TYPE.outgoing ? 'sent' : 'received';
}

function newStop(side: Side, role: PointRole, node: string | null): Stop {
  return { index: 0, side, role, node, state: 'not-captured', sites: [], tunnelKind: null, heading: null };
}

function sideOf(draft: Draft, site: Site, table: FlowTable, link: number, input: RouteInput): Side {
  const { from, to } = draft;
  if (site.node === null || (site.node !== from && site.node !== to)) return 'middle';
  if (from !== to) return site.node === from ? 'sender' : 'receiver';
  if (headingOf(site, table, link) === 'sent') return 'receiver';
  if (site.role !== 'workload') return 'sender';
  return sideByFrame(table, link) ?? sideByOwner(draft, site, input);
}

/** On one node, both veths see the packet: it leaves the pod at one, and goes to the pod at the other. */
function sideByFrame(table: FlowTable, link: number): Side | null {
  const { packetType, src, dst } = table.links.record(link);
  if (packetType !== null) return packetType === PACKET_TYPE.outgoing ? 'receiver' : 'sender';
  if (src === WORKLOAD_MAC) return 'receiver';
  return dst === WORKLOAD_MAC ? 'sender' : null;
}

/** The pod whose address every flow of a veth has. */
function sideByOwner({ dst }: Draft, site: Site, { podsOf }: RouteInput): Side {
  return (podsOf[site.index]?.has(dst.ip) ?? false) ? 'receiver' : 'sender';
}

/** The places on the way as configured, in no order; those that were not captured among them. */
function expectedStops(draft: Draft, input: RouteInput): Stop[] {
  const { from, to, brief, briefs, dst } = draft;
  const stops: Stop[] = [];
  const add = (
    side: Side,
    role: PointRole,
    node: string | null,
    kind: TunnelKind | null,
    fits: (site: Site) => boolean,
  ) => {
    if (node === null) return;
    const sites = input.sites.filter(
      (site) => site.role === role && site.node === node && !site.isMirror && fits(site),
    );
    const stop = { ...newStop(side, role, node), sites, tunnelKind: kind };
    if (sites.length > 0) stop.state = 'captured';
    stops.push(stop);
  };
  const ownVeth = (ip: string) => (site: Site) => isVethOf(site, ip, input);
  const expected = [...briefs].map((one) => one.expected.encapsulation);
  const kind = (['vxlan', 'ipip', 'wireguard'] as const).find((one) => expected.includes(one)) ?? null;
  const isLocal = from !== null && from === to;
  if (brief.src.kind === 'pod') add('sender', 'workload', from, null, ownVeth(brief.src.ip));
  if (!isLocal && from !== null && to !== null) {
    const isIt = (site: Site): boolean => kind !== null && site.tunnelKind?.startsWith(kind) === true;
    if (kind !== null) add('sender', 'tunnel', from, kind, isIt);
    add('sender', 'underlay', from, null, () => true);
    add('receiver', 'underlay', to, null, () => true);
    if (kind !== null) add('receiver', 'tunnel', to, kind, isIt);
    if (kind === 'wireguard') encrypt(stops);
  }
  if (dst.kind === 'pod') add('receiver', 'workload', to, null, ownVeth(dst.ip));
  return stops;
}

function encrypt(stops: Stop[]): void {
  for (const stop of stops) if (stop.role === 'underlay') stop.state = 'encrypted';
}

/** By the address that all its flows have. */
function isVethOf(site: Site, ip: string, { podsOf }: RouteInput): boolean {
  const pods = podsOf[site.index];
  return pods !== undefined && pods.size === 1 && pods.has(ip);
}
