// Which policy may be why packets stop. Truth: Kubernetes' "Network Policies" page and Calico's reference (order, tiers, defaults).
import { describe, expect, it } from 'vitest';
import type { Direction } from '../../../src/topology/policies/policy-model.ts';
import { redactSnapshot } from '../../../src/topology/redact.ts';
import { type Files, LAB_NODES, LAB_POOLS, topologyOf } from '../documents.ts';

function pod(namespace: string, name: string, node: string, ip: string, labels = `{app: ${name}}`) {
  return `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}, labels: ${labels}}\nspec: {nodeName: ${node}}\nstatus: {phase: Running, podIP: ${ip}}\n`;
}

function namespace(name: string, labels: string) {
  return `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: ${labels}}\n`;
}

const PODS = [
  pod('shop', 'db', 'worker1', '10.48.0.200'),
  pod('shop', 'web', 'control1', '10.48.0.130'),
  pod('other', 'web', 'worker2', '10.48.0.10'),
].join('---\n');
const base = {
  'nodes.yaml': LAB_NODES,
  'pools.yaml': LAB_POOLS,
  'pods.yaml': PODS,
  'ns.yaml': [namespace('shop', '{team: a}'), namespace('other', '{team: b}')].join('---\n'),
};

const WEB = '10.48.0.130';
const OTHER = '10.48.0.10';

interface Asked {
  peer?: string;
  protocol?: string;
  port?: number | null;
  direction?: Direction;
}

/** `!` in front of what is certain. */
function candidates(files: Files, { peer = WEB, protocol = 'tcp', port = 5432, direction = 'ingress' }: Asked = {}) {
  const topology = topologyOf({ ...base, ...files });
  const db = topology.pods.find(({ name }) => name === 'db');
  if (db === undefined) throw new Error('no pod');
  const found = topology.policiesFor({ pod: db, direction, peer, protocol, port });
  return found.map(({ certain, text }) => `${certain ? '!' : '?'} ${text}`);
}

function policy(name: string, spec: string) {
  return `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: ${name}\n  namespace: shop\nspec:\n${spec.replace(/^/gm, '  ').trimEnd()}\n`;
}

function calico(name: string, spec: string, kind = 'NetworkPolicy') {
  const place = kind === 'NetworkPolicy' ? '\n  namespace: shop' : '';
  return `apiVersion: projectcalico.org/v3\nkind: ${kind}\nmetadata:\n  name: ${name}${place}\nspec:\n${spec.replace(/^/gm, '  ').trimEnd()}\n`;
}

const DENY_ALL = policy('deny-all', 'podSelector: {}\npolicyTypes: [Ingress]');
const allow = (from: string, ports = 'ports: [{port: 5432}]') =>
  policy('allow', `podSelector: {matchLabels: {app: db}}\ningress:\n- from: [${from}]\n  ${ports}`);
const SAID = '! shop/deny-all selects shop/db and allows no tcp 5432 from shop/web';

