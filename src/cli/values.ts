// Values of options: each parser returns the value or throws bad usage that names the option, what was given and what fits.

import { epochSeconds } from '../net/date-text.ts';
import { canonicalIp } from '../net/ip.ts';
import { PROTOCOL_NAMES, protocolName } from '../net/protocol-name.ts';
import type { TakenAt } from '../topology/time/taken.ts';
import { usageError } from './report-error.ts';

/** A whole number within bounds. */
export function parseInteger(option: string, text: string, least: number, most: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw usageError(`${option} ${text}: expected a number from ${least} to ${most}`);
}

/** A span of time in seconds: `200ms`, `1.5s`, `2m`; without a unit it is seconds. */
export function parseSeconds(option: string, text: string): number {
  const [, number, unit = 's'] = /^(\d{1,9}(?:\.\d{1,9})?)(us|ms|s|m)?$/.exec(text) ?? [];
  if (number !== undefined) return Number(number) * (SECONDS[unit] ?? 1);
  throw usageError(`${option} ${text}: expected a span of time`, 'for example 200ms, 1.5s or 2m');
}

const SECONDS: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, m: 60 };

/**
 * One of a list of words; says which one was probably meant.
 * @param others words that are taken elsewhere: they are named with the choices
 */
export function parseChoice<T extends string>(
  option: string,
  text: string,
  choices: readonly T[],
  others: readonly string[] = [],
): T {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  const all = [...choices, ...others];
  const near = nearest(text, all);
  const suggestion = near === null ? '' : `did you mean ${near}? `;
  throw usageError(`${option} ${text}: not known`, `${suggestion}It takes ${all.join(', ')}.`);
}

/** A protocol by name or number; numbers that have a name become it. */
export function parseProtocol(option: string, text: string): string {
  const name = text.toLowerCase() === 'icmp6' ? 'icmpv6' : text.toLowerCase();
  if (PROTOCOL_NAMES.includes(name)) return name;
  if (/^\d{1,3}$/.test(name) && Number(name) <= 255) return protocolName(Number(name));
  throw usageError(`${option} ${text}: not known`, `It takes ${PROTOCOL_NAMES.join(', ')} or a number from 0 to 255.`);
}

export interface PlaceOption {
  file: string;
  node: string;
  interface: string | null;
}

/** `--at FILE=NODE[:INTERFACE]`. A node given by IPv6 address needs no brackets, unless an interface follows. */
export function parsePlace(text: string): PlaceOption {
  const equals = text.lastIndexOf('=');
  const file = text.slice(0, Math.max(0, equals));
  const place = text.slice(equals + 1);
  const bracketed = /^\[([^\]]+)\](?::(.+))?$/.exec(place);
  const colon = canonicalIp(place) === null ? place.indexOf(':') : -1;
  const node = bracketed?.[1] ?? (colon < 0 ? place : place.slice(0, colon));
  const iface = bracketed === null ? (colon < 0 ? null : place.slice(colon + 1)) : (bracketed[2] ?? null);
  if (equals > 0 && node !== '' && iface !== '') return { file, node, interface: iface };
  throw usageError(`--at ${text}: expected FILE=NODE or FILE=NODE:INTERFACE`, 'for example --at a.pcap=worker1:ens5');
}

/** `--taken-at TIME` or `PATH=TIME`: a time as `--since` takes it, but no time of day or span: those need a capture. */
export function parseTakenAt(text: string): TakenAt {
  const equals = text.lastIndexOf('=');
  const seconds = epochSeconds(text.slice(equals + 1));
  if (seconds !== null && equals !== 0) return { path: equals < 0 ? null : text.slice(0, equals), seconds };
  throw usageError(
    `--taken-at ${text}: expected a time, or PATH=TIME`,
    'for example 2026-11-22T08:29:50Z, or before/=2026-11-22T08:00:00Z',
  );
}

/** The choice closest to a text, if it is close at all (a third of its letters may differ). */
export function nearest(text: string, choices: Iterable<string>): string | null {
  let best: string | null = null;
  let least = Math.max(1, Math.floor(text.length / 3)) + 1;
  for (const choice of choices) {
    const distance =
      choice.startsWith(text) && text.length > 1 ? 1 : editDistance(text.toLowerCase(), choice.toLowerCase());
    if (distance < least) [best, least] = [choice, distance];
  }
  return best;
}

/** Levenshtein distance, for texts of a few dozen letters; two neighbours that changed places are one step. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? (before[j - 2] ?? 0) + 1 : replaced;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced, swapped));
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
