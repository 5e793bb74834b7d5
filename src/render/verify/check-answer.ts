// What `verify --check` answers: whether a proof holds when it is repeated, and what is not as it was.
import { escapeText, stringifyJson } from '../text/escape.ts';
import { formatCount } from '../text/format.ts';
import { wrapWords } from '../text/text-width.ts';

export const CHECK_SCHEMA = 'overlens.check/1';

export interface CheckResult {
  /** The proof's file. */
  file: string;
  proof: CheckedProof;
  /** The repetition; null if there could be none. */
  now: CheckedProof | null;
  differences: readonly { what: string; text: string; counts: boolean }[];
  exitCode: number;
}

interface CheckedProof {
  overlens: string;
  date: string;
  result: string;
  exitCode: number;
  headline: string;
}

/** `SAME` or `DIFFERS`, what the proof says, and one line per difference. */
export function renderCheck({ file, proof, now, differences, exitCode }: CheckResult, width: number): string {
  const counted = differences.filter(({ counts }) => counts).length;
  const exit = exitCode === 0 ? '' : ` (exit ${exitCode})`;
  const head =
    now === null
      ? `UNUSABLE  ${file} could not be repeated${exit}`
      : counted === 0
        ? `SAME  ${file} of ${proof.date}, repeated: ${proof.result.toUpperCase()} as it was${exit}`
        : `DIFFERS  ${formatCount(counted, 'thing')} in ${file} of ${proof.date} ${counted === 1 ? 'is' : 'are'} not as it says${exit}`;
  const facts: [string, string][] = [
    ['proof', `${proof.result.toUpperCase()}  ${proof.headline}`],
    ...(now === null || (now.result === proof.result && now.headline === proof.headline)
      ? []
      : [['now', `${now.result.toUpperCase()}  ${now.headline}`] as [string, string]]),
    ...differences.map(({ what, text }): [string, string] => [what, text]),
  ];
  const lines = facts.flatMap(([label, text]) =>
    text
      .split('\n')
      .flatMap((line) => wrapWords(escapeText(line), width - 12))
      .map((line, i) => `   ${(i === 0 ? label : '').padEnd(9)}${line}`),
  );
  return `${[...wrapWords(escapeText(head), width), ...lines].join('\n')}\n`;
}

/** The same as one document. */
export function renderCheckJson({ file, proof, now, differences, exitCode }: CheckResult): string {
  const told = ({ overlens, date, result, exitCode: code, headline }: CheckedProof): object => ({
    ...{ overlens, date, result, exitCode: code, headline },
  });
  const same = now !== null && differences.every(({ counts }) => !counts);
  const document = {
    schema: CHECK_SCHEMA,
    file,
    same,
    exitCode,
    proof: told(proof),
    now: now === null ? null : told(now),
    differences,
  };
  return `${stringifyJson(document, 2)}\n`;
}
