// What stands between a link header and the packet it brings is stepped over, and is no tunnel: MPLS labels and PPPoE, by
// themselves, behind other tags, inside tunnels, and where nothing tells what they carry.
import { describe, expect, it } from 'vitest';
import { unsupportedText } from '../../src/decode/view/fault-view.ts';
import {
  arp,
  ethernet,
  gre,
  hex,
  ipv4,
  ipv6,
  mpls,
  pppoe,
  tcp,
  udp,
  vlan,
  vxlan,
  vxlanFrame,
} from '../support/packet-builder.ts';
import { walkPacket } from '../support/walk-packet.ts';

const PACKET = ipv4({ src: '10.48.0.1', dst: '10.48.0.2', proto: 6 }, tcp({}));
const PACKET6 = ipv6({ nxt: 6 }, tcp({}));
const FRAME = ethernet({}, PACKET);
const labelled = (...payload: Uint8Array[]) => ethernet({ type: 0x8847 }, mpls({}, ...payload));
const session = (...payload: Uint8Array[]) => ethernet({ type: 0x8864 }, pppoe({}, ...payload));
const stackOf = (labels: number, ...payload: Uint8Array[]) =>
  ethernet(
    { type: 0x8847 },
    ...Array.from({ length: labels - 1 }, () => mpls({ bottom: false })),
    mpls({}, ...payload),
  );

describe('MPLS', () => {
  it.each([
    ['one label', labelled(PACKET), 'eth:mpls:ip:tcp'],
    ['multicast', ethernet({ type: 0x8848 }, mpls({}, PACKET)), 'eth:mpls:ip:tcp'],
    ['IPv6', labelled(PACKET6), 'eth:mpls:ipv6:tcp'],
    ['three labels', stackOf(3, PACKET), 'eth:mpls:mpls:mpls:ip:tcp'],
    [
      'behind a VLAN tag',
      ethernet({ type: 0x8100 }, vlan({ etype: 0x8847 }, mpls({}, PACKET))),
      'eth:vlan:mpls:ip:tcp',
    ],
    ['a pseudowire', labelled(hex('00000000'), FRAME), 'eth:mpls:pwethcw:eth:ip:tcp'],
    ['a pseudowire with a sequence number', labelled(hex('00000007'), FRAME), 'eth:mpls:pwethcw:eth:ip:tcp'],
    ['ARP in a pseudowire', labelled(hex('00000000'), ethernet({ type: 0x0806 }, arp())), 'eth:mpls:pwethcw:eth:arp'],
  ])('%s', (_, packet, path) => {
    const walked = walkPacket(packet);
    expect([walked.path, walked.fault, walked.stack.tunnels]).toEqual([path, 'none', 0]);
    expect(walked.outcome).toBe(path.endsWith('arp') ? 'notFlow' : 'complete');
  });

  it('leaves the flow to the packet behind the labels', () => {
    const { stack } = walkPacket(stackOf(2, PACKET));
    expect([stack.network, stack.transport, stack.ipProtocol]).toEqual([3, 4, 6]);
  });

  it.each([
    ['in Linux cooked v1', 113, hex('0004 0001 0006 66c9eeb19b47 0000 8847'), 'sll:mpls:ip:tcp'],
    ['in Linux cooked v2', 276, hex('8847 0000 00000005 0001 04 06 66c9eeb19b47 0000'), 'sll:mpls:ip:tcp'],
  ])('%s', (_, linkType, header, path) => {
    expect(walkPacket(new Uint8Array([...header, ...mpls({}, PACKET)]), { linkType }).path).toBe(path);
  });

  it.each([
    ['in GRE', ethernet({}, ipv4({ proto: 47 }, gre({ proto: 0x8847 }, mpls({}, PACKET)))), 'eth:ip:gre:mpls:ip:tcp'],
    ['in VXLAN', vxlanFrame(labelled(PACKET)), 'eth:ip:udp:vxlan:eth:mpls:ip:tcp'],
    ['around VXLAN', labelled(ipv4({}, udp({ dstport: 4789 }, vxlan({}, FRAME)))), 'eth:mpls:ip:udp:vxlan:eth:ip:tcp'],
  ])('%s counts the one tunnel that there is', (_, packet, path) => {
    const walked = walkPacket(packet);
    expect([walked.path, walked.outcome, walked.stack.tunnels]).toEqual([path, 'complete', 1]);
  });

  it.each([
    ['a generic associated channel', hex('10000007 00000000'), 1],
    ['zeros that begin no Ethernet frame', new Uint8Array(40), 0],
    ['something else', hex('8000 0000'), 8],
  ])('does not guess what %s is', (_, payload, nibble) => {
    const { stack, outcome, path } = walkPacket(labelled(payload));
    expect([outcome, path, stack.network]).toEqual(['unsupported', 'eth:mpls:data', -1]);
    expect(unsupportedText(stack)).toBe(`MPLS payload with first four bits ${nibble}`);
  });

  it('ends at the sixteenth layer, however many labels there are', () => {
    expect(walkPacket(stackOf(13, PACKET))).toMatchObject({ outcome: 'complete', fault: 'none' });
    expect(walkPacket(stackOf(14, PACKET))).toMatchObject({ outcome: 'faulty', fault: 'too-deep' });
    const endless = walkPacket(stackOf(300, PACKET));
    expect([endless.outcome, endless.fault, endless.stack.depth]).toEqual(['faulty', 'too-deep', 16]);
  });

  it('says that a label is cut off, and needs one byte behind the last one', () => {
    const packet = labelled(PACKET);
    expect(walkPacket(packet.subarray(0, 17))).toMatchObject({
      fault: 'mpls-truncated',
      where: 'need 4 have 3 at 14 (frame.len)',
    });
    expect(walkPacket(packet.subarray(0, 18), { original: 60 })).toMatchObject({
      fault: 'mpls-truncated',
      where: 'need 5 have 4 at 14 (captured)',
    });
  });
});

