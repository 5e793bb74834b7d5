import { describe, expect, it } from 'vitest';
import { answer, issueCodes, issueOf, LAB_NODES, LAB_POOLS, listYaml, podYaml, topologyOf } from '../documents.ts';

const pod = (more: object) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'default' }, ...more });

describe('a Pod', () => {
  it('has name, node, addresses, age and interface', () => {
    const text = `apiVersion: v1
kind: Pod
metadata:
  creationTimestamp: "2024-03-01T10:00:00Z"
  name: nginx
spec:
  nodeName: worker1
status:
  hostIP: 10.0.1.30
  phase: Running
  podIP: 10.48.0.200
  podIPs:
  - ip: 10.48.0.200
  - ip: FD00:10::C8
`;
    expect(topologyOf({ 'p.yaml': text }).pods).toEqual([
      {
        namespace: 'default',
        name: 'nginx',
        nodeName: 'worker1',
        addresses: ['10.48.0.200', 'fd00:10::c8'],
        hostNetwork: false,
        finished: false,
        created: 1709287200,
        labels: {},
        hostInterface: { name: 'calic440f455693', computed: true },
        ref: { file: 'p.yaml', line: 1 },
      },
    ]);
  });

  it.each([
    ['status.podIP', { status: { podIP: '10.48.0.1' } }],
    [
      'Calico podIPs',
      { metadata: { name: 'web', annotations: { 'cni.projectcalico.org/podIPs': '10.48.0.1/32,fd00::1/128' } } },
    ],
    ['Calico podIP', { metadata: { name: 'web', annotations: { 'cni.projectcalico.org/podIP': '10.48.0.1/32' } } }],
    ['AWS pod-ips', { metadata: { name: 'web', annotations: { 'vpc.amazonaws.com/pod-ips': '10.48.0.1' } } }],
  ])('takes its address from %s', (_, more) => {
    expect(topologyOf({ p: pod(more) }).pods[0]?.addresses[0]).toBe('10.48.0.1');
  });

  it.each([
    ['Succeeded', { status: { phase: 'Succeeded', podIP: '10.48.0.1' } }],
    ['Failed', { status: { phase: 'Failed', podIP: '10.48.0.1' } }],
    [
      'deleted and released',
      {
        metadata: {
          name: 'web',
          deletionTimestamp: '2024-03-01T10:00:00Z',
          annotations: { 'cni.projectcalico.org/podIP': '' },
        },
        status: { phase: 'Running', podIP: '10.48.0.1' },
      },
    ],
  ])('that is %s has finished', (_, more) => {
    expect(topologyOf({ p: pod(more) }).pods[0]?.finished).toBe(true);
  });

  it('that is being deleted still has its address', () => {
    const more = {
      metadata: {
        name: 'web',
        deletionTimestamp: '2024-03-01T10:00:00Z',
        annotations: { 'cni.projectcalico.org/podIP': '10.48.0.1/32' },
      },
      status: { phase: 'Running', podIP: '10.48.0.1' },
    };
    expect(topologyOf({ p: pod(more) }).pods[0]?.finished).toBe(false);
  });

  it('names a node that no Node object describes, with its hostIP', () => {
    const [node] = topologyOf({
      p: pod({ spec: { nodeName: 'worker9' }, status: { podIP: '10.48.0.1', hostIP: '10.0.1.39' } }),
    }).nodes;
    expect(node).toMatchObject({ name: 'worker9', named: true, annotated: false });
    expect(node?.addresses).toMatchObject([{ address: '10.0.1.39', source: 'hostIP', prefixLength: null }]);
  });

  it('with hostNetwork is no owner of the node address', () => {
    const text = pod({
      spec: { nodeName: 'worker1', hostNetwork: true },
      status: { podIP: '10.0.1.30', phase: 'Running' },
    });
    expect(answer(topologyOf({ n: LAB_NODES, p: text }).lookup('10.0.1.30'))).toBe('node @worker1 by node-address');
  });
});

describe('a WorkloadEndpoint', () => {
  const endpoint = (namespace = 'default', node = 'worker1') => `apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata:
  name: worker1-k8s-db-eth0
  namespace: ${namespace}
spec:
  containerID: abc
  endpoint: eth0
  interfaceName: cali1111111111a
  ipNetworks:
  - 10.48.0.200/32
  node: ${node}
  orchestrator: k8s
  pod: db
`;

  it('states a pod with its written interface', () => {
    expect(topologyOf({ w: endpoint() }).pods).toMatchObject([
      {
        namespace: 'default',
        name: 'db',
        nodeName: 'worker1',
        addresses: ['10.48.0.200'],
        hostInterface: { name: 'cali1111111111a', computed: false },
      },
    ]);
  });

  it('completes its Pod', () => {
    const topology = topologyOf({ p: podYaml('db', 'worker1', '10.48.0.200'), w: endpoint() });
    expect(topology.pods).toHaveLength(1);
    expect(topology.pods[0]?.hostInterface?.name).toBe('cali1111111111a');
    expect(topology.issues).toEqual([]);
  });

  it('that names another node than its Pod is a conflict, and the Pod counts', () => {
    const topology = topologyOf({ w: endpoint('default', 'worker2'), p: podYaml('db', 'worker1', '10.48.0.200') });
    expect(topology.pods[0]?.nodeName).toBe('worker1');
    expect(issueOf(topology, 'duplicate-object').message).toBe(
      'Pod default/db: node is worker1 (p:1) and worker2 (w:1): the first counts',
    );
  });
});

