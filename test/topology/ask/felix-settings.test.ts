// Felix's own order of its sources: environment, file, node.<name>, the oldest selector that takes the node, default.
import { describe, expect, it } from 'vitest';
import { redactSnapshot } from '../../../src/topology/redact.ts';
import { type Files, issueCodes, issueOf, LAB_NODES, LAB_POOLS, topologyOf } from '../documents.ts';

const felix = (name: string, spec: string, metadata = '') =>
  `apiVersion: crd.projectcalico.org/v1\nkind: FelixConfiguration\nmetadata: {name: ${name}${metadata}}\nspec: {${spec}}\n`;

const daemonSet = (env: string) => `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: calico-node, namespace: kube-system}
spec:
  template:
    spec:
      containers:
      - name: calico-node
        env:
${env}`;

const node = (name: string, labels: string) =>
  `apiVersion: v1\nkind: Node\nmetadata:\n  name: ${name}\n  labels: {${labels}}\n`;

const NODES = [node('gpu1', 'gpu: "yes", rack: r1'), node('gpu2', 'gpu: "yes"'), node('plain1', 'rack: r1')].join(
  '---\n',
);

function port(files: Files, name: string | null, field: 'vxlanPort' | 'vxlanVNI' | 'vxlanMTU' = 'vxlanPort') {
  return topologyOf(files).felix(name)[field];
}

describe('the order', () => {
  const files: Record<string, string> = {
    'nodes.yaml': NODES,
    'default.yaml': felix('default', 'vxlanPort: 4001, vxlanVNI: 4097, vxlanMTU: 1400'),
  };

  it('a stronger source overrules one setting and leaves the others', () => {
    expect(port(files, 'gpu1')?.value).toBe(4001);
    files['gpu.yaml'] = felix('gpu-nodes', "nodeSelector: gpu == 'yes', vxlanPort: 4002");
    expect([port(files, 'gpu1')?.value, port(files, 'plain1')?.value]).toEqual([4002, 4001]);
    expect(port(files, 'gpu1')).toMatchObject({ by: 'FelixConfiguration gpu-nodes', ref: { file: 'gpu.yaml' } });
    expect(port(files, 'gpu1', 'vxlanVNI')?.value).toBe(4097);
    files['node.yaml'] = felix('node.gpu1', 'vxlanPort: 4003');
    expect([port(files, 'gpu1')?.value, port(files, 'gpu2')?.value]).toEqual([4003, 4002]);
    files['gpu1/felix.cfg'] = '# written by hand\n[global]\nLogSeverityScreen = info\nvxlanport = 4004\n';
    expect(port(files, 'gpu1')).toEqual({ value: 4004, by: 'felix.cfg', ref: { file: 'gpu1/felix.cfg', line: 4 } });
    expect(port(files, 'gpu2')?.value).toBe(4002);
    files['ds.yaml'] = daemonSet('        - {name: FELIX_VXLANPORT, value: "4005"}\n');
    expect([port(files, 'gpu1')?.value, port(files, 'plain1')?.value, port(files, null)?.value]).toEqual([
      4005, 4005, 4005,
    ]);
    expect(port(files, 'gpu1', 'vxlanVNI')?.value).toBe(4097);
  });

  it('of several selectors only the oldest counts, whole', () => {
    const own = {
      'nodes.yaml': NODES,
      'a.yaml': felix('a', 'nodeSelector: has(gpu), vxlanPort: 4001', ', creationTimestamp: "2026-05-02T00:00:00Z"'),
      'b.yaml': felix('b', "nodeSelector: rack == 'r1', vxlanVNI: 5000", ', creationTimestamp: "2026-05-01T00:00:00Z"'),
    };
    expect([port(own, 'gpu1'), port(own, 'gpu1', 'vxlanVNI')?.value]).toEqual([null, 5000]);
    expect(port(own, 'gpu2')?.value).toBe(4001);
    expect(issueOf(topologyOf(own), 'overlapping-selectors').message).toBe(
      'gpu1 is selected by FelixConfigurations b and a: only the oldest counts, b',
    );
  });

  it('of selectors of one age the first by name counts', () => {
    const own = { 'nodes.yaml': NODES, b: felix('b', 'nodeSelector: all(), vxlanPort: 4002') };
    const both = { ...own, a: felix('a', 'nodeSelector: all(), vxlanPort: 4001') };
    expect([port(own, 'gpu1')?.value, port(both, 'gpu1')?.value]).toEqual([4002, 4001]);
  });
});

