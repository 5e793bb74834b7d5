// The options that `trace` and `verify` share: declared once, checked once, turned into what the pipeline takes.

import type { Command } from 'commander';
import { type CaptureHints, isFileOf } from '../../attribution/points/points-input.ts';
import type { CaptureLog } from '../../capture/source.ts';
import { DEFAULT_VNI } from '../../cluster/calico.ts';
import { timeRange } from '../../flow/time-range.ts';
import type { LoadOptions } from '../../input/load-topology.ts';
import type { Taken } from '../../input/sort-arguments.ts';
import type { Topology } from '../../topology/model.ts';
import type { SnapshotDocument } from '../../topology/read/read-documents.ts';
import type { TraceOptions } from '../../trace.ts';
import type { FlowFilter } from '../../verdict/flow-filter.ts';
import { splitOperands } from '../habits/expression-words.ts';
import { checkIndexed } from '../index-file/check-indexed.ts';
import { usageError } from '../report-error.ts';
import type { ColorMode } from '../terminal.ts';
import { nearest, type PlaceOption, parseChoice, parseInteger, parsePlace, parseTakenAt } from '../values.ts';
import {
  declareFlowFilters,
  declarePacketFilters,
  filterOf,
  filterText,
  isCauseId,
  type RawFilters,
  repeatable,
} from './filter-options.ts';

/** Options that repeat. */
type Lists = Record<'read' | 'topology' | 'takenAt' | 'at' | 'vxlanPort' | 'unfiltered', string[]>;

interface Singles {
  color: string;
  reader: string;
  workers?: string;
  index?: string;
  since?: string;
  until?: string;
  vxlanVni?: string;
  atStep?: string;
}

/** As commander hands them over: texts, not yet checked; what was not given is absent. */
export type RawTraceOptions = Partial<Lists> & Singles & RawFilters;

type GivenOptions = Lists & Singles & RawFilters;

const NONE_GIVEN: Lists = {
  read: [],
  topology: [],
  takenAt: [],
  at: [],
  vxlanPort: [],
  unfiltered: [],
};

/** Checked; `captures` in the order of the pipeline. */
export interface CommonOptions {
  captures: string[];
  snapshot: string[];
  /** Which of its states, and when it was taken. */
  state: SnapshotChoice;
  /** What arguments held of a snapshot, and what each was taken for; empty before they are sorted. */
  found: SnapshotDocument[];
  taken: Taken[];
  hints: CaptureHints;
  /** Captures that were given twice, and what counts in their stead. */
  repeated: ReadonlyMap<string, string>;
  /** tcpdump's logs, by the paths of their captures. */
  logs: ReadonlyMap<string, CaptureLog>;
  /** The file that keeps what captures were read into; null: none does. */
  index: string | null;
  color: ColorMode;
  filter: FlowFilter;
  /** The filter options as given, for messages: `--pod shop/ --port 80`. */
  filterText: string;
  /** Causes asked for by letter; codes are in the filter. */
  causeIds: string[];
  places: PlaceOption[];
  pipeline: Pick<TraceOptions, 'reader' | 'workers' | 'vxlanPorts' | 'vxlanVNI' | 'since' | 'until' | 'unfiltered'>;
}

/** The option of commands that ask again and again. */
export function declareIndex(command: Command): Command {
  return command.option('--index <file>', 'what was read is kept here, and not read again');
}

/** Declares them on a command. Every option takes one value; the repeatable ones may be given again. */
export function declareTraceOptions(command: Command): Command {
  command
    .argument('[capture...]', 'captures: pcap or pcapng, plain, gzip or zstd; - is stdin')
    .addOption(repeatable('-t, --topology <path>', 'snapshot of the cluster: file or directory'))
    .option('--at-step <number>', 'of a text that shows the cluster several times, this state (topology lists them)')
    .addOption(repeatable('--taken-at <time>', TAKEN_AT_HELP))
    .addOption(repeatable('-r, --read <file>', 'one more capture, as with tcpdump'))
    .option('--color <when>', 'auto, always or never', 'auto')
    // put into the line before a command sees it (config-file.ts)
    .option('--config <file>', 'options from a YAML or JSON file, by command and long name; those given here win');
  return declarePacketFilters(command)
    .optionsGroup('What is known of the captures:')
    .addOption(repeatable('--at <file=node[:interface]>', 'where a capture was taken'))
    .addOption(repeatable('--unfiltered <file>', 'taken without a filter, though it may look otherwise'))
    .addOption(repeatable('--vxlan-port <number>', 'VXLAN is also on this UDP port'))
    .option('--vxlan-vni <number>', `the cluster's VNI, if it is not ${DEFAULT_VNI}`)
    .option('--reader <name>', 'builtin or pcap-parser (a second opinion)', 'builtin')
    .option('--workers <number>', 'threads that decode large captures; by default as many as pay');
}

/** Filters by result: not for `verify`. A proof over flows picked by their verdict would be none. */
export function declareResultFilters(command: Command): Command {
  return declareFlowFilters(command);
}

