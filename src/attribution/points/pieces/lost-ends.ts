// Pieces of a rotated capture that were given and not read, or not to their end: what was in them is missing as if they were not there.
import type { CaptureCounters } from '../../../flow/capture-counters.ts';
import { addUnder } from '../../../net/multi-map.ts';
import { baseName } from '../points-input.ts';
import { spanOf } from '../time-lanes.ts';
import { pieceName, pieceNumber } from './piece-names.ts';

/** What is missing of the pieces of one name, between two that follow each other in time. */
export interface LostEnds {
  /** Why packets are missing between the captures, null where these pieces say nothing of it. */
  between(before: number, after: number): string | null;
}

export function lostEnds(captures: readonly CaptureCounters[]): LostEnds {
  const lost = new Map<string, string[]>();
  for (const one of captures)
    if (spanOf(one) === null && isUnread(one)) addUnder(lost, pieceName(one.info.path).alike, one.info.path);
  return {
    between(before, after) {
      const [one, other] = [captures[before], captures[after]];
      if (one === undefined || other === undefined) return null;
      if (isUnread(one)) return `${baseName(one.info.path)} was not read to its end`;
      const piece = lost
        .get(pieceName(one.info.path).alike)
        ?.find((path) => isBetween(path, one.info.path, other.info.path));
      return piece === undefined ? null : `${baseName(piece)} holds nothing that could be read`;
    },
  };
}

function isUnread({ info: { error, complete, isEmpty } }: CaptureCounters): boolean {
  return error !== null || !complete || isEmpty === true;
}

/** By their numbers, where a tool counted; a full ring goes on at its beginning. Else in the order of their names, which dates are in. */
function isBetween(path: string, before: string, after: string): boolean {
  const [number, from, to] = [path, before, after].map(pieceNumber);
  const areNumbered = number != null && from != null && to != null;
  const isOne = [before, after].every((other) => pieceName(other).exact === pieceName(path).exact);
  if (areNumbered && isOne && from !== to)
    return from < to ? from < number && number < to : number > from || number < to;
  return inOrder(before, path) && inOrder(path, after);
}

function inOrder(a: string, b: string): boolean {
  return a.localeCompare(b, 'en', { numeric: true }) < 0;
}