describe('a selector', () => {
  it('that is not understood is named, and applies to no node', () => {
    const topology = topologyOf({
      'nodes.yaml': NODES,
      f: felix('odd', 'nodeSelector: "gpu ~= yes", vxlanPort: 4001'),
    });
    expect(topology.felix('gpu1').vxlanPort).toBeNull();
    expect(issueOf(topology, 'unused-object').message).toBe(
      'FelixConfiguration odd: its nodeSelector "gpu ~= yes" is not understood: its values are not used',
    );
  });

  it('that is missing selects nothing', () => {
    const topology = topologyOf({ 'nodes.yaml': NODES, f: felix('lost', 'vxlanPort: 4001') });
    expect(topology.felix('gpu1').vxlanPort).toBeNull();
    expect(issueOf(topology, 'unused-object').message).toContain('has no nodeSelector');
  });

  it('is open where labels are not known', () => {
    const table =
      'NAME    STATUS   ROLES    AGE   VERSION   INTERNAL-IP\ngpu1    Ready    <none>   3d    v1.31.0   10.0.1.5\n';
    const topology = topologyOf({ 'nodes.txt': table, f: felix('gpu', 'nodeSelector: has(gpu), vxlanPort: 4001') });
    expect(topology.felix('gpu1').vxlanPort).toBeNull();
    expect(issueOf(topology, 'unused-object').message).toContain('gpu1 is not known, since their labels are not');
  });
});

describe('the environment', () => {
  it("is read for all that decides about tunnels, in Go's words", () => {
    const env = [
      '        - {name: FELIX_IPINIPMTU, value: "1440"}',
      '        - {name: felix_VXLANVNI, value: "0x1001"}',
      '        - {name: FELIX_BPFENABLED, value: "yes"}',
      '        - {name: FELIX_WIREGUARDLISTENINGPORTV6, value: "51900"}',
      '        - {name: FELIX_IPINIPENABLED, value: "F"}',
    ];
    const topology = topologyOf({ 'ds.yaml': daemonSet(`${env.join('\n')}\n`) });
    const { ipipMTU, vxlanVNI, bpfEnabled, wireguardListeningPortV6, ipipEnabled } = topology.felix(null);
    expect([ipipMTU, vxlanVNI, bpfEnabled, wireguardListeningPortV6, ipipEnabled].map((one) => one?.value)).toEqual([
      ...[1440, 4097, true, 51900, false],
    ]);
  });

  it('hides weaker sources where its value stands in another object', () => {
    const env =
      '        - name: FELIX_VXLANMTU\n          valueFrom: {configMapKeyRef: {name: calico-config, key: veth_mtu}}\n';
    const files = { 'ds.yaml': daemonSet(env), f: felix('default', 'vxlanMTU: 1400, vxlanVNI: 4097') };
    expect([port(files, null, 'vxlanMTU'), port(files, null, 'vxlanVNI')?.value]).toEqual([null, 4097]);
    expect(issueCodes(topologyOf(files))).not.toContain('warning unknown-value');
    const hidden = { 'ds.yaml': daemonSet(env.replace('VXLANMTU', 'VXLANPORT')) };
    expect(issueOf(topologyOf(hidden), 'unknown-value').message).toContain('comes from another object');
  });

  it('says of a value that is none what would be', () => {
    const text = daemonSet('        - {name: FELIX_VXLANMTU, value: "lots"}\n');
    expect(issueOf(topologyOf({ 'ds.yaml': text }), 'unknown-value').message).toBe(
      'FELIX_VXLANMTU is "lots", expected a number from 0 to 65535: not used',
    );
  });
});

