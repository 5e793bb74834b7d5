// The commands that show packets and headers: declared here, their code loaded when they run.
import type { Command } from 'commander';
import { DEFAULT_VNI } from '../../cluster/calico.ts';
import { TIME_STYLES } from '../../render/packets/packet-time.ts';
import type { Dispatch } from './commands.ts';
import { repeatable } from './filter-options.ts';
import { declareIndex, declareResultFilters, declareTraceOptions } from './trace-options.ts';

const DECODE_EXAMPLES = `Examples:
  overlens decode control1-ens5.pcap -t topology/ -c 20
  overlens decode control1-ens5.pcap -p 44 -v -x          one packet, every field and byte
  overlens decode *.pcap -t topology/ --flow 12           row 12 of the trace, at every place
  overlens decode *.pcap -t topology/ --pod shop/cart --encapsulation vxlan
  overlens decode *.pcap -t topology/ --finding A -w a.pcapng   the packets of problem A, for Wireshark
  overlens decode a.pcap -o json | jq 'select(any(.layers[]; .fields["vxlan.vni"] == ${DEFAULT_VNI}))'
  ssh control1 tcpdump -i ens5 -U -w - | overlens decode -
`;

export function declareDecode(program: Command, { io, stages, done }: Dispatch): void {
  const command = program
    .command('decode')
    .description('packets, one a line: outer | encapsulation | inner')
    .option('-c, --count <number>', 'stop after this many packets')
    .addOption(repeatable('-p, --packet <numbers>', 'these packets: 44, 1-20, 3,5,9-'))
    .option('--time <style>', `${TIME_STYLES.join(', ')}`, 'utc')
    .option('-o, --output <format>', 'text or json (one object a line)', 'text')
    .option('-v, --verbose', 'every header and field, with its meaning')
    .option('-x, --hex', 'the bytes too')
    .option('--each', 'captures one after the other, not merged by time')
    .option('-w, --write <file>', 'write these packets instead: .pcap is pcap, all else pcapng; - is stdout')
    .option('--decapsulate', 'with -w: of packets in a tunnel what it carries; others as they are')
    .addHelpText('before', DECODE_EXAMPLES);
  declareResultFilters(declareIndex(declareTraceOptions(command))).action(async (captures: string[], raw) => {
    const { runDecode } = await import('../commands/decode-command.ts');
    done(await runDecode(captures, raw, namesOf(program), io, stages));
  });
}

export function declareHeaders(program: Command, { io, done }: Dispatch): void {
  program
    .command('headers')
    .description('bit diagrams and fields of every protocol that is decoded')
    .argument('[protocol...]', 'vxlan, ip, tcp, ...; without one, the list')
    .option('--all', 'every protocol')
    .addHelpText('before', 'Examples:\n  overlens headers\n  overlens headers vxlan\n  overlens headers ip udp\n')
    .action(async (protocols: string[], raw) => {
      const { runHeaders } = await import('../commands/headers-command.ts');
      done(await runHeaders(protocols, raw, io));
    });
}

function namesOf(program: Command): string[] {
  return program.commands.map((command) => command.name());
}
