// `--index FILE` on the command line: the same answers, what is said of an index that cannot be used, and what it is never used for.
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { PcapParts } from '../../src/capture/pcap/pcap-parts.ts';
import { defaultStages, type Stages } from '../../src/cli/stages.ts';
import { FEW_PACKETS, ODD_CAPTURES, OTHER_FEW_PACKETS } from '../pipeline/odd-captures.ts';
import { buildPcap } from '../support/capture-builder.ts';
import { ethernet, icmpEcho, ipv4 } from '../support/packet-builder.ts';
import { type CliRun, runCli } from '../support/run-cli.ts';
import { everyNth, IS_WHOLE } from '../support/whole-matrix.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-index-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

let files = 0;
const fresh = (): string => join(folder, `${files++}.idx`);

function capture(bytes: Uint8Array = FEW_PACKETS): string {
  const path = join(folder, `${files++}.pcap`);
  writeFileSync(path, bytes);
  return path;
}

/** 3,000 echo requests, 3.7 MB: small enough to be known by all of its bytes, however new it is. */
function large(): string {
  const path = join(folder, `${files++}.pcap`);
  const packets = Array.from({ length: 3000 }, (_, i) => {
    const transport = icmpEcho({ seq: i }, new Uint8Array(1200));
    return {
      data: ethernet({}, ipv4({ src: '10.1.0.1', dst: '10.1.0.2', id: i, proto: 1 }, transport)),
      seconds: 1e9 + i,
    };
  });
  writeFileSync(path, buildPcap(packets));
  return path;
}

/** Counts whether the flows came from reading. */
function watched(): { stages: Stages; reads: () => number } {
  let reads = 0;
  const stages: Stages = {
    ...defaultStages,
    traceCaptures(options) {
      let isRead = false;
      const onProgress = (): void => {
        if (!isRead) reads++;
        isRead = true;
      };
      return defaultStages.traceCaptures({ ...options, onProgress });
    },
  };
  return { stages, reads: () => reads };
}

/** Two runs, and whether the second one read the captures. */
async function twice(
  argv: readonly string[],
  between: () => void = () => {},
): Promise<{ first: CliRun; second: CliRun; reads: boolean }> {
  const { stages, reads } = watched();
  const first = await runCli(argv, { stages });
  const before = reads();
  between();
  const second = await runCli(argv, { stages });
  return { first, second, reads: reads() > before };
}

const SAMPLES = readdirSync('samples').filter((name) => /^\d\d-/.test(name));
const COMMANDS = [['trace', '-o', 'json'], ['verify'], ['explain'], ['path'], ['decode', '--flow', '1']];
/** One command a sample, in turn, so that each meets several; all of them in `npm run matrix`. */
const commandsFor = (name: string): string[][] =>
  IS_WHOLE ? COMMANDS : COMMANDS.filter((_, i) => i === SAMPLES.indexOf(name) % COMMANDS.length);

