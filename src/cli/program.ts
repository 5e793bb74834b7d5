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

const COMMANDS: ReadonlySet<string> = new Set([
  'trace',
  'verify',
  'diff',
  'path',
  'decode',
  'explain',
  'export',
  'headers',
  'query',
  'quiz',
  'view',
  'topology',
  'snapshot',
  'completion',
]);
const DECLARATIONS = [
  declareTrace,
  declareVerify,
  declareDiff,
  declarePath,
  declareDecode,
  declareExplain,
  declareExport,
  declareHeaders,
  declareQuery,
  declareQuiz,
  declareView,
  declareTopology,
  declareSnapshot,
  declareCompletion,
  declareManual,
];

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
  const program = createProgram(dispatch, (text) => out.push(text));
  try {
    if (argv.length === 0) {
      await writeAll(io.stderr, [program.helpInformation()]);
      return EXIT.error;
    }
    if (argv[0] === 'complete' && argv[2] === '--') {
      const { runComplete } = await import('./shell/complete-line.ts');
      await runComplete(argv.slice(1), program, io, stages);
      return EXIT.ok;
    }
    const { words, notes } = readHabits(await configured(argv, program), program);
    for (const note of notes) await printProblem(io, note, null);
    dispatch.argv = words;
    await parse(program, words);
    await writeAll(io.stdout, out);
    return code;
  } catch (error) {
    return await reportError(withGivenNames(error), io);
  } finally {
    removeSpooled();
  }
}

/** With the options of a file, where one is given. */
async function configured(argv: readonly string[], program: Command): Promise<readonly string[]> {
  if (!argv.some((word) => word.startsWith('--config'))) return argv;
  const { withConfig } = await import('./declare/config-file.ts');
  return withConfig(argv, program);
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

function createProgram(dispatch: Dispatch, write: (text: string) => void): Command {
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
  for (const declare of DECLARATIONS) declare(program, dispatch);
  for (const command of [program, ...program.commands]) {
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
  const command = COMMANDS.has(name) ? name : 'trace';
  const help = `overlens ${command} --help lists the options`;
  return usageError(first, suggestion === undefined ? help : `did you mean ${suggestion}? ${help}`);
}
