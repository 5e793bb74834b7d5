// Risks of devices, addresses and blocks: each with the outputs that show it, and with those that only look like it.
import { describe, expect, it } from 'vitest';
import { redactSnapshot } from '../../../src/topology/redact.ts';
import {
  type Files,
  issueCodes,
  issueOf,
  LAB_NODES,
  LAB_POOLS,
  listYaml,
  nodeYaml,
  podYaml,
  poolYaml,
  topologyOf,
} from '../documents.ts';

const base = { 'nodes.yaml': LAB_NODES, 'pools.yaml': LAB_POOLS };
const codes = (files: Files) => issueCodes(topologyOf({ ...base, ...files }));
const issue = (files: Files, code: string) => issueOf(topologyOf({ ...base, ...files }), code);

/** `ip addr` of a node as iproute2 prints it. */
function ipAddr({ nic = '10.0.1.20/24', vxlan = '10.48.0.135/32', up = true, mac = '02:00:00:00:01:20', more = '' }) {
  const flags = up ? 'BROADCAST,MULTICAST,UP,LOWER_UP' : 'BROADCAST,MULTICAST';
  return `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
2: ens5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9001 qdisc mq state UP group default qlen 1000
    link/ether ${mac} brd ff:ff:ff:ff:ff:ff
    inet ${nic} brd 10.0.1.255 scope global dynamic ens5
${more}7: vxlan.calico: <${flags}> mtu 8951 qdisc noqueue state ${up ? 'UNKNOWN' : 'DOWN'} group default
    link/ether 66:c9:ee:b1:9b:47 brd ff:ff:ff:ff:ff:ff
${vxlan === '' ? '' : `    inet ${vxlan} scope global vxlan.calico\n`}`;
}

const block = (cidr: string, node: string) =>
  `apiVersion: crd.projectcalico.org/v1\nkind: BlockAffinity\nmetadata: {name: ${node}-${cidr.replace(/\W/g, '-')}}\nspec: {cidr: ${cidr}, node: ${node}, state: confirmed}\n`;

describe('device-down', () => {
  it('is a tunnel device without the flag UP, or without its address', () => {
    expect(issue({ 'control1/a.txt': ipAddr({ up: false, vxlan: '' }) }, 'device-down')).toMatchObject({
      severity: 'risk',
      message:
        'control1: vxlan.calico is down and has no address, but its vxlan tunnel address is 10.48.0.135: nothing comes out of the tunnel there',
      refs: [
        { file: 'control1/a.txt', line: 8 },
        { file: 'nodes.yaml', line: 10 },
      ],
    });
    expect(issue({ 'control1/a.txt': ipAddr({ vxlan: '' }) }, 'device-down').message).toContain('has no address, but');
    expect(issue({ 'control1/a.txt': ipAddr({ up: false }) }, 'device-down').message).toBe(
      'control1: vxlan.calico is down: nothing comes out of the tunnel there',
    );
  });

  it('is not one whose state is UNKNOWN, nor one that `ip link` shows, which has no addresses', () => {
    expect(codes({ 'control1/a.txt': ipAddr({}) })).toEqual([]);
    const ipLink = ipAddr({ vxlan: '' })
      .replaceAll(' group default', ' mode DEFAULT group default')
      .replace(/ {4}inet .*\n/g, '');
    expect(codes({ 'control1/ip-link.txt': ipLink })).toEqual([]);
  });

  it('is not an IP-in-IP device that no pool asks for', () => {
    const more =
      '5: tunl0@NONE: <NOARP> mtu 1480 qdisc noop state DOWN group default qlen 1000\n    link/ipip 0.0.0.0 brd 0.0.0.0\n';
    const files = { 'control1/a.txt': ipAddr({ more }) };
    expect(codes(files)).toEqual([]);
    const pools = listYaml(poolYaml('default-ipv4-ippool', '10.48.0.0/24', 'ipipMode: Always'));
    const found = topologyOf({ ...base, 'pools.yaml': pools, ...files }).issues.filter(
      ({ code }) => code === 'device-down',
    );
    expect(found.map(({ message }) => message)).toEqual([
      'control1: tunl0 is down: nothing comes out of the tunnel there',
    ]);
  });
});

