// What flows ask of an IP header in the stack, of packets built by hand.
import { describe, expect, it } from 'vitest';
import {
  fragmentHeader,
  ipHeaderLength,
  isFirstFragment,
  unreadTunnel,
  upperProtocol,
  wireEnd,
} from '../../src/decode/ip-facts.ts';
import { ethernet, geneve, gre, hex, ipv4, ipv6, tcp, udp, vxlanFrame } from '../support/packet-builder.ts';
import { type Walked, walkPacket } from '../support/walk-packet.ts';

const v4 = (ip: Parameters<typeof ipv4>[0], ...payload: Uint8Array[]): Uint8Array => ethernet({}, ipv4(ip, ...payload));
const v6 = (ip: Parameters<typeof ipv6>[0], ...payload: Uint8Array[]): Uint8Array =>
  ethernet({ type: 0x86dd }, ipv6(ip, ...payload));
const inner4 = ipv4({}, udp({}));
const inner6 = ipv6({}, udp({}));
/** Next header, PadN of six bytes. */
const options = (next: string): Uint8Array => hex(`${next}00 0104 00000000`);

describe('what an outer IP header carries', () => {
  // protocol numbers of IANA
  it.each([
    ['VXLAN', vxlanFrame(v4({}, udp({}))), 17],
    ['Geneve', v4({}, udp({ dstport: 6081 }, geneve({}, v4({}, udp({}))))), 17],
    ['GRE', v4({ proto: 47 }, gre({}, inner4)), 47],
    ['GRE in IPv6', v6({ nxt: 47 }, gre({}, inner4)), 47],
    ['IPv4', v4({ proto: 4 }, inner4), 4],
    ['IPv6', v4({ proto: 41 }, inner6), 41],
    ['IPv4 in IPv6', v6({ nxt: 4 }, inner4), 4],
    ['IPv6 behind destination options', v6({ nxt: 60 }, options('29'), inner6), 41],
    ['VXLAN behind destination options', v6({ nxt: 60 }, options('11'), vxlanFrame(v4({}, udp({}))).subarray(34)), 17],
  ])('%s', (_, packet, protocol) => {
    const { stack } = walkPacket(packet);
    expect(stack.tunnels).toBe(1);
    expect(upperProtocol(stack, 1)).toBe(protocol);
  });

  it('is nothing of these where there is no tunnel', () => {
    expect(upperProtocol(walkPacket(v4({ proto: 6 }, tcp({}))).stack, 1)).toBe(0);
  });
});

describe('the end of an IP packet on the wire', () => {
  const endOf = (packet: Uint8Array, cut = 0, network = 1): number => {
    const { bytes, start, stack } = walkPacket(packet, { original: packet.length + cut });
    return wireEnd(bytes, stack, network, cut) - start;
  };
  const padding = new Uint8Array(6);

  it('is where its own length says, not where the frame ends', () => {
    expect(endOf(ethernet({}, inner4, padding))).toBe(14 + 28);
    expect(endOf(ethernet({ type: 0x86dd }, inner6, padding))).toBe(14 + 48);
    expect(endOf(v4({ len: 1500, proto: 6 }, tcp({})), 1460)).toBe(14 + 1500);
    expect(endOf(v6({ plen: 1460, nxt: 6 }, tcp({})), 1440)).toBe(14 + 40 + 1460);
  });

  it('is that of the frame, with what was not captured, where the length is 0', () => {
    expect(endOf(v4({ len: 0, proto: 6 }, tcp({})))).toBe(14 + 40);
    expect(endOf(v4({ len: 0, proto: 6 }, tcp({})), 70_000)).toBe(14 + 40 + 70_000);
    expect(endOf(v6({ plen: 0, nxt: 6 }, tcp({})), 70_000)).toBe(14 + 60 + 70_000);
  });

  it('is that of what is around it, where that ends before the frame and the length is 0', () => {
    const inside = v4({ proto: 4 }, ipv4({ len: 0 }, udp({})));
    expect(endOf(new Uint8Array([...inside, ...padding]), 0, 2)).toBe(14 + 20 + 28);
    expect(endOf(new Uint8Array([...inside, ...padding]), 9, 2)).toBe(14 + 20 + 28);
  });
});

