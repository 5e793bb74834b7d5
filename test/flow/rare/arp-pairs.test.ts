import { describe, expect, it } from 'vitest';
import { ArpPairs, MAX_PAIRS } from '../../../src/flow/rare/arp-pairs.ts';
import { arp, ethernet, hex, inBuffer, vlan, vxlanFrame } from '../../support/packet-builder.ts';
import { countFrames, told } from '../traffic.ts';

const REQUEST = arp({ 'src.hw_mac': '66:c9:ee:b1:9b:47', 'src.proto_ipv4': '10.0.0.1', 'dst.proto_ipv4': '10.0.0.2' });

function pairsOf(...packets: Uint8Array[]) {
  const pairs = new ArpPairs();
  packets.forEach((packet, i) => {
    pairs.add(inBuffer(packet, 3), 3, 3 + packet.length, 0, i + 1);
  });
  return [...pairs.pairs()];
}

describe('ARP pairs', () => {
  it('are read byte by byte as RFC 826 lays them out', () => {
    const reply = hex('0001 0800 06 04 0002 66c9eeb19b47 0a000114 66149df42c1f 0a00011e');
    expect(pairsOf(reply)).toEqual([
      {
        link: 0,
        operation: 2,
        sender: 0x0a000114,
        target: 0x0a00011e,
        senderMacHigh: 0x66c9,
        senderMacLow: 0xeeb19b47,
        packets: 1,
        firstPacket: 1,
      },
    ]);
  });

  it('count repeats, and stand apart by operation, sender, target and sender MAC', () => {
    const others = [
      arp({ opcode: 2 }),
      arp({ 'src.proto_ipv4': '10.0.0.3' }),
      arp({ 'dst.proto_ipv4': '192.168.0.1' }),
      arp({ 'src.hw_mac': '02:00:00:00:00:0c' }),
    ];
    const pairs = pairsOf(arp(), ...others, arp(), arp({ 'dst.hw_mac': '02:00:00:00:00:0d' }));
    expect(pairs.map((pair) => [pair.packets, pair.firstPacket])).toEqual([
      [3, 1],
      [1, 2],
      [1, 3],
      [1, 4],
      [1, 5],
    ]);
  });

  it('pass over other addresses than IPv4 on Ethernet, whose places would be wrong', () => {
    expect(pairsOf(arp({ 'proto.type': 0x86dd }), arp({ 'hw.size': 20 }), arp({ 'proto.size': 16 }))).toEqual([]);
  });

  it('pass over what is cut off', () => {
    expect(pairsOf(REQUEST.subarray(0, 27))).toEqual([]);
  });

  it('are bounded: pairs that are known are counted on', () => {
    const pairs = new ArpPairs();
    for (let i = 0; i < MAX_PAIRS + 10; i++) {
      const packet = Uint8Array.from(REQUEST);
      new DataView(packet.buffer).setUint32(24, i);
      pairs.add(packet, 0, packet.length, 0, i + 1);
      pairs.add(packet, 0, packet.length, 0, i + 1);
    }
    const list = [...pairs.pairs()];
    expect(list).toHaveLength(MAX_PAIRS);
    expect(list.every((pair) => pair.packets === 2)).toBe(true);
  });
});

describe('the flow table', () => {
  it('keeps ARP as evidence with its link, and makes no flow of it', () => {
    const { table, rows } = countFrames([
      ethernet({ type: 0x0806 }, REQUEST),
      ethernet({ type: 0x8100 }, vlan({ etype: 0x0806 }, arp({ opcode: 2 }))),
      ethernet({ type: 0x0806, src: '02:00:00:00:00:0c' }, REQUEST),
    ]);
    expect(rows).toEqual([-1, -1, -1]);
    expect(told(table)).toEqual([]);
    expect([...table.arp.pairs()].map(({ link, operation, packets }) => [link, operation, packets])).toEqual([
      [0, 1, 1],
      [0, 2, 1],
      [1, 1, 1],
    ]);
  });

  it('takes ARP inside a tunnel for nobody on this link', () => {
    const { table, rows } = countFrames([vxlanFrame(ethernet({ type: 0x0806 }, REQUEST))]);
    expect(rows).toEqual([-1]);
    expect([...table.arp.pairs()]).toEqual([]);
  });
});
