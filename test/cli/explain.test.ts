// `overlens explain` as a command line: which packet it opens, what it prints, how it says no.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { spoolCaptures } from '../../src/cli/inputs/spool.ts';
import { runCli } from '../support/run-cli.ts';

const STALE = 'samples/08-stale-fdb';
const VXLAN = 'samples/01-vxlan-between-nodes';
const ANY = 'samples/06-any-interface';
const CONTROL1 = 'ip-10-0-1-20-ens5.pcap';

function explain(...argv: string[]) {
  return runCli(['explain', ...argv]);
}

/** The command behind `#`'s words, as it would be pasted. */
function pasted(text: string, words: string): string[] {
  const line = text.split('\n').find((one) => one.includes(`# ${words}`)) ?? '';
  return (line.split('#')[0] ?? '').trim().split(' ').slice(1);
}

async function json(...argv: string[]) {
  const run = await explain(...argv, '-o', 'json');
  expect(run.code).toBe(0);
  return JSON.parse(run.stdout);
}

it('of a folder, names a command that shows the problem with the same captures and the same snapshot', async () => {
  const { stdout } = await explain(STALE, '-p', '3');
  const shown = await runCli(pasted(stdout, 'the whole problem'));
  expect(shown.stdout).toMatch(/^A .*wrong-destination-vtep/);
});

describe('which packet', () => {
  it('by number', async () => {
    expect(await json(`${STALE}/${CONTROL1}`, '-p', '10')).toMatchObject({ number: 10, chosen: { by: 'number' } });
  });

  it('the first of a problem, by its letter', async () => {
    const found = await json(`${STALE}/${CONTROL1}`, '-t', `${STALE}/topology`, '--finding', 'A');
    expect(found).toMatchObject({ number: 3, chosen: { by: 'finding' }, flow: { verdict: 'violation' } });
  });

  it('the first that fits the filters, which it names', async () => {
    const found = await json(
      `${VXLAN}/ip-10-0-1-31-ens5.pcap`,
      '-t',
      `${VXLAN}/topology`,
      '--to-pod',
      'ledger',
      '--protocol',
      'icmp',
    );
    expect(found.chosen).toEqual({ by: 'filter', text: 'the first that fits --to-pod ledger --protocol icmp' });
    expect(found.headline).toMatch(/pings ledger-5d8f6c7b9d-7xk2p/);
  });

  it('by the encapsulation of the packet itself, not of its flow', async () => {
    const found = await json(`${ANY}/ip-10-0-1-20-any.pcap`, '-t', `${ANY}/topology`, '--encapsulation', 'vxlan');
    expect(found).toMatchObject({ number: 7, encapsulation: 'vxlan' });
  });

  it('without a word, the first that belongs to a flow', async () => {
    expect(await json(`${STALE}/${CONTROL1}`)).toMatchObject({ number: 3, chosen: { by: 'first' } });
  });
});

