// Options from a file, never found by itself: `--config FILE` with a section for each command, options by their long names. What stands on
// the command line wins. YAML or JSON, which is YAML too.
import { readFileSync } from 'node:fs';
import type { Command, Option } from 'commander';
import { isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { usageError } from '../report-error.ts';
import { nearest } from '../values.ts';

const NAME = '--config';

/**
 * The line with the file's options in it, and without `--config`.
 * @throws OverlensError E_USAGE with file and line, where the file says what no command takes
 */
export function withConfig(argv: readonly string[], program: Command): string[] {
  const at = argv.findIndex(
    (word, i) => (word === NAME || word.startsWith(`${NAME}=`)) && !argv.slice(0, i).includes('--'),
  );
  const word = argv[at];
  if (word === undefined) return [...argv];
  const inline = word.startsWith(`${NAME}=`);
  const file = inline ? word.slice(NAME.length + 1) : argv[at + 1];
  if (file === undefined || file === '')
    throw usageError(`${NAME}: no file behind it`, `for example ${NAME} overlens.yaml`);
  const rest = [...argv.slice(0, at), ...argv.slice(at + (inline ? 1 : 2))];
  if (rest.some((one) => one === NAME || one.startsWith(`${NAME}=`)))
    throw usageError(`${NAME} given twice`, 'one file has the options of all commands');
  const [first = ''] = rest;
  const named = program.commands.find((command) => command.name() === first);
  const sections = readSections(file, program);
  const given = named === undefined ? rest : rest.slice(1);
  const words = (sections.get(named?.name() ?? 'trace') ?? []).flatMap(({ option, values }) =>
    isGiven(option, given) ? [] : values,
  );
  return [...(named === undefined ? [] : [first]), ...words, ...given];
}

/** An option of a section, as words. */
interface Configured {
  option: Option;
  values: string[];
}

function readSections(file: string, program: Command): Map<string, Configured[]> {
  const lines = new LineCounter();
  const document = parseDocument(textOf(file), { lineCounter: lines, uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined)
    throw usageError(`${file}:${lines.linePos(error.pos[0]).line}: ${error.message.split('\n', 1)[0]}`);
  const reading: Reading = { file, lineOf: (node) => lines.linePos(rangeOf(node)).line };
  const { contents } = document;
  if (contents === null) return new Map();
  if (!isMap(contents)) throw usageError(`${file}:1: expected commands with their options`, EXAMPLE);
  return new Map(contents.items.map((pair) => readSection(pair as Pair, program, reading)));
}

const EXAMPLE = 'for example\ntrace:\n  topology: topology/\n  top: 20';

interface Reading {
  file: string;
  lineOf(node: unknown): number;
}

function rangeOf(node: unknown): number {
  return (node as { range?: [number, number, number] | null } | null)?.range?.[0] ?? 0;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw usageError(`${NAME} ${file}: ${missing ? 'no such file' : (error as Error).message}`);
  }
}

function readSection({ key, value }: Pair, program: Command, reading: Reading): [string, Configured[]] {
  const name = String(isScalar(key) ? key.value : key);
  const place = `${reading.file}:${reading.lineOf(key)}`;
  const command = program.commands.find((one) => one.name() === name);
  if (command === undefined) {
    const near = nearest(
      name,
      program.commands.map((one) => one.name()),
    );
    throw usageError(`${place}: ${name} is no command`, near === null ? EXAMPLE : `did you mean ${near}?`);
  }
  if (isScalar(value) && value.value === null) return [name, []];
  if (!isMap(value)) throw usageError(`${place}: expected options of ${name}`, EXAMPLE);
  return [name, (value as YAMLMap).items.map((pair) => readOption(pair as Pair, command, reading))];
}

function readOption({ key, value }: Pair, command: Command, reading: Reading): Configured {
  const name = String(isScalar(key) ? key.value : key).replace(/^--/, '');
  const place = `${reading.file}:${reading.lineOf(key)}`;
  const option = command.options.find(({ long }) => long === `--${name}` && long !== NAME);
  if (option === undefined) {
    const near = nearest(
      name,
      command.options.flatMap(({ long }) => (long == null ? [] : [long.slice(2)])),
    );
    const hint = `overlens ${command.name()} --help lists the options`;
    throw usageError(
      `${place}: ${command.name()} has no option ${name}`,
      near === null ? hint : `did you mean ${near}? ${hint}`,
    );
  }
  return { option, values: valuesOf(option, name, value, place) };
}

function valuesOf(option: Option, name: string, node: unknown, place: string): string[] {
  const given = isSeq(node) ? node.items.map(plainOf) : [plainOf(node)];
  if (!option.required) {
    const [on] = given;
    if (given.length === 1 && typeof on === 'boolean') return on ? [`--${name}`] : [];
    throw usageError(`${place}: ${name}: expected true or false`);
  }
  // only options that repeat collect their values
  if (isSeq(node) && option.parseArg === undefined) throw usageError(`${place}: ${name}: takes one value, not a list`);
  return given.map((one) => {
    if (typeof one === 'string' || typeof one === 'number') return `--${name}=${one}`;
    throw usageError(`${place}: ${name}: expected a value, or a list of them`);
  });
}

function plainOf(node: unknown): unknown {
  if (!isScalar(node)) return undefined;
  // times and numbers as they are written: 08:29:50, 0x10
  return typeof node.value === 'boolean' ? node.value : (node.source ?? node.value);
}

function isGiven({ long, short, required }: Option, given: readonly string[]): boolean {
  return given.some(
    (word) =>
      word === long ||
      word.startsWith(`${long}=`) ||
      (short != null && (word === short || (required && !word.startsWith('--') && word.startsWith(short)))),
  );
}
