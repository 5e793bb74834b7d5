// What the flow table gets of a packet, as numbers, from packets built by hand.
import { describe, expect, it } from 'vitest';
import type { PacketBatch } from '../../src/capture/source.ts';
import { FACT, FLOW_BIT, factMemory, MARK } from '../../src/decode/fact-layout.ts';
import { isUsual, PacketFacts } from '../../src/decode/facts.ts';
import { AddressWords } from '../../src/flow/address-words.ts';
import { TCP_FLAG } from '../../src/wire/tcp.ts';
import {
  arp,
  ethernet,
  gre,
  hex,
  icmpEcho,
  ipv4,
  ipv6,
  ipv6Bytes,
  tcp,
  udp,
  vlan,
  vxlan,
  vxlanFrame,
} from '../support/packet-builder.ts';
import { walkPacket } from '../support/walk-packet.ts';

interface Options {
  /** Bytes on the wire; default: as many as are there. */
  original?: number;
  linkType?: number;
  seconds?: number;
  nanos?: number;
  path?: number;
  overhead?: number;
  isLater?: boolean;
  /** Whose flow it is, by the stack layer of its IP header; default: the innermost one. */
  network?: number;
}

/** One table's: IPv6 addresses are numbered in the order of their first use. */
const ADDRESSES = new AddressWords();

/** The facts of one packet, written at place `i` of a batch whose other facts are all ones. */
function factsOf(packet: Uint8Array, options: Options = {}, i = 3) {
  const { original = packet.length, linkType = 1, path = 5, overhead = 0, isLater = false } = options;
  const { bytes, start, stack } = walkPacket(packet, { original, linkType });
  const facts = new PacketFacts(ADDRESSES, factMemory(8));
  facts.words.fill(-1);
  const { network = stack.network } = options;
  const transport = network === stack.network ? stack.transport : network + 1;
  const batch = batchWith(i, { bytes, start, captured: packet.length, original, ...options });
  facts.write(batch, i, new DataView(bytes.buffer), stack, network, transport, path, overhead, isLater);
  const outside = facts.words.filter((_, at) => at < i * FACT.words || at >= (i + 1) * FACT.words);
  expect(new Set(outside)).toEqual(new Set([-1]));
  const word = (place: number): number => facts.words[i * FACT.words + place]!;
  const marks = word(FACT.marks);
  return {
    source: word(FACT.source),
    destination: word(FACT.destination),
    ports: [word(FACT.ports) >>> 16, word(FACT.ports) & 0xffff],
    protocol: word(FACT.protocol),
    path: word(FACT.path),
    payload: word(FACT.payload),
    overhead: word(FACT.overhead),
    length: word(FACT.length),
    ttl: marks & 255,
    flags: (marks >>> 8) & 255,
    marks: Object.entries(MARK)
      .filter(([, bit]) => marks & bit)
      .map(([name]) => name),
    sequence: word(FACT.sequence) >>> 0,
    acknowledgement: word(FACT.acknowledgement) >>> 0,
    original: word(FACT.original) >>> 0,
    seconds: facts.doubles[(i * FACT.words) / 2 + FACT.seconds],
    nanos: word(FACT.nanos),
    fingerprint: word(FACT.fingerprint),
    /** Where a DNS message in TCP begins and ends, from the packet's first byte on. */
    message: [...facts.content.subarray(2 * i, 2 * i + 2)].map((at) => at - start),
  };
}

interface OnePacket extends Options {
  bytes: Uint8Array;
  start: number;
  captured: number;
}

function batchWith(i: number, packet: OnePacket & { original: number }): PacketBatch {
  const { bytes, start, captured, original, seconds = 1_700_000_000, nanos = 0 } = packet;
  const one = <A extends Uint32Array | Float64Array>(into: A, value: number): A => {
    into[i] = value;
    return into;
  };
  return {
    bytes,
    start: one(new Uint32Array(i + 1), start),
    captured: one(new Uint32Array(i + 1), captured),
    original: one(new Uint32Array(i + 1), original),
    seconds: one(new Float64Array(i + 1), seconds),
    nanos: one(new Uint32Array(i + 1), nanos),
    interface: new Uint32Array(i + 1),
    count: i + 1,
  };
}

const plain = (ip: Parameters<typeof ipv4>[0], ...payload: Uint8Array[]): Uint8Array =>
  ethernet({}, ipv4(ip, ...payload));
