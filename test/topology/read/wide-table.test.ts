import { describe, expect, it } from 'vitest';
import { answer, factsOf, issueCodes, LAB_NODES, LAB_POOLS, problemsOf, topologyOf } from '../documents.ts';

const PODS = `NAMESPACE     NAME                        READY   STATUS      RESTARTS        AGE     IP             NODE       NOMINATED NODE   READINESS GATES
default       web-687b8d8f74-lmzqz        1/1     Running     3 (5d20h ago)   12d     10.48.0.130    control1   <none>           <none>
default       report-28490                0/1     Completed   0               3h      10.48.0.201    worker1    <none>           <none>
kube-system   kube-proxy-x7k2p            1/1     Running     0               12d     10.0.1.30      worker1    <none>           <none>
yaobank       pending-0                   0/1     Pending     0               1s      <none>         <none>     <none>           <none>
`;

describe('kubectl get pods -A -o wide', () => {
  const topology = topologyOf({ 'pods.txt': PODS, 'nodes.yaml': LAB_NODES, 'pools.yaml': LAB_POOLS });

  it('names pods, nodes and what has finished', () => {
    expect(
      topology.pods.map(({ namespace, name, nodeName, addresses, finished }) => [
        namespace,
        name,
        nodeName,
        addresses,
        finished,
      ]),
    ).toEqual([
      ['default', 'web-687b8d8f74-lmzqz', 'control1', ['10.48.0.130'], false],
      ['default', 'report-28490', 'worker1', ['10.48.0.201'], true],
      ['kube-system', 'kube-proxy-x7k2p', 'worker1', ['10.0.1.30'], false],
      ['yaobank', 'pending-0', null, [], false],
    ]);
    expect(topology.pods[1]?.ref).toEqual({ file: 'pods.txt', line: 3 });
  });

  it("a pod with its node's address uses its network", () => {
    expect(topology.pods[2]?.hostNetwork).toBe(true);
    expect(answer(topology.lookup('10.0.1.30'))).toBe('node @worker1 by node-address');
  });
});

/** As kubectl printed them of a server with these pods. */
const COLUMNS = `NAMESPACE     NAME                       STATUS    IPS                 NODE     HOSTNETWORK   HOSTIP     CREATED
shop          web                        Running   10.48.0.1,fd00::1   n1       <none>        10.0.0.1   2026-11-22T08:00:00Z
kube-system   hostnet                    Running   10.0.0.1            n1       true          10.0.0.1   2026-11-22T08:00:00Z
shop          job                        Failed    10.48.0.9           n1       <none>        10.0.0.1   2026-11-22T08:00:01Z
x             pending-with-a-long-name   Pending   <none>              <none>   <none>        <none>     <none>
`;

it('the columns that overlens snapshot asks for tell all that is read of a pod', () => {
  const { pods } = topologyOf({ 'pods.txt': COLUMNS });
  const facts = pods.map(
    ({ namespace, name, nodeName, addresses, hostNetwork, finished, created }) =>
      [`${namespace}/${name}`, nodeName, addresses.join(' '), hostNetwork, finished, created] as const,
  );
  const created = Date.UTC(2026, 10, 22, 8) / 1000;
  expect(facts).toEqual([
    ['shop/web', 'n1', '10.48.0.1 fd00::1', false, false, created],
    ['kube-system/hostnet', 'n1', '10.0.0.1', true, false, created],
    ['shop/job', 'n1', '10.48.0.9', false, true, created + 1],
    ['x/pending-with-a-long-name', null, '', false, false, null],
  ]);
});

