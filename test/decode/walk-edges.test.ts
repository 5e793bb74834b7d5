// Where a number is the first or last of its kind: the walk must take it for what it is.
import { describe, expect, it } from 'vitest';
import { LayerStack } from '../../src/decode/layer-stack.ts';
import { holdsKnownFrame } from '../../src/decode/plausible.ts';
import { walkPorts } from '../../src/decode/walk-ports.ts';
import { ethernet, hex, ipv4, tcp, udp, vlan, vxlan, vxlanFrame } from '../support/packet-builder.ts';
import { walkPacket } from '../support/walk-packet.ts';

const RAW = 101;
const FRAME = ethernet({}, ipv4({ src: '10.48.0.1', dst: '10.48.0.2', proto: 6 }, tcp({})));
/** Longer than any length that a type field may hold. */
const LONG = new Uint8Array(1600);

describe('a stack that no packet was written to', () => {
  it('has no layer, no tunnel, no flow and no fault', () => {
    const { protocol: _protocol, start: _start, end: _end, tunnel: _tunnel, ...rest } = new LayerStack();
    expect(rest).toEqual({
      ...{ depth: 0, tunnels: 0, network: -1, transport: -1, ipProtocol: -1, laterFragment: -1, firstFragment: -1 },
      ...{ portsAt: -1, cut: false, outcome: 0, fault: 0, faultLayer: 0, faultAt: 0, need: 0, have: 0, limit: 0 },
      ...{ unsupported: -1, unsupportedSpace: 0, at: 0, bound: 0, boundBy: 0 },
    });
  });
});

describe('0x0600 is the first EtherType, 0x05ff the last length (IEEE 802.3 3.2.6)', () => {
  const ends = (frame: Uint8Array): number[] => {
    const { stack, start } = walkPacket(frame);
    return [...stack.end.subarray(0, stack.depth)].map((end) => end - start);
  };
  it.each([
    [0x05ff, 14 + 0x05ff],
    [0x0600, 14 + 1600],
  ])('of a frame, %i', (type, end) => {
    expect(ends(ethernet({ type }, LONG))[0]).toBe(end);
  });

  it.each([
    [0x05ff, 18 + 0x05ff],
    [0x0600, 18 + 1600],
  ])('behind a VLAN tag, %i', (type, end) => {
    expect(ends(ethernet({ type: 0x8100 }, vlan({ etype: type }, LONG)))[1]).toBe(end);
  });
});

describe('IPv4', () => {
  it('of another version needs no more bytes: they say another thing', () => {
    const packet = ipv4({}, udp({}));
    packet[0] = 0x55;
    expect(walkPacket(ethernet({}, packet))).toMatchObject({
      fault: 'ipv4-version',
      where: expect.stringMatching(/^need 0 /),
    });
  });

  it('that is the outermost first fragment is the one of the packet, whatever fragment it carries', () => {
    const inner = ipv4({ 'flags.mf': true, proto: 17 }, udp({}));
    const { stack, path } = walkPacket(ipv4({ 'flags.mf': true, proto: 4 }, inner), { linkType: RAW });
    expect([path, stack.firstFragment, stack.network]).toEqual(['raw:ip:ip:udp', 1, 2]);
  });
});

describe('a datagram on the port of VXLAN', () => {
  const on = (length: number, dstport: number, ...payload: Uint8Array[]): Uint8Array =>
    ethernet({}, ipv4({ proto: 17 }, udp({ dstport, length }, ...payload)));

  it('of no more than a UDP header lacks the header of VXLAN', () => {
    const { fault, outcome } = walkPacket(on(8, 4789, new Uint8Array(10)));
    expect([fault, outcome]).toEqual(['vxlan-truncated', 'faulty']);
  });

  it('of a UDP header and one of VXLAN-GPE lacks what follows', () => {
    const header = hex('0c000001 001000 00');
    expect(walkPacket(on(16, 4790, header)).fault).toBe('ipv4-header-truncated');
    expect(walkPacket(on(15, 4790, header.subarray(0, 7))).fault).toBe('vxlan-truncated');
  });
});

describe('VXLAN on a port that nobody named', () => {
  const PORTS = walkPorts({ vnis: [4096] });
  const path = (payload: Uint8Array): string =>
    walkPacket(ethernet({}, ipv4({ proto: 17 }, udp({ dstport: 9999 }, payload))), { ports: PORTS }).path;
  const header = (text: string): Uint8Array => new Uint8Array([...hex(text), ...FRAME]);

  it.each([
    ['eth:ip:udp:vxlan:eth:ip:tcp', 'with a VNI of the cluster', header('08000000 001000 00')],
    ['eth:ip:udp', 'with another VNI', header('08000000 001001 00')],
    ['eth:ip:udp', 'without the I flag', header('00000000 001000 00')],
    ['eth:ip:udp', 'without a frame in it', header('08000000 001000 00').subarray(0, 8)],
    ['eth:ip:udp', 'of fewer bytes than its header has', hex('08000000 001000')],
  ])('%s: %s', (expected, _name, payload) => {
    expect(path(payload)).toBe(expected);
  });

  it('is the same frame as on the port of VXLAN', () => {
    expect(walkPacket(vxlanFrame(FRAME)).path).toBe(path(new Uint8Array([...vxlan({ vni: 4096 }), ...FRAME])));
  });
});

describe('a frame with a VLAN tag', () => {
  const tagged = hex('02000000000b 02000000000a 8100 0005 0800 45');
  it('is known by the first byte behind the tag, not without it', () => {
    expect(holdsKnownFrame(tagged, 0, 19)).toBe(true);
    expect(holdsKnownFrame(tagged, 0, 18)).toBe(false);
  });
});
