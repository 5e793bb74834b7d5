// `view`: declared here, its code loaded when it runs.
import type { Command } from 'commander';
import type { Dispatch } from './commands.ts';
import { repeatable } from './filter-options.ts';

const VIEW_EXAMPLES = `Examples:
  overlens view *.pcap -t topology/ --open     in the browser, without a server
  overlens view bundle.tar.gz -w case.html     one file to send: the page with the inputs in it
  overlens view --open                         the page alone, to drop files on
`;

export function declareView(program: Command, { io, done }: Dispatch): void {
  program
    .command('view')
    .description('write a page that shows these inputs in a browser, with nothing uploaded, and print its path')
    .argument('[input...]', 'captures, bundles, files and folders of a snapshot; - is stdin')
    .addOption(repeatable('-r, --read <file>', 'one more capture, as with tcpdump'))
    .addOption(repeatable('-t, --topology <path>', 'one more of them'))
    .option('-w, --write <file>', 'where to write it; - is stdout (default: a temporary file)')
    .option('--open', 'open it')
    .addHelpText('before', VIEW_EXAMPLES)
    .action(async (inputs: string[], raw) => {
      const { runView } = await import('../commands/view-command.ts');
      done(await runView(inputs, raw, io));
    });
}
