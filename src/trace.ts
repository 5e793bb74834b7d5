// The whole pipeline on one screen: capture bytes -> packets -> layers -> flows -> attribution -> verdict.

import { findClocks } from './attribution/clocks/clocks.ts';
import { filterHints } from './attribution/filter/filter-hint.ts';
import { overlayAddresses, overlayPorts } from './attribution/overlay-settings.ts';
import { excuseEmptyPieces } from './attribution/points/pieces/empty-pieces.ts';
import { findPoints } from './attribution/points/points.ts';
import type { AtRule, CaptureHints } from './attribution/points/points-input.ts';
import { strangeTunnels } from './attribution/strange-tunnels.ts';
import { addressBook } from './attribution/who/address-book.ts';
import type { Follow } from './bytes/open-growing.ts';
import { isReadAgain } from './bytes/open-path.ts';
import { noteLogs } from './capture/capture-log.ts';
import { type OpenOptions, openCapture, openCaptures, openToRead } from './capture/open.ts';
import { captureSpan } from './capture/plan.ts';
import type { ReadingProgress } from './capture/reading-progress.ts';
import type { CaptureLog, CaptureReader } from './capture/source.ts';
import type { WalkPorts } from './decode/walk-ports.ts';
import { CaptureCounters } from './flow/capture-counters.ts';
import { FirstPackets } from './flow/first-packets.ts';
import { FlowTable } from './flow/flow-table.ts';
import { PacketFeed } from './flow/packet-feed.ts';
import type { NodeAddresses } from './flow/paths/node-addresses.ts';
import type { PacketWindow } from './flow/rows/count-window.ts';
import { type TimeRange, timeRange } from './flow/time-range.ts';
import { type DecodeOptions, startDecoding } from './pipeline/decoding.ts';
import { type KeptReadings, keepReading, keptBeside, keptReading } from './pipeline/kept-readings.ts';
import { type CountedBlock, OwnDecoder } from './pipeline/own-blocks.ts';
import type { Topology } from './topology/model.ts';
import type { Analysis } from './verdict/analysis.ts';
import { type Arrivals, arrivalsIn } from './verdict/arrivals.ts';
import { type CommonWindow, commonTime, expectedWindow, isBorneOut } from './verdict/clocks/common-window.ts';
import { settingsOf } from './verdict/flow/overlay-in-use.ts';
import type { FlowFilter } from './verdict/flow-filter.ts';
import { identityInTable } from './verdict/flow-identity.ts';
import type { AnalysisInput } from './verdict/judging-context.ts';
import { resultOf } from './verdict/result.ts';
import { analyseOverTime } from './verdict/snapshots/analyse-over-time.ts';
import type { Trace } from './verdict/trace-types.ts';

export interface TraceOptions {
  /** Paths; `-` is stdin. Several captures are one analysis. */
  captures: readonly string[];
  topology: Topology | null;
  reader?: 'builtin' | 'pcap-parser';
  at?: readonly AtRule[];
  /** What is known of captures beside their frames, by their paths: the bundle they came in, their own metadata. */
  hints?: CaptureHints;
  /** tcpdump's logs, by the paths of the captures that they are of. */
  logs?: ReadonlyMap<string, CaptureLog>;
  /** Captures that the caller vouches for: taken without a filter, whatever they look like. Paths, or base names. */
  unfiltered?: readonly string[];
  /** More UDP ports to take for VXLAN, and to accept. */
  vxlanPorts?: readonly number[];
  vxlanVNI?: number | null;
  filter?: FlowFilter;
  /** RFC 3339, HH:MM:SS (UTC) or seconds after the first packet. */
  since?: string | null;
  until?: string | null;
  /** Threads that decode, beside this one; by default as many as pay. No result depends on it. */
  workers?: number | null;
  /** How they decode, for tests. */
  decoding?: Pick<DecodeOptions, 'sizes' | 'start'>;
  /** The first packets of every observation are kept (`TraceIndex.firsts`): 96 bytes each. Not with `kept`. */
  firstPackets?: boolean;
  /** Readings of earlier runs, and where this one is kept. */
  kept?: KeptReadings;
  signal?: AbortSignal;
  onProgress?: (progress: ReadingProgress) => void;
  /** The captures are waited for while they grow. */
  follow?: Follow;
  /** Gets what makes a trace of what has been counted so far: to be used before anything more is read. */
  onBegin?: (soFar: () => Trace) => void;
}

/**
 * Reads the captures and attributes and judges every flow in them.
 * @throws OverlensError when no path is a capture. Where some are, what is wrong with the others is in `Trace.captures[].error`.
 */
