import { describe, expect, it } from 'vitest';
import { factsOf, issueCodes, issueOf, listYaml, poolYaml, problemsOf, topologyOf } from '../../documents.ts';

const POOL = poolYaml('a', '10.48.0.0/24', 'vxlanMode: CrossSubnet');

describe('shapes', () => {
  const json = (value: unknown) => JSON.stringify(value, null, 4);
  const item = {
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'IPPool',
    metadata: { name: 'a' },
    spec: { cidr: '10.48.0.0/24', vxlanMode: 'CrossSubnet' },
  };
  it.each([
    ['kubectl YAML, one', POOL, false],
    ['kubectl YAML List', listYaml(POOL), true],
    ['kubectl JSON List', json({ apiVersion: 'v1', kind: 'List', items: [item] }), true],
    ['kubectl JSON, one', json(item), false],
    [
      'calicoctl IPPoolList',
      listYaml(POOL).replace('kind: List', 'kind: IPPoolList').replace('v1', 'projectcalico.org/v3'),
      true,
    ],
    ['calicoctl bare list', `- ${POOL.trimEnd().replaceAll('\n', '\n  ')}\n`, false],
    ['calicoctl bare JSON list', json([item]), false],
    [
      'raw API list, whose items have no kind',
      json({
        kind: 'IPPoolList',
        apiVersion: 'crd.projectcalico.org/v1',
        items: [{ metadata: item.metadata, spec: item.spec }],
      }),
      true,
    ],
    ['several documents', `---\n${POOL}---\n${poolYaml('b', '10.49.0.0/24')}`, false],
    ['a list that continues', json({ kind: 'List', metadata: { continue: 'abc' }, items: [item] }), false],
    [
      'one line of flow YAML',
      '{kind: IPPool, metadata: {name: a}, spec: {cidr: 10.48.0.0/24, vxlanMode: CrossSubnet}}',
      false,
    ],
  ])('%s', (_, text, complete) => {
    const topology = topologyOf({ 'pools.txt': text });
    expect(topology.pools[0]).toMatchObject({ name: 'a', cidr: '10.48.0.0/24', vxlanMode: 'CrossSubnet' });
    expect(topology.poolsComplete).toBe(complete);
    expect(topology.issues).toEqual([]);
  });

  it('calicoctl of version 1', () => {
    const text =
      'apiVersion: v1\nkind: ipPool\nmetadata:\n  cidr: 192.168.0.0/16\nspec:\n  ipip:\n    enabled: true\n    mode: cross-subnet\n  nat-outgoing: true\n';
    const [pool] = topologyOf({ 'pool.yaml': text }).pools;
    expect(pool).toMatchObject({
      name: '192.168.0.0/16',
      cidr: '192.168.0.0/16',
      ipipMode: 'CrossSubnet',
      natOutgoing: true,
    });
    expect(pool?.modeRef).toEqual({ file: 'pool.yaml', line: 6 });
  });

  it.each([
    ['IPIP', 'Always', 'Never'],
    ['IPIPCrossSubnet', 'CrossSubnet', 'Never'],
    ['VXLAN', 'Never', 'Always'],
    ['VXLANCrossSubnet', 'Never', 'CrossSubnet'],
    ['None', 'Never', 'Never'],
  ])('an operator Installation that asks for %s', (encapsulation, ipipMode, vxlanMode) => {
    const text = `apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: default}\nspec:\n  calicoNetwork:\n    ipPools:\n    - cidr: 10.48.0.0/24\n      encapsulation: ${encapsulation}\n      natOutgoing: Enabled\n`;
    const topology = topologyOf({ 'installation.yaml': text });
    expect(topology.pools[0]).toMatchObject({ name: 'default-ipv4-ippool', ipipMode, vxlanMode, natOutgoing: true });
    expect(topology.poolsComplete).toBe(false);
  });

  it('an empty List proves that there are none', () => {
    expect(
      topologyOf({ 'a.json': '{"kind": "IPPoolList", "apiVersion": "projectcalico.org/v3", "items": []}' })
        .poolsComplete,
    ).toBe(true);
    expect(topologyOf({ 'a.json': '{"kind": "List", "apiVersion": "v1", "items": []}' }).poolsComplete).toBe(false);
  });
});

