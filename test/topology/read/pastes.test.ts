// What people paste: terminals with any command in them, mail, chat, tickets, markdown. Rule one: no input yields a node, a pod or
// an address that is not in it.
import { describe, expect, it } from 'vitest';
import { buildTopology } from '../../../src/topology/build.ts';
import type { Topology } from '../../../src/topology/model.ts';
import { issueCodes, issueOf, LAB_NODES, LAB_POOLS, podYaml, topologyOf } from '../documents.ts';

const POOL = `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: default-ipv4-ippool
spec:
  cidr: 10.48.0.0/24
  vxlanMode: Always
`;
const NODE_TABLE = `NAME      STATUS   ROLES    AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE
worker1   Ready    <none>   12d   v1.30.1   10.0.1.30     <none>        Ubuntu
`;
const routesOf = (last: number): string =>
  `default via 10.0.1.1 dev ens5\n10.0.1.0/24 dev ens5 proto kernel scope link src 10.0.1.${last}\n`;
const NEIGHBOUR = '10.48.0.206 dev vxlan.calico lladdr 66:14:9d:f4:2c:1f PERMANENT\n';
const ENTRY = '66:14:9d:f4:2c:1f dev vxlan.calico dst 10.0.1.30 self permanent\n';

/** A file that was named. */
const paste = (text: string): Topology => buildTopology([{ file: 'paste.txt', text, named: true }]);
const names = (topology: Topology): string[] => topology.nodes.map(({ name }) => name).sort();
const indented = (text: string, by: string): string => text.replaceAll(/^(?=.)/gm, by);

describe('a command that is not known', () => {
  it.each(['uname -a', 'tcpdump -ni ens5 -c 1', './collect.sh --all', 'date; uptime'])(
    'is skipped, and what follows is read: %s',
    (command) => {
      const topology = paste(
        `[root@n1 ~]# ${command}\nLinux n1 5.15 10.9.9.9 dev x\n[root@n1 ~]# ip r\n${routesOf(20)}`,
      );
      expect(names(topology)).toEqual(['n1']);
      expect(topology.nodes[0]?.routes).toHaveLength(2);
      expect(issueCodes(topology)).toEqual(['warning skipped-output']);
    },
  );

  it('is never fatal in a folder', () => {
    const topology = topologyOf({ 'pools.yaml': LAB_POOLS, 'stray.txt': '[root@h ~]# uname -a\nLinux h 5.15.0\n' });
    expect(topology.pools).toHaveLength(2);
    expect(issueOf(topology, 'unrecognised-file').message).toContain('stray.txt holds nothing');
  });

  it('by itself is an error where it was named', () => {
    expect(() => paste('[root@h ~]# uname -a\nLinux h 5.15.0\n')).toThrow('holds nothing that a snapshot is made of');
  });
});

