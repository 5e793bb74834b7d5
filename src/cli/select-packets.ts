// From the filters of the command line to packets: what `decode` and `explain` share before they differ.

import { statSync } from 'node:fs';
import { overlayPorts } from '../attribution/overlay-settings.ts';
import type { TimeWindow } from '../attribution/who/address-book.ts';
import type { NodeAddresses } from '../flow/paths/node-addresses.ts';
import type { PacketRequest, PacketTest } from '../packets/read-packets.ts';
import type { Owner, Topology } from '../topology/model.ts';
import type { FlowFilter } from '../verdict/flow-filter.ts';
import type { Trace } from '../verdict/trace-types.ts';
import type { CommonOptions } from './declare/trace-options.ts';
import type { Io } from './io.ts';
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
): Promise<PacketSelection> {
  const { captures, filter, pipeline } = options;
  const shared = { ...(pipeline.reader === undefined ? {} : { reader: pipeline.reader }), signal: io.signal };
  const rereadable = captures.every(isFile);
  const cluster = topology === null ? null : await clusterOf(topology, options);
  const window = topology === null || !rereadable ? null : await windowOf({ captures, topology, ...shared });
  const nodes = cluster?.nodes ?? null;
  return {
    request: {
      ...shared,
      captures,
      ports: cluster?.ports ?? overlayPorts(null, pipeline.vxlanPorts ?? []),
      since: pipeline.since ?? null,
      until: pipeline.until ?? null,
      tests: [
        ...(isAsked(filter) ? [await packetFilter(filter, topology, window, nodes)] : []),
        ...(await flowSelector(options, topology, { rereadable, nodes, io, stages })),
      ],
    },
    lookup: topology === null ? null : (address) => topology.lookup(address, window ?? undefined),
  };
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

/** Whether a path can be read again: no pipe, not stdin. */
export function isFile(path: string): boolean {
  return path !== '-' && statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function isAsked(filter: FlowFilter): boolean {
  const { verdict: _verdict, finding: _finding, ...ofPackets } = filter;
  return Object.values(ofPackets).some((values) => values !== undefined && values.length > 0);
}

async function packetFilter(
  filter: FlowFilter,
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
  const terms = new FilterTerms(filter);
  return new PacketFilter(filter, terms, new AddressFilter(terms, topology, window), nodes);
}

interface Selecting {
  rereadable: boolean;
  nodes: NodeAddresses | null;
  io: Io;
  stages: Stages;
}

/** Of the flows with the verdicts and findings asked for; none when none is asked for. */
async function flowSelector(
  options: CommonOptions,
  topology: Topology | null,
  { rereadable, nodes, io, stages }: Selecting,
): Promise<PacketTest[]> {
  const { verdict = [], finding = [] } = options.filter;
  const asked = [...finding, ...options.causeIds];
  if (verdict.length === 0 && asked.length === 0) return [];
  if (!rereadable)
    throw usageError(
      `${verdict.length > 0 ? '--verdict' : '--finding'}: needs all packets of a flow before the first can be shown`,
      'a pipe can be read once only: save it to a file first',
    );
  const trace = await stages.traceCaptures({
    ...options.pipeline,
    captures: options.captures,
    topology,
    at: options.places,
    filter: { ...(verdict.length > 0 ? { verdict } : {}), ...(asked.length > 0 ? { finding: asked } : {}) },
    signal: io.signal,
  });
  checkCauses(options, trace);
  const { FlowSelector } = await import('../packets/flow-selector.ts');
  const { PacketLocator } = await import('../flow/packet-locator.ts');
  const { index } = trace;
  if (index === undefined) throw new TypeError('a trace of captures has an index');
  return [new FlowSelector(index, new PacketLocator(nodes, index.table))];
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
