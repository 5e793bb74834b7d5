// `explain -p` of a large capture on a terminal: the packet before the rest is read, and nothing twice. Elsewhere one document.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultStages, type Stages } from '../../src/cli/stages.ts';
import { OverlensError } from '../../src/errors.ts';
import { joinBytes, pcapRecord } from '../support/capture-builder.ts';
import { collector, runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-first-'));
const [large, fragments] = [join(folder, 'large.pcap'), join(folder, 'fragments.pcap')];
const VXLAN = 'samples/01-vxlan-between-nodes';
const FRAGMENTS = 'samples/11-outer-fragments';
const TERMINAL = { stdoutIsTTY: true, columns: 100 };

/** Behind the packets of a sample more than 32 MiB of packets that are none of any protocol. */
function grown(sample: string): Uint8Array {
  const data = new Uint8Array(262_144).fill(0xff);
  const rest = Array.from({ length: 130 }, () => pcapRecord({ data, seconds: 2_000_000_000 }));
  return joinBytes([readFileSync(sample), ...rest]);
}

beforeAll(() => {
  writeFileSync(large, grown(`${VXLAN}/ip-10-0-1-20-ens5.pcap`));
  writeFileSync(fragments, grown(`${FRAGMENTS}/ip-10-0-1-20-ens5.pcap`));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What stood on the terminal when the trace began. */
function watched(trace: Stages['traceCaptures'] = defaultStages.traceCaptures) {
  const stdout = collector();
  let before: string | null = null;
  const stages: Stages = {
    ...defaultStages,
    traceCaptures(options) {
      before ??= stdout.text();
      return trace(options);
    },
  };
  return { stages, stdout, early: () => before };
}

async function onTerminal(path: string, snapshot: string, ...more: string[]) {
  const { stages, stdout, early } = watched();
  const argv = ['explain', path, '-t', snapshot, '--color', 'never', ...more];
  const run = await runCli(argv, { ...TERMINAL, stages, stdout: stdout.stream });
  return { run, before: early(), text: stdout.text() };
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

describe('a large capture on a terminal', () => {
  it('shows headers and bytes before it is traced, and then the rest, each line once', async () => {
    const { before, text } = await onTerminal(large, `${VXLAN}/topology`, '-p', '21', '--diagram');
    expect(before).toMatch(/^large\.pcap packet 21 · 2026-.*Z\n\n0 +14 /);
    expect(before).toMatch(/OUTER: 50 bytes of headers/);
    expect(before).toMatch(/bytes 42-49[\s\S]*The 116 bytes/);
    expect(text.startsWith(before ?? '-')).toBe(true);
    const whole = await runCli(['explain', large, '-t', `${VXLAN}/topology`, '-p', '21', '--diagram'], {
      columns: 100,
    });
    // the head is in two parts, and who put on the outer headers is not known before
    const [head = '', ...others] = lines(whole.stdout);
    const [name, time, place] = head.split(' · ');
    const isOther = (line: string): boolean => !line.includes('OUTER: 50 bytes of headers');
    const expected = [`${name} · ${time}`, `${place}`, ...others.filter(isOther)];
    expect(lines(text).filter(isOther).sort()).toEqual(expected.sort());
  });

  it('shows no fragment before those that it belongs to', async () => {
    const { before, text } = await onTerminal(fragments, `${FRAGMENTS}/topology`, '-p', '4');
    const whole = await runCli(['explain', fragments, '-t', `${FRAGMENTS}/topology`, '-p', '4'], { columns: 100 });
    expect(before).toBe('');
    expect(text).toBe(whole.stdout);
    expect(text).toContain('Rest of the outer packet');
  });

  it('shows the packet of a trace that fails, and the error behind it', async () => {
    const { stages, stdout, early } = watched(async () => {
      throw new OverlensError('E_UNREADABLE', 'large.pcap: the disk has gone');
    });
    const run = await runCli(['explain', large, '-p', '21'], { ...TERMINAL, stages, stdout: stdout.stream });
    expect(stdout.text()).toBe(early());
    expect(early()).toContain('packet 21');
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining('the disk has gone')]);
  });

  it('keeps it when Ctrl-C ends the reading', async () => {
    const controller = new AbortController();
    const { stages, stdout, early } = watched((options) => {
      controller.abort();
      return defaultStages.traceCaptures(options);
    });
    const world = { ...TERMINAL, stages, stdout: stdout.stream, signal: controller.signal };
    const run = await runCli(['explain', large, '-p', '21'], world);
    expect(stdout.text()).toBe(early());
    expect(early()).toContain('packet 21');
    expect([run.code, run.stderr]).toEqual([130, expect.stringContaining('stopped by Ctrl-C before')]);
  });

  it('says that there is no such packet without tracing', async () => {
    const { stages, early } = watched();
    const run = await runCli(['explain', large, '-p', '2000000'], { ...TERMINAL, stages });
    expect(run.stderr).toMatch(/large\.pcap: there is no packet 2000000: it has \d+ packets/);
    expect([run.code, run.stdout, early()]).toEqual([2, '', null]);
  });

  it('is bad usage as before where two things are asked for', async () => {
    const { run, text } = await onTerminal(large, `${VXLAN}/topology`, '-p', '21', '--protocol', 'tcp');
    expect([run.code, text]).toEqual([2, '']);
  });
});

it.each([
  ['a small capture', `${VXLAN}/ip-10-0-1-20-ens5.pcap`, ['-p', '21'], TERMINAL],
  ['a pipe', large, ['-p', '21'], { columns: 100 }],
  ['JSON', large, ['-p', '21', '-o', 'json'], TERMINAL],
  ['two packets beside each other', large, ['-p', '21,22'], TERMINAL],
])('%s: one document, after the trace', async (_, path, more, world) => {
  const { stages, stdout, early } = watched();
  const run = await runCli(['explain', path, ...more], { ...world, stages, stdout: stdout.stream });
  expect([run.code, early()]).toEqual([0, '']);
  expect(stdout.text()).not.toBe('');
});
