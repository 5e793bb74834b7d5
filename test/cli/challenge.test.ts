import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

describe('overlens quiz --challenge', () => {
  it('lists all of them', async () => {
    const { code, stdout } = await runCli(['quiz', '--challenge']);
    expect(code).toBe(0);
    expect(stdout.match(/^ {0,1}\d+ {2}\S/gm)).toHaveLength(12);
  });

  it('shows the solution to who asks for it, beside a wrong answer too', async () => {
    const shown = await runCli(['quiz', '--challenge', '1', '--answers']);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain('$ overlens samples/challenges/01-the-silent-shelf --finding A');
    const wrong = await runCli(['quiz', '--challenge', '1', '--answer', 'alder', '--answers']);
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toContain(shown.stdout);
  });

  it.each([
    [['--challenge', '13'], '--challenge 13: expected a number from 1 to 12'],
    [['--challenge', '0'], '--challenge 0: expected a number from 1 to 12'],
    [['--challenge', 'x'], '--challenge'],
    [['--answer', 'alder'], '--answer: to which challenge?'],
    [['--challenge', '1', '--answer', 'willow'], '"willow" is neither a node, a table nor a line'],
    [['--challenge', '1', '-o', 'html'], '-o html: challenges are text only'],
    [['--challenge', '1', 'some.pcap'], 'some.pcap: a challenge has captures of its own'],
  ])('%j is bad usage', async (words, problem) => {
    const { code, stdout, stderr } = await runCli(['quiz', ...words]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(problem);
  });
});