const v6 = (ip: Parameters<typeof ipv6>[0], ...payload: Uint8Array[]): Uint8Array =>
  ethernet({ type: 0x86dd }, ipv6(ip, ...payload));
const cut = (data: Uint8Array, length: number): [Uint8Array, Options] => [
  data.subarray(0, length),
  { original: data.length },
];

describe('the layout of the facts', () => {
  it('has a place of its own for every fact', () => {
    const { words, ...places } = FACT;
    const bytes = Object.entries(places).flatMap(([name, place]) => {
      const size = name === 'seconds' ? 8 : 4;
      return Array.from({ length: size }, (_, i) => size * place + i);
    });
    expect(bytes.sort((a, b) => a - b)).toEqual(Array.from({ length: words * 4 }, (_, i) => i));
  });

  it('has marks of one bit each above TTL and flags, and flow bits above the protocol', () => {
    for (const [bits, below] of [
      [Object.values(MARK), 16],
      [Object.values(FLOW_BIT), 8],
    ] as const) {
      expect(bits.map((bit) => bit.toString(2).replaceAll('0', ''))).toEqual(bits.map(() => '1'));
      expect(new Set(bits).size).toBe(bits.length);
      expect(bits.every((bit) => bit >= 1 << below)).toBe(true);
    }
  });

  it('is one number space: facts are views of the same bytes', () => {
    const facts = new PacketFacts(ADDRESSES, factMemory(2));
    expect(facts.doubles.buffer).toBe(facts.words.buffer);
    expect([facts.words.length, facts.doubles.length]).toEqual([32, 16]);
  });
});

