// `overlens quiz --challenge [N]`: captures with a fault each; checks what was found, and shows how to find it.
import { CHALLENGE_TABLES, type Challenge, checkAnswer, readAnswer } from '../../quiz/challenge.ts';
import { challengeList, challengeSolution, challengeTask, challengeVerdict } from '../../render/quiz/challenge-text.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { challengeTasks, readChallenge } from '../inputs/challenge-files.ts';
import { type Io, writeAll } from '../io.ts';
import { usageError } from '../report-error.ts';
import { widthOf } from '../terminal.ts';
import { parseInteger } from '../values.ts';

export interface RawChallenge {
  /** True: without a number. */
  challenge?: string | true;
  answer?: string;
  answers?: boolean;
  output: string;
}

/** Exit 0 where the answer is right or none was given, 1 where a part of it is wrong. */
export async function runChallenge(operands: readonly string[], raw: RawChallenge, io: Io): Promise<ExitCode> {
  if (operands.length > 0) throw usageError(`${operands[0]}: a challenge has captures of its own`);
  if (raw.output !== 'text') throw usageError(`-o ${raw.output}: challenges are text only`);
  const tasks = challengeTasks();
  if (typeof raw.challenge !== 'string') {
    if (raw.answer !== undefined) throw usageError('--answer: to which challenge?', '--challenge N says it');
    await writeAll(io.stdout, [challengeList(tasks)]);
    return EXIT.ok;
  }
  const number = parseInteger('--challenge', raw.challenge, 1, tasks.length);
  const task = tasks.find((one) => one.number === number);
  if (task === undefined) throw usageError(`--challenge ${number}: there is none`, '--challenge lists them');
  const challenge = readChallenge(task);
  const solution = (): string => challengeSolution(challenge, task.folder, widthOf(io));
  if (raw.answer !== undefined) {
    const right = verdictOf(raw.answer, challenge);
    const isSolved = Object.values(right).every(Boolean);
    await writeAll(io.stdout, [challengeVerdict(right), ...(isSolved || raw.answers ? ['\n', solution()] : [])]);
    return isSolved ? EXIT.ok : EXIT.violation;
  }
  const tables = Object.keys(CHALLENGE_TABLES);
  const text = raw.answers ? solution() : challengeTask(task, challenge.nodes, tables, widthOf(io));
  await writeAll(io.stdout, [text]);
  return EXIT.ok;
}

function verdictOf(text: string, challenge: Challenge): ReturnType<typeof checkAnswer> {
  const given = readAnswer(text, challenge.nodes);
  if ('problem' in given)
    throw usageError(`--answer: ${given.problem}`, 'as in --answer node=NODE,table=TABLE,line=LINE');
  return checkAnswer(given, challenge);
}
