import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { textWidth } from '../../src/render/text/text-width.ts';
import { CSV_HEADER } from '../../src/render/trace/trace-csv.ts';
import { type CliRun, runCli } from '../support/run-cli.ts';
import { traceDocumentProblems } from '../support/trace-shape.ts';
import { everyNth } from '../support/whole-matrix.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

/** Exit code of `verify`, by story; the stories are told in each sample's README. */
const STORIES: Record<string, { verify: number; expectVxlan: number }> = {
  '01-vxlan-between-nodes': { verify: 0, expectVxlan: 1 },
  '02-pool-never': { verify: 0, expectVxlan: 1 },
  '03-crosssubnet': { verify: 0, expectVxlan: 1 },
  '04-overlay-bypassed': { verify: 1, expectVxlan: 1 },
  '08-stale-fdb': { verify: 1, expectVxlan: 1 },
  '10-missing-neighbour': { verify: 0, expectVxlan: 0 },
  '12-flannel-direct-routing': { verify: 0, expectVxlan: 1 },
  '13-flannel-stale-fdb': { verify: 1, expectVxlan: 1 },
};

function inputs(sample: string): string[] {
  const folder = `${ROOT}samples/${sample}`;
  const captures = readdirSync(folder).filter((name) => name.endsWith('.pcap'));
  return [...captures.map((name) => `${folder}/${name}`), '-t', `${folder}/topology`];
}

async function run(sample: string, argv: readonly string[], columns = 100): Promise<CliRun> {
  return runCli([...argv.slice(0, 1), ...inputs(sample), ...argv.slice(1)], {
    stdoutIsTTY: true,
    columns,
    env: { NO_COLOR: '1' },
  });
}

describe.each(Object.entries(STORIES))('sample %s', (sample, { verify, expectVxlan }) => {
  test('verify says what its story tells', async () => {
    const { code, stdout } = await run(sample, ['verify']);
    expect({ code, word: stdout.split(' ')[0] }).toEqual({
      code: verify,
      word: ['PASS', 'FAIL', '', 'UNDECIDED'][verify],
    });
  });

  test('verify --expect vxlan', async () => {
    expect((await run(sample, ['verify', '--expect', 'vxlan'])).code).toBe(expectVxlan);
  });

  test('JSON has the documented shape, and its summary counts its flows', async () => {
    const { code, stdout } = await run(sample, ['trace', '-o', 'json']);
    const document = JSON.parse(stdout) as { flows: { verdict: string }[]; summary: Record<string, number> };
    expect(code).toBe(0);
    expect(traceDocumentProblems(document)).toEqual([]);
    expect(document.summary['flows']).toBe(document.flows.length);
    for (const verdict of ['ok', 'violation', 'unverifiable']) {
      expect(document.summary[verdict]).toBe(document.flows.filter((flow) => flow.verdict === verdict).length);
    }
  });

  test.each(['table', 'wide', 'summary'])('-o %s never wraps', async (output) => {
    for (const columns of everyNth([80, 200], 2)) {
      const { stdout } = await run(sample, ['trace', '-o', output], columns);
      const long = stdout
        .split('\n')
        .filter((line) => textWidth(line) > columns && !/^ {3}(settle it| {9}) /.test(line));
      expect(long).toEqual([]);
    }
  });
});

test('VXLAN of the pool that asks for it is proven by name', async () => {
  const { code, stdout } = await run('01-vxlan-between-nodes', [
    'verify',
    '--expect',
    'vxlan',
    '--pool',
    'default-ipv4-ippool',
    '--cover',
    'node-pairs',
  ]);
  expect({ code, first: stdout.split('\n')[0] }).toEqual({
    code: 0,
    first: 'PASS  every packet that left a node for a pod of default-ipv4-ippool was VXLAN (VNI 4096, UDP 4789)',
  });
});

test('a stale FDB entry is named by its line', async () => {
  const { stdout } = await run('08-stale-fdb', ['trace', '--finding', 'A']);
  expect(stdout).toMatch(/\n {3}FDB +66:14:9d:f4:2c:1f .+WRONG, byte 30 +\S*bridge-fdb\.txt:\d+\n/);
});

test('both readers print the same', async () => {
  const [builtin, other] = [
    await run('01-vxlan-between-nodes', ['trace']),
    await run('01-vxlan-between-nodes', ['trace', '--reader', 'pcap-parser']),
  ];
  expect(other).toEqual(builtin);
});

test('without a snapshot flows are shown by address and nothing is called wrong', async () => {
  const captures = inputs('04-overlay-bypassed').filter((path) => path.endsWith('.pcap'));
  const { code, stdout } = await runCli(captures);
  expect(code).toBe(0);
  expect(stdout).toMatch(/\n *\d+ +10\.48\.0\.\d+ +10\.48\.0\.\d+ +tcp 80 /);
  expect(stdout).toMatch(/ conversations: 0 wrong, 0 as configured, \d+ undecided\.\n$/);
});

test('docs/output.md has the CSV header and every key of the JSON', async () => {
  const page = readFileSync(`${ROOT}docs/output.md`, 'utf8');
  expect(page.replaceAll(/\n {4}/g, '')).toContain(CSV_HEADER.join(','));
  const { stdout } = await run('01-vxlan-between-nodes', ['trace', '-o', 'json']);
  const document = JSON.parse(stdout) as {
    captures: object[];
    flows: { src: object; observed: object; observations: object[] }[];
    summary: object;
  };
  const [flow] = document.flows;
  const parts = [
    document,
    document.captures[0],
    flow,
    flow?.src,
    flow?.observed,
    flow?.observations[0],
    document.summary,
  ];
  for (const key of parts.flatMap((part) => Object.keys(part ?? {}))) expect(page).toContain(`\`${key}`);
});