describe('the facts of a packet', () => {
  it('of UDP, byte by byte', () => {
    const packet = hex(`
      02000000000b 02000000000a 0800
      45 00 0020 1234 4000 3f 11 0000 c0000201 0a3000ce   # id 0x1234, DF, TTL 63, 192.0.2.1 > 10.48.0.206
      9c40 0035 000c 0000 deadbeef
    `);
    const facts = factsOf(packet, { seconds: 1_700_000_123, nanos: 999_999_999, path: 77, overhead: 14 });
    expect(facts).toMatchObject({
      source: 0xc0000201 | 0,
      destination: 0x0a3000ce,
      ports: [40000, 53],
      protocol: 17,
      path: 77,
      payload: 12,
      overhead: 14,
      length: 32,
      ttl: 63,
      flags: 0,
      marks: ['dontFragment', 'dns'],
      original: 46,
      seconds: 1_700_000_123,
      nanos: 999_999_999,
    });
  });

  it('of TCP, byte by byte', () => {
    const packet = hex(`
      02000000000b 02000000000a 0800
      46 00 0036 1234 0000 01 06 0000 0a000001 0a000002 94040000   # with options
      9c40 0050 fffffff0 80000001 6018 0200 0000 0000 01010101     # hdr_len 24, PSH and ACK
      0102030405 06
    `);
    expect(factsOf(packet)).toMatchObject({
      ports: [40000, 80],
      protocol: 6,
      payload: 6,
      length: 54,
      ttl: 1,
      flags: TCP_FLAG.ack | 8,
      marks: ['tcp'],
      sequence: 0xfffffff0,
      acknowledgement: 0x80000001,
      original: packet.length,
    });
  });

  it.each(['fin', 'syn', 'reset', 'ack'] as const)('of TCP hold the flag %s', (name) => {
    const values = { 'flags.ack': false, [`flags.${name}`]: true };
    expect(factsOf(plain({ proto: 6 }, tcp(values))).flags).toBe(TCP_FLAG[name === 'reset' ? 'rst' : name]);
  });

  it('of IPv6 have numbered addresses and the protocol behind the extension headers', () => {
    const hops = hex('0600 0502 0000 0100');
    const packet = v6({ nxt: 0, hlim: 9, src: ipv6Bytes(50), dst: ipv6Bytes(51) }, hops, tcp({}, new Uint8Array(5)));
    const facts = factsOf(packet);
    expect(ADDRESSES.text(facts.source, 6)).toBe('fd00::32');
    expect(ADDRESSES.text(facts.destination, 6)).toBe('fd00::33');
    expect(facts).toMatchObject({
      ports: [40000, 80],
      protocol: 6 | FLOW_BIT.ipv6,
      payload: 5,
      length: 40 + 8 + 20 + 5,
      ttl: 9,
      marks: ['tcp'],
    });
  });

  it('in a tunnel are those of the inner packet', () => {
    const inner = plain({ src: '10.48.0.1', ttl: 7, 'flags.df': true }, udp({ dstport: 8080 }, new Uint8Array(4)));
    const { original, ...facts } = factsOf(vxlanFrame(inner));
    const { original: alone, ...expected } = factsOf(inner);
    expect(facts).toEqual(expected);
    expect(original).toBe(alone + 50);
  });

  it('mark echo requests and replies, of ICMP and ICMPv6, and no other message', () => {
    const marks = (packet: Uint8Array): string[] => factsOf(packet).marks;
    expect(marks(plain({ proto: 1 }, icmpEcho()))).toEqual(['echoRequest']);
    expect(marks(plain({ proto: 1 }, icmpEcho({ type: 0 })))).toEqual(['echoReply']);
    expect(marks(v6({ nxt: 58 }, hex('8000 0000 0001 0001')))).toEqual(['echoRequest']);
    expect(marks(v6({ nxt: 58 }, hex('8100 0000 0001 0001')))).toEqual(['echoReply']);
    expect(marks(plain({ proto: 1 }, icmpEcho({ type: 13 })))).toEqual([]);
    expect(marks(plain({ proto: 1 }, icmpEcho({ type: 128 })))).toEqual([]);
    expect(marks(v6({ nxt: 58 }, hex('0800 0000 0001 0001')))).toEqual([]);
  });

  it('of DNS have where the message is: of UDP among the numbers, of TCP beside them', () => {
    const dns = new Uint8Array(12);
    const segment = plain({ proto: 6 }, tcp({ dstport: 53, options: hex('01010101') }, dns));
    expect(factsOf(segment)).toMatchObject({ marks: ['tcp', 'dns'], message: [34 + 24, 34 + 24 + 12] });
    expect(factsOf(plain({ proto: 6 }, tcp({ dstport: 80 }, dns))).marks).toEqual(['tcp']);
    expect(factsOf(plain({}, udp({ dstport: 53 }, dns))).marks).toEqual(['dns']);
  });

  it('have ports 0 where the protocol has none', () => {
    expect(factsOf(plain({ proto: 50 }, hex('00000001 00000002')))).toMatchObject({ ports: [0, 0], protocol: 50 });
    expect(factsOf(plain({ proto: 1 }, icmpEcho()))).toMatchObject({ ports: [0, 0], protocol: 1, payload: 8 });
    expect(factsOf(plain({ proto: 132 }, hex('0b59 0b5a 00000001 00000000'))).ports).toEqual([2905, 2906]);
  });

  it('are the payload that was sent, not the padding of a short frame', () => {
    const padded = ethernet({}, ipv4({ proto: 6 }, tcp({})), new Uint8Array(6));
    expect(factsOf(padded)).toMatchObject({ payload: 0, length: 40, original: 60 });
  });

  it('of a packet too long for its length field reach to the end of the frame', () => {
    const packet = plain({ proto: 6, len: 0 }, tcp({}, new Uint8Array(60)));
    const facts = factsOf(packet, { original: packet.length + 70_000 });
    expect(facts).toMatchObject({ payload: 70_060, length: 70_100, original: packet.length + 70_000 });
  });

  it('of a TCP header that says it is shorter than 20 bytes have no payload', () => {
    expect(factsOf(plain({ proto: 6 }, tcp({ hdr_len: 0 }))).payload).toBe(0);
  });
});

describe('the facts of a packet that was cut off', () => {
  const packet = plain({ proto: 6 }, tcp({ seq_raw: 9 }, new Uint8Array(100)));
  const ports = 14 + 20;

  it('are those on the wire as long as the headers are there', () => {
    const whole = factsOf(packet);
    expect(factsOf(...cut(packet, ports + 20))).toEqual({ ...whole, marks: ['truncated', 'tcp'] });
  });

  it('have ports as soon as four bytes of the transport header are there', () => {
    const facts = factsOf(...cut(packet, ports + 4));
    expect(facts).toMatchObject({
      ports: [40000, 80],
      protocol: 6,
      marks: ['truncated', 'headerCut'],
      flags: 0,
      length: 140,
    });
    expect(facts.payload).toBe(120);
  });

  it('say that ports were cut off, which are not port 0', () => {
    for (const bytes of [0, 3]) {
      expect(factsOf(...cut(packet, ports + bytes))).toMatchObject({ ports: [0, 0], protocol: 6 | FLOW_BIT.portsCut });
    }
    expect(factsOf(...cut(v6({}, udp({})), 14 + 40))).toMatchObject({
      protocol: 17 | FLOW_BIT.ipv6 | FLOW_BIT.portsCut,
    });
    expect(factsOf(plain({ proto: 6 }, tcp({ srcport: 0, dstport: 0 }))).protocol).toBe(6);
    expect(factsOf(...cut(plain({ proto: 1 }, icmpEcho()), ports)).protocol).toBe(1);
  });
});