describe('settings that nodes do not share', () => {
  it('are told, with who sets them', () => {
    const topology = topologyOf({
      ...{ 'nodes.yaml': NODES, 'pools.yaml': LAB_POOLS },
      'gpu.yaml': felix('gpu-nodes', 'nodeSelector: has(gpu), vxlanPort: 4002'),
    });
    expect(issueOf(topology, 'settings-differ').message).toBe(
      "the nodes' settings do not agree on the VXLAN UDP port: 4002 on gpu1 and gpu2 and 4789 on plain1: they drop each other's packets",
    );
    expect(Object.keys(topology.ownSettings({ name: 'gpu1' }))).toEqual(['vxlanPort']);
    expect(topology.ownSettings({ name: 'plain1' })).toEqual({});
  });

  it('switch a tunnel off for some', () => {
    const topology = topologyOf({
      ...{ 'nodes.yaml': LAB_NODES, 'pools.yaml': LAB_POOLS },
      'n.yaml': felix('node.worker1', 'vxlanEnabled: false'),
    });
    expect(issueOf(topology, 'vxlan-disabled').message).toBe(
      'FelixConfiguration node.worker1 says vxlanEnabled: false (for worker1), but IPPool default-ipv4-ippool asks for VXLAN Always: its routes cannot work',
    );
  });

  it('are an MTU that the device does not have', () => {
    const link = (mtu: number) =>
      `17: vxlan.calico: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu ${mtu} qdisc noqueue state UNKNOWN\n    link/ether 66:c9:ee:b1:9b:47 brd ff:ff:ff:ff:ff:ff\n`;
    const files = (mtu: number, spec: string) => ({
      ...{ 'nodes.yaml': LAB_NODES, 'pools.yaml': LAB_POOLS, 'control1/ip-link.txt': link(mtu) },
      'f.yaml': felix('default', spec),
    });
    expect(issueOf(topologyOf(files(1450, 'vxlanMTU: 1400')), 'device-mtu-differs').message).toBe(
      'control1: vxlan.calico has MTU 1450, but FelixConfiguration says vxlanMTU 1400',
    );
    for (const spec of ['vxlanMTU: 1450', 'vxlanMTU: 0', 'vxlanMTU: 1400, bpfEnabled: true'])
      expect(issueCodes(topologyOf(files(1450, spec)))).not.toContain('conflict device-mtu-differs');
  });
});

describe('felix.cfg', () => {
  it('is no file of another program with sections', () => {
    const topology = topologyOf({ 'nodes.yaml': NODES, 'gpu1/app.cfg': '[server]\nvxlanport = 4004\n' });
    expect(topology.felix('gpu1').vxlanPort).toBeNull();
  });

  it('says of a value that is none what would be', () => {
    const topology = topologyOf({ 'nodes.yaml': NODES, 'gpu1/felix.cfg': '[global]\nVXLANVNI: 99999999\n' });
    expect(issueOf(topology, 'unknown-value').message).toContain('expected a number from 1 to 16777215');
  });
});

it('what is stripped keeps the labels that selectors ask for, and all of the environment that is read', () => {
  const { text } = redactSnapshot(
    `${NODES}---\n${daemonSet('        - {name: FELIX_IPINIPMTU, value: "1440"}\n        - {name: SECRET, value: x9}\n')}`,
    's',
  );
  const topology = topologyOf({ s: text, f: felix('gpu', 'nodeSelector: has(gpu), vxlanPort: 4002') });
  expect([topology.felix('gpu1').vxlanPort?.value, topology.felix('gpu1').ipipMTU?.value]).toEqual([4002, 1440]);
  expect(text).not.toContain('x9');
});
