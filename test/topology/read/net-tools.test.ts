// route, netstat, arp and ifconfig of net-tools say what ip says of the same machine, and nothing that they do not show.
import { describe, expect, it } from 'vitest';
import type { NodeLink, Route } from '../../../src/topology/model.ts';
import { factsOf, topologyOf } from '../documents.ts';

const ROUTE_N = `Kernel IP routing table
Destination     Gateway         Genmask         Flags Metric Ref    Use Iface
0.0.0.0         10.0.1.1        0.0.0.0         UG    100    0        0 ens5
10.0.1.0        0.0.0.0         255.255.255.0   U     0      0        0 ens5
10.48.0.128     -               255.255.255.192 !     0      -        0 -
10.48.0.130     0.0.0.0         255.255.255.255 UH    0      0        0 calic628ed26868
10.48.0.192     10.48.0.206     255.255.255.192 UG    0      0        0 vxlan.calico
`;
const NETSTAT = ROUTE_N.replace('Flags Metric Ref    Use Iface', 'Flags   MSS Window  irtt Iface');
const ARP_N = `Address                  HWtype  HWaddress           Flags Mask            Iface
10.0.1.1                 ether   02:79:d5:90:06:01   C                     ens5
10.48.0.206              ether   66:c9:ee:b1:9b:48   CM                    vxlan.calico
10.0.1.99                        (incomplete)                              ens5
`;
const ARP_AN = `? (10.0.1.1) at 02:79:d5:90:06:01 [ether] on ens5
? (10.48.0.206) at 66:c9:ee:b1:9b:48 [ether] PERM on vxlan.calico
? (10.0.1.99) at <incomplete> on ens5
`;
const ARP_PROC = `IP address       HW type     Flags       HW address            Mask     Device
10.0.1.1         0x1         0x2         02:79:d5:90:06:01     *        ens5
10.48.0.206      0x1         0x6         66:c9:ee:b1:9b:48     *        vxlan.calico
10.0.1.99        0x1         0x0         00:00:00:00:00:00     *        ens5
`;
const IFCONFIG = `ens5: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 9001
        inet 10.0.1.20  netmask 255.255.255.0  broadcast 10.0.1.255
        inet6 fe80::79:d5ff:fe90:60b  prefixlen 64  scopeid 0x20<link>
        ether 02:79:d5:90:06:0b  txqueuelen 1000  (Ethernet)
        RX packets 10  bytes 2016 (1.9 KiB)

vxlan.calico: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 8951
        inet 10.48.0.135  netmask 255.255.255.255  broadcast 0.0.0.0
        ether 66:c9:ee:b1:9b:47  txqueuelen 0  (Ethernet)
`;
const IFCONFIG_OLD = `eth0      Link encap:Ethernet  HWaddr 02:79:D5:90:06:0B
          inet addr:10.0.1.20  Bcast:10.0.1.255  Mask:255.255.255.0
          inet6 addr: fe80::79:d5ff:fe90:60b/64 Scope:Link
          UP BROADCAST RUNNING MULTICAST  MTU:9001  Metric:1

vxlan.cal Link encap:Ethernet  HWaddr 66:C9:EE:B1:9B:47
          inet addr:10.48.0.135  Bcast:0.0.0.0  Mask:255.255.255.255
          UP BROADCAST RUNNING MULTICAST  MTU:8951  Metric:1
`;

const shown = ({ type, dst, via, dev }: Route): string => `${type} ${dst} ${via} ${dev}`;
const link = ({ name, mac, mtu, up, addresses }: NodeLink): string =>
  `${name} ${mac} ${mtu} ${up} ${addresses.map(({ address, prefixLength }) => `${address}/${prefixLength}`)}`;

