// Packets that go in a circle: one and the same comes by again and again, each time with a lower hop limit; or a node sends what came to
// it for one of its pods back out of its NIC, since it has no such pod any more.

import type { SeenObservation } from '../../attribution/observe.ts';
import type { Who } from '../../attribution/who/who.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { circles } from '../../flow/rows/circles.ts';
import { smallestOf } from '../../net/extremes.ts';
import type { RawFinding } from '../flow/judgement.ts';
import { hasCome, wasSent } from '../flow/returned.ts';
import { nameOf } from '../flow/rules.ts';

interface LoopInput {
  table: FlowTable;
  src: Who;
  dst: Who;
  observations: readonly SeenObservation[];
}

export function loopFinding(input: LoopInput, isSilent: boolean): RawFinding | null {
  return circle(input) ?? (isSilent ? bounce(input) : null);
}

function circle({ table, src, dst, observations }: LoopInput): RawFinding | null {
  const seen = observations.find(({ rows }) => rows.some((row) => circles(table.rows, row)));
  const row = seen?.rows.find((one) => circles(table.rows, one));
  if (seen === undefined || row === undefined) return null;
  const { rows } = table;
  const where = seen.pointInfo.node === null ? '' : ` at ${seen.pointInfo.node}`;
  const message = `packets from ${nameOf(src)} to ${nameOf(dst)} go in a circle: the same ones come by${where} with hop limits from ${rows.ttlMax(row)} down to ${rows.ttlMin(row)}`;
  return { code: 'routing-loop', message, seen };
}

/** Frames to the captured NIC, and from it, with one packet less a hop; what is the node's own goes out first. */
function bounce({ table, src, dst, observations }: LoopInput): RawFinding | null {
  if (dst.kind !== 'pod' || dst.owner.pool === null) return null;
  const { rows } = table;
  for (const { pointInfo } of observations) {
    const { mac, role, topologyNode: node } = pointInfo;
    const isOwn = node === src.node;
    if (role !== 'underlay' || node === null || (isOwn && dst.node !== node)) continue;
    const isHere = ({ pointInfo: other }: SeenObservation): boolean =>
      other.role === 'underlay' && other.topologyNode === node;
    const here = observations.filter(isHere).flatMap((one) => one.rows);
    const came = here.filter((row) => hasCome(table, row, mac));
    const left = here.filter((row) => wasSent(table, row, mac));
    const [before, after] = isOwn ? [left, came] : [came, left];
    const lowest = smallestOf(before.map((row) => rows.ttlMin(row)));
    const seen = observations.find((one) => one.rows.some((row) => after.includes(row) && rows.ttlMax(row) < lowest));
    if (before.length === 0 || seen === undefined) continue;
    const what = isOwn ? 'its own packets' : `what comes to it from ${nameOf(src)}`;
    const message = `${node.name} sends ${what} for ${nameOf(dst)} ${isOwn ? 'out' : 'back out'} of its NIC: it has no such pod, and no route that would drop it`;
    return { code: 'routing-loop', message, seen };
  }
  return null;
}