describe('the JSON document', () => {
  it('has its schema, fields by Wireshark names, and every byte', async () => {
    const found = await json(`${STALE}/${CONTROL1}`, '-t', `${STALE}/topology`, '-p', '3');
    expect(Object.keys(found)).toEqual([
      ...['schema', 'capture', 'number', 'chosen', 'time', 'captured', 'original', 'linkType', 'place', 'outcome'],
      ...['encapsulation', 'headline', 'story', 'flow', 'overhead', 'layers', 'table', 'notes', 'decision', 'related'],
      ...['next', 'bytes'],
    ]);
    expect(found.schema).toBe('overlens.explain/1');
    expect(found.layers[3]).toMatchObject({
      protocol: 'vxlan',
      side: 'outer',
      offset: 42,
      length: 8,
      fields: { 'vxlan.vni': 4096 },
    });
    expect(found.layers[1].checksums).toEqual([
      { field: 'ip.checksum', state: 'valid', found: 35825, expected: 35825, reason: 'the header sums up' },
    ]);
    expect(found.bytes).toHaveLength(2 * found.captured);
    expect(found.decision.steps[3]).toMatchObject({
      step: 'fdb',
      status: 'wrong',
      became: [{ offset: 30, length: 4 }],
    });
  });

  it('of two packets holds both, and what differs', async () => {
    const found = await json(`${ANY}/ip-10-0-1-20-any.pcap`, '-t', `${ANY}/topology`, '-p', '3,7');
    expect(found).toMatchObject({ schema: 'overlens.compare/1', relation: 'same-packet', first: { number: 3 } });
    expect(found.second.number).toBe(7);
    expect(found.differences[0]).toEqual({
      label: 'inner from MAC',
      first: 'd6:94:0c:7e:3a:6c',
      second: '66:c9:ee:b1:9b:47',
      firstMeaning: "yaobank/customer-687b8d8f74-lmzqz's eth0",
      secondMeaning: 'ip-10-0-1-20.eu-west-1.compute.internal vxlan.calico',
      why: 'each hop has its own: on the veth pod and node, behind it node and node',
      look: 'usual',
    });
  });

  it('of a prediction has both directions', async () => {
    const found = await json('--from', 'customer', '--to', 'ledger', '-t', `${VXLAN}/topology`);
    expect(found).toMatchObject({ schema: 'overlens.predict/1', differs: true });
    expect(found.there.expected.encapsulation).toBe('none');
    expect(found.back.hops.map((hop: { role: string }) => hop.role)).toEqual([
      ...['workload', 'tunnel', 'underlay', 'underlay', 'tunnel', 'workload'],
    ]);
  });
});

describe('two packets', () => {
  it('finds the same packet in the other capture by itself', async () => {
    const found = await json(
      ...[`${STALE}/${CONTROL1}`, '-t', `${STALE}/topology`, '-p', '3'],
      ...['--compare', `${STALE}/ip-10-0-1-31-ens5.pcap`],
    );
    expect(found).toMatchObject({ relation: 'same-packet', differences: [] });
    expect(found.second.capture).toBe(`${STALE}/ip-10-0-1-31-ens5.pcap`);
  });

  it('takes the number in the other capture as the second one', async () => {
    const found = await json(
      ...[`${STALE}/${CONTROL1}`, '-t', `${STALE}/topology`, '-p', '3'],
      ...['--compare', `${STALE}/ip-10-0-1-31-ens5.pcap`, '-p', '1'],
    );
    expect([found.first.number, found.second.number, found.relation]).toEqual([3, 1, 'other']);
  });

  it('says when the same packet is not there', async () => {
    const run = await explain(`${VXLAN}/ip-10-0-1-31-ens5.pcap`, '-p', '1', '--compare', `${VXLAN}/${CONTROL1}`);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(
      'is not in it (looked for 5 s around its time)\n  give the number of the other one: -p 1,M',
    );
  });
});

describe('pages', () => {
  it.each([
    ['svg', '<svg xmlns="http://www.w3.org/2000/svg"'],
    ['html', '<!doctype html>\n<html lang="en">'],
  ])('%s is one file', async (format, start) => {
    const run = await explain(`${STALE}/${CONTROL1}`, '-t', `${STALE}/topology`, '-p', '3', '-o', format);
    expect(run.code).toBe(0);
    expect(run.stdout.startsWith(start)).toBe(true);
    expect(run.stdout.trimEnd().endsWith(`</${format}>`)).toBe(true);
    expect(run.stdout).not.toContain('bit by bit');
    const withBits = await explain(`${STALE}/${CONTROL1}`, '-p', '3', '-o', format, '--diagram');
    expect(withBits.stdout).toContain('bit by bit');
  });

  it.each(['svg', 'html'])('%s of parts has these and the packet that they are of', async (format) => {
    const args = [`${STALE}/${CONTROL1}`, '-t', `${STALE}/topology`, '-p', '3', '-o', format];
    const run = await explain(...args, '--part', 'frame,Decision');
    expect(run.code).toBe(0);
    const shown = run.stdout.replaceAll('<wbr>', '');
    expect(shown).toContain('drawn to scale');
    expect(shown).toContain('ip-10-0-1-20 decided');
    expect(shown).toContain('wrong-destination-vtep');
    expect(shown).not.toMatch(/What happens|Worth knowing|layer by layer/);
  });
});

