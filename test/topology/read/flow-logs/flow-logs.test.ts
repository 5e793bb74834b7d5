// Flow logs in all the forms they come in. The records are written here, from what Calico documents of them.
import { describe, expect, it } from 'vitest';
import { redactSnapshot } from '../../../../src/topology/redact.ts';
import { factsOf, issueOf, poolYaml, topologyOf } from '../../documents.ts';

const RECORD = {
  start_time: '2026-03-01T10:00:00Z',
  end_time: '2026-03-01T10:00:15Z',
  action: 'Deny',
  source_name: 'web-85bfb6d759-*',
  source_namespace: 'shop',
  source_labels: 'app=web | secret=hunter2',
  dest_name: 'db-*',
  dest_namespace: 'shop',
  dest_labels: 'app=db',
  protocol: 'tcp',
  dest_port: 5432,
  reporter: 'Dst',
  policies: {
    enforced: [
      {
        kind: 'CalicoNetworkPolicy',
        name: 'deny-all',
        namespace: 'shop',
        tier: 'default',
        action: 'Deny',
        policy_index: 0,
        rule_index: 1,
        trigger: null,
      },
    ],
    pending: [{ kind: 'StagedNetworkPolicy', name: 'try', namespace: 'shop', tier: 'default', action: 'Allow' }],
  },
  packets_in: 3,
  packets_out: 0,
  bytes_in: 180,
  bytes_out: 0,
};

/** What it says, wherever it stands. */
const READ = {
  start: Date.UTC(2026, 2, 1, 10) / 1000,
  end: Date.UTC(2026, 2, 1, 10, 0, 15) / 1000,
  action: 'deny',
  reporter: 'dst',
  src: { kind: 'workload', namespace: 'shop', name: 'web-85bfb6d759-*' },
  dst: { kind: 'workload', namespace: 'shop', name: 'db-*' },
  service: null,
  protocol: 'tcp',
  port: 5432,
  enforced: [
    {
      kind: 'CalicoNetworkPolicy',
      namespace: 'shop',
      name: 'deny-all',
      tier: 'default',
      action: 'deny',
      trigger: null,
    },
  ],
};

const LINE = JSON.stringify(RECORD);

function records(text: string): unknown[] {
  const { policyVerdicts, issues, problems } = factsOf({ 'flows.x': text });
  expect(problems).toEqual([]);
  expect(issues).toEqual([]);
  return policyVerdicts;
}

function at(line: number): object {
  return { ...READ, ref: { file: 'flows.x', line } };
}

describe('the answer of the flow log server', () => {
  it('is read as a list', () => {
    const text = JSON.stringify([RECORD, RECORD], null, 1);
    expect(records(text)).toEqual([at(2), at(text.split('\n').lastIndexOf(' {') + 1)]);
    expect(records(`[${LINE}]`)).toEqual([at(1)]);
  });

  it('is read with its totals around it', () => {
    expect(records(`{"total": {"totalPages": 1}, "items": [\n${LINE},\n${LINE}]}`)).toEqual([at(2), at(3)]);
    expect(records('{"total": {"totalPages": 0}, "items": []}')).toEqual([]);
  });

  it('is read line by line, and as a stream of events', () => {
    expect(records(`${LINE}\n${LINE}\n`)).toEqual([at(1), at(2)]);
    expect(records(`: begin\n\nevent: flow\nid: 7\ndata: ${LINE}\n\ndata:${LINE}\n`)).toEqual([at(5), at(7)]);
  });

  it('tells networks from workloads by the namespace alone', () => {
    const outside = { ...RECORD, source_name: 'pub', source_namespace: '-' };
    expect(records(JSON.stringify([outside]))).toMatchObject([
      { src: { kind: 'network', namespace: null, name: 'pub' }, dst: { kind: 'workload' } },
    ]);
  });

  it('has the policy that selected an end behind the end of a tier', () => {
    const trigger = {
      kind: 'NetworkPolicy',
      name: 'allow-web',
      namespace: 'shop',
      tier: 'default',
      action: 'ActionUnspecified',
    };
    const enforced = [{ kind: 'EndOfTier', name: '', namespace: '', tier: 'default', action: 'Deny', trigger }];
    expect(records(JSON.stringify([{ ...RECORD, policies: { enforced, pending: [] } }]))).toMatchObject([
      { enforced: [{ kind: 'EndOfTier', action: 'deny', trigger: { name: 'allow-web', action: null } }] },
    ]);
  });
});

it('the longer record of a log store says the same', () => {
  const { source_name: _s, dest_name: _d, policies: _p, start_time: _t, end_time: _e, protocol, ...rest } = RECORD;
  const own = { source_name: '-', source_name_aggr: 'web-85bfb6d759-*', dest_name: '-', dest_name_aggr: 'db-*' };
  const all = ['0|default|shop/default.deny-all|deny|0', '1|default|shop/staged:default.try|allow|0'];
  const times = { start_time: READ.start, end_time: READ.end, source_type: 'wep', dest_type: 'wep' };
  const record = { ...rest, ...own, ...times, proto: protocol, action: 'deny', policies: { all_policies: all } };
  expect(records(JSON.stringify(record))).toEqual([at(1)]);
});

