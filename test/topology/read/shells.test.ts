// Whose an output is: shells opened on machines and in containers, prompts of themes, loops over pods, headings that name commands.
import { describe, expect, it } from 'vitest';
import { LAB_NODES, topologyOf } from '../documents.ts';

const routes = (host: number, peer: string): string =>
  `default via 10.0.1.1 dev ens5 proto dhcp src 10.0.1.${host} metric 100
10.0.1.0/24 dev ens5 proto kernel scope link src 10.0.1.${host}
10.48.0.192/26 via ${peer} dev vxlan.calico onlink
`;
const N1 = routes(41, '10.48.0.206');
const N2 = routes(42, '10.48.0.135');
const NODES = `NAME   STATUS   ROLES    AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE
n1     Ready    <none>   12d   v1.30.1   10.0.1.41     <none>        Ubuntu
n2     Ready    <none>   12d   v1.30.1   10.0.1.42     <none>        Ubuntu
`;
const LAPTOP = 'default via 192.168.1.1 dev wlan0 proto dhcp src 192.168.1.77 metric 600\n';
const POD = `3: eth0@if20: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 8951 qdisc noqueue state UP group default
    link/ether 5a:11:22:33:44:55 brd ff:ff:ff:ff:ff:ff link-netnsid 0
    inet 10.48.0.196/32 scope global eth0
`;

/** `n1 10.0.1.41 10.48.0.206`: name, address, next hop of its tunnel route; `-` where only its address names it. */
const told = (text: string): string[] =>
  topologyOf({ 'paste.txt': text }).nodes.map(({ name, named, addresses, routes: own }) =>
    [named ? name : '-', addresses[0]?.address, own.at(-1)?.via ?? ''].join(' ').trim(),
  );
const BOTH = ['n1 10.0.1.41 10.48.0.206', 'n2 10.0.1.42 10.48.0.135'];
const UNNAMED = BOTH.map((line) => line.replace(/^n\d/, '-'));

describe('a shell', () => {
  it.each([
    [
      'is left where the prompt is back that it was opened at',
      `anna@laptop:~$ ssh n1\n$ ip r\n${N1}anna@laptop:~$ ip r\n${LAPTOP}`,
    ],
    [
      'of a pod shows nothing of a node',
      `$ kubectl exec -it web-0 -- sh\n/ # ip a\n${POD}/ # exit\n$ ssh n1 ip r\n${N1}`,
    ],
    [
      'of a pod that was made for it',
      `$ kubectl run tmp --rm -it --image=x -- bash\nbash-5.1# ip a\n${POD}bash-5.1# exit\n$ ssh n1 ip r\n${N1}`,
    ],
    [
      'of a container of its own',
      `root@n1:~# docker run -it alpine sh\n/ # ip a\n${POD.replace('10.48.0.196/32', '172.17.0.2/16')}/ # exit\nroot@n1:~# ip r\n${N1}`,
    ],
    [
      "run in a pod's network, whose node is the prompt's",
      `root@n1:~# nsenter -t 4242 -n ip r\ndefault via 169.254.1.1 dev eth0\nroot@n1:~# ip r\n${N1}`,
    ],
    ['whose prompt names no machine is named by hostname', `sh-5.1# hostname\nn1\nsh-5.1# ip r\n${N1}`],
    ['whose machine is asked for with the table', `$ ssh 10.0.1.41 'hostname; ip r'\nn1\n${N1}`],
  ])('%s', (_, text) => {
    expect(told(text)).toEqual(BOTH.slice(0, 1));
    expect(told(`$ kubectl get nodes -o wide\n${NODES}${text}`)).toEqual([BOTH[0], 'n2 10.0.1.42']);
  });

  it.each([
    ['the short ID of a container', '[root@3f2a9c1b7d4e /]#'],
    ['a toolbox', '[root@toolbox /]#'],
    ['a shell', 'root@bash-5.1#'],
  ])('%s is no machine', (_, prompt) => {
    expect(told(`${prompt} ip r\n${N1}`)).toEqual(UNNAMED.slice(0, 1));
  });

  it('that names a pod gives no name to a node', () => {
    expect(
      told(
        `$ kubectl exec -it -n kube-system calico-node-x2x4z -- sh\n/ # hostname\ncalico-node-x2x4z\n/ # ip r\n${N1}`,
      ),
    ).toEqual(UNNAMED.slice(0, 1));
  });
});

describe('prompts of two lines', () => {
  it.each([
    ['bira', '╭─root@n1 ~ \n╰─$ ip r'],
    ['with the state of the command before', '╭─root@n1 ~/dir ‹main›\n╰─➤  ip r                               130 ↵'],
    ['of Kali', '┌──(root㉿n1)-[~]\n└─# ip r'],
    ['of Parrot', '┌─[root@n1]─[~]\n└──╼ $ip r'],
  ])('%s', (theme, prompt) => {
    // what no blank parts from the sign is not read as a command; its table is
    expect(told(`${prompt}\n${N1}`)).toEqual((theme === 'of Parrot' ? UNNAMED : BOTH).slice(0, 1));
  });

  it('belong to a line each', () => {
    const text = `╭─me@laptop ~\n╰─$ ssh n1 ip r\n${N1}╭─me@laptop ~\n╰─$ ssh n2 ip r\n${N2}╭─me@laptop ~\n╰─$ \n`;
    expect(told(text)).toEqual(BOTH);
    expect(topologyOf({ a: text }).nodes[1]?.routes[0]?.ref.line).toBe(8);
  });
});

