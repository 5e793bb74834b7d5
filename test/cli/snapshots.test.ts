// Times of snapshots on the command line: several for several times, and two of them side by side.
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

const EDITED = 'samples/07-pool-edited';
const CAPTURES = ['20', '30', '31'].map((name) => `${EDITED}/ip-10-0-1-${name}-ens5.pcap`);
const BEFORE = `${EDITED}/topology-before`;
const AFTER = `${EDITED}/topology`;
const BOTH = [
  ...['-t', BEFORE, '-t', AFTER],
  ...['--taken-at', `${BEFORE}=2026-11-22T09:50:00Z`, '--taken-at', `${AFTER}=2026-11-22T09:51:00Z`],
];

describe('--taken-at', () => {
  it('topology says the time and what tells it', async () => {
    const { stdout } = await runCli(['topology', AFTER, '--taken-at', '2026-11-22 09:51']);
    expect(stdout).toContain('SNAPSHOT\n  taken  2026-11-22T09:51:00Z  --taken-at\n');
    const json = JSON.parse((await runCli(['topology', AFTER, '-o', 'json'])).stdout);
    expect(json.taken).toMatchObject({ from: 'objects', isLeast: true });
  });

  it('trace says in one line that the captures lie far from it', async () => {
    const far = await runCli(['trace', ...CAPTURES, '-t', AFTER, '--taken-at', '2026-11-25T09:51:00Z']);
    expect(far.stderr).toContain(
      'overlens: the snapshot was taken 2026-11-25T09:51:00Z (--taken-at), 3 days after the last packet: whose addresses are whose may have changed\n',
    );
    const near = await runCli(['trace', ...CAPTURES, '-t', AFTER, '--taken-at', '2026-11-22T10:30:00Z']);
    expect(near.stderr).not.toContain('was taken');
  });

  it.each([
    ['no time', 'yesterday', 'expected a time, or PATH=TIME'],
    ['a time of day', '09:50:00', 'expected a time, or PATH=TIME'],
    ['a part that was not given', 'nowhere/=2026-11-22', 'no such part of a snapshot is given'],
  ])('%s is bad usage', async (_, value, says) => {
    const { code, stderr } = await runCli(['trace', ...CAPTURES, '-t', AFTER, '--taken-at', value]);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });
});

describe('two snapshots of one cluster', () => {
  const counts = async (...argv: string[]) =>
    JSON.parse((await runCli(['trace', ...CAPTURES, ...argv, '-o', 'json'])).stdout).summary;

  it('settle what one of them leaves open: packets show on which side of the change each flow was', async () => {
    const [one, both] = [await counts('-t', AFTER), await counts(...BOTH)];
    expect(one).toMatchObject({ ok: 6, violation: 0, unverifiable: 23 });
    expect(both).toMatchObject({ ok: 20, violation: 0, unverifiable: 9 });
    expect(both.flows).toBe(one.flows);
  });

  it('topology lists both, and what they differ in', async () => {
    const { stdout } = await runCli(['topology', ...BOTH]);
    expect(stdout).toContain('SNAPSHOTS (each is used for its time)');
    expect(stdout).toContain('2 (this)');
    expect(stdout).toContain('differs in IPPool default-ipv4-ippool');
  });

  it('path and explain tell what the trace tells', async () => {
    const trace = JSON.parse((await runCli(['trace', ...CAPTURES, ...BOTH, '-o', 'json'])).stdout);
    const path = JSON.parse((await runCli(['path', ...CAPTURES, ...BOTH, '-o', 'json'])).stdout);
    const verdicts = new Map(trace.flows.map(({ id, verdict }: { id: number; verdict: string }) => [id, verdict]));
    for (const { ids, verdict } of path.flows) expect(verdict).toBe(verdicts.get(ids[0]));
    const explained = JSON.parse(
      (await runCli(['explain', ...CAPTURES, ...BOTH, '--verdict', 'ok', '--encapsulation', 'plain', '-o', 'json']))
        .stdout,
    );
    expect(explained.flow.verdict).toBe('ok');
  });

  it("explain takes the snapshot of the packet's own time", async () => {
    const at = (before: string, after: string): string[] => [
      ...['explain', CAPTURES[0] ?? '', '-p', '3', '-t', BEFORE, '-t', AFTER, '-o', 'json'],
      ...['--taken-at', `${BEFORE}=${before}`, '--taken-at', `${AFTER}=${after}`],
    ];
    const story = async (argv: string[]): Promise<string> => JSON.stringify(JSON.parse((await runCli(argv)).stdout));
    const early = await story(at('2026-11-22T10:00:00Z', '2026-11-22T11:00:00Z'));
    const late = await story(at('2026-11-22T08:00:00Z', '2026-11-22T09:00:00Z'));
    expect(early).toContain('topology-before/ippools.yaml');
    expect(early).not.toContain('"topology/ippools.yaml');
    expect(late).not.toContain('topology-before/ippools.yaml');
  });
});

