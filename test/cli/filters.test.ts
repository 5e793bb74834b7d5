// The filters of the command line mean the same in every command, and --not turns each of them around.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { joinNots } from '../../src/cli/declare/filter-options.ts';
import { runCli } from '../support/run-cli.ts';

const FOLDER = 'samples/01-vxlan-between-nodes';
const CAPTURES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.pcap'))
  .map((name) => `${FOLDER}/${name}`);
const GIVEN = [...CAPTURES, '-t', `${FOLDER}/topology`];

interface FlowJson {
  id: number;
  conversation: number;
  protocol: string;
  outcome: string;
  packets: number;
  src: { ip: string; port: number; namespace: string | null };
  dst: { ip: string; port: number; namespace: string | null };
}

async function flows(...filters: string[]): Promise<FlowJson[]> {
  const { stdout } = await runCli([...GIVEN, ...filters, '-o', 'json']);
  return (JSON.parse(stdout) as { flows: FlowJson[] }).flows;
}

async function packets(...filters: string[]): Promise<string[]> {
  const { stdout } = await runCli(['decode', ...GIVEN, ...filters, '--time', 'none']);
  return stdout.split('\n').filter((line) => /^ +\d/.test(line));
}

describe('filters of trace', () => {
  it('by namespace, by sender and receiver, by outcome', async () => {
    for (const { src, dst } of await flows('-n', 'legacy')) expect([src.namespace, dst.namespace]).toContain('legacy');
    const all = await flows();
    const [one] = all;
    const sent = await flows('--from-ip', one?.src.ip ?? '');
    expect(sent.map(({ id }) => id)).toEqual(all.filter(({ src }) => src.ip === one?.src.ip).map(({ id }) => id));
    const got = await flows('--to-ip', one?.src.ip ?? '');
    expect(got.map(({ id }) => id)).toEqual(all.filter(({ dst }) => dst.ip === one?.src.ip).map(({ id }) => id));
    expect((await flows('--outcome', 'refused')).every(({ outcome }) => outcome === 'refused')).toBe(true);
  });

  it('--outcome reset finds what the table calls reset, also where it was answered before', async () => {
    const folder = 'samples/07-pool-edited';
    const captures = readdirSync(folder).filter((name) => name.endsWith('.pcap'));
    const given = [...captures.map((name) => `${folder}/${name}`), '-t', `${folder}/topology`];
    const listed = async (...filters: string[]): Promise<string[]> =>
      (await runCli([...given, ...filters])).stdout.split('\n').filter((line) => /^ *\d+ .*\breset\b/.test(line));
    const all = await listed();
    expect(all.length).toBeGreaterThan(0);
    const numbers = (lines: readonly string[]): string[] => lines.map((line) => line.trim().split(' ')[0] ?? '').sort();
    expect(numbers(await listed('--outcome', 'reset'))).toEqual(numbers(all));
  });

  it.each([
    ['--protocol', 'icmp'],
    ['-n', 'legacy'],
    ['--port', '80'],
    ['--outcome', 'answered'],
    ['--verdict', 'as configured'],
    ['--encapsulation', 'plain'],
    ['--node', 'ip-10-0-1-20'],
  ])('--not %s %s is all the others', async (option, value) => {
    const ids = (list: readonly FlowJson[]): number[] => list.map(({ id }) => id);
    const [all, fitting, others] = [await flows(), await flows(option, value), await flows('--not', option, value)];
    expect([...ids(fitting), ...ids(others)].sort((a, b) => a - b)).toEqual(ids(all));
    expect(fitting.length).toBeGreaterThan(0);
  });

  it('several negated ones each leave out what fits them', async () => {
    const left = await flows('--not', '--protocol', 'icmp', '--not', '--port', '80');
    expect(left.length).toBeGreaterThan(0);
    for (const { protocol, src, dst } of left) {
      expect(protocol).not.toBe('icmp');
      expect([src.port, dst.port]).not.toContain(80);
    }
  });
});

describe('the same filters in decode', () => {
  it.each([[['-n', 'legacy']], [['--outcome', 'refused']], [['--flow', '7']], [['--first', '2']], [['--last', '1']]])(
    '%j shows the packets of the flows that trace lists',
    async (filters) => {
      const listed = await flows(...filters);
      const tables = listed.reduce((sum, one) => sum + one.packets, 0);
      const shown = await packets(...filters);
      expect(shown.length).toBeGreaterThanOrEqual(tables);
      // each packet was captured at two nodes at most
      expect(shown.length).toBeLessThanOrEqual(tables * 2);
    },
  );

  it('--not keeps all packets that do not fit', async () => {
    const [all, icmp, others] = [
      await packets(),
      await packets('--protocol', 'icmp'),
      await packets('--not', '--protocol', 'icmp'),
    ];
    expect(icmp.length).toBeGreaterThan(0);
    expect(icmp.length + others.length).toBe(all.length);
  });
});

describe('--not', () => {
  it('is joined to the filter behind it', () => {
    expect(joinNots(['a.pcap', '--not', '--pod', 'x', '--not', '-n=shop', '--', '--not'])).toEqual([
      'a.pcap',
      '--not-pod',
      'x',
      '--not-namespace=shop',
      '--',
      '--not',
    ]);
  });

  it('before anything else is bad usage', async () => {
    const { code, stderr } = await runCli([...GIVEN, '--not', '--all']);
    expect(code).toBe(2);
    expect(stderr).toBe('overlens: --not --all: --not stands before a filter\n  for example --not --pod shop/cart\n');
  });
});