describe('a first fragment', () => {
  const isFirst = (packet: Uint8Array, layer = 1): boolean => {
    const { bytes, stack } = walkPacket(packet);
    return isFirstFragment(bytes, stack, layer);
  };
  const payload = udp({}, new Uint8Array(8));
  const flags = (offsetAndFlags: string, ...before: Uint8Array[]): Uint8Array =>
    v6({ nxt: before.length > 0 ? 60 : 44 }, ...before, hex(`1100 ${offsetAndFlags} 00000007`), payload);

  // RFC 791 section 3.1; RFC 8200 section 4.5: offset in units of eight bytes, two reserved bits, M
  it.each([
    [true, 'of IPv4: more fragments, offset 0', v4({ 'flags.mf': true }, payload)],
    [true, 'of IPv4, whatever the other flags', v4({ 'flags.mf': true, 'flags.df': true }, payload)],
    [false, 'of IPv4: the last one', v4({ frag_offset: 1 }, payload)],
    [false, 'of IPv4: one in the middle', v4({ 'flags.mf': true, frag_offset: 1 }, payload)],
    [false, 'of IPv4: one in the middle, far behind', v4({ 'flags.mf': true, frag_offset: 0x1000 }, payload)],
    [false, 'of IPv4: no fragment', v4({}, payload)],
    [false, 'of IPv4: one that may not be fragmented', v4({ 'flags.df': true }, payload)],
    [true, 'of IPv6: more fragments, offset 0', flags('0001')],
    [true, 'of IPv6, whatever the reserved bits', flags('0007')],
    [true, 'of IPv6, behind other extension headers', flags('0001', options('2c'))],
    [false, 'of IPv6: in one piece', flags('0000')],
    [false, 'of IPv6: one in the middle', flags('0009')],
    [false, 'of IPv6: one in the middle, far behind', flags('8001')],
    [false, 'of IPv6: no fragment header', v6({}, payload)],
  ])('%s %s', (first, _, packet) => {
    expect(isFirst(packet)).toBe(first);
  });

  it('is no other layer than IP', () => {
    const packet = v4({ 'flags.mf': true }, payload);
    expect([isFirst(packet, 0), isFirst(packet, 2)]).toEqual([false, false]);
  });
});

describe('the fragment header', () => {
  const fragment = hex('2900 0000 00000007');
  it.each([
    [2, 'right behind the IPv6 header', v6({ nxt: 44 }, hex('1100 0000 00000007'), udp({})), 1],
    [3, 'behind another extension header', v6({ nxt: 60 }, options('2c'), hex('1100 0000 00000007'), udp({})), 1],
    [-1, 'that there is not', v6({}, udp({})), 1],
    [-1, 'that there is not, behind another extension header', v6({ nxt: 60 }, options('11'), udp({})), 1],
    [2, 'of the outer header', v6({ nxt: 44 }, fragment, inner6), 1],
    [-1, 'of the inner header, where the outer one has it', v6({ nxt: 44 }, fragment, inner6), 3],
    [
      -1,
      'of the outer header, where the inner one has it',
      v6({ nxt: 41 }, ipv6({ nxt: 44 }, hex('1100 0000 00000007'), udp({}))),
      1,
    ],
    [-1, 'of a packet that is cut off behind its IPv6 header', v6({ nxt: 44 }), 1],
  ])('%i: %s', (layer, _, packet, network) => {
    expect(fragmentHeader(walkPacket(packet).stack, network)).toBe(layer);
  });
});

describe('the length of an IP header', () => {
  const lengthOf = (packet: Uint8Array): number => {
    const { bytes, stack } = walkPacket(packet);
    return ipHeaderLength(new DataView(bytes.buffer), stack, 1);
  };
  it('has the options of IPv4, and not the extension headers of IPv6', () => {
    expect(lengthOf(v4({}, udp({})))).toBe(20);
    expect(lengthOf(v4({ options: new Uint8Array(4) }, udp({})))).toBe(24);
    expect(lengthOf(v4({ options: new Uint8Array(40) }, udp({})))).toBe(60);
    expect(lengthOf(v6({ nxt: 60 }, options('11'), udp({})))).toBe(40);
  });
});

describe('a tunnel of which nothing inside can be read', () => {
  const unread = (packet: Uint8Array, length: number): number => {
    const { stack }: Walked = walkPacket(packet.subarray(0, length), { original: packet.length });
    return unreadTunnel(stack);
  };
  const over = vxlanFrame(v4({}, udp({})));
  const [ethernetEnd, ip, udpEnd, vxlanEnd, innerEthernet, innerIp] = [14, 34, 42, 50, 64, 84] as const;

  it('is VXLAN that was cut off before its inner IP header is whole', () => {
    expect(unread(over, innerEthernet + 19)).toBe(3);
    expect(unread(over, innerEthernet)).toBe(3);
    expect(unread(over, vxlanEnd)).toBe(3);
  });

  it('is none where the inner IP header is there, nor where no tunnel header is', () => {
    expect(unread(over, over.length)).toBe(-1);
    expect(unread(over, innerIp)).toBe(-1);
    expect(unread(over, udpEnd)).toBe(-1);
    expect(unread(over, ip)).toBe(-1);
    expect(unread(over, ethernetEnd)).toBe(-1);
    expect(unread(over, 0)).toBe(-1);
  });

  it('is IP-in-IP of which the inner header began and was cut off', () => {
    for (const packet of [v4({ proto: 4 }, inner4), v4({ proto: 41 }, inner6)]) {
      expect(unread(packet, ip + 1)).toBe(2);
      expect(unread(packet, ip + 19)).toBe(2);
      expect(unread(packet, ip)).toBe(-1);
      expect(unread(packet, packet.length)).toBe(-1);
      expect(unread(packet, ip - 1)).toBe(-1);
      // the inner header is there, what it carries is not
      expect(unread(packet, packet.length - 5)).toBe(-1);
    }
    const six = v6({ nxt: 60 }, options('04'), inner4);
    expect(unread(six, 14 + 40 + 8 + 10)).toBe(3);
    expect(unread(six, 14 + 40 + 7)).toBe(-1);
  });

  it('is the inner one of two, and none where the flow is in the outer one', () => {
    const twice = vxlanFrame(over);
    expect(unread(twice, 50 + innerEthernet + 5)).toBe(7);
    expect(unread(twice, 50 + udpEnd)).toBe(-1);
  });
});
