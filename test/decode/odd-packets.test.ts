// Crafted and damaged packets, most of them by the names that Zeek gives them: what is said, and what still counts.
import { describe, expect, it } from 'vitest';
import { NUMBER_SPACE } from '../../src/decode/faults.ts';
import { judgeChecksum } from '../../src/decode/view/checksums.ts';
import { walkPorts } from '../../src/decode/walk-ports.ts';
import { ethernet, geneve, hex, ipv4, ipv6, tcp, udp, vlan, vxlan, vxlanFrame } from '../support/packet-builder.ts';
import { walkPacket } from '../support/walk-packet.ts';

const INNER = ethernet({}, ipv4({ proto: 6 }, tcp({})));
const toVxlan = (payload: Uint8Array, dstport = 4789) => ethernet({}, ipv4({}, udp({ dstport }, payload)));

describe('VXLAN', () => {
  it('vxlan-truncated: 6 of 8 bytes on port 4789, by the UDP length', () => {
    const walked = walkPacket(toVxlan(hex('080000000010')));
    expect(walked).toMatchObject({ path: 'eth:ip:udp', outcome: 'faulty', fault: 'vxlan-truncated' });
    expect(walked.where).toBe('need 8 have 6 at 42 (udp.length)');
    expect(walked.stack.transport).toBe(2);
  });

  it('vxlan-truncated by the snaplen', () => {
    const walked = walkPacket(vxlanFrame(INNER).subarray(0, 46), { original: 104 });
    expect([walked.fault, walked.where]).toEqual(['vxlan-truncated', 'need 8 have 4 at 42 (captured)']);
  });

  it('vxlan-flag-clear: without the I flag it is a UDP flow, with a notice', () => {
    const walked = walkPacket(toVxlan(vxlan({ flag_i: false }, INNER)));
    expect([walked.path, walked.outcome, walked.fault]).toEqual(['eth:ip:udp', 'complete', 'vxlan-flag-clear']);
  });

  it('other things on port 8472 are no fault', () => {
    const walked = walkPacket(toVxlan(hex('0010'), 8472));
    expect([walked.path, walked.outcome, walked.fault]).toEqual(['eth:ip:udp', 'complete', 'none']);
  });

  it.each([4789, 8472])(
    'a DNS answer to a client on port %d is not VXLAN, even with the I flag in its identifier',
    (port) => {
      const dns = hex(`0c1f 8180 0001 0001 0000 0000  02 6462 04 73686f70 03 737663 00  0001 0001
      c00c 0001 0001 0000001e 0004 0a3000c8`);
      const walked = walkPacket(ethernet({}, ipv4({}, udp({ srcport: 53, dstport: port }, dns))));
      expect([walked.path, walked.outcome, walked.fault]).toEqual(['eth:ip:udp', 'complete', 'none']);
    },
  );

  it('reserved bits that are set are ignored', () => {
    const walked = walkPacket(toVxlan(vxlan({ reserved1: 7, reserved3: 3, gbp: 0xffff, reserved8: 0xff }, INNER)));
    expect(walked.path).toBe('eth:ip:udp:vxlan:eth:ip:tcp');
  });

  it('a source port of 4789 proves nothing', () => {
    const walked = walkPacket(ethernet({}, ipv4({}, udp({ srcport: 4789, dstport: 40000 }, vxlan({}, INNER)))));
    expect(walked.path).toBe('eth:ip:udp');
  });

  it('a port of one’s own is recognised when it is named', () => {
    const frame = toVxlan(vxlan({}, INNER), 12345);
    expect(walkPacket(frame).path).toBe('eth:ip:udp');
    expect(walkPacket(frame, { ports: walkPorts({ vxlan: [12345] }) }).path).toBe('eth:ip:udp:vxlan:eth:ip:tcp');
  });

  it('vxlan-empty: a header with nothing behind it', () => {
    const walked = walkPacket(toVxlan(vxlan({})));
    expect([walked.path, walked.fault]).toEqual(['eth:ip:udp:vxlan', 'ethernet-truncated']);
    expect(walked.where).toBe('need 14 have 0 at 50 (udp.length)');
  });

  it.each([
    ['MACsec', 0x88e5],
    ['NSH', 0x894f],
    ['an experimental EtherType', 0x88b5],
  ])('vxlan-unknown-inner: %s is unsupported and belongs to no flow', (_, type) => {
    const { stack, ...walked } = walkPacket(vxlanFrame(ethernet({ type }, new Uint8Array(30))));
    expect([walked.path, walked.outcome]).toEqual(['eth:ip:udp:vxlan:eth:data', 'unsupported']);
    expect([stack.unsupported, stack.unsupportedSpace]).toEqual([type, NUMBER_SPACE.etherType]);
  });

  it('VXLAN-GPE with NSH is unsupported', () => {
    const { stack, outcome, path } = walkPacket(toVxlan(hex('0c000004 ffffff00 0fc60102'), 4790));
    expect([path, outcome, stack.unsupported, stack.unsupportedSpace]).toEqual([
      'eth:ip:udp:vxlan:data',
      'unsupported',
      4,
      NUMBER_SPACE.gpeNextProtocol,
    ]);
  });

  it('vxlan-in-vxlan: the inner one is the flow, both are tunnels', () => {
    const { path, stack } = walkPacket(vxlanFrame(vxlanFrame(INNER)));
    expect(path).toBe('eth:ip:udp:vxlan:eth:ip:udp:vxlan:eth:ip:tcp');
    expect([stack.tunnels, stack.tunnel[0], stack.tunnel[1], stack.network]).toEqual([2, 3, 7, 9]);
  });

  it('vxlan-inner-bad-checksum: counts all the same; explain judges the checksum', () => {
    const walked = walkPacket(vxlanFrame(ethernet({}, ipv4({ proto: 6, checksum: 1 }, tcp({ checksum: 1 })))));
    expect([walked.path, walked.outcome, walked.fault]).toEqual(['eth:ip:udp:vxlan:eth:ip:tcp', 'complete', 'none']);
    expect(judgeChecksum(walked.bytes, walked.stack, 6)?.state).toBe('wrong');
  });

  it('geneve-vxlan-truncated', () => {
    const inner = ethernet({}, ipv4({}, udp({ dstport: 4789 }, hex('0800'))));
    const walked = walkPacket(toVxlan(geneve({}, inner), 6081));
    expect([walked.path, walked.fault]).toEqual(['eth:ip:udp:geneve:eth:ip:udp', 'vxlan-truncated']);
  });
});