describe('the facts of a later fragment', () => {
  it('have no ports, no flags and no sequence numbers, whatever its bytes look like', () => {
    const later = plain({ proto: 6, frag_offset: 5, ttl: 9 }, tcp({ 'flags.syn': true }));
    expect(factsOf(later, { isLater: true })).toMatchObject({
      ports: [0, 0],
      protocol: 6,
      payload: 20,
      ttl: 9,
      flags: 0,
      marks: ['orphan'],
    });
  });
});

describe('packets without facts', () => {
  it('are marked, and nothing else is written', () => {
    const facts = new PacketFacts(ADDRESSES, factMemory(3));
    facts.words.fill(9);
    facts.skip(0);
    facts.defer(1);
    const marks = [0, 1, 2].map((i) => facts.words[i * FACT.words + FACT.marks]);
    expect(marks).toEqual([MARK.skipped, MARK.slow, 9]);
    expect(facts.words.filter((word) => word !== 9)).toHaveLength(2);
  });
});

describe('a usual packet', () => {
  const usual = (packet: Uint8Array): boolean => {
    const { bytes, stack } = walkPacket(packet);
    return isUsual(new DataView(bytes.buffer), stack);
  };
  const inner = plain({}, udp({}));
  const atomic = v6({ nxt: 44 }, hex('11 00 0000 00000007'), udp({}));

  it.each([
    ['UDP', inner],
    ['TCP over IPv6', v6({ nxt: 6 }, tcp({}))],
    ['with a VLAN tag', ethernet({ type: 0x8100 }, vlan({}, ipv4({}, udp({}))))],
    ['behind extension headers', v6({ nxt: 0 }, hex('1100 0502 0000 0100'), udp({}))],
    ['in VXLAN', vxlanFrame(inner)],
    ['in IP-in-IP', plain({ proto: 4 }, ipv4({}, udp({})))],
    ['in GRE', plain({ proto: 47 }, gre({}, ipv4({}, udp({}))))],
    ['an echo request', plain({ proto: 1 }, icmpEcho())],
    ['an echo reply of ICMPv6 in VXLAN', vxlanFrame(v6({ nxt: 58 }, hex('8100 0000 0001 0001')))],
    ['of a protocol without ports', plain({ proto: 50 }, hex('00000001 00000002'))],
    ['with ports cut off', inner.subarray(0, 14 + 20)],
    ['in VXLAN, cut off inside', vxlanFrame(inner).subarray(0, 14 + 20 + 8 + 8 + 14)],
    ['with a fragment header but in one piece', atomic],
  ])('is one %s', (_name, packet) => {
    expect(usual(packet)).toBe(true);
  });

  it.each([
    ['of ARP', ethernet({ type: 0x0806 }, arp())],
    ['of an unknown protocol', ethernet({ type: 0x9999 }, hex('00'))],
    ['of ARP inside VXLAN', vxlanFrame(ethernet({ type: 0x0806 }, arp()))],
    ['without an IP header', inner.subarray(0, 20)],
    ['that is a first fragment', plain({ 'flags.mf': true }, udp({}))],
    ['that is a later fragment', plain({ frag_offset: 5 }, new Uint8Array(8))],
    ['whose inner packet is a fragment', vxlanFrame(plain({ 'flags.mf': true }, udp({})))],
    ['in two tunnels', vxlanFrame(vxlanFrame(inner))],
    ['of WireGuard', plain({}, udp({ dstport: 51820 }, hex(`04000000 ${'00'.repeat(28)}`)))],
    ['that is an ICMP error', plain({ proto: 1 }, hex('0303 0000 00000000'), ipv4({}, udp({})))],
    ['that is an ICMPv6 error', v6({ nxt: 58 }, hex('0200 0000 00000500'), ipv6({}, udp({})))],
    ['that is another message of ICMPv6', v6({ nxt: 58 }, hex('8700 0000 00000000'))],
  ])('is none %s', (_name, packet) => {
    expect(usual(packet)).toBe(false);
  });
});