describe('services', () => {
  const service = `apiVersion: v1
kind: Service
metadata: {name: dns, namespace: kube-system}
spec: {clusterIP: 10.96.0.10, clusterIPs: [10.96.0.10, 'fd00:96::a'], externalIPs: [192.0.2.1]}
status: {loadBalancer: {ingress: [{ip: 192.0.2.2}]}}
`;
  it('have ClusterIPs, external and load balancer addresses', () => {
    const topology = topologyOf({ p: LAB_POOLS, n: LAB_NODES, s: service });
    for (const address of ['10.96.0.10', 'fd00:96::a', '192.0.2.1', '192.0.2.2']) {
      const owner = topology.lookup(address);
      expect([owner.kind, owner.namespace, owner.node]).toEqual(['service', 'kube-system', null]);
      expect(owner.service).toBe('kube-system/dns');
    }
    expect(topology.lookup('10.96.0.11').kind).toBe('external');
  });

  it('without an address (headless) have none', () => {
    expect(
      topologyOf({ s: service.replaceAll(/clusterIP.*\]}/g, 'clusterIP: None}').replace(/status.*/, '') }).services[0]
        ?.addresses,
    ).toEqual([]);
  });

  it('endpoint slices name pods that have no Pod object', () => {
    const slice = `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: db-x1, namespace: default, labels: {kubernetes.io/service-name: db}}
addressType: IPv4
endpoints:
- addresses: [10.48.0.200]
  nodeName: worker1
  targetRef: {kind: Pod, name: db-0, namespace: default}
- addresses: [10.0.1.30]
  nodeName: worker1
  targetRef: {kind: Pod, name: host, namespace: default}
`;
    const topology = topologyOf({ p: LAB_POOLS, n: LAB_NODES, s: slice });
    expect(answer(topology.lookup('10.48.0.200'))).toBe('pod default/db-0 @worker1 by pod');
    expect(topology.pods[1]?.hostNetwork).toBe(true);
    expect(answer(topology.lookup('10.0.1.30'))).toBe('node @worker1 by node-address');
  });

  const outside = `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: ledger-x1, namespace: shop, labels: {kubernetes.io/service-name: ledger}}
addressType: IPv4
endpoints:
- addresses: [192.0.2.7]
- addresses: [10.0.1.30]
- addresses: [10.48.0.200]
`;
  const endpoints = `apiVersion: v1
kind: Endpoints
metadata: {name: kubernetes, namespace: default}
subsets:
- addresses: [{ip: 192.0.2.9}]
`;

  it('name what they lead to outside the cluster, and own nothing by that', () => {
    const given = { p: LAB_POOLS, n: LAB_NODES, w: podYaml('web', 'worker1', '10.48.0.200') };
    const [without, topology] = [topologyOf(given), topologyOf({ ...given, s: outside, e: endpoints })];
    expect(topology.lookup('192.0.2.7')).toMatchObject({ kind: 'external', node: null, service: 'shop/ledger' });
    expect(topology.lookup('192.0.2.9').service).toBe('default/kubernetes');
    for (const address of ['192.0.2.7', '192.0.2.9', '10.0.1.30', '10.48.0.200', '10.48.0.201']) {
      const { service: _, evidence: _e, ...owner } = topology.lookup(address);
      const { evidence: _w, ...before } = without.lookup(address);
      expect({ ...owner, node: owner.node?.name }).toEqual({ ...before, node: before.node?.name });
    }
    // nodes and pods have names of their own
    expect([topology.lookup('10.0.1.30').service, topology.lookup('10.48.0.200').service]).toEqual([
      undefined,
      undefined,
    ]);
    expect([topology.pods.length, topology.services]).toEqual([1, []]);
  });
});

it('a kind that is not read is told, not dropped', () => {
  const policy = 'apiVersion: projectcalico.org/v3\nkind: HostEndpoint\nmetadata: {name: a}\n';
  const topology = topologyOf({ 'all.yaml': listYaml(podYaml('web', 'control1', '10.48.0.130'), policy, policy) });
  expect(topology.pods).toHaveLength(1);
  expect(issueOf(topology, 'unused-object').message).toBe('all.yaml: not used: 2 HostEndpoint');
});

it('an object without name is told', () => {
  expect(issueCodes(topologyOf({ p: 'apiVersion: v1\nkind: Pod\nspec: {nodeName: a}\n' }))).toEqual([
    'warning incomplete-object',
  ]);
});
