// The manual page names what the commands take, and groff has nothing to say against it.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { runCli } from '../../support/run-cli.ts';

const COMMANDS = [
  'trace',
  'verify',
  'diff',
  'path',
  'decode',
  'explain',
  'headers',
  'topology',
  'snapshot',
  'completion',
];

test.each(COMMANDS)('it has every option that the help of %s has', async (command) => {
  const page = (await runCli(['man'])).stdout.replaceAll('\\-', '-');
  const { stdout: help } = await runCli(['help', command]);
  expect(page).toContain(`.SS ${command}\n`);
  const options = [...help.matchAll(/^ {2}(-\S.*?)(?: {2}|$)/gm)].map(([, term = '']) => term.trim());
  expect(options.length).toBeGreaterThan(0);
  for (const option of options) expect(page).toContain(option);
});

test('it names every exit code', async () => {
  const { stdout } = await runCli(['man']);
  for (const code of ['0', '1', '2', '3', '130']) expect(stdout).toContain(`.TP\n\\fB${code}\\fR\n`);
});

test.skipIf(spawnSync('groff', ['--version']).error !== undefined)(
  'groff formats it without a warning (skipped where groff is not installed)',
  async () => {
    const { stdout } = await runCli(['man']);
    const { status, stderr } = spawnSync('groff', ['-man', '-ww', '-z', '-Tutf8'], { input: stdout, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  },
);
