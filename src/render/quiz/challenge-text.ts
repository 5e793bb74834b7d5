// Challenges as text: the list, a task, what is right of an answer, and how somebody who knows it would go about it.

import type { AnswerPart, Challenge } from '../../quiz/challenge.ts';
import { escapeText } from '../text/escape.ts';
import { renderGrid } from '../text/grid-table.ts';
import { wrapWords } from '../text/text-width.ts';

/** A task as its README has it. */
export interface ChallengeTask {
  number: number;
  title: string;
  /** How hard it is, and what it is about, without giving it away. */
  about: string;
  paragraphs: readonly string[];
  /** As it is typed. */
  folder: string;
}

const INDENT = 3;

export function challengeList(tasks: readonly ChallengeTask[]): string {
  const rows = tasks.map(({ number, title, about }) => [String(number), escapeText(title), escapeText(about)]);
  return [
    'Captures with a fault each, to be found with overlens and its docs alone.',
    '',
    ...renderGrid(rows, ['right', 'left', 'left']),
    '',
    'overlens quiz --challenge N prints a task.\n',
  ].join('\n');
}

/** @param tables what may be at fault */
export function challengeTask(
  task: ChallengeTask,
  nodes: readonly string[],
  tables: readonly string[],
  width: number,
): string {
  const { number, title, about, paragraphs, folder } = task;
  const parts = [
    ['node', `${nodes.join(', ')}; none where it is not one node's`],
    ['table', tables.join(', ')],
    ['line', 'LINE or FILE:LINE of the snapshot; none where no line is wrong, or the right one is missing'],
  ] as const;
  return [
    `${number}. ${escapeText(title)}`,
    ...wrapped(about, width),
    ...paragraphs.flatMap((text) => ['', ...wrapped(text, width)]),
    '',
    ...indented([`overlens ${escapeText(folder)}`]),
    '',
    ...wrapped('At which node is the fault, in which table, in which line?', width),
    '',
    ...indented([`overlens quiz --challenge ${number} --answer node=NODE,table=TABLE,line=LINE`]),
    ...parts.flatMap(([part, text]) =>
      wrapWords(text, width - INDENT - 9).map((line, i) => `   ${(i === 0 ? part : '').padEnd(7)}${line}`),
    ),
    '',
  ].join('\n');
}

/** Part by part whether it is right, and nothing of what would be. */
export function challengeVerdict(right: Readonly<Record<AnswerPart, boolean>>): string {
  const lines = Object.entries(right).map(([part, isRight]) => `${part.padEnd(7)}${isRight ? 'right' : 'wrong'}`);
  const isSolved = Object.values(right).every(Boolean);
  return [...lines, '', isSolved ? 'Solved.' : 'Not yet.', ''].join('\n');
}

export function challengeSolution({ answer, steps, conclusion }: Challenge, folder: string, width: number): string {
  const { node, table, line } = answer;
  const at = line === null ? 'none' : `${line.file}:${line.first}${line.last === line.first ? '' : `-${line.last}`}`;
  return [
    'How to go about it',
    ...steps.flatMap(({ command, why, shows }) => [
      '',
      ...indented([`$ ${command.replaceAll('{}', escapeText(folder))}`]),
      ...wrapped(why, width),
      ...shows.flatMap((text) => wrapped(`> ${text}`, width)),
    ]),
    '',
    `node=${node ?? 'none'} table=${table} line=${at}`,
    ...wrapped(conclusion, width),
    '',
  ].join('\n');
}

function wrapped(text: string, width: number): string[] {
  return indented(wrapWords(escapeText(text), width - INDENT));
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => ' '.repeat(INDENT) + line);
}