describe('depth', () => {
  it('tunnel-too-deep: a fifth tunnel is not entered', () => {
    let packet = ipv4({}, udp({}));
    for (let i = 0; i < 5; i++) packet = ipv4({ proto: 4 }, packet);
    const { stack, ...walked } = walkPacket(ethernet({}, packet));
    expect([walked.path, walked.outcome, walked.fault]).toEqual(['eth:ip:ip:ip:ip:ip', 'faulty', 'tunnel-too-deep']);
    expect([stack.tunnels, stack.network]).toEqual([4, 5]);
  });

  it('four tunnels are all right', () => {
    let packet = ipv4({}, udp({}));
    for (let i = 0; i < 4; i++) packet = ipv4({ proto: 4 }, packet);
    expect(walkPacket(ethernet({}, packet))).toMatchObject({ path: 'eth:ip:ip:ip:ip:ip:udp', outcome: 'complete' });
  });

  it('too-deep: a seventeenth layer is not pushed', () => {
    let tagged = ipv4({}, udp({}));
    for (let i = 0; i < 30; i++) tagged = vlan({ etype: i === 0 ? 0x0800 : 0x8100 }, tagged);
    const { stack, ...walked } = walkPacket(ethernet({ type: 0x8100 }, tagged));
    expect([stack.depth, walked.outcome, walked.fault]).toEqual([16, 'faulty', 'too-deep']);
  });

  it('sixteen layers are all right', () => {
    let tagged = ipv4({}, udp({}));
    for (let i = 0; i < 13; i++) tagged = vlan({ etype: i === 0 ? 0x0800 : 0x8100 }, tagged);
    const { stack, ...walked } = walkPacket(ethernet({ type: 0x8100 }, tagged));
    expect([stack.depth, walked.outcome, walked.fault]).toEqual([16, 'complete', 'none']);
  });
});

