// Where a flow's packets stop, and why: told flow by flow, beside the verdict on its encapsulation.

import { observationsOf, type SeenObservation } from '../../attribution/observe.ts';
import type { Expected, Outcome } from '../../attribution/vocabulary.ts';
import type { Who } from '../../attribution/who/who.ts';
import { EBPF_NODEPORT_VNI } from '../../cluster/calico.ts';
import type { Node } from '../../topology/model.ts';
import { hasCome, wasSent } from '../flow/returned.ts';
import type { RawWarning } from '../flow/warnings.ts';
import type { Shared } from '../judging-context.ts';
import { arrivalOf, isUnanswered } from './flow-arrival.ts';
import { halfOpen, halfOpenFinding } from './half-open.ts';
import { loopFinding } from './loops.ts';
import { partLost } from './part-lost.ts';
import { rejectionText } from './rejections.ts';
import { stallFinding, stallOf } from './stalled.ts';

export interface DeliveredFlow {
  src: Who;
  dst: Who;
  expected: Expected;
  observations: readonly SeenObservation[];
  outcome: Outcome | null;
  /** Rows that count. */
  counted: readonly number[];
}

/** ICMP, TCP, ICMPv6: what is asked there is answered. */
const ASKING: ReadonlySet<number> = new Set([1, 6, 58]);

export function deliveryFindings(shared: Shared, flow: number, all: DeliveredFlow): RawWarning[] {
  const seen = { ...all, observations: withoutStrange(shared, all.observations) };
  const isSilent = seen.outcome === 'half-open' || isUnanswered(shared, seen.counted, seen.outcome);
  const isQuestion = ASKING.has(shared.input.table.protocolOf(flow));
  const loop = loopFinding({ table: shared.input.table, ...seen }, isSilent && isQuestion);
  return [
    rejected(shared, flow, seen, isSilent),
    // what a node sends on in a circle it did not drop
    loop ?? (isSilent && isQuestion ? shared.lostInNode.of({ flow, ...seen }) : null) ?? partLost(shared, flow, seen),
    stuckHandshake(shared, flow, seen),
    translated(shared, flow, seen),
    stalled(shared, flow, seen),
  ].filter((f) => f !== null);
}

/** What a tunnel that is not the cluster's brought to a node, a mirror's perhaps, did not come there by itself. */
function withoutStrange(
  { input: { table }, pathFacts: { isStrange } }: Shared,
  observations: readonly SeenObservation[],
): readonly SeenObservation[] {
  const isOfCluster = (row: number): boolean => isStrange[table.rows.path(row)] !== 1;
  return observations.filter(({ vni, rows }) => vni === EBPF_NODEPORT_VNI || rows.some(isOfCluster));
}

function rejected({ rejections }: Shared, flow: number, seen: DeliveredFlow, isSilent: boolean): RawWarning | null {
  const found = rejections.of(flow, seen.observations, isSilent);
  if (found === null) return null;
  const at = { capture: found.capture, packet: found.firstPacket };
  return { code: 'overlay-rejected', message: rejectionText(found), seen: null, at };
}

function translated({ translations }: Shared, flow: number, { observations }: DeliveredFlow): RawWarning | null {
  const message = translations.get(flow);
  return message === undefined ? null : { code: 'source-translated', message, seen: observations[0] ?? null };
}

function stalled(shared: Shared, flow: number, seen: DeliveredFlow): RawWarning | null {
  const stall = stallOf(shared, flow);
  if (stall === null) return null;
  const isLostOnWay = arrivalOf(shared, flow, seen.src, seen.dst)?.lost === true;
  return stallFinding(stall, { ...seen, isLostOnWay });
}

function stuckHandshake(shared: Shared, flow: number, seen: DeliveredFlow): RawWarning | null {
  const { table, captures } = shared.input;
  const asks = seen.counted.some((row) => table.rows.requests(row) > 0);
  if (seen.outcome !== 'half-open' || !asks) return null;
  const reverse = table.reverseOf(flow);
  const stuck = halfOpen(shared.counting, flow, reverse);
  if (stuck === null) return null;
  const answers = withoutStrange(shared, observationsOf(table, shared.points, captures, reverse));
  const back = { table, src: seen.dst, dst: seen.src, observations: answers };
  // told of the answers themselves
  if (loopFinding(back, true) !== null) return null;
  const haveCome = ({ capture, pointInfo: { role, mac, topologyNode }, rows }: SeenObservation): boolean => {
    if (role === 'tunnel')
      return rows.every((row) => !wasSent(table, row, mac) && !isFromVtep(shared, row, topologyNode));
    // what came in by a device that nobody knows may have come from the node's own pod
    const isOfOneNic = role === 'underlay' && !shared.hasCopies(capture) && shared.points.rings.mixed[capture] !== true;
    return isOfOneNic && rows.every((row) => (mac === null ? !wasSent(table, row, mac) : hasCome(table, row, mac)));
  };
  return halfOpenFinding(stuck, seen, { asked: seen.observations, answers, haveCome });
}

/** Whether frames on a tunnel device have its own MAC as source. */
function isFromVtep({ input: { table, topology } }: Shared, row: number, node: Node | null): boolean {
  const { src } = table.links.record(table.linkOf(row));
  return src !== null && node !== null && topology?.nodeByVtepMac(src)?.node === node;
}
