// Answers that could not be in a capture, or not be read there, where the question is: they come in another tunnel than what was asked, or in
// none, and a filter kept such packets out, or it is a tunnel's device; or the snaplen cut off whose packets they are.

import type { FilterHint } from '../../attribution/filter/filter-hint.ts';
import type { PathFacts } from '../../attribution/path-facts.ts';
import type { Points } from '../../attribution/points/points.ts';
import type { Point } from '../../attribution/points/points-input.ts';
import type { Expected } from '../../attribution/vocabulary.ts';
import type { Directory, Who } from '../../attribution/who/who.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { type CaptureExpression, type ExpressionFrame, parseCaptureExpression } from '../../net/capture-expression.ts';
import { type Ip, parseIp } from '../../net/ip.ts';
import type { IPPool } from '../../topology/model.ts';
import type { Settings } from './overlay-in-use.ts';
import { placesOfRows } from './reverse-visibility.ts';

const [IPIP, UDP] = [4, 17] as const;
/** A port that nobody asks for by name. */
const ANY_PORT = 50_123;

export interface FilteredInput {
  table: FlowTable;
  paths: PathFacts;
  points: Points;
  who: Directory;
  expect: (src: Who, dst: Who) => Expected;
  /** Per capture, what it seems to have been taken through: each list by itself. */
  filters: readonly (readonly (FilterHint | null)[])[];
  /** NICs, by index of their points, on which the snaplen hid whose packets they were. */
  cutNics: ReadonlySet<number>;
  settings: Settings;
}

/**
 * Tells whether an answer to a flow could not be seen, or read, where one of its rows was. Where the snapshot does not tell how it comes, a
 * filter may have kept it out; without a snapshot it is taken to come as it was asked.
 */
export function filteredAnswers(input: FilteredInput): (flow: number, row: number) => boolean {
  const { table, paths, who, expect, filters } = input;
  const keepers = filters.map((list) => list.map((hint) => parseCaptureExpression(hint?.expression ?? '')));
  const isFiltered = (capture: number): boolean => filters.some((list) => (list[capture] ?? null) !== null);
  const isCut = cutPlaces(input);
  let seen: ((pool: IPPool, row: number) => boolean) | null = null;
  return (flow, row) => {
    const point = paths.point[table.rows.path(row)] ?? null;
    if (point === null || point.role === 'workload') return false;
    const isTunnel = point.role === 'tunnel';
    if (!isTunnel && isCut(point)) return true;
    if (!isTunnel && !isFiltered(point.capture)) return false;
    const [asker, asked] = [who.source, who.destination].map((side) => who.whoOf(side[flow] ?? -1)) as [Who, Who];
    const [there, back] = [expect(asker, asked), expect(asked, asker)];
    if (back.reason === NO_SNAPSHOT) return false;
    if (isTunnel && isElsewhere(there, back)) return true;
    const frame = frameOf(input, flow, { asker, asked, back });
    if (!isTunnel && keepers.some((list) => drops(list[point.capture] ?? null, frame))) return true;
    // the snapshot may be out of date: what the place has of others says that such packets come by
    seen ??= poolsSeen(input);
    return asker.owner.pool !== null && !seen(asker.owner.pool, row);
  };
}

/** Whether a NIC is of a node, or in the pieces of a capture, of which packets were cut off. */
function cutPlaces({ points, cutNics }: FilteredInput): (point: Point) => boolean {
  const placeOf = ({ topologyNode, capture }: Point): string =>
    topologyNode === null ? `ring ${points.rings.ringOf[capture]}` : `node ${topologyNode.index}`;
  const cut = new Set([...cutNics].flatMap((nic) => (points.all[nic] === undefined ? [] : placeOf(points.all[nic]))));
  return (point) => cut.size > 0 && cut.has(placeOf(point));
}

/** To which pools' addresses there were packets at the place of a row. */
function poolsSeen({ table, who, points }: FilteredInput): (pool: IPPool, row: number) => boolean {
  const { rows } = table;
  const placeOf = placesOfRows(table, points);
  const places = new Map<IPPool, Set<number>>();
  for (let flow = 0; flow < table.flowCount; flow++) {
    const { pool } = who.whoOf(who.destination[flow] ?? -1).owner;
    if (pool === null) continue;
    const own = places.get(pool) ?? new Set();
    places.set(pool, own);
    for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) own.add(placeOf(row));
  }
  return (pool, row) => places.get(pool)?.has(placeOf(row)) === true;
}

const NO_SNAPSHOT = 'no-snapshot';

/** Whether what comes back does not, or need not, come by the tunnel device that the question went by. */
function isElsewhere(there: Expected, back: Expected): boolean {
  return (
    back.encapsulation === null ||
    back.encapsulation === 'none' ||
    back.encapsulation !== (there.encapsulation ?? back.encapsulation)
  );
}

/** @param frame null: not known */
function drops(keeps: CaptureExpression | null, frame: ExpressionFrame | null): boolean {
  // what is no expression (one direction) is known by what else it shows
  return keeps !== null && keeps(frame ?? ANY_FRAME) === false;
}

/** No expression keeps it by what it says. */
const ANY_FRAME: ExpressionFrame = {
  ...{ source: null, destination: null, version: 4, protocol: 255 },
  ...{ sourcePort: null, destinationPort: null },
};

/** The outermost headers of an answer, as it comes on an underlay. */
function frameOf(
  { table, settings }: FilteredInput,
  flow: number,
  { asker, asked, back }: { asker: Who; asked: Who; back: Expected },
): ExpressionFrame | null {
  const outer = { source: addressOf(asked), destination: addressOf(asker), version: 4 as const };
  switch (back.encapsulation) {
    case 'vxlan':
      return { ...outer, protocol: UDP, sourcePort: ANY_PORT, destinationPort: settings.port(asked.node).value };
    case 'ipip':
      return { ...outer, protocol: IPIP, sourcePort: null, destinationPort: null };
    case 'none':
    case 'local': {
      const [source, destination] = [table.destinationOf(flow), table.sourceOf(flow)].map(parseIp) as [Ip, Ip];
      return {
        ...{ source, destination, version: source.family, protocol: table.protocolOf(flow) },
        ...{ sourcePort: table.destinationPortOf(flow), destinationPort: table.sourcePortOf(flow) },
      };
    }
    default:
      return null;
  }
}

function addressOf({ node }: Who): Ip | null {
  const [first] = node?.addresses ?? [];
  return first === undefined ? null : parseIp(first.address);
}