describe('one command for several', () => {
  it.each([
    [
      'a loop over names of pods',
      `$ for p in calico-node-a1 calico-node-b2; do echo $p; kubectl exec $p -- ip r; done\ncalico-node-a1\n${N1}calico-node-b2\n${N2}`,
    ],
    [
      'what kubectl calls pods',
      `$ for p in $(kubectl get po -o name); do echo "### $p"; kubectl exec $p -- ip r; done\n### pod/calico-node-a1\n${N1}### pod/calico-node-b2\n${N2}`,
    ],
  ])('%s names no node', (_, text) => {
    expect(told(text)).toEqual(UNNAMED);
  });

  it.each([
    [
      'what kubectl calls nodes',
      `$ for n in $(kubectl get no -o name); do echo $n; kubectl debug -q $n --image=x -- ip r; done\nnode/n1\n${N1}node/n2\n${N2}`,
    ],
    [
      'parallel',
      `$ parallel --tag -j 4 ssh {} ip r ::: n1 n2\n${(N1 + N2)
        .trim()
        .replaceAll(/^/gm, 'nX\t')
        .replace(/(nX\t.*\n){3}/, (half) => half.replaceAll('nX', 'n1'))
        .replaceAll('nX', 'n2')}\n`,
    ],
    ['lines that are read', `root@n2:~# cat hosts | while read h; do echo $h; ssh $h ip r; done\nn1\n${N1}n2\n${N2}`],
  ])('%s', (_, text) => {
    expect(told(`$ kubectl get nodes -o wide\n${NODES}${text}`)).toEqual(BOTH);
  });

  it.each(['cat hosts | xargs -I% ssh % ip r', "kubectl get no -o name | xargs -n1 -I {} sh -c 'ssh {} ip r'"])(
    'their outputs are not of who typed %s',
    (command) => {
      const { nodes } = topologyOf({ n: LAB_NODES, a: `root@control1:~# ${command}\n${N1}${N2}` });
      expect(nodes.map((node) => node.routes.length)).toEqual(nodes.map(() => 0));
    },
  );
});

describe('headings', () => {
  it.each([
    [
      'that name a command are of the machine above',
      (name: string, text: string) =>
        `##### ${name} #####\n--- ip route ---\n${text}--- bridge fdb show dev vxlan.calico ---\n66:14:9d:f4:2c:1f dst 10.0.1.30 self permanent\n`,
    ],
    [
      'in other signs',
      (name: string, text: string) =>
        `=== ${name} ===\n== ip route ==\n${text}## bridge fdb show dev vxlan.calico ##\n66:14:9d:f4:2c:1f dst 10.0.1.30 self permanent\n`,
    ],
  ])('%s', (_, of) => {
    const { nodes } = topologyOf({ a: of('n1', N1) + of('n2', N2), n: NODES });
    expect(nodes.map(({ name, routes: own, fdb, has }) => [name, own.length, fdb.length, has.fdb])).toEqual([
      ['n1', 3, 1, true],
      ['n2', 3, 1, true],
    ]);
  });

  const FDB = '66:14:9d:f4:2c:1f dst 10.0.1.30 self permanent\n';
  it.each([
    'h2. n1',
    'h3. Node: n1',
    '<summary>n1</summary>',
    '<details><summary>n1</summary>',
    '## `n1`',
    '### Node: `n1`',
    '#### n1 (10.0.1.40)',
    '=== n1 (10.0.1.40) ===',
  ])('of tickets and pages name a machine that is known: %s', (heading) => {
    const { nodes, issues } = topologyOf({ n: NODES, a: `${heading}\n\n$ bridge fdb show dev vxlan.calico\n${FDB}` });
    expect(nodes.map(({ name, fdb }) => [name, fdb.length])).toEqual([
      ['n1', 1],
      ['n2', 0],
    ]);
    expect(issues).toEqual([]);
  });

  it.each(['h2. Symptoms', '<summary>n3</summary>', '## `kubectl`', '#### pools (10.9.9.9)'])(
    'of anything else name none: %s',
    (heading) => {
      const { nodes, issues } = topologyOf({ n: NODES, a: `${heading}\n\n$ bridge fdb show dev vxlan.calico\n${FDB}` });
      expect(nodes.map(({ name, fdb }) => [name, fdb.length])).toEqual([
        ['n1', 0],
        ['n2', 0],
      ]);
      expect(issues.map(({ code }) => code)).toContain('unattributed-text');
    },
  );

  it('of watch have the command and the machine', () => {
    expect(told(`Every 2.0s: ip route                     n1: Tue May 14 10:00:00 2024\n\n${N1}`)).toEqual(
      BOTH.slice(0, 1),
    );
    expect(told(`Every 2,0s: ip neigh  n1: Di 14. Mai 10:00:00 2024\n\n${N1}`)).toEqual(BOTH.slice(0, 1));
  });
});