describe("Kubernetes' own", () => {
  it('a policy that selects the pod and allows nothing is a candidate', () => {
    expect(candidates({ p: DENY_ALL })).toEqual([SAID]);
    expect(candidates({})).toEqual([]);
    expect(candidates({ p: DENY_ALL }, { direction: 'egress' })).toEqual([]);
  });

  it('names its place', () => {
    const topology = topologyOf({ ...base, 'policies.yaml': `# kubectl get networkpolicies\n${DENY_ALL}` });
    const [db] = topology.pods;
    const found =
      db === undefined
        ? []
        : topology.policiesFor({ pod: db, direction: 'ingress', peer: WEB, protocol: 'tcp', port: 1 });
    expect(found.map(({ ref }) => ref)).toEqual([{ file: 'policies.yaml', line: 2 }]);
  });

  it('none is one where another allows the traffic', () => {
    expect(candidates({ p: DENY_ALL, q: allow('{podSelector: {matchLabels: {app: web}}}') })).toEqual([]);
  });

  it.each([
    ['another port', '{podSelector: {}}', 'ports: [{port: 80}]', {}],
    ['another protocol', '{podSelector: {}}', 'ports: [{port: 5432, protocol: UDP}]', {}],
    ['another pod', '{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [web]}]}}', '', {}],
    ['another namespace, by default', '{podSelector: {}}', '', { peer: OTHER }],
    ['a namespace of other labels', '{namespaceSelector: {matchLabels: {team: a}}}', '', { peer: OTHER }],
    ['another network', '{ipBlock: {cidr: 10.48.0.0/16, except: [10.48.0.128/26]}}', '', {}],
    ['no pod', '{podSelector: {}}', '', { peer: '192.0.2.9' }],
    ['no ICMP', '{podSelector: {}}', 'ports: [{port: 5432}]', { protocol: 'icmp', port: null }],
  ])('is one too where it allows: %s', (_, from, ports, asked) => {
    expect(candidates({ q: allow(from, ports) }, asked).map((text) => text.split(' and ')[0])).toEqual([
      '! shop/allow selects shop/db',
    ]);
  });

  it.each([
    ['a range of ports', '{podSelector: {}}', 'ports: [{port: 5000, endPort: 6000}]', {}],
    ['all ports', '{podSelector: {}}', '', { protocol: 'icmp', port: null }],
    [
      'the namespace by its name',
      '{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}}',
      '',
      { peer: OTHER },
    ],
    [
      'pod and namespace',
      '{namespaceSelector: {matchLabels: {team: b}}, podSelector: {matchLabels: {app: web}}}',
      '',
      { peer: OTHER },
    ],
    ['its network', '{ipBlock: {cidr: 10.48.0.0/16}}', '', {}],
  ])('is none where it allows: %s', (_, from, ports, asked) => {
    expect(candidates({ q: allow(from, ports) }, asked)).toEqual([]);
  });

  it('egress is asked of rules to', () => {
    const egress = policy(
      'out',
      'podSelector: {}\npolicyTypes: [Egress]\negress:\n- to: [{ipBlock: {cidr: 192.0.2.0/24}}]',
    );
    expect(candidates({ p: egress }, { direction: 'egress', peer: '192.0.2.9' })).toEqual([]);
    expect(candidates({ p: egress }, { direction: 'egress' })).toEqual([
      '! shop/out selects shop/db and allows no tcp 5432 to shop/web',
    ]);
    expect(candidates({ p: egress })).toEqual([]);
  });

  it("a node's own packets to its pods are always let in", () => {
    expect(candidates({ p: DENY_ALL }, { peer: '10.0.1.30' })).toEqual([]);
    expect(candidates({ p: DENY_ALL }, { peer: '10.0.1.31' })).toHaveLength(1);
  });

  it('what is not known is said to be open', () => {
    const named = allow('{podSelector: {}}', 'ports: [{port: postgres}]');
    expect(candidates({ q: named })).toEqual([
      '? shop/allow may select shop/db and allows no tcp 5432 from shop/web that the snapshot tells of',
    ]);
    // Without labels it cannot be told whom the policy selects, nor whom another allows.
    const pods =
      'NAMESPACE  NAME  STATUS   IPS           NODE      HOSTNETWORK\nshop       db    Running  10.48.0.200   worker1   <none>\nshop       web   Running  10.48.0.130   control1  <none>\n';
    expect(candidates({ 'pods.yaml': pods, q: allow('{podSelector: {}}', 'ports: [{port: 1}]') })[0]).toMatch(
      /^\? shop\/allow may select/,
    );
    expect(candidates({ 'pods.yaml': pods, p: DENY_ALL })).toEqual([SAID]);
    const labelled = pods
      .replace('HOSTNETWORK', 'HOSTNETWORK  LABELS')
      .replaceAll('<none>\n', '<none>       map[app:db zone:a]\n');
    expect(candidates({ 'pods.yaml': labelled, q: allow('{podSelector: {}}', 'ports: [{port: 1}]') })[0]).toMatch(
      /^! shop\/allow selects/,
    );
  });
});

