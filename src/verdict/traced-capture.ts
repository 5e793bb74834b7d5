// A capture as a trace shows it.
import { type Clocks, isOff, momentOnReference } from '../attribution/clocks/clocks.ts';
import { droppedIn } from '../attribution/points/drops.ts';
import type { CapturePoint } from '../attribution/vocabulary.ts';
import type { CaptureCounters } from '../flow/capture-counters.ts';
import { formatTime } from '../net/time.ts';
import type { Analysis } from './analysis.ts';
import type { TracedCapture } from './trace-types.ts';

/** Capture `index` of those that were read. */
export function captureOf(analysis: Analysis, index: number): TracedCapture {
  const counters = analysis.input.captures[index];
  if (counters === undefined) throw new RangeError(`no capture ${index}`);
  const { info } = counters;
  const [first] = info.interfaces;
  const [complete = 0, unsupported = 0, faulty = 0, notFlow = 0] = counters.outcomes;
  const filter = analysis.filters[index] ?? null;
  const isEmpty =
    counters.packets === 0 &&
    counters.outsideRange === 0 &&
    info.complete &&
    info.error === null &&
    info.isEmpty !== true;
  const pieces = analysis.pieceNotes[index] ?? [];
  const notes = [
    ...(analysis.points.contradictions[index] ?? []),
    ...(analysis.copiesNotes[index] ?? []),
    ...pieces,
    ...(analysis.saidNotes[index] ?? []),
    ...(isEmpty ? [emptyNote(filter)] : []),
    ...(info.untimed === undefined ? [] : [untimedNote(info.untimed)]),
  ];
  return {
    path: info.path,
    format: info.format,
    linkType: first?.linkType ?? null,
    snaplen: first?.snaplen ?? null,
    packets: counters.packets,
    bytes: counters.bytes,
    ...(counters.outsideRange > 0 ? { outsideRange: counters.outsideRange } : {}),
    first: formatTime(counters.first, counters.timeDigits),
    last: formatTime(counters.last, counters.timeDigits),
    ...(pieces.length > 0 ? { betweenPieces: pieces } : {}),
    ...(info.untimed === undefined ? {} : { untimed: info.untimed }),
    ...commonSpan(analysis.clocks, index, counters),
    complete: info.complete,
    ...droppedOf(analysis, index),
    error: info.error === null ? null : { code: info.error.code, message: info.error.message, hint: info.error.hint },
    outcomes: { complete, unsupported, faulty, notFlow },
    points: (analysis.points.ofCapture[index] ?? []).map(publicPoint),
    faults: counters.faults(),
    warnings: [...info.warnings.map((w) => w.message), ...notes],
    filter,
    possibleFilter: analysis.possibleFilters[index] ?? null,
    unread: counters.unread,
  };
}

function untimedNote(writer: string): string {
  return `${writer} writes times that are not those of the packets: it gives names and flows, and tells nothing of order, loss or delay`;
}

/** What one log says of several pieces is counted at the first of them. */
function droppedOf({ input }: Analysis, index: number): Pick<TracedCapture, 'dropped' | 'droppedWith'> {
  const all = input.captures.map(({ info }) => ({ info, dropped: droppedIn(info) }));
  const own = all[index]?.dropped ?? null;
  if (own === null || own.log === null) return { dropped: own?.packets ?? null };
  const first = all.findIndex(({ dropped }) => dropped?.log === own.log);
  if (first === index || own.packets === 0) return { dropped: own.packets };
  return { dropped: 0, droppedWith: all[first]?.info.path ?? '' };
}

/** A filter by a pod's address is what most empty captures of a NIC were taken with. */
function emptyNote(filter: TracedCapture['filter']): string {
  const hint = 'a filter by an inner address (host POD) never matches inside a tunnel: capture without it';
  if (filter === null) return `holds no packets; ${hint}`;
  return filter.hidesOverlay ? 'holds no packets: its filter lets none of the tunnel through' : 'holds no packets';
}

/** When the capture was taken by the clock that others are told against, where that is not its own. */
function commonSpan(clocks: Clocks, capture: number, counters: CaptureCounters): Pick<TracedCapture, 'common'> {
  if (!isOff(clocks, capture)) return {};
  const [first, last] = [counters.first, counters.last].map((moment) =>
    moment === null ? null : formatTime(momentOnReference(clocks, capture, moment), counters.timeDigits),
  );
  return { common: { first: first ?? null, last: last ?? null } };
}

function publicPoint({ interface: device, index, node, role, evidence, packets }: CapturePoint): CapturePoint {
  return { interface: device, index, node, role, evidence, packets };
}