it("the address of a CNI's bridge is not the machine's", () => {
  const text =
    'default via 10.0.1.1 dev ens5\n10.32.0.0/12 dev weave proto kernel scope link src 10.44.0.0\n10.0.1.0/24 dev ens5 proto kernel scope link src 10.0.1.41\n';
  for (const device of ['weave', 'cbr0', 'lxcbr0'])
    expect(
      topologyOf({ a: text.replace('weave', device) }).nodes.map(({ addresses }) =>
        addresses.map(({ address }) => address),
      ),
    ).toEqual([['10.0.1.41']]);
});

describe('a file that somebody shows', () => {
  it.each([
    ['is of the machine that its content tells', 'cat /tmp/out.txt', N1, 3],
    [
      'is of the machine that its name tells',
      'head -50 n1-neigh.txt',
      '10.48.0.206 dev vxlan.calico lladdr 66:14:9d:f4:2c:1f PERMANENT\n',
      1,
    ],
    ['of two machines is of none, whoever shows it', 'cat all.txt', N1 + N2, 0],
  ])('%s', (_, command, text, count) => {
    const { nodes } = topologyOf({ n: NODES, a: `root@n2:~# ${command}\n${text}root@n2:~# date\n` });
    expect(nodes.map(({ name, routes: own, neighbours }) => [name, own.length + neighbours.length])).toEqual([
      ['n1', count],
      ['n2', 0],
    ]);
  });
});

it.each([
  ['a chat, where the second one is not announced', `root@n1:~# ip r\n${N1}\nBob 10:02\nand n2?\n\n${N2}`],
  ['a prompt', `root@n1:~# ./routes-of-all.sh | tee x\n\nroot@n1:~# ip r\n${N1}${N2}`],
])('tables of two machines that nothing parts are not those of one: below %s', (_, text) => {
  const topology = topologyOf({ n: NODES, a: text });
  expect(topology.nodes.map(({ name, routes: own }) => [name, own.length])).toEqual([
    ['n1', 0],
    ['n2', 0],
  ]);
  expect(topology.issues.map(({ code }) => code)).toContain('unattributed-text');
});

it.each([
  ['rules around the word and the name', '===== Node: n1 ====='],
  ['a sign for each', '### host: n1 ###'],
  ['a time before the prompt', '[2024-05-14T10:00:00Z] n1 $ ip r'],
  ['dashes between machine and command', '$ ssh -J bastion n1 -- sudo ip r'],
])('the machine is told by %s', (_, line) => {
  expect(told(`${line}\n${N1}`)).toEqual(BOTH.slice(0, 1));
});

it('what grep left of ip addr has the addresses of its devices, and not all of them', () => {
  const text =
    'root@n1:~# ip a | grep inet\n    inet 127.0.0.1/8 scope host lo\n    inet 10.0.1.41/24 brd 10.0.1.255 scope global dynamic ens5\n    inet 10.0.1.42/24 scope global secondary ens5:1\n    inet6 fe80::1/64 scope link\n    inet 10.48.0.135/32 scope global vxlan.calico\n';
  const [node, ...others] = topologyOf({ a: text }).nodes;
  expect([
    node?.name,
    node?.addresses.map(({ address }) => address),
    node?.tunnels.vxlan?.value,
    node?.has.addr,
    others,
  ]).toEqual(['n1', ['10.0.1.41', '10.0.1.42'], '10.48.0.135', false, []]);
});

describe('addresses of a pod under no name', () => {
  const brief = 'lo               UNKNOWN        127.0.0.1/8\neth0@if20        UP             10.48.0.196/32\n';
  const json = JSON.stringify([
    {
      ...{ ifindex: 3, link_index: 20, ifname: 'eth0', flags: ['UP'], mtu: 8951, link_type: 'ether' },
      ...{ address: '5a:11:22:33:44:55', link_netnsid: 0 },
      addr_info: [{ family: 'inet', local: '10.48.0.196', prefixlen: 32, scope: 'global' }],
    },
  ]);

  it.each([
    ['as text', `bash-4.4# ip a\n${POD}`],
    ['in brief', `/ # ip -br a\n${brief}`],
    ['as JSON', json],
  ])('make no node: %s', (_, text) => {
    const { nodes, issues } = topologyOf({ 'paste.txt': text });
    expect(nodes).toEqual([]);
    expect(issues.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^paste\.txt:\d+: taken in a pod's network/),
    ]);
  });

  it.each([
    ['with a subnet, as nodes of kind have', POD.replace('.196/32', '.196/24')],
    ['beside veths of its pods', `${POD}7: cali1234567890a@if3: <UP> mtu 8951 qdisc noqueue state UP group default\n`],
    ['on a NIC, as clouds give them', POD.replace('eth0@if20', 'eth0').replace(' link-netnsid 0', '')],
  ])('are a node: %s', (_, table) => {
    expect(told(`# ip a\n${table}`)).toEqual(['- 10.48.0.196']);
  });
});
