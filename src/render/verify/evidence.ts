// What a proof rests on, in sentences: when it was made, by which command, from which files, what it was told and took for granted,
// what time it covers. Shared by the outputs of `verify`; plain text that still has to be escaped.

import { shellWord } from '../../cluster/shell.ts';
import type { Trace, TracedCapture } from '../../verdict/trace-types.ts';
import type { Unproven } from '../../verdict/verify/coverage.ts';
import { type ProofTime, secondsBetween } from '../../verdict/verify/proof-time.ts';
import type { VerifyReport } from '../../verdict/verify/verify-report.ts';
import type { WaiverUse } from '../../verdict/verify/waivers.ts';
import { formatCount, formatNumber, formatSpan } from '../text/format.ts';
import type { GivenInput } from '../text/given-input.ts';

/** A file that was read; no hash of what can be read once only (stdin, pipes). */
export interface FileHash {
  path: string;
  sha256: string | null;
  /** The archive that it is in: what was hashed. */
  bundle?: string;
  /** It could not be read when the proof was made. */
  unread?: boolean;
}

/** An archive that files of the proof are in: hashed once. */
export interface BundleHash extends FileHash {
  /** What of it was read, by their paths in it. */
  members: readonly string[];
}

export interface Evidence {
  /** RFC 3339, UTC. */
  date: string;
  /** What stands behind the program's name. */
  command: readonly string[];
  captures: readonly FileHash[];
  snapshot: readonly FileHash[];
  waivers: readonly FileHash[];
  /** Archives, for the captures and files of the snapshot that are in them. */
  bundles: readonly BundleHash[];
  /** sha256 of the lines `HASH  PATH` of all these, in this order: what `sha256sum FILES | sha256sum` prints. */
  digest: string;
  /** The file that the JSON of this run is written to; null without one. */
  proofFile: string | null;
  /** What the user vouched for, options that narrow or bend the answer. */
  told: readonly string[];
}

/** What a report is rendered with, besides itself. */
export interface VerifyContext {
  trace: Trace;
  report: VerifyReport;
  version: string;
  /** The filters given, as text; empty for none. */
  filterText: string;
  hasSnapshot: boolean;
  /** Whether the snapshot or the command line says the tunnel's VNI and port. */
  hasSettings: boolean;
  evidence: Evidence;
  /** What each argument was taken for. */
  inputs: readonly GivenInput[];
}

/** All files of a proof, captures first; of members of archives the archives. */
export function filesOf({
  captures,
  snapshot,
  bundles,
  waivers,
}: Pick<Evidence, 'captures' | 'snapshot' | 'bundles' | 'waivers'>): readonly FileHash[] {
  const files = [...captures, ...snapshot].filter(({ bundle }) => bundle === undefined);
  const known = new Set(files.map(({ path }) => path));
  return [...files, ...bundles.filter(({ path }) => !known.has(path)), ...waivers];
}

/** `HASH  PATH` of all files, as `sha256sum` prints them. */
export function hashLines(evidence: Evidence): string[] {
  return filesOf(evidence).map((file) => `${hashText(file)}  ${file.path}`);
}

/** The hash, or why there is none. */
export function hashText({ sha256, unread }: FileHash): string {
  return sha256 ?? (unread === true ? 'not read, no hash' : 'read once, no hash');
}

/** The command line, to be pasted. */
export function commandLine({ command }: Evidence): string {
  return ['overlens', ...command].map(shellWord).join(' ');
}

/** More captures than this are one word of the short form. */
const CAPTURES_NAMED = 8;

/** The command line for people: of many captures only that they were given. */
export function shortCommandLine(evidence: Evidence): string {
  const { command, captures } = evidence;
  if (captures.length <= CAPTURES_NAMED) return commandLine(evidence);
  const paths = new Set(captures.map(({ path }) => path));
  const first = command.findIndex((word) => paths.has(word));
  const words = command.flatMap((word, i) => (i === first ? ['CAPTURE...'] : paths.has(word) ? [] : [shellWord(word)]));
  return ['overlens', ...words].join(' ');
}

/** `1.2 s: ...` and one sentence per gap; empty without a NIC. */
export function timeSentences({ seconds, stretches, least }: ProofTime): string[] {
  const [first, last] = [stretches[0], stretches.at(-1)];
  if (first === undefined || last === undefined) return [];
  const span = `${first.first.slice(0, 10)} ${formatSpan(first.first, last.last)}`.replace(/^(\S+) \1 /, '$1 ');
  const gaps = stretches.flatMap((stretch, i) => gapBefore(stretches[i - 1]?.last, stretch.first));
  const shorter =
    least === null || least.seconds > seconds - 1
      ? []
      : [`only ${duration(least.seconds)} of it: ${least.from} → ${least.to}`];
  const sentence = gaps.length === 0 ? `${duration(seconds)}: ${span}` : `${duration(seconds)} in ${span}`;
  return [sentence, ...gaps, ...shorter];
}

