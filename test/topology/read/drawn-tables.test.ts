// Tables as terminals, databases, spreadsheets and chats hand them on: whole, or not used. A cell that was cut is no name and no address.
import { describe, expect, it } from 'vitest';
import { factsOf, topologyOf } from '../documents.ts';

const TABLE = `NAMESPACE     NAME                READY   STATUS    RESTARTS       AGE   IP            NODE        NOMINATED NODE   READINESS GATES
kube-system   calico-node-abcde   1/1     Running   0              30d   10.0.1.20     worker-11   <none>           <none>
shop          web-0               1/1     Running   3 (5d20h ago)  12d   10.48.0.130   worker-11   <none>           <none>
shop          db-0                1/1     Running   0              12d   10.48.0.201   worker-12   <none>           <none>
`;
const PODS = [
  'kube-system/calico-node-abcde 10.0.1.20 worker-11',
  'shop/web-0 10.48.0.130 worker-11',
  'shop/db-0 10.48.0.201 worker-12',
];
const pods = (text: string): string[] =>
  factsOf({ 't.txt': text }).pods.map((pod) => `${pod.namespace}/${pod.name} ${pod.addresses} ${pod.nodeName}`);
const cells = TABLE.trimEnd()
  .split('\n')
  .map((line) => line.trim().split(/ {2,}/).flat());
const folded = (width: number): string =>
  TABLE.trimEnd()
    .split('\n')
    .flatMap((line) => line.match(new RegExp(`.{1,${width}}`, 'g')) ?? [])
    .join('\n');
const WIDTHS = Array.from({ length: 90 }, (_, i) => i + 45);

describe('a table that is drawn', () => {
  const boxed = (bar: string, rule: string): string =>
    [
      rule,
      ...cells.flatMap((row, i) => [`${bar} ${row.join(` ${bar} `)} ${bar}`, ...(i === 0 ? [rule] : [])]),
      rule,
    ].join('\n');

  it.each([
    ['with plus and minus', boxed('|', '+-----------+------+')],
    ['as markdown', boxed('|', '|---|:--:|').split('\n').slice(1, -1).join('\n')],
    ['with lines', boxed('│', '├───────┼──────┤')],
    ['with tabs between', cells.map((row) => row.join('\t')).join('\n')],
  ])('%s', (_, text) => {
    expect(pods(`${text}\n`)).toEqual(PODS);
  });

  it('with a cell that goes on below', () => {
    const text =
      '| NAMESPACE | NAME | IP | NODE |\n|--|--|--|--|\n| shop | web- | 10.48.0.1 | n1 |\n| | 0 | 30 | |\n| shop | db-0 | 10.48.0.201 | n2 |\n';
    expect(pods(text)).toEqual(['shop/web-0 10.48.0.130 n1', 'shop/db-0 10.48.0.201 n2']);
  });
});

describe('a table that a terminal broke', () => {
  it.each([80, 100, 120])('at %i columns is put together', (width) => {
    expect(pods(folded(width))).toEqual(PODS);
  });

  it.each(['folded', 'with the blanks at the ends lost'])('invents nothing at any width, %s', (how) => {
    const strange = WIDTHS.flatMap((width) => {
      const text = how === 'folded' ? folded(width) : folded(width).replaceAll(/ +$/gm, '');
      return pods(text)
        .filter((pod) => !PODS.some((known) => known === pod || pod === known.replace(/\S+$/, 'null')))
        .map((pod) => `${width}: ${pod}`);
    });
    expect(strange).toEqual([]);
  });

  it('keeps the numbers of the lines', () => {
    expect(factsOf({ t: folded(80) }).pods.map(({ ref }) => ref.line)).toEqual([3, 5, 7]);
  });
});

it('a table that was cut at a column has no address and no node that was cut', () => {
  const known = new Set(PODS.flatMap((pod) => pod.split(' ').slice(1)));
  const strange = WIDTHS.flatMap((width) => {
    const cut = TABLE.split('\n')
      .map((line) => line.slice(0, width))
      .join('\n');
    const { pods: found, nodes } = topologyOf({ t: cut });
    const told = [...found.flatMap(({ addresses }) => addresses), ...nodes.map(({ name }) => name)];
    return told.filter((one) => !known.has(one)).map((one) => `${width}: ${one}`);
  });
  expect(strange).toEqual([]);
  const at = TABLE.indexOf('10.0.1.20') - TABLE.indexOf('kube-system') + 8;
  const cut = TABLE.split('\n')
    .map((line) => line.slice(0, at))
    .join('\n');
  expect(
    topologyOf({ t: cut })
      .issues.map(({ message }) => message)
      .join(),
  ).toContain('end within the column IP');
});

