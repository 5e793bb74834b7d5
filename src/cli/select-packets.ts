// From the filters of the command line to packets: what `decode` and `explain` share before they differ.

import { overlayPorts } from '../attribution/overlay-settings.ts';
import type { TimeWindow } from '../attribution/who/address-book.ts';
import { isReadAgain } from '../bytes/open-path.ts';
import type { NodeAddresses } from '../flow/paths/node-addresses.ts';
import type { Partly } from '../packets/merge-by-time.ts';
import type { PacketRequest, PacketTest } from '../packets/read-packets.ts';
import type { KeptReadings } from '../pipeline/kept-readings.ts';
import type { Owner, Topology } from '../topology/model.ts';
import { eachKind, type FilterKinds, type FlowFilter } from '../verdict/flow-filter.ts';
import type { Trace } from '../verdict/trace-types.ts';
import { type CommonOptions, resolvePlaces } from './declare/trace-options.ts';
import { absoluteTimes } from './inputs/capture-times.ts';
import type { Io } from './io.ts';
import { createProgress } from './progress/progress.ts';
import { usageError } from './report-error.ts';
import type { Stages } from './stages.ts';

export interface PacketSelection {
  request: PacketRequest;
  /** Who has an address; null without a snapshot. */
  lookup: ((address: string) => Owner) | null;
}

/**
 * Filters that one packet can answer are applied as packets are read. A verdict or finding is one of whole flows: the captures
 * are then traced first. Throws bad usage where that cannot be.
 */
export async function selectPackets(
  options: CommonOptions,
  topology: Topology | null,
  io: Io,
  stages: Stages,
  kept: KeptReadings | null = null,
): Promise<PacketSelection> {
  const { captures, filter } = options;
  await checkNames(options, topology);
  const pipeline = await absoluteTimes(options.pipeline, captures);
  const shared = { ...(pipeline.reader === undefined ? {} : { reader: pipeline.reader }), signal: io.signal };
  const rereadable = captures.every(isReadAgain);
  const cluster = topology === null ? null : await clusterOf(topology, options);
  const window = topology === null || !rereadable ? null : await windowOf({ captures, topology, ...shared });
  const nodes = cluster?.nodes ?? null;
  const flows = await flowSelector({ ...options, pipeline }, topology, { rereadable, nodes, io, stages, kept });
  return {
    request: {
      ...shared,
      ...(flows?.partly == null ? {} : { partly: flows.partly }),
      captures,
      ports: cluster?.ports ?? overlayPorts(null, pipeline.vxlanPorts ?? []),
      since: pipeline.since ?? null,
      until: pipeline.until ?? null,
      tests: [
        ...(await packetTests(filter, topology, window, nodes)),
        ...(filter.expression === undefined ? [] : [await expressionTest(filter.expression, nodes)]),
        ...(flows === null ? [] : [flows.test]),
      ],
    },
    lookup: topology === null ? null : (address) => topology.lookup(address, window ?? undefined),
  };
}

/** Throws bad usage for names that the snapshot has not: packets have no others. */
async function checkNames({ filter, places }: CommonOptions, topology: Topology | null): Promise<void> {
  if (eachKind(filter).length + eachKind(filter.not ?? {}).length === 0) return;
  const { doubtfulNames, nobodyKnows } = await import('./habits/known-names.ts');
  const names = doubtfulNames(filter, topology, places);
  if (names.length > 0) throw nobodyKnows(names, topology);
}

// What a plain listing does not need is loaded when it is asked for: most of the time of a short run is loading.

async function clusterOf(topology: Topology, { pipeline }: CommonOptions) {
  const { overlayAddresses, overlayPorts } = await import('../attribution/overlay-settings.ts');
  return {
    ports: overlayPorts(topology, pipeline.vxlanPorts ?? []),
    nodes: overlayAddresses(topology, pipeline.vxlanVNI ?? null),
  };
}

async function windowOf(request: Parameters<typeof import('../packets/time-window.ts').timeWindow>[0]) {
  const { timeWindow } = await import('../packets/time-window.ts');
  return timeWindow(request);
}

/** Filters that only whole flows can answer. */
const OF_FLOWS = ['verdict', 'finding', 'outcome', 'slowerThan'] as const satisfies readonly (keyof FilterKinds)[];

/** The filters that a packet can answer. */
function ofPackets({ verdict: _v, finding: _f, outcome: _o, slowerThan: _s, ...kinds }: FilterKinds): FilterKinds {
  return kinds;
}

function isAsked(kinds: FilterKinds): boolean {
  return eachKind(kinds).length > 0;
}

/** One test for what is wanted, and one for each kind that is not. */
async function packetTests(
  { not = {}, expression: _expression, flow: _flow, first: _first, last: _last, ...wanted }: FlowFilter,
  topology: Topology | null,
  window: TimeWindow | null,
  nodes: NodeAddresses | null,
): Promise<PacketTest[]> {
  const tests: PacketTest[] = [];
  const kinds = ofPackets(wanted);
  if (isAsked(kinds)) tests.push(await packetFilter(kinds, topology, window, nodes));
  for (const kind of eachKind(ofPackets(not))) {
    const unwanted = await packetFilter(kind, topology, window, nodes);
    tests.push({ fits: (packet) => !unwanted.fits(packet) });
  }
  return tests;
}

