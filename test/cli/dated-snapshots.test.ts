// Two snapshots around an edit of a pool, a folder each with the `date` of its time, in one argument: each is used for its time.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';

const FIXTURE = 'test/fixtures/dated-snapshots';
const SAMPLE = 'samples/07-pool-edited';
const NICS = ['20', '30', '31'].map((host) => join(SAMPLE, `ip-10-0-1-${host}-ens5.pcap`));
const folder = mkdtempSync(join(tmpdir(), 'overlens-dated-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The fixture, changed, in an archive, under a folder of its own or not. */
function archive(name: string, change: (root: string) => void = () => {}, inFolder = true): string {
  const root = join(folder, name, 'snapshots');
  cpSync(FIXTURE, root, { recursive: true });
  change(root);
  const path = join(folder, `${name}.tgz`);
  execFileSync(
    'tar',
    inFolder ? ['-C', join(folder, name), '-czf', path, 'snapshots'] : ['-C', root, '-czf', path, '.'],
  );
  return path;
}

/** What was taken when, and the mode of the pool. */
async function statesOf(...argv: string[]): Promise<string[]> {
  const { stdout, code } = await runCli(['topology', ...argv]);
  expect(code).toBe(0);
  const times = stdout.match(/^ {2}\d.*?\d{4}-\d\d-\d\dT[\d:]+Z/gm) ?? [];
  return times.map((line) => line.slice(-20));
}

const TIMES = ['2026-11-22T09:49:00Z', '2026-11-22T09:52:00Z'];

describe('two dated folders', () => {
  test('in one folder, in one archive, and given one by one are two snapshots', async () => {
    expect(await statesOf(FIXTURE)).toEqual(TIMES);
    expect(await statesOf(archive('in-folder'))).toEqual(TIMES);
    expect(await statesOf(archive('bare', undefined, false))).toEqual(TIMES);
    expect(await statesOf(`${FIXTURE}/after`, `${FIXTURE}/before`)).toEqual(TIMES);
  });

  test("by the times of an archive's members, where nobody wrote a date", async () => {
    const path = archive('members', (root) => {
      for (const [i, name] of ['before', 'after'].entries()) {
        rmSync(join(root, name, 'date'));
        const time = new Date(TIMES[i] ?? '');
        for (const file of ['ippools.yaml', 'nodes.yaml', ...(i === 0 ? ['pods.yaml'] : [])])
          utimesSync(join(root, name, file), time, time);
      }
    });
    expect(await statesOf(path)).toEqual(TIMES);
  });

  test('at one time, or alike, are one snapshot', async () => {
    const oneTime = archive('one-time', (root) => cpSync(join(root, 'before/date'), join(root, 'after/date')));
    expect(await statesOf(oneTime)).toEqual([]);
    const alike = archive('alike', (root) =>
      ['ippools', 'nodes'].forEach(
        (name) => void cpSync(join(root, `before/${name}.yaml`), join(root, `after/${name}.yaml`)),
      ),
    );
    expect(await statesOf(alike)).toEqual([]);
  });
});

test('a trace over both judges each flow by the side of the change that its packets are on', async () => {
  const { stdout, code } = await runCli([...NICS, '-t', FIXTURE]);
  expect(code).toBe(0);
  await expect(stdout).toMatchFileSnapshot('../golden/cli/dated-snapshots.txt');
  const json = await runCli([...NICS, '-t', archive('traced'), '-o', 'json']);
  const { flows } = JSON.parse(json.stdout) as { flows: { verdict: string }[] };
  expect(flows.filter(({ verdict }) => verdict === 'violation')).toEqual([]);
});
