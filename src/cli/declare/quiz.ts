// `quiz`: declared here, its code loaded when it runs.
import type { Command } from 'commander';
import type { Dispatch } from './commands.ts';
import { declareTraceOptions } from './trace-options.ts';

const QUIZ_EXAMPLES = `Examples:
  overlens quiz *.pcap -t topology/                       asks, and says why an answer is right or wrong
  overlens quiz *.pcap -t topology/ --seed 7 --count 5    other questions, fewer of them
  overlens quiz *.pcap -t topology/ -o html > sheet.html  a sheet to print; with --answers the answers too
  overlens quiz *.pcap -t topology/ -o gift > quiz.gift   for Moodle
  overlens quiz --challenge                               captures with a fault each; --challenge 3 prints a task
  overlens quiz --challenge 3 --answer 'birch route 4'    which parts of it are right
`;

export function declareQuiz(program: Command, { io, stages, done }: Dispatch): void {
  const command = program
    .command('quiz')
    .description('questions on a capture, with answers that point at the bytes: for classes and for yourself')
    .option('--seed <number>', 'which questions, and in which order', '1')
    .option('--count <number>', 'how many', '10')
    .option('--answers', 'print the answers behind the questions')
    .option('--challenge [number]', 'a capture with a fault to find; without a number, the list')
    .option('--answer <text>', 'node, table and line of the fault: checks each')
    .option('-o, --output <format>', 'text, json, html or gift', 'text')
    .addHelpText('before', QUIZ_EXAMPLES);
  declareTraceOptions(command).action(async (captures: string[], raw) => {
    if (raw.challenge !== undefined || raw.answer !== undefined) {
      const { runChallenge } = await import('../commands/challenge-command.ts');
      return done(await runChallenge(captures, raw, io));
    }
    const { runQuiz } = await import('../commands/quiz-command.ts');
    const names = program.commands.map((one) => one.name());
    done(await runQuiz(captures, raw, names, io, stages));
  });
}
