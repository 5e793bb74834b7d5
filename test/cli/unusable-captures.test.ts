// A capture that is not there, cannot be read or is none, among others that are: it is named, and the others are analysed.
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type CliRun, runCli } from '../support/run-cli.ts';

const SAMPLE = 'samples/01-vxlan-between-nodes';
const SENDER = 'ip-10-0-1-20-ens5.pcap';
const RECEIVER = 'ip-10-0-1-31-ens5.pcap';
const folder = mkdtempSync(join(tmpdir(), 'overlens-unusable-'));
const file = (name: string): string => join(folder, name);

beforeEach(() => {
  for (const name of readdirSync(folder)) rmSync(file(name), { recursive: true });
  cpSync(join(SAMPLE, 'topology'), file('topology'), { recursive: true });
  for (const name of [SENDER, RECEIVER]) copyFileSync(join(SAMPLE, name), file(name));
  writeFileSync(file('empty.pcap'), '');
  writeFileSync(file('notes.txt'), 'remember the milk\n');
  copyFileSync('test/fixtures/bad/inside-xz.pcap.xz', file('x.pcap.xz'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const GOOD = [SENDER, RECEIVER].map(file);
const SNAPSHOT = ['-t', file('topology')];
/** Name, and what its error says. */
const BAD = [
  ['no.pcap', 'no such file'],
  ['empty.pcap', 'it is empty (zero bytes)'],
  ['notes.txt', 'not a capture'],
  ['x.pcap.xz', 'it looks like an xz stream'],
] as const;

interface Captures {
  captures: { path: string; format: string | null; packets: number; error: { code: string; message: string } | null }[];
}

/** What a command says of the two alone: the same each time. */
const alone = new Map<string, Promise<CliRun>>();

function saidAlone(...argv: string[]): Promise<CliRun> {
  const key = argv.join(' ');
  const said = alone.get(key) ?? runCli(argv);
  alone.set(key, said);
  return said;
}

const capturesOf = ({ stdout }: CliRun): Captures['captures'] => (JSON.parse(stdout) as Captures).captures;

describe.each(BAD)('%s beside two captures', (name, says) => {
  test('trace: an entry with its error, all flows of the others, exit 2', async () => {
    const alone = await saidAlone(...GOOD, ...SNAPSHOT, '-o', 'json');
    const run = await runCli([file(name), ...GOOD, ...SNAPSHOT, '-o', 'json']);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(says);
    const [bad, ...good] = capturesOf(run);
    expect(bad).toMatchObject({ path: file(name), format: null, packets: 0, error: { message: expect.any(String) } });
    expect(bad?.error?.message).toContain(says);
    expect(good).toEqual(capturesOf(alone));
    const { summary } = JSON.parse(run.stdout) as { summary: object };
    expect(summary).toEqual((JSON.parse(alone.stdout) as { summary: object }).summary);
  });

  test('decode shows the packets of the others, merged and one after the other, exit 2', async () => {
    for (const order of [[], ['--each']]) {
      const alone = await saidAlone('decode', ...GOOD, ...order);
      const { code, stdout, stderr } = await runCli(['decode', ...GOOD, file(name), ...order]);
      expect(code).toBe(2);
      const packets = (text: string): string[] => text.split('\n').filter((line) => /^ +\d+ /.test(line));
      expect(packets(stdout)).toEqual(packets(alone.stdout));
      expect(stderr).toContain(says);
    }
  });

  test('path follows packets through the others, exit 2', async () => {
    const alone = await saidAlone('path', ...GOOD, ...SNAPSHOT);
    const run = await runCli(['path', ...GOOD, file(name), ...SNAPSHOT]);
    expect(run.code).toBe(2);
    expect(run.stdout).toBe(alone.stdout);
    expect(run.stderr).toContain(says);
  });

  test('verify: no proof, and it is named, exit 2', async () => {
    expect((await saidAlone('verify', ...GOOD, ...SNAPSHOT)).code).toBe(0);
    const { code, stdout, stderr } = await runCli(['verify', ...GOOD, file(name), ...SNAPSHOT, '-o', 'json']);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
    const { result, undecided, why } = JSON.parse(stdout) as { result: string; undecided: string[]; why: string[] };
    expect({ result, undecided }).toEqual({ result: 'undecided', undecided: ['unread-capture'] });
    expect(why.some((sentence) => sentence.includes(name))).toBe(true);
  });
});

describe('one answer for all', () => {
  test('where none can be used, each is said at once, and nothing on stdout', async () => {
    const { code, stdout, stderr } = await runCli(BAD.map(([name]) => file(name)));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const [, says] of BAD) expect(stderr).toContain(says);
  });

  test('a misspelt command is no capture that is missing', async () => {
    const { code, stdout, stderr } = await runCli(['verfy', ...GOOD]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe('overlens: verfy: no such file\n  did you mean the command verify?\n');
  });

  test('times from the end are those of what can be read', async () => {
    const { code, stdout } = await runCli([...GOOD, file('no.pcap'), '--since=-1s', '-o', 'json']);
    expect(code).toBe(2);
    expect((JSON.parse(stdout) as { summary: { flows: number } }).summary.flows).toBeGreaterThan(0);
  });

  test('a proof that was made without it says the same again', async () => {
    await runCli(['verify', ...GOOD, file('no.pcap'), ...SNAPSHOT, '-o', `json=${file('proof.json')}`]);
    const { code, stdout } = await runCli(['verify', '--check', file('proof.json')]);
    expect(code).toBe(2);
    expect(stdout).toMatch(/^SAME {2}/);
  });

  test('a proof of a capture that is none any more cannot be repeated', async () => {
    await runCli(['verify', ...GOOD, ...SNAPSHOT, '-o', `json=${file('proof.json')}`]);
    writeFileSync(file(SENDER), '');
    const { code, stdout } = await runCli(['verify', '--check', file('proof.json')]);
    expect(code).toBe(2);
    expect(stdout).toMatch(/^UNUSABLE {2}/);
    expect(stdout.replaceAll(/\s+/g, '')).toContain(`${SENDER}:notacapture:itisempty`);
  });
});

describe('the last piece of a ring, to which nothing was written yet', () => {
  test('is a warning, exit 0', async () => {
    copyFileSync(file(SENDER), file('x.pcap'));
    writeFileSync(file('x.pcap1'), '');
    const run = await runCli([file('x.pcap1'), file('x.pcap'), ...SNAPSHOT, '-o', 'json']);
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
    const [piece] = capturesOf(run);
    expect(piece).toMatchObject({ format: 'pcap', error: null, packets: 0 });
    expect(run.stdout).toContain('nothing was written to it yet');
    const decoded = await runCli(['decode', file('x.pcap'), file('x.pcap1')]);
    expect(decoded.code).toBe(0);
    expect(decoded.stderr).toContain('nothing was written to it yet');
    expect((await runCli(['verify', file('x.pcap'), file('x.pcap1'), ...SNAPSHOT])).code).toBe(0);
  });

  test('two of them are no last piece, and one beside other names is none at all', async () => {
    copyFileSync(file(SENDER), file('x.pcap'));
    writeFileSync(file('x.pcap1'), '');
    writeFileSync(file('x.pcap2'), '');
    expect((await runCli([file('x.pcap'), file('x.pcap1'), file('x.pcap2')])).code).toBe(2);
    expect((await runCli([file(SENDER), file('x.pcap1')])).code).toBe(2);
  });
});

describe('a text or nothing in a pipe', () => {
  test.each([
    ['trace', 'no capture at all\n', 'it looks like text'],
    ['explain', 'no capture at all\n', 'it looks like text'],
    ['path', 'no capture at all\n', 'it looks like text'],
    ['quiz', '', 'it is empty (zero bytes)'],
    ['export wireshark', '', 'it is empty (zero bytes)'],
  ])('is called what it is by %s, under its own name, and nothing is written', async (command, text, says) => {
    const pipe = file('a.pipe');
    execFileSync('mkfifo', [pipe]);
    const kit = command.startsWith('export') ? ['-w', file('kit')] : [];
    const [{ code, stdout, stderr }] = await Promise.all([
      runCli([...command.split(' '), pipe, ...kit]),
      writeFile(pipe, text),
    ]);
    expect({ code, stdout, first: stderr.split('\n')[0] }).toEqual({
      code: 2,
      stdout: '',
      first: `overlens: ${pipe}: not a capture: ${says}`,
    });
    expect(existsSync(file('kit'))).toBe(false);
  });
});