describe('the fingerprint', () => {
  type Ip = Parameters<typeof ipv4>[0];
  const BASE = { src: '10.48.0.1', dst: '10.48.0.2', id: 77 } as const;
  const segment = (ip: Ip = {}, values: Parameters<typeof tcp>[0] = {}, payload = 10): Uint8Array =>
    ipv4({ ...BASE, proto: 6, ...ip }, tcp({ seq_raw: 1000, ...values }, new Uint8Array(payload)));
  const print = (packet: Uint8Array, options: Options = {}): number => factsOf(packet, options).fingerprint;
  const base = print(ethernet({}, segment()));

  it('is the same wherever the packet is seen', () => {
    const inside = ethernet({ src: '66:00:00:00:00:01', dst: '66:00:00:00:00:02' }, segment({ ttl: 63 }));
    const outer = { src: '10.0.1.20', dst: '10.0.1.30', id: 9 };
    expect(print(vxlanFrame(ethernet({}, segment())))).toBe(base);
    expect(print(ethernet({}, ipv4(outer, udp({ dstport: 4789 }, vxlan({ vni: 9 }, inside)))))).toBe(base);
    expect(print(ethernet({}, ipv4({ ...outer, proto: 4 }, segment())))).toBe(base);
    expect(print(ethernet({}, segment({ ttl: 63 })))).toBe(base);
    expect(print(ethernet({ src: '02:00:00:00:00:99', dst: '02:00:00:00:00:98' }, segment()))).toBe(base);
    expect(print(segment(), { linkType: 101 })).toBe(base);
    expect(print(ethernet({}, segment({ checksum: 0x1234 }, { checksum: 0x4321 })))).toBe(base);
    expect(print(ethernet({}, segment({}, { window_size_value: 9 })))).toBe(base);
  });

  it('does not depend on how much was captured, once the headers are there, nor on path and time', () => {
    const packet = ethernet({}, segment());
    expect(print(...cut(packet, 14 + 40))).toBe(base);
    expect(print(packet, { path: 1, overhead: 3, seconds: 4, nanos: 5 })).toBe(base);
    expect(print(ethernet({}, segment(), new Uint8Array(6)))).toBe(base);
  });

  it.each([
    ['a datagram', 17, udp({ dstport: 514 }, new Uint8Array(40))],
    ['a tunnel packet', 47, new Uint8Array(60).fill(8, 0, 3)],
  ])(
    'of %s with an identification does not depend on how much of its content was captured',
    (_name, proto, content) => {
      const whole = ethernet({}, ipv4({ ...BASE, proto }, content));
      expect(print(...cut(whole, 14 + 20 + 10))).toBe(print(whole));
    },
  );

  it.each([
    ['identification', segment({ id: 78 })],
    ['source', segment({ src: '10.48.0.3' })],
    ['destination', segment({ dst: '10.48.0.3' })],
    ['direction', segment({ src: BASE.dst, dst: BASE.src })],
    ['source port', segment({}, { srcport: 40001 })],
    ['destination port', segment({}, { dstport: 81 })],
    ['sequence number', segment({}, { seq_raw: 1001 })],
    ['acknowledgement', segment({}, { ack_raw: 5 })],
    ['length', segment({}, {}, 11)],
  ])('is another one with another %s', (_name, packet) => {
    expect(print(ethernet({}, packet))).not.toBe(base);
  });

  it('without an identification hangs on what a datagram carries, and with one on all of its bits', () => {
    const datagram = (id: number, fill: number): number =>
      print(ethernet({}, ipv4({ ...BASE, id }, udp({ dstport: 514 }, new Uint8Array(16).fill(fill)))));
    expect(datagram(0, 1)).not.toBe(datagram(0, 2));
    expect(datagram(7, 1)).toBe(datagram(7, 2));
    const ids = [0, ...Array.from({ length: 16 }, (_, bit) => 1 << bit)];
    expect(new Set(ids.map((id) => datagram(id, 1))).size).toBe(17);
  });

  it('of IPv6 goes by one table’s addresses', () => {
    const packet = (last: number, payload = 10): Uint8Array =>
      v6({ nxt: 6, dst: ipv6Bytes(last) }, tcp({ seq_raw: 1000 }, new Uint8Array(payload)));
    expect(print(vxlanFrame(packet(2)))).toBe(print(packet(2)));
    expect(print(packet(3))).not.toBe(print(packet(2)));
    expect(print(packet(2, 11))).not.toBe(print(packet(2)));
  });

  describe('of a tunnel that is the flow, without an identification', () => {
    const OUTER = 1;
    type Carried = { id?: number; seq?: number; ttl?: number };
    const carried = ({ id = 5, seq = 1, ttl = 64 }: Carried): Uint8Array =>
      ipv4({ src: '192.168.77.1', dst: '192.168.77.2', id, ttl, proto: 6 }, tcp({ seq_raw: seq }, new Uint8Array(20)));
    const tunnel = (inner: Carried, hlim = 64): Uint8Array =>
      v6({ nxt: 17, hlim, dst: ipv6Bytes(2) }, udp({ dstport: 4789 }, vxlan({}, ethernet({}, carried(inner)))));
    const bare = (inner: Carried): Uint8Array => v6({ nxt: 47, dst: ipv6Bytes(2) }, gre({}, carried(inner)));
    const of = (packet: Uint8Array, options: Options = {}): number => print(packet, { ...options, network: OUTER });

    it.each([
      ['VXLAN', tunnel],
      ['GRE', bare],
    ])('hangs on what is inside, which no hop changes: %s', (_, make) => {
      expect(of(make({}))).toBe(of(make({})));
      expect(of(make({ id: 6 }))).not.toBe(of(make({})));
      expect(of(make({ seq: 2 }))).not.toBe(of(make({})));
    });

    it('does not hang on its own hop limit', () => {
      expect(of(tunnel({}, 63))).toBe(of(tunnel({})));
    });

    it('is said to be cut off where the snaplen left its headers only', () => {
      const packet = tunnel({});
      const marked = (length: number): boolean[] => {
        const [data, options] = cut(packet, length);
        const { marks } = factsOf(data, { ...options, network: OUTER });
        return [marks.includes('contentCut'), marks.includes('contentWhole')];
      };
      const headers = 14 + 40 + 8 + 8 + 14;
      expect(marked(packet.length)).toEqual([false, true]);
      expect(marked(headers + 20 + 20)).toEqual([false, true]);
      expect(marked(headers + 20 + 16)).toEqual([true, false]);
      expect(marked(headers + 20)).toEqual([true, false]);
      expect(marked(headers + 4)).toEqual([true, false]);
    });
  });

  it('is of no two packets the same in ordinary traffic', () => {
    const prints = new Set<number>();
    let packets = 0;
    for (let flow = 0; flow < 20; flow++) {
      for (let i = 0; i < 250; i++) {
        const ip = { src: `10.48.0.${flow}`, id: (flow * 1000 + i) & 0xffff };
        prints.add(print(ethernet({}, segment(ip, { srcport: 40000 + flow, seq_raw: 1000 + i * 1448 }))));
        packets++;
      }
    }
    // Of 5000 random numbers of 32 bits, two are equal in one case of 340.
    expect(prints.size).toBeGreaterThanOrEqual(packets - 1);
  });
});