describe('without -A there is no namespace column', () => {
  const text = PODS.split('\n')
    .slice(0, 2)
    .map((line) => line.slice(14))
    .join('\n');
  const podOf = (above: string) => factsOf({ p: `${above}${text}\n` }).pods[0];

  it('so that the namespace is not known, and no name is computed from it', () => {
    expect(podOf('')).toMatchObject({ namespace: '?', name: 'web-687b8d8f74-lmzqz', nodeName: 'control1' });
    expect(podOf('')?.hostInterface).toBeNull();
    expect(podOf('$ kubectl get pods -o wide\n')?.namespace).toBe('?');
  });

  it.each([
    'kubectl -n shop get pod -o wide',
    'kubectl get po --namespace=shop -o wide',
    'sudo kubectl get pods -nshop -o wide | head',
  ])('the command tells: %s', (command) => {
    expect(podOf(`me@laptop:~$ ${command}\n`)).toMatchObject({ namespace: 'shop', hostInterface: { computed: true } });
  });

  it('a pod of that name and address in another file tells too', () => {
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web-687b8d8f74-lmzqz, namespace: shop}\nspec: {nodeName: control1}\nstatus: {phase: Running, podIP: 10.48.0.130}\n';
    expect(topologyOf({ a: `${text}\n`, b: pod }).pods.map(({ namespace }) => namespace)).toEqual(['shop']);
    expect(topologyOf({ a: `${text}\n`, b: pod.replace('10.48.0.130', '10.48.0.131') }).pods).toHaveLength(2);
  });
});

it('columns that are no longer aligned are still cut', () => {
  const text =
    'NAMESPACE  NAME  READY  STATUS  RESTARTS  AGE  IP  NODE  NOMINATED NODE  READINESS GATES\ndefault  web-with-a-long-name  1/1  Running  0  12d  10.48.0.130  control1  <none>  <none>\n';
  expect(factsOf({ p: text }).pods[0]).toMatchObject({
    name: 'web-with-a-long-name',
    nodeName: 'control1',
    addresses: ['10.48.0.130'],
  });
});

it('kubectl get nodes -o wide', () => {
  const text = `NAME                                      STATUS   ROLES           AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE             KERNEL-VERSION   CONTAINER-RUNTIME
ip-10-0-1-20.eu-west-1.compute.internal   Ready    control-plane   12d   v1.30.1   10.0.1.20     <none>        Ubuntu 22.04.4 LTS   6.5.0-1020-aws   containerd://1.7.2
`;
  const [node] = topologyOf({ n: text }).nodes;
  expect(node).toMatchObject({
    name: 'ip-10-0-1-20.eu-west-1.compute.internal',
    named: true,
    annotated: false,
    computedVtepMac: '66:c9:ee:b1:9b:47',
  });
  expect(node?.addresses).toMatchObject([{ address: '10.0.1.20', source: 'InternalIP', prefixLength: null }]);
});

it('calicoctl get nodes -o wide', () => {
  const text =
    'NAME       ASN       IPV4           IPV6   \ncontrol1   (64512)   10.0.1.20/24          \nworker1    (64512)   10.0.1.30/24          \n';
  expect(
    topologyOf({ n: text }).nodes.map((node) => [node.name, node.bgpIPv4?.address, node.bgpIPv4?.prefixLength]),
  ).toEqual([
    ['control1', '10.0.1.20', 24],
    ['worker1', '10.0.1.30', 24],
  ]);
});

