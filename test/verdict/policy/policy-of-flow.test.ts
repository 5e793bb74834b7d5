// What a trace says with a flow log beside the capture: SYNs of yaobank/customer arrive at the node of yaobank/database and are never
// answered; those of yaobank/summary are.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadTopology } from '../../../src/input/load-topology.ts';
import { traceCaptures } from '../../../src/trace.ts';
import type { Trace, TracedFlow } from '../../../src/verdict/trace-types.ts';
import { runCli } from '../../support/run-cli.ts';

const CASE = 'test/fixtures/cases/denied-by-policy';
const CAPTURE = join(CASE, 'worker1-ens5.pcap');

interface LoggedRecord {
  action: string;
  reporter: string;
  source_name: string;
  dest_port: number;
  start_time: string;
  end_time: string;
  policies: { enforced: Record<string, unknown>[]; pending: Record<string, unknown>[] };
}

const WHOLE = JSON.parse(readFileSync(join(CASE, 'topology/flows.json'), 'utf8')) as { items: LoggedRecord[] };
const [LEFT, DENIED, OTHERS] = WHOLE.items as [LoggedRecord, LoggedRecord, LoggedRecord];

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** The case's snapshot with other records. */
function snapshot(records: readonly LoggedRecord[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'overlens-flows-'));
  folders.push(folder);
  cpSync(join(CASE, 'topology'), folder, { recursive: true });
  writeFileSync(join(folder, 'flows.json'), records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return folder;
}

async function trace(records: readonly LoggedRecord[], captures = [CAPTURE]): Promise<Trace> {
  return traceCaptures({ captures, topology: await loadTopology([snapshot(records)]) });
}

/** What the capture shows by itself. */
// one fact: that TCP alone is silent tells why these SYNs are
const WITHOUT = ['icmp-only'];

const codesOf = ({ causes }: Trace): string[] => causes.map(({ code }) => code);

function silent(traced: Trace): TracedFlow {
  const flows = [...traced.flows()].filter(({ outcome }) => outcome === 'no-answer');
  expect(flows).toHaveLength(1);
  return flows[0] as TracedFlow;
}

describe('a denial of the receiver', () => {
  it('is the one cause, told by policy, tier, side, workloads and place', async () => {
    const traced = await trace(WHOLE.items);
    expect(codesOf(traced)).toEqual(['denied-by-policy']);
    const [cause] = traced.causes;
    expect(cause?.title).toBe(
      'what is sent to yaobank/database-6967b6c8d7-* is denied by policy yaobank/database-from-summary (CalicoNetworkPolicy, tier default)',
    );
    expect(cause?.also).toEqual([
      expect.stringMatching(
        /^denied by policy yaobank\/database-from-summary \(CalicoNetworkPolicy, tier default\), said by the flow log of its receiver for yaobank\/customer-687b8d8f74-\* to yaobank\/database-6967b6c8d7-\* tcp 5432 \(.*flows\.json:2\)$/,
      ),
    ]);
    expect(cause?.check[0]).toContain('database-from-summary -n yaobank -o yaml');
    const flow = silent(traced);
    expect(flow.findings.map(({ code }) => code)).toEqual(['no-reply', 'denied-by-policy']);
    expect(flow.policy).toMatchObject({ verdict: 'denied', denied: { reporter: 'dst' } });
  });

  it('keeps its letter under a filter', async () => {
    const { stdout } = await runCli([CAPTURE, '-t', join(CASE, 'topology'), '--finding', 'A', '-o', 'json']);
    const { causes, flows } = JSON.parse(stdout) as { causes: { id: string }[]; flows: { policy?: unknown }[] };
    expect(causes.map(({ id }) => id)).toEqual(['A']);
    expect(flows).toHaveLength(1);
    expect(flows[0]?.policy).toMatchObject({
      verdict: 'denied',
      denied: { reporter: 'dst', port: 5432, start: '2026-11-22T08:00:00Z', end: '2026-11-22T08:00:15Z' },
      allowed: null,
    });
  });

  it('says nothing of flows that were answered', async () => {
    const traced = await trace([{ ...DENIED, source_name: OTHERS.source_name }]);
    expect(codesOf(traced)).toEqual(WITHOUT);
    expect([...traced.flows()].filter(({ policy }) => policy !== undefined)).toEqual([]);
  });

  it('says nothing of another port, another time, or a staged policy', async () => {
    const staged = DENIED.policies.enforced.map((hit) => ({ ...hit, kind: 'StagedNetworkPolicy' }));
    for (const records of [
      [{ ...DENIED, dest_port: 80 }],
      [{ ...DENIED, start_time: '2026-11-22T09:00:00Z', end_time: '2026-11-22T09:00:15Z' }],
      [{ ...DENIED, action: 'Allow', policies: { enforced: [], pending: staged } }],
    ])
      expect(codesOf(await trace(records))).toEqual(WITHOUT);
  });

  it('is told by what selected the receiver where a tier ended', async () => {
    const trigger = { kind: 'NetworkPolicy', name: 'allow-web', namespace: 'yaobank', tier: 'default', action: 'Pass' };
    const end = { kind: 'EndOfTier', name: '', namespace: '', tier: 'default', action: 'Deny', trigger };
    const [cause] = (await trace([{ ...DENIED, policies: { enforced: [end], pending: [] } }])).causes;
    expect(cause?.title).toBe(
      'what is sent to yaobank/database-6967b6c8d7-* is denied by the end of tier default: policy yaobank/allow-web (NetworkPolicy, tier default) selects it, and no rule allows it',
    );
    expect(cause?.check[0]).toContain('get networkpolicies.networking.k8s.io allow-web -n yaobank');
  });
});

