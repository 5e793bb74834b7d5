import { describe, expect, it } from 'vitest';
import { NodeAddresses } from '../../../src/flow/paths/node-addresses.ts';
import { ethernet, gre, hex, ipv4, tcp, udp, vxlan } from '../../support/packet-builder.ts';
import { countFrames, everyRow, flowText, told, tunnelText } from '../traffic.ts';

const NODES = new NodeAddresses(['10.0.1.20', '10.0.1.30']);
const NODE = { src: '10.0.1.20', dst: '10.0.1.30' } as const;
const MIRROR = { src: '192.0.2.1', dst: '192.0.2.2' } as const;
const POD = { src: '10.48.0.134', dst: '10.48.0.206' } as const;
const WIREGUARD = udp({ dstport: 51820 }, hex(`04000000 ${'00'.repeat(28)}`));

const POD_PACKET = ipv4({ ...POD, proto: 6 }, tcp({}));
const POD_FRAME = ethernet({}, POD_PACKET);
const POD_FLOW = '6 10.48.0.134:40000 > 10.48.0.206:80';
const NODE_VXLAN = 'vxlan 4096 10.0.1.20 > 10.0.1.30';
const MIRROR_VXLAN = 'vxlan 7 192.0.2.1 > 192.0.2.2';

type Ends = { src: string; dst: string };
const inVxlan = (ends: Ends, vni: number, frame: Uint8Array): Uint8Array =>
  ethernet({}, ipv4(ends, udp({ dstport: 4789 }, vxlan({ vni }, frame))));
const inGre = (ends: Ends, frame: Uint8Array): Uint8Array =>
  ethernet({}, ipv4({ ...ends, proto: 47 }, gre({ proto: 0x6558 }, frame)));
const inIpip = (ends: Ends, packet: Uint8Array): Uint8Array => ethernet({}, ipv4({ ...ends, proto: 4 }, packet));

/** `flow [tunnel]` of one frame. */
function seen(frame: Uint8Array, nodes: NodeAddresses | null = NODES): string {
  const { table } = countFrames([frame], nodes);
  return `${flowText(table, 0)} [${tunnelText(table, 0)}]`;
}

describe('a single tunnel describes the observation', () => {
  it('between nodes or not, when it is the overlay', () => {
    expect(seen(inVxlan(NODE, 4096, POD_FRAME))).toBe(`${POD_FLOW} [${NODE_VXLAN}]`);
    expect(seen(inVxlan({ src: '10.0.9.9', dst: '10.0.1.30' }, 4096, POD_FRAME))).toBe(
      `${POD_FLOW} [vxlan 4096 10.0.9.9 > 10.0.1.30]`,
    );
    expect(seen(inVxlan(NODE, 7, POD_FRAME))).toBe(`${POD_FLOW} [vxlan 7 10.0.1.20 > 10.0.1.30]`);
    expect(seen(inIpip(MIRROR, POD_PACKET))).toBe(`${POD_FLOW} [ipip 192.0.2.1 > 192.0.2.2]`);
  });

  it('whatever it is, without a snapshot', () => {
    expect(seen(inVxlan(MIRROR, 7, POD_FRAME), null)).toBe(`${POD_FLOW} [${MIRROR_VXLAN}]`);
    expect(seen(inGre(MIRROR, POD_FRAME), null)).toBe(`${POD_FLOW} [gre 192.0.2.1 > 192.0.2.2]`);
  });
});

