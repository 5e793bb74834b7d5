// Real outputs of iproute2 6.1 (test/fixtures/iproute2), in every form it prints them: all forms must say the same.
import { describe, expect, it } from 'vitest';
import type { TextFact } from '../../../src/topology/read/stated-facts.ts';
import { factsOf, fixture } from '../documents.ts';

const read = (name: string): TextFact => {
  const { texts, problems, issues } = factsOf({ [name]: fixture(`iproute2/${name}`) });
  expect([problems, issues]).toEqual([[], []]);
  if (texts[0] === undefined || texts.length > 1) throw new Error(`${texts.length} texts in ${name}`);
  return texts[0];
};

/** Without text and place, which the forms may word differently. */
const bare = <Entry extends { ref: unknown }>(entries: readonly Entry[]) =>
  entries.map(({ ref: _ref, text: _text, ...rest }: Entry & { text?: string }) => rest);

describe('routes', () => {
  const MAIN = [
    {
      dst: '0.0.0.0/0',
      via: '10.0.1.1',
      dev: 'ens5',
      type: 'unicast',
      protocol: 'dhcp',
      src: '10.0.1.20',
      onlink: false,
      mtu: null,
      table: null,
    },
    {
      dst: '10.0.1.0/24',
      via: null,
      dev: 'ens5',
      type: 'unicast',
      protocol: 'kernel',
      src: '10.0.1.20',
      onlink: false,
      mtu: null,
      table: null,
    },
    {
      dst: '10.48.0.128/26',
      via: null,
      dev: null,
      type: 'blackhole',
      protocol: '80',
      src: null,
      onlink: false,
      mtu: null,
      table: null,
    },
    {
      dst: '10.48.0.130/32',
      via: null,
      dev: 'calic628ed26868',
      type: 'unicast',
      protocol: null,
      src: null,
      onlink: false,
      mtu: null,
      table: null,
    },
    {
      dst: '10.48.0.192/26',
      via: '10.48.0.206',
      dev: 'vxlan.calico',
      type: 'unicast',
      protocol: '80',
      src: null,
      onlink: true,
      mtu: 1450,
      table: null,
    },
    {
      dst: '10.48.64.0/24',
      via: '10.0.1.30',
      dev: 'ens5',
      type: 'unicast',
      protocol: 'bird',
      src: null,
      onlink: false,
      mtu: null,
      table: null,
    },
    {
      dst: '10.48.64.0/24',
      via: '10.0.1.31',
      dev: 'ens5',
      type: 'unicast',
      protocol: 'bird',
      src: null,
      onlink: false,
      mtu: null,
      table: null,
    },
  ];

  it.each(['route.txt', 'route.json', 'route-pretty.json', 'route-colour.txt'])('%s', (name) => {
    const text = read(name);
    expect(bare(text.routes)).toEqual(MAIN);
    expect(text.has).toEqual({ link: false, addr: false, route: true, neigh: false, fdb: false });
  });

  it('keep their line and its place', () => {
    const [, , , , vxlan] = read('route.txt').routes;
    expect(vxlan?.text).toBe('10.48.0.192/26 via 10.48.0.206 dev vxlan.calico proto 80 onlink mtu 1450');
    expect(vxlan?.ref).toEqual({ file: 'route.txt', line: 5 });
    expect(read('route-pretty.json').routes[4]?.ref.line).toBe(26);
  });

  it('of other tables say which', () => {
    const { routes } = read('route-all.txt');
    expect(routes.find((route) => route.type === 'throw')).toMatchObject({
      dst: '10.48.0.0/26',
      table: '1',
      protocol: '80',
    });
    expect(routes.find((route) => route.type === 'local' && route.dst === '10.0.1.20/32')).toMatchObject({
      table: 'local',
      dev: 'ens5',
    });
    expect(routes.filter((route) => route.table === null && route.dst.includes('.'))).toHaveLength(MAIN.length);
  });
});

describe('neighbours', () => {
  const ALL = [
    { address: '10.48.0.206', dev: 'vxlan.calico', mac: '66:14:9d:f4:2c:1f', state: 'PERMANENT' },
    { address: '10.0.1.77', dev: 'ens5', mac: null, state: 'FAILED' },
    { address: '10.0.1.30', dev: 'ens5', mac: '02:85:fc:c5:96:85', state: 'REACHABLE' },
  ];

  it.each(['neigh.txt', 'neigh.json', 'neigh-statistics.txt'])('%s', (name) => {
    expect(bare(read(name).neighbours)).toEqual(ALL);
  });

  it('of one device are without it, unless the command says which', () => {
    expect(read('neigh-dev.txt').neighbours[0]).toMatchObject({ address: '10.48.0.206', dev: null });
    const pasted = `control1$ ip neigh show dev vxlan.calico\n${fixture('iproute2/neigh-dev.txt')}`;
    expect(factsOf({ a: pasted }).texts[0]?.neighbours[0]?.dev).toBe('vxlan.calico');
  });
});

describe('forwarding entries', () => {
  it.each(['fdb.txt', 'fdb.json', 'fdb-statistics.txt'])('%s: those that lead to a VTEP', (name) => {
    const text = read(name);
    expect(bare(text.fdb)).toEqual([{ mac: '66:14:9d:f4:2c:1f', dev: 'vxlan.calico', dst: '10.0.1.30' }]);
    expect(text.has.fdb).toBe(true);
  });

  it('of one device', () => {
    expect(read('fdb-dev.txt').fdb).toMatchObject([{ mac: '66:14:9d:f4:2c:1f', dev: null, dst: '10.0.1.30' }]);
  });
});

