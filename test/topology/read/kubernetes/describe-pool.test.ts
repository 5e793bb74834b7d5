// IPPools as kubectl describes them.
import { expect, it } from 'vitest';
import { problemsOf, topologyOf } from '../../documents.ts';

const POOL = `Name:         blue
Namespace:
Labels:       <none>
Annotations:  projectcalico.org/metadata: {"creationTimestamp":null}
API Version:  crd.projectcalico.org/v1
Kind:         IPPool
Metadata:
  Creation Timestamp:  2024-05-01T10:00:00Z
  Resource Version:    1722
Spec:
  Allowed Uses:
    Workload
    Tunnel
  Block Size:     27
  Cidr:           10.48.0.0/24
  Ipip Mode:      Never
  Nat Outgoing:   true
  Node Selector:  all()
  Vxlan Mode:     CrossSubnet
Events:           <none>
`;

const told = (text: string) =>
  topologyOf({ 'd.txt': text }).pools.map((pool) => [
    pool.name,
    pool.cidr,
    pool.vxlanMode,
    pool.blockSize,
    pool.natOutgoing,
    pool.modeRef.line,
  ]);

it('are read, with the lines of their fields', () => {
  expect(told(POOL)).toEqual([['blue', '10.48.0.0/24', 'CrossSubnet', 27, true, 19]]);
});

it('one after another, behind a prompt', () => {
  const other = POOL.replace('blue', 'red').replace('10.48.0.0/24', '10.49.0.0/16').replace('CrossSubnet', 'Always');
  expect(told(`$ kubectl describe ippools\n${POOL}\n\n${other}`)).toEqual([
    ['blue', '10.48.0.0/24', 'CrossSubnet', 27, true, 20],
    ['red', '10.49.0.0/16', 'Always', 27, true, 42],
  ]);
});

it('what is wrong with one is told with its line', () => {
  expect(problemsOf({ d: POOL.replace('CrossSubnet', 'Sometimes') })).toEqual([
    'd:19: vxlanMode is "Sometimes", expected Never, Always or CrossSubnet',
  ]);
});

it('of what else has a spec none is made', () => {
  expect(told(POOL.replace('IPPool', 'BGPPeer'))).toEqual([]);
});
