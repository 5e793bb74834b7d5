// Checksums judged: right, wrong, left to the NIC, absent where that is allowed and where not, and not to be known.
import { describe, expect, it } from 'vitest';
import { type ChecksumView, judgeChecksum } from '../../../src/decode/view/checksums.ts';
import { PROTOCOL } from '../../../src/wire/protocols.ts';
import { checksum, ethernet, hex, icmpEcho, ipv4, ipv6, tcp, udp, vxlan } from '../../support/packet-builder.ts';
import { type WalkOptions, walkPacket } from '../../support/walk-packet.ts';

// RFC 1071 §3's example words, and the IPv4 header of a public example: 4500 0073 ... has checksum b861.
const KNOWN = hex('45000073000040004011b861c0a80001c0a800c7');

const SRC = hex('0a000001');
const DST = hex('0a000002');

/** Pseudo header of 10.0.0.1 to 10.0.0.2 as bytes (RFC 9293 §3.1). */
function pseudo(protocol: number, length: number): Uint8Array {
  return new Uint8Array([...SRC, ...DST, 0, protocol, length >> 8, length & 0xff]);
}

function finished(protocol: number, segment: Uint8Array, place: number): Uint8Array {
  return withChecksum(segment, place, checksum(new Uint8Array([...pseudo(protocol, segment.length), ...segment])));
}

/** As Linux leaves it to the NIC: the sum of the pseudo header, not complemented. */
function unfinished(protocol: number, segment: Uint8Array, place: number, length = segment.length): Uint8Array {
  return withChecksum(segment, place, 0xffff - checksum(pseudo(protocol, length)));
}

function withChecksum(segment: Uint8Array, place: number, value: number): Uint8Array {
  const copy = Uint8Array.from(segment);
  copy[place] = value >> 8;
  copy[place + 1] = value & 0xff;
  return copy;
}

function judge(packet: Uint8Array, protocol: number, options: WalkOptions = {}): ChecksumView | null {
  const { bytes, stack } = walkPacket(packet, options);
  const index = stack.protocol.subarray(0, stack.depth).indexOf(protocol);
  return judgeChecksum(bytes, stack, index);
}

const over4 = (proto: number, payload: Uint8Array) => ethernet({}, ipv4({ proto }, payload));
const PAYLOAD = hex('6f7665726c656e73 21'); // odd number of bytes

describe('IPv4 header', () => {
  const packet = ethernet({}, KNOWN, new Uint8Array(95));

  it('valid', () =>
    expect(judge(packet, PROTOCOL.ipv4)).toMatchObject({ field: 'ip.checksum', state: 'valid', expected: 0xb861 }));

  it('wrong, with what it should be', () => {
    const broken = Uint8Array.from(packet);
    broken[14 + 8] = 63;
    expect(judge(broken, PROTOCOL.ipv4)).toMatchObject({ state: 'wrong', found: 0xb861, expected: 0xb961 });
  });

  it('zero is left to the NIC', () => {
    const zero = withChecksum(packet, 24, 0);
    expect(judge(zero, PROTOCOL.ipv4)).toMatchObject({ state: 'unfinished', found: 0, expected: 0xb861 });
  });
});

describe('TCP and UDP', () => {
  it.each([
    ['TCP', 6, PROTOCOL.tcp, tcp({}, PAYLOAD), 16],
    ['UDP', 17, PROTOCOL.udp, udp({}, PAYLOAD), 6],
  ])('%s: valid, unfinished, wrong', (_, number, protocol, segment, place) => {
    expect(judge(over4(number, finished(number, segment, place)), protocol)?.state).toBe('valid');
    expect(judge(over4(number, unfinished(number, segment, place)), protocol)?.state).toBe('unfinished');
    expect(judge(over4(number, withChecksum(segment, place, 0x1234)), protocol)?.state).toBe('wrong');
  });

  it('a segment to be cut by the NIC may have the pseudo header’s sum without the length', () => {
    const segment = unfinished(6, tcp({}, new Uint8Array(3000)), 16, 0);
    expect(judge(over4(6, segment), PROTOCOL.tcp)?.state).toBe('unfinished');
  });

  it('a total length of 0 counts all bytes of the frame', () => {
    const segment = finished(6, tcp({}, PAYLOAD), 16);
    expect(judge(ethernet({}, ipv4({ proto: 6, len: 0 }, segment)), PROTOCOL.tcp)?.state).toBe('valid');
  });

  it('padding of the frame is not summed', () => {
    const segment = finished(17, udp({}), 6);
    expect(judge(new Uint8Array([...over4(17, segment), ...PAYLOAD]), PROTOCOL.udp)?.state).toBe('valid');
  });

  it('a computed 0 is sent as ffff in UDP (RFC 768)', () => {
    const bare = finished(17, udp({ srcport: 0, dstport: 0 }, hex('0000')), 6);
    const sum = (bare[6]! << 8) | bare[7]!;
    const made = finished(17, udp({ srcport: 0, dstport: 0 }, new Uint8Array([sum >> 8, sum & 0xff])), 6);
    expect([made[6], made[7]]).toEqual([0, 0]);
    expect(judge(over4(17, withChecksum(made, 6, 0xffff)), PROTOCOL.udp)?.state).toBe('valid');
  });
});

