// What the line on stderr says: `file 2 of 3 worker1-ens5.pcap  45 % of 1.2 GB, 1.3M packets/s, about 40 s left`.
import { escapeText } from '../../render/text/escape.ts';
import { baseName, formatBytes, formatCompact } from '../../render/text/format.ts';
import { shortenEnd, shortenMiddle, textWidth } from '../../render/text/text-width.ts';

export interface ReadingState {
  /** The capture at hand, its number among all, and whether all are read side by side. */
  path: string;
  file: number;
  files: number;
  isMerged: boolean;
  /** Read of all files so far, and in all of them; null where that is not known (stdin, pipes, archives). */
  bytes: number;
  total: number | null;
  packetsPerSecond: number | null;
  secondsLeft: number | null;
  /** What it is read for. */
  why: string | undefined;
  /** The line takes no more. */
  columns: number;
}

/** A file's name shorter than this tells nothing. */
const SHORTEST_NAME = 8;

/**
 * Never longer than `columns`, without control characters. What matters least gives way first: the name to what it is for, and what it is
 * for to how far it is.
 */
export function progressLine(state: ReadingState): string {
  const { why, columns } = state;
  const facts = factsOf(state);
  const purpose = why === undefined ? [] : [`${escapeText(why)}: `];
  const lines = [
    ...purpose.flatMap((before) => [
      named(state, before, facts),
      nameless(state, before, facts),
      nameless(state, before, factsOf({ ...state, packetsPerSecond: null })),
    ]),
    named(state, '', facts),
    nameless(state, '', facts),
  ];
  const fitting = lines.find((line) => line !== null && textWidth(line) <= columns);
  return fitting ?? shortenEnd(nameless(state, '', facts), columns);
}

/** Null where no room is left for the name, or it tells nothing. */
function named(state: ReadingState, before: string, facts: string): string | null {
  const which = whichOf(state);
  const head = `${before}${which}${which === '' ? '' : ' '}`;
  const name = nameOf(state.path);
  const room = state.columns - textWidth(head) - textWidth(facts) - 2;
  if ((state.isMerged && state.files > 1) || room < Math.min(SHORTEST_NAME, textWidth(name))) return null;
  return `${head}${shortenMiddle(name, room)}  ${facts}`;
}

function nameless(state: ReadingState, before: string, facts: string): string {
  const which = whichOf(state);
  return `${before}${which}${which === '' ? '' : ', '}${facts}`;
}

function whichOf({ file, files, isMerged }: ReadingState): string {
  if (files === 1) return '';
  return isMerged ? `${files} files` : `file ${file} of ${files}`;
}

function nameOf(path: string): string {
  return path === '-' ? 'stdin' : escapeText(baseName(path));
}

function factsOf({ bytes, total, packetsPerSecond, secondsLeft }: ReadingState): string {
  const isKnown = total !== null && total > 0 && bytes <= total;
  const share = isKnown ? `${Math.floor((100 * bytes) / total)} % of ${formatBytes(total)}` : formatBytes(bytes);
  return [
    share,
    ...(packetsPerSecond === null ? [] : [`${formatCompact(Math.round(packetsPerSecond))} packets/s`]),
    ...(isKnown && secondsLeft !== null ? [`about ${timeText(secondsLeft)} left`] : []),
  ].join(', ');
}

/** In steps that do not jump about: `3 s`, `40 s`, `5 min`, `2 h`. */
function timeText(seconds: number): string {
  if (seconds < 10) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 57.5) return `${5 * Math.round(seconds / 5)} s`;
  const minutes = Math.max(1, Math.round(seconds / 60));
  return minutes < 100 ? `${minutes} min` : `${Math.round(seconds / 3600)} h`;
}
