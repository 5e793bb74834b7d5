// The places of a cluster that were captured: capture points that are one place, when they were captured, and what may be missing
// from them for other reasons than loss.
import { type Clocks, onReference } from '../attribution/clocks/clocks.ts';
import type { Points } from '../attribution/points/points.ts';
import type { Point } from '../attribution/points/points-input.ts';
import type { PointRole } from '../attribution/vocabulary.ts';
import type { TunnelKind } from '../cluster/profile.ts';
import { tunnelKindOfDevice } from '../cluster/profiles.ts';
import { parseCaptureExpression } from '../net/capture-expression.ts';
import type { FlowBrief, FlowEnd, TracedCapture, TraceIndex } from '../verdict/trace-types.ts';
import type { Span } from './sample.ts';

export interface Site {
  index: number;
  role: PointRole;
  node: string | null;
  devices: string[];
  /** Of a tunnel device whose name tells. */
  tunnelKind: TunnelKind | null;
  points: Point[];
  /** Indexes of the captures that show it. */
  captures: number[];
  isDropping: boolean;
  /** Its captures hold no packet. */
  isEmpty: boolean;
  /** Copies of a mirror, which may have been taken anywhere. */
  isMirror: boolean;
  /** The snaplen cut off what is inside tunnels. */
  isCut: boolean;
  hidesPlain: boolean;
  hidesTunnels: boolean;
  /** A filter that lets either all packets of a flow pass or none. */
  isFilterPlain: boolean;
  /** By device: the times that its captures cover, by the reference clock. All devices must be covered. */
  spans: Map<string, Span[]>;
}

/** Packets on their way when a capture ended are not lost. */
export const EDGE_SECONDS = 0.1;

/** Whether a packet that passed a place before at that moment had to be seen. */
export function covers({ spans }: Site, time: number, margin: number): boolean {
  for (const own of spans.values()) {
    if (!own.some(({ first, last }) => time >= first + margin && time <= last - EDGE_SECONDS - margin)) return false;
  }
  return spans.size > 0;
}

/** Whether any of its captures ran at that moment, as far as their packets show. */
export function ranAt({ spans }: Site, time: number): boolean {
  for (const own of spans.values())
    if (own.some(({ first, last }) => time >= first - EDGE_SECONDS && time <= last + EDGE_SECONDS)) return true;
  return false;
}

export interface SiteInput {
  points: Points;
  captures: readonly TracedCapture[];
  spans: readonly (Span | null)[];
  clocks: Clocks;
}

/** Sites, and the site of each point; of a capture without times nothing follows a packet: its points are none. */
export interface Sites {
  sites: Site[];
  siteOf: (Site | undefined)[];
}

export function findSites({ points, captures, spans, clocks }: SiteInput): Sites {
  const known = new Map<string, Site>();
  const kinds = tunnelKinds(points);
  const siteOf = points.all.map((point) => {
    if (captures[point.capture]?.untimed !== undefined) return undefined;
    const key = keyOf(point, kinds);
    const site = known.get(key) ?? newSite(known.size, point);
    known.set(key, site);
    addPoint(site, point, captures[point.capture]);
    const ring = points.rings.ringOf[point.capture] ?? 0;
    addSpan(site, point.interface ?? `ring ${ring}`, spanOn(clocks, point.capture, spans[point.capture] ?? null));
    return site;
  });
  for (const silent of points.silent) {
    const key = keyOf({ ...silent, local: 0 }, kinds);
    const site = known.get(key) ?? { ...newSite(known.size, silent), isEmpty: true };
    known.set(key, site);
    if (site.isEmpty) addDevice(site, silent);
  }
  return { sites: [...known.values()], siteOf };
}

/** Of each node, the kinds of its tunnel devices that were captured: where there is one, a device without a name is of it. */
function tunnelKinds({ all }: Points): Map<string, TunnelKind[]> {
  const kinds = new Map<string, TunnelKind[]>();
  for (const { node, role, interface: device } of all) {
    const kind = role === 'tunnel' && device !== null ? tunnelKindOfDevice(device) : null;
    if (node === null || kind === null) continue;
    const own = kinds.get(node) ?? [];
    kinds.set(node, own.includes(kind) ? own : [...own, kind]);
  }
  return kinds;
}

/** A node's NICs are one place, since a packet takes one of them; so are its tunnel devices of a kind. Pods have each their own veth. */
function keyOf(
  { node, role, interface: device, capture, local }: Pick<Point, 'node' | 'role' | 'interface' | 'capture' | 'local'>,
  kinds: ReadonlyMap<string, TunnelKind[]>,
): string {
  if (node === null || role === 'unknown') return `capture ${capture} ${local}`;
  if (role === 'underlay') return `${node} nic`;
  if (role === 'tunnel') {
    const own = kinds.get(node) ?? [];
    const kind = device === null ? null : tunnelKindOfDevice(device);
    return `${node} tunnel ${kind ?? (own.length === 1 ? own[0] : '')}`;
  }
  return `${node} veth ${device ?? `${capture} ${local}`}`;
}