describe('explain of one packet of a flow that ran through the change', () => {
  const TIMES: readonly (readonly [string, string])[] = [
    ['2026-11-22T09:50:31Z', '2026-11-22T09:50:34Z'],
    ['2026-11-22T09:50:00Z', '2026-11-22T09:51:00Z'],
  ];
  const explained = async (before: string, after: string, ...packet: string[]) => {
    const times = ['--taken-at', `${BEFORE}=${before}`, '--taken-at', `${AFTER}=${after}`];
    const { stdout } = await runCli([
      'explain',
      ...CAPTURES,
      '-t',
      BEFORE,
      '-t',
      AFTER,
      ...times,
      ...packet,
      '-o',
      'json',
    ]);
    const { story, decision, notes, flow } = JSON.parse(stdout);
    return {
      story: story.join(' '),
      wrong: decision.steps.filter(({ status }: { status: string }) => status === 'wrong' || status === 'missing'),
      codes: notes.map(({ code }: { code: string }) => code),
      flow,
    };
  };

  it.each(TIMES)('the plain one is as it was asked for at its time (%s, %s)', async (before, after) => {
    const { story, wrong, codes, flow } = await explained(before, after, '-p', '3');
    expect(story).toContain('vxlanMode is Never');
    expect(story).toContain('it travels plain');
    expect(story).toContain('this packet is as it was asked for at its time');
    expect(wrong).toEqual([]);
    expect(flow).toMatchObject({ expected: { encapsulation: 'none' }, unverified: { reason: 'across-mode-change' } });
    // nobody refused a packet that was in no tunnel
    expect(codes).not.toContain('overlay-rejected');
    expect(codes).toContain('mode-changed');
  });

  it.each(TIMES)('the one in VXLAN too (%s, %s)', async (before, after) => {
    const { story, wrong, flow } = await explained(before, after, '--flow', '1', '--encapsulation', 'vxlan');
    expect(story).toContain('vxlanMode is Always');
    expect(story).toContain('this packet is as it was asked for at its time');
    expect(wrong).toEqual([]);
    expect(flow.expected.encapsulation).toBe('vxlan');
  });

  it('with one snapshot a packet in the refused tunnel still says so, a plain one of the same flow not', async () => {
    const codes = async (...packet: string[]): Promise<string[]> => {
      const { stdout } = await runCli(['explain', ...CAPTURES, '-t', AFTER, ...packet, '-o', 'json']);
      return JSON.parse(stdout).notes.map(({ code }: { code: string }) => code);
    };
    expect(await codes('--flow', '1', '--encapsulation', 'vxlan')).toContain('overlay-rejected');
    expect(await codes('--flow', '1', '--encapsulation', 'plain')).not.toContain('overlay-rejected');
  });
});

describe('two snapshots that contradict each other, without times', () => {
  const HINT = 'are they of two times? give each with -t and --taken-at PATH=TIME: each is then used for its time';
  const GIVEN = ['-t', BEFORE, '-t', AFTER];

  it.each([
    ['trace', ['trace', ...CAPTURES, ...GIVEN]],
    ['verify', ['verify', ...CAPTURES, ...GIVEN]],
    ['topology', ['topology', BEFORE, AFTER]],
  ])('%s says how each is used for its time', async (_, argv) => {
    expect((await runCli(argv)).stderr).toContain(HINT);
  });

  it('so does what would settle the flows that they differ about', async () => {
    const trace = JSON.parse((await runCli(['trace', ...CAPTURES, ...GIVEN, '-o', 'json'])).stdout);
    const advice = trace.flows.flatMap(({ unverified }: { unverified: { reason: string; advice: string } | null }) =>
      unverified?.reason === 'contradicting-files' ? [unverified.advice] : [],
    );
    expect(new Set(advice)).toEqual(new Set([`# ${HINT}`]));
  });

  it.each([
    ['with times', ['trace', ...CAPTURES, ...BOTH]],
    ['one alone', ['trace', ...CAPTURES, '-t', AFTER]],
  ])('%s: nobody asks', async (_, argv) => {
    expect((await runCli(argv)).stderr).not.toContain('--taken-at');
  });
});

