// `path`: declared here, its code loaded when it runs.
import type { Command } from 'commander';
import type { Dispatch } from './commands.ts';
import { repeatable } from './filter-options.ts';
import { declareIndex, declareResultFilters, declareTraceOptions } from './trace-options.ts';

const PATH_EXAMPLES = `Examples:
  overlens path *.pcap -t topology/                            where packets stop, and how long each hop takes
  overlens path *.pcap -t topology/ --pod web --port 8080      only these flows
  overlens path *.pcap -t topology/ -p control1-ens5.pcap:44   one packet at every place that saw it
  overlens path *.pcap -t topology/ --finding A                the flows of a problem
  overlens path *.pcap -t topology/ -o svg > path.svg
`;

export function declarePath(program: Command, { io, stages, done }: Dispatch): void {
  const command = program
    .command('path')
    .description('the way of packets: how many each place saw, where the others stop, how long each hop takes')
    .addOption(
      repeatable('-p, --packet <[file:]number>', 'this packet, at every place; without a file, of the first one'),
    )
    .option('-o, --output <format>', 'text, json, svg or html', 'text')
    .option('--all', 'every flow and every packet, nothing left out')
    .option('--top <flows>', 'flows before the rest is counted only')
    .addHelpText('before', PATH_EXAMPLES);
  declareResultFilters(declareIndex(declareTraceOptions(command))).action(async (captures: string[], raw) => {
    const { runPath } = await import('../commands/path-command.ts');
    const names = program.commands.map((one) => one.name());
    done(await runPath(captures, raw, names, io, stages));
  });
}
