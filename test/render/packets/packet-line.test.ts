// One line per packet: docs/decode.md has the grammar that is checked here.
import { describe, expect, it } from 'vitest';
import { joinBytes } from '../../support/capture-builder.ts';
import { decodeText, lineOf, walkedPacket } from '../../support/decode-text.ts';
import { HOSTILE, harmfulCharacters } from '../../support/hostile.ts';
import {
  arp,
  ethernet,
  ethernet8023,
  geneve,
  gre,
  hex,
  icmpEcho,
  ipv4,
  ipv6,
  mpls,
  pppoe,
  tcp,
  udp,
  vlan,
  vxlan,
  vxlanFrame,
} from '../../support/packet-builder.ts';

const inner = (...payload: Uint8Array[]): Uint8Array =>
  ethernet({}, ipv4({ src: '10.48.0.130', dst: '10.48.0.200', proto: 6 }, ...payload));
const outer = (proto: number, ...payload: Uint8Array[]): Uint8Array =>
  ethernet({}, ipv4({ src: '10.0.1.20', dst: '10.0.1.30', proto }, ...payload));

describe('a line', () => {
  const segment = tcp({ srcport: 35624, dstport: 5201, 'flags.ack': true, seq_raw: 7, ack_raw: 9 }, hex('616263'));

  it.each<[string, Uint8Array, string]>([
    [
      'TCP in VXLAN',
      vxlanFrame(inner(segment)),
      '10.0.1.20 > 10.0.1.30 | VXLAN 4096 | 10.48.0.130 > 10.48.0.200 TCP 35624 > 5201 ACK seq 7 ack 9 win 512 len 3',
    ],
    [
      'a SYN with its maximum segment size, and no ack without the flag',
      inner(tcp({ 'flags.ack': false, 'flags.syn': true, seq_raw: 4294967295, options: hex('01 02 04 22 cf') })),
      '10.48.0.130 > 10.48.0.200 TCP 40000 > 80 SYN seq 4294967295 win 512 len 0 mss 8911',
    ],
    [
      'TCP without flags',
      inner(tcp({ 'flags.ack': false })),
      '10.48.0.130 > 10.48.0.200 TCP 40000 > 80 no flags seq 0 win 512 len 0',
    ],
    [
      'all TCP flags in the order people say them',
      inner(tcp({ flags: 0x1ff })),
      '10.48.0.130 > 10.48.0.200 TCP 40000 > 80 SYN,FIN,RST,PSH,ACK,URG,ECE,CWR,AE seq 0 ack 0 win 512 len 0',
    ],
    [
      'UDP over IPv6',
      ethernet({ type: 0x86dd }, ipv6({}, udp({}, hex('0102')))),
      'fd00::1 > fd00::2 UDP 40000 > 53 len 2',
    ],
    [
      'a VLAN tag',
      ethernet({ type: 0x8100 }, vlan({}, ipv4({}, udp({})))),
      'VLAN 100 | 10.0.0.1 > 10.0.0.2 UDP 40000 > 53 len 0',
    ],
    [
      'MPLS labels, each before a bar',
      ethernet({ type: 0x8847 }, mpls({ label: 1048575, bottom: false }), mpls({}, ipv4({}, udp({})))),
      'MPLS 1048575 | MPLS 16 | 10.0.0.1 > 10.0.0.2 UDP 40000 > 53 len 0',
    ],
    [
      'a frame in a pseudowire',
      ethernet({ type: 0x8847 }, mpls({}, hex('00000000'), ethernet({}, ipv4({}, udp({}))))),
      'MPLS 16 | pseudowire | 10.0.0.1 > 10.0.0.2 UDP 40000 > 53 len 0',
    ],
    [
      'MPLS with something unknown',
      ethernet({ type: 0x8847 }, mpls({}, hex('1000000700000000'))),
      '02:00:00:00:00:0a > 02:00:00:00:00:0b | MPLS 16 | MPLS payload with first four bits 1 is not supported',
    ],
    [
      'an MPLS label that is cut off',
      ethernet({ type: 0x8847 }, mpls({}).subarray(0, 3)),
      '02:00:00:00:00:0a > 02:00:00:00:00:0b  ! the MPLS label stack is cut off: needs 4 bytes, has 3 (frame.len)',
    ],
    [
      'a PPPoE session',
      ethernet({ type: 0x8864 }, pppoe({}, ipv4({}, udp({})))),
      'PPPoE 0x0011 | 10.0.0.1 > 10.0.0.2 UDP 40000 > 53 len 0',
    ],
    [
      'PPP that supervises the link',
      ethernet({ type: 0x8864 }, pppoe({ protocol: 0xc021 }, hex('0901000800000000'))),
      '02:00:00:00:00:0a > 02:00:00:00:00:0b | PPPoE 0x0011 | LCP, 8 bytes',
    ],
    [
      'PPP of a rare protocol',
      ethernet({ type: 0x8864 }, pppoe({ protocol: 0xc481 }, hex('0000'))),
      '02:00:00:00:00:0a > 02:00:00:00:00:0b | PPPoE 0x0011 | PPP protocol 0xc481, 2 bytes',
    ],
    [
      'VXLAN on another port, with a group policy',
      outer(17, udp({ dstport: 8472 }, vxlan({ flag_g: true, gbp: 7, vni: 1 }, inner(segment)))),
      '10.0.1.20 > 10.0.1.30 | VXLAN 1 port 8472 policy 7 | 10.48.0.130 > 10.48.0.200 TCP 35624 > 5201 ACK seq 7 ack 9 win 512 len 3',
    ],
    [
      'Geneve',
      outer(17, udp({ dstport: 6081 }, geneve({ vni: 16777215 }, inner(segment)))),
      '10.0.1.20 > 10.0.1.30 | Geneve 16777215 | 10.48.0.130 > 10.48.0.200 TCP 35624 > 5201 ACK seq 7 ack 9 win 512 len 3',
    ],
    [
      'IP in IP',
      outer(4, ipv4({ src: '10.48.0.130', dst: '10.48.0.200', proto: 1 }, icmpEcho({}, hex('00')))),
      '10.0.1.20 > 10.0.1.30 | IPIP | 10.48.0.130 > 10.48.0.200 ICMP echo request id 7 seq 1 len 1',
    ],
    [
      'IPv6 in IPv4',
      outer(41, ipv6({}, udp({}))),
      '10.0.1.20 > 10.0.1.30 | IPv6-in-IPv4 | fd00::1 > fd00::2 UDP 40000 > 53 len 0',
    ],
    [
      'IPv4 in IPv6',
      ethernet({ type: 0x86dd }, ipv6({ nxt: 4 }, ipv4({}, udp({})))),
      'fd00::1 > fd00::2 | IPv4-in-IPv6 | 10.0.0.1 > 10.0.0.2 UDP 40000 > 53 len 0',
    ],
    [
      'GRE with a key',
      outer(47, gre({ 'flags.key': true }, hex('00 00 00 05'), ipv4({}, udp({})))),
      '10.0.1.20 > 10.0.1.30 | GRE key 5 | 10.0.0.1 > 10.0.0.2 UDP 40000 > 53 len 0',
    ],
    [
      'a VXLAN tunnel in a VXLAN tunnel',
      vxlanFrame(outer(17, udp({ dstport: 4789 }, vxlan({ vni: 2 }, inner(segment))))),
      '10.0.1.20 > 10.0.1.30 | VXLAN 4096 | 10.0.1.20 > 10.0.1.30 | VXLAN 2 | 10.48.0.130 > 10.48.0.200 TCP 35624 > 5201 ACK seq 7 ack 9 win 512 len 3',
    ],
    [
      'a first fragment',
      ethernet({}, ipv4({ id: 0x1a2b, 'flags.mf': true, proto: 17 }, udp({}, hex('00')))),
      '10.0.0.1 > 10.0.0.2 [fragment 0x1a2b at 0, more] UDP 40000 > 53 len 1',
    ],
    [
      'a later fragment, by the protocol it is of',
      ethernet({}, ipv4({ id: 0x1a2b, frag_offset: 185, proto: 17 }, hex('00 00 00'))),
      '10.0.0.1 > 10.0.0.2 [fragment 0x1a2b at 1480, last] UDP len 3',
    ],
    ['an ARP request', ethernet({ type: 0x0806 }, arp()), 'ARP who has 10.0.0.2? tell 10.0.0.1'],
    ['an ARP reply', ethernet({ type: 0x0806 }, arp({ opcode: 2 })), 'ARP 10.0.0.1 is at 02:00:00:00:00:0a'],
    ['an ARP operation of its own', ethernet({ type: 0x0806 }, arp({ opcode: 9 })), 'ARP operation 9'],
    [
      'frames without IP by their link addresses',
      ethernet({ type: 0x88cc }, hex('00 01 02')),
      '02:00:00:00:00:0a > 02:00:00:00:00:0b LLDP, 3 bytes',
    ],
    ['LLC', ethernet8023(hex('42 42 03 00 00')), '02:00:00:00:00:0a > 02:00:00:00:00:0b LLC Spanning tree 2 bytes'],
    [
      'an EtherType that is not known',
      ethernet({ type: 0x1234 }, hex('00')),
      '02:00:00:00:00:0a > 02:00:00:00:00:0b EtherType 0x1234 is not supported',
    ],
    [
      'an IP protocol that is not known',
      ethernet({}, ipv4({ proto: 253 }, hex('00 01'))),
      '10.0.0.1 > 10.0.0.2 IP protocol 253 len 2',
    ],
    ['no next header', ethernet({ type: 0x86dd }, ipv6({ nxt: 59 })), 'fd00::1 > fd00::2 no next header'],
    [
      'a WireGuard message',
      outer(17, udp({ srcport: 51820, dstport: 51820 }, hex(`04000000${'00'.repeat(44)}`))),
      '10.0.1.20 > 10.0.1.30 | WireGuard transport data len 16',
    ],
    [
      'a WireGuard keepalive',
      outer(17, udp({ srcport: 51820, dstport: 51820 }, hex(`04000000${'00'.repeat(28)}`))),
      '10.0.1.20 > 10.0.1.30 | WireGuard transport data (keepalive)',
    ],
    [
      'what an ICMP error quotes',
      ethernet(
        {},
        ipv4(
          { proto: 1 },
          hex('03 04 00 00 00 00 05 78'),
          ipv4({ src: '10.48.0.130', dst: '10.48.0.200', proto: 6, len: 1500 }, hex('8b28 1451 0000 0001')),
        ),
      ),
      '10.0.0.1 > 10.0.0.2 ICMP fragmentation needed, MTU 1400 for [10.48.0.130 > 10.48.0.200 TCP 35624 > 5201]',
    ],
    [
      'VXLAN without the I flag as what it is, with the reason',
      outer(17, udp({ dstport: 4789 }, vxlan({ flag_i: false }, inner(segment)))),
      '10.0.1.20 > 10.0.1.30 UDP 40000 > 4789 len 65  ! sent to the VXLAN port without the I flag: taken as plain UDP',
    ],
  ])('shows %s', (_what, data, line) => {
    expect(lineOf(data)).toEqual(line);
  });

  it('keeps the ports of a header that the snaplen cut off, and says what is missing', () => {
    const whole = vxlanFrame(inner(segment));
    expect(lineOf(whole.subarray(0, 96), {}, { original: whole.length })).toBe(
      '10.0.1.20 > 10.0.1.30 | VXLAN 4096 | 10.48.0.130 > 10.48.0.200 TCP 35624 > 5201' +
        '  ! the TCP header is cut off: needs 20 bytes, has 12 (captured)',
    );
  });

  it('counts what was on the wire, not what was captured', () => {
    const whole = inner(tcp({}, new Uint8Array(1448)));
    expect(lineOf(whole.subarray(0, 96), {}, { original: whole.length })).toMatch(/ len 1448$/);
  });

  it('takes a length of 0 for a super-frame that ends with the frame', () => {
    const data = ethernet({}, ipv4({ proto: 6, len: 0 }, tcp({}, new Uint8Array(100))));
    expect(lineOf(data)).toMatch(/ len 100$/);
  });

  it('is written at every byte of a packet cut off, without a harmful character', () => {
    const whole = vxlanFrame(inner(segment));
    for (let captured = 0; captured <= whole.length; captured++) {
      const line = lineOf(whole.subarray(0, captured), {}, { original: whole.length });
      expect(harmfulCharacters(line)).toEqual([]);
    }
  });
});

