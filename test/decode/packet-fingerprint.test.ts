// What the number of a packet hangs on, bit by bit: each bit of what tells packets apart changes it, nothing else does.
import { describe, expect, it } from 'vitest';
import {
  AROUND,
  addressWord,
  around,
  contentEnd,
  contentOf,
  fingerprint,
  firstContent,
} from '../../src/decode/packet-fingerprint.ts';
import {
  ethernet,
  gre,
  hex,
  icmpEcho,
  inBuffer,
  ipv4,
  ipv6,
  ipv6Bytes,
  udp,
  vlan,
  vxlanFrame,
} from '../support/packet-builder.ts';
import { walkPacket } from '../support/walk-packet.ts';

const v4 = (ip: Parameters<typeof ipv4>[0], ...payload: Uint8Array[]): Uint8Array => ethernet({}, ipv4(ip, ...payload));
/** No two bytes and no two words alike. */
const counted = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => 17 * i + 3);
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer);

/** Which bytes of `packet` change what `of` says of it, by one bit or another of theirs; and whether each bit of these does. */
function bytesThatCount(
  packet: Uint8Array,
  of: (packet: Uint8Array) => number,
): { bytes: number[]; everyBit: boolean } {
  const before = of(packet);
  const changing = Array.from(
    packet,
    (_, at) =>
      Array.from({ length: 8 }, (__, bit) => {
        const changed = packet.slice();
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        return of(changed) !== before;
      }).filter(Boolean).length,
  );
  const bytes = changing.flatMap((bits, at) => (bits > 0 ? [at] : []));
  return { bytes, everyBit: bytes.every((at) => changing[at] === 8) };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe('the word of an IPv6 address', () => {
  it('hangs on each bit of it, and on nothing around it', () => {
    const of = (bytes: Uint8Array): number => addressWord(viewOf(bytes), 3);
    expect(bytesThatCount(counted(24), of)).toEqual({ bytes: range(3, 19), everyBit: true });
  });
});

describe('the first content of a packet', () => {
  const first = (packet: Uint8Array): number => {
    const { bytes, stack } = walkPacket(packet);
    return firstContent(viewOf(bytes), stack, stack.transport);
  };
  /** Bytes behind `from` that count, of a packet that is still walked the same way. */
  const counts = (packet: Uint8Array, from: number): number[] => {
    const { bytes, everyBit } = bytesThatCount(packet.slice(from), (rest) =>
      first(new Uint8Array([...packet.subarray(0, from), ...rest])),
    );
    expect(everyBit).toBe(true);
    return bytes;
  };

  it('of UDP is sixteen bytes behind its header, four where there are fewer, none where there are not even these', () => {
    const datagram = (length: number): Uint8Array => v4({}, udp({ dstport: 514 }, counted(length)));
    expect(counts(datagram(20), 42)).toEqual(range(0, 16));
    expect(counts(datagram(16), 42)).toEqual(range(0, 16));
    expect(counts(datagram(15), 42)).toEqual(range(0, 4));
    expect(counts(datagram(4), 42)).toEqual(range(0, 4));
    expect(counts(datagram(3), 42)).toEqual([]);
    expect(first(datagram(3))).toBe(0);
  });

  it('of ICMP is identifier and sequence number', () => {
    const echo = v4({ proto: 1 }, icmpEcho({ ident: 0x0102, seq: 0x0304 }, counted(20)));
    expect(counts(echo, 36)).toEqual(range(2, 6));
    expect(first(echo)).toBe(0x01020304);
    expect(first(v4({ proto: 1 }, icmpEcho({ ident: 5, seq: 6 })))).toBe(0x00050006);
    const six = ethernet({ type: 0x86dd }, ipv6({ nxt: 58 }, hex('8000 0000 0007 0008')));
    expect(first(six)).toBe(0x00070008);
  });

  it('of other protocols is sixteen bytes of their own', () => {
    expect(counts(v4({ proto: 50 }, counted(20)), 34)).toEqual(range(0, 16));
  });
});

describe('the content of a packet', () => {
  const content = (packet: Uint8Array, network: number, transport: number, from = 0): number => {
    const { bytes, start, stack } = walkPacket(packet);
    return contentOf(viewOf(bytes), stack, network, start + from, transport);
  };

  it('is that of its transport, or what is at a place where there is none', () => {
    const datagram = v4({}, udp({}, counted(20)));
    const same = v4({ proto: 253 }, counted(28));
    expect(content(datagram, 1, 2)).toBe(content(v4({ src: '10.9.9.9' }, udp({ srcport: 9 }, counted(20))), 1, 2));
    expect(content(same, 1, -1, 34)).not.toBe(content(same, 1, -1, 38));
    expect(content(same, 1, -1, 34)).toBe(content(v4({ proto: 253 }, counted(28)), 1, 2));
  });

  it('of a tunnel has what is inside too: its IP header and what that carries', () => {
    const carried = (ip: Parameters<typeof ipv4>[0], fill: number): number =>
      content(v4({ proto: 47 }, gre({}, ipv4(ip, udp({}, new Uint8Array(20).fill(fill))))), 1, 2);
    const base = carried({}, 1);
    expect(carried({}, 1)).toBe(base);
    expect(carried({ id: 9 }, 1)).not.toBe(base);
    const other = v4({ proto: 47 }, gre({}, ipv4({}, udp({ srcport: 9 }, new Uint8Array(20).fill(1)))));
    expect(content(other, 1, 2)).not.toBe(base);
  });
});

describe('the end of the content', () => {
  const endOf = (packet: Uint8Array, network: number, transport: number, length = packet.length): number => {
    const { start, stack } = walkPacket(packet.subarray(0, length), { original: packet.length });
    const end = contentEnd(stack, network, transport);
    return end < 0 ? end : end - start;
  };
  const over = vxlanFrame(v4({ proto: 17 }, udp({}, counted(20))));

  it('is sixteen bytes behind the header of UDP, or the beginning of another one', () => {
    expect(endOf(v4({}, udp({}, counted(20))), 1, 2)).toBe(34 + 8 + 16);
    expect(endOf(v4({ proto: 50 }, counted(20)), 1, 2)).toBe(34 + 16);
  });

  it('is none of ICMP', () => {
    expect(endOf(v4({ proto: 1 }, icmpEcho()), 1, 2)).toBe(-1);
    expect(endOf(ethernet({ type: 0x86dd }, ipv6({ nxt: 58 }, hex('8000 0000 0007 0008'))), 1, 2)).toBe(-1);
  });

  it('of a tunnel is in what it carries', () => {
    expect(endOf(over, 1, 2)).toBe(84 + 16);
    expect(endOf(over, 5, 6)).toBe(84 + 8 + 16);
  });

  it('of a tunnel is beyond what there is, where the snaplen left its headers only', () => {
    expect(endOf(over, 1, 2, 84)).toBe(85);
    expect(endOf(over, 1, 2, 70)).toBe(71);
    // cut behind the header that the content begins at
    expect(endOf(over, 5, 6, 92)).toBe(84 + 8 + 16);
  });
});

describe('what was around a packet', () => {
  const word = (packet: Uint8Array): number => {
    const { bytes, start, stack } = walkPacket(packet);
    const [outer, inner] = [stack.protocol.indexOf(stack.protocol[1] ?? 0, 1), stack.network];
    const overhead = (stack.start[inner] ?? 0) - (stack.start[outer] ?? 0);
    return around(viewOf(bytes), start, stack.start[inner] ?? 0, overhead);
  };
  const id = (packet: Uint8Array): number => word(packet) >>> 16;
  const place = (packet: Uint8Array): number => word(packet) & AROUND.place;
  const inner = ipv4({ id: 0x7777 }, udp({}));
  const ipip = (ip: Parameters<typeof ipv4>[0]): Uint8Array => v4({ ...ip, proto: 4 }, inner);

  it('is the identification of the outer header, of IPv4 only, and of none where there is no tunnel', () => {
    expect(id(ipip({ id: 0x1234 }))).toBe(0x1234);
    expect(id(ethernet({}, inner))).toBe(0);
    const six = ipv6({ nxt: 4, src: ipv6Bytes(0xab), dst: ipv6Bytes(0xcd) }, inner);
    expect(id(ethernet({ type: 0x86dd }, six))).toBe(0);
  });

  it('is a place that the outer TTL and what stands before it tell', () => {
    const base = place(ipip({ ttl: 64 }));
    expect(place(ipip({ ttl: 64, id: 9, src: '10.9.9.9' }))).toBe(base);
    expect(place(ipip({ ttl: 63 }))).not.toBe(base);
    expect(place(ethernet({ type: 0x8100 }, vlan({}, ipv4({ ttl: 64, proto: 4 }, inner))))).not.toBe(base);
    const six = (hlim: number): number => place(ethernet({ type: 0x86dd }, ipv6({ nxt: 4, hlim }, inner)));
    expect(six(63)).not.toBe(six(64));
    expect(six(64)).toBe(base);
  });

  it('does not hang on where the packet lies in a buffer', () => {
    const packet = ipip({ ttl: 64, id: 5 });
    const [near, far] = [7, 300].map((start) => around(viewOf(inBuffer(packet, start)), start, start + 34, 20));
    expect(near).toBe(far);
  });

  it('has no bit of its own for the packet itself', () => {
    expect(word(ipip({ id: 0xffff })) & AROUND.identified).toBe(0);
  });
});

describe('the fingerprint', () => {
  it('hangs on each bit of each of its parts, and on which part it is in', () => {
    const of = (bytes: Uint8Array): number => {
      const view = viewOf(bytes);
      const [a, b, c, d, e] = range(0, 5).map((i) => view.getInt32(4 * i)) as [number, number, number, number, number];
      return fingerprint(a, b, c, d, e);
    };
    expect(bytesThatCount(counted(20), of)).toEqual({ bytes: range(0, 20), everyBit: true });
    const once = range(0, 5).map((part) => of(partOf(part)));
    expect(new Set(once).size).toBe(5);
  });
});

/** Five words, of which one is 1. */
function partOf(part: number): Uint8Array {
  const bytes = new Uint8Array(20);
  bytes[4 * part + 3] = 1;
  return bytes;
}
