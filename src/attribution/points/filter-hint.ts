// Was the capture taken through a filter? A file with nothing but UDP 4789 cannot show what is missing from it, and one
// taken with `host POD` shows plain copies only (design section 4, docs/captures.md).
import type { CaptureCounters } from '../../flow/capture-counters.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { isAnswer } from '../answers.ts';
import type { CaptureRings } from './capture-rings.ts';
import { type DirectionHint, directionHints } from './direction-hint.ts';

export interface FilterHint {
  expression: string;
  evidence: string;
  /** True when a packet that went past the overlay could not be in the file. */
  hidesBypass: boolean;
}

/** Fewer packets than this of one kind are no sign of a filter, unless answers show that others are missing. */
const ENOUGH = 20;

interface Shape {
  packets: number;
  tunnel: number;
  ports: Set<number>;
  kinds: Set<string>;
  /** Addresses that every flow so far has at one end. */
  common: Set<string> | null;
  /** A flow that answers packets which are not in the file. */
  answersOnly: boolean;
}

/**
 * One hint per capture; null where nothing suggests a filter.
 * @param rings pieces of one capture are judged together: one of them may hold nothing but tunnels by chance
 */
export function filterHints(
  table: FlowTable,
  captures: readonly CaptureCounters[],
  { rings, ringOf }: Pick<CaptureRings, 'rings' | 'ringOf'>,
): (FilterHint | null)[] {
  const shapes: Shape[] = rings.map(() => ({
    packets: 0,
    tunnel: 0,
    ports: new Set(),
    kinds: new Set(),
    common: null,
    answersOnly: false,
  }));
  for (let flow = 0; flow < table.flowCount; flow++) addFlow(shapes, ringOf, table, flow);
  const directions = directionHints(table, ringOf, rings.length);
  const guesses = rings.map((ring, i) => {
    const shape = shapes[i] as Shape;
    const packets = ring.reduce((sum, capture) => sum + (captures[capture]?.packets ?? 0), 0);
    return guess(packets, shape) ?? oneDirection(shape, directions[i] ?? null);
  });
  return captures.map((capture, i) => recordedFilter(capture) ?? guesses[ringOf[i] ?? 0] ?? null);
}

function addFlow(shapes: Shape[], ringOf: Int32Array, table: FlowTable, flow: number): void {
  const { rows } = table;
  const { source, destination, addresses } = table.ends;
  const unasked = table.reverseOf(flow) < 0 && isAnswer(table, flow);
  const own = [addresses[source[flow] ?? -1] ?? '', addresses[destination[flow] ?? -1] ?? ''];
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
    const shape = shapes[ringOf[table.links.captureOf(table.linkOf(row))] ?? -1];
    if (shape === undefined) continue;
    const packets = rows.packets(row);
    shape.packets += packets;
    shape.answersOnly ||= unasked;
    const tunnel = table.tunnels.record(table.tunnelOf(row));
    const ends = tunnel.outerSrc === null ? own : [tunnel.outerSrc, tunnel.outerDst ?? ''];
    if (shape.common === null) shape.common = new Set(ends);
    else if (shape.common.size > 0) shape.common = new Set(ends.filter((a) => shape.common?.has(a)));
    if (tunnel.encapsulation === 'none' || tunnel.carriers.length > 0) continue;
    shape.tunnel += packets;
    shape.kinds.add(tunnel.encapsulation);
    if (tunnel.udpPort !== null) shape.ports.add(tunnel.udpPort);
  }
}

function recordedFilter(capture: CaptureCounters): FilterHint | null {
  const filters = new Set(capture.info.interfaces.map((i) => i.filter).filter((f) => f !== null && f !== ''));
  const [expression] = filters;
  if (expression == null) return null;
  return { expression, evidence: 'recorded in the file (if_filter)', hidesBypass: !isHarmless(expression) };
}

function oneDirection(shape: Shape, hint: DirectionHint | null): FilterHint | null {
  if (hint === null || (hint.packets < ENOUGH && !shape.answersOnly)) return null;
  return { expression: 'one direction', evidence: hint.evidence, hidesBypass: true };
}

/** Filters that keep every IP packet. */
function isHarmless(expression: string): boolean {
  return /^\s*(ip|ip6|ip or ip6|not (arp|port 22|tcp port 22))\s*$/i.test(expression);
}

function guess(all: number, shape: Shape): FilterHint | null {
  if ((all < ENOUGH && !shape.answersOnly) || shape.packets < all) return null;
  const [port] = shape.ports;
  if (shape.tunnel === all && shape.kinds.size === 1 && shape.ports.size === 1) {
    return {
      expression: `udp port ${port}`,
      evidence: `${all} of ${all} packets are UDP ${port}, and no ARP`,
      hidesBypass: true,
    };
  }
  if (shape.tunnel === all && shape.kinds.has('ipip')) {
    return {
      expression: 'ip proto 4',
      evidence: `${all} of ${all} packets are IP-in-IP, and no ARP`,
      hidesBypass: true,
    };
  }
  const common = [...(shape.common ?? [])];
  if (shape.tunnel === 0 && common.length > 0 && common.length <= 2) {
    return {
      expression: common.map((a) => `host ${a}`).join(' and '),
      evidence: `every packet has ${common.join(' and ')}, and no ARP`,
      hidesBypass: false,
    };
  }
  return null;
}
