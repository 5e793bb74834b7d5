import { describe, expect, it } from 'vitest';
import { answer, issueCodes, LAB_POOLS, podYaml, topologyOf } from '../documents.ts';

// As `kubectl get nodes -o yaml | grep -B1 -i vxlan` prints it in the lab.
const EXCERPT = `      projectcalico.org/IPv4Address: 10.0.1.20/24
      projectcalico.org/IPv4VXLANTunnelAddr: 10.48.0.135
--
      projectcalico.org/IPv4Address: 10.0.1.30/24
      projectcalico.org/IPv4VXLANTunnelAddr: 10.48.0.206
--
      projectcalico.org/IPv4Address: 10.0.1.31/24
      projectcalico.org/IPv4VXLANTunnelAddr: 10.48.0.46
`;

describe('nodes without names', () => {
  const topology = topologyOf({ 'nodes.txt': EXCERPT, 'pools.yaml': LAB_POOLS });

  it('are named by their address', () => {
    expect(topology.nodes.map(({ name, named, annotated }) => [name, named, annotated])).toEqual([
      ['10.0.1.20', false, true],
      ['10.0.1.30', false, true],
      ['10.0.1.31', false, true],
    ]);
    expect(topology.nodes[1]?.bgpIPv4).toMatchObject({ prefixLength: 24, ref: { file: 'nodes.txt', line: 4 } });
    expect(topology.nodes[1]?.computedVtepMac).toBeNull();
  });

  it('own the blocks of their tunnel addresses', () => {
    expect(answer(topology.lookup('10.48.0.200'))).toBe('pod @10.0.1.30 by inferred-block');
    expect(answer(topology.lookup('10.48.0.206'))).toBe('tunnel @10.0.1.30 by tunnel-address');
    expect(topology.issues).toEqual([]);
  });

  it('one line of a node is enough', () => {
    const [node] = topologyOf({ n: 'projectcalico.org/IPv4VXLANTunnelAddr: 10.48.0.206\n' }).nodes;
    expect([node?.name, node?.tunnels.vxlan?.value]).toEqual(['10.48.0.206', '10.48.0.206']);
  });
});

describe('get their names', () => {
  it('from a table', () => {
    const table =
      'NAME      STATUS   ROLES    AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE\nworker1   Ready    <none>   12d   v1.30.1   10.0.1.30     <none>        Ubuntu\n';
    const topology = topologyOf({ a: EXCERPT, b: table });
    expect(topology.nodes.find((node) => node.name === 'worker1')?.tunnels.vxlan?.value).toBe('10.48.0.206');
    expect(topology.nodes).toHaveLength(3);
  });

  it('from the hostIP of a pod', () => {
    const pod = podYaml('db', 'worker1', '10.48.0.200').replace('podIP', 'hostIP: 10.0.1.30, podIP');
    const topology = topologyOf({ a: EXCERPT, b: pod, c: LAB_POOLS });
    expect(answer(topology.lookup('10.48.0.206'))).toBe('tunnel @worker1 by tunnel-address');
    expect(issueCodes(topology)).toEqual([]);
  });

  it('from a hostNetwork pod in a table', () => {
    const table =
      'NAMESPACE     NAME         READY   STATUS    RESTARTS   AGE   IP          NODE      NOMINATED NODE   READINESS GATES\nkube-system   kube-proxy   1/1     Running   0          12d   10.0.1.30   worker1   <none>           <none>\n';
    expect(
      topologyOf({ a: EXCERPT, b: table })
        .nodes.map((node) => node.name)
        .sort(),
    ).toEqual(['10.0.1.20', '10.0.1.31', 'worker1']);
  });

  it('from a wider grep, or from kubectl describe', () => {
    const grep =
      '      projectcalico.org/IPv4Address: 10.0.1.30/24\n      projectcalico.org/IPv4VXLANTunnelAddr: 10.48.0.206\n    name: worker1\n';
    const describeText =
      'Name:               worker1\nAnnotations:        projectcalico.org/IPv4Address: 10.0.1.30/24\n                    projectcalico.org/IPv4VXLANTunnelAddr: 10.48.0.206\n  InternalIP:  10.0.1.30\n';
    const json =
      '                    "projectcalico.org/IPv4Address": "10.0.1.30/24",\n                    "projectcalico.org/IPv4VXLANTunnelAddr": "10.48.0.206"\n                "name": "worker1",\n';
    for (const text of [grep, describeText, json]) {
      const [node] = topologyOf({ n: text }).nodes;
      expect([node?.name, node?.bgpIPv4?.address, node?.tunnels.vxlan?.value]).toEqual([
        'worker1',
        '10.0.1.30',
        '10.48.0.206',
      ]);
    }
  });
});

it('an annotation that is not valid is a warning', () => {
  expect(issueCodes(topologyOf({ n: EXCERPT.replace('10.48.0.206', '10.48.0.2060') }))).toEqual([
    'warning invalid-annotation',
  ]);
});
