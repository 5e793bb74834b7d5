// The examples of the docs: ```console blocks, whose `$ overlens ...` lines are run in-process and whose output must be what stands
// below them. UPDATE_DOCS=1 writes the real output into the page instead, to be reviewed as a diff.
// Understood after the command: `*` in file names, `| head -N`, `; echo "exit $?"`. A line `...` stands for any lines. Output is what a
// terminal of 80 columns shows, without colours and as high as it takes; behind a `|` what the pipe gets.
import { readdirSync } from 'node:fs';
import { runCli } from './run-cli.ts';

export interface Example {
  /** The command line as written, without `$ `. */
  command: string;
  expected: string[];
}

const BLOCK = /```console\n([\s\S]*?)```/g;

export function examplesOf(page: string): Example[] {
  return [...page.matchAll(BLOCK)].flatMap((match) => readBlock(match[1] ?? ''));
}

function readBlock(text: string): Example[] {
  const examples: Example[] = [];
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const current = examples.at(-1);
    if (line.startsWith('$ ')) examples.push({ command: line.slice(2), expected: [] });
    else if (current?.command.endsWith('\\')) current.command = `${current.command.slice(0, -1)}${line.trim()}`;
    else current?.expected.push(line);
  }
  return examples;
}

/** Only commands of this program are run; others (`tcpdump`, `kubectl`) are for reading. */
export function isRunnable({ command }: Example): boolean {
  return command.startsWith('overlens');
}

export async function outputOf(command: string): Promise<string[]> {
  const exit = /; echo "exit \$\?"$/.exec(command);
  const head = /\| head -(\d+)$/.exec(command.replace(/; echo "exit \$\?"$/, ''));
  const plain = command
    .replace(/; echo "exit \$\?"$/, '')
    .replace(/ \| head -\d+$/, '')
    .replace(/ 2>&1$/, '');
  const world = { stdoutIsTTY: head === null, columns: 80, env: { NO_COLOR: '1' } };
  const { stdout, stderr, code } = await runCli(expand(plain.trim().split(/\s+/).slice(1)), world);
  const lines = (stdout + (command.includes('2>&1') ? stderr : '')).replace(/\n$/, '').split('\n');
  const shown = head === null ? lines : lines.slice(0, Number(head[1]));
  return exit === null ? shown : [...shown.filter((line, i) => line !== '' || i < shown.length - 1), `exit ${code}`];
}

function expand(words: readonly string[]): string[] {
  return words.flatMap((word) => {
    const unquoted = word.replace(/^'(.*)'$/, '$1');
    const slash = unquoted.lastIndexOf('/');
    if (!unquoted.includes('*')) return [unquoted];
    const folder = unquoted.slice(0, slash);
    const pattern = new RegExp(
      `^${unquoted
        .slice(slash + 1)
        .replaceAll('.', '\\.')
        .replaceAll('*', '.*')}$`,
    );
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .sort()
      .map((name) => `${folder}/${name}`);
  });
}

/** Whether the output is what the page shows, `...` lines standing for any number of lines. */
export function shows(expected: readonly string[], actual: readonly string[]): boolean {
  const trim = (lines: readonly string[]): string[] => lines.map((line) => line.trimEnd());
  return matchFrom(trim(expected), trim(actual), 0, 0);
}

function matchFrom(expected: readonly string[], actual: readonly string[], e: number, a: number): boolean {
  if (e === expected.length) return a >= actual.length || actual.slice(a).every((line) => line === '');
  if (expected[e] === '...') {
    for (let next = a; next <= actual.length; next++) if (matchFrom(expected, actual, e + 1, next)) return true;
    return false;
  }
  return a < actual.length
    ? expected[e] === actual[a] && matchFrom(expected, actual, e + 1, a + 1)
    : expected.slice(e).every((l) => l === '');
}

/** The page with the real output under every runnable example; of one with `...` what is shown stays what is shown. */
export async function updatePage(page: string): Promise<string> {
  let updated = page;
  for (const [whole, body = ''] of page.matchAll(BLOCK)) {
    const parts: string[] = [];
    for (const example of readBlock(body)) {
      const lines = isRunnable(example) ? await updatedLines(example) : example.expected;
      parts.push(`$ ${example.command}`, ...lines);
    }
    updated = updated.replace(whole, () => `\`\`\`console\n${parts.join('\n')}\n\`\`\``);
  }
  return updated;
}

async function updatedLines({ command, expected }: Example): Promise<string[]> {
  const actual = (await outputOf(command)).map((line) => line.trimEnd());
  if (!expected.includes('...')) return actual;
  return shows(expected, actual) ? expected : realigned(expected, actual);
}

/** Between two `...` the lines that now hold the same words, however they are broken; where words differ, what stood there. */
function realigned(expected: readonly string[], actual: readonly string[]): string[] {
  const words = actual.flatMap((line, at) => wordsOf(line).map((word) => ({ word, at })));
  let from = 0;
  return segmentsOf(expected).flatMap((segment) => {
    if (segment[0] === '...') return segment;
    const wanted = segment.flatMap(wordsOf);
    const found = words.findIndex(({ at }, i) => at >= from && wanted.every((word, k) => words[i + k]?.word === word));
    if (found < 0 || wanted.length === 0) return segment;
    const [first = 0, last = 0] = [words[found]?.at, words[found + wanted.length - 1]?.at];
    from = last + 1;
    return actual.slice(first, last + 1);
  });
}

function wordsOf(line: string): string[] {
  return line.split(/\s+/).filter((word) => word !== '');
}

/** `...` alone, and what stands between two of them. */
function segmentsOf(lines: readonly string[]): string[][] {
  const segments: string[][] = [];
  for (const line of lines) {
    const last = segments.at(-1);
    if (line === '...' || last === undefined || last[0] === '...') segments.push([line]);
    else last.push(line);
  }
  return segments;
}