describe('links', () => {
  const VXLAN = { id: 4096, local: '10.0.1.20', dev: 'ens5', dstport: 4789, external: false, learning: false };

  it.each(['link.txt', 'link.json', 'link-oneline.txt', 'link-colour.txt'])('%s', (name) => {
    const text = read(name);
    const links = Object.fromEntries(text.links.map((link) => [link.name, link]));
    expect(Object.keys(links)).toEqual(['lo', 'peer5', 'ens5', 'vxlan.calico', 'eth0x', 'calic628ed26868']);
    expect(links['vxlan.calico']).toMatchObject({
      ifindex: 4,
      mac: '66:c9:ee:b1:9b:47',
      mtu: 8951,
      kind: 'vxlan',
      up: true,
      vxlan: VXLAN,
    });
    expect(links['ens5']).toMatchObject({ ifindex: 3, mac: '02:79:d5:90:06:0b', mtu: 9001, kind: 'veth', vxlan: null });
    expect(text.has).toMatchObject({ link: true, addr: false });
  });

  it.each([
    ['addr.txt', 4],
    ['addr.json', 4],
    ['addr-oneline.txt', 4],
    ['addr-brief.txt', 0],
  ])('%s has addresses', (name, ifindex) => {
    const text = read(name);
    const vxlan = text.links.filter((link) => link.name === 'vxlan.calico');
    expect(vxlan[0]?.ifindex).toBe(ifindex);
    expect(vxlan.flatMap((link) => link.addresses)[0]).toEqual({ address: '10.48.0.135', prefixLength: 32 });
    expect(text.links.find((link) => link.name === 'ens5')?.addresses[0]).toEqual({
      address: '10.0.1.20',
      prefixLength: 24,
    });
    expect(text.has.addr).toBe(true);
  });

  it('link-brief.txt has MACs', () => {
    expect(read('link-brief.txt').links.find((link) => link.name === 'vxlan.calico')?.mac).toBe('66:c9:ee:b1:9b:47');
  });
});

it('eBPF: an external device has no VNI of its own', () => {
  const text = `9: vxlan.calico: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000
    link/ether 66:c9:ee:b1:9b:47 brd ff:ff:ff:ff:ff:ff promiscuity 0 minmtu 68 maxmtu 65535
    vxlan external id 0 srcport 0 0 dstport 4789 nolearning ttl auto ageing 300
`;
  expect(factsOf({ a: text }).texts[0]?.links[0]?.vxlan).toEqual({
    id: 0,
    local: null,
    dev: null,
    dstport: 4789,
    external: true,
    learning: false,
  });
});

it('tunl0 is known by its link type', () => {
  const text =
    '7: tunl0@NONE: <NOARP,UP,LOWER_UP> mtu 1480 qdisc noqueue state UNKNOWN group default qlen 1000\n    link/ipip 0.0.0.0 brd 0.0.0.0\n    inet 10.48.0.193/32 scope global tunl0\n';
  expect(factsOf({ a: text }).texts[0]?.links[0]).toMatchObject({
    name: 'tunl0',
    kind: 'ipip',
    mtu: 1480,
    mac: null,
    addresses: [{ address: '10.48.0.193', prefixLength: 32 }],
  });
});

it.each([
  ['default via inet6 fe80::1 dev ens5', { dst: '::/0', via: 'fe80::1' }],
  ['10.48.0.0/26 via inet6 fe80::1 dev ens5', { dst: '10.48.0.0/26', via: 'fe80::1' }],
  ['unreachable fd00::/8 dev lo metric 1024 error 4294967183 pref medium', { dst: 'fd00::/8', type: 'unreachable' }],
  ['10.48.0.46 dev vxlan.calico scope link mtu 1450', { dst: '10.48.0.46/32', dev: 'vxlan.calico', mtu: 1450 }],
  [
    '172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1 linkdown',
    { dst: '172.17.0.0/16', src: '172.17.0.1' },
  ],
])('the route %s', (line, route) => {
  expect(factsOf({ a: `${line}\n` }).texts[0]?.routes[0]).toMatchObject(route);
});

it('a decision of `ip route get` and policy rules are no routes', () => {
  const text =
    '10.48.0.200 via 10.48.0.206 dev vxlan.calico src 10.48.0.135 uid 0\n    cache\n0:\tfrom all lookup local\n99:\tnot from all fwmark 0x100000/0x100000 lookup 1\n10.0.1.0/24 dev ens5 scope link\n';
  expect(factsOf({ a: text }).texts[0]?.routes.map((route) => route.dst)).toEqual(['10.0.1.0/24']);
});

it('tables that are empty are still given', () => {
  expect(
    factsOf({
      a: 'control1$ ip neigh\ncontrol1$ bridge fdb show dev vxlan.calico\ncontrol1$ ip route\ncontrol1$ \n',
    }).texts.map((text) => text.has),
  ).toEqual([
    { link: false, addr: false, route: false, neigh: true, fdb: false },
    { link: false, addr: false, route: false, neigh: false, fdb: true },
    { link: false, addr: false, route: true, neigh: false, fdb: false },
  ]);
  expect(factsOf({ 'control1/ip-neigh.txt': '' }).texts[0]?.has.neigh).toBe(true);
  expect(factsOf({ a: 'control1$ bridge fdb show dev ens5\n' }).texts).toEqual([]);
});
