// What places, states and delays of a path are called. All text is escaped here.

import { nameOfEnd } from '../../attribution/who/end-name.ts';
import type {
  PathChange,
  PathFlow,
  PathHop,
  PathReport,
  PathSighting,
  PathStop,
  Translation,
} from '../../path/path-model.ts';
import { VERDICT_WORDS } from '../../verdict/filter/verdict-words.ts';
import type { FlowEnd } from '../../verdict/trace-types.ts';
import { endpointName } from '../text/endpoint-names.ts';
import { escapeText } from '../text/escape.ts';
import { formatCount, formatNumber } from '../text/format.ts';
import { shortenMiddle, textWidth } from '../text/text-width.ts';
import { offsetSentences, severalSentences, unknownSentences } from '../trace/clock-lines.ts';

const ROLES = { workload: 'veth', tunnel: 'tunnel device', underlay: 'NIC', unknown: 'unknown place' } as const;
const NO_OFFSET = 5e-6;

/** The device, where one is known: `ens5`, the name of a veth; else what it is. */
export function placeName({ role, devices }: Pick<PathStop, 'role' | 'devices'>): string {
  const names = [...new Set(devices)].map(escapeText);
  if (names.length === 1) return names[0] ?? '';
  return names.length > 1 ? `${names.length} ${ROLES[role]}s` : ROLES[role];
}

/** `tunnel device → NIC`. */
export function hopText({ from, to }: PathHop): string {
  return `${ROLES[from.role]} → ${ROLES[to.role]}`;
}

/** `tcp 40123 → 80`. */
export function serviceText({ protocol, srcPort, dstPort }: PathFlow): string {
  const hasPorts = srcPort !== null && dstPort !== null && srcPort + dstPort > 0;
  return hasPorts ? `${escapeText(protocol)} ${srcPort} → ${dstPort}` : escapeText(protocol);
}

/** `shop/web → shop/db`, each name shortened where both are too long. */
export function endsText({ src, dst }: PathFlow, width = Number.POSITIVE_INFINITY): string {
  const arrow = ' → ';
  const [from, to] = [nameOf(src), nameOf(dst)];
  const room = width - arrow.length;
  if (textWidth(from) + textWidth(to) <= room) return from + arrow + to;
  const half = Math.floor(room / 2);
  const left = Math.max(half, room - textWidth(to));
  const right = Math.max(half, room - textWidth(from));
  return shortenMiddle(from, left) + arrow + shortenMiddle(to, right);
}

/** A service and what is behind it are told by both, name and address. */
function nameOf(end: FlowEnd): string {
  return end.service === undefined ? endpointName(end).name : escapeText(nameOfEnd(end, 'finding'));
}

/** `vxlan, as configured`; a flow whose NICs nobody captured has no encapsulation yet. */
export function kindText({ encapsulation, verdict }: PathFlow): string {
  const kind = encapsulation === 'none' ? 'plain' : encapsulation;
  return encapsulation === 'unknown' ? VERDICT_WORDS[verdict] : `${kind}, ${VERDICT_WORDS[verdict]}`;
}

/** How many packets were seen there, or why nobody can say. */
export function seenText({ state, packets }: PathStop): string {
  if (state === 'not-captured') return 'not captured';
  if (state === 'bypassed') return 'not seen';
  if (state === 'other-time') return 'other time';
  return state === 'encrypted' ? 'encrypted' : formatNumber(packets);
}

export function lostText({ lost }: PathStop): string {
  return lost === 0 ? '' : `${formatNumber(lost)} lost`;
}

/** What else is to be known of the packets at a place, as sentences without a point. */
export function stopNotes(stop: PathStop): string[] {
  const { state, unknown, frames, packets, translated } = stop;
  const isOpen = state === 'captured' || state === 'dropping' || state === 'filtered' || state === 'cut';
  return [
    ...(translated === null ? [] : [translationText(translated)]),
    ...(state === 'filtered' ? ['captured through a filter: what is missing may have been there'] : []),
    ...(state === 'cut' ? ['cut off by the snaplen: what is missing may have been there'] : []),
    ...(state === 'bypassed'
      ? ['answered all the same, or no packet between these nodes was seen here: they take another way']
      : []),
    ...(state === 'other-time' ? ['captured at another time only: nothing shows what passed here then'] : []),
    ...(state === 'dropping'
      ? ['the kernel dropped packets of this capture: what is missing may have been there']
      : []),
    ...(isOpen && frames !== packets ? [`in ${formatCount(frames, 'frame')}: segments joined or split`] : []),
    ...(state === 'empty' ? [`the capture holds no packet, and nothing shows when it ran${missingText(unknown)}`] : []),
    ...(state === 'captured' && unknown > 0
      ? [`${formatCount(unknown, 'packet')} more may be missing here: at a time that is not surely covered`]
      : []),
  ];
}

function missingText(unknown: number): string {
  return unknown === 0 ? '' : `: ${formatCount(unknown, 'packet')} may be missing here`;
}

function translationText({ source, destination }: Translation): string {
  const from = source === null ? [] : [`source is ${escapeText(source)} here`];
  const to = destination === null ? [] : [`destination is ${escapeText(destination)} here`];
  return `translated: ${[...from, ...to].join(', ')}`;
}

/** `vxlan`, `plain`, `vxlan in 2 fragments`. */
export function shapeText({ encapsulation, fragments }: PathSighting): string {
  const kind = encapsulation === 'none' ? 'plain' : encapsulation;
  return fragments === 1 ? kind : `${kind} in ${fragments} fragments`;
}

const CHANGES = {
  id: 'another identification',
  split: 'split into several frames',
  joined: 'joined with others',
  fragments: 'the datagram around it is in fragments',
  translated: 'addresses or ports translated',
  partial: 'not all of it',
} as const;

export function changeText(change: PathChange): string {
  return CHANGES[change];
}

/** Seconds as people compare them: `0.021 ms`, `12.4 ms`, `1.204 s`. */
export function delayText(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '';
  const size = Math.abs(seconds);
  if (size >= 1) return `${seconds.toFixed(3)} s`;
  // cut to what captures tell; no minus in front of nothing
  const text = (seconds * 1000).toFixed(size >= 0.01 ? 1 : 3);
  return `${text === '-0.000' ? '0.000' : text} ms`;
}

/** What is said of clocks: those that differ, and those that nothing compares. */
export function clockLines({ clocks, uncompared }: PathReport, all: boolean): string[] {
  const off = clocks.filter(({ seconds }) => Math.abs(seconds ?? 0) >= NO_OFFSET);
  const corrected = off.length === 0 ? [] : ['delays are corrected by that'];
  const said = new Set(clocks.filter(({ several }) => several !== null).map(({ name }) => name));
  const unknown = uncompared.filter((name) => !said.has(name));
  return [...offsetSentences(off, all), ...corrected, ...severalSentences(clocks), ...unknownSentences(unknown)];
}