describe('a mirrored copy', () => {
  it('of a plain packet is plain, and the carrier is named', () => {
    expect(seen(inGre(MIRROR, POD_FRAME))).toBe(`${POD_FLOW} [gre 192.0.2.1 > 192.0.2.2 | none]`);
    expect(seen(inVxlan(MIRROR, 7, POD_FRAME))).toBe(`${POD_FLOW} [${MIRROR_VXLAN} | none]`);
  });

  it('of an overlay packet is that overlay packet', () => {
    const copied = inVxlan(NODE, 4096, POD_FRAME);
    const expected = (carrier: string): string => `${POD_FLOW} [${carrier} | ${NODE_VXLAN}]`;
    for (const nodes of [NODES, null]) {
      expect(seen(inGre(MIRROR, copied), nodes)).toBe(expected('gre 192.0.2.1 > 192.0.2.2'));
      expect(seen(inVxlan(MIRROR, 7, copied), nodes)).toBe(expected(MIRROR_VXLAN));
    }
    expect(seen(inGre(MIRROR, inVxlan(MIRROR, 7, copied)))).toBe(
      expected(`gre 192.0.2.1 > 192.0.2.2 | ${MIRROR_VXLAN}`),
    );
  });

  it('is no carrier when a VTEP sent it, or its VNI is the cluster’s', () => {
    const fromVtep = ethernet({ dst: '66:14:9d:f4:2c:1f' }, POD_PACKET);
    expect(seen(inVxlan(MIRROR, 7, fromVtep))).toBe(`${POD_FLOW} [${MIRROR_VXLAN}]`);
    const named = new NodeAddresses(['10.0.1.20', '10.0.1.30'], [7]);
    expect(seen(inVxlan(MIRROR, 7, POD_FRAME), named)).toBe(`${POD_FLOW} [${MIRROR_VXLAN}]`);
  });

  it('counts overhead from the tunnel that it describes', () => {
    const { table } = countFrames([inGre(MIRROR, inVxlan(NODE, 4096, POD_FRAME)), inGre(MIRROR, POD_FRAME)], NODES);
    expect(everyRow(table).map((row) => table.rows.overheadBytes(row))).toEqual([50, 0]);
  });
});

describe('a tunnel of the pods', () => {
  const podsOwn = inVxlan(POD, 9, ethernet({}, ipv4({}, udp({}))));

  it('is the payload of their flow, inside a tunnel between nodes', () => {
    expect(seen(inVxlan(NODE, 4096, podsOwn))).toBe(`17 10.48.0.134:40000 > 10.48.0.206:4789 [${NODE_VXLAN}]`);
    expect(seen(inIpip(NODE, podsOwn.subarray(14)))).toBe(
      '17 10.48.0.134:40000 > 10.48.0.206:4789 [ipip 10.0.1.20 > 10.0.1.30]',
    );
    const gre = inGre(POD, ethernet({}, ipv4({}, udp({}))));
    expect(seen(inVxlan(NODE, 4096, gre))).toBe(`47 10.48.0.134:0 > 10.48.0.206:0 [${NODE_VXLAN}]`);
    const ipip = inIpip(POD, ipv4({}, udp({})));
    expect(seen(inVxlan(NODE, 4096, ipip))).toBe(`4 10.48.0.134:0 > 10.48.0.206:0 [${NODE_VXLAN}]`);
  });

  it('is the innermost one without a snapshot', () => {
    expect(seen(inVxlan(NODE, 4096, podsOwn), null)).toBe(
      `17 10.0.0.1:40000 > 10.0.0.2:53 [${NODE_VXLAN} | vxlan 9 10.48.0.134 > 10.48.0.206]`,
    );
  });

  it('of WireGuard is payload too', () => {
    const frame = inVxlan(NODE, 4096, ethernet({}, ipv4(POD, WIREGUARD)));
    expect(seen(frame)).toBe(`17 10.48.0.134:40000 > 10.48.0.206:51820 [${NODE_VXLAN}]`);
  });

  it('with a fragmented packet inside is one flow: the fragments are payload', () => {
    const fragment = (frag_offset: number): Uint8Array =>
      inVxlan(NODE, 4096, inVxlan(POD, 9, ethernet({}, ipv4({ id: 5, frag_offset, 'flags.mf': true }, udp({})))));
    const { table, orphans } = countFrames([fragment(0), fragment(2), fragment(4)], NODES);
    expect(told(table)).toEqual([`17 10.48.0.134:40000 > 10.48.0.206:4789 [${NODE_VXLAN}] 3`]);
    expect(orphans).toEqual([false, false, false]);
  });
});

describe('WireGuard between nodes', () => {
  const packet = ipv4(NODE, WIREGUARD);
  const flow = '17 10.0.1.20:40000 > 10.0.1.30:51820';
  const tunnel = 'wireguard 10.0.1.20 > 10.0.1.30';

  it('is the tunnel, and its datagram the flow', () => {
    expect(seen(ethernet({}, packet))).toBe(`${flow} [${tunnel}]`);
    expect(seen(ethernet({}, packet), null)).toBe(`${flow} [${tunnel}]`);
  });

  it('is the tunnel inside a carrier too', () => {
    expect(seen(inGre(MIRROR, ethernet({}, packet)))).toBe(`${flow} [gre 192.0.2.1 > 192.0.2.2 | ${tunnel}]`);
  });
});