describe('PPPoE', () => {
  it.each([
    ['IPv4', session(PACKET), 'eth:pppoes:ppp:ip:tcp'],
    ['IPv6', ethernet({ type: 0x8864 }, pppoe({ protocol: 0x0057 }, PACKET6)), 'eth:pppoes:ppp:ipv6:tcp'],
    ['MPLS', ethernet({ type: 0x8864 }, pppoe({ protocol: 0x0281 }, mpls({}, PACKET))), 'eth:pppoes:ppp:mpls:ip:tcp'],
    [
      'behind a VLAN tag',
      ethernet({ type: 0x8100 }, vlan({ etype: 0x8864 }, pppoe({}, PACKET))),
      'eth:vlan:pppoes:ppp:ip:tcp',
    ],
  ])('%s', (_, packet, path) => {
    const walked = walkPacket(packet);
    expect([walked.path, walked.outcome, walked.fault, walked.stack.tunnels]).toEqual([path, 'complete', 'none', 0]);
  });

  it('ends the packet by its own length, padding left out', () => {
    const { stack, start } = walkPacket(new Uint8Array([...session(PACKET), ...new Uint8Array(9)]));
    expect(stack.end[1]! - start).toBe(14 + 8 + PACKET.length);
  });

  it('says whose limit it was when PPP does not fit into its length', () => {
    expect(walkPacket(ethernet({ type: 0x8864 }, pppoe({ payload_length: 1 }, PACKET)))).toMatchObject({
      outcome: 'faulty',
      fault: 'ppp-truncated',
      where: 'need 2 have 1 at 20 (pppoe.payload_length)',
    });
  });

  it.each([
    ['LCP', 0xc021],
    ['IPCP', 0x8021],
    ['CHAP', 0xc223],
  ])('makes no flow of %s', (_, protocol) => {
    const walked = walkPacket(ethernet({ type: 0x8864 }, pppoe({ protocol }, hex('09010008 00000000'))));
    expect([walked.path, walked.outcome]).toEqual(['eth:pppoes:ppp:data', 'notFlow']);
  });

  it('makes no flow of the discovery stage', () => {
    const walked = walkPacket(ethernet({ type: 0x8863 }, hex('11090000 0004 01010000')));
    expect([walked.path, walked.outcome]).toEqual(['eth:data', 'notFlow']);
  });

  it.each([
    ['multilink fragments', { protocol: 0x003d }, 'PPP protocol 0x003d (PPP multilink)'],
    ['compressed datagrams', { protocol: 0x00fd }, 'PPP protocol 0x00fd (compressed datagram)'],
    ['a protocol field of one byte', { protocol: 0x2145 }, 'PPP protocol 0x2145'],
    ['codes of the discovery stage', { code: 0xa7 }, 'PPPoE code 167'],
  ])('counts %s, which may hide packets, as unsupported', (_, values, text) => {
    const { outcome, stack } = walkPacket(ethernet({ type: 0x8864 }, pppoe(values, PACKET)));
    expect([outcome, unsupportedText(stack)]).toEqual(['unsupported', text]);
  });
});
