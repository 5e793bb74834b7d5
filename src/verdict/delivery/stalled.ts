// Connections that die: one segment is sent again and again, at growing intervals (RFC 6298 section 5), and nobody acknowledges it until the
// capture or the connection ends. What came before it was acknowledged.

import type { SeenObservation } from '../../attribution/observe.ts';
import type { Who } from '../../attribution/who/who.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { FLOW_MARK as MARK } from '../../flow/rows/flow-marks.ts';
import { BIT } from '../../flow/rows/row-layout.ts';
import { LARGE_SEGMENT } from '../../flow/rows/tcp-facts.ts';
import { largestOf } from '../../net/extremes.ts';
import type { RawFinding } from '../flow/judgement.ts';
import { nameOf } from '../flow/rules.ts';
import type { Shared } from '../judging-context.ts';

const TCP = 6;
/** A segment that is lost once or twice is bad luck. */
export const ENOUGH_RESENT = 3;
/** From the first time that it was sent again to the last packet, in seconds: copies of one packet come sooner. */
const ENOUGH_SECONDS = 0.3;

export interface Stall {
  /** How often the segment was sent again, and for how many seconds. */
  times: number;
  seconds: number;
  /** Rows that have it as often as that is enough. */
  rows: readonly number[];
}

type StallInput = Pick<Shared, 'input' | 'reverseVisible'>;

/** Null where the flow goes on, nobody could have seen the acknowledgement, or there never was one. */
export function stallOf({ input: { table }, reverseVisible }: StallInput, flow: number): Stall | null {
  const { rows } = table;
  if (!mayStall(table, flow)) return null;
  const stuck = rowsOf(table, flow).filter((row) => rows.resentTimes(row) >= ENOUGH_RESENT);
  const [longest] = [...stuck].sort((a, b) => secondsOf(table, b) - secondsOf(table, a));
  if (longest === undefined || !reverseVisible(flow)) return null;
  if (secondsOf(table, longest) < ENOUGH_SECONDS || !(table.marks[flow]! & MARK.acknowledges)) return null;
  const sequence = rows.resentSequence(longest);
  const answers = rowsOf(table, table.reverseOf(flow)).filter((row) => isAcknowledging(table, row));
  const isPassed = answers.some((row) => ((rows.acknowledged(row) - sequence) | 0) > 0);
  if (answers.length === 0 || isPassed) return null;
  const same = stuck.filter((row) => rows.resentSequence(row) === sequence);
  return {
    times: largestOf(same.map((row) => rows.resentTimes(row))),
    seconds: secondsOf(table, longest),
    rows: same,
  };
}

function secondsOf({ rows }: FlowTable, row: number): number {
  return rows.since(rows.lastSeconds(row), rows.lastNanos(row)) - rows.resentAt(row);
}

function isAcknowledging({ rows }: FlowTable, row: number): boolean {
  return (rows.bits(row) & BIT.acknowledgementKnown) !== 0;
}

function rowsOf(table: FlowTable, flow: number): number[] {
  const found: number[] = [];
  for (let row = flow < 0 ? -1 : table.firstRow(flow); row >= 0; row = table.rows.next(row)) found.push(row);
  return found;
}

/** Whether a segment of the flow was sent again often enough: the quick look, before anything else is asked. */
export function mayStall(table: FlowTable, flow: number): boolean {
  if (flow < 0 || !(table.marks[flow]! & MARK.resent) || table.protocolOf(flow) !== TCP) return false;
  const { rows } = table;
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row))
    if (rows.resentTimes(row) >= ENOUGH_RESENT) return true;
  return false;
}

/**
 * Whether large segments were acknowledged on the connection: what was, holds more bytes than as many small segments could. Then what is
 * lost is not lost for its size.
 * @param counted rows that hold different packets: what the flow sent, each once
 */
export function largePassed(table: FlowTable, flow: number, counted: readonly number[]): boolean {
  const { rows } = table;
  const answers = rowsOf(table, table.reverseOf(flow)).filter((row) => isAcknowledging(table, row));
  const sent = counted.reduce((sum, row) => sum + rows.data(row) - rows.retransmissions(row), 0);
  return rowsOf(table, flow).some((row) => {
    if (rows.openedAt(row) === 0) return false;
    const segments = Math.max(1, sent);
    const began = rows.firstSequence(row) + 1;
    return answers.some((answer) => {
      const bytes = (rows.acknowledged(answer) - began) | 0;
      return bytes > 0 && bytes > segments * LARGE_SEGMENT;
    });
  });
}

/** Told of the direction that stops, with the side that these captures speak for. */
export function stallFinding(
  stall: Stall,
  {
    src,
    dst,
    observations,
    isLostOnWay,
  }: { src: Who; dst: Who; observations: readonly SeenObservation[]; isLostOnWay: boolean },
): RawFinding {
  const stuck = observations.filter(({ rows }) => rows.some((row) => stall.rows.includes(row)));
  const often = `${stall.times} times in ${stall.seconds.toFixed(1)} s`;
  const what = `one segment from ${nameOf(src)} to ${nameOf(dst)}, on an open connection, was sent again ${often} and never acknowledged`;
  return {
    code: 'no-reply',
    message: `${what}: ${isLostOnWay ? lostText(src, dst) : whereItStops(src, dst, stuck)}`,
    seen: stuck[0] ?? null,
  };
}

/** With both NICs captured. */
function lostText(src: Who, dst: Who): string {
  return `it leaves ${src.node?.name ?? nameOf(src)}'s NIC and does not arrive at ${dst.node?.name ?? nameOf(dst)}'s`;
}

function whereItStops(src: Who, dst: Who, stuck: readonly SeenObservation[]): string {
  const there = dst.node?.name ?? nameOf(dst);
  const roles = new Set(
    stuck
      .filter(({ pointInfo }) => dst.node !== null && pointInfo.topologyNode === dst.node)
      .map(({ pointInfo }) => pointInfo.role),
  );
  if (dst.node !== null && src.node === dst.node) return `it stops inside ${there}, or the pod says nothing more`;
  if (roles.has('workload')) return `it reaches the veth on ${there}; the pod no longer answers`;
  if (roles.size > 0) return `it arrives at ${there} and does not get to the pod, or the pod no longer answers`;
  return `it leaves ${src.node?.name ?? nameOf(src)}; it does not get to ${there}, or the acknowledgement does not get back`;
}
