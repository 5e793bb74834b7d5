// The whole pipeline on one screen: capture bytes -> packets -> layers -> flows -> attribution -> verdict.

import { overlayAddresses, overlayPorts } from './attribution/overlay-settings.ts';
import { type AtRule, findPoints } from './attribution/points/points.ts';
import { type OpenOptions, openCapture } from './capture/open.ts';
import type { CaptureReader } from './capture/source.ts';
import { LayerStack } from './decode/layer-stack.ts';
import { walk } from './decode/walk.ts';
import type { WalkPorts } from './decode/walk-ports.ts';
import { CaptureCounters } from './flow/capture-counters.ts';
import { FlowTable } from './flow/flow-table.ts';
import { type TimeRange, timeRange } from './flow/time-range.ts';
import type { Topology } from './topology/model.ts';
import { type Analysis, analyse } from './verdict/analysis.ts';
import { type Arrivals, arrivalsIn, commonWindow, EDGE_SECONDS, isWithin } from './verdict/arrivals.ts';
import type { FlowFilter } from './verdict/flow-filter.ts';
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
  const stack = new LayerStack();
  let packet = 0;
  for await (const batch of reader.batches()) {
    const interfaces = reader.info.interfaces;
    for (let i = 0; i < batch.count; i++) {
      packet++;
      if (!range.includes(batch.seconds[i] ?? Number.NaN, batch.nanos[i] ?? 0)) {
        counters.outsideRange++;
        continue;
      }
      const linkType = interfaces[batch.interface[i] ?? 0]?.linkType ?? -1;
      walk(batch.bytes, batch.start[i] ?? 0, batch.captured[i] ?? 0, batch.original[i] ?? 0, linkType, stack, ports);
      table.add(batch, i, stack, index, packet);
      counters.count(batch, i, stack, table.fragmentWithoutFirst, packet);
    }
    options.onProgress?.({ path: reader.info.path, bytes: counters.bytes, packets: packet });
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
  const range: TimeRange = {
    includes(seconds, nanos) {
      table.insideWindow = isWithin(window, seconds, nanos);
      return read.range.includes(seconds, nanos) && isWithin(window, seconds, nanos, EDGE_SECONDS);
    },
  };
  const counted: CaptureCounters[] = [];
  for (const [index, path] of paths.entries()) {
    const reader = await openCapture(path, openOptions(read.options));
    const counters = new CaptureCounters(reader.info);
    counted.push(counters);
    await readCapture(reader, { ...read, table, range, index, counters });
  }
  const { book } = analysis;
  return arrivalsIn(window, table, findPoints({ table, captures: counted, topology, book, at }), counted);
}
