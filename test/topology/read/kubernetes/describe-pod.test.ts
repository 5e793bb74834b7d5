// `kubectl describe pod`: where the pod is and which addresses it has; what else is described alike is no pod.
import { expect, it } from 'vitest';
import { factsOf, topologyOf } from '../../documents.ts';

const POD = `Name:             web-0
Namespace:        shop
Service Account:  default
Node:             n1/10.0.1.20
Labels:           app=web
Annotations:      cni.projectcalico.org/podIP: 10.48.0.130/32
Status:           Running
IP:               10.48.0.130
IPs:
  IP:           10.48.0.130
  IP:           fd00:10:48::82
Containers:
  web:
    Image:          nginx
`;

const told = (text: string): string[] =>
  factsOf({ 'd.txt': text }).pods.map(
    (pod) =>
      `${pod.namespace}/${pod.name} ${pod.addresses} ${pod.nodeName} ${pod.hostIP} ${pod.hostNetwork} ${pod.finished}`,
  );

it('one after another', () => {
  const other = POD.replace('web-0', 'job-1').replaceAll('10.48.0.130', '10.0.1.20').replace('Running', 'Succeeded');
  expect(told(`$ kubectl -n shop describe pods\n${POD}\n\n${other}`)).toEqual([
    'shop/web-0 10.48.0.130,fd00:10:48::82 n1 10.0.1.20 false false',
    'shop/job-1 10.0.1.20,fd00:10:48::82 n1 10.0.1.20 true true',
  ]);
});

it('the node has the address that is written behind its name', () => {
  expect(topologyOf({ 'd.txt': POD }).nodes.map(({ name, addresses }) => [name, addresses[0]?.address])).toEqual([
    ['n1', '10.0.1.20'],
  ]);
});

it.each([
  ['not scheduled', POD.replace('n1/10.0.1.20', '<none>')],
  ['a Service', POD.replace(/^Node:.*\n/m, '')],
  ['a PersistentVolume', POD.replace('n1/10.0.1.20', 'n1')],
])('%s is no pod on a node', (_, text) => {
  expect(told(`${text}10.48.0.192/26 via 10.0.1.30 dev ens5\n`)).toEqual([]);
});