describe('objects and tables', () => {
  it.each([
    ['behind prompts', `[root@n1 ~]# kubectl get ippool -o yaml\n${POOL}[root@n1 ~]# date\nMon\n`],
    ['before a bare prompt', `$ kubectl get ippool -o yaml\n${POOL}me@host:~$ \n`],
    ['in a fence with a language', `Our pool:\n\n\`\`\`yaml title="pool"\n${POOL}\`\`\`\nThat is all: really.\n`],
    ['in a fence of tildes', `~~~\n${POOL}~~~\n`],
    ['in a list', `1. The pool:\n   \`\`\`\n${indented(POOL, '   ')}   \`\`\`\n2. Done.\n`],
    ['in braces of a ticket', `h2. Pools\n{code:yaml}\n${POOL}{code}\nSee above.\n`],
    ['indented', `Look at this:\n\n${indented(POOL, '    ')}\nThanks!\n`],
    ['indented as a whole', indented(POOL, '        ')],
    ['quoted', `Bob wrote:\n${indented(POOL, '> ').replaceAll(/^$/gm, '>')}`],
    ['quoted twice', indented(POOL, '>> ')],
    ['in a heredoc', `$ cat <<EOF | kubectl apply -f -\n${POOL}EOF\nippool.projectcalico.org/x created\n$ date\n`],
    ['below prose', `This is our pool.\n${POOL}`],
    ['above prose', `${POOL}So it is on (see above)!\n`],
    ['with a comment above', `# kubectl get ippools\n---\n${POOL}`],
  ])('%s', (_, text) => {
    const { pools, nodes } = paste(text);
    expect(pools.map(({ name, vxlanMode }) => [name, vxlanMode])).toEqual([['default-ipv4-ippool', 'Always']]);
    expect(nodes).toEqual([]);
  });

  it('keep their lines', () => {
    expect(paste(`Hi,\n\n> ${POOL.trimEnd().replaceAll('\n', '\n> ')}\n`).pools[0]?.modeRef.line).toBe(9);
    expect(paste(`Hi,\n\n${indented(POOL, '    ')}`).pools[0]?.modeRef.line).toBe(9);
  });

  it('JSON may stand between other lines', () => {
    const json = JSON.stringify({
      kind: 'IPPool',
      apiVersion: 'crd.projectcalico.org/v1',
      metadata: { name: 'p' },
      spec: { cidr: '10.0.0.0/8' },
    });
    for (const text of [json, JSON.stringify(JSON.parse(json), null, 4)]) {
      expect(paste(`the pool is\n${text}\nand that is it\n`).pools.map(({ name }) => name)).toEqual(['p']);
    }
  });

  it('what stands below a table is no row of it', () => {
    const fenced = `\`\`\`\n$ kubectl get nodes -o wide\n${NODE_TABLE}\`\`\`\nThat   is   all   I   have   to   show   you\n`;
    for (const text of [
      fenced,
      `${NODE_TABLE}\`\`\`\n`,
      `${NODE_TABLE}that is all, isn't it, for now, as far as I see here\n`,
    ])
      expect(names(paste(text))).toEqual(['worker1']);
  });

  it('prose with an address in it adds nothing', () => {
    const topology = paste(
      `\`\`\`\n${POOL}\`\`\`\n10.48.0.0/26 via the tunnel goes to worker2.\n\n10.9.0.0/16 dev ens5 is\nwrong, I think.\n`,
    );
    expect([topology.nodes, issueCodes(topology)]).toEqual([[], []]);
  });
});