describe('local-address-elsewhere', () => {
  const device = (local: string) =>
    `7: vxlan.calico: <BROADCAST,UP> mtu 8951 qdisc noqueue state UNKNOWN mode DEFAULT group default\n    link/ether 66:c9:ee:b1:9b:47 brd ff:ff:ff:ff:ff:ff\n    vxlan id 4096 local ${local} dev ens5 dstport 4789 nolearning\n`;

  it("is a device's local address that no interface has, or the node's address where no device shows one", () => {
    const files = { 'control1/addr.txt': ipAddr({ nic: '10.0.1.21/24' }) };
    expect(issue(files, 'local-address-elsewhere').message).toBe(
      'control1: projectcalico.org/IPv4Address is 10.0.1.20, which is on none of its interfaces: packets to it reach another machine, or none',
    );
    const shown = { 'control1/addr.txt': ipAddr({}), 'control1/link.txt': device('10.0.9.9') };
    expect(issue(shown, 'local-address-elsewhere').message).toContain('the local address of vxlan.calico is 10.0.9.9');
  });

  it('is told by the local table too', () => {
    const table = `$ ip route show table local
local 10.0.1.21 dev ens5 proto kernel scope host src 10.0.1.21
local 127.0.0.0/8 dev lo proto kernel scope host src 127.0.0.1
`;
    expect(issue({ 'control1/route.txt': table }, 'local-address-elsewhere').refs[1]).toEqual({
      file: 'control1/route.txt',
      line: 2,
    });
  });

  it('is not what one interface alone lacks', () => {
    const one = ipAddr({ nic: '10.0.1.21/24' }).split('\n').slice(4, 7).join('\n');
    expect(codes({ 'control1/addr.txt': one })).toEqual([]);
  });
});

describe('address-claimed-twice', () => {
  it("is another node's or pod's address on an interface", () => {
    const vip = '    inet 10.0.1.31/32 scope global ens5\n';
    const more = issue({ 'control1/a.txt': ipAddr({ more: vip }) }, 'address-claimed-twice');
    expect(more.message).toBe(
      "10.0.1.31 is worker2's projectcalico.org/IPv4Address, but ens5 of control1 has it: packets reach one of the two at most",
    );
    expect(more.refs).toEqual([
      { file: 'nodes.yaml', line: 25 },
      { file: 'control1/a.txt', line: 5 },
    ]);
    const pod = {
      p: podYaml('web', 'worker1', '10.48.0.200'),
      'control1/a.txt': ipAddr({ more: '    inet 10.48.0.200/32 scope global ens5\n' }),
    };
    expect(issue(pod, 'address-claimed-twice').message).toContain('10.48.0.200 is the address of default/web, but');
  });

  it('is not a virtual address that is nobody’s, nor what two Node objects claim', () => {
    expect(codes({ 'control1/a.txt': ipAddr({ more: '    inet 10.0.1.100/32 scope global ens5\n' }) })).toEqual([]);
    const ipvs =
      '9: kube-ipvs0: <BROADCAST,NOARP> mtu 1500 qdisc noop state DOWN group default\n    inet 10.0.1.31/32 scope global kube-ipvs0\n';
    expect(codes({ 'control1/a.txt': ipAddr({ more: ipvs }) })).toEqual([]);
  });
});

it('an interface that every virtual machine has with one address makes no two nodes one', () => {
  const nat = (own: string, vxlan: string) =>
    `1: lo: <LOOPBACK,UP> mtu 65536 group default\n    inet 127.0.0.1/8 scope host lo\n2: enp0s3: <BROADCAST,UP> mtu 1500 group default\n    link/ether 02:42:ac:11:00:02 brd ff:ff:ff:ff:ff:ff\n    inet 10.0.2.15/24 scope global enp0s3\n3: enp0s8: <BROADCAST,UP> mtu 1500 group default\n    link/ether 08:00:27:00:00:${own.slice(-2)} brd ff:ff:ff:ff:ff:ff\n    inet ${own}/24 scope global enp0s8\n7: vxlan.calico: <BROADCAST,UP> mtu 1450 group default\n    inet ${vxlan}/32 scope global vxlan.calico\n`;
  expect(
    codes({
      'control1/a.txt': nat('10.0.1.20', '10.48.0.135'),
      'worker1/a.txt': nat('10.0.1.30', '10.48.0.206'),
    }),
  ).toEqual([]);
});