describe('diff of two snapshots', () => {
  it('says what changed and what that means, and exits 1', async () => {
    const { code, stdout, stderr } = await runCli(['diff', BEFORE, AFTER]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/POOLS\n {2}default-ipv4-ippool +vxlanMode Never → Always/);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'packets to pods of default-ipv4-ippool (10.48.0.0/24) become VXLAN between all nodes: they were plain',
    );
  });

  it('the other way round it is the other way round', async () => {
    const { stdout } = await runCli(['diff', AFTER, BEFORE]);
    expect(stdout.replace(/\s+/g, ' ')).toContain('become plain between all nodes: they were VXLAN');
  });

  it('of one and the same: nothing, and exit 0', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'overlens-same-'));
    cpSync(AFTER, folder, { recursive: true });
    const { code, stdout } = await runCli(['diff', AFTER, folder]);
    expect(code).toBe(0);
    expect(stdout).toContain('The two snapshots do not differ in anything that is compared.');
  });

  it('JSON: the same with its schema', async () => {
    const { code, stdout } = await runCli(['diff', BEFORE, AFTER, '-o', 'json']);
    const json = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(json).toMatchObject({ schema: 'overlens.snapshot-diff/1', notCompared: [] });
    expect(json.changes[0]).toMatchObject({
      ...{ kind: 'pool', subject: 'default-ipv4-ippool', node: null, change: 'changed' },
      fields: [{ name: 'vxlanMode', before: 'Never', after: 'Always' }],
      after: { file: `${AFTER}/ippools.yaml`, line: 19 },
    });
    expect(json.effects).toMatchObject([
      { pool: 'default-ipv4-ippool', between: 'all nodes', before: 'none', after: 'vxlan' },
    ]);
    const { changed, gone, new: added } = json.summary;
    expect(changed + gone + added).toBe(json.changes.length);
  });

  it('of two captures each side has the time of its own snapshot', async () => {
    const sides = ['--before-topology', BEFORE, '--after-topology', AFTER];
    const { code, stderr } = await runCli(['diff', ...CAPTURES.slice(0, 2), ...sides, ...BOTH.slice(4)]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('a capture and a snapshot is bad usage, in either order', async () => {
    for (const sides of [
      [BEFORE, CAPTURES[0] ?? ''],
      [CAPTURES[0] ?? '', BEFORE],
      [EDITED, BEFORE],
    ]) {
      const { code, stdout, stderr } = await runCli(['diff', ...sides]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(`diff: ${BEFORE} is a snapshot, and `);
      expect(stderr).toContain('two of a kind can be compared');
    }
  });

  it('of a snapshot and a file that is not there is bad usage, and says so', async () => {
    const { code, stderr } = await runCli(['diff', 'samples/07-pool-edited/topology', 'nosuch']);
    expect(code).toBe(2);
    expect(stderr).toContain('nosuch is not there');
  });

  it('names that obey the terminal are shown instead', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'overlens-hostile-'));
    const pool = (mode: string): string =>
      JSON.stringify({
        ...{ apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name: 'a\u001b[31mb' } },
        spec: { cidr: '10.48.0.0/16', vxlanMode: mode },
      });
    const [old, now] = [join(folder, 'old.json'), join(folder, 'new.json')];
    writeFileSync(old, pool('Never'));
    writeFileSync(now, pool('Always'));
    const { stdout } = await runCli(['diff', old, now]);
    expect(stdout).toContain('vxlanMode Never → Always');
    expect(stdout).not.toContain('\u001b');
  });
});

it('what two CNIs use for VXLAN is one sentence each', async () => {
  const { stdout } = await runCli([
    'diff',
    'samples/01-vxlan-between-nodes/topology',
    'samples/12-flannel-direct-routing/topology',
  ]);
  expect(stdout.match(/VXLAN packets have VNI .*/g)).toEqual(['VXLAN packets have VNI 1: before, 4096']);
  expect(stdout.match(/VXLAN packets go to UDP port .*/g)).toEqual(['VXLAN packets go to UDP port 8472: before, 4789']);
});