describe('whose output it is', () => {
  it.each([
    [
      'a tool that numbers its commands',
      `Summary:\n/sbin/ip route(routes)\n\nExecute:\n/sbin/ip route\n\n${routesOf(20)}`,
    ],
    ['a heading of a step', `=== step-1 ===\n${routesOf(20)}`],
    ['a heading of a table', `=== Routes ===\n${routesOf(20)}`],
    ['a shell', `sh-4.4# ip r\n${routesOf(20)}`],
    ['a person', `root# ip r\n${routesOf(20)}`],
    ['a fence', `\`\`\`\n${routesOf(20)}\`\`\`\n`],
    [
      'a pod',
      `$ kubectl exec -it -n calico-system calico-node-abcde -c calico-node -- ip r\n${routesOf(20)}10.48.0.9 dev cali0123456789a scope link\n`,
    ],
    [
      'a DaemonSet',
      `root@n7:~# kubectl exec ds/calico-node -n calico-system -- ip r\n${routesOf(20)}10.48.0.9 dev cali0123456789a scope link\n`,
    ],
    ['a container', `$ docker exec web-1 ip r\n${routesOf(20)}10.48.0.9 dev cali0123456789a scope link\n`],
  ])('%s is no node', (_, text) => {
    expect(names(paste(text))).toEqual(['10.0.1.20']);
  });

  it('a pod with its own network shows no node', () => {
    const inside =
      '$ kubectl exec web -- ip r\ndefault via 169.254.1.1 dev eth0\n10.0.9.0/24 dev eth0 proto kernel scope link src 10.0.9.9\n';
    for (const files of [
      { a: inside },
      { a: inside, p: podYaml('web', 'control1', '10.48.0.130') },
      { a: inside.replace('kubectl exec web --', 'ip netns exec blue') },
    ]) {
      const topology = topologyOf({ n: LAB_NODES, ...files });
      expect(names(topology)).toEqual(['control1', 'worker1', 'worker2']);
      expect(topology.nodes.flatMap(({ routes }) => routes)).toEqual([]);
      expect(issueCodes(topology)).toEqual(['warning unattributed-text']);
    }
  });

  it('the pod of kubectl exec is on a node, where the snapshot knows it', () => {
    const pod = podYaml('calico-node-abcde', 'worker2', '10.0.1.31').replace(
      'nodeName: worker2',
      'nodeName: worker2, hostNetwork: true',
    );
    const text = `root@control1:~# kubectl exec calico-node-abcde -- bridge fdb show\n${ENTRY}`;
    expect(topologyOf({ n: LAB_NODES, p: pod, a: text }).nodes.map(({ fdb }) => fdb.length)).toEqual([0, 0, 1]);
    // Unknown, it is not the machine's that kubectl was typed on.
    expect(topologyOf({ n: LAB_NODES, a: text }).nodes.map(({ fdb }) => fdb.length)).toEqual([0, 0, 0]);
  });

  it.each([
    ['for n in worker1 worker2; do echo $n; ssh $n ip r; done', 'worker1', 'worker2'],
    ['for n in worker{1..2}; do echo "== $n =="; ssh root@$n "ip r"; done', '== worker1 ==', '== worker2 =='],
    ['for n in $(kubectl get nodes -o name); do echo $n; ssh $n ip r; done', 'worker1', 'worker2'],
    ['for h in worker1 worker2; do\n> echo "$h:"\n> ssh $h ip r\n> done', 'worker1:', 'worker2:'],
  ])('what a loop prints belongs to the names in it: %s', (loop, first, second) => {
    const bare = '10.48.0.0/26 via 10.0.1.31 dev ens5 proto bird\n';
    const topology = topologyOf({
      n: LAB_NODES,
      a: `control1$ ${loop}\n${first}\n${bare}${second}\n${bare}${bare.replace('.0/26', '.64/26')}control1$ date\n`,
    });
    expect(topology.nodes.map(({ routes }) => routes.length)).toEqual([0, 1, 2]);
  });

  it.each([
    ['Output from worker1 (10.0.1.30):', 'Output from worker2 (10.0.1.31):'],
    ['On node worker1:', 'And, now, on the worker2 host:'],
    ['Routes of `worker1`:', 'The same at 10.0.1.31:'],
  ])('what people write above an output names its machine: %s', (first, second) => {
    const route = '10.48.0.0/26 via 10.0.1.20 dev ens5 proto bird\n';
    const topology = topologyOf({
      n: LAB_NODES,
      a: `control1$ ip route\n${route}\n${first}\n\n${route}\n${second}\n\n${route}${route.replace('.0/26', '.64/26')}`,
    });
    expect(topology.nodes.map(({ routes }) => routes.length)).toEqual([1, 1, 2]);
    const other = topologyOf({ n: LAB_NODES, a: `control1$ ip route\n${route}\nThe rest of it:\n\n${route}` });
    expect(other.nodes.map(({ routes }) => routes.length)).toEqual([1, 0, 0]);
  });

  it("a tool's own line above its output names none", () => {
    const topology = topologyOf({
      n: LAB_NODES,
      a: 'control1$ ethtool -k ens5\nFeatures for ens5:\nrx-checksumming: on\n',
    });
    expect(issueCodes(topology)).toEqual([]);
  });

  it('a loop that prints no names leaves it open', () => {
    const topology = topologyOf({
      n: LAB_NODES,
      a: `control1$ for n in a b; do ssh $n ip r; done\n${routesOf(30)}${routesOf(31)}`,
    });
    expect(names(topology)).toEqual(['control1', 'worker1', 'worker2']);
    expect(topology.nodes.flatMap(({ routes }) => routes)).toEqual([]);
    expect(names(paste(`$ for n in a b; do ssh $n ip r; done\n${POOL}${routesOf(30)}${routesOf(31)}`))).toEqual([]);
  });
});

it('a tool that calls programs by their paths shows their tables, as JSON too', () => {
  const link = JSON.stringify([
    {
      ifindex: 2,
      ifname: 'eth0',
      flags: ['UP'],
      mtu: 1500,
      address: '02:00:00:00:00:01',
      addr_info: [{ family: 'inet', local: '10.0.1.20', prefixlen: 24 }],
    },
  ]);
  const topology = paste(
    `Summary:\n/sbin/ip -d -j addr show(addresses)\n\nExecute:\n/sbin/ip -d -j addr show\n\n${link}\n/sbin/ip route show table all\n\n${routesOf(20)}`,
  );
  expect(topology.nodes.map(({ name, links, routes, has }) => [name, links.length, routes.length, has.route])).toEqual([
    ['10.0.1.20', 1, 2, true],
  ]);
});

it('a ruled table of something else is no snapshot', () => {
  expect(() => paste('+-----+\n| a b |\n+-----+\nFound 3 problems.\n')).toThrow(
    'holds nothing that a snapshot is made of',
  );
});

