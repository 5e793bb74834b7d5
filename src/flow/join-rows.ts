// Where one capture was cut, what goes one way through it has a row in each piece. Facts that hang on the packets before are joined: whether a
// segment was sent again, whether a packet goes in a circle.

import type { FlowTable } from './flow-table.ts';
import { joinTurns } from './rows/circles.ts';
import { joinSequences } from './rows/tcp-pieces.ts';

const TCP = 6;

/**
 * Joins the rows of all flows, once copies on both sides of a cut are taken back (`joinPieces`).
 * @param rings pieces of each capture, in order of time
 */
export function joinRows(table: FlowTable, rings: readonly (readonly number[])[]): void {
  const { rows } = table;
  const place = placesOf(rings.filter(({ length }) => length > 1));
  const link = linksInCapture(table);
  for (let flow = 0; flow < table.flowCount; flow++) {
    const isTcp = table.protocolOf(flow) === TCP;
    if (rows.next(table.firstRow(flow)) < 0 || !(isTcp || mayTurn(table, flow))) continue;
    for (const way of waysOf(table, flow, place, link)) {
      if (way.length < 2) continue;
      joinTurns(rows, way);
      if (isTcp) joinSequences(rows, way);
    }
  }
}

function mayTurn(table: FlowTable, flow: number): boolean {
  for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row))
    if (table.rows.fallen(row) > 0) return true;
  return false;
}

/** By capture that is a piece: its ring, and which piece of it. */
function placesOf(rings: readonly (readonly number[])[]): Map<number, { ring: number; piece: number }> {
  return new Map(
    rings.flatMap((captures, ring) => captures.map((capture, piece) => [capture, { ring, piece }] as const)),
  );
}

/** Of each link, a number that is the same for what is the same link in another capture. */
function linksInCapture({ links }: FlowTable): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from({ length: links.count }, (_, link) => {
    const words = links.wordsInCapture(link).join();
    const number = numbers.get(words) ?? numbers.size;
    numbers.set(words, number);
    return number;
  });
}

/** Rows of a flow by the way that they went through the pieces of one capture, in the order of these. */
function waysOf(
  table: FlowTable,
  flow: number,
  place: ReturnType<typeof placesOf>,
  links: Int32Array,
): Iterable<number[]> {
  const ways = new Map<string, { row: number; piece: number }[]>();
  for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row)) {
    const link = table.linkOf(row);
    const at = place.get(table.links.captureOf(link));
    if (at === undefined) continue;
    const key = `${at.ring}|${links[link]}|${table.tunnelOf(row)}`;
    const own = ways.get(key) ?? [];
    ways.set(key, own);
    own.push({ row, piece: at.piece });
  }
  return [...ways.values()].map((own) => own.sort((a, b) => a.piece - b.piece).map(({ row }) => row));
}