describe('a second question', () => {
  it.each(everyNth(SAMPLES, 7))(
    'about sample %s is answered without reading, as the first',
    async (name) => {
      const place = join('samples', name);
      const captures = readdirSync(place)
        .filter((file) => file.includes('.pcap'))
        .map((file) => join(place, file));
      if (captures.length === 0 || !existsSync(join(place, 'topology'))) return;
      const index = ['--index', fresh()];
      for (const command of commandsFor(name)) {
        const argv = [...command, ...captures, '-t', join(place, 'topology')];
        const plain = await runCli(argv);
        const { first, second, reads } = await twice([...argv, ...index]);
        expect([command[0], reads]).toEqual([command[0], false]);
        if (command[0] !== 'verify') expect(first).toEqual(plain);
        expect(second).toEqual(first);
      }
    },
    60_000,
  );

  it('about a packet by its number reads where it stands', async () => {
    const path = large();
    const index = fresh();
    const argv = ['decode', path, '-p', '2600', '--time', 'relative', '-v'];
    const plain = await runCli(argv);
    await runCli(['trace', path, '--index', index]);
    const read = vi.spyOn(PcapParts.prototype, 'read');
    expect(await runCli([...argv, '--index', index])).toEqual(plain);
    expect(plain.stdout).toContain('seq 2599');
    const places = read.mock.calls.map(([{ packet }]) => packet);
    expect(places).toEqual([1, expect.any(Number)]);
    expect(places[1]).toBeGreaterThan(1000);
    for (const more of [['--index', index], []])
      expect(await runCli(['decode', path, '-p', '2600-', '-p', '1', ...more])).toMatchObject({ code: 0 });
    const beyond = [...argv.slice(0, 2), '-p', '3001'];
    expect(await runCli([...beyond, '--index', index])).toEqual(await runCli(beyond));
  });

  it('of differences is answered for both sides', async () => {
    const [one, two, index] = [capture(), capture(OTHER_FEW_PACKETS), ['--index', fresh()]];
    const argv = ['diff', one, two, '-o', 'json'];
    const plain = await runCli(argv);
    const { first, second, reads } = await twice([...argv, ...index]);
    expect(reads).toBe(false);
    expect([first, second]).toEqual([plain, plain]);
    const snapshots = ['diff', 'samples/01-vxlan-between-nodes/topology', 'samples/02-pool-never/topology'];
    expect(await runCli([...snapshots, ...index])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('an index is of captures'),
    });
  });

  it('finds the captures by another path', async () => {
    const path = capture();
    const index = fresh();
    await runCli(['trace', path, '--index', index]);
    const { stages, reads } = watched();
    const { stdout } = await runCli(['trace', `${folder}/./${basename(path)}`, '--index', index], { stages });
    expect(reads()).toBe(0);
    expect(stdout).toContain('/./');
  });

  it('about other captures leaves what was kept', async () => {
    const [one, two, index] = [capture(), capture(OTHER_FEW_PACKETS), fresh()];
    for (const path of [one, two]) await runCli(['trace', path, '--index', index]);
    const { stages, reads } = watched();
    for (const path of [one, two]) await runCli(['trace', path, '--index', index], { stages });
    expect(reads()).toBe(0);
  });
});