describe('names', () => {
  const names = (address: string): string | null =>
    ({ '10.0.1.20': 'control1', '10.48.0.130': 'default/web' })[address] ?? null;

  it('stand for addresses where a snapshot has them', () => {
    const line = lineOf(vxlanFrame(inner(tcp({}))), { names });
    expect(line).toMatch(/^control1 > 10\.0\.1\.30 \| VXLAN 4096 \| default\/web > 10\.48\.0\.200 TCP/);
  });

  it('neither obey nor imitate: control characters, blanks, arrows and bars are shown', () => {
    const line = lineOf(vxlanFrame(inner(tcp({}))), { names: () => `a > b | VXLAN 1 | ${HOSTILE}` });
    expect(harmfulCharacters(line)).toEqual([]);
    expect(line.split(' | ')).toHaveLength(3);
    expect(line).toMatch(/^a\\x20\\x3e\\x20b\\x20\\x7c/);
  });

  it('of any length leave the line in one piece', () => {
    const line = lineOf(vxlanFrame(inner(tcp({}))), { names: () => 'n'.repeat(100_000) });
    expect(line.length).toBeLessThan(1000);
    expect(line).toMatch(/ TCP 40000 > 80 /);
  });

  it('are looked up once per address, however many packets there are', () => {
    const asked: string[] = [];
    const packets = Array.from({ length: 50 }, () => walkedPacket({ data: vxlanFrame(inner(tcp({}))) }));
    decodeText(packets, {
      names: (address) => {
        asked.push(address);
        return null;
      },
    });
    expect(asked.filter((address) => address.startsWith('10.'))).toHaveLength(4);
  });
});