async function expressionTest(text: string, nodes: NodeAddresses | null): Promise<PacketTest> {
  const { ExpressionFilter } = await import('../packets/expression-filter.ts');
  return new ExpressionFilter(text, nodes);
}

async function packetFilter(
  filter: FilterKinds,
  topology: Topology | null,
  window: TimeWindow | null,
  nodes: NodeAddresses | null,
): Promise<PacketTest> {
  const ofFlows = filter.encapsulation?.find((kind) => kind === 'mixed' || kind === 'unknown');
  if (ofFlows !== undefined)
    throw usageError(
      `--encapsulation ${ofFlows}: that is said of flows, not of packets`,
      'packets are vxlan, ipip, wireguard, geneve, gre or none; overlens trace lists such flows',
    );
  const { PacketFilter } = await import('../packets/packet-filter.ts');
  const { AddressFilter } = await import('../packets/address-filter.ts');
  const { FilterTerms } = await import('../verdict/flow-filter.ts');
  const { podLabels } = await import('../verdict/filter/pod-labels.ts');
  const terms = new FilterTerms(filter, podLabels(topology));
  return new PacketFilter(filter, terms, new AddressFilter(terms, topology, window), nodes);
}

interface Selecting {
  rereadable: boolean;
  nodes: NodeAddresses | null;
  io: Io;
  stages: Stages;
  /** Readings that the flows' trace may be of. */
  kept: KeptReadings | null;
}

/** Tells packets of flows, and where to read them; no place of captures with faults, which are to be met again. */
interface FlowPackets {
  test: PacketTest;
  partly: Partly | null;
}

/** Of the flows that filters of whole flows pick; null when none is asked for. */
async function flowSelector(
  options: CommonOptions,
  topology: Topology | null,
  { rereadable, nodes, io, stages, kept }: Selecting,
): Promise<FlowPackets | null> {
  const { filter, causeIds } = options;
  const asked = flowOptions(options);
  if (asked.length === 0) return null;
  if (!rereadable)
    throw usageError(
      `${asked[0]}: needs all packets of a flow before the first can be shown`,
      'a pipe can be read once only: save it to a file first',
    );
  const finding = [...(filter.finding ?? []), ...causeIds];
  // how a packet was carried is asked of each packet: of a flow that was carried in two ways some fit
  const { encapsulation: _carried, expression: _expression, ...ofFlows } = filter;
  const progress = createProgress(io, { why: 'reading first for the flows' });
  const trace = await stages
    .traceCaptures({
      ...(progress.report === undefined ? {} : { onProgress: progress.report }),
      ...options.pipeline,
      captures: options.captures,
      topology,
      at: resolvePlaces(options.places, options.captures, topology),
      hints: options.hints,
      logs: options.logs,
      ...(kept === null ? {} : { kept }),
      filter: { ...ofFlows, ...(finding.length > 0 ? { finding } : {}) },
      signal: io.signal,
    })
    .finally(() => progress.clear());
  checkCauses(options, trace);
  const { FlowSelector } = await import('../packets/flow-selector.ts');
  const { PacketLocator } = await import('../flow/packet-locator.ts');
  const { index } = trace;
  if (index === undefined) throw new TypeError('a trace of captures has an index');
  const test = new FlowSelector(index, new PacketLocator(nodes, index.table));
  const isSound = trace.captures.every(({ error, warnings }) => error === null && warnings.length === 0);
  return { test, partly: isSound ? test.partly : null };
}

/** The options given that only whole flows can answer. */
function flowOptions({ filter, causeIds }: CommonOptions): string[] {
  const { not = {}, flow = [], first, last } = filter;
  const names = { verdict: '--verdict', finding: '--finding', outcome: '--outcome', slowerThan: '--slower-than' };
  return [
    ...OF_FLOWS.filter((kind) => filter[kind]?.length || not[kind]?.length).map((kind) => names[kind]),
    ...(causeIds.length > 0 ? ['--finding'] : []),
    ...(flow.length > 0 ? ['--flow'] : []),
    ...(first === undefined ? [] : ['--first']),
    ...(last === undefined ? [] : ['--last']),
  ];
}

/** Throws bad usage for a letter that no problem has, or one of no flow's packets. */
function checkCauses(options: CommonOptions, trace: Trace): void {
  for (const id of options.causeIds) {
    const cause = trace.causes.find((one) => one.id === id);
    if (cause === undefined)
      throw usageError(
        `--finding ${id}: no such problem in these captures`,
        `overlens trace ${options.captures.join(' ')} lists them`,
      );
    if (cause.flows > 0 || cause.firstPacket === null) continue;
    const path = options.captures[cause.capture ?? 0] ?? '';
    throw usageError(
      `--finding ${id}: is of no flow's packets`,
      `its first packet: overlens decode ${path} -p ${cause.firstPacket}`,
    );
  }
}