describe('defaults', () => {
  it.each([
    ['10.48.0.0/16', 26],
    ['fd00:10:48::/48', 122],
    ['10.48.0.0/28', 28],
  ])('of %s', (cidr, blockSize) => {
    const [pool] = topologyOf({
      'p.yaml': `kind: IPPool\napiVersion: projectcalico.org/v3\nmetadata:\n  name: a\nspec:\n  cidr: ${cidr}\n`,
    }).pools;
    expect(pool).toEqual({
      name: 'a',
      cidr,
      blockSize,
      ipipMode: 'Never',
      vxlanMode: 'Never',
      natOutgoing: false,
      disabled: false,
      nodeSelector: 'all()',
      allowedUses: ['Workload', 'Tunnel'],
      ref: { file: 'p.yaml', line: 1 },
      modeRef: { file: 'p.yaml', line: 1 },
    });
  });

  it('empty and null fields are not set', () => {
    const text = poolYaml('a', '10.48.0.0/24', 'vxlanMode: "", ipipMode: null, blockSize: 0, allowedUses: []');
    expect(topologyOf({ 'p.yaml': text }).pools[0]).toMatchObject({
      vxlanMode: 'Never',
      ipipMode: 'Never',
      blockSize: 26,
      allowedUses: ['Workload', 'Tunnel'],
    });
  });
});

describe('errors', () => {
  it('are all told at once, each with file, line and what was expected', () => {
    const text = `apiVersion: v1
kind: List
items:
- apiVersion: projectcalico.org/v3
  kind: IPPool
  metadata: {name: a}
  spec:
    cidr: 10.48.0.0/33
- apiVersion: projectcalico.org/v3
  kind: IPPool
  metadata: {name: b}
  spec:
    cidr: 10.49.0.5/24
- apiVersion: projectcalico.org/v3
  kind: IPPool
  metadata: {name: c}
  spec:
    blockSize: 12
    cidr: 10.50.0/24
    vxlanMode: always
    ipipMode: cross-subnet
- apiVersion: projectcalico.org/v3
  kind: IPPool
  metadata: {name: d}
  spec: {vxlanMode: Sometimes}
`;
    expect(problemsOf({ 'pools.yaml': text })).toEqual([
      'pools.yaml:8: cidr of IPPool a is "10.48.0.0/33", expected a network like 10.48.0.0/16',
      'pools.yaml:13: cidr of IPPool b is "10.49.0.5/24", expected 10.49.0.0/24 (no host bits)',
      'pools.yaml:19: cidr of IPPool c is "10.50.0/24", expected a network like 10.48.0.0/16',
      'pools.yaml:18: blockSize is 12, expected a number from 20 to 32',
      'pools.yaml:21: ipipMode is "cross-subnet", expected Never, Always or CrossSubnet (did you mean CrossSubnet?)',
      'pools.yaml:20: vxlanMode is "always", expected Never, Always or CrossSubnet (did you mean Always?)',
      'pools.yaml:25: IPPool d has no cidr, expected a network like 10.48.0.0/16',
      'pools.yaml:25: vxlanMode is "Sometimes", expected Never, Always or CrossSubnet',
    ]);
  });

  it.each([
    ['a text in JSON, of an object with a method’s name', '{"toString": 1}', '{"toString":1}'],
    ['a list', '[Always]', '["Always"]'],
    ['a number', '12', '12'],
    ['bytes, by a tag that is not read', '!!binary QWx3YXlz', 'QWx3YXlz'],
    ['a set, by such a tag', '!!set {Always}', '{"Always":null}'],
  ])('a mode that is %s', (_, written, shown) => {
    const text = POOL.replace('vxlanMode: CrossSubnet', `vxlanMode: ${written}`);
    expect(problemsOf({ 'p.yaml': text })).toEqual([
      expect.stringContaining(`vxlanMode is "${shown}", expected Never, Always or CrossSubnet`),
    ]);
  });

  it.each(['ippool', 'IPpool', 'IPPools', 'ip-pool'])('a kind written %s', (kind) => {
    expect(problemsOf({ 'p.yaml': POOL.replace('IPPool', kind) })).toEqual([
      `p.yaml:2: kind is "${kind}" (apiVersion projectcalico.org/v3), expected IPPool of projectcalico.org/v3 or crd.projectcalico.org/v1`,
    ]);
  });

  it('a pool under another kind of Calico, or under none', () => {
    expect(problemsOf({ 'p.yaml': POOL.replace('IPPool', 'BGPPeer') })[0]).toMatch(/^p.yaml:2: kind is "BGPPeer"/);
    expect(problemsOf({ 'p.yaml': POOL.replace('kind: IPPool\n', '') })[0]).toMatch(
      /^p.yaml:1: this object has no kind, expected IPPool/,
    );
  });

  it('the pool of another project is named as what it is', () => {
    const metallb =
      'apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: a}\nspec: {addresses: [10.0.0.0/24]}\n';
    expect(problemsOf({ 'p.yaml': metallb })[0]).toMatch(
      /^p.yaml:null: holds no object that is read \(found: IPAddressPool\), expected IPPool/,
    );
    const whereabouts =
      'apiVersion: whereabouts.cni.cncf.io/v1alpha1\nkind: IPPool\nmetadata: {name: a}\nspec: {range: 10.0.0.0/24}\n';
    expect(problemsOf({ 'p.yaml': whereabouts })[0]).toMatch(/found: IPPool/);
  });

  it('an encapsulation that the operator does not know', () => {
    const text =
      'apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: default}\nspec: {calicoNetwork: {ipPools: [{cidr: 10.48.0.0/24, encapsulation: Vxlan}]}}\n';
    expect(problemsOf({ 'i.yaml': text })).toEqual([
      'i.yaml:4: encapsulation is "Vxlan", expected one of IPIP, IPIPCrossSubnet, VXLAN, VXLANCrossSubnet, None',
    ]);
  });
});

