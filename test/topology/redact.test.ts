// The stripped snapshot says all that the whole one says, and nothing else.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildTopology } from '../../src/topology/build.ts';
import type { Topology } from '../../src/topology/model.ts';
import { redactSnapshot } from '../../src/topology/redact.ts';
import { everyNth } from '../support/whole-matrix.ts';

function filesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesIn(path) : [path];
  });
}

const SNAPSHOTS = ['samples', 'test/fixtures/cases'].flatMap((root) =>
  readdirSync(root).flatMap((name) => {
    const folder = join(root, name, 'topology');
    return existsSync(folder) ? [folder] : [];
  }),
);

/** Facts without the lines they stand in, which are others. */
function factsOf({ nodes, pools, poolsComplete, pods, services, blocks, issues }: Topology): unknown {
  const facts = { nodes, pools, poolsComplete, pods, services, blocks, issues: issues.map(({ code }) => code).sort() };
  return JSON.parse(JSON.stringify(facts, (key, value) => (/^(ref|refs|modeRef)$/.test(key) ? undefined : value)));
}

test.each(everyNth(SNAPSHOTS, 3))('%s is the same cluster when it is stripped', (folder) => {
  const whole = filesIn(folder).map((file) => ({
    file,
    named: false,
    path: file.slice(folder.length + 1),
    text: readFileSync(file, 'utf8'),
  }));
  const stripped = whole.map((one) => ({ ...one, text: redactSnapshot(one.text, one.file).text }));
  expect(factsOf(buildTopology(stripped))).toEqual(factsOf(buildTopology(whole)));
});

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'cart',
    namespace: 'shop',
    creationTimestamp: '2026-11-22T08:00:00Z',
    annotations: { 'vault.example/token': 'hunter2', 'kubectl.kubernetes.io/last-applied-configuration': 'hunter2' },
    managedFields: [{ manager: 'hunter2' }],
  },
  spec: {
    nodeName: 'worker1',
    containers: [{ name: 'cart', args: ['--password=hunter2'], env: [{ name: 'PASSWORD', value: 'hunter2' }] }],
    volumes: [{ name: 'hunter2' }],
  },
  status: {
    phase: 'Running',
    podIP: '10.48.0.130',
    podIPs: [{ ip: '10.48.0.130' }, { ip: 'fd00::1' }],
    hostIP: '10.0.1.30',
  },
};
const SECRET = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, data: { password: 'hunter2' } };
const NODE = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: 'worker1',
    annotations: { 'projectcalico.org/IPv4Address': '10.0.1.30/24', 'other.example/x': 'hunter2' },
  },
};
const LIST = { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items: [POD, SECRET, NODE] };

describe('what pods are started with, annotations that are not read and secrets go', () => {
  test('from a List in JSON, which stays one', () => {
    const { text, kept, dropped } = redactSnapshot(JSON.stringify(LIST), 'a.json');
    expect(text).not.toContain('hunter2');
    expect({ kept, dropped }).toEqual({ kept: 2, dropped: 1 });
    expect(JSON.parse(text)).toMatchObject({
      kind: 'List',
      items: [{ kind: 'Pod', spec: { nodeName: 'worker1' } }, NODE_LEFT],
    });
    const { pods } = buildTopology([{ file: 'a.json', named: true, text }]);
    expect(pods).toMatchObject([{ name: 'cart', addresses: ['10.48.0.130', 'fd00::1'], nodeName: 'worker1' }]);
  });

  test('from several documents in YAML', () => {
    const text = [POD, SECRET, NODE].map((one) => `---\n${yamlOf(one)}`).join('\n');
    const redacted = redactSnapshot(text, 'a.yaml');
    expect(redacted.text).not.toContain('hunter2');
    expect(buildTopology([{ file: 'a.yaml', named: true, text: redacted.text }]).pods).toHaveLength(1);
  });

  test('from a raw API list, whose items have no kind', () => {
    const { kind: _kind, apiVersion: _version, ...bare } = POD;
    const { text } = redactSnapshot(JSON.stringify({ kind: 'PodList', apiVersion: 'v1', items: [bare] }), 'a.json');
    expect(text).not.toContain('hunter2');
    expect(buildTopology([{ file: 'a.json', named: true, text }]).pods).toHaveLength(1);
  });

  test('a secret alone leaves nothing', () => {
    expect(redactSnapshot(JSON.stringify(SECRET), 'a.json')).toEqual({ text: '\n', kept: 0, dropped: 1 });
  });
});

const NODE_LEFT = { kind: 'Node', metadata: { annotations: { 'projectcalico.org/IPv4Address': '10.0.1.30/24' } } };

/** Block style, as kubectl prints it. */
function yamlOf(value: unknown, indent = ''): string {
  if (Array.isArray(value))
    return value.map((one) => `${indent}- ${yamlOf(one, `${indent}  `).trimStart()}`).join('\n');
  if (typeof value !== 'object' || value === null) return `${indent}${JSON.stringify(value)}`;
  return Object.entries(value)
    .map(([key, one]) =>
      typeof one === 'object'
        ? `${indent}${key}:\n${yamlOf(one, `${indent}  `)}`
        : `${indent}${key}: ${JSON.stringify(one)}`,
    )
    .join('\n');
}

test('tables and the output of ip stay as they are', () => {
  const table =
    'NAMESPACE   NAME   READY   STATUS    RESTARTS   AGE   IP            NODE\nshop        cart   1/1     Running   0          5d    10.48.0.130   worker1\n';
  const routes = 'default via 10.0.1.1 dev ens5\n10.48.0.192/26 via 10.48.0.206 dev vxlan.calico onlink\n';
  for (const text of [table, routes]) expect(redactSnapshot(text, 'a.txt')).toEqual({ text, kept: 0, dropped: 0 });
});

test.each([
  [
    'kubectl describe',
    'Name:  cart\n    Environment:\n      PASSWORD:  hunter2\n',
    /^a\.txt:\d+: is nothing that is read here/,
  ],
  ['broken JSON', '{"kind": "Pod", "spec": {"env": "hunter2"', /^a\.txt(:\d+)?: cannot be read/],
  ['an empty file', '\n', /^a\.txt: holds nothing/],
])('what cannot be read is an error, not let through: %s', (_name, text, message) => {
  expect(() => redactSnapshot(text, 'a.txt')).toThrow(message);
});

test('of a ConfigMap no more than what is read of net-conf.json is left', () => {
  const text = `apiVersion: v1
kind: ConfigMap
metadata: {name: canal-config, namespace: kube-system}
data:
  cni-conf.json: '{"password": "hunter1"}'
  net-conf.json: '{"Network": "10.244.0.0/16", "pw": "hunter2", "Backend": {"Type": "vxlan", "PSK": "hunter3", "VNI": 7}}'
`;
  const redacted = redactSnapshot(text, 'net-conf.yaml');
  expect(redacted.text).not.toContain('hunter');
  expect(redacted.text).toContain('{"Network":"10.244.0.0/16","Backend":{"Type":"vxlan","VNI":7}}');
});
