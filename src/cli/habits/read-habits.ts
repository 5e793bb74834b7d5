// Lines as people type them from habit in tcpdump, tshark, hubble and kubectl: what means the same here is put into this program's words,
// the rest is answered with the line that does it. Nothing is guessed of what this program's own options already say.
import { existsSync } from 'node:fs';
import type { Command, Option } from 'commander';
import { EXPRESSION_WORDS } from '../../net/capture-expression.ts';
import { usageError } from '../report-error.ts';
import { checkVerdict, foreignOption } from './foreign-options.ts';
import { checkFormat } from './other-formats.ts';
import { otherWord } from './other-words.ts';
import type { Commands, Line, Reading } from './reading.ts';
import { checkWritten, tcpdumpLetters } from './tcpdump-letters.ts';
import { checkTimes, isTshark, tsharkAnswer } from './tshark-line.ts';

const ON_CAPTURES: ReadonlySet<string> = new Set([
  'trace',
  'verify',
  'diff',
  'path',
  'decode',
  'explain',
  'quiz',
  'export',
  'view',
]);

/**
 * The same line in this program's words.
 * @throws OverlensError E_USAGE with the line to type, where nothing here means the same
 */
export function readHabits(argv: readonly string[], commands: Commands): Line {
  const [first = ''] = argv;
  if (first === 'version' && argv.slice(1).every((word) => word.startsWith('-')))
    return { words: ['--version'], notes: [] };
  if (argv.length === 1 && first === '-v')
    throw usageError(
      '-v: prints every header and field, of a capture',
      'overlens decode -v CAPTURE; the version: overlens --version',
    );
  const named = commands.named(first);
  const other = named === undefined && !existsSync(first) ? otherWord(argv) : null;
  if (other !== null) return readHabits(other, commands);
  if (first === 'help' || (named !== undefined && !ON_CAPTURES.has(first))) return { words: [...argv], notes: [] };
  const command = named ?? commands.named('trace');
  if (command === undefined) return { words: [...argv], notes: [] };
  if (named !== undefined && argv.length === 2 && argv[1] === 'help') return { words: ['help', first], notes: [] };
  const { words, notes } = translate(named === undefined ? argv : argv.slice(1), command, commands);
  return { words: named === undefined ? words : [first, ...words], notes };
}

/** The words behind a command's name. */
function translate(given: readonly string[], command: Command, commands: Commands): Line {
  const asDecode = (): string[] => translateFor('decode', given, commands);
  const reading: Reading = { command, commands, asDecode, given, rest: [...given], words: [], notes: [], tail: [] };
  for (let word = reading.rest.shift(); word !== undefined; word = reading.rest.shift()) {
    if (word === '--') {
      reading.words.push(word, ...reading.rest.splice(0));
    } else if (word.startsWith('--')) readLong(word, reading);
    else if (word.startsWith('-') && word !== '-') readShort(word, reading);
    else reading.words.push(word);
  }
  return { words: [...reading.words, ...reading.tail], notes: reading.notes };
}

function translateFor(name: string, given: readonly string[], commands: Commands): string[] {
  const command = commands.named(name);
  return command === undefined ? [...given] : translate(given, command, commands).words;
}

function readLong(word: string, reading: Reading): void {
  const [name = ''] = word.split('=', 1);
  const own = optionOf(reading.command, name);
  if (own === undefined && name !== '--not' && name !== '--help' && name !== '--version') {
    if (foreignOption(word, reading)) return;
    reading.words.push(word);
    return;
  }
  if (name === '--verdict') checkVerdict(word.includes('=') ? word.slice(name.length + 1) : (reading.rest[0] ?? ''));
  reading.words.push(word);
  if (own !== undefined && !word.includes('=')) pushValue(own, reading);
  else if (name === '--output') checkFormat(word.slice(name.length + 1), reading);
}

function readShort(word: string, reading: Reading): void {
  const own = optionOf(reading.command, word.slice(0, 2));
  const takesValue = own?.required === true;
  const isOwn = own !== undefined && !(takesValue && isFlagOfTcpdump(word, reading));
  const isGlued = isOwn && takesValue && word.length > 2 && !isCluster(word);
  if (isGlued || (isOwn && word.length === 2)) {
    reading.words.push(word);
    if (!isGlued && own !== undefined) pushValue(own, reading);
    else if (own?.long === '--output') checkFormat(word.slice(2), reading);
    return;
  }
  if (word === '-h' || word === '-V') {
    if (word === '-V' && reading.given.length > 1) throw tsharkAnswer(reading);
    reading.words.push(word);
    return;
  }
  if (isTshark(word)) throw tsharkAnswer(reading);
  if (tcpdumpLetters(word, reading) || foreignOption(word, reading)) return;
  reading.words.push(word);
}

/** `-n`, `-l`, `-t`, `-p` take a value here and none in tcpdump. */
function isFlagOfTcpdump(word: string, { rest: [next], command, words }: Reading): boolean {
  if (/^-t{2,5}$/.test(word) || isCluster(word)) return true;
  if (!/^-[nltp]$/.test(word)) return false;
  if (next === undefined) return word === '-n' && words.length > 0;
  if (/^-./.test(next)) return !(word === '-p' && /^-\d/.test(next));
  if (word !== '-n') return false;
  return existsSync(next) || (EXPRESSION_WORDS.includes(next) && command.name() !== 'verify');
}

/** `-nr`, `-nnvvXr`: flags of tcpdump together, the last of them perhaps one with a value; no namespace has such a name. */
function isCluster(word: string): boolean {
  return /^-n[nevxXAqtSKlUNf#]*[rciswn]$/.test(word) || /^-n[nevxXAqtSKlU]+$/.test(word);
}

function optionOf(command: Command, name: string): Option | undefined {
  return command.options.find(({ long, short }) => long === name || short === name);
}

function pushValue({ required, long }: Option, reading: Reading): void {
  const { rest, words } = reading;
  const value = required ? rest.shift() : undefined;
  if (value === undefined) return;
  if (long === '--output') checkFormat(value, reading);
  if (long === '--write') checkWritten(value, reading);
  if (long === '--topology') checkTimes(value, reading);
  words.push(value);
}