const TEXT = `- Time=2026-03-01 10:00:00 +0000 UTC Reporter=dst Action=Deny
  Src={wep(shop/web-85bfb6d759-*)} Dst={wep(shop/db-*) Svc:shop/db} Proto={tcp(5432) Svc:pg/15432}
  Counts={Ingress: 3Pkts/180Bytes Egress:0Pkts/0Bytes} Connections={Started:3 Completed:0 Live:0}
  Enforced:
  - kind:CalicoNetworkPolicy  name:"deny-all" namespace:"shop"  tier:"default"  action:Deny rule_index:1
  Pending:
  - kind:StagedNetworkPolicy  name:"try"  namespace:"shop"  tier:"default"  action:Allow
`;
const SERVICE = { namespace: 'shop', name: 'db', port: 15_432 };

describe('what a node prints of its flows', () => {
  it('is read, with the line that each record begins in', () => {
    expect(records(TEXT + TEXT)).toEqual([
      { ...at(1), service: SERVICE },
      { ...at(8), service: SERVICE },
    ]);
  });

  it('is read in another zone, without policies, and behind a prompt', () => {
    const plain = TEXT.replace('10:00:00 +0000 UTC', '11:30:00 +0130 XYZ').replaceAll(/ {2}- kind.*\n/g, '\n');
    expect(records(`$ kubectl exec ds/node -- node -flows 1\n${plain}`)).toEqual([
      { ...at(2), service: SERVICE, enforced: [] },
    ]);
  });

  it('has several policies on one line, and messages in messages', () => {
    const one =
      '  - kind:EndOfTier tier:"a b"  action:Deny  trigger:{kind:NetworkPolicy  name:"x\\"y"  namespace:"shop"}';
    const text = TEXT.replace(/ {2}- kind:Calico.*/, `  - kind:GlobalNetworkPolicy name:"g" action:Pass${one}`);
    expect(records(text)).toMatchObject([
      {
        enforced: [
          { kind: 'GlobalNetworkPolicy', name: 'g', action: 'pass', trigger: null },
          { kind: 'EndOfTier', tier: 'a b', trigger: { kind: 'NetworkPolicy', name: 'x"y', namespace: 'shop' } },
        ],
      },
    ]);
  });

  it('stands beside other outputs in one file', () => {
    const facts = factsOf({
      'log.txt': `10.48.0.192/26 via 10.0.1.30 dev ens5 proto 80\n${TEXT}10.0.1.0/24 dev ens5\n`,
    });
    expect(facts.policyVerdicts).toHaveLength(1);
    expect(facts.texts[0]?.routes).toHaveLength(2);
    expect(facts.issues).toEqual([]);
  });
});

describe('a broken record', () => {
  const whole = [poolYaml('pool', '10.48.0.0/16')].join('');

  it.each([
    ['no action that is known', JSON.stringify([{ ...RECORD, action: 'Dance' }, RECORD], null, 0), 'action', 1],
    ['no time', `[\n${JSON.stringify({ ...RECORD, start_time: 'soon' })},\n${LINE}]`, 'time', 2],
    ['no reporter', `[\n${JSON.stringify({ ...RECORD, reporter: 7 })},\n${LINE}]`, 'reporter', 2],
    ['no end', `[\n${JSON.stringify({ ...RECORD, dest_name: '' })},\n${LINE}]`, 'source and destination', 2],
    ['no protocol', `[\n${JSON.stringify({ ...RECORD, protocol: null })},\n${LINE}]`, 'protocol', 2],
    ['a line that was cut', `${LINE}\n${LINE.slice(0, 200)}`, 'JSON', 2],
    ['an event that was cut', `data: ${LINE}\n\ndata: ${LINE.slice(0, -1)}`, 'JSON', 3],
    ['a first line without ends', `${TEXT.split('\n')[0]}\n${TEXT}`, 'source and destination', 1],
    ['a time that is none', `${TEXT}${TEXT.replace('2026-03-01', '2026-13-41')}`, 'time', 8],
    ['a policy that is none', `${TEXT}${TEXT.replace('name:"deny-all"', 'name:"deny')}`, 'policy', 12],
  ])('with %s is one warning, and the rest is used', (_, text, what, line) => {
    const topology = topologyOf({ 'pools.yaml': whole, 'flows.x': text });
    expect(topology.policyVerdicts).toHaveLength(1);
    const issue = issueOf(topology, 'broken-flow-record');
    expect(issue.message).toContain(`has no ${what} `);
    expect(issue.refs).toEqual([{ file: 'flows.x', line }]);
    expect(topology.issues).toHaveLength(1);
  });
});

it('policies that are written without end are broken', () => {
  const text = TEXT.replace(/ {2}- kind:Calico.*/, `  - ${'a'.repeat(50_000)} ${'trigger:{'.repeat(20_000)}`);
  expect(factsOf({ 'flows.x': text }).issues.map(({ code }) => code)).toEqual(['broken-flow-record']);
});

it.each([
  ['list', JSON.stringify({ items: [RECORD, RECORD] }, null, 1)],
  ['lines', `${LINE}\n${LINE}\n`],
  ['events', `data: ${LINE}\n\ndata: ${LINE}\n`],
])('stripped %s keep what is read, and no labels', (_, text) => {
  const stripped = redactSnapshot(text, 'flows.x').text;
  expect(stripped).not.toMatch(/hunter2|labels|bytes/);
  const without = (one: string): unknown[] =>
    factsOf({ 'flows.x': one }).policyVerdicts.map(({ ref: _ref, ...rest }) => rest);
  expect(without(stripped)).toEqual(without(text));
});

it('objects of Kubernetes are no records', () => {
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x' }, action: 'Deny', reporter: 'dst' };
  const facts = factsOf({ 'all.json': JSON.stringify({ kind: 'List', apiVersion: 'v1', items: [job] }) });
  expect(facts.policyVerdicts).toEqual([]);
});
