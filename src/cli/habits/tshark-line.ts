// A line of tshark: answered with the line that does it here.
import { existsSync } from 'node:fs';
import { shellWord } from '../../cluster/shell.ts';
import { addUnder } from '../../net/multi-map.ts';
import { usageError } from '../report-error.ts';
import { translateDisplayFilter } from './display-filter.ts';
import { BESIDE } from './jq-filter.ts';
import type { Reading } from './reading.ts';

const OWN = new Set(['-Y', '-R', '-T', '-z', '-O', '-E', '-P', '-2', '-d', '-j', '-J']);
const WITH_VALUE = new Set([
  '-Y',
  '-R',
  '-T',
  '-z',
  '-O',
  '-E',
  '-d',
  '-j',
  '-J',
  '-e',
  '-r',
  '-c',
  '-f',
  '-i',
  '-w',
  '-t',
  '-p',
  '--display-filter',
  '--read-filter',
]);

/** Options that only tshark has. */
export function isTshark(word: string): boolean {
  return OWN.has(word.slice(0, 2)) || /^-[nqlVxP2]+[YRTz]$/.test(word);
}

interface Parsed {
  values: Map<string, string[]>;
  operands: string[];
}

/** `-t ad`: how tshark shows times, where a snapshot is given here. Throws bad usage for it. */
export function checkTimes(value: string, { command }: Reading): void {
  const style =
    /^(ad|adoy|ud|udoy|a|u|d|dd|e|r)$/.test(value) && !existsSync(value) ? (TIMES[value] ?? 'utc') : undefined;
  if (style === undefined) return;
  const shown = command.name() === 'decode' ? '' : 'overlens decode CAPTURE... ';
  throw usageError(`-t ${value}: no such snapshot; how times are shown is --time`, `${shown}--time ${style}`);
}

const TIMES: Readonly<Record<string, string>> = { e: 'epoch', d: 'delta', dd: 'delta', r: 'relative' };

/** Bad usage with the line to type instead. */
export function tsharkAnswer({ given, command }: Reading): Error {
  const { values, operands } = parse(given);
  const captures = [...(values.get('-r') ?? []), ...operands].map(shellWord).join(' ') || 'CAPTURE';
  const snapshot = (values.get('-t') ?? []).map((path) => ` -t ${shellWord(path)}`).join('');
  const asked = askedCommand(values, command.name());
  const filter = [
    ...(values.get('-Y') ?? []),
    ...(values.get('-R') ?? []),
    ...(values.get('--display-filter') ?? []),
    ...(values.get('--read-filter') ?? []),
  ].join(' and ');
  const translated = filter === '' ? { words: [] } : translateDisplayFilter(filter);
  const [expression] = values.get('-f') ?? [];
  const said = sayGiven(values, filter);
  if (translated === null)
    return usageError(
      said,
      `no option asks for it; fields have the same names in overlens decode ${captures}${snapshot} -o json`,
    );
  const counted = (values.get('-c') ?? []).map((count) => ` -c ${count}`).join('');
  if ('missing' in translated) return usageError(said, missingAnswer(translated.missing, `${captures}${snapshot}`));
  if ('jq' in translated)
    return usageError(
      said,
      `overlens decode ${captures}${snapshot}${counted} -o json | jq -c 'select(${translated.jq})'`,
    );
  const words = [...translated.words, ...(expression === undefined ? [] : [expression])].map(shellWord).join(' ');
  const ports = (values.get('-d') ?? []).map((rule) => /^udp\.port==(\d+),vxlan$/.exec(rule)?.[1]);
  const decodeAs = ports.map((port) => (port === undefined ? '' : ` --vxlan-port ${port}`)).join('');
  const rest = `${captures}${snapshot}${decodeAs}${asked.options}${asked.isPackets ? counted : ''}${words === '' ? '' : ` ${words}`}${asked.pipe}`;
  const name = asked.isPackets ? 'decode ' : command.name() === 'trace' ? '' : `${command.name()} `;
  const numbers = rest.includes(' NUMBER')
    ? `\nNUMBER: flows have numbers of their own, overlens ${captures} lists them`
    : '';
  const flows =
    numbers === '' && asked.isPackets && command.name() === 'trace' && asked.options === '' && asked.pipe === '';
  return usageError(
    said,
    `overlens ${name}${rest}${flows ? `\nflows instead of packets: overlens ${captures}${snapshot}${decodeAs}${words === '' ? '' : ` ${words}`}` : ''}${numbers}`,
  );
}