export async function traceCaptures(options: TraceOptions): Promise<Trace> {
  const read = beginReading(options);
  const readers = await openCaptures(options.captures, openOptions(options));
  excuseEmptyPieces(readers.map(({ info }) => info));
  try {
    const expected = await expectWindow(read);
    read.table.counter.windows = expected?.windows ?? null;
    const begun = readers.map(({ info }) => new CaptureCounters(info));
    options.onBegin?.(() => traceSoFar(begun, read));
    const captures = await readAll(readers, begun, read);
    const analysis = analyseOverTime(analysisInput(captures, read));
    analysis.arrivals = await countArrivals(analysis, expected, read);
    const trace = resultOf(analysis, options.filter ?? {});
    const beside = keptBeside(readers, read);
    if (beside !== null && trace.index !== undefined) trace.index.beside = beside;
    if (read.firsts !== null && trace.index !== undefined) trace.index.firsts = read.firsts;
    return trace;
  } finally {
    await Promise.all(readers.map((reader) => reader.close()));
  }
}

export function openOptions({ reader, signal, follow }: TraceOptions): OpenOptions {
  return {
    trueTimes: true,
    ...(reader === undefined ? {} : { reader }),
    ...(signal === undefined ? {} : { signal }),
    ...(follow === undefined ? {} : { follow }),
  };
}

/** A table that nothing has been read into. */
export function beginReading(options: TraceOptions): Reading {
  const { topology, captures: paths } = options;
  const ports = overlayPorts(topology, options.vxlanPorts ?? []);
  const nodes = topology === null ? null : overlayAddresses(topology, options.vxlanVNI ?? null);
  const range = timeRange(options.since ?? null, options.until ?? null);
  const firsts = options.firstPackets === true ? new FirstPackets() : null;
  return { table: new FlowTable(nodes), nodes, ports, range, options, paths, firsts };
}

/** Of a table that may still grow: what can be said without changing it. Pieces of rings are not joined, arrivals not counted. */
export function traceSoFar(captures: readonly CaptureCounters[], read: Reading): Trace {
  const analysis = analyseOverTime({ ...analysisInput(captures, read), isAgain: true });
  const trace = resultOf(analysis, read.options.filter ?? {});
  // of what grows there is no more than was read
  return {
    ...trace,
    captures: trace.captures.map((one) => ({ ...one, complete: one.complete || one.error === null })),
  };
}

function analysisInput(captures: readonly CaptureCounters[], { table, options }: Reading): AnalysisInput {
  return {
    table,
    captures,
    topology: options.topology,
    at: options.at ?? [],
    hints: options.hints ?? new Map(),
    unfiltered: options.unfiltered ?? [],
    vxlanVNI: options.vxlanVNI ?? null,
    vxlanPorts: options.vxlanPorts ?? [],
  };
}

/** What the captures are read into, and how. */
export interface Reading {
  table: FlowTable;
  nodes: NodeAddresses | null;
  ports: WalkPorts;
  range: TimeRange;
  options: TraceOptions;
  /** The captures of this reading. */
  paths: readonly string[];
  firsts: FirstPackets | null;
}

/** Counts the packets of all captures, in their order; or takes what was counted of them before, with the table of that. */
async function readAll(
  readers: readonly CaptureReader[],
  all: CaptureCounters[],
  read: Reading,
): Promise<CaptureCounters[]> {
  const { ports, options } = read;
  const { workers = null, signal, reader } = options;
  const kept = keptReading(readers, read);
  if (kept !== null) {
    read.table = kept.table;
    noteLogs(kept.captures, options.logs);
    return kept.captures;
  }
  const paths = readers.map(({ info }) => info.path);
  const threads = reader === 'pcap-parser' ? 0 : workers;
  const decoding = await startDecoding(readers, { ports, workers: threads, signal, ...options.decoding });
  try {
    for (const [i, counters] of all.entries()) await countBlocks(decoding.blocksOf(i), i, counters, { ...read, paths });
  } finally {
    await decoding.close();
  }
  if (signal?.aborted !== true) keepReading(readers, read, { table: read.table, captures: all });
  noteLogs(all, options.logs);
  return all;
}

/** @param most packets to read at least, if there are as many */
export async function countBlocks(
  blocks: AsyncIterable<CountedBlock>,
  capture: number,
  counters: CaptureCounters,
  { table, ports, range, options, paths, firsts }: Reading,
  most = Number.POSITIVE_INFINITY,
): Promise<void> {
  const feed = new PacketFeed(table, { capture, counters, ports, range, firsts });
  for await (const { block, numbers, position } of blocks) {
    feed.add(block, numbers);
    options.onProgress?.({ captures: paths, capture, position, packets: feed.packets });
    if (options.signal?.aborted || feed.packets >= most) break;
  }
  table.end();
  counters.sample.end();
}