/** Shorter gaps are silence between pieces of one capture as well as not. */
const GAP_TOLD = 1;

function gapBefore(last: string | undefined, first: string): string[] {
  if (last === undefined || secondsBetween(last, first) < GAP_TOLD) return [];
  return [`nothing captured for ${duration(secondsBetween(last, first))}: ${formatSpan(last, first)}`];
}

/** `15 ms`, `1.4 s`, `12 min`, `1 h 4 min`. */
function duration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Captures whose end is missing, and how it shows. */
export function cutOffSentences(captures: readonly TracedCapture[]): string[] {
  return captures.flatMap(({ path, format, complete, error, warnings }) => {
    // what could not be read at all keeps a proof from being one, and is named there
    if (format === null) return [];
    if (error !== null) return [`${path}: ${error.message}`];
    return complete ? [] : [`${path}: ${warnings[0] ?? 'its end is missing'}`];
  });
}

/** What did not get through; empty if everything did. */
export function deliverySentences({ delivery }: VerifyReport): string[] {
  const { causes, lostFlows, lostPackets } = delivery;
  const count = lostPackets === 0 ? '' : `, ${formatCount(lostPackets, 'packet')}`;
  const lost = lostFlows === 0 ? [] : [`less arrived than was sent: ${formatCount(lostFlows, 'flow')}${count}`];
  return [
    ...causes.map(
      ({ title, code, packets }) => `${title} (${code}${packets === 0 ? '' : `, ${formatCount(packets, 'packet')}`})`,
    ),
    ...lost,
  ];
}

/** Where the canary was seen; empty without one. */
export function canarySentences({ canary }: VerifyReport): string[] {
  if (canary === null) return [];
  const { expression, seen, nics, flows, packets } = canary;
  const leftOut = `${formatCount(flows, 'flow')}, ${formatCount(packets, 'packet')} left out`;
  return [`${expression}: seen on ${formatNumber(seen)} of ${formatCount(nics, 'NIC')}; ${leftOut}`];
}

/** One sentence per waiver: what it covers, that it has expired, that it covers nothing. */
export function waiverSentence({ waiver, state, flows, packets }: WaiverUse): string {
  const { finding, from, to, pool, reason, until, ref } = waiver;
  const ends = [
    from === null ? '' : ` from ${from}`,
    to === null ? '' : ` to ${to}`,
    pool === null ? '' : ` of ${pool}`,
  ];
  const place = ref.line === null ? ref.file : `${ref.file}:${ref.line}`;
  const what = `${finding}${ends.join('')}`;
  const count = `${formatCount(flows, 'flow')}, ${formatCount(packets, 'packet')}`;
  const end = until === null ? 'without end' : `until ${until.text}`;
  switch (state) {
    case 'used':
      return `${count}: ${what}: ${reason} (${end}, ${place})`;
    case 'expired': {
      const again = flows === 0 ? 'and would cover nothing' : `and ${count} ${flows === 1 ? 'counts' : 'count'} again`;
      return `expired ${until?.text}, ${again}: ${what}: ${reason} (${place})`;
    }
    case 'partly':
      return `covers nothing, since something else is wrong with the flows it fits: ${what} (${end}, ${place})`;
    case 'unused':
      return `fits nothing here: ${what}: ${reason} (${end}, ${place})`;
  }
}

/** `all from and to worker17 (998 pairs)`. */
export function unprovenSentence({ node, side, pairs, others }: Unproven): string {
  if (side === 'both') return `all from and to ${node} (${formatCount(pairs, 'pair')})`;
  const more = pairs - others.length;
  const names = more > 0 ? `${others.join(', ')} and ${formatCount(more, 'more node')}` : others.join(', ');
  return side === 'from' ? `from ${node} to ${names}` : `to ${node} from ${names}`;
}

/** How a capture's node is known, where no packet shows it. */
const TOLD: Readonly<Record<string, string>> = {
  'file-name': 'by its name alone',
  layout: 'by its place in the bundle alone',
  'capture-metadata': 'by what it says of itself alone',
  'packet-capture': 'by the status of its PacketCapture alone',
};

/** What was told on the command line, what rests on a file's name alone, and what the cluster's defaults were taken for. */
export function assumedSentences({ evidence, hasSettings, report, trace }: VerifyContext): string[] {
  const byName = trace.captures.flatMap(({ path, points }) => {
    const ofNics = points.filter(({ role }) => role === 'underlay');
    const told = ofNics.flatMap(({ node, evidence: by }) => by.map(({ source }) => ({ node, how: TOLD[source] })));
    const one = told.find(({ how }) => how !== undefined);
    return one === undefined ? [] : [`${path} is ${one.node}'s: ${one.how}`];
  });
  const asksVxlan = report.demands.some((demand) => demand.asked === 'vxlan');
  const defaults =
    asksVxlan && !hasSettings ? ['VNI and UDP port are the defaults: nothing in the snapshot says them'] : [];
  return [...evidence.told, ...byName, ...defaults];
}