describe('UDP without a checksum', () => {
  it('is allowed over IPv4', () =>
    expect(judge(over4(17, udp({}, PAYLOAD)), PROTOCOL.udp)?.state).toBe('zero-allowed'));

  it('is not allowed over IPv6', () => {
    expect(judge(ethernet({ type: 0x86dd }, ipv6({}, udp({}, PAYLOAD))), PROTOCOL.udp)?.state).toBe('zero-not-allowed');
  });

  it('is allowed over IPv6 for VXLAN (RFC 6935)', () => {
    const frame = ethernet({ type: 0x86dd }, ipv6({}, udp({ dstport: 4789 }, vxlan({}, over4(1, icmpEcho())))));
    expect(judge(frame, PROTOCOL.udp)?.state).toBe('zero-allowed');
  });
});

describe('ICMP', () => {
  const echo = icmpEcho({}, PAYLOAD);

  it('valid and wrong: there is no pseudo header', () => {
    expect(judge(over4(1, withChecksum(echo, 2, checksum(echo))), PROTOCOL.icmp)?.state).toBe('valid');
    expect(judge(over4(1, withChecksum(echo, 2, 1)), PROTOCOL.icmp)?.state).toBe('wrong');
  });

  it('ICMPv6 has one: a neighbour solicitation that scapy made', () => {
    const packet = hex(`6000000000203afffe800000000000000000000000000001ff0200000000000000000001ff0000c8
      87008b8100000000fd0000480000000000000000000000c8010166c9eeb19b47`);
    expect(judge(ethernet({ type: 0x86dd }, packet), PROTOCOL.icmpv6)).toMatchObject({ state: 'valid', found: 0x8b81 });
  });
});

describe('what cannot be known', () => {
  const segment = finished(17, udp({}, new Uint8Array(100).fill(7)), 6);

  it('bytes that the capture cut off', () => {
    const packet = over4(17, segment);
    expect(judge(packet.subarray(0, 60), PROTOCOL.udp, { original: packet.length })).toMatchObject({
      state: 'not-checkable',
      expected: null,
      reason: 'bytes are missing',
    });
  });

  it('unfinished is known even then', () => {
    const packet = over4(6, unfinished(6, tcp({}, new Uint8Array(400)), 16));
    expect(judge(packet.subarray(0, 60), PROTOCOL.tcp, { original: packet.length })?.state).toBe('unfinished');
    const noLength = over4(6, unfinished(6, tcp({}, new Uint8Array(400)), 16, 0));
    expect(judge(noLength.subarray(0, 60), PROTOCOL.tcp, { original: packet.length })?.state).toBe('unfinished');
  });

  it('a fragment, and what a fragment encapsulates', () => {
    const first = ethernet({}, ipv4({ proto: 17, 'flags.mf': true }, segment));
    expect(judge(first, PROTOCOL.udp)).toMatchObject({
      state: 'not-checkable',
      reason: 'the rest is in other fragments',
    });
    const inner = over4(1, icmpEcho({}, PAYLOAD));
    const outer = ethernet({}, ipv4({ 'flags.mf': true }, udp({ dstport: 4789 }, vxlan({}, inner))));
    expect(judge(outer, PROTOCOL.icmp)?.state).toBe('not-checkable');
  });

  it('a source route: the final destination is not the one in the header', () => {
    const routed = ethernet({}, ipv4({ options: hex('830704 0a000009 00') }, segment));
    expect(judge(routed, PROTOCOL.udp)?.reason).toBe('the final destination is in the source route');
  });

  it('an outer checksum over an inner packet that is left to the NIC', () => {
    const inner = over4(6, unfinished(6, tcp({}, PAYLOAD), 16));
    const outer = over4(17, withChecksum(udp({ dstport: 4789 }, vxlan({}, inner)), 6, 0x1234));
    expect(judge(outer, PROTOCOL.udp)).toMatchObject({ state: 'unfinished', expected: null });
  });

  it('layers without a checksum that is judged give null', () => {
    expect(judge(over4(17, segment), PROTOCOL.ethernet)).toBeNull();
  });
});
