// The numbers that conversations can be sorted by: largest first, and shown in a column of their own.

import { largestOf } from '../../net/extremes.ts';
import { formatBytes, formatCompact, formatSeconds } from '../text/format.ts';
import type { SortKey } from '../text/render-options.ts';
import type { Conversation } from './conversations.ts';

interface SortNumber {
  title: string;
  /** Of one conversation; null where it is not known. */
  of(conversation: Conversation): number | null;
  /** Of a row of several conversations: all together, or the largest one. */
  adds: boolean;
  format(value: number): string;
}

const sum = (a: number | null | undefined, b: number | null | undefined): number | null =>
  a == null && b == null ? null : (a ?? 0) + (b ?? 0);
const largest = (...values: (number | null | undefined)[]): number | null => {
  const known = values.filter((value) => value != null);
  return known.length === 0 ? null : largestOf(known);
};

const NUMBERS: Partial<Record<SortKey, SortNumber>> = {
  bytes: {
    title: 'BYTES',
    of: ({ forward, reverse }) => sum(forward?.bytes, reverse?.bytes),
    adds: true,
    format: formatBytes,
  },
  duration: {
    title: 'DURATION',
    of: ({ forward, reverse }) => largest(forward?.exchange?.duration, reverse?.exchange?.duration),
    adds: false,
    format: formatSeconds,
  },
  rtt: {
    title: 'RTT',
    of: (conversation) => rttOf(conversation),
    adds: false,
    format: formatSeconds,
  },
  'first-byte': {
    title: 'FIRST BYTE',
    of: ({ forward, reverse }) => largest((forward ?? reverse)?.exchange?.firstByte, forward?.exchange?.asked?.slowest),
    adds: false,
    format: formatSeconds,
  },
  resent: {
    title: 'RESENT',
    of: ({ forward, reverse }) => sum(forward?.tcp?.retransmissions, reverse?.tcp?.retransmissions),
    adds: true,
    format: formatCompact,
  },
  rate: {
    title: 'BYTES/S',
    of: ({ forward, reverse }) => sum(forward?.exchange?.rate, reverse?.exchange?.rate),
    adds: true,
    format: (value) => formatBytes(Math.round(value)),
  },
};

/** The handshake's whole round, both ways from the place that saw it; of echoes and DNS the answer in the middle. */
function rttOf({ forward, reverse }: Conversation): number | null {
  const exchange = (forward ?? reverse)?.exchange;
  return sum(exchange?.handshake?.server, exchange?.handshake?.client) ?? exchange?.asked?.median ?? null;
}

/** Title of the column, null for keys that have none. */
export function sortTitle(sort: SortKey): string | null {
  return NUMBERS[sort]?.title ?? null;
}

/** What a conversation adds to a row sorted by that key; -1 where it is not known. */
export function sortNumber(sort: SortKey, conversation: Conversation): number {
  return NUMBERS[sort]?.of(conversation) ?? -1;
}

export function joinNumbers(sort: SortKey, a: number, b: number): number {
  if (a < 0 || b < 0) return Math.max(a, b);
  return NUMBERS[sort]?.adds ? a + b : Math.max(a, b);
}

/** Empty for keys that have no column. */
export function sortText(sort: SortKey, value: number): string {
  const number = NUMBERS[sort];
  if (number === undefined) return '';
  return value < 0 ? '-' : number.format(value);
}
