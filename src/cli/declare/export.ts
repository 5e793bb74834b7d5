// The command that writes for other tools: declared here, its code loaded when it runs.
import { Argument, type Command } from 'commander';
import type { Dispatch } from './commands.ts';
import { EXPORTS } from './export-kinds.ts';
import { declareTraceOptions } from './trace-options.ts';

const EXAMPLES = `Examples:
  overlens export wireshark *.pcap -t topology/ -w kit/
  overlens export wireshark *.pcap -t topology/ -w kit/ --pod shop/cart    only its packets
  WIRESHARK_CONFIG_DIR=kit wireshark -C overlens kit/control1-ens5.overlens.pcapng
`;

export function declareExport(program: Command, { io, stages, done }: Dispatch): void {
  const forWhat = new Argument('<for>', 'wireshark');
  // for completion; what else is given has an answer of its own
  forWhat.argChoices = [...EXPORTS];
  const command = program
    .command('export')
    .description('captures with names and verdicts in them, and a profile, for Wireshark')
    .addArgument(forWhat)
    .option('-w, --write <folder>', 'where it is written')
    .addHelpText('before', EXAMPLES);
  declareTraceOptions(command).action(async (kind: string, captures: string[], raw) => {
    const { runExport } = await import('../commands/export-command.ts');
    const names = program.commands.map((one) => one.name());
    done(await runExport({ kind, operands: captures, raw }, names, io, stages));
  });
}