describe('what one bit more or less would change', () => {
  it('a later fragment whose offset has high bits is not one that may not be fragmented', () => {
    const rest = (offset: number): string[] =>
      factsOf(plain({ frag_offset: offset, proto: 17 }, new Uint8Array(16)), { isLater: true }).marks;
    expect([rest(0x1000), rest(0x100)]).toEqual([rest(1), rest(1)]);
    expect(factsOf(plain({ 'flags.df': true, proto: 17 }, udp({}))).marks).toContain('dontFragment');
  });

  it('acknowledgements without an identification differ by their numbers, though they carry nothing', () => {
    const print = (values: Parameters<typeof tcp>[0]): number =>
      factsOf(plain({ id: 0, proto: 6 }, tcp(values))).fingerprint;
    expect(print({ seq_raw: 7 })).not.toBe(print({ seq_raw: 8 }));
    expect(print({ ack_raw: 7 })).not.toBe(print({ ack_raw: 8 }));
    expect(print({ seq_raw: 7 })).toBe(print({ seq_raw: 7 }));
  });

  it('a datagram of no known kind has no question in it, and no TTL but its own', () => {
    const { ttl, marks } = factsOf(plain({ ttl: 64, proto: 17 }, udp({ srcport: 4000, dstport: 4001 })));
    expect([ttl, marks.filter((mark) => mark !== 'contentWhole')]).toEqual([64, []]);
  });

  it('an echo request is told again by its identifier and sequence number', () => {
    const { sequence } = factsOf(plain({ proto: 1 }, icmpEcho({ ident: 0x1234, seq: 5 })));
    expect(sequence).toBe(0x12340005);
  });
});
