// Files beside each other are of one machine; files of one name in different folders are not, and a folder that a tool called by a
// machine and a time gives no name.
import { expect, it } from 'vitest';
import { topologyOf } from '../documents.ts';

const NODES = `NAME   STATUS   ROLES    AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE
n0     Ready    <none>   12d   v1.30.1   10.0.1.40     <none>        Ubuntu
n1     Ready    <none>   12d   v1.30.1   10.0.1.41     <none>        Ubuntu
n2     Ready    <none>   12d   v1.30.1   10.0.1.42     <none>        Ubuntu
`;
const routes = (host: number): string => `10.0.1.0/24 dev ens5 proto kernel scope link src 10.0.1.${host}\n`;
const neighbours = (...hosts: number[]): string =>
  hosts.map((host) => `10.48.0.${host} dev vxlan.calico lladdr 66:00:00:00:00:${host} PERMANENT\n`).join('');

it.each([
  ['folders of a tool', (machine: string, file: string) => `${machine}-2024-05-14_10_10_10/networking/${file}`],
  ['archives', (machine: string, file: string) => `all.tar!${machine}_logs.tar.gz!networking/${file}`],
  ['folders of steps', (machine: string, file: string) => `${machine === 'n1' ? 'case-1' : 'case-2'}/${file}`],
])('the same names in %s', (_, at) => {
  const { nodes } = topologyOf({
    n: NODES,
    [at('n1', 'iproute')]: routes(41),
    [at('n1', 'ipneighbour')]: neighbours(10, 12),
    [at('n2', 'iproute')]: routes(42),
    [at('n2', 'ipneighbour')]: neighbours(10, 11),
  });
  expect(nodes.map(({ name, neighbours: own }) => [name, own.map(({ address }) => address)])).toEqual([
    ['n0', []],
    ['n1', ['10.48.0.10', '10.48.0.12']],
    ['n2', ['10.48.0.10', '10.48.0.11']],
  ]);
});

it.each([
  'scc_worker1_240514_1010',
  'worker1-2024-05-14_10_10_10',
  'logs-worker1-20240514101010',
  'anna/support_worker1_20240514',
])('the folder %s gives no name', (folder) => {
  const { nodes } = topologyOf({ [`${folder}/ip-route.txt`]: routes(41) });
  expect(nodes.map(({ name, named }) => [name, named])).toEqual([['10.0.1.41', false]]);
});

it('a folder of a day lies in the folder of its machine', () => {
  const { nodes } = topologyOf({ 'worker1/2024-05-14/ip-route.txt': routes(41) });
  expect(nodes.map(({ name }) => name)).toEqual(['worker1']);
});
