import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runCli } from '../../support/run-cli.ts';

const STALE = 'samples/08-stale-fdb';
const CAPTURE = `${STALE}/ip-10-0-1-20-ens5.pcap`;
const folder = mkdtempSync(join(tmpdir(), 'overlens-config-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function config(text: string, name = 'overlens.yaml'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const TOPOLOGY = `topology: ${STALE}/topology`;

describe('--config', () => {
  test('gives each command its options', async () => {
    const file = config(`trace:\n  ${TOPOLOGY}\n  output: summary\ndecode:\n  count: 2\n`);
    const given = await runCli([CAPTURE, '-t', `${STALE}/topology`, '-o', 'summary']);
    expect(await runCli([CAPTURE, '--config', file])).toEqual(given);
    expect(await runCli(['trace', `--config=${file}`, CAPTURE])).toEqual(given);
    const packets = await runCli(['decode', CAPTURE, '--config', file]);
    expect(packets.stdout.split('\n').length).toBe(3);
  });

  test('the same in JSON', async () => {
    const file = config('{"decode": {"protocol": ["tcp", "icmp"], "count": 3, "hex": false}}', 'overlens.json');
    const given = await runCli(['decode', CAPTURE, '--protocol', 'tcp', '--protocol', 'icmp', '-c', '3']);
    expect(await runCli(['decode', CAPTURE, '--config', file])).toEqual(given);
  });

  test.each([
    ['--count', '1'],
    ['--count=1', ''],
    ['-c', '1'],
    ['-c1', ''],
  ])('the command line wins: %s %s', async (...words) => {
    const file = config('decode:\n  count: 5\n');
    const { stdout } = await runCli(['decode', CAPTURE, '--config', file, ...words.filter(Boolean)]);
    expect(stdout.split('\n').length).toBe(2);
  });

  test('an option that repeats is replaced, not added to', async () => {
    const file = config('decode:\n  protocol: [tcp, udp]\n');
    const { stdout } = await runCli(['decode', CAPTURE, '--config', file, '--protocol', 'icmp']);
    expect(stdout).toBe((await runCli(['decode', CAPTURE, '--protocol', 'icmp'])).stdout);
  });

  test('times and numbers are taken as they are written', async () => {
    const file = config('decode:\n  since: 08:29:50\n');
    const given = await runCli(['decode', CAPTURE, '--since', '08:29:50']);
    expect(await runCli(['decode', CAPTURE, '--config', file])).toEqual(given);
  });

  test('a proof has the options in its command, so that it can be checked', async () => {
    const file = config(`verify:\n  ${TOPOLOGY}\n  strict: true\n`);
    const { stdout } = await runCli(['verify', CAPTURE, '--config', file, '-o', 'json']);
    expect((JSON.parse(stdout) as { command: string[] }).command).toEqual([
      ...['verify', `--topology=${STALE}/topology`, '--strict', CAPTURE, '-o', 'json'],
    ]);
  });

  test.each([
    ['decode:\n  cont: 3\n', ':2: decode has no option cont', 'did you mean count?'],
    ['decod:\n  count: 3\n', ':1: decod is no command', 'did you mean decode?'],
    ['trace:\n  all: 3\n', ':2: all: expected true or false', ''],
    ['trace:\n  top: [1, 2]\n', ':2: top: takes one value, not a list', ''],
    ['trace:\n  top:\n    a: 1\n', ':2: top: expected a value', ''],
    ['- trace\n', ':1: expected commands with their options', 'trace:'],
    ['trace:\n  top: "1\n', ':3: ', ''],
    ['trace:\n  config: other.yaml\n', ':2: trace has no option config', ''],
  ])('%j is refused with its line', async (text, message, hint) => {
    const file = config(text);
    const { code, stdout, stderr } = await runCli([CAPTURE, '--config', file]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`${file}${message}`);
    expect(stderr).toContain(hint);
  });

  test('a file that is not there, and one too many', async () => {
    expect((await runCli([CAPTURE, '--config', 'none.yaml'])).stderr).toBe(
      'overlens: --config none.yaml: no such file\n',
    );
    const file = config('trace:\n');
    expect((await runCli([CAPTURE, '--config', file, '--config', file])).stderr).toContain('--config given twice');
    expect((await runCli([CAPTURE, '--config'])).stderr).toContain('--config: no file behind it');
  });
});