describe('pools', () => {
  const calicoctl = `NAME                  CIDR             NAT     IPIPMODE   VXLANMODE     DISABLED   DISABLEBGPEXPORT   SELECTOR   
default-ipv4-ippool   10.48.0.0/24     true    Never      CrossSubnet   false      false              all()      
flat-ippool           10.48.128.0/24   false   Never      Never         true       false              all()      
`;

  it('of calicoctl', () => {
    const topology = topologyOf({ p: calicoctl });
    expect(topology.pools).toMatchObject([
      {
        name: 'default-ipv4-ippool',
        cidr: '10.48.0.0/24',
        vxlanMode: 'CrossSubnet',
        natOutgoing: true,
        disabled: false,
        blockSize: 26,
        modeRef: { file: 'p', line: 2 },
      },
      { name: 'flat-ippool', vxlanMode: 'Never', natOutgoing: false, disabled: true },
    ]);
    expect(topology.poolsComplete).toBe(true);
  });

  it('of kubectl', () => {
    const text =
      'NAME                  CIDR           VXLAN    IPIP    NAT    ALLOCATABLE   AGE\ndefault-ipv4-ippool   10.48.0.0/24   Always   Never   true   True          5d\n';
    const topology = topologyOf({ p: text });
    expect(topology.pools).toMatchObject([
      { cidr: '10.48.0.0/24', vxlanMode: 'Always', ipipMode: 'Never', natOutgoing: true },
    ]);
    expect(topology.poolsComplete).toBe(false);
  });

  it('in a table and as object are one; what the table does not show is no contradiction', () => {
    const object =
      'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: default-ipv4-ippool}\nspec: {cidr: 10.48.0.0/24, blockSize: 28, vxlanMode: CrossSubnet, natOutgoing: true}\n';
    for (const files of [
      { a: object, b: calicoctl },
      { a: calicoctl, b: object },
    ]) {
      const topology = topologyOf(files);
      expect(topology.pools).toHaveLength(2);
      expect(issueCodes(topology)).toEqual(['warning disabled-pool']);
      expect(topology.pools[0]?.blockSize).toBe(28);
    }
  });

  it('with a CIDR or mode that is none are errors', () => {
    expect(
      problemsOf({ p: calicoctl.replace('10.48.0.0/24  ', '10.48.0.0/240 ').replace('CrossSubnet', 'crosssubnet') }),
    ).toEqual(['p:2: CIDR of IPPool default-ipv4-ippool is "10.48.0.0/240", expected a network like 10.48.0.0/16']);
    expect(problemsOf({ p: calicoctl.replace('CrossSubnet', 'crosssubnet') })).toEqual([
      'p:2: vxlanMode is "crosssubnet", expected Never, Always or CrossSubnet (did you mean CrossSubnet?)',
    ]);
  });

  it('without the columns that matter are told', () => {
    const topology = topologyOf({ p: 'NAME                  AGE\ndefault-ipv4-ippool   5d\n' });
    expect(topology.pools).toEqual([]);
    expect(issueCodes(topology)).toEqual(['warning unused-table']);
  });
});

it('kubectl get svc -A -o wide', () => {
  const text =
    'NAMESPACE     NAME       TYPE           CLUSTER-IP   EXTERNAL-IP   PORT(S)         AGE   SELECTOR\nkube-system   kube-dns   LoadBalancer   10.96.0.10   192.0.2.1     53/UDP,53/TCP   12d   k8s-app=kube-dns\n';
  expect(factsOf({ s: text }).services[0]).toMatchObject({
    namespace: 'kube-system',
    name: 'kube-dns',
    addresses: ['10.96.0.10', '192.0.2.1'],
  });
});

it('calicoctl get wep -o wide', () => {
  const text =
    'NAMESPACE   WORKLOAD   NODE      NETWORKS         INTERFACE         PROFILES      NATS\ndefault     db         worker1   10.48.0.200/32   cali1111111111a   kns.default\n';
  expect(factsOf({ w: text }).pods[0]).toMatchObject({
    namespace: 'default',
    name: 'db',
    nodeName: 'worker1',
    addresses: ['10.48.0.200'],
    hostInterface: { name: 'cali1111111111a', computed: false },
  });
});

it('several tables in one file, as `kubectl get nodes,pods -A -o wide` prints them', () => {
  const nodes =
    'NAMESPACE   NAME            STATUS   ROLES    AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE\n            node/worker1    Ready    <none>   12d   v1.30.1   10.0.1.30     <none>        Ubuntu\n';
  const pods =
    'NAMESPACE   NAME      READY   STATUS    RESTARTS   AGE   IP            NODE      NOMINATED NODE   READINESS GATES\ndefault     pod/db    1/1     Running   0          12d   10.48.0.200   worker1   <none>           <none>\n';
  const topology = topologyOf({ all: `${nodes}\n${pods}` });
  expect(topology.nodes[0]?.addresses[0]?.address).toBe('10.0.1.30');
  expect(topology.pods[0]).toMatchObject({ name: 'db', nodeName: 'worker1' });
});
