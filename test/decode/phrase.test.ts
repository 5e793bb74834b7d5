// What each layer says in one phrase, as listings show it.
import { describe, expect, it } from 'vitest';
import { destinationText, flowPhrase, layerPhrase, sourceText } from '../../src/decode/phrase.ts';
import {
  arp,
  ethernet,
  ethernet8023,
  geneve,
  hex,
  icmpEcho,
  ipv4,
  ipv6,
  tcp,
  udp,
  vxlanFrame,
} from '../support/packet-builder.ts';
import { walkPacket } from '../support/walk-packet.ts';

const over4 = (proto: number, ...payload: Uint8Array[]) => ethernet({}, ipv4({ proto }, ...payload));
const over6 = (nxt: number, ...payload: Uint8Array[]) => ethernet({ type: 0x86dd }, ipv6({ nxt }, ...payload));
const SYN = { 'flags.syn': true, 'flags.ack': false, seq_raw: 4275878552, window_size_value: 62377 };

describe('flowPhrase', () => {
  it.each([
    [over4(6, tcp(SYN)), 'TCP 40000 > 80 [SYN] seq 4275878552 win 62377 len 0'],
    [over4(6, tcp({ options: hex('01010101') }, new Uint8Array(9))), 'TCP 40000 > 80 [ACK] seq 0 win 512 len 9'],
    [over4(6, tcp({ 'flags.ack': false })), 'TCP 40000 > 80 [none] seq 0 win 512 len 0'],
    [over4(17, udp({}, new Uint8Array(30))), 'UDP 40000 > 53 len 30'],
    [over4(132, hex('0001 0002 00000000 00000000')), 'SCTP 1 > 2'],
    [over4(1, icmpEcho()), 'ICMP echo request id 7 seq 1'],
    [over4(1, hex('0304 0000 0000 22f7')), 'ICMP fragmentation needed, MTU 8951'],
    [over4(1, hex('0303 0000 0000 0000')), 'ICMP port unreachable'],
    [over4(1, hex('2a05 0000 0000 0000')), 'ICMP type 42 code 5'],
    [over6(58, hex('8000 0000 0007 0001')), 'ICMPv6 echo request id 7 seq 1'],
    [over6(58, hex('0200 0000 0000 0596')), 'ICMPv6 packet too big, MTU 1430'],
    [over6(58, hex('0104 0000 0000 0000')), 'ICMPv6 port unreachable'],
    [over6(58, hex('8700 0000 0000 0000 fd000000000000000000000000000001')), 'ICMPv6 neighbor solicitation fd00::1'],
    [over6(58, hex('8800 0000 0000 0000')), 'ICMPv6 neighbor advertisement'],
    [over4(253, hex('01')), 'protocol 253'],
    [over4(50, hex('00000001 00000002')), 'esp'],
    [over4(47, hex('0000 880b 00')), 'GRE'],
    [ethernet({}, ipv4({ 'flags.mf': true }, udp({}, new Uint8Array(8)))), 'UDP 40000 > 53 len 8, first fragment'],
    [ethernet({}, ipv4({ frag_offset: 185, id: 0xabcd }, hex('00'))), 'UDP fragment 0xabcd at 1480, the last'],
    [over6(44, hex('110005c9 0000cafe 00')), 'UDP fragment 0xcafe at 1480'],
    [ethernet({ type: 0x0806 }, arp()), 'ARP who has 10.0.0.2, tell 10.0.0.1'],
    [ethernet({ type: 0x0806 }, arp({ opcode: 2 })), 'ARP 10.0.0.1 is at 02:00:00:00:00:0a'],
    [ethernet8023(hex('424203 00')), 'data'],
    [hex(''), ''],
  ])('%#: %s', (packet, phrase) => {
    const { bytes, stack } = walkPacket(packet);
    expect(flowPhrase(bytes, stack)).toBe(phrase);
  });

  it('gives the declared length of a datagram that was cut', () => {
    const packet = over4(17, udp({}, new Uint8Array(100)));
    const { bytes, stack } = walkPacket(packet.subarray(0, 50), { original: packet.length });
    expect(flowPhrase(bytes, stack)).toBe('UDP 40000 > 53 len 100');
  });
});

describe('layerPhrase', () => {
  it('names tunnels with their network', () => {
    const { bytes, stack } = walkPacket(
      vxlanFrame(over4(17, udp({ dstport: 6081 }, geneve({ vni: 7 }, over4(1, icmpEcho()))))),
    );
    expect([3, 7].map((layer) => layerPhrase(bytes, stack, layer))).toEqual(['VXLAN 4096', 'Geneve 7']);
  });

  it('says what WireGuard sends', () => {
    const { bytes, stack } = walkPacket(over4(17, udp({ dstport: 51820 }, new Uint8Array([4, ...new Uint8Array(31)]))));
    expect(layerPhrase(bytes, stack, 3)).toBe('WireGuard transport data');
  });
});

describe('addresses', () => {
  it('are those of the layer asked for', () => {
    const { bytes, stack } = walkPacket(vxlanFrame(over6(17, udp({}))));
    expect([1, 5].map((layer) => [sourceText(bytes, stack, layer), destinationText(bytes, stack, layer)])).toEqual([
      ['10.0.1.20', '10.0.1.30'],
      ['fd00::1', 'fd00::2'],
    ]);
  });
});
