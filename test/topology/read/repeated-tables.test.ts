// Tables of one machine, asked for in several ways one after the other: they complete each other, and only what an output would show
// if it were there is gone where it does not.
import { describe, expect, it } from 'vitest';
import { issueCodes, topologyOf } from '../documents.ts';

const P = 'root@n1:~# ';
const ROUTES = `default via 10.0.1.1 dev ens5 proto dhcp src 10.0.1.20 metric 100
10.0.1.0/24 dev ens5 proto kernel scope link src 10.0.1.20
blackhole 10.48.0.128/26 proto 80
10.48.0.192/26 via 10.48.0.206 dev vxlan.calico onlink
`;
const ROUTES_V6 = `fd00::/64 dev ens5 proto kernel metric 256 pref medium
default via fe80::1 dev ens5 proto ra metric 100 pref medium
`;
const OLD_ROUTES = `Kernel IP routing table
Destination     Gateway         Genmask         Flags Metric Ref    Use Iface
0.0.0.0         10.0.1.1        0.0.0.0         UG    100    0        0 ens5
10.0.1.0        0.0.0.0         255.255.255.0   U     100    0        0 ens5
10.48.0.128     -               255.255.255.192 !     0      -        0 -
10.48.0.192     10.48.0.206     255.255.255.192 UG    0      0        0 vxlan.calico
`;
const LOCAL = 'local 10.0.1.20 dev ens5 proto kernel scope host src 10.0.1.20\n';
const LINKS = `2: ens5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9001 qdisc mq state UP mode DEFAULT group default
    link/ether 02:79:d5:90:06:0b brd ff:ff:ff:ff:ff:ff promiscuity 0
17: vxlan.calico: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 8951 qdisc noqueue state UNKNOWN mode DEFAULT group default
    link/ether 66:c9:ee:b1:9b:47 brd ff:ff:ff:ff:ff:ff promiscuity 0
    vxlan id 4096 local 10.0.1.20 dev ens5 srcport 0 0 dstport 4789 nolearning ttl auto
18: docker0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN mode DEFAULT group default
    link/ether 02:42:00:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 0
`;
const ADDRESSES_V4 = `2: ens5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9001 qdisc mq state UP group default
    inet 10.0.1.20/24 brd 10.0.1.255 scope global ens5
17: vxlan.calico: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 8951 qdisc noqueue state UNKNOWN group default
    inet 10.48.0.135/32 scope global vxlan.calico
`;
const BRIEF = `ens5             UP             10.0.1.20/24 metric 100 fe80::79:d5ff:fe90:60b/64
vxlan.calico     UNKNOWN        10.48.0.135/32
docker0          DOWN           172.17.0.1/16
`;
const BRIEF_LINKS = `ens5             UP             02:79:d5:90:06:0b <BROADCAST,MULTICAST,UP,LOWER_UP>
vxlan.calico     UNKNOWN        66:c9:ee:b1:9b:47 <BROADCAST,MULTICAST,UP,LOWER_UP>
docker0          DOWN           02:42:00:00:00:01 <NO-CARRIER,BROADCAST,MULTICAST,UP>
`;
const OF_BOTH = ['66:79:6e:85:2f:13 dst 10.0.1.31 self permanent', '66:14:9d:f4:2c:1f dst 10.0.1.30 self permanent'];

const OUTPUTS = {
  'ip route': ROUTES,
  'ip -6 route': ROUTES_V6,
  'route -n': OLD_ROUTES,
  'ip route show table all': `${ROUTES}default via 10.9.0.1 dev eth9 table 200\n${LOCAL.replace('proto', 'table local proto')}`,
  'ip route show table 200': 'default via 10.9.0.1 dev eth9\n',
  'ip r s t local': LOCAL,
  'ip -d link': LINKS,
  'ip -4 a': ADDRESSES_V4,
  'ip -br a': BRIEF,
  'ip -br l': BRIEF_LINKS,
} as const;
type Asked = keyof typeof OUTPUTS;
/** A command, or another one with its output. */
type Step = Asked | readonly [string, string];

const pasted = (...commands: readonly Step[]) =>
  topologyOf({
    'paste.txt': `${commands.map((one) => (typeof one === 'string' ? `${P}${one}\n${OUTPUTS[one]}` : `${P}${one[0]}\n${one[1]}`)).join('')}${P}\n`,
  });
const both = (first: Asked, second: Asked) => [pasted(first, second), pasted(second, first)];

