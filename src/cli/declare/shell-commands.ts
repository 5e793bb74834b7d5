// What shells need of the program: completion and the manual page; declared here, their code loaded when they run.
import { Argument, type Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { writeAll } from '../io.ts';
import { SHELLS, type Shell } from '../shell/completion-script.ts';
import { parseChoice } from '../values.ts';
import { readVersion } from '../version.ts';
import type { Dispatch } from './commands.ts';

const COMPLETION_EXAMPLES = `Examples:
  source <(overlens completion bash)                       in ~/.bashrc
  overlens completion zsh > ~/.zfunc/_overlens             a folder of $fpath
  overlens completion fish > ~/.config/fish/completions/overlens.fish
`;

export function declareCompletion(program: Command, { io, done }: Dispatch): void {
  const shell = new Argument('<shell>', SHELLS.join(', '));
  shell.argChoices = [...SHELLS];
  program
    .command('completion')
    .description('print what a shell sources to complete lines, with the names of the snapshot on them')
    .addArgument(shell)
    .addHelpText('before', COMPLETION_EXAMPLES)
    .action(async (name: string) => {
      const { completionScript } = await import('../shell/completion-script.ts');
      await writeAll(io.stdout, [completionScript(parseChoice('completion', name, SHELLS) as Shell)]);
      done(EXIT.ok);
    });
}

export function declareManual(program: Command, { io, done }: Dispatch): void {
  program
    .command('man', { hidden: true })
    .description('print the manual page, for man -l -')
    .action(async () => {
      const { manualPage } = await import('../shell/manual.ts');
      await writeAll(io.stdout, [manualPage(program, readVersion())]);
      done(EXIT.ok);
    });
}
