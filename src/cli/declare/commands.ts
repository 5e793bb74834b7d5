// One declaration per command: arguments, options, examples. The code behind a command is loaded when it runs.
import type { Command } from 'commander';
import { DEFAULT_TOP, GROUP_KEYS, SORT_KEYS } from '../../render/text/render-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import type { Stages } from '../stages.ts';
import { repeatable } from './filter-options.ts';
import { asksParquet, declareParquetOptions } from './parquet-options.ts';
import { declareIndex, declareResultFilters, declareTraceOptions, TAKEN_AT_HELP } from './trace-options.ts';

/** What a command runs with, and where it leaves its exit code. */
export interface Dispatch {
  /** The command line, with the options of `--config` in it. */
  argv: readonly string[];
  io: Io;
  stages: Stages;
  done: (code: ExitCode) => void;
}

const TRACE_EXAMPLES = `Examples:
  overlens trace control1-ens5.pcap -t topology/
  overlens trace *.pcap -t ippools.yaml -t nodes.yaml -o json
  overlens trace a.pcap -t topology/ --from-pod shop/cart --port 5432 --all
  overlens trace a.pcap -t topology/ --verdict wrong --since 08:29:50 --until 08:30:00
  overlens trace *.pcap -t topology/ -n shop --not --protocol icmp --outcome no-answer
  overlens trace *.pcap -t topology/ --by workload
  ssh control1 tcpdump -i ens5 -w - | overlens - -t topology/ --at -=control1
  tcpdump -i ens5 -U -w - | overlens trace --follow - -t topology/
  overlens trace --resume captures/ -t topology/ -w flows/      for overlens query
`;

export function declareTrace(program: Command, dispatch: Dispatch): void {
  const { io, stages, done } = dispatch;
  const command = program
    .command('trace', { isDefault: true })
    .description('every flow of the captures, attributed and judged (default command)')
    .addOption(
      repeatable(
        '-o, --output <format[=file]>',
        'table (as without it), wide, json, jsonl, csv, summary, hubble, html, svg or parquet, to stdout or into a file',
      ),
    )
    .option('--per <what>', 'of -o hubble: a line for each flow or packet', 'flow')
    .option('--all', 'every conversation, nothing left out')
    .option(
      '--top <rows>',
      `rows of the table before the rest is counted only (default: what the terminal holds, else ${DEFAULT_TOP})`,
    )
    .option('--by <what>', `rows summed up by ${GROUP_KEYS.join(', ')}`)
    .option('--sort <key>', `${SORT_KEYS.join(', ')}`, 'problem')
    .option('--exit-code', 'exit 1 if a flow is wrong, 3 if none is and some could not be judged; 0 if all are right')
    .option('--follow', 'wait for more at the end of captures that grow; Ctrl-C ends it with the final answer')
    .addHelpText('before', TRACE_EXAMPLES);
  declareResultFilters(declareIndex(declareTraceOptions(command)));
  declareParquetOptions(command).action(async (captures: string[], raw) => {
    if (asksParquet(raw)) {
      const { runParquet } = await import('../commands/parquet-command.ts');
      return done(await runParquet(captures, raw, namesOf(program), io, stages));
    }
    const { runTrace } = await import('../commands/trace-command.ts');
    done(await runTrace(captures, raw, { argv: dispatch.argv, commands: namesOf(program) }, io, stages));
  });
}

const DIFF_EXAMPLES = `Examples:
  overlens diff before.pcap after.pcap -t topology/       two captures
  overlens diff never/ always/ -t topology/               two folders, the captures of each taken together
  overlens diff control1-ens5.pcap --split 08:29:55 -t topology/
  overlens diff a.pcap b.pcap --before-topology old/ --after-topology new/
  overlens diff old/ new/                                 two snapshots: what changed, and what that means
`;

export function declareDiff(program: Command, { io, stages, done }: Dispatch): void {
  const command = program
    .command('diff')
    .description('which flows changed their encapsulation, nodes, overhead or outcome; of two snapshots, what changed')
    .option('-o, --output <format>', 'text or json', 'text')
    .option('--all', 'flows that did not change too')
    .option('--split <time>', 'compare one capture before and after this time')
    .addOption(repeatable('--before-topology <path>', 'snapshot of the first side only'))
    .addOption(repeatable('--after-topology <path>', 'snapshot of the second side only'))
    .addHelpText('before', DIFF_EXAMPLES);
  declareIndex(declareTraceOptions(command)).action(async (captures: string[], raw) => {
    const { runDiff } = await import('../commands/diff-command.ts');
    done(await runDiff(captures, raw, namesOf(program), io, stages));
  });
}

export function declareTopology(program: Command, { io, stages, done }: Dispatch): void {
  program
    .command('topology')
    .description('the snapshot as it was understood: nodes, pools, blocks, pods, and what contradicts itself')
    .argument('[snapshot...]', 'files and directories')
    .addOption(repeatable('-t, --topology <path>', 'one more of them'))
    .option('--at-step <number>', 'of a text that shows the cluster several times, this state')
    .addOption(repeatable('--taken-at <time>', TAKEN_AT_HELP))
    .option('-o, --output <format>', 'text or json', 'text')
    .option('--all', 'every pod and block, nothing left out')
    .option('--strict', 'exit 1 if there is a conflict or a risk')
    .option('--redact', 'print one file without what nobody reads: environments, annotations, secrets')
    .option('--color <when>', 'auto, always or never', 'auto')
    .addHelpText(
      'before',
      'Examples:\n  overlens topology topology/\n  overlens topology ippools.yaml nodes.yaml --strict\n',
    )
    .action(async (paths: string[], raw) => {
      const { runTopology } = await import('../commands/topology-command.ts');
      done(await runTopology(paths, raw, io, stages));
    });
}

export function declareSnapshot(program: Command, { io, stages, done }: Dispatch): void {
  program
    .command('snapshot')
    .description('print the commands that make a snapshot (nothing is run)')
    .addOption(repeatable('--nodes <names>', 'a script that captures on these nodes and takes their tables'))
    .option('--via <program>', 'how the script reaches them: ssh or kubectl (ssh)')
    .option('--seconds <number>', 'how long it captures (30)')
    .addHelpText(
      'before',
      'Examples:\n  overlens snapshot\n  overlens snapshot --nodes node1,node2 > collect.sh && sh collect.sh\n',
    )
    .action(async (raw) => {
      const { runSnapshot } = await import('../commands/snapshot-command.ts');
      done(await runSnapshot(raw, io, stages));
    });
}

function namesOf(program: Command): string[] {
  return program.commands.map((command) => command.name());
}