describe('an index', () => {
  it('is for its owner alone, and leaves no other file', async () => {
    const place = join(folder, 'own');
    mkdirSync(place);
    await runCli(['trace', capture(), '--index', join(place, 'x')]);
    expect(readdirSync(place)).toEqual(['x']);
    expect(statSync(join(place, 'x')).mode & 0o777).toBe(0o600);
  });

  it.each<[string, (path: string) => void]>([
    ['was written to', (path) => appendFileSync(path, ODD_CAPTURES['one packet']?.subarray(24) ?? new Uint8Array(0))],
    ['was cut', (path) => truncateSync(path, statSync(path).size - 100)],
    [
      'is another one with the same size and time',
      (path) => {
        const { atime, mtime } = statSync(path);
        const bytes = readFileSync(path);
        bytes[bytes.length - 1]! ^= 1;
        writeFileSync(path, bytes);
        utimesSync(path, atime, mtime);
      },
    ],
    [
      'was copied over',
      (path) => {
        const copy = `${path}.copy`;
        copyFileSync(path, copy);
        rmSync(path);
        copyFileSync(copy, path);
      },
    ],
  ])('is not asked where the capture %s', async (_what, change) => {
    const path = capture();
    const index = fresh();
    const { second, reads } = await twice(['trace', path, '--index', index], () => change(path));
    expect(reads).toBe(true);
    expect(second.stderr).toContain(`${path} is not as it was read before: captures are read anew`);
    expect(second.stdout).toBe((await runCli(['trace', path])).stdout);
    // and the new one is kept in its place
    const { stages, reads: again } = watched();
    await runCli(['trace', path, '--index', index], { stages });
    expect(again()).toBe(0);
  });

  it.each<[string, (bytes: Buffer) => Buffer, string]>([
    ['a byte of a reading changed', (bytes) => flipped(bytes, 5000), 'it is damaged'],
    ['a byte of its directory changed', (bytes) => flipped(bytes, bytes.length - 100), 'it is damaged'],
    ['its end missing', (bytes) => bytes.subarray(0, bytes.length - 1000), 'cut off'],
    ['nothing but its head', (bytes) => bytes.subarray(0, 30), 'cut off'],
    ['another form', (bytes) => flipped(bytes, 16), 'another version of overlens wrote it'],
  ])('with %s is said, and written anew', async (_what, change, said) => {
    const index = fresh();
    const argv = ['trace', capture(), '--index', index];
    const { first, second, reads } = await twice(argv, () => writeFileSync(index, change(readFileSync(index))));
    expect(reads).toBe(true);
    expect(second.stdout).toBe(first.stdout);
    expect(second.stderr).toContain(`overlens: --index ${index}: `);
    expect(second.stderr).toMatch(new RegExp(`(${said}).*: captures are read anew`));
    const { reads: again } = await twice(argv);
    expect(again).toBe(false);
  });

  it('holds eight readings, those of the last questions', async () => {
    const index = fresh();
    const captures = Array.from({ length: 9 }, () => capture(ODD_CAPTURES['one packet']));
    for (const path of captures) await runCli(['trace', path, '--index', index]);
    const { stages, reads } = watched();
    for (const path of captures.slice(1).reverse()) await runCli(['trace', path, '--index', index], { stages });
    expect(reads()).toBe(0);
    await runCli(['trace', captures[0] ?? '', '--index', index], { stages });
    expect(reads()).toBe(1);
  });

  it('is never a file that is none', async () => {
    const path = capture();
    const before = readFileSync(path);
    const { code, stderr } = await runCli(['trace', path, '--index', path]);
    expect([code, stderr.split('\n')[0]]).toEqual([2, `overlens: --index ${path}: it is no index of overlens`]);
    expect(readFileSync(path)).toEqual(before);
    expect((await runCli(['trace', path, '--index', folder])).code).toBe(2);
  });

  it('is no pipe, and waits for none', async () => {
    const pipe = fresh();
    execFileSync('mkfifo', [pipe]);
    const { code, stderr } = await runCli(['trace', capture(), '--index', pipe]);
    expect([code, stderr.split('\n')[0]]).toEqual([2, `overlens: --index ${pipe}: it is no file`]);
  });

  it('takes the place of an empty file, and of the file that a link names', async () => {
    const [file, link] = [fresh(), fresh()];
    writeFileSync(file, '');
    symlinkSync(file, link);
    const { first, second, reads } = await twice(['trace', capture(), '--index', link]);
    expect([first.code, second.code, reads]).toEqual([0, 0, false]);
    expect([lstatSync(link).isSymbolicLink(), statSync(file).size > 0]).toEqual([true, true]);
  });

  it('that cannot be written is said, and the answer is given', async () => {
    const path = capture();
    const { code, stdout, stderr } = await runCli(['trace', path, '--index', join(folder, 'nowhere', 'x')]);
    expect([code, stdout]).toEqual([0, (await runCli(['trace', path])).stdout]);
    expect(stderr).toContain('it cannot be written: no such file or directory');
  });

  it('is of files: stdin is refused, by every command that has the option', async () => {
    for (const command of [['trace'], ['verify'], ['explain'], ['path'], ['decode'], ['diff', capture()]]) {
      const { code, stderr } = await runCli([...command, '-', '--index', fresh()]);
      expect([code, stderr.includes('stdin can be read once only')]).toEqual([2, true]);
    }
  });

  it('is not asked by a proof that is repeated', async () => {
    const [path, index, proof] = [capture(), fresh(), join(folder, 'proof.json')];
    await runCli(['verify', path, '--index', index, '-o', `json=${proof}`]);
    const { stages, reads } = watched();
    await runCli(['verify', '--check', proof], { stages });
    expect(reads()).toBe(1);
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  bytes[at]! ^= 1;
  return bytes;
}