describe('what is no denial stands beside the silence', () => {
  const also = async (records: readonly LoggedRecord[]): Promise<readonly string[]> => {
    const { causes } = await trace(records);
    expect(causes.map(({ code }) => code)).toEqual(WITHOUT);
    return causes[0]?.also ?? [];
  };

  it('the receiver let it pass: it is not a policy', async () => {
    expect(await also([LEFT, { ...DENIED, action: 'Allow' }])).toEqual([
      expect.stringMatching(/^policy allows it, said by the flow log of its receiver .*: so it is not a policy$/),
    ]);
  });

  it('only the sender speaks', async () => {
    expect(await also([LEFT])).toEqual([
      expect.stringMatching(
        /^policy allows it, .* of its sender .*: so it is not a policy of its sender; the log has no/,
      ),
    ]);
  });

  it('the same side did both', async () => {
    expect(await also([DENIED, { ...DENIED, action: 'Allow' }])).toEqual([
      expect.stringMatching(
        /^policies both denied \(.*:1\) and allowed \(.*:2\) it at that time: the flow log adds up/,
      ),
    ]);
  });

  it('the sender denies what was seen to leave it', async () => {
    expect(await also([{ ...DENIED, reporter: 'Src' }])).toEqual([]);
  });
});

it('a SYN that was answered was not denied: the log is quoted, and is no cause', async () => {
  const folder = 'test/fixtures/cases/half-open';
  const log = snapshot([{ ...DENIED, dest_port: 80 }]);
  const topology = await loadTopology([join(folder, 'topology'), join(log, 'flows.json')]);
  const { causes } = await traceCaptures({ captures: [join(folder, 'worker1-ens5.pcap')], topology });
  expect(causes.map(({ code }) => code)).toEqual(['half-open']);
  expect(causes[0]?.also).toEqual([
    expect.stringMatching(/^denied by policy .*; yet it was answered here: another pod/),
  ]);
});

it('what stops inside the node of the receiver is denied there, not lost', async () => {
  const folder = 'test/fixtures/cases/lost-in-node';
  const log = snapshot([{ ...DENIED, dest_port: 80 }]);
  const topology = await loadTopology([join(folder, 'topology'), join(log, 'flows.json')]);
  const captures = ['worker1-ens5.pcap', 'worker1-cali0123456789a.pcap'].map((file) => join(folder, file));
  const traced = await traceCaptures({ captures, topology });
  expect(codesOf(traced)).toEqual(['denied-by-policy']);
});

it.each([
  ['overlay-rejected', ['control1-ens5.pcap']],
  ['tcp-lost-on-underlay', ['control1-ens5.pcap', 'worker1-ens5.pcap']],
])('what never came to the policies was not denied by them: %s', async (name, files) => {
  const folder = join('test/fixtures/cases', name);
  const log = snapshot([{ ...DENIED, dest_port: 80 }]);
  const topology = await loadTopology([join(folder, 'topology'), join(log, 'flows.json')]);
  const traced = await traceCaptures({ captures: files.map((file) => join(folder, file)), topology });
  expect(codesOf(traced)).not.toContain('denied-by-policy');
  expect([...traced.flows()].filter(({ policy }) => policy !== undefined)).toEqual([]);
});

it('hostile names do not reach the terminal, nor a command that is pasted', async () => {
  const name = 'x; rm -rf / \u001b[31m\u202e';
  const enforced = DENIED.policies.enforced.map((hit) => ({ ...hit, name }));
  const folder = snapshot([{ ...DENIED, policies: { enforced, pending: [] } }]);
  for (const output of [
    ['-o', 'table'],
    ['-o', 'wide'],
    ['-o', 'json'],
    ['-o', 'csv'],
    ['--finding', 'A'],
  ]) {
    const { stdout } = await runCli([CAPTURE, '-t', folder, ...output]);
    expect(stdout).not.toMatch(/[\u001b\u202e]/);
    expect(stdout).not.toMatch(/kubectl[^\n]*rm -rf/);
  }
  expect((await runCli(['topology', folder])).stdout).toContain('flow log');
});