it('lines of other tables that a terminal broke give no part of an address', () => {
  const text = `root@n1:~# ip route
default via 10.0.1.1 dev ens5 proto dhcp src 10.0.1.20 metric 100
10.0.1.0/24 dev ens5 proto kernel scope link src 10.0.1.20
10.48.0.192/26 via 10.48.0.206 dev vxlan.calico onlink
root@n1:~# ip addr
17: vxlan.calico: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 8951 qdisc noqueue state UNKNOWN group default
    inet 10.48.0.135/32 scope global vxlan.calico
root@n1:~# bridge fdb
66:c9:ee:b1:9b:48 dev vxlan.calico dst 10.0.1.30 self permanent`;
  const known = new Set(text.match(/\d+\.\d+\.\d+\.\d+/g));
  const strange = Array.from({ length: 90 }, (_, i) => i + 20).flatMap((width) => {
    const lines = text.split('\n').flatMap((line) => line.match(new RegExp(`.{1,${width}}`, 'g')) ?? []);
    const { nodes } = topologyOf({ t: lines.join('\n') });
    const told = nodes.flatMap((node) => [
      ...node.addresses.map(({ address }) => address),
      ...node.links.flatMap(({ addresses }) => addresses.map(({ address }) => address)),
      ...node.fdb.map(({ dst }) => dst),
      ...node.routes.map(({ via }) => via ?? '10.0.1.1'),
    ]);
    return told.filter((one) => !known.has(one)).map((one) => `${width}: ${one}`);
  });
  expect(strange).toEqual([]);
});

it('a name that was shortened is none', () => {
  expect(pods(TABLE.replaceAll('worker-11', 'worker-1…').replaceAll('10.48.0.201', '10.48.0.2…'))).toEqual([
    'kube-system/calico-node-abcde 10.0.1.20 null',
    'shop/web-0 10.48.0.130 null',
  ]);
});

describe('rows of nodes without their header', () => {
  const ROW =
    'n1   Ready    control-plane   30d   v1.29.3   10.0.1.20   54.1.2.3   Ubuntu 22.04.4 LTS   5.15.0-101-generic   containerd://1.7.12';

  it.each([
    [ROW, 'n1 10.0.1.20,54.1.2.3'],
    [ROW.replace('Ready   ', 'NotReady,SchedulingDisabled').replace('54.1.2.3', '<none>'), 'n1 10.0.1.20'],
  ])('%s', (row, expected) => {
    expect(
      factsOf({ t: `${row}\n` }).nodes.map(
        ({ name, addresses }) => `${name} ${addresses.map(({ address }) => address)}`,
      ),
    ).toEqual([expected]);
  });

  it.each(['n1   Ready   control-plane   30d   v1.29.3', 'it is Ready now 30d v1.29.3 10.0.1.20 and so on'])(
    '%s is none',
    (row) => {
      expect(factsOf({ t: `${TABLE}${row}\n` }).nodes).toEqual([]);
    },
  );
});

it.each(['N', 'NO', 'NOD'])('a table of pods that is cut behind %s of NODE says that the column is lost', (left) => {
  const lines = [
    'NAME                READY   STATUS    RESTARTS   AGE   IP            NODE      NOMINATED NODE',
    'web-7c9d8f6b5-abc   1/1     Running   0          5d    10.48.0.197   worker1   <none>',
    'web-7c9d8f6b5-xyz   1/1     Running   0          5d    10.48.1.19    worker2   <none>',
  ];
  const at = lines[0]?.indexOf('NODE') ?? 0;
  const cut = lines.map((line) => line.slice(0, at + left.length)).join('\n');
  const { pods, issues } = topologyOf({ 'pods.txt': `${cut}\n` });
  expect(pods.map(({ nodeName, addresses }) => [nodeName, ...addresses])).toEqual([
    [null, '10.48.0.197'],
    [null, '10.48.1.19'],
  ]);
  expect(issues.map(({ message }) => message)).toEqual([expect.stringContaining(`within the column ${left},`)]);
});