describe('what was left out is not missing', () => {
  const hasOf = (text: string) => topologyOf({ n: LAB_NODES, a: `control1$ ${text}` }).nodes[0];

  it.each([
    `ip neigh | grep vxlan\n${NEIGHBOUR}`,
    `ip neigh show nud reachable\n${NEIGHBOUR}`,
    `ip neigh | head -1\n${NEIGHBOUR}`,
    `ip neigh\n${NEIGHBOUR}...\n`,
    `ip neigh\n${NEIGHBOUR}[output omitted]\n`,
    `ssh control1 "ip neigh | grep vxlan"\n${NEIGHBOUR}`,
  ])('neighbours: %s', (text) => {
    expect(hasOf(text)).toMatchObject({ has: { neigh: false }, neighbours: { length: 1 } });
  });

  it.each([
    `bridge fdb show dev vxlan.calico | grep 66:14\n${ENTRY}`,
    `bridge fdb | awk '/vxlan/'\n${ENTRY}`,
    `bridge -s fdb show br br0\n${ENTRY}`,
  ])('forwarding entries: %s', (text) => {
    expect(hasOf(text)).toMatchObject({ has: { fdb: false }, fdb: { length: 1 } });
  });

  it.each([
    `ip r show 10.0.0.0/8\n${routesOf(20)}`,
    `ip route | grep -v cali\n${routesOf(20)}`,
    `ip r s dev ens5\n${routesOf(20)}`,
  ])('routes: %s', (text) => {
    expect(hasOf(text)).toMatchObject({ has: { route: false }, routes: { length: 2 } });
  });

  it.each([
    ['ip neigh | sort', 'neigh'],
    ['sudo ip -4 neigh show', 'neigh'],
    ['bridge fdb show dev vxlan.calico', 'fdb'],
    ['ip route show table all 2>/dev/null', 'route'],
  ] as const)('but %s shows all, even nothing', (command, table) => {
    expect(hasOf(`${command}\ncontrol1$ date\n`)?.has[table]).toBe(true);
    expect(hasOf(`${command} > file\ncontrol1$ date\n`)?.has[table] ?? false).toBe(false);
  });

  it('a runbook that only names the command has shown nothing', () => {
    const topology = topologyOf({
      n: LAB_NODES,
      a: `\`\`\`\ncontrol1$ ip neigh\ncontrol1$ bridge fdb\n\`\`\`\n\`\`\`yaml\n${POOL}\`\`\`\n`,
    });
    expect(topology.nodes[0]?.has).toMatchObject({ neigh: false, fdb: false });
  });

  it('the answer of ip route get is no line of the table', () => {
    const answers = [
      '10.48.0.200 via 10.48.0.206 dev vxlan.calico src 10.48.0.135 uid 0\n    cache\n',
      '10.48.0.200 via 10.48.0.206 dev vxlan.calico src 10.48.0.135\n    cache\n',
    ];
    for (const answer of answers) {
      const topology = topologyOf({
        n: LAB_NODES,
        a: `control1$ ip r\n${routesOf(20)}control1$ ip route get 10.48.0.200\n${answer}`,
      });
      expect(topology.nodes[0]).toMatchObject({ routes: { length: 2 }, has: { route: true } });
      expect(topology.issues).toEqual([]);
      expect(topologyOf({ n: LAB_NODES, a: answer, p: LAB_POOLS }).nodes.flatMap(({ routes }) => routes)).toEqual([]);
    }
  });

  it.each([
    '66:14:9d:f4:2c:1f dev vxlan.calico nhid 12 self permanent\n',
    '66:14:9d:f4:2c:1f dev vxlan.calico vlan 10 extern_learn master br0\n',
    '[{"mac":"66:14:9d:f4:2c:1f","ifname":"vxlan.calico","nhid":12,"flags":["self"],"state":"permanent"}]\n',
  ])('an entry that does not say where it leads is told: %s', (entry) => {
    const topology = topologyOf({
      n: LAB_NODES,
      p: LAB_POOLS,
      'control1/bridge-fdb.txt': entry,
      'control1/ip-neigh.txt': NEIGHBOUR,
    });
    expect(issueOf(topology, 'unused-entry').message).toContain('66:14:9d:f4:2c:1f dev vxlan.calico');
    expect(topology.issues.filter(({ code }) => code === 'fdb-missing')).toEqual([]);
    expect(topology.nodes[0]?.has.fdb).toBe(false);
  });

  it('multicast filters and bridge ports are nothing to tell', () => {
    const entries =
      '33:33:00:00:00:01 dev vxlan.calico self permanent\n02:42:ba:ae:65:54 dev docker0 vlan 1 master docker0 permanent\n';
    expect(topologyOf({ n: LAB_NODES, 'control1/bridge-fdb.txt': entries + ENTRY }).issues).toEqual([]);
  });
});

