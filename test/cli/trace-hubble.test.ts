import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

const SAMPLE = 'samples/01-vxlan-between-nodes';
const CAPTURES = [`${SAMPLE}/ip-10-0-1-20-ens5.pcap`, `${SAMPLE}/ip-10-0-1-30-ens5.pcap`];
const GIVEN = [...CAPTURES, '-t', `${SAMPLE}/topology`];

interface Line {
  flow: { time: string; IP: { source: string; destination: string }; l4?: { TCP?: { flags: object } } };
}

async function lines(argv: readonly string[]): Promise<Line[]> {
  const { code, stdout, stderr } = await runCli(['trace', ...GIVEN, '-o', 'hubble', ...argv]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

describe('trace -o hubble', () => {
  it('has a line for each flow that was seen', async () => {
    const { stdout } = await runCli(['trace', ...GIVEN, '-o', 'jsonl']);
    const seen = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter((one) => one.type === 'flow' && one.packets > 0);
    const written = await lines([]);
    expect(written.map(({ flow }) => `${flow.IP.source} ${flow.IP.destination}`)).toEqual(
      seen.map((one) => `${one.src.ip} ${one.dst.ip}`),
    );
  });

  it('has a line for each packet of the flows asked for, in the order of time, with its own flags', async () => {
    const { stdout } = await runCli(['decode', ...GIVEN, '--protocol', 'tcp', '-o', 'json']);
    const packets = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { time: string });
    const written = await lines(['--per', 'packet', '--protocol', 'tcp']);
    expect(written.map(({ flow }) => flow.time)).toEqual(packets.map(({ time }) => time));
    const flags = written.map(({ flow }) => Object.keys(flow.l4?.TCP?.flags ?? {}).join('+'));
    expect(flags[0]).toBe('SYN');
    expect(new Set(flags)).toContain('SYN+ACK');
  });

  it('takes packets for lines of Hubble only, and of what can be read twice', async () => {
    const json = await runCli(['trace', ...GIVEN, '--per', 'packet', '-o', 'json']);
    expect(json.code).toBe(2);
    expect(json.stderr).toContain('only -o hubble has lines of packets');
  });
});

describe('trace -o FORMAT=FILE', () => {
  it('writes several formats in one run, each as it would be on stdout', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'overlens-outputs-'));
    const files = ['json', 'csv', 'hubble'].map((format) => `${format}=${folder}/out.${format}`);
    const run = await runCli(['trace', ...GIVEN, ...files.flatMap((file) => ['-o', file])]);
    const table = await runCli(['trace', ...GIVEN]);
    expect(run).toEqual(table);
    for (const format of ['json', 'csv', 'hubble']) {
      const { stdout } = await runCli(['trace', ...GIVEN, '-o', format]);
      expect(readFileSync(`${folder}/out.${format}`, 'utf8')).toBe(stdout);
    }
  });

  it('refuses to write into what it reads', async () => {
    const { code, stderr } = await runCli(['trace', ...GIVEN, '-o', `json=${CAPTURES[0]}`]);
    expect(code).toBe(2);
    expect(stderr).toContain('is read, and would be changed by it');
  });
});
