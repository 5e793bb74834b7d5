// Frames through the walk into a flow table, and the table told in words, for tests that state what must be counted.
import type { CaptureInfo, PacketBatch } from '../../src/capture/source.ts';
import { walkPorts } from '../../src/decode/walk-ports.ts';
import { CaptureCounters } from '../../src/flow/capture-counters.ts';
import { type FactBlock, factBlock, hasRoomFor } from '../../src/flow/fact-block.ts';
import { FactWriter } from '../../src/flow/fact-writer.ts';
import { FlowTable } from '../../src/flow/flow-table.ts';
import { ForeignNumbers } from '../../src/flow/foreign-numbers.ts';
import { PacketFeed } from '../../src/flow/packet-feed.ts';
import type { NodeAddresses } from '../../src/flow/paths/node-addresses.ts';
import { timeRange } from '../../src/flow/time-range.ts';
import { joinPackets } from '../support/packet-builder.ts';

const PORTS = walkPorts();

export interface Frame {
  data: Uint8Array;
  /** Bytes on the wire; default: as many as are there. */
  original?: number;
  linkType?: number;
  seconds?: number;
  nanos?: number;
  interface?: number;
  capture?: number;
}

export interface Counted {
  table: FlowTable;
  /** The row of each frame, -1 for none. */
  rows: number[];
  /** For each frame: whether it was a later fragment without its first one. */
  orphans: boolean[];
  counters: CaptureCounters;
}

/** Counts frames in order; those without a time are a second apart. Plain bytes are Ethernet frames. */
export function countFrames(frames: readonly (Frame | Uint8Array)[], nodes: NodeAddresses | null = null): Counted {
  const counters = new CaptureCounters(captureInfo());
  const table = new FlowTable(nodes);
  return { ...addFrames(table, frames, counters), table, counters };
}

/** Adds frames to a table; packets are numbered from 1. */
export function addFrames(
  table: FlowTable,
  frames: readonly (Frame | Uint8Array)[],
  counters: CaptureCounters = new CaptureCounters(captureInfo()),
): Pick<Counted, 'rows' | 'orphans'> {
  const list = frames.map((frame): Frame => (frame instanceof Uint8Array ? { data: frame } : frame));
  const batch = batchOf(list);
  const rows: number[] = [];
  const orphans = list.map(() => false);
  const range = timeRange(null, null);
  for (const { from, count, capture, linkType } of runs(list, table.rowOf.length)) {
    const own = countersOf(counters, linkType, orphans);
    const feed = new PacketFeed(table, { capture, counters: own, ports: PORTS, range });
    feed.firstPacket = from + 1;
    feedBatches(feed, own.info)(partOf(batch, from, count));
    rows.push(...table.rowOf.subarray(0, count));
  }
  return { rows, orphans };
}

/** Decodes batches and feeds them, each in turn. */
export function feedBatches(feed: PacketFeed, info: CaptureInfo): (batch: PacketBatch) => void {
  const [writer, numbers] = [new FactWriter(PORTS), new ForeignNumbers()];
  let block: FactBlock | null = null;
  return (batch) => {
    if (block === null || !hasRoomFor(block, batch)) block = factBlock(batch);
    block.batch = batch;
    writer.write(block, feed.capture, info.interfaces);
    feed.add(block, numbers);
  };
}