describe('a file that cannot be read in part', () => {
  it('is one warning, and the rest is used', () => {
    const topology = paste(
      `\`\`\`yaml\n${POOL}\`\`\`\n\`\`\`yaml\nkind: Node\nmetadata: {name: [a\n\`\`\`\n\`\`\`yaml\nkind: Pod\n  a: "b\n\`\`\`\n`,
    );
    expect(topology.pools).toHaveLength(1);
    expect(issueOf(topology, 'broken-part').message).toMatch(
      /^paste\.txt:1\d: not valid YAML: .* \(and \d more\): the rest of the file is used$/,
    );
  });

  it('a field that is wrong in one part costs no more than that part', () => {
    const template = POOL.replace('10.48.0.0/24', '<your CIDR>').replace('default-ipv4-ippool', 'template');
    expect(paste(`\`\`\`\n${template}\`\`\`\n\`\`\`\n${POOL}\`\`\`\n`).pools.map(({ name }) => name)).toEqual([
      'default-ipv4-ippool',
    ]);
    expect(() => paste(template)).toThrow('paste.txt:6: cidr of IPPool template');
  });

  it('is a warning in a folder, an error where it is named', () => {
    const broken = '{"kind": "List", "items": [';
    expect(issueOf(topologyOf({ a: LAB_POOLS, 'b.json': broken }), 'unrecognised-file').message).toMatch(
      /^b\.json:1: not valid JSON: .*: not used$/,
    );
    expect(() => paste(broken)).toThrow('paste.txt:1: not valid JSON');
  });

  it('a List with a hole is not whole', () => {
    const items = [POOL, POOL.replace('default-ipv4-ippool', 'two').replace('.0.0/24', '.1.0/24')];
    const list = `apiVersion: v1\nkind: List\nitems:\n${items.map((one) => `- ${one.trimEnd().replaceAll('\n', '\n  ')}\n`).join('')}`;
    expect(paste(list).poolsComplete).toBe(true);
    expect(paste(`${list}---\nkind: [\n`).poolsComplete).toBe(false);
  });
});

it('kubectl get all has neither nodes nor pools, which is told', () => {
  const service =
    'apiVersion: v1\nkind: Service\nmetadata: {name: kubernetes, namespace: default}\nspec: {clusterIP: 10.96.0.1}\n';
  const all = `${podYaml('web', 'control1', '10.48.0.130')}---\n${service}`;
  expect(issueOf(topologyOf({ a: all }), 'no-nodes-or-pools').message).toContain('kubectl get ippools,nodes -o yaml');
  expect(topologyOf({ a: all, p: LAB_POOLS }).issues).toEqual([]);
});

describe('a fence as chats have it, with the prompt on its own line', () => {
  const named = (text: string): string[] =>
    topologyOf({ paste: text }).nodes.map(
      ({ name, routes, ref }) => `${name} ${routes.length} ${routes[0]?.ref.line ?? ref}`,
    );
  const routes = routesOf(31);
  const count = routes.trim().split('\n').length;

  it.each([
    ['closed by a line of its own', `\`\`\`root@worker2:~# ip route\n${routes}\`\`\`\n`],
    ['closed behind its last line', `\`\`\`root@worker2:~# ip route\n${routes.trimEnd()}\`\`\`\n`],
    ['below words', `look:\n\`\`\`[root@worker2 ~]# ip route\n${routes.trimEnd()}\`\`\`\nthat is all\n`],
  ])('%s', (_, text) => {
    const first = text.split('\n').findIndex((line) => line.includes('# ip route')) + 2;
    expect(named(text)).toEqual([`worker2 ${count} ${first}`]);
  });

  it('is a language where it is no prompt', () => {
    expect(named(`\`\`\`console title="worker9 # ip"\nroot@worker2:~# ip route\n${routes}\`\`\`\n`)).toEqual([
      `worker2 ${count} 3`,
    ]);
  });
});