/** Captures whose beginnings are read to see where they were taken: beyond, reading again is as cheap. */
const MOST_SAMPLED = 64;

/**
 * The time that several nodes' NICs will turn out to share, from the beginnings of the captures and the times at both ends of
 * their files, so that packets inside it are counted as they are read. Null where that cannot be told.
 */
async function expectWindow({ options, nodes, ports, range }: Reading): Promise<CommonWindow | null> {
  const { captures: paths, topology, at = [], hints = new Map(), unfiltered = [] } = options;
  const isWhole = options.since == null && options.until == null && options.follow === undefined;
  if (
    topology === null ||
    topology.timeline !== null ||
    !isWhole ||
    paths.length < 2 ||
    paths.length > MOST_SAMPLED ||
    paths.includes('-')
  )
    return null;
  const spans = await Promise.all(paths.map((path) => captureSpan(path)));
  if (spans.some((span) => span?.first == null || span.last === null)) return null;
  const table = new FlowTable(nodes);
  const sampled: CaptureCounters[] = [];
  const quiet = {
    table,
    nodes,
    ports,
    range,
    paths,
    firsts: null,
    options: { captures: paths, topology },
  };
  for (const [i, path] of paths.entries()) {
    const reader = await openToRead(path, openOptions(options));
    const counters = new CaptureCounters(reader.info);
    sampled.push(counters);
    const blocks = new OwnDecoder(ports).blocks(reader.batches(), i, reader.info, reader.position);
    await countBlocks(blocks, i, counters, quiet, 1);
  }
  noteLogs(sampled, options.logs);
  const captures = sampled.map(({ info }, i) => ({
    info,
    first: spans[i]?.first ?? null,
    last: spans[i]?.last ?? null,
  }));
  const book = addressBook(topology, null);
  const points = findPoints({ table, captures: sampled, topology, book, at, hints });
  const vxlanPort = settingsOf(topology, null, []).port(null).value;
  const { likely } = filterHints({ table, captures: sampled, points, book, topology, vxlanPort, unfiltered });
  const clocks = findClocks({ table, captures: sampled, points });
  return expectedWindow({ table, points, clocks, input: { captures }, filters: likely });
}

/**
 * What arrived of what was sent, with NIC captures of both ends. Where the window was not as expected (compressed captures, a
 * part of the time), the captures of these NICs are read again, which stdin, pipes and streams cannot be.
 */
async function countArrivals(
  analysis: Analysis,
  expected: CommonWindow | null,
  read: Reading,
): Promise<Arrivals | null> {
  const { points, clocks, book, input, filters, cutShort, mayHaveArrived } = analysis;
  const { captures, topology, at, hints = new Map() } = input;
  const { window: found, ...uncompared } = commonTime({ table: input.table, points, clocks, input, filters });
  analysis.uncompared = uncompared;
  if (found === null || topology === null || read.options.signal?.aborted) return null;
  const options = { cutShort, mayHaveArrived, isStrange: strangeTunnels(topology, input.vxlanVNI) };
  if (expected !== null && isBorneOut(expected, found))
    return arrivalsIn(found, read.table, points, captures, { sameFlow: (flow) => flow, ...options });
  const paths = found.captures.map((i) => captures[i]?.info.path ?? '');
  if (!paths.every(isReadAgain)) return null;
  const table = new FlowTable(read.nodes);
  table.counter.windows = new Map(found.captures.map((capture, i) => [i, found.windows.get(capture) as PacketWindow]));
  const readers: CaptureReader[] = [];
  for (const path of paths) readers.push(await openCapture(path, openOptions(read.options)));
  const second: Reading = { ...read, table, firsts: null };
  const begun = readers.map(({ info }) => new CaptureCounters(info));
  const counted = await readAll(readers, begun, second);
  const again = findPoints({ table: second.table, captures: counted, topology, book, at, hints });
  return arrivalsIn(found, second.table, again, counted, {
    sameFlow: sameFlows(input.table, second.table),
    ...options,
  });
}

/** Flows of one table in another one that counted the same packets, by their identity. */
function sameFlows(from: FlowTable, to: FlowTable): (flow: number) => number {
  const known = new Map<string, number>();
  for (let flow = 0; flow < to.flowCount; flow++) known.set(identityInTable(to, flow), flow);
  return (flow) => known.get(identityInTable(from, flow)) ?? -1;
}