it('a use that is not known is a warning', () => {
  const topology = topologyOf({ 'p.yaml': poolYaml('a', '10.48.0.0/24', 'allowedUses: [Workload, Gateway]') });
  expect(topology.pools[0]?.allowedUses).toEqual(['Workload']);
  expect(issueCodes(topology)).toEqual(['warning unknown-value']);
});

describe('one pool given twice', () => {
  it('and equal in both API groups is one', () => {
    const topology = topologyOf({ a: POOL, b: POOL.replace('projectcalico.org/v3', 'crd.projectcalico.org/v1') });
    expect(topology.pools).toHaveLength(1);
    expect(topology.issues).toEqual([]);
  });

  it('and different is a conflict: the first counts', () => {
    const before = poolYaml('a', '10.48.0.0/24', 'vxlanMode: Never');
    const topology = topologyOf({ 'before.yaml': before, 'after.yaml': poolYaml('a', '10.48.0.0/24') });
    expect(topology.pools[0]?.vxlanMode).toBe('Never');
    expect(issueOf(topology, 'duplicate-object').message).toBe(
      'IPPool a: vxlanMode is Never (before.yaml:4) and Always (after.yaml:4): the first counts',
    );
  });

  it('leaves a default out in one of them: different too', () => {
    const topology = topologyOf({
      a: poolYaml('a', '10.48.0.0/24'),
      b: poolYaml('a', '10.48.0.0/24', 'disabled: false'),
    });
    expect(issueOf(topology, 'duplicate-object').message).toContain('vxlanMode is Always');
  });

  it('what an Installation asks for is compared by CIDR', () => {
    const installation =
      'apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: default}\nspec: {calicoNetwork: {ipPools: [{cidr: 10.48.0.0/24, encapsulation: IPIP}]}}\n';
    const topology = topologyOf({ 'i.yaml': installation, 'p.yaml': POOL });
    expect(topology.pools.map((pool) => pool.name)).toEqual(['a']);
    expect(topology.issues.map((issue) => issue.code)).toEqual(['duplicate-object', 'duplicate-object']);
  });
});

it('keeps names as they are written', () => {
  const name = 'a\x1b[31m<b>';
  expect(
    factsOf({ 'p.json': JSON.stringify({ kind: 'IPPool', metadata: { name }, spec: { cidr: '10.0.0.0/8' } }) }).pools[0]
      ?.name,
  ).toBe(name);
});
