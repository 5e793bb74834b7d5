// `explain`: declared here, its code loaded when it runs.
import type { Command } from 'commander';
import type { Dispatch } from './commands.ts';
import { repeatable } from './filter-options.ts';
import { declareIndex, declareResultFilters, declareTraceOptions } from './trace-options.ts';

const EXPLAIN_EXAMPLES = `Examples:
  overlens explain control1-ens5.pcap -t topology/ -p 44           one packet, header by header
  overlens explain a.pcap -t topology/ --pod web --to-pod db       the first that fits
  overlens explain a.pcap -t topology/ --finding A                 the first packet of a problem
  overlens explain a.pcap -t topology/ -p 44 --compare b.pcap      the same packet in another capture
  overlens explain a.pcap -t topology/ -p 3,7                      two packets side by side
  overlens explain a.pcap -t topology/ -p 44 -o html > packet.html
  overlens explain a.pcap -t topology/ -p 44 -o svg --part frame > frame.svg
  overlens explain --from web --to db -t topology/                 what packets must look like, without a capture
`;

export function declareExplain(program: Command, { io, stages, done }: Dispatch): void {
  const command = program
    .command('explain')
    .description('one packet in full: outer and inner headers, how its sender decided, what is unusual and why')
    .addOption(repeatable('-p, --packet <number>', 'this packet; 44,51 or -p twice compares two'))
    .option('--compare <capture>', 'beside a packet of this capture: the second -p, else the same packet there')
    .option('--from <pod>', 'without a capture: predict what this pod (or address) sends ...')
    .option('--to <pod>', '... to that one')
    .option('-o, --output <format>', 'text, json, svg or html', 'text')
    .addOption(repeatable('--part <name>', 'of -o svg and html only this part: frame, headers, decision, ...'))
    .option('--diagram', 'every header as the bit diagram of its RFC')
    .option('--all', 'every byte of the payload')
    .addHelpText('before', EXPLAIN_EXAMPLES);
  declareResultFilters(declareIndex(declareTraceOptions(command))).action(async (captures: string[], raw) => {
    const { runExplain } = await import('../commands/explain-command.ts');
    const names = program.commands.map((one) => one.name());
    done(await runExplain(captures, raw, names, io, stages));
  });
}