function newSite(index: number, { role, node, interface: device }: Pick<Point, 'role' | 'node' | 'interface'>): Site {
  return {
    index,
    role,
    node,
    devices: [],
    tunnelKind: role === 'tunnel' && device !== null ? tunnelKindOfDevice(device) : null,
    points: [],
    captures: [],
    isDropping: false,
    isEmpty: false,
    isCut: false,
    isMirror: false,
    hidesPlain: false,
    hidesTunnels: false,
    isFilterPlain: true,
    spans: new Map(),
  };
}

function addPoint(site: Site, point: Point, capture: TracedCapture | undefined): void {
  site.points.push(point);
  addDevice(site, point);
  const filter = capture?.filter ?? null;
  if (filter !== null) {
    site.hidesPlain ||= filter.hidesBypass;
    site.hidesTunnels ||= filter.hidesOverlay;
    site.isFilterPlain &&= filter.guessed || parseCaptureExpression(filter.expression, { strict: true }) !== null;
  }
  site.isDropping ||= (capture?.dropped ?? 0) > 0 || capture?.droppedWith !== undefined;
}

function addDevice(site: Site, { capture, interface: device }: Pick<Point, 'capture' | 'interface'>): void {
  if (!site.captures.includes(capture)) site.captures.push(capture);
  if (device === null) return;
  if (!site.devices.includes(device)) site.devices.push(device);
  if (site.role === 'tunnel') site.tunnelKind ??= tunnelKindOfDevice(device);
}

/** Pieces of one capture add up; of others whose device is not known, each may be another NIC's. */
function addSpan(site: Site, key: string, span: Span | null): void {
  if (span === null) return;
  const own = site.spans.get(key) ?? [];
  site.spans.set(key, own);
  own.push(span);
}

function spanOn(clocks: Clocks, capture: number, span: Span | null): Span | null {
  if (span === null) return null;
  return { first: onReference(clocks, capture, span.first), last: onReference(clocks, capture, span.last) };
}

/** By site: pods of its node that all its flows have at one end. Of a pod's veth, the pod. */
export function podsOfSites(
  { table, points }: TraceIndex,
  { sites, siteOf }: Sites,
  briefOf: (flow: number) => FlowBrief | null,
): ReadonlySet<string>[] {
  const common: (Set<string> | undefined)[] = sites.map(({ isEmpty, devices, node }) => {
    if (!isEmpty) return undefined;
    const own = points.silent.filter((one) => one.node === node && devices.includes(one.interface));
    return new Set(own.flatMap(({ pods }) => pods));
  });
  for (let flow = 0; flow < table.flowCount; flow++) {
    for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row)) {
      const site = siteOf[points.ofLink[table.linkOf(row)] ?? -1];
      const brief = site?.role === 'workload' ? briefOf(flow) : null;
      if (site === undefined || brief === null) continue;
      const own = [brief.src, brief.dst].filter(
        ({ kind, node }) => kind === 'pod' && (node ?? site.node) === site.node,
      );
      const known = common[site.index];
      common[site.index] = new Set(own.map(({ ip }) => ip).filter((ip) => known?.has(ip) ?? true));
    }
  }
  return common.map((one) => one ?? new Set());
}

/** Nodes of pods, told by their veths. */
export function nodesByVeth(sites: readonly Site[], podsOf: readonly ReadonlySet<string>[]): Map<string, string> {
  const nodes = new Map<string, string>();
  for (const { index, role, node } of sites) {
    const pods = podsOf[index];
    const [pod] = pods ?? [];
    if (role === 'workload' && node !== null && pods?.size === 1 && pod !== undefined) nodes.set(pod, node);
  }
  return nodes;
}

/** By site: of which nodes to which ones packets were seen there, as `wayKey` has it; `*` for any receiver. */
export function nodeWaysOfSites(
  { table, points }: TraceIndex,
  { sites, siteOf }: Sites,
  briefOf: (flow: number) => FlowBrief | null,
): ReadonlySet<string>[] {
  const ways = sites.map(() => new Set<string>());
  for (let flow = 0; flow < table.flowCount; flow++) {
    for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row)) {
      const site = siteOf[points.ofLink[table.linkOf(row)] ?? -1];
      const brief = site?.role === 'underlay' ? briefOf(flow) : null;
      if (site === undefined || brief === null) continue;
      const { src, dst } = brief;
      ways[site.index]?.add(wayKey(src, dst.node)).add(wayKey(src, '*'));
    }
  }
  return ways;
}

/** Families may take different ways. */
export function wayKey({ node, ip }: Pick<FlowEnd, 'node' | 'ip'>, to: string | null): string {
  return `${ip.includes(':') ? 6 : 4} ${node} ${to}`;
}
