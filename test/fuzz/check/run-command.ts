// One command line on an input, and what must hold of every one: an exit code that means something, no error but the program's own,
// JSON that is whole, nothing that a terminal would obey.
import { harmfulCharacters } from '../../support/hostile.ts';
import { runCli } from '../../support/run-cli.ts';

export interface CommandRun {
  code: number;
  /** Documents of `-o json`; empty where the command prints something else or nothing. */
  json: unknown[];
  problems: string[];
}

/** Commands that say by 1 and 3 what they found; the others know 0 and 2. */
const VERDICTS: ReadonlySet<string> = new Set(['verify', 'diff', '--strict']);

export async function runCommand(argv: readonly string[]): Promise<CommandRun> {
  const { code, stdout, stderr } = await runCli(argv, { env: { OVERLENS_DEBUG: '1' } });
  const [command = ''] = argv;
  const problems: string[] = [];
  const judges = argv.some((word) => VERDICTS.has(word));
  const said = `${command}: ${stderr.slice(0, 600)}`;
  if (![0, 2, ...(judges ? [1, 3] : [])].includes(code)) problems.push(`exit code ${code} of ${said}`);
  if (stderr.includes('internal error')) problems.push(`a foreign error: ${said}`);
  if (code !== 0 && stderr === '' && !judges) problems.push(`${command} failed without a word`);
  // lines that were given are given back with their tabs
  const harmful = harmfulCharacters(`${stdout}${stderr}`.replaceAll('\t', ''));
  if (harmful.length > 0) problems.push(`${argv.join(' ')}: prints what is harmful: ${JSON.stringify(harmful)}`);
  const json: unknown[] = [];
  if (argv.includes('json') && stdout !== '') {
    try {
      if (command === 'decode') for (const line of stdout.trimEnd().split('\n')) json.push(JSON.parse(line));
      else json.push(JSON.parse(stdout));
    } catch (error) {
      problems.push(`${command}: JSON is not whole: ${String(error)}`);
    }
  }
  return { code, json, problems };
}
