// NetworkPolicies beside SYNs that nobody answers: named as candidates, where they select the pod and do not let the traffic in.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadTopology } from '../../../src/input/load-topology.ts';
import { traceCaptures } from '../../../src/trace.ts';

const CASE = 'test/fixtures/cases/denied-by-policy';
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function policy(name: string, spec: object): object {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: 'yaobank' },
    spec: { podSelector: {}, policyTypes: ['Ingress'], ...spec },
  };
}

/** What the causes of the silence say besides, with these policies in place of the flow log. */
async function said(...policies: object[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'overlens-policies-'));
  folders.push(folder);
  cpSync(join(CASE, 'topology'), folder, { recursive: true });
  rmSync(join(folder, 'flows.json'));
  writeFileSync(
    join(folder, 'policies.json'),
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: policies }, null, 1),
  );
  const { causes } = await traceCaptures({
    captures: [join(CASE, 'worker1-ens5.pcap')],
    topology: await loadTopology([folder]),
  });
  expect(causes.map(({ code }) => code)).not.toContain('denied-by-policy');
  return causes.flatMap(({ also }) => also).filter((text) => text.includes('polic'));
}

describe('a NetworkPolicy that lets the traffic in by no rule', () => {
  it('is named with its line, as what may be why', async () => {
    const [text, ...more] = await said(policy('deny-all', {}));
    expect(more).toEqual([]);
    expect(text).toMatch(/^a policy may be why: yaobank\/deny-all selects .* tcp 5432.*policies\.json:\d+\)$/);
  });

  it('is not named where another one lets it in, nor where it is of another port', async () => {
    const open = policy('open', { ingress: [{ ports: [{ protocol: 'TCP', port: 5432 }] }] });
    expect(await said(policy('deny-all', {}), open)).toEqual([]);
    expect(await said(open)).toEqual([]);
    expect(await said()).toEqual([]);
  });

  it('is not named where it selects other pods', async () => {
    expect(await said(policy('others', { podSelector: { matchLabels: { app: 'nobody' } } }))).toEqual([]);
  });
});
