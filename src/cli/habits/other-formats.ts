// Values of `-o` that other programs, or other commands of this one, have: what to type here.
import type { Command, Option } from 'commander';
import { usageError } from '../report-error.ts';
import { choicesOf } from '../shell/choices.ts';
import { nearest } from '../values.ts';
import type { Reading } from './reading.ts';

const FIELDS = '-o json has every field, for jq; -o csv columns';
const PACKETS = 'overlens decode CAPTURE... -w FILE.pcapng; with names and verdicts in it: overlens export wireshark';

/** Of hubble, kubectl, tshark and habit. */
const FOREIGN: Readonly<Record<string, string>> = {
  ...{ jsonpb: '-o hubble: a line a flow, as hubble prints them', compact: 'without -o it is a table', tab: '-o csv' },
  ...{ dict: '-o json; one problem in full: --finding A', text: 'without -o it is a table', tsv: '-o csv' },
  ...{ yaml: FIELDS, name: FIELDS, jsonpath: FIELDS, 'go-template': FIELDS, 'custom-columns': FIELDS },
  ...{ pcap: PACKETS, pcapng: PACKETS, ndjson: '-o jsonl', md: 'overlens verify CAPTURE... -t SNAPSHOT -o markdown' },
};

/** Throws bad usage for a format that the command has not, where something else does. */
export function checkFormat(value: string, { command, commands }: Reading): void {
  const [format = ''] = value.split('=', 1);
  if (formatsOf(command).includes(format)) return;
  const preference = /^([a-z][\w.]*):(.*)$/.exec(value);
  if (preference !== null) throw preferenceAnswer(preference[1] ?? '', preference[2] ?? '');
  const other = commands.all().find((one) => formatsOf(one).includes(format));
  if (other === undefined || format === 'text' || nearest(format, formatsOf(command)) !== null) {
    const instead = Object.hasOwn(FOREIGN, format) ? FOREIGN[format] : undefined;
    if (instead !== undefined) throw usageError(`-o ${value}: not known`, instead);
    return;
  }
  const where = other.name() === 'query' ? 'SQL DIR' : 'CAPTURE... -t SNAPSHOT';
  throw usageError(
    `-o ${value}: is not of ${command.name()}, which has ${formatsOf(command).join(', ')}`,
    `overlens ${other.name()} ${where} -o ${format}${format === 'parquet' ? ' -w DIR' : ''}`,
  );
}

/** tshark's `-o NAME:VALUE`. */
export function preferenceAnswer(name: string, value: string): Error {
  return usageError(
    `-o ${name}:${value}: preferences are Wireshark's`,
    name === 'vxlan.port' ? `--vxlan-port ${value}` : 'overlens COMMAND --help lists what can be set',
  );
}

function formatsOf(command: Command): readonly string[] {
  const option: Option | undefined = command.options.find(({ long }) => long === '--output');
  return option === undefined ? [] : choicesOf(option);
}
