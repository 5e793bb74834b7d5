// The options of `verify`: one declaration for the command line and for a proof that is checked.
import { Command, Option } from 'commander';
import type { RawVerifyCommand } from '../proof/prove.ts';
import { joinNots, repeatable } from './filter-options.ts';
import { declareIndex, declareTraceOptions } from './trace-options.ts';

/** Declares them, and those of a trace. */
export function declareVerifyOptions(command: Command): Command {
  command
    .addOption(
      repeatable('-o, --output <format[=file]>', 'text, json, junit, markdown or html, to stdout or into a file'),
    )
    .option(
      '--expect <kind>',
      'config (what the pools ask for), or vxlan, ipip, wireguard, none whatever they ask for',
      'config',
    )
    .addOption(repeatable('--pool <name>', 'only flows to this pool'))
    .option('--cover <what[=percent]>', 'nodes or node-pairs: all of them, or so many per cent, must have been seen')
    .addOption(repeatable('--require <what>', 'delivery: fail also when packets of pods did not get through'))
    .option('--strict', 'fail to prove when anything in scope could not be judged')
    .option('--canary <expression>', 'plain packets sent on purpose, as tcpdump names them: every NIC must show them')
    .addOption(repeatable('--waive <file>', 'violations that are accepted, YAML or JSON'))
    .option('--check <proof>', 'repeat a proof of -o json: its files, its options; say what differs')
    .option('--all', 'every line, nothing left out')
    // known only to say why not
    .addOption(new Option('--follow').hideHelp());
  return declareIndex(declareTraceOptions(command));
}

/** What the arguments behind `verify` mean. Throws commander's errors. */
export function parseVerify(args: readonly string[]): { operands: string[]; raw: RawVerifyCommand } {
  const silent = { writeOut: () => {}, writeErr: () => {} };
  const command = declareVerifyOptions(new Command('verify')).exitOverride().configureOutput(silent);
  command.parse(joinNots(args), { from: 'user' });
  return { operands: command.args, raw: command.opts() };
}
