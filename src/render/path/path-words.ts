// What places, states and delays are called.
import type { PathClock, PathStop } from '../../path/model.ts';
import { escapeText } from '../text/escape.ts';
import { formatCount, formatNumber } from '../text/format.ts';
import { shortenMiddle } from '../text/text-width.ts';

const MOST_NAME = 20;
const ROLES = { workload: 'veth', tunnel: 'tunnel device', underlay: 'NIC', unknown: 'somewhere' } as const;

export function placeName({ role, devices }: Pick<PathStop, 'role' | 'devices'>): string {
  const names = [...new Set(devices)].map(escapeText);
  const text = names.length === 1 ? (names[0] ?? '') : names.length > 1 ? `${names.length} ${ROLES[role]}s` : ROLES[role];
  return shortenMiddle(role === 'workload' && names.length === 1 ? `veth ${text}` : text, MOST_NAME);
}

export function stateWords({ state, unknown, frames, packets }: PathStop): string {
  switch (state) {
    case 'not-captured':
      return 'not captured';
    case 'encrypted':
      return 'encrypted';
    case 'filtered':
      return 'captured through a filter';
    case 'dropping':
      return 'the kernel dropped packets';
    default: {
      const pieces = frames === packets ? '' : `in ${formatCount(frames, 'frame')}`;
      return [pieces, unknown > 0 ? `${formatNumber(unknown)} not known` : ''].filter(Boolean).join(', ');
    }
  }
}

export function translationWords({ translated }: PathStop): string {
  if (translated === null) return '';
  const source = translated.source === null ? '' : `from ${escapeText(translated.source)}`;
  const destination = translated.destination === null ? '' : `to ${escapeText(translated.destination)}`;
  return `translated: ${[source, destination].filter(Boolean).join(' ')}`;
}

/** Seconds as people compare them: `0.021 ms`, `12.4 ms`, `1.204 s`. */
export function delayText(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '';
  const size = Math.abs(seconds);
  if (size >= 1) return `${seconds.toFixed(3)} s`;
  return `${(seconds * 1000).toFixed(size >= 0.01 ? 1 : 3)} ms`;
}

export function clockLines(clocks: readonly PathClock[]): string[] {
  return clocks.flatMap((clock) => {
    if (clock.aheadOf === null || clock.seconds === null || clock.seconds === 0) return [];
    const { name, aheadOf, seconds, uncertainty, packets } = clock;
    const how = seconds > 0 ? 'ahead of' : 'behind';
    const error = uncertainty === null ? 'one way only' : `± ${delayText(uncertainty)}`;
    return [
      `${escapeText(name)}'s clock is ${delayText(Math.abs(seconds))} ${how} ${escapeText(aheadOf)}'s (${error}, ${formatCount(packets, 'packet')}): corrected`,
    ];
  });
}
