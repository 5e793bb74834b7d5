// Without UTF-8 in the locale the same answer in ASCII, column for column; what programs read stays as it is.
import { describe, expect, test } from 'vitest';
import { runCli } from '../../support/run-cli.ts';

const STALE = 'samples/08-stale-fdb';
const CAPTURE = `${STALE}/ip-10-0-1-20-ens5.pcap`;
const ASCII = /^[\x00-\x7f]*$/;
const SNAPSHOT = ['-t', `${STALE}/topology`];

const LINES = [
  ['trace', CAPTURE, ...SNAPSHOT],
  ['trace', CAPTURE, ...SNAPSHOT, '-o', 'wide'],
  ['trace', CAPTURE, ...SNAPSHOT, '--finding', 'A'],
  ['verify', CAPTURE, ...SNAPSHOT],
  ['path', CAPTURE, ...SNAPSHOT],
  ['explain', CAPTURE, ...SNAPSHOT, '--diagram'],
  ['decode', CAPTURE, ...SNAPSHOT, '-v'],
  ['headers', 'ip', 'vxlan'],
  ['topology', `${STALE}/topology`, '--all'],
] as const;

describe('LC_ALL=C', () => {
  test.each(LINES)('%s %s %s %s %s %s', async (...line) => {
    const argv = line.filter((word) => word !== undefined);
    const drawn = await runCli(argv);
    const ascii = await runCli(argv, { env: { LC_ALL: 'C' } });
    expect(ascii.stdout).toMatch(ASCII);
    expect(ascii.stderr).toMatch(ASCII);
    expect(ascii.code).toBe(drawn.code);
    expect(ascii.stdout.split('\n').length).toBe(drawn.stdout.split('\n').length);
  });

  test('keeps columns where they were', async () => {
    const argv = ['trace', CAPTURE, ...SNAPSHOT];
    const drawn = await runCli(argv);
    const { stdout } = await runCli(argv, { env: { LC_ALL: 'C' } });
    expect(stdout.split('\n').map((line) => line.length)).toEqual(drawn.stdout.split('\n').map((line) => line.length));
  });

  test.each(['json', 'jsonl', 'csv'])('leaves -o %s as it is', async (format) => {
    const argv = ['trace', CAPTURE, ...SNAPSHOT, '-o', format];
    expect((await runCli(argv, { env: { LC_ALL: 'C' } })).stdout).toBe((await runCli(argv)).stdout);
  });
});

describe('whether the locale has UTF-8', () => {
  const FINDING = ['trace', CAPTURE, ...SNAPSHOT, '--finding', 'A'];
  test.each([
    [{}, true],
    [{ LANG: 'C' }, false],
    [{ LANG: 'POSIX' }, false],
    [{ LANG: 'C.UTF-8' }, true],
    [{ LANG: 'de_DE.utf8' }, true],
    [{ LANG: 'de_DE' }, true],
    [{ LANG: 'de_DE.ISO-8859-1' }, false],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
    [{ LANG: 'C', LC_ALL: 'C.UTF-8' }, true],
    [{ LANG: 'C', LC_CTYPE: 'en_US.UTF-8' }, true],
    [{ LANG: 'en_US.UTF-8', LC_ALL: '' }, true],
  ])('%j: %s', async (env, hasUtf8) => {
    const { stdout } = await runCli(FINDING, { env });
    expect(stdout.includes('→')).toBe(hasUtf8);
  });
});
