// The line that settles an open question: on the right node and interface, no filter, enough bytes.
import { describe, expect, it } from 'vitest';
import { captureNic, nameThePlace, nicOf } from '../../../src/verdict/flow/advice.ts';
import {
  clusterDocuments,
  flowBetween,
  ip,
  NODE,
  POD,
  POD_MAC,
  plain,
  traceFrames,
  VETH,
  VTEP,
} from '../../support/cluster-frames.ts';
import { cluster, iproute2 } from '../../support/cluster-text.ts';

const { pools, nodes, pods } = clusterDocuments();
const LINK = iproute2(
  'a',
  'ip-link',
  '7: vxlan.calico: <UP> mtu 1450 qdisc noqueue state UNKNOWN',
  `    link/ether ${VTEP.a} brd ff:ff:ff:ff:ff:ff promiscuity 0`,
  `    vxlan id 4096 local ${NODE.a} dev ens5 srcport 0 0 dstport 4789 nolearning`,
);

function nic(...documents: Parameters<typeof cluster>): string | null {
  const node = cluster(pools, nodes, ...documents).nodeByName('a');
  return node === null ? null : nicOf(node);
}

describe('the NIC of a node', () => {
  it('is what its VXLAN device sends through, before its default route, before the route of its own address', () => {
    const routes = iproute2(
      'a',
      'ip-route',
      'default via 10.0.1.254 dev bond0',
      '10.0.1.0/24 dev eth7 proto kernel scope link src 10.0.1.1',
    );
    expect(nic(LINK, routes)).toBe('ens5');
    expect(nic(routes)).toBe('bond0');
    expect(nic(iproute2('a', 'ip-route', '10.0.1.0/24 dev eth7 proto kernel scope link src 10.0.1.1'))).toBe('eth7');
    expect(nic()).toBeNull();
  });
});

describe('the line', () => {
  it('names node, interface, snaplen and file', () => {
    const node = cluster(pools, nodes, LINK).nodeByName('a');
    expect(captureNic(node)).toBe('a# tcpdump -i ens5 -s 160 -w a-ens5.pcap');
  });

  it('leaves open what nobody knows', () => {
    expect(captureNic(null)).toBe('<node># tcpdump -i <NIC> -s 160 -w <node>-<NIC>.pcap');
    expect(nameThePlace('/tmp/x y.pcap', null)).toBe('overlens ... --at x y.pcap=<node>:<interface>');
  });

  it('is with every flow that was seen in the wrong place', async () => {
    const topology = cluster(pools, nodes, pods, LINK);
    const veth = [plain(ip({ src: POD.a, dst: POD.b, ttl: 64 }), POD_MAC, VETH)];
    const onVeth = flowBetween(await traceFrames([{ frames: veth }], topology), POD.a, POD.b);
    expect(onVeth.unverified).toMatchObject({
      reason: 'no-underlay',
      advice: 'a# tcpdump -i ens5 -s 160 -w a-ens5.pcap',
    });
    const nowhere = [plain(ip({ src: POD.a, dst: POD.b, ttl: 64 }), '02:bb:00:00:00:01', '02:bb:00:00:00:02')];
    const unknown = flowBetween(await traceFrames([{ name: 'x.pcap', frames: nowhere }], topology), POD.a, POD.b);
    expect(unknown.unverified).toMatchObject({ reason: 'point-unknown', advice: 'overlens ... --at x.pcap=a:ens5' });
  });
});
