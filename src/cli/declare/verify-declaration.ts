// `verify`: declared here, its code loaded when it runs.
import type { Command } from 'commander';
import type { Dispatch } from './commands.ts';
import { declareVerifyOptions } from './verify-options.ts';

const VERIFY_EXAMPLES = `Examples:
  overlens verify *.pcap -t topology/                     is everything as configured?
  overlens verify *.pcap -t topology/ --expect vxlan      was every packet to a pod VXLAN?
  overlens verify *.pcap -t topology/ --cover node-pairs --strict
  overlens verify *.pcap -t topology/ -o junit=overlay.xml -o markdown=summary.md -o json=proof.json
  overlens verify --check proof.json                      does it still hold?
`;

export function declareVerify(program: Command, dispatch: Dispatch): void {
  const { io, stages, done } = dispatch;
  const command = declareVerifyOptions(program.command('verify'))
    .description('pass, fail or undecided, by exit code: for scripts and CI')
    .addHelpText('before', VERIFY_EXAMPLES)
    .addHelpText(
      'after',
      '\nExit codes: 0 proven, 1 a violation (--check: or something differs), 2 bad usage or input, 3 not proven',
    );
  command.action(async (captures: string[], raw) => {
    const { runVerify } = await import('../commands/verify-command.ts');
    const commands = program.commands.map((one) => one.name());
    done(await runVerify(captures, raw, { argv: dispatch.argv, commands }, io, stages));
  });
}