describe('bad usage', () => {
  it.each([
    [['x.pcap', '-p', '1', '-p', '2', '-p', '3'], 'explain shows one packet or compares two'],
    [['x.pcap', '-p', 'none'], '-p none: expected a number'],
    [[`${STALE}/${CONTROL1}`, '-p', '3', '--port', '80'], '-p 3 and --port 80: one packet is asked for twice'],
    [[`${STALE}/${CONTROL1}`, '-p', '99'], 'there is no packet 99: it has 33 packets'],
    [[`${STALE}/${CONTROL1}`, '--port', '1'], 'no packet fits --port 1\n'],
    [['--from', 'a'], '--from and --to go together'],
    [['--from', 'a', '--to', 'b'], '--from and --to need a snapshot'],
    [['x.pcap', '--from', 'a', '--to', 'b'], '--from and --to predict without a capture'],
    [[`${STALE}/${CONTROL1}`, '-o', 'pdf'], '-o pdf: not known'],
    [['x.pcap', '--part', 'frame'], '--part frame: only -o svg and -o html have parts'],
    [[`${STALE}/${CONTROL1}`, '-p', '3', '-o', 'svg', '--part', 'frames'], 'It has frame, what happens, headers'],
    [[], 'no capture given'],
  ] as [string[], string][])('%j', async (argv, message) => {
    const run = await explain(...argv);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain(message);
  });

  it('a filter that fits nothing says what the captures hold', async () => {
    const run = await explain(`${STALE}/${CONTROL1}`, '-t', `${STALE}/topology`, '--port', '1');
    expect(run.stderr).toMatch(/no packet fits --port 1\n {2}The captures hold \d+ flows/);
  });
});

describe('stdin', () => {
  it('is kept in a file while it is needed, and removed', async () => {
    const input = new PassThrough();
    input.end(readFileSync(`${STALE}/${CONTROL1}`));
    const spooled = await spoolCaptures(['-', `${STALE}/${CONTROL1}`], new AbortController().signal, { stdin: input });
    const [copy = '', same] = spooled.paths;
    expect(same).toBe(`${STALE}/${CONTROL1}`);
    expect(readFileSync(copy).equals(readFileSync(`${STALE}/${CONTROL1}`))).toBe(true);
    await spooled.remove();
    expect(() => readFileSync(copy)).toThrow(/ENOENT/);
  });

  it('that was looked at before loses nothing', async () => {
    const pipe = join(mkdtempSync(join(tmpdir(), 'overlens-pipe-')), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const written = writeFile(pipe, readFileSync(`${STALE}/${CONTROL1}`));
    const run = await explain(pipe, '-p', '1');
    await written;
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('pipe packet 1 ');
  });

  it('that never ends is not kept for ever, and leaves nothing', async () => {
    async function* endless(): AsyncGenerator<Uint8Array, void, void> {
      for (;;) yield new Uint8Array(100_000);
    }
    const own = mkdtempSync(join(tmpdir(), 'overlens-own-'));
    vi.stubEnv('TMPDIR', own);
    const spooled = spoolCaptures(['-'], new AbortController().signal, { stdin: endless(), most: 1024 ** 2 });
    await expect(spooled).rejects.toMatchObject({
      code: 'E_UNREADABLE',
      message: expect.stringMatching(/^stdin: is more than /),
    });
    expect(readdirSync(own)).toEqual([]);
    vi.unstubAllEnvs();
  });

  it('that is a terminal is refused', async () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true });
    await expect(spoolCaptures(['-'], new AbortController().signal, { stdin: terminal })).rejects.toMatchObject({
      code: 'E_USAGE',
    });
  });
});