describe('stale-neighbour', () => {
  const neigh = (...entries: [string, string][]) =>
    entries.map(([address, mac]) => `${address} dev ens5 lladdr ${mac} STALE\n`).join('');
  const worker1 = {
    'worker1/a.txt': ipAddr({ nic: '10.0.1.30/24', vxlan: '10.48.0.206/32', mac: '02:00:00:00:01:30' }).replace(
      '66:c9:ee:b1:9b:47',
      '66:14:9d:f4:2c:1f',
    ),
  };

  it("is an entry with the MAC of another node's NIC", () => {
    const files = {
      ...worker1,
      'control1/ip-neigh.txt': neigh(['10.0.1.31', '02:00:00:00:01:30'], ['10.0.1.1', '02:00:00:00:00:01']),
    };
    expect(issue(files, 'stale-neighbour').message).toBe(
      "control1 has 02:00:00:00:01:30 for worker2's 10.0.1.31, which is the MAC of ens5 of worker1: stale, or both machines have the address",
    );
  });

  it("is one MAC for two nodes, or not the one of the node's own NIC", () => {
    const both = {
      'control1/ip-route.txt':
        'default via 10.0.1.1 dev ens5\n10.0.1.0/24 dev ens5 proto kernel scope link src 10.0.1.20\n',
      'control1/ip-neigh.txt': neigh(
        ['10.0.1.30', '02:00:00:00:01:33'],
        ['10.0.1.31', '02:00:00:00:01:33'],
        ['10.0.1.1', '02:00:00:00:00:01'],
      ),
    };
    expect(issue(both, 'stale-neighbour').message).toBe(
      "control1 has 02:00:00:00:01:33 for worker1's 10.0.1.30 and for worker2's 10.0.1.31: one of the entries is stale",
    );
    const other = { ...worker1, 'control1/ip-neigh.txt': neigh(['10.0.1.30', '02:00:00:00:01:77']) };
    expect(issue(other, 'stale-neighbour').message).toContain('but ens5 of worker1 has 02:00:00:00:01:30');
  });

  it('is not a gateway that answers for everybody', () => {
    const fabric = neigh(['10.0.1.30', '12:34:56:78:9a:bc'], ['10.0.1.31', '12:34:56:78:9a:bc']);
    expect(codes({ 'control1/ip-neigh.txt': fabric })).not.toContain('risk stale-neighbour');
    const far = neigh(
      ['10.0.1.30', '12:34:56:78:9a:bc'],
      ['10.0.1.31', '12:34:56:78:9a:bc'],
      ['10.0.1.32', '12:34:56:78:9a:bc'],
      ['10.0.1.33', '02:00:00:00:01:33'],
    );
    const more = ['10.0.1.32', '10.0.1.33'].map((address) =>
      nodeYaml(`n${address}`, { IPv4Address: `${address}/24` }, address),
    );
    expect(codes({ 'more.yaml': listYaml(...more), 'control1/ip-neigh.txt': far })).not.toContain(
      'risk stale-neighbour',
    );
    const routed = {
      ...worker1,
      'control1/ip-route.txt': 'default via 10.0.1.1 dev ens5\n',
      'control1/ip-neigh.txt': fabric + neigh(['10.0.1.1', '12:34:56:78:9a:bc']),
    };
    expect(codes(routed)).not.toContain('risk stale-neighbour');
  });
});

describe('tunnel-address-borrowed', () => {
  const nodes = { 'nodes.yaml': LAB_NODES.replace('10.48.0.46', '10.48.0.210') };

  it('names the route that catches the address', () => {
    const files = {
      ...nodes,
      'control1/ip-route.txt':
        '10.0.1.0/24 dev ens5 proto kernel scope link src 10.0.1.20\n10.48.0.192/26 via 10.48.0.206 dev vxlan.calico onlink\n',
    };
    expect(issue(files, 'tunnel-address-borrowed').message).toContain(
      '; control1 sends packets for 10.48.0.210 to worker1 ("10.48.0.192/26 via 10.48.0.206 dev vxlan.calico onlink")',
    );
  });

  it('is none where every table given has a route of its own to it', () => {
    const own =
      '10.48.0.206 dev vxlan.calico scope link\n10.48.0.210 dev vxlan.calico scope link\n10.48.0.192/26 via 10.48.0.206 dev vxlan.calico onlink\n';
    expect(codes({ ...nodes, 'control1/ip-route.txt': own })).not.toContain('risk tunnel-address-borrowed');
  });
});

describe('blocks', () => {
  it('that share addresses, of two nodes', () => {
    const files = { b: listYaml(block('10.48.0.0/26', 'worker2'), block('10.48.0.32/27', 'worker1')) };
    expect(issue(files, 'overlapping-blocks').message).toBe(
      'the blocks 10.48.0.0/26 of worker2 (BlockAffinity) and 10.48.0.32/27 of worker1 (BlockAffinity) share addresses: packets reach one of the nodes at most',
    );
    const route = { b: block('10.48.0.0/26', 'worker2'), 'control1/ip-route.txt': 'blackhole 10.48.0.0/26 proto 80\n' };
    expect(issue(route, 'overlapping-blocks').message).toContain('10.48.0.0/26 of control1 (blackhole route)');
  });

  it('of another size than the pool says, where its size is stated', () => {
    const files = { b: listYaml(block('10.48.0.32/27', 'worker2'), block('10.48.0.128/26', 'control1')) };
    expect(issue(files, 'block-size-mismatch').message).toBe(
      'IPPool default-ipv4-ippool gives out blocks of /26, but 10.48.0.32/27 of worker2 (BlockAffinity) has another size',
    );
    const table =
      'NAME                  CIDR           NAT    IPIPMODE   VXLANMODE   DISABLED\ndefault-ipv4-ippool   10.48.0.0/24   true   Never      Always      false\nflat-ippool           10.49.0.0/24   true   Never      Never       false\n';
    expect(codes({ ...files, 'pools.yaml': table })).not.toContain('risk block-size-mismatch');
  });

  it('of a pool that holds a smaller pool are measured by their own', () => {
    const pools = listYaml(
      poolYaml('default-ipv4-ippool', '10.48.0.0/24'),
      poolYaml('vips', '10.48.0.0/28', 'blockSize: 28, allowedUses: [LoadBalancer]'),
      poolYaml('small', '10.48.0.16/28', 'blockSize: 29'),
    );
    const files = {
      'pools.yaml': pools,
      b: listYaml(block('10.48.0.0/26', 'worker2'), block('10.48.0.16/29', 'worker2')),
    };
    expect(codes(files).filter((code) => code.includes('block'))).toEqual([]);
  });

  it('that healthy nodes have are none', () => {
    const files = {
      b: listYaml(block('10.48.0.0/26', 'worker2'), block('10.48.0.128/26', 'control1')),
      'control1/ip-route.txt': 'blackhole 10.48.0.128/26 proto 80\n',
    };
    expect(codes(files)).toEqual([]);
  });
});

