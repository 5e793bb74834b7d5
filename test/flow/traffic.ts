// Frames through the walk into a flow table, and the table told in words, for tests that state what must be counted.
import type { CaptureInfo, PacketBatch } from '../../src/capture/source.ts';
import { LayerStack } from '../../src/decode/layer-stack.ts';
import { walk } from '../../src/decode/walk.ts';
import { walkPorts } from '../../src/decode/walk-ports.ts';
import { CaptureCounters } from '../../src/flow/capture-counters.ts';
import { FlowTable } from '../../src/flow/flow-table.ts';
import type { NodeAddresses } from '../../src/flow/paths/node-addresses.ts';
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
  counters: CaptureCounters | null = null,
): Pick<Counted, 'rows' | 'orphans'> {
  const list = frames.map((frame): Frame => (frame instanceof Uint8Array ? { data: frame } : frame));
  const batch = batchOf(list);
  const rows: number[] = [];
  const orphans = list.map(() => false);
  const layersOf = (i: number): LayerStack => {
    const stack = new LayerStack();
    const { linkType = 1 } = list[i]!;
    walk(batch.bytes, batch.start[i]!, batch.captured[i]!, batch.original[i]!, linkType, stack, PORTS);
    return stack;
  };
  for (const { from, count, capture } of runs(list, table.rowOf.length)) {
    const part = partOf(batch, from, count);
    for (let i = 0; i < count; i++) {
      const stack = layersOf(from + i);
      counters?.count(part, i, stack, from + i + 1);
      table.note(part, i, stack, capture);
    }
    table.addBatch(part, {
      capture,
      firstPacket: from + 1,
      layersOf: (i) => layersOf(from + i),
      onOrphan(packet) {
        orphans[packet - 1] = true;
        counters?.countOrphan(packet);
      },
    });
    rows.push(...table.rowOf.subarray(0, count));
  }
  return { rows, orphans };
}

/** Frames one after the other that are of one capture and fit into a batch. */
function runs(list: readonly Frame[], most: number): { from: number; count: number; capture: number }[] {
  const found: { from: number; count: number; capture: number }[] = [];
  list.forEach(({ capture = 0 }, i) => {
    const last = found.at(-1);
    if (last !== undefined && last.capture === capture && last.count < most) last.count++;
    else found.push({ from: i, count: 1, capture });
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