describe('fragments', () => {
  const body = new Uint8Array(64);

  it('ip-fragment-first: goes on inside, and lengths of the whole are no fault', () => {
    const { stack, ...walked } = walkPacket(ethernet({}, ipv4({ 'flags.mf': true }, udp({ length: 2000 }, body))));
    expect([walked.path, walked.outcome, walked.fault]).toEqual(['eth:ip:udp', 'complete', 'none']);
    expect([stack.firstFragment, stack.laterFragment]).toEqual([1, -1]);
  });

  it('ip-fragment-later: ends there, never read as UDP', () => {
    const { stack, ...walked } = walkPacket(ethernet({}, ipv4({ frag_offset: 185, proto: 17 }, body)));
    expect([walked.path, walked.outcome, walked.fault]).toEqual(['eth:ip', 'complete', 'none']);
    expect([stack.network, stack.laterFragment, stack.transport, stack.ipProtocol]).toEqual([1, 1, -1, 17]);
  });

  it('IPv6: first, later and atomic fragments', () => {
    const over6 = (header: string, ...rest: Uint8Array[]) =>
      ethernet({ type: 0x86dd }, ipv6({ nxt: 44 }, hex(header), ...rest));
    const first = walkPacket(over6('11000001 00000001', udp({ length: 2000 }, body)));
    expect([first.path, first.fault, first.stack.firstFragment]).toEqual(['eth:ipv6:ipv6.fraghdr:udp', 'none', 1]);
    const later = walkPacket(over6('110005c8 00000001', body));
    expect([later.path, later.stack.laterFragment, later.stack.ipProtocol]).toEqual(['eth:ipv6:ipv6.fraghdr', 1, 17]);
    const atomic = walkPacket(over6('11000000 00000001', udp({})));
    expect([atomic.path, atomic.stack.firstFragment, atomic.stack.laterFragment]).toEqual([
      'eth:ipv6:ipv6.fraghdr:udp',
      -1,
      -1,
    ]);
  });

  it('an outer first fragment holds the inner flow', () => {
    const { path, stack, fault } = walkPacket(
      ethernet({}, ipv4({ 'flags.mf': true }, udp({ dstport: 4789, length: 1500 }, vxlan({}, INNER)))),
    );
    expect([path, fault, stack.firstFragment, stack.network]).toEqual(['eth:ip:udp:vxlan:eth:ip:tcp', 'none', 1, 5]);
  });

  it('a later outer fragment on port 4789 is no VXLAN', () => {
    const bytes = ethernet({}, ipv4({ frag_offset: 1 }, udp({ dstport: 4789 }, vxlan({}, INNER))));
    expect(walkPacket(bytes).path).toBe('eth:ip');
  });
});