describe('route-missing', () => {
  const full =
    'default via 10.0.1.1 dev ens5\n10.0.1.0/24 dev ens5 proto kernel scope link src 10.0.1.20\n10.48.0.0/26 via 10.48.0.46 dev vxlan.calico onlink\n';

  it("is a full table without a route to the block that a peer's tunnel address suggests", () => {
    expect(issue({ 'control1/ip-route.txt': full }, 'route-missing').message).toBe(
      'control1 has no route to 10.48.0.192/26 (worker1): packets there follow its default route',
    );
  });

  it('is not told of an excerpt', () => {
    const excerpt = '10.48.0.0/26 via 10.48.0.46 dev vxlan.calico onlink\n';
    expect(codes({ b: block('10.48.0.64/26', 'worker1'), 'control1/ip-route.txt': excerpt })).toEqual([]);
  });
});

describe('vxlan-port-from-environment', () => {
  const daemonSet = (env: string) => `apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: calico-node
  namespace: kube-system
spec:
  selector:
    matchLabels: {k8s-app: calico-node}
  template:
    metadata:
      labels: {k8s-app: calico-node}
    spec:
      containers:
      - env:
        - name: CALICO_PASSWORD
          value: hunter2
${env}        image: calico/node
        name: calico-node
`;
  const PORT = '        - name: FELIX_VXLANPort\n          value: "8472"\n';
  const felix =
    'apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: default}\nspec: {vxlanPort: 4789}\n';

  it("overrides FelixConfiguration and Calico's default", () => {
    const files = { 'ds.yaml': daemonSet(PORT), 'felix.yaml': felix };
    expect(issue(files, 'vxlan-port-from-environment')).toMatchObject({
      message:
        'the environment of calico-node sets the VXLAN UDP port to 8472, but FelixConfiguration says 4789: the environment counts',
      refs: [
        { file: 'ds.yaml', line: 18 },
        { file: 'felix.yaml', line: 4 },
      ],
    });
    expect(topologyOf({ ...base, ...files }).felix('worker1').vxlanPort?.value).toBe(8472);
    expect(issue({ 'ds.yaml': daemonSet(PORT) }, 'vxlan-port-from-environment').message).toContain(
      "Calico's default is 4789",
    );
  });

  it('has a code of its own for the VNI, and both where both are set', () => {
    const VNI = '        - name: FELIX_VXLANVNI\n          value: "7"\n';
    expect(issue({ 'ds.yaml': daemonSet(VNI) }, 'vxlan-vni-from-environment').message).toBe(
      "the environment of calico-node sets the VXLAN VNI to 7, but Calico's default is 4096: the environment counts",
    );
    expect(codes({ 'ds.yaml': daemonSet(VNI) })).toEqual(['risk vxlan-vni-from-environment']);
    expect(codes({ 'ds.yaml': daemonSet(VNI + PORT) })).toEqual([
      'risk vxlan-port-from-environment',
      'risk vxlan-vni-from-environment',
    ]);
  });

  it('is silent where it says the same, or nothing', () => {
    expect(codes({ 'ds.yaml': daemonSet(PORT.replace('8472', '4789')), 'felix.yaml': felix })).toEqual([]);
    expect(codes({ 'ds.yaml': daemonSet('') })).toEqual([]);
  });

  it('leaves no other variable in what is stripped', () => {
    const { text } = redactSnapshot(daemonSet(PORT), 'ds.yaml');
    expect(text).toContain('8472');
    expect(text).not.toContain('CALICO_PASSWORD');
    expect(text).not.toContain('hunter2');
    expect(codes({ 'ds.yaml': text })).toEqual(['risk vxlan-port-from-environment']);
  });
});
