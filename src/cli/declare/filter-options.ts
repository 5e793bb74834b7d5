// The filters of the command line: each declared once, with what may stand behind it and how it is read. `--not` before one turns it
// around, which is another option that the help does not list (`--not-pod`).
import { type Command, Option } from 'commander';
import { formatCidr } from '../../net/cidr.ts';
import { FINDINGS, type FindingCode } from '../../verdict/codes.ts';
import { parseSelector } from '../../verdict/filter/label-selector.ts';
import { OUTCOMES } from '../../verdict/filter/outcomes.ts';
import { VERDICT_HELP, VERDICT_WORDS, verdictNamed } from '../../verdict/filter/verdict-words.ts';
import { type FilterKinds, type FlowFilter, parseIpFilter } from '../../verdict/flow-filter.ts';
import { usageError } from '../report-error.ts';
import { nearest, parseChoice, parseInteger, parseProtocol, parseSeconds } from '../values.ts';

type Kind = keyof FilterKinds;
/** As commander hands them over; `--not-pod` becomes `notPod`. */
export type RawFilters = Partial<Record<Kind | `not${Capitalize<Kind>}` | 'flow', string[]>> & {
  first?: string;
  last?: string;
};

interface FilterOption {
  kind: Kind;
  /** Long name, and the short one with its comma. */
  name: string;
  short?: string;
  argument: string;
  description: string;
  read: (option: string, text: string) => string | number;
}

const ENCAPSULATIONS = ['vxlan', 'ipip', 'wireguard', 'geneve', 'gre', 'none', 'mixed', 'unknown'] as const;
const MOST = 1_000_000_000;

const asIs = (_option: string, text: string): string => text;
const cidr = (option: string, text: string): string => formatCidr(parseIpFilter(text, option));

/** Those that single packets can answer, in the order of the help. */
const OF_PACKETS: readonly FilterOption[] = [
  { kind: 'pod', name: '--pod', argument: '[ns/]prefix', description: 'a pod at either end', read: asIs },
  { kind: 'fromPod', name: '--from-pod', argument: '[ns/]prefix', description: 'sent by this pod', read: asIs },
  { kind: 'toPod', name: '--to-pod', argument: '[ns/]prefix', description: 'sent to this pod', read: asIs },
  {
    ...{ kind: 'namespace', name: '--namespace', short: '-n', argument: 'name', read: asIs },
    description: 'a pod or service of this namespace at either end',
  },
  {
    ...{ kind: 'label', name: '--label', short: '-l', argument: 'selector' },
    description: 'a pod with these labels at either end: app=web,tier!=db',
    read(_option, text) {
      parseSelector(text);
      return text;
    },
  },
  { kind: 'node', name: '--node', argument: 'name', description: 'a node at either end', read: asIs },
  { kind: 'ip', name: '--ip', argument: 'cidr', description: 'an inner address at either end', read: cidr },
  { kind: 'fromIp', name: '--from-ip', argument: 'cidr', description: 'sent by this address', read: cidr },
  { kind: 'toIp', name: '--to-ip', argument: 'cidr', description: 'sent to this address', read: cidr },
  {
    ...{ kind: 'port', name: '--port', argument: 'number', description: 'an inner port at either end' },
    read: (option, text) => parseInteger(option, text, 0, 65535),
  },
  {
    ...{ kind: 'protocol', name: '--protocol', argument: 'name' },
    description: 'tcp, udp, icmp, ... or a number',
    read: parseProtocol,
  },
];

/** Those that only whole flows can answer. */
const OF_FLOWS: readonly FilterOption[] = [
  {
    ...{ kind: 'encapsulation', name: '--encapsulation', argument: 'kind' },
    description: `${ENCAPSULATIONS.join(', ')} (plain is none)`,
    read: (option, text) => (text === 'plain' ? 'none' : parseChoice(option, text, ENCAPSULATIONS)),
  },
  { kind: 'verdict', name: '--verdict', argument: 'verdict', description: VERDICT_HELP, read: readVerdict },
  {
    ...{ kind: 'finding', name: '--finding', argument: 'code|id' },
    description: 'flows with this finding; A, B, ... shows one problem in full',
    read: (option, text) =>
      isCauseId(text) ? text : parseChoice(option, text, Object.keys(FINDINGS) as FindingCode[]),
  },
  {
    ...{ kind: 'outcome', name: '--outcome', argument: 'outcome', description: OUTCOMES.join(', ') },
    read: (option, text) => parseChoice(option, text, OUTCOMES),
  },
  {
    ...{ kind: 'slowerThan', name: '--slower-than', argument: 'time' },
    description: 'whose handshake, first byte or answer took longer: 200ms, 1.5s',
    read: parseSeconds,
  },
];

const ALL = [...OF_PACKETS, ...OF_FLOWS];

