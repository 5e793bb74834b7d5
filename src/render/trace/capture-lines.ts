// The first lines of the table: for each capture whose NIC, veth or device it was taken on and by what evidence, how many
// packets, what time; and under them what is wrong with a file, since it limits what the rest can say.
import { pieceName } from '../../attribution/points/pieces/piece-names.ts';
import type { TracedCapture } from '../../verdict/trace-types.ts';
import type { NameFitter } from '../text/endpoint-names.ts';
import { escapeText } from '../text/escape.ts';
import { baseName, formatCount, formatNumber, formatSpan } from '../text/format.ts';
import { columnWidth, fitColumns, GAP } from '../text/grid.ts';
import { renderGrid } from '../text/grid-table.ts';
import { createPaint } from '../text/paint.ts';
import type { RenderOptions } from '../text/render-options.ts';
import { shortenEnd, shortenMiddle, wrapWords } from '../text/text-width.ts';
import { notesOf, placeOf } from './capture-notes.ts';

/** Captures shown before the rest is counted only. */
const CAPTURES_SHOWN = 12;
const POINTS_SHOWN = 4;

/** Files with notes that are named before the rest of their ring is counted only. */
const NOTED = 3;

/** Lines about all captures, their windows, and their notes. */
export function captureLines(captures: readonly TracedCapture[], names: NameFitter, options: RenderOptions): string[] {
  const all = options.all || captures.length <= CAPTURES_SHOWN ? captures.map((one) => [one]) : foldPieces(captures);
  const { shown, places } = roomFor(all, options);
  const cells = fitCells(
    shown.map((pieces) => cellsOf(pieces, places)),
    names,
    options,
  );
  const lines = renderGrid(cells, ['left', 'left', 'left', 'right']);
  if (all.length > shown.length) lines.push(`and ${formatCount(all.length - shown.length, 'more capture')}, --all`);
  lines.push(...windowLines(all.map(commonSpan)));
  for (const pieces of all) lines.push(...notesOfPieces(pieces, options));
  return lines;
}

/** A terminal gives the captures this share of its lines. */
const SHARE_OF_TERMINAL = 1 / 4;

/** Which captures are shown, with how many places each: on a terminal one a line where there are many. */
function roomFor(
  all: readonly TracedCapture[][],
  options: RenderOptions,
): { shown: TracedCapture[][]; places: number } {
  if (options.all) return { shown: [...all], places: POINTS_SHOWN };
  const shown = all.slice(0, CAPTURES_SHOWN);
  const lines = shown.reduce((sum, pieces) => sum + Math.min(placesOf(pieces).length, POINTS_SHOWN + 1), 0);
  const room = options.height === undefined ? lines : Math.max(3, Math.floor(options.height * SHARE_OF_TERMINAL));
  if (lines <= room) return { shown, places: POINTS_SHOWN };
  return { shown: shown.length > room ? shown.slice(0, room - 1) : shown, places: 1 };
}

function cellsOf(pieces: readonly TracedCapture[], most: number): string[] {
  const points = placesOf(pieces);
  const named = points.some((point) => point.packets > 0) ? points.filter((point) => point.packets > 0) : points;
  const evidence = named.length === 1 ? named[0]?.evidence : undefined;
  const places = named
    .slice(0, most)
    .map(({ place, packets }) => (named.length > 1 && most > 1 ? `${place} ${formatNumber(packets)}` : place));
  const more = named.length - most;
  if (more > 0 && most === 1) places[0] = `${places[0]} and ${more} more`;
  else if (more > 0) places.push(formatCount(more, 'more interface'));
  const { first, last } = spanOf(pieces);
  const remark = pieces.length > 1 ? datedSpan(first, last) : evidence;
  const packets = formatCount(
    pieces.reduce((sum, piece) => sum + piece.packets, 0),
    'packet',
  );
  return [
    escapeText(pieces[0]?.path ?? ''),
    places.join('\n') || (pieces.some(({ format }) => format !== null) ? 'nothing to tell its place' : 'not read'),
    remark === undefined ? '' : `(${escapeText(remark)})`,
    pieces.length > 1 ? `${formatCount(pieces.length, 'file')}, ${packets}` : packets,
  ];
}

/** Points of a capture; of several pieces of one, those that are called alike as one. */
function placesOf(
  pieces: readonly TracedCapture[],
): { place: string; packets: number; evidence: string | undefined }[] {
  const points = pieces.flatMap((piece) => piece.points);
  const made = points.map((point) => ({
    place: placeOf(point),
    packets: point.packets,
    evidence: point.evidence[0]?.detail,
  }));
  if (pieces.length === 1) return made;
  const alike = new Map<string, (typeof made)[number]>();
  for (const one of made) {
    const known = alike.get(one.place);
    if (known === undefined) alike.set(one.place, one);
    else known.packets += one.packets;
  }
  return [...alike.values()];
}

