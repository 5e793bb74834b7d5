// Packets of a flow that stop inside a node while others of it pass: what one place of the node had more of than the next one, which was
// captured all the time. Told of whole packets only: where segments are merged or split between the two places, no count is certain.

import { countFlow } from '../../attribution/count-flow.ts';
import type { SeenObservation } from '../../attribution/observe.ts';
import { type Span, spanOf } from '../../attribution/points/time-lanes.ts';
import type { PointRole } from '../../attribution/vocabulary.ts';
import type { Who } from '../../attribution/who/who.ts';
import { BIT } from '../../flow/rows/row-layout.ts';
import { largestOf, smallestOf } from '../../net/extremes.ts';
import { toSeconds } from '../../net/time.ts';
import type { Node } from '../../topology/model.ts';
import { isLoss } from '../cause/pair-tally.ts';
import type { RawFinding } from '../flow/judgement.ts';
import { nameOf } from '../flow/rules.ts';
import type { Shared } from '../judging-context.ts';

type PartInput = Pick<Shared, 'input' | 'counting' | 'pathFacts' | 'lostInNode'>;

interface Ends {
  src: Who;
  dst: Who;
  observations: readonly SeenObservation[];
}

/** Places of a node in the order in which packets for its pods pass them; what its pods send passes them the other way. */
const INWARD: readonly PointRole[] = ['underlay', 'tunnel', 'workload'];
const TCP = 6;
/** Of fragments, and of TCP without its header, numbers of packets and bytes tell nothing. */
const BLURRED = BIT.innerFragmented | BIT.fragmentWithoutFirst | BIT.headerCut;

/** The quick look: whether two kinds of places have unequal parts of the flow. */
export function mayLosePart({ counting: { table }, pathFacts, lostInNode }: PartInput, flow: number): boolean {
  const { rows } = table;
  const first = table.firstRow(flow);
  if (!lostInNode.isKnown || rows.next(first) < 0) return false;
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  let roles = 0;
  for (let row = first; row >= 0; row = rows.next(row)) {
    const role = INWARD.indexOf(pathFacts.point[rows.path(row)]?.role ?? 'unknown');
    if (role < 0) continue;
    roles |= 1 << role;
    least = Math.min(least, rows.distinct(row));
    most = Math.max(most, rows.distinct(row));
  }
  return least < most && (roles & (roles - 1)) !== 0;
}

/** Null where all passed, or nothing certain can be said. */
export function partLost(input: PartInput, flow: number, ends: Ends): RawFinding | null {
  if (!mayLosePart(input, flow)) return null;
  const { src, dst } = ends;
  if (src.node !== null && src.node === dst.node) return null;
  return (
    (dst.kind === 'pod' ? stopsIn(input, flow, ends, dst.node, INWARD) : null) ??
    (src.kind === 'pod' ? stopsIn(input, flow, ends, src.node, [...INWARD].reverse()) : null)
  );
}

function stopsIn(
  input: PartInput,
  flow: number,
  { src, dst, observations }: Ends,
  node: Node | null,
  order: readonly PointRole[],
): RawFinding | null {
  if (node === null) return null;
  const passed = order.flatMap((role) => {
    const part = partAt(input, flow, { observations, node, role, isInward: order === INWARD });
    return part === null ? [] : [part];
  });
  for (const [i, from] of passed.entries()) {
    const to = passed[i + 1];
    if (to === undefined || !to.isOpen || !isWithin(from.span, to.captured) || from.largest !== to.largest) continue;
    // what was only merged has all its bytes
    const isMerged = input.input.table.protocolOf(flow) === TCP && from.bytes > 0 && from.bytes <= to.bytes;
    const lost = from.packets - to.packets;
    if (isMerged || !isLoss(lost, from.packets)) continue;
    const came = order === INWARD ? `came to ${WORDS[from.role]}` : `left ${WORDS[from.role]}`;
    const message = `${lost} of ${from.packets} packets from ${nameOf(src)} to ${nameOf(dst)} that ${came} were not seen at ${WORDS[to.role]}${deviceOf(to.seen)} of ${node.name}: dropped inside the node`;
    return { code: 'lost-in-node', message, seen: from.seen };
  }
  return null;
}

const WORDS: Partial<Record<PointRole, string>> = {
  underlay: 'the NIC',
  tunnel: 'the tunnel device',
  workload: "the pod's veth",
};

function deviceOf({ pointInfo }: SeenObservation): string {
  return pointInfo.interface === null ? '' : ` ${pointInfo.interface}`;
}

/** What one kind of place of a node had of a flow. */
interface Part {
  role: PointRole;
  seen: SeenObservation;
  packets: number;
  bytes: number;
  largest: number;
  span: Span;
  /** Nothing hides packets there, and one capture has all the time. */
  isOpen: boolean;
  captured: Span;
}

function partAt(
  { input, counting, pathFacts, lostInNode }: PartInput,
  flow: number,
  {
    observations,
    node,
    role,
    isInward,
  }: { observations: readonly SeenObservation[]; node: Node; role: PointRole; isInward: boolean },
): Part | null {
  const own = observations.filter(({ pointInfo }) => pointInfo.role === role && pointInfo.topologyNode === node);
  const [seen] = own;
  if (seen === undefined || own.some(({ carriers }) => carriers.length > 0)) return null;
  const { rows, links } = counting.table;
  const isHere = (row: number): boolean => {
    const point = pathFacts.point[rows.path(row)];
    if (point?.role !== role || point.topologyNode !== node) return false;
    const link = links.record(counting.table.linkOf(row));
    // what the node sends back of what came to it is no more of it
    return role !== 'underlay' || point.mac === null || link[isInward ? 'dst' : 'src'] === point.mac;
  };
  const counts = countFlow(counting, flow, (row) => (isHere(row) ? rows.distinct(row) : 0));
  const here = counts.rows.filter(isHere);
  const isBlurred = here.some((row) => (rows.bits(row) & BLURRED) !== 0);
  if (counts.packets === 0 || counts.least < counts.most || isBlurred) return null;
  const captures = [...new Set(own.map(({ capture }) => capture))];
  const spans = captures.map((capture) => spanOf(input.captures[capture]));
  const [captured] = spans;
  return {
    role,
    seen,
    packets: counts.packets,
    bytes: here.reduce((sum, row) => sum + rows.payloadBytes(row), 0),
    largest: here.reduce((most, row) => Math.max(most, rows.largest(row)), 0),
    span: {
      first: smallestOf(own.map(({ firstMoment }) => toSeconds(firstMoment))),
      last: largestOf(own.map(({ lastMoment }) => toSeconds(lastMoment))),
    },
    isOpen: captures.length === 1 && captured != null && own.every(({ pointInfo }) => lostInNode.isOpen(pointInfo)),
    captured: captured ?? { first: 0, last: 0 },
  };
}

function isWithin({ first, last }: Span, { first: start, last: end }: Span): boolean {
  return first >= start && last <= end;
}