/** An option that takes one value each time it is given; never given, it is absent. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, before: string[] | undefined) => [
    ...(before ?? []),
    value,
  ]);
}

/** Filters that every command on captures has. */
export function declarePacketFilters(command: Command): Command {
  command.optionsGroup('Which flows (--not before a filter keeps out what fits it):');
  declareAll(command, OF_PACKETS);
  return command
    .option(
      '--since <time>',
      'from here on: RFC 3339, HH:MM:SS (UTC), +10s after the first packet, -5m before the last',
    )
    .option('--until <time>', 'up to here');
}

/** Filters by result. */
export function declareFlowFilters(command: Command): Command {
  command.optionsGroup('Which flows, by what was found:');
  declareAll(command, OF_FLOWS);
  return command
    .addOption(repeatable('--flow <number>', 'this flow and its answers, by the number that the table has for it'))
    .option('--first <number>', 'of the conversations that fit, the first so many to begin')
    .option('--last <number>', 'and the last so many');
}

function declareAll(command: Command, filters: readonly FilterOption[]): void {
  for (const { name, short, argument, description } of filters) {
    command.addOption(repeatable(`${short === undefined ? '' : `${short}, `}${name} <${argument}>`, description));
    command.addOption(repeatable(`${negated(name)} <${argument}>`, description).hideHelp());
  }
}

function negated(name: string): string {
  return `--not-${name.slice(2)}`;
}

/**
 * `--not --pod shop/cart` as the one option that it means.
 * @throws OverlensError E_USAGE where no filter stands behind it
 */
export function joinNots(argv: readonly string[]): string[] {
  const joined: string[] = [];
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  for (let i = 0; i < end; i++) {
    const word = argv[i] ?? '';
    joined.push(word === '--not' ? negatedWord(argv[++i] ?? '') : word);
  }
  return [...joined, ...argv.slice(end)];
}

function negatedWord(word: string): string {
  const [name = '', ...value] = word.split('=');
  const filter = ALL.find((one) => one.name === name || one.short === name);
  if (filter === undefined)
    throw usageError(`--not ${word}: --not stands before a filter`, 'for example --not --pod shop/cart');
  return [negated(filter.name), ...value].join('=');
}

/** Ids of causes are capital letters, codes never are. */
export function isCauseId(text: string): boolean {
  return /^[A-Z]{1,3}$/.test(text);
}

/** What was given, read and checked. Letters of problems are not among the findings: `causeIds` has them. */
export function filterOf(raw: RawFilters): FlowFilter {
  const wanted = kindsOf((kind) => raw[kind]);
  const not = kindsOf((kind) => raw[notKey(kind)]);
  const finding = wanted.finding?.filter((text) => !isCauseId(text)) ?? [];
  const { finding: _letters, ...others } = wanted;
  return {
    ...others,
    ...(finding.length > 0 ? { finding } : {}),
    ...(Object.keys(not).length > 0 ? { not } : {}),
    ...(raw.flow === undefined ? {} : { flow: raw.flow.map((text) => parseInteger('--flow', text, 1, MOST)) }),
    ...(raw.first === undefined ? {} : { first: parseInteger('--first', raw.first, 1, MOST) }),
    ...(raw.last === undefined ? {} : { last: parseInteger('--last', raw.last, 1, MOST) }),
  };
}

function kindsOf(given: (kind: Kind) => readonly string[] | undefined): FilterKinds {
  const read = ALL.flatMap(({ kind, name, read: readOne }) => {
    const texts = given(kind) ?? [];
    return texts.length === 0 ? [] : [[kind, texts.map((text) => readOne(name, text))]];
  });
  return Object.fromEntries(read) as FilterKinds;
}

function notKey(kind: Kind): `not${Capitalize<Kind>}` {
  return `not${kind.charAt(0).toUpperCase()}${kind.slice(1)}` as `not${Capitalize<Kind>}`;
}

/** The filters as given, for messages: `--pod shop/ --not --port 80`. */
export function filterText(raw: RawFilters & { since?: string; until?: string }): string {
  const given = (prefix: string, name: string, values: readonly string[] = []): string[] =>
    values.map((value) => `${prefix}${name} ${value}`);
  const single = (name: string, value: string | undefined): string[] =>
    value === undefined ? [] : [`${name} ${value}`];
  return [
    ...ALL.flatMap(({ kind, name }) => {
      const values = kind === 'finding' ? raw.finding?.filter((text) => !isCauseId(text)) : raw[kind];
      return [...given('', name, values), ...given('--not ', name, raw[notKey(kind)])];
    }),
    ...given('', '--flow', raw.flow),
    ...single('--first', raw.first),
    ...single('--last', raw.last),
    ...single('--since', raw.since),
    ...single('--until', raw.until),
  ].join(' ');
}

function readVerdict(option: string, text: string): string {
  const verdict = verdictNamed(text);
  if (verdict !== null) return verdict;
  const near = nearest(text, Object.entries(VERDICT_WORDS).flat());
  const suggestion = near === null ? '' : `did you mean ${near}? `;
  throw usageError(`${option} ${text}: not known`, `${suggestion}It takes ${VERDICT_HELP}.`);
}
