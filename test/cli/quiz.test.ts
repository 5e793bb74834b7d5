import { describe, expect, it } from 'vitest';
import type { Question } from '../../src/quiz/question.ts';
import { runCli } from '../support/run-cli.ts';

const SAMPLE = 'samples/01-vxlan-between-nodes';
const LINE = ['quiz', `${SAMPLE}/ip-10-0-1-20-ens5.pcap`, '-t', `${SAMPLE}/topology`, '--count', '2'];

async function questions(): Promise<Question[]> {
  const { stdout } = await runCli([...LINE, '-o', 'json']);
  return (JSON.parse(stdout) as { questions: Question[] }).questions;
}

describe('overlens quiz', () => {
  it('asks on a terminal, says why, and counts', async () => {
    const asked = await questions();
    const answers = [asked[0]?.choices[asked[0].answer] ?? '', 'what?', 'z', null];
    const { code, stdout } = await runCli(LINE, { ask: async () => answers.shift() ?? null });
    expect(code).toBe(0);
    expect(stdout).toContain('   Right.');
    expect(stdout).toContain('type a letter from a to');
    expect(stdout).toMatch(/1 of 1 right\.\n$/);
  });

  it('shows the right answer after a wrong one', async () => {
    const [first] = await questions();
    const wrong = 'abcd'[(first?.answer ?? 0) === 0 ? 1 : 0] ?? 'a';
    const answers = [wrong, null];
    const { stdout } = await runCli(LINE, { ask: async () => answers.shift() ?? null });
    expect(stdout).toContain(`   No: ${'abcd'[first?.answer ?? 0]}) `);
    expect(stdout).toMatch(/0 of 1 right\.\n$/);
  });

  it('prints a sheet where nobody answers: without answers, and with them', async () => {
    const sheet = await runCli(LINE);
    expect(sheet.stdout).toContain('1. ');
    expect(sheet.stdout).not.toContain('Answers');
    expect((await runCli([...LINE, '--answers'])).stdout).toContain('\nAnswers\n\n1. ');
    const page = (await runCli([...LINE, '-o', 'html'])).stdout;
    expect(page).not.toContain('<h2>Answers</h2>');
    expect((await runCli([...LINE, '-o', 'html', '--answers'])).stdout).toContain('<h2>Answers</h2>');
  });

  it('names a command that shows the answer, with the snapshot it takes', async () => {
    const broken = 'samples/08-stale-fdb';
    const { stdout } = await runCli(['quiz', broken, '-o', 'json', '--count', '20']);
    const all = (JSON.parse(stdout) as { questions: Question[] }).questions;
    const look = all.find(({ kind }) => kind === 'wrong-table')?.look ?? '';
    const shown = await runCli(look.split(' ').slice(1));
    expect(shown.stdout).toMatch(/FDB.*WRONG/);
    const names = all.find(({ kind }) => kind === 'inner-mac')?.look ?? '';
    expect(names).toContain(` -t ${broken}`);
  });

  it('writes GIFT with one right answer to each question, and its own characters escaped', async () => {
    const { stdout } = await runCli([...LINE, '-o', 'gift']);
    const paragraphs = stdout.trimEnd().split('\n\n');
    expect(paragraphs).toHaveLength(2);
    for (const one of paragraphs) {
      expect(one.match(/^ {2}=/gm)).toHaveLength(1);
      // what is left of its own characters, once escapes are taken away, is its form
      expect(one.replaceAll(/\\[~=#{}:\\]/g, '')).toMatch(
        /^::[^:]*::[^{}=~#]* \{\n(?: {2}[=~][^=~#{}:]*\n)+ {2}####[^=~#{}:]*\n\}$/,
      );
    }
  });

  it('says what it needs where there is nothing to ask', async () => {
    const { code, stderr } = await runCli(['quiz', 'test/fixtures/empty.pcap']);
    expect(code).toBe(2);
    expect(stderr).not.toBe('');
  });
});