/** Of a field that Wireshark works out, or of a protocol that is not decoded here. */
function missingAnswer(field: string, captures: string): string {
  return field.startsWith('tcp.analysis')
    ? `overlens ${captures} --sort resent: how often each flow sent again`
    : `decode has no ${field}; overlens headers lists the fields that there are`;
}

function parse(given: readonly string[]): Parsed {
  const values = new Map<string, string[]>();
  const operands: string[] = [];
  const put = (name: string, value: string): unknown => addUnder(values, name, value);
  for (let i = 0; i < given.length; i++) {
    const word = given[i] ?? '';
    const [name = '', ...inline] = word.startsWith('--') ? word.split('=') : [word];
    if (word === '-' || !word.startsWith('-')) operands.push(word);
    else if (inline.length > 0) put(name, inline.join('='));
    else if (WITH_VALUE.has(word)) put(word, given[++i] ?? '');
    else if (!word.startsWith('--') && WITH_VALUE.has(word.slice(0, 2))) put(word.slice(0, 2), word.slice(2));
    // flags together, the last one with a value: -nr FILE
    else if (/^-[nqlVx2P]+[rYTzc]$/.test(word)) put(`-${word.slice(-1)}`, given[++i] ?? '');
    else put(word, '');
  }
  return { values, operands };
}

interface AskedCommand {
  isPackets: boolean;
  /** With a blank before each. */
  options: string;
  pipe: string;
}

const FLOWS: AskedCommand = { isPackets: false, options: '', pipe: '' };

function askedCommand(values: Parsed['values'], name: string): AskedCommand {
  const [statistics] = values.get('-z') ?? [];
  if (statistics !== undefined) return ofStatistics(statistics);
  const [format] = values.get('-T') ?? [];
  const packets = (options: string, pipe = ''): AskedCommand => ({ isPackets: true, options, pipe });
  if (format === 'fields') return packets(' -o json', fieldsPipe(values.get('-e') ?? []));
  if (format !== undefined && /^(json|jsonraw|ek)$/.test(format)) return packets(' -o json');
  const hex = values.has('-x') ? ' -x' : '';
  if (values.has('-V') || values.has('-O') || format !== undefined) return packets(` -v${hex}`);
  if (name === 'trace' || name === 'decode') return packets(hex);
  return FLOWS;
}

function ofStatistics(statistics: string): AskedCommand {
  const [kind = ''] = statistics.split(',');
  if (kind === 'io') return { ...FLOWS, options: ' -o summary' };
  if (kind === 'follow') return { isPackets: true, options: ' --flow NUMBER -x', pipe: '' };
  if (kind === 'endpoints') return { ...FLOWS, options: ' --by workload' };
  if (kind === 'dns') return { ...FLOWS, options: ' --port 53' };
  return FLOWS;
}

/** The columns of `-e`, from fields that have the same names; a packet's number, time and length stand beside its layers. */
function fieldsPipe(fields: readonly string[]): string {
  const columns = fields
    .filter((field) => /^[\w.]+$/.test(field))
    .map((field) => BESIDE[field] ?? `([.layers[].fields["${field}"] | values] | join(","))`);
  return columns.length === 0 ? ' | jq -c .' : ` | jq -r '[${columns.join(', ')}] | @tsv'`;
}

function sayGiven(values: Parsed['values'], filter: string): string {
  if (filter !== '') return `-Y ${filter}: display filters are Wireshark's`;
  const [name, value] = [...values].find(([option]) => isTshark(option) || option === '-V' || option === '-f') ?? [
    '',
    [],
  ];
  return `${[name, ...value].filter(Boolean).join(' ')}: is an option of tshark`;
}