/** Checks everything that can be checked without opening a file. Throws bad usage. */
export function checkTraceOptions(operands: readonly string[], given: RawTraceOptions): CommonOptions {
  const raw: GivenOptions = { ...NONE_GIVEN, ...given };
  const { files, expression } = splitOperands(operands, raw.read);
  const captures = [...files, ...raw.read];
  if (captures.length === 0)
    throw usageError('no capture given', 'overlens CAPTURE... -t SNAPSHOT; overlens --help shows more');
  if (captures.filter((path) => path === '-').length > 1)
    throw usageError('- given twice: stdin can be read once only');
  checkIndexed(raw.index ?? null, captures.includes('-') ? ['-'] : []);
  return {
    captures,
    snapshot: raw.topology,
    state: snapshotChoice(raw),
    found: [],
    taken: [],
    hints: new Map(),
    repeated: new Map(),
    logs: new Map(),
    index: raw.index ?? null,
    color: parseChoice('--color', raw.color, ['auto', 'always', 'never']),
    filter: { ...filterOf(raw), ...(expression === null ? {} : { expression }) },
    filterText: [filterText(raw), expression ?? ''].filter(Boolean).join(' '),
    causeIds: raw.finding?.filter(isCauseId) ?? [],
    places: raw.at.map(parsePlace),
    pipeline: pipelineOf(raw),
  };
}

export const TAKEN_AT_HELP = 'when the snapshot was taken; PATH=TIME of one part of it';

export type SnapshotChoice = Pick<LoadOptions, 'step' | 'takenAt'>;

/** `--at-step` and `--taken-at`: the state that a snapshot is taken at, and when that was. Throws bad usage. */
export function snapshotChoice({ atStep, takenAt = [] }: { atStep?: string; takenAt?: string[] }): SnapshotChoice {
  const step = atStep === undefined ? {} : { step: parseInteger('--at-step', atStep, 1, 100_000) };
  return takenAt.length === 0 ? step : { ...step, takenAt: takenAt.map(parseTakenAt) };
}

/** Matches each `--at` to its captures and each node's name to the snapshot's. Throws bad usage for one that fits nothing. */
export function resolvePlaces(
  places: readonly PlaceOption[],
  captures: readonly string[],
  topology: Topology | null,
): PlaceOption[] {
  return places.map((place) => {
    const { file } = place;
    checkIsGiven(`--at ${file}=${place.node}`, file, captures);
    return { ...place, node: resolveNode(place, topology) };
  });
}

/** A capture is named by its path as given, or by its base name. */
export function checkIsGiven(option: string, file: string, captures: readonly string[]): void {
  if (captures.some((path) => isFileOf(file, path))) return;
  throw usageError(`${option}: no such capture is given`, `The captures are ${captures.join(', ')}.`);
}

function resolveNode(place: PlaceOption, topology: Topology | null): string {
  if (topology === null || topology.nodes.length === 0) return place.node;
  const exact = topology.nodeByName(place.node) ?? topology.nodeByAddress(place.node);
  const short = topology.nodes.filter((node) => node.name.startsWith(`${place.node}.`));
  const found = exact ?? (short.length === 1 ? short[0] : null);
  if (found) return found.name;
  // Nodes of a grep excerpt have no names: any name may be theirs.
  if (topology.nodes.some((node) => !node.named)) return place.node;
  const names = topology.nodes.map((node) => node.name);
  const near = nearest(place.node, names);
  const suggestion = near === null ? '' : `did you mean ${near}? `;
  throw usageError(
    `--at ${place.file}=${place.node}: no such node in the snapshot`,
    `${suggestion}The nodes are ${names.join(', ')}.`,
  );
}

/** More than any machine can use: each takes a ring of its own. */
const MOST_WORKERS = 64;

/** The pipeline reads the times again; reading them here too tells of a bad one before any file is opened. */
function pipelineOf(raw: GivenOptions): CommonOptions['pipeline'] {
  const [since, until] = [raw.since ?? null, raw.until ?? null];
  timeRange(since, until);
  return {
    reader: parseChoice('--reader', raw.reader, ['builtin', 'pcap-parser']),
    workers: raw.workers === undefined ? null : parseInteger('--workers', raw.workers, 0, MOST_WORKERS),
    vxlanPorts: raw.vxlanPort.map((text) => parseInteger('--vxlan-port', text, 1, 65535)),
    vxlanVNI: raw.vxlanVni === undefined ? null : parseInteger('--vxlan-vni', raw.vxlanVni, 0, 0xffffff),
    since,
    until,
    unfiltered: raw.unfiltered,
  };
}

/** What the user vouched for, and options that bend the answer, as sentences of a proof. */
export function toldOptions(raw: RawTraceOptions): string[] {
  const { takenAt = [], at = [], unfiltered = [], vxlanPort = [], vxlanVni, reader, index } = raw;
  return [
    ...takenAt.map((time) => `--taken-at ${time}: when the snapshot was taken is the user's word`),
    ...at.map((place) => `--at ${place}: where it was captured is the user's word`),
    ...unfiltered.map((file) => `--unfiltered ${file}: that there was no filter is the user's word`),
    ...vxlanPort.map((port) => `--vxlan-port ${port}: VXLAN is expected there too`),
    ...(vxlanVni === undefined ? [] : [`--vxlan-vni ${vxlanVni}: the cluster's VNI is the user's word`]),
    ...(reader === 'builtin' ? [] : [`--reader ${reader}`]),
    ...(index === undefined ? [] : [`--index ${index}: captures that are as they were are not read again`]),
  ];
}
