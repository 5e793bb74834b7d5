// The command line as a whole: commands, help, and what bad usage looks like. Commands load their code when they run.
import { Command, CommanderError } from 'commander';
import { type Dispatch, declareDiff, declareSnapshot, declareTopology, declareTrace } from './declare/commands.ts';
import { declareDecode, declareHeaders } from './declare/decode.ts';
import { declareExplain } from './declare/explain.ts';
import { declareExport } from './declare/export.ts';
import { joinNots } from './declare/filter-options.ts';
import { declarePath } from './declare/path.ts';
import { declareQuery } from './declare/query.ts';
import { declareQuiz } from './declare/quiz.ts';
import { declareCompletion, declareManual } from './declare/shell-commands.ts';
import { declareVerify } from './declare/verify-declaration.ts';
import { declareView } from './declare/view.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { withAscii } from './habits/ascii-output.ts';
import { readHabits } from './habits/read-habits.ts';
import { removeSpooled, withGivenNames } from './inputs/spool.ts';
import { type Io, writeAll } from './io.ts';
import { NO_PAGER } from './pager.ts';
import { printProblem, reportError, usageError } from './report-error.ts';
import { defaultStages, type Stages } from './stages.ts';
import { widthOf } from './terminal.ts';
import { readVersion } from './version.ts';

const EXAMPLES = `Examples:
  overlens control1-ens5.pcap -t topology/            who sent what, how, and was it right
  overlens *.pcap -t topology/ --pod shop/cart        only what this pod sends and gets
  overlens a.pcap -t topology/ --finding A            one problem in full
  overlens verify *.pcap -t topology/ && echo proven  for scripts and CI
  overlens topology topology/                         the snapshot as it was understood
  overlens snapshot                                   prints the commands that make one
`;

const PAGER_HELP = `\nWhat is longer than the terminal goes through\nOVERLENS_PAGER, PAGER or less; ${NO_PAGER} turns that off.`;

const DECLARATIONS: ReadonlyMap<string, (program: Command, dispatch: Dispatch) => void> = new Map([
  ['trace', declareTrace],
  ['verify', declareVerify],
  ['diff', declareDiff],
  ['path', declarePath],
  ['decode', declareDecode],
  ['explain', declareExplain],
  ['export', declareExport],
  ['headers', declareHeaders],
  ['query', declareQuery],
  ['quiz', declareQuiz],
  ['view', declareView],
  ['topology', declareTopology],
  ['snapshot', declareSnapshot],
  ['completion', declareCompletion],
  ['man', declareManual],
]);
const DEFAULT_COMMAND = 'trace';

/**
 * Runs one command line.
 * @param argv what stands behind the program's name
 * @returns the exit code; nothing is thrown, everything has been written
 */
export async function main(argv: readonly string[], world: Io, stages: Stages = defaultStages): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const out: string[] = [];
  const io = withAscii(world, argv);
  const dispatch: Dispatch = { argv, io, stages, done: (exit) => (code = exit) };
  const made = new Map<string | null, Command>();
  const programOf = (command: string | null): Command => {
    const program = made.get(command) ?? createProgram(dispatch, (text) => out.push(text), command);
    made.set(command, program);
    return program;
  };
  try {
    if (argv.length === 0) {
      await writeAll(io.stderr, [programOf(null).helpInformation()]);
      return EXIT.error;
    }
    if (argv[0] === 'complete' && argv[2] === '--') {
      const { runComplete } = await import('./shell/complete-line.ts');
      await runComplete(argv.slice(1), programOf(null), io, stages);
      return EXIT.ok;
    }
    const { words, notes } = readHabits(await configured(argv, programOf), {
      named: (name) => (DECLARATIONS.has(name) ? commandNamed(programOf(name), name) : undefined),
      all: () => programOf(null).commands,
    });
    for (const note of notes) await printProblem(io, note, null);
    dispatch.argv = words;
    await parse(programOf(commandOf(words)), words);
    await writeAll(io.stdout, out);
    return code;
  } catch (error) {
    return await reportError(withGivenNames(error), io);
  } finally {
    removeSpooled();
  }
}

/** With the options of a file, where one is given. */
async function configured(argv: readonly string[], programOf: (command: null) => Command): Promise<readonly string[]> {
  if (!argv.some((word) => word.startsWith('--config'))) return argv;
  const { withConfig } = await import('./declare/config-file.ts');
  return withConfig(argv, programOf(null));
}

/** Help and the version end the parsing with an error of commander's, which is none. */
async function parse(program: Command, argv: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(joinNots(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw asUsageError(error, argv);
  }
}

/** The command that a line runs; null where it asks about all of them. */
function commandOf([first = '', ...rest]: readonly string[]): string | null {
  if (first === 'man' || first === 'help') return null;
  if (DECLARATIONS.has(first)) return first;
  // without a command's name, help is that of the program, wherever on the line it is asked for
  return [first, ...rest].some((word) => word === '--help' || word === '-h') ? null : DEFAULT_COMMAND;
}

function commandNamed(program: Command, name: string): Command | undefined {
  return program.commands.find((command) => command.name() === name);
}

/**
 * The program with all its commands, or with one of them and the names of the others: declaring the options of all takes longer than
 * some lines take to answer.
 */
function createProgram(dispatch: Dispatch, write: (text: string) => void, only: string | null): Command {
  const program = new Command('overlens');
  program
    .description(
      'For every pod-to-pod flow in a capture: which node sent it, which node received it, how it was encapsulated, and whether that is what the IPPools ask for.',
    )
    .usage('[trace] CAPTURE... [-t SNAPSHOT]...')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('before', EXAMPLES)
    .addHelpText(
      'after',
      '\nWithout a command: trace. Its options: overlens trace --help\nExit codes: 0 done, 1 a violation (verify, --exit-code), 2 bad usage or input, 3 undecided (the same), 130 Ctrl-C',
    );
  const declared = [program];
  for (const [name, declare] of DECLARATIONS) {
    if (only !== null && only !== name) program.command(name);
    else {
      declare(program, dispatch);
      declared.push(commandNamed(program, name) ?? program);
    }
  }
  for (const command of declared) {
    // run.ts takes the option off before commands see theirs
    command.addHelpText('after', PAGER_HELP);
    command.exitOverride().configureOutput({
      writeOut: write,
      writeErr: () => {},
      getOutHelpWidth: () => widthOf(dispatch.io),
      getErrHelpWidth: () => widthOf(dispatch.io),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  }
  return program;
}

/** `error: unknown option '--vxlan-prot'\n(Did you mean --vxlan-port?)` in this program's words. */
function asUsageError(error: CommanderError, argv: readonly string[]): Error {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = /^\(Did you mean (?:one of )?(.+)\?\)$/.exec(rest.at(-1) ?? '')?.[1];
  const [name = ''] = argv;
  const command = DECLARATIONS.has(name) ? name : DEFAULT_COMMAND;
  const help = `overlens ${command} --help lists the options`;
  return usageError(first, suggestion === undefined ? help : `did you mean ${suggestion}? ${help}`);
}