/** The same counters, for packets that are all of one link type. */
function countersOf(counters: CaptureCounters, linkType: number, orphans: boolean[]): CaptureCounters {
  const interfaces = captureInfo(new Array(8).fill(6)).interfaces.map((one) => ({ ...one, linkType }));
  const own = {
    info: { ...counters.info, interfaces },
    countOrphan(packet: number) {
      orphans[packet - 1] = true;
      counters.countOrphan(packet);
    },
  };
  return new Proxy(counters, {
    get(target, name) {
      const value: unknown = Object.hasOwn(own, name) ? own[name as keyof typeof own] : Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
    set: (target, name, value) => Reflect.set(target, name, value),
  });
}

/** Frames one after the other that are of one capture and link type and fit into a batch. */
function runs(
  list: readonly Frame[],
  most: number,
): { from: number; count: number; capture: number; linkType: number }[] {
  const found: ReturnType<typeof runs> = [];
  list.forEach(({ capture = 0, linkType = 1 }, i) => {
    const last = found.at(-1);
    const isMore = last?.capture === capture && last.linkType === linkType && last.count < most;
    if (last !== undefined && isMore) last.count++;
    else found.push({ from: i, count: 1, capture, linkType });
  });
  return found;
}

function partOf(batch: PacketBatch, from: number, count: number): PacketBatch {
  const to = from + count;
  return {
    bytes: batch.bytes,
    start: batch.start.subarray(from, to),
    captured: batch.captured.subarray(from, to),
    original: batch.original.subarray(from, to),
    seconds: batch.seconds.subarray(from, to),
    nanos: batch.nanos.subarray(from, to),
    interface: batch.interface.subarray(from, to),
    count,
  };
}

export function batchOf(frames: readonly Frame[]): PacketBatch {
  const { bytes, starts, lengths } = joinPackets(frames.map((frame) => frame.data));
  return {
    bytes,
    start: Uint32Array.from(starts),
    captured: Uint32Array.from(lengths),
    original: Uint32Array.from(frames, (frame, i) => frame.original ?? lengths[i]!),
    seconds: Float64Array.from(frames, (frame, i) => frame.seconds ?? 1_700_000_000 + i),
    nanos: Uint32Array.from(frames, (frame) => frame.nanos ?? 0),
    interface: Uint32Array.from(frames, (frame) => frame.interface ?? 0),
    count: frames.length,
  };
}

export function captureInfo(timeDigits: readonly number[] = [6]): CaptureInfo {
  return {
    path: 'a.pcap',
    format: 'pcap',
    compression: 'none',
    interfaces: timeDigits.map((digits, index) => ({
      index,
      name: null,
      description: null,
      linkType: 1,
      snaplen: 0,
      filter: null,
      timeDigits: digits,
      dropped: null,
    })),
    complete: true,
    warnings: [],
    error: null,
  };
}

/** `17 10.0.0.1:40000 > 10.0.0.2:53`; `?` for ports that were cut off. */
export function flowText(table: FlowTable, flow: number): string {
  const source = `${table.sourceOf(flow)}:${table.sourcePortOf(flow) ?? '?'}`;
  const destination = `${table.destinationOf(flow)}:${table.destinationPortOf(flow) ?? '?'}`;
  return `${table.protocolOf(flow)} ${source} > ${destination}`;
}

export function rowsOf(table: FlowTable, flow: number): number[] {
  const rows: number[] = [];
  for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row)) rows.push(row);
  return rows;
}

/** Every row of the table, in the order of their first packets. */
export function everyRow(table: FlowTable): number[] {
  return Array.from({ length: table.rows.count }, (_, row) => row);
}

/** `vxlan 4096 10.0.1.20 > 10.0.1.30`, with carriers before it; `none`. */
export function tunnelText(table: FlowTable, row: number): string {
  const { encapsulation, vni, outerSrc, outerDst, carriers } = table.tunnels.record(table.tunnelOf(row));
  const outer = encapsulation === 'none' ? '' : `${vni === null ? '' : ` ${vni}`} ${outerSrc} > ${outerDst}`;
  return [...carriers, `${encapsulation}${outer}`].join(' | ');
}

/** One line per row, flows in order: the flow, its tunnel and how many packets. */
export function told(table: FlowTable): string[] {
  const lines: string[] = [];
  for (let flow = 0; flow < table.flowCount; flow++) {
    for (const row of rowsOf(table, flow)) {
      lines.push(`${flowText(table, flow)} [${tunnelText(table, row)}] ${table.rows.packets(row)}`);
    }
  }
  return lines;
}
