// What may stand where the cursor is: commands, options, their values and files. Asked by the shells' scripts at each Tab: it never fails
// loudly, and names of pods and nodes come from the snapshot that the line gives.
import type { Command, Option } from 'commander';
import { type Io, writeAll } from '../io.ts';
import type { Stages } from '../stages.ts';
import type { Candidate } from './candidate.ts';
import { choicesOf } from './choices.ts';
import { LIVE, liveValues } from './live-values.ts';

/** Stands in the answer where files may be meant. */
const FILES = ':files';
const OF_FILES = /file|path|capture|proof/;

/** @param words `SHELL -- WORD...`, behind the program's name up to the cursor */
export async function runComplete(words: readonly string[], program: Command, io: Io, stages: Stages): Promise<void> {
  try {
    const line = words[0] === 'bash' ? joinedAtEquals(words.slice(2)) : { words: words.slice(2), cut: 0 };
    const lines = await candidateLines(line.words, program, stages);
    await writeAll(
      io.stdout,
      lines.map((text) => `${text === FILES ? text : text.slice(line.cut)}\n`),
    );
  } catch {
    // a shell shows nothing rather than an error in the middle of a line
  }
}

/** bash hands over `--pod=shop` as three words, and wants only what comes behind the sign. */
function joinedAtEquals(words: readonly string[]): { words: string[]; cut: number } {
  const joined: string[] = [];
  let cut = 0;
  for (const [i, word] of words.entries()) {
    const isJoint = word === '=' || words[i - 1] === '=';
    if (!isJoint || joined.length === 0) joined.push(word);
    else joined[joined.length - 1] += word;
    cut = isJoint ? (joined.at(-1)?.lastIndexOf('=') ?? -1) + 1 : 0;
  }
  return { words: joined, cut };
}

async function candidateLines(words: readonly string[], program: Command, stages: Stages): Promise<string[]> {
  const current = words.at(-1) ?? '';
  const [first = ''] = words;
  if (first === 'help' && words.length > 1) return linesOf(commandsOf(program), current);
  const named = words.length > 1 ? program.commands.find((one) => one.name() === first) : undefined;
  const trace = program.commands.find((one) => one.name() === 'trace') ?? program;
  const command = named ?? trace;
  const before = words.slice(named === undefined ? 0 : 1, -1);
  const asking = optionAsking(before, command);
  if (asking !== undefined) return valuesOf(asking, current, '', { before, command, stages });
  const [name = '', ...value] = current.split('=');
  const inline = current.startsWith('--') && value.length > 0 ? optionNamed(name, command) : undefined;
  if (inline !== undefined) return valuesOf(inline, value.join('='), `${name}=`, { before, command, stages });
  if (current.startsWith('-') && current !== '-') return linesOf(optionsOf(command), current);
  if (words.length <= 1) return [...linesOf(commandsOf(program), current), FILES];
  return operandsOf(command, before, current);
}

/** The option that stands right before the cursor and takes a value. */
function optionAsking(before: readonly string[], command: Command): Option | undefined {
  let asking: Option | undefined;
  for (const word of before)
    asking = asking === undefined && word.startsWith('-') ? optionNamed(word, command) : undefined;
  return asking;
}

function optionNamed(word: string, command: Command): Option | undefined {
  return command.options.find(({ long, short, required }) => required && (long === word || short === word));
}

interface Line {
  before: readonly string[];
  command: Command;
  stages: Stages;
}

async function valuesOf(option: Option, current: string, prefix: string, line: Line): Promise<string[]> {
  const name = option.long ?? '';
  const live = LIVE[name];
  const values =
    live === undefined
      ? choicesOf(option).map((value) => ({ value, description: '' }))
      : await liveValues(live, current, snapshotsOn(line), line.stages);
  const lines = linesOf(values, current).map((text) => prefix + text);
  return values.length === 0 && OF_FILES.test(option.flags.replace(/^.*</, '')) ? [FILES] : lines;
}

/** What stands behind `-t` so far; of `topology` the operands too. */
function snapshotsOn({ before, command }: Line): string[] {
  const paths: string[] = [];
  for (const [i, word] of before.entries()) {
    const [name = '', ...value] = word.split('=');
    const option = optionNamed(name, command);
    if (option?.long?.endsWith('topology') !== true) continue;
    const path = value.length > 0 ? value.join('=') : before[i + 1];
    if (path !== undefined) paths.push(path);
  }
  return paths;
}

async function operandsOf(command: Command, before: readonly string[], current: string): Promise<string[]> {
  if (command.name() === 'headers') {
    const { CATALOG } = await import('../../wire/catalog.ts');
    return linesOf(
      CATALOG.map(({ protocol, title }) => ({ value: protocol, description: title })),
      current,
    );
  }
  const given = before.filter(
    (word, i) => !word.startsWith('-') && optionAsking(before.slice(0, i), command) === undefined,
  );
  const argument =
    command.registeredArguments[given.length] ?? command.registeredArguments.findLast(({ variadic }) => variadic);
  if (argument === undefined) return [];
  const choices = (argument.argChoices ?? []).map((value) => ({ value, description: '' }));
  return choices.length > 0 ? linesOf(choices, current) : [FILES];
}

function commandsOf(program: Command): Candidate[] {
  const help = program.createHelp();
  return help
    .visibleCommands(program)
    .map((command) => ({ value: command.name(), description: help.subcommandDescription(command) }));
}

function optionsOf(command: Command): Candidate[] {
  const help = command.createHelp();
  return help
    .visibleOptions(command)
    .flatMap((option) =>
      [option.long, option.short].flatMap((name) =>
        name == null ? [] : [{ value: name, description: help.optionDescription(option) }],
      ),
    );
}

function linesOf(candidates: readonly Candidate[], current: string): string[] {
  return candidates
    .filter(({ value }) => value.startsWith(current))
    .map(({ value, description }) => (description === '' ? value : `${value}\t${description.split('\n', 1)[0]}`));
}