describe('interfaces', () => {
  const cooked = (ifindex: number, type: number): Uint8Array =>
    joinBytes([
      hex(`0800 0000 000000${ifindex.toString(16).padStart(2, '0')} 0001 0${type} 06 02000000000a 0000`),
      ipv4({}, udp({})),
    ]);

  it('are named by number and direction in cooked captures', () => {
    expect(lineOf(cooked(5, 4), {}, { linkType: 276 })).toBe('if5 out 10.0.0.1 > 10.0.0.2 UDP 40000 > 53 len 0');
    expect(lineOf(cooked(5, 0), {}, { linkType: 276 })).toBe('if5 in  10.0.0.1 > 10.0.0.2 UDP 40000 > 53 len 0');
  });

  it('have their names where the snapshot knows the node, in one column', () => {
    const text = decodeText(
      [cooked(2, 4), cooked(9, 0), cooked(2, 0)].map((data) => walkedPacket({ data, linkType: 276 })),
      { linkName: (_capture, ifindex) => (ifindex === 2 ? 'ens5' : null) },
    );
    expect(text.split('\n').map((line) => line.slice(7, 15))).toEqual(['ens5 out', 'if9  in ', 'ens5 in ', '']);
  });

  it('are named where a pcapng holds several, and only there', () => {
    const data = ethernet({}, ipv4({}, udp({})));
    expect(lineOf(data, {}, { interfaces: ['ens5', 'vxlan.calico'] })).toMatch(/^ens5 10\.0\.0\.1/);
    expect(lineOf(data, {}, { interfaces: ['ens5'] })).toMatch(/^10\.0\.0\.1/);
  });
});

describe('colour', () => {
  it('repeats what the text says: without it nothing is lost', () => {
    const data = vxlanFrame(inner(tcp({})));
    const colored = decodeText([walkedPacket({ data })], { color: true });
    expect(colored).toContain('\u001b[2m');
    expect(colored.replaceAll(/\u001b\[\d+m/g, '')).toBe(decodeText([walkedPacket({ data })]));
  });

  it('leaves the inner packet as it is', () => {
    const colored = decodeText([walkedPacket({ data: vxlanFrame(inner(tcp({}))) })], { color: true });
    expect(colored).toContain('VXLAN 4096\u001b[0m | 10.48.0.130 > 10.48.0.200 TCP');
  });
});