describe('routes', () => {
  it.each([
    ['route -n', ROUTE_N],
    ['netstat -rn', NETSTAT],
  ])('of %s', (command, text) => {
    const [fact] = factsOf({ t: `root@n1:~# ${command}\n${text}` }).texts;
    expect(fact?.routes.map(shown)).toEqual([
      'unicast 0.0.0.0/0 10.0.1.1 ens5',
      'unicast 10.0.1.0/24 null ens5',
      'unreachable 10.48.0.128/26 null null',
      'unicast 10.48.0.130/32 null calic628ed26868',
      'unicast 10.48.0.192/26 10.48.0.206 vxlan.calico',
    ]);
    expect(fact?.has.route).toBe(true);
    expect(fact?.routes[0]?.ref.line).toBe(4);
  });

  it('a gateway by its name is no gateway, and the table not whole then', () => {
    const [fact] = factsOf({ t: ROUTE_N.replace('10.0.1.1 ', '_gateway ') }).texts;
    expect([fact?.routes.length, fact?.has.route]).toEqual([4, false]);
  });

  it('what went through a filter is not whole', () => {
    expect(
      factsOf({ t: `$ ssh n1 route -n | head -4\n${ROUTE_N.split('\n').slice(0, 4).join('\n')}\n` }).texts[0]?.has
        .route,
    ).toBe(false);
  });

  it('of IPv6 are the main table', () => {
    const text = `Kernel IPv6 routing table
Destination                    Next Hop                   Flag Met Ref Use If
2001:db8:1::/64                [::]                       U    256 2     0 ens5
[::]/0                         fe80::1                    UG   1024 3    0 ens5
::1/128                        [::]                       Un   0   4     0 lo
`;
    expect(factsOf({ t: text }).texts[0]?.routes.map(shown)).toEqual([
      'unicast 2001:db8:1::/64 null ens5',
      'unicast ::/0 fe80::1 ens5',
    ]);
  });
});

it.each([
  ['arp -n', ARP_N],
  ['arp -an', ARP_AN],
  ['cat /proc/net/arp', ARP_PROC],
])('neighbours of %s', (command, text) => {
  const [fact] = factsOf({ t: `root@n1:~# ${command}\n${text}` }).texts;
  expect(fact?.neighbours.map(({ address, dev, mac, state }) => `${address} ${dev} ${mac} ${state}`)).toEqual([
    '10.0.1.1 ens5 02:79:d5:90:06:01 ',
    '10.48.0.206 vxlan.calico 66:c9:ee:b1:9b:48 PERMANENT',
    '10.0.1.99 ens5 null INCOMPLETE',
  ]);
  expect(fact?.has.neigh).toBe(false);
});

describe('devices', () => {
  it('of ifconfig', () => {
    const { nodes } = topologyOf({ t: `root@n1:~# ifconfig -a\n${IFCONFIG}` });
    expect(
      nodes.map(({ name, addresses, tunnels, vtepMac }) => [
        name,
        addresses[0]?.address,
        tunnels.vxlan?.value,
        vtepMac?.value,
      ]),
    ).toEqual([['n1', '10.0.1.20', '10.48.0.135', '66:c9:ee:b1:9b:47']]);
    expect(nodes[0]?.links.map(link)).toEqual([
      'ens5 02:79:d5:90:06:0b 9001 true 10.0.1.20/24,fe80::79:d5ff:fe90:60b/64',
      'vxlan.calico 66:c9:ee:b1:9b:47 8951 true 10.48.0.135/32',
    ]);
    expect(nodes[0]?.has).toMatchObject({ link: true, addr: true });
  });

  it('without -a, those that are down may be missing', () => {
    expect(topologyOf({ t: `root@n1:~# ifconfig\n${IFCONFIG}` }).nodes[0]?.has).toMatchObject({
      link: false,
      addr: false,
    });
  });

  it('of the old ifconfig, without those whose names it cuts', () => {
    expect(topologyOf({ t: `root@n1:~# ifconfig -a\n${IFCONFIG_OLD}` }).nodes[0]?.links.map(link)).toEqual([
      'eth0 02:79:d5:90:06:0b 9001 true 10.0.1.20/24,fe80::79:d5ff:fe90:60b/64',
    ]);
  });

  it('of a Mac are of no node', () => {
    const text =
      'en0: flags=8863<UP,BROADCAST,RUNNING> mtu 1500\n\tether a4:83:e7:01:02:03\n\tinet 192.168.1.57 netmask 0xffffff00 broadcast 192.168.1.255\n';
    expect(topologyOf({ t: `alice@MBP ~ % ifconfig\n${text}` }).nodes).toEqual([]);
  });
});
