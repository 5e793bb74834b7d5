// The whole pipeline on one screen: capture bytes -> packets -> layers -> flows -> attribution -> verdict.

import { overlayAddresses, overlayPorts } from './attribution/overlay-settings.ts';
import { type AtRule, findPoints } from './attribution/points/points.ts';
import { type OpenOptions, openCapture } from './capture/open.ts';
import type { CaptureReader } from './capture/source.ts';
import type { WalkPorts } from './decode/walk-ports.ts';
import { CaptureCounters } from './flow/capture-counters.ts';
import { FlowTable } from './flow/flow-table.ts';
import { PacketFeed } from './flow/packet-feed.ts';
import { type TimeRange, timeRange } from './flow/time-range.ts';
import { toSeconds } from './net/time.ts';
import type { Topology } from './topology/model.ts';
import { type Analysis, analyse } from './verdict/analysis.ts';
import { type Arrivals, arrivalsIn, commonWindow, EDGE_SECONDS } from './verdict/arrivals.ts';
import type { FlowFilter } from './verdict/flow-filter.ts';
import { identityInTable } from './verdict/flow-identity.ts';
import { resultOf } from './verdict/result.ts';
import type { Trace } from './verdict/trace-types.ts';

export interface TraceOptions {
  /** Paths; `-` is stdin. Several captures are one analysis. */
  captures: readonly string[];
  topology: Topology | null;
  reader?: 'builtin' | 'pcap-parser';
  at?: readonly AtRule[];
  /** More UDP ports to take for VXLAN, and to accept. */
  vxlanPorts?: readonly number[];
  vxlanVNI?: number | null;
  filter?: FlowFilter;
  /** RFC 3339, HH:MM:SS (UTC) or seconds after the first packet. */
  since?: string | null;
  until?: string | null;
  signal?: AbortSignal;
  onProgress?: (progress: { path: string; bytes: number; packets: number }) => void;
}

/**
 * Reads the captures and attributes and judges every flow in them.
 * @throws OverlensError when a path is no capture. Corruption later on does not throw: see `Trace.captures[].error`.
 */
export async function traceCaptures(options: TraceOptions): Promise<Trace> {
  const { topology } = options;
  const ports = overlayPorts(topology, options.vxlanPorts ?? []);
  const table = new FlowTable(topology === null ? null : overlayAddresses(topology, options.vxlanVNI ?? null));
  const range = timeRange(options.since ?? null, options.until ?? null);
  const read = { table, ports, range, options };
  const readers = await Promise.all(options.captures.map((path) => openCapture(path, openOptions(options))));
  const captures = readers.map((reader) => new CaptureCounters(reader.info));
  for (const [index, reader] of readers.entries()) {
    const counters = captures[index];
    if (counters !== undefined) await readCapture(reader, { ...read, index, counters });
  }
  const analysis = analyse({
    table,
    captures,
    topology,
    at: options.at ?? [],
    vxlanVNI: options.vxlanVNI ?? null,
    vxlanPorts: options.vxlanPorts ?? [],
  });
  analysis.arrivals = await countArrivals(analysis, read);
  return resultOf(analysis, options.filter ?? {});
}

function openOptions({ reader, signal }: TraceOptions): OpenOptions {
  return { ...(reader === undefined ? {} : { reader }), ...(signal === undefined ? {} : { signal }) };
}

interface ReadState {
  index: number;
  counters: CaptureCounters;
  table: FlowTable;
  ports: WalkPorts;
  range: TimeRange;
  options: TraceOptions;
}

async function readCapture(
  reader: CaptureReader,
  { index, counters, table, ports, range, options }: ReadState,
): Promise<void> {
  const feed = new PacketFeed(table, { capture: index, counters, ports, range });
  for await (const batch of reader.batches()) {
    feed.add(batch);
    options.onProgress?.({ path: reader.info.path, bytes: counters.bytes, packets: feed.packets });
    if (options.signal?.aborted) break;
  }
}

/** With NIC captures of both ends, counts once more inside the time they share: reads those files again if it must. */
async function countArrivals(
  analysis: Analysis,
  read: Omit<ReadState, 'index' | 'counters'>,
): Promise<Arrivals | null> {
  const window = commonWindow(analysis);
  const { captures, topology, at } = analysis.input;
  if (window === null || topology === null || read.options.signal?.aborted) return null;
  const paths = window.captures.map((i) => captures[i]?.info.path ?? '');
  if (paths.includes('-')) return null;
  const table = new FlowTable(overlayAddresses(topology, read.options.vxlanVNI ?? null));
  table.window = { first: toSeconds(window.first), last: toSeconds(window.last), edge: EDGE_SECONDS };
  const counted: CaptureCounters[] = [];
  for (const [index, path] of paths.entries()) {
    const reader = await openCapture(path, openOptions(read.options));
    const counters = new CaptureCounters(reader.info);
    counted.push(counters);
    await readCapture(reader, { ...read, table, index, counters });
  }
  const { book } = analysis;
  return arrivalsIn(
    window,
    table,
    findPoints({ table, captures: counted, topology, book, at }),
    counted,
    sameFlows(analysis.input.table, table),
  );
}

/** Flows of one table in another one that counted the same packets, by their identity. */
function sameFlows(from: FlowTable, to: FlowTable): (flow: number) => number {
  const known = new Map<string, number>();
  for (let flow = 0; flow < to.flowCount; flow++) known.set(identityInTable(to, flow), flow);
  return (flow) => known.get(identityInTable(from, flow)) ?? -1;
}