describe('complete each other, in any order', () => {
  it.each([
    ['ip route', 'ip -6 route', 6],
    ['ip route', 'ip route show table all', 6],
    ['ip route', 'ip route show table 200', 5],
    ['ip route', 'ip r s t local', 5],
    ['ip route', 'route -n', 4],
  ] as const)('%s and %s', (first, second, count) => {
    for (const { nodes, states, issues } of both(first, second)) {
      expect([issues, states]).toEqual([[], []]);
      expect(nodes.map(({ name, addresses, routes }) => [name, addresses[0]?.address, routes.length])).toEqual([
        ['n1', '10.0.1.20', count],
      ]);
      const main = nodes[0]?.routes.filter(({ table, dst }) => table === null && dst === '0.0.0.0/0');
      expect(main?.map(({ via }) => via)).toEqual(['10.0.1.1']);
      expect(nodes[0]?.routes.find(({ dst }) => dst === '10.48.0.128/26')?.type).toBe('blackhole');
    }
  });

  it.each([
    ['ip -d link', 'ip -4 a'],
    ['ip -d link', 'ip -br a'],
    ['ip -br l', 'ip -br a'],
    ['ip -br l', 'ip -4 a'],
  ] as const)('%s and %s', (first, second) => {
    for (const { nodes, states, issues } of both(first, second)) {
      expect([issues, states]).toEqual([[], []]);
      expect(
        nodes.map(({ name, addresses, vtepMac, tunnels }) => [
          name,
          addresses[0]?.address,
          vtepMac?.value,
          tunnels.vxlan?.value,
        ]),
      ).toEqual([['n1', '10.0.1.20', '66:c9:ee:b1:9b:47', '10.48.0.135']]);
    }
  });

  it('entries of one device, then of the other', () => {
    const at = (device: string) => `bridge fdb show dev ${device}`;
    const { nodes, states } = pasted(
      'ip route',
      [at('vxlan.calico'), `${OF_BOTH[0]}\n`],
      [at('flannel.1'), `${OF_BOTH[1]}\n`],
    );
    expect([nodes[0]?.fdb.map(({ dev, dst }) => [dev, dst]), states]).toEqual([
      [
        ['vxlan.calico', '10.0.1.31'],
        ['flannel.1', '10.0.1.30'],
      ],
      [],
    ]);
  });
});

describe('are another state', () => {
  const counts = (...commands: readonly Step[]) => {
    const { nodes, states } = pasted(...commands);
    return [states.length, nodes[0]?.routes.map(({ dst }) => dst), nodes[0]?.fdb.length];
  };

  it('where a route is gone that would be shown', () => {
    const [first, second, third] = ROUTES.split('\n');
    const rest = ['0.0.0.0/0', '10.0.1.0/24', '10.48.0.128/26'];
    expect(counts('ip route', ['ip r', `${first}\n${second}\n${third}\n`])).toEqual([2, rest, 0]);
    expect(counts('ip route show table all', ['ip r', `${first}\n${second}\n${third}\n`])).toEqual([
      2,
      [...['0.0.0.0/0', '10.0.1.20/32'], ...rest],
      0,
    ]);
  });

  it('where an entry of the device is gone, even all of them', () => {
    const fdb = (lines: readonly string[]) => ['bridge fdb show dev vxlan.calico', `${lines.join('\n')}\n`] as const;
    const both = OF_BOTH.map((line) => line.replace(' dst', ' dev vxlan.calico dst'));
    expect(counts('ip route', fdb(OF_BOTH), fdb(OF_BOTH.slice(1))).at(-1)).toBe(1);
    expect(counts('ip route', ['bridge fdb', `${both.join('\n')}\n`], fdb(OF_BOTH.slice(1))).at(-1)).toBe(1);
    expect(counts('ip route', fdb(OF_BOTH), ['bridge fdb show dev vxlan.calico', '']).at(-1)).toBe(0);
  });

  it('where a device has another MAC, whose older details do not count', () => {
    const { nodes, states } = pasted('ip route', 'ip -d link', [
      'ip -br l',
      BRIEF_LINKS.replace('66:c9:ee:b1:9b:47', '66:00:00:00:00:01'),
    ]);
    expect([
      states.length,
      nodes[0]?.vtepMac?.value,
      nodes[0]?.links.find(({ name }) => name === 'vxlan.calico')?.vxlan,
    ]).toEqual([2, '66:00:00:00:00:01', null]);
  });

  it('and of IPv6 they say nothing of IPv4', () => {
    const topology = pasted('ip route', ['ip -6 route', ''], 'ip -6 route');
    expect([topology.nodes[0]?.has.route, topology.nodes[0]?.routes.length, issueCodes(topology)]).toEqual([
      true,
      6,
      [],
    ]);
    expect(
      pasted(['ip -6 route', `${ROUTES_V6}fd01::/64 dev ens5 proto kernel src fd01::20\n`]).nodes[0]?.has.route,
    ).toBe(false);
  });
});