describe("Calico's", () => {
  const DENY_DB = calico(
    'deny-db',
    "order: 100\nselector: app == 'db'\ntypes: [Ingress]\ningress:\n- action: Log\n- action: Deny\n  protocol: TCP\n  source: {selector: app == 'web'}\n  destination: {ports: [5432, '8000:8010']}",
  );

  it('a rule that denies is a candidate, with its own line', () => {
    expect(candidates({ p: DENY_DB })).toEqual(['! shop/deny-db denies tcp 5432 from shop/web']);
    expect(candidates({ p: DENY_DB }, { port: 8005 })).toHaveLength(1);
    const rest = candidates({ p: DENY_DB }, { port: 80 });
    expect(rest).toEqual(['! shop/deny-db selects shop/db and allows no tcp 80 from shop/web']);
  });

  it('the lower order decides', () => {
    const before = calico('allow-all', 'order: 10\nselector: all()\ningress:\n- action: Allow');
    expect(candidates({ p: DENY_DB, q: before })).toEqual([]);
    const after = calico('allow-all', 'order: 2000\nselector: all()\ningress:\n- action: Allow');
    expect(candidates({ p: DENY_DB, q: after })).toHaveLength(1);
    // Kubernetes' own stand at 1000.
    expect(candidates({ p: DENY_ALL, q: after })).toEqual([]);
    expect(candidates({ p: DENY_ALL, q: before })).toEqual([]);
  });

  it('a global one selects by namespace too', () => {
    const spec = (team: string) => `selector: all()\nnamespaceSelector: team == '${team}'\ntypes: [Ingress, Egress]`;
    expect(candidates({ p: calico('default-deny', spec('a'), 'GlobalNetworkPolicy') })).toEqual([
      '! GlobalNetworkPolicy default-deny selects shop/db and allows no tcp 5432 from shop/web',
    ]);
    expect(candidates({ p: calico('default-deny', spec('b'), 'GlobalNetworkPolicy') })).toEqual([]);
  });

  it('tiers come in their order, Pass goes to the next', () => {
    const tier = 'apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: security}\nspec: {order: 100}\n';
    const pass = calico(
      'security.pass',
      'tier: security\nselector: all()\ntypes: [Ingress]\ningress:\n- action: Pass',
      'GlobalNetworkPolicy',
    );
    expect(candidates({ t: tier, p: pass })).toEqual([]);
    expect(candidates({ t: tier, p: pass, q: DENY_ALL })).toEqual([SAID]);
    const silent = calico('security.some', 'tier: security\nselector: all()\ntypes: [Ingress]', 'GlobalNetworkPolicy');
    const allowed = allow('{podSelector: {}}');
    expect(candidates({ t: tier, p: silent, q: allowed })[0]).toMatch(/^! GlobalNetworkPolicy some selects/);
    expect(candidates({ t: tier.replace('100}', '100, defaultAction: Pass}'), p: silent, q: allowed })).toEqual([]);
  });

  it('selectors on others than pods, service accounts and ICMP types leave it open', () => {
    const by = (source: string) => calico('some', `selector: all()\ningress:\n- action: Allow\n  source: ${source}`);
    expect(candidates({ p: by("{selector: role == 'x'}") }, { peer: '192.0.2.9' })[0]).toMatch(/^\? /);
    expect(candidates({ p: by('{serviceAccounts: {names: [x]}}') })[0]).toMatch(/^\? /);
    expect(candidates({ p: by("{notSelector: app == 'web'}") })[0]).toMatch(/^! /);
    expect(candidates({ p: by("{namespaceSelector: team == 'b'}") }, { peer: OTHER })).toEqual([]);
  });

  it('rules for hosts are no pods’, and Kubernetes’ own are not read twice', () => {
    expect(
      candidates({ p: calico('host', 'selector: all()\npreDNAT: true\ntypes: [Ingress]', 'GlobalNetworkPolicy') }),
    ).toEqual([]);
    const copy = calico(
      'knp.default.deny-all',
      'order: 1000\nselector: projectcalico.org/orchestrator == "k8s"\ntypes: [Ingress]',
    );
    expect(candidates({ p: DENY_ALL, q: copy })).toEqual([SAID]);
    expect(candidates({ q: copy })).toHaveLength(1);
  });
});

it('stripped snapshots answer the same', () => {
  const files = { ...base, p: DENY_ALL, q: allow('{podSelector: {matchLabels: {app: db}}}') };
  const stripped = Object.fromEntries(
    Object.entries(files).map(([file, text]) => [file, redactSnapshot(text, file).text]),
  );
  expect(candidates(stripped)).toEqual(candidates(files));
  expect(candidates(files)).toHaveLength(2);
});