describe('lengths that contradict', () => {
  it('ethernet-padding: a header that only padding would complete is truncated by ip.len', () => {
    const walked = walkPacket(ethernet({}, ipv4({ proto: 6, len: 30 }, new Uint8Array(10)), new Uint8Array(30)));
    expect([walked.path, walked.fault, walked.where]).toEqual([
      'eth:ip',
      'tcp-truncated',
      'need 20 have 10 at 34 (ip.len)',
    ]);
  });

  it('ports are known even so', () => {
    const { stack, start } = walkPacket(ethernet({}, ipv4({ proto: 6, len: 24 }, new Uint8Array(4))));
    expect([stack.portsAt - start, stack.transport]).toEqual([34, -1]);
    expect(walkPacket(ethernet({}, ipv4({ proto: 6, len: 23 }, new Uint8Array(3)))).stack.portsAt).toBe(-1);
  });

  it('ipip-inner-truncated: the outer header stays the flow’s', () => {
    const { stack, ...walked } = walkPacket(ethernet({}, ipv4({ proto: 4 }, new Uint8Array(8))));
    expect([walked.path, walked.fault, walked.where]).toEqual([
      'eth:ip',
      'ipv4-header-truncated',
      'need 20 have 8 at 34 (ip.len)',
    ]);
    expect([stack.network, stack.tunnels]).toEqual([1, 0]);
  });

  it('udp-length-zero: up to the end of the IP packet, with a notice', () => {
    const { stack, start, ...walked } = walkPacket(ethernet({}, ipv4({}, udp({ length: 0 }, new Uint8Array(5)))));
    expect([walked.outcome, walked.fault, stack.end[2]! - start]).toEqual(['complete', 'udp-length-zero', 47]);
  });

  it('udp-length-short', () => {
    const walked = walkPacket(ethernet({}, ipv4({}, udp({ length: 7, dstport: 4789 }, vxlan({}, INNER)))));
    expect([walked.path, walked.outcome, walked.fault]).toEqual(['eth:ip:udp', 'faulty', 'udp-length-short']);
  });

  it('udp-length-beyond-packet is a notice; not when the capture cut the packet', () => {
    const packet = ethernet({}, ipv4({}, udp({ length: 100 })));
    expect(walkPacket(packet)).toMatchObject({ outcome: 'complete', fault: 'udp-length-beyond-packet' });
    const whole = ethernet({}, ipv4({}, udp({}, new Uint8Array(92))));
    expect(walkPacket(whole.subarray(0, 60), { original: whole.length })).toMatchObject({
      outcome: 'complete',
      fault: 'none',
    });
  });

  it.each([
    ['ipv4-version', ipv4({ version: 5 }, udp({})), 'eth'],
    ['ipv4-header-length', ipv4({ hdr_len: 4 }, udp({})), 'eth'],
    ['ipv4-total-length-short', ipv4({ len: 19 }, udp({})), 'eth'],
  ])('%s', (fault, packet, path) => {
    expect(walkPacket(ethernet({}, packet))).toMatchObject({ path, outcome: 'faulty', fault });
  });

  it('ipv6-version', () => {
    const walked = walkPacket(ethernet({ type: 0x86dd }, ipv6({ version: 4 }, udp({}))));
    expect(walked).toMatchObject({ path: 'eth', outcome: 'faulty', fault: 'ipv6-version' });
  });

  it('raw-version and raw-truncated', () => {
    expect(walkPacket(hex('15 00'), { linkType: 101 })).toMatchObject({ path: '', fault: 'raw-version' });
    expect(walkPacket(hex(''), { linkType: 101 })).toMatchObject({ path: '', fault: 'raw-truncated' });
  });

  it('ipv4-length-beyond-frame and ipv6-length-beyond-frame are notices', () => {
    expect(walkPacket(ethernet({}, ipv4({ len: 90, proto: 6 }, tcp({}))))).toMatchObject({
      outcome: 'complete',
      fault: 'ipv4-length-beyond-frame',
    });
    expect(walkPacket(ethernet({ type: 0x86dd }, ipv6({ plen: 90, nxt: 6 }, tcp({}))))).toMatchObject({
      outcome: 'complete',
      fault: 'ipv6-length-beyond-frame',
    });
  });

  it('tcp-header-length and tcp-options-truncated', () => {
    expect(walkPacket(ethernet({}, ipv4({ proto: 6 }, tcp({ hdr_len: 4 }))))).toMatchObject({
      path: 'eth:ip:tcp',
      outcome: 'faulty',
      fault: 'tcp-header-length',
    });
    const options = walkPacket(ethernet({}, ipv4({ proto: 6 }, tcp({ hdr_len: 10 }))));
    expect(options).toMatchObject({ path: 'eth:ip:tcp', outcome: 'complete', fault: 'tcp-options-truncated' });
    expect(options.where).toBe('need 40 have 20 at 34 (ip.len)');
  });

  it('a fault outweighs an earlier notice', () => {
    const walked = walkPacket(ethernet({}, ipv4({ len: 90, proto: 6 }, new Uint8Array(3))));
    expect([walked.outcome, walked.fault, walked.where]).toEqual([
      'faulty',
      'tcp-truncated',
      'need 20 have 3 at 34 (frame.len)',
    ]);
  });
});

describe('unsupported', () => {
  it.each([
    ['NSH', ethernet({ type: 0x894f }, hex('0fc60103')), 'eth:data', 0x894f, NUMBER_SPACE.etherType],
    [
      'a channel behind an MPLS label',
      ethernet({ type: 0x8847 }, hex('00064140 10000007')),
      'eth:mpls:data',
      1,
      NUMBER_SPACE.mplsPayload,
    ],
    [
      'a compressed datagram in PPPoE',
      ethernet({ type: 0x8864 }, hex('11000001 0003 00fd 45')),
      'eth:pppoes:ppp:data',
      0xfd,
      NUMBER_SPACE.pppProtocol,
    ],
    [
      'an EtherType behind a VLAN tag',
      ethernet({ type: 0x8100 }, vlan({ etype: 0x1234 }, hex('01'))),
      'eth:vlan:data',
      0x1234,
      1,
    ],
    [
      'an ERSPAN version that is not known',
      ethernet({}, ipv4({ proto: 47 }, hex('100088be 00000001 0005000900000000'))),
      'eth:ip:gre:data',
      0,
      NUMBER_SPACE.erspanVersion,
    ],
  ])('%s', (_, bytes, path, number, space) => {
    const { stack, ...walked } = walkPacket(bytes);
    expect([walked.path, walked.outcome, stack.unsupported, stack.unsupportedSpace]).toEqual([
      path,
      'unsupported',
      number,
      space,
    ]);
  });
});