/** Pieces of one capture, by their names and nodes: thousands of files are one line. */
function foldPieces(captures: readonly TracedCapture[]): TracedCapture[][] {
  const folded = new Map<string, TracedCapture[]>();
  for (const capture of captures) {
    const nodes = new Set(capture.points.map((point) => point.node ?? ''));
    const key = JSON.stringify([pieceName(capture.path).exact, capture.linkType, [...nodes].sort()]);
    const pieces = folded.get(key);
    if (pieces === undefined) folded.set(key, [capture]);
    else pieces.push(capture);
  }
  return [...folded.values()];
}

type CoveredTime = Pick<TracedCapture, 'first' | 'last'>;

/** By the clock that all are told against. */
function commonSpan(pieces: readonly TracedCapture[]): CoveredTime {
  return spanOf(pieces.map((piece) => piece.common ?? piece));
}

function spanOf(pieces: readonly CoveredTime[]): CoveredTime {
  const firsts = pieces.map((piece) => piece.first).filter((time) => time !== null);
  const lasts = pieces.map((piece) => piece.last).filter((time) => time !== null);
  return { first: firsts.sort()[0] ?? null, last: lasts.sort().at(-1) ?? null };
}

/** With less room than this the evidence says nothing, and names have better use for it. */
const EVIDENCE_MINIMUM = 16;

/** Where not everything fits: paths without their folders, nodes without their domain, and then the evidence gives way first. */
function fitCells(rows: readonly string[][], names: NameFitter, options: RenderOptions): string[][] {
  const room = options.width - 3 * GAP;
  const natural = widthsOf(rows).reduce((sum, width) => sum + width, 0);
  if (natural <= room || options.rowWidth === Number.POSITIVE_INFINITY) return rows.map((row) => [...row]);
  const named = rows.map(([path = '', place = '', evidence = '', packets = '']) => [
    path.slice(path.lastIndexOf('/') + 1) || path,
    names.fitSentence(place, 0),
    evidence,
    packets,
  ]);
  const [paths = 0, places = 0, , counts = 0] = widthsOf(named);
  const isTold = room - paths - places - counts >= EVIDENCE_MINIMUM;
  const brief = isTold ? named : named.map(([path = '', place = '', , packets = '']) => [path, place, '', packets]);
  const wanted = widthsOf(brief);
  const [path = 0, place = 0, evidence = 0, packets = 0] = wanted;
  // in a pipe names are searched for: only the evidence gives way
  const minimum = options.fit
    ? [Math.min(path, 28), Math.min(place, 26), Math.min(evidence, 8), packets]
    : [path, place, 0, packets];
  const widths = fitColumns(wanted, minimum, room);
  return brief.map(([one = '', two = '', three = '', four = '']) => [
    shortenMiddle(one, widths[0] ?? path),
    two
      .split('\n')
      .map((line) => shortenMiddle(line, widths[1] ?? place))
      .join('\n'),
    shortenEnd(three, widths[2] ?? evidence),
    four,
  ]);
}

function widthsOf(rows: readonly string[][]): number[] {
  return [0, 1, 2, 3].map((column) => columnWidth(rows.map((row) => row[column] ?? '')));
}

/** One line when all cover one time, else one per capture that has times. */
function windowLines(captures: readonly CoveredTime[]): string[] {
  const timed = captures.filter((capture) => capture.first !== null && capture.last !== null);
  const from =
    timed
      .map((capture) => capture.first ?? '')
      .sort()
      .at(-1) ?? '';
  const to = timed.map((capture) => capture.last ?? '').sort()[0] ?? '';
  if (timed.length === 0) return [];
  if (timed.length === 1) return [`covers ${datedSpan(timed[0]?.first, timed[0]?.last)}`];
  if (from < to) return [`${timed.length === 2 ? 'both' : `all ${timed.length}`} cover ${datedSpan(from, to)}`];
  const first = timed.map((capture) => capture.first ?? '').sort()[0];
  const last = timed
    .map((capture) => capture.last ?? '')
    .sort()
    .at(-1);
  return [`together they cover ${datedSpan(first, last)}; no time is covered by all`];
}

function datedSpan(first: string | null | undefined, last: string | null | undefined): string {
  const span = formatSpan(first ?? null, last ?? null) ?? 'an unknown time';
  const day = (first ?? '').slice(0, 10);
  return span.startsWith(day) ? span : `${day} ${span}`;
}

function notesOfPieces(pieces: readonly TracedCapture[], options: RenderOptions): string[] {
  const noted = pieces.filter((piece) => notesOf(piece).length > 0);
  const lines = noted.slice(0, NOTED).flatMap((piece) => noteLines(piece, options));
  if (noted.length <= NOTED) return lines;
  const more = formatCount(noted.length - NOTED, 'more file');
  return [
    ...lines,
    `  ${createPaint(options.color)('warn', 'note')}  ${more} like ${baseName(noted[0]?.path ?? '')} with notes, --all`,
  ];
}

function noteLines(capture: TracedCapture, options: RenderOptions): string[] {
  const paint = createPaint(options.color);
  return notesOf(capture).flatMap((note) => {
    const lines = wrapWords(`${baseName(capture.path)}: ${note}`, options.width - 8);
    return lines.map((line, i) => (i === 0 ? `  ${paint('warn', 'note')}  ${line}` : `        ${line}`));
  });
}
