import { describe, expect, it } from 'vitest';
import { type IcmpError, MAX_ERRORS } from '../../../src/flow/rare/icmp-errors.ts';
import { flowOfQuote } from '../../../src/flow/rare/quoted-packet.ts';
import { ethernet, hex, icmpEcho, ipv4, ipv6, ipv6Bytes, tcp, udp, vxlanFrame } from '../../support/packet-builder.ts';
import { countFrames, type Frame, flowText, told } from '../traffic.ts';

const ROUTER = { src: '10.0.9.9', dst: '10.0.0.1', proto: 1 } as const;
const SENT = ipv4({ proto: 6 }, tcp({}));
const SENT_V6 = ipv6({ nxt: 17 }, udp({}));

/** An ICMP error with 8 bytes of header: type, code and the last four bytes. */
function error(start: string, quoted: Uint8Array, ip: Parameters<typeof ipv4>[0] = ROUTER): Uint8Array {
  return ethernet({}, ipv4(ip, hex(start), quoted));
}

function error6(start: string, quoted: Uint8Array): Uint8Array {
  return ethernet({ type: 0x86dd }, ipv6({ nxt: 58, src: ipv6Bytes(9), dst: ipv6Bytes(1) }, hex(start), quoted));
}

function errorOf(...frames: (Frame | Uint8Array)[]): { error: IcmpError; flow: string; quoted: string } {
  const { table } = countFrames(frames);
  expect(table.icmpErrors.list).toHaveLength(1);
  const [error] = table.icmpErrors.list as [IcmpError];
  const quoted = `${table.addresses.text(error.source, error.family)} > ${table.addresses.text(error.destination, error.family)}`;
  const flow = flowOfQuote(table, error);
  return { error, flow: flow < 0 ? 'unseen' : flowText(table, flow), quoted };
}

describe('an ICMP error', () => {
  it('is read byte by byte as RFC 792 and RFC 1191 lay it out', () => {
    // 10.0.9.9 tells 10.0.0.1: fragmentation needed, next hop 1450, about TCP 10.0.0.1:40000 > 10.0.0.2:80
    const frame = hex(`
      02000000000b 02000000000a 0800
      45 00 0038 0000 0000 40 01 0000 0a000909 0a000001
      03 04 0000 0000 05aa
      45 00 05dc 1234 4000 3f 06 0000 0a000001 0a000002
      9c40 0050 00000001
    `);
    const { error, quoted } = errorOf(frame);
    expect(error).toMatchObject({
      type: 3,
      code: 4,
      mtu: 1450,
      family: 4,
      protocol: 6,
      sourcePort: 40000,
      destinationPort: 80,
      packet: 1,
      observation: 0,
    });
    expect(quoted).toBe('10.0.0.1 > 10.0.0.2');
  });

  it('leads to the flow it speaks of', () => {
    expect(errorOf(ethernet({}, SENT), error('0301 0000 00000000', SENT)).flow).toBe('6 10.0.0.1:40000 > 10.0.0.2:80');
    const other = ipv4({ proto: 6 }, tcp({ dstport: 81 }));
    expect(errorOf(ethernet({}, SENT), error('0301 0000 00000000', other)).flow).toBe('unseen');
    const echo = ipv4({ proto: 1 }, icmpEcho());
    expect(errorOf(ethernet({}, echo), error('0b00 0000 00000000', echo)).flow).toBe('1 10.0.0.1:0 > 10.0.0.2:0');
  });

  it('leads to the flow it speaks of, whatever the first bit of addresses and ports', () => {
    const sent = ipv4({ src: '192.168.0.1', dst: '200.0.0.2' }, udp({ srcport: 65535, dstport: 40000 }));
    const { flow } = errorOf(ethernet({}, sent), error('0303 0000 00000000', sent));
    expect(flow).toBe('17 192.168.0.1:65535 > 200.0.0.2:40000');
  });

  it('never counts what it quotes as traffic', () => {
    expect(told(countFrames([error('0303 0000 00000000', SENT)]).table)).toEqual([
      '1 10.0.9.9:0 > 10.0.0.1:0 [none] 1',
    ]);
    const overlay = vxlanFrame(ethernet({}, SENT)).subarray(14);
    expect(told(countFrames([error('0303 0000 00000000', overlay)]).table)).toEqual([
      '1 10.0.9.9:0 > 10.0.0.1:0 [none] 1',
    ]);
  });

  it('has an MTU only where its code says so', () => {
    expect(errorOf(error('0304 0000 0000 05aa', SENT)).error.mtu).toBe(1450);
    expect(errorOf(error('0303 0000 0000 05aa', SENT)).error.mtu).toBe(0);
    expect(errorOf(error6('0200 0000 00010000', SENT_V6)).error.mtu).toBe(65536);
    expect(errorOf(error6('0104 0000 00010000', SENT_V6)).error.mtu).toBe(0);
  });

  it.each(['03', '04', '05', '0b', '0c'])('is of type %s', (type) => {
    expect(errorOf(error(`${type}00 0000 00000000`, SENT)).error.type).toBe(Number.parseInt(type, 16));
  });

  it.each(['08', '00', '0d', '11', '09'])('is not of type %s', (type) => {
    const { table } = countFrames([error(`${type}00 0000 00000000`, SENT)]);
    expect(table.icmpErrors.list).toEqual([]);
  });

  it('is counted as neither request nor reply, and echoes are no errors', () => {
    const { rows } = countFrames([error('0300 0000 00000000', SENT)]).table;
    expect([rows.requests(0), rows.replies(0)]).toEqual([0, 0]);
    const echoes = countFrames([
      ethernet({}, ipv4({ proto: 1 }, icmpEcho())),
      ethernet({}, ipv4({ proto: 1 }, icmpEcho({ type: 0 }))),
      ethernet({ type: 0x86dd }, ipv6({ nxt: 58 }, hex('8000 0000 0001 0001'))),
      ethernet({ type: 0x86dd }, ipv6({ nxt: 58 }, hex('8100 0000 0001 0001'))),
    ]).table;
    expect([0, 1].map((row) => echoes.rows.requests(row))).toEqual([1, 1]);
    expect([0, 1].map((row) => echoes.rows.replies(row))).toEqual([1, 1]);
    expect(echoes.icmpErrors.list).toEqual([]);
  });
});

describe('the quoted packet', () => {
  const unreachable = '0303 0000 00000000';

  it('has null ports when the quote ends before them', () => {
    const { error: short, flow } = errorOf(ethernet({}, SENT), error(unreachable, SENT.subarray(0, 23)));
    expect([short.sourcePort, short.destinationPort]).toEqual([null, null]);
    expect(flow).toBe('unseen');
    const enough = errorOf(ethernet({}, SENT), error(unreachable, SENT.subarray(0, 24)));
    expect(enough.flow).toBe('6 10.0.0.1:40000 > 10.0.0.2:80');
  });

  it('has null ports when the snaplen ends before them', () => {
    const whole = error(unreachable, SENT);
    const cut = { data: whole.subarray(0, whole.length - SENT.length + 22), original: whole.length };
    expect(errorOf(cut).error.sourcePort).toBeNull();
  });

  it('has ports behind its options', () => {
    const withOptions = ipv4({ proto: 17, options: hex('94040000') }, udp({ srcport: 1111, dstport: 2222 }));
    expect(errorOf(error(unreachable, withOptions)).error).toMatchObject({ sourcePort: 1111, destinationPort: 2222 });
  });

  it('has no ports to read in a later fragment: payload stands there', () => {
    const later = ipv4({ proto: 17, frag_offset: 10 }, hex('0035 0035 0000 0000'));
    expect(errorOf(error(unreachable, later)).error).toMatchObject({ sourcePort: null, destinationPort: null });
    const later6 = ipv6({ nxt: 44 }, hex('11 00 0051 00000001'), hex('0035 0035 0000 0000'));
    expect(errorOf(error6('0100 0000 00000000', later6)).error).toMatchObject({ protocol: 17, sourcePort: null });
  });

  it('has no ports where its header length is impossible', () => {
    const broken = ipv4({ proto: 17, hdr_len: 2 }, udp({}));
    expect(errorOf(error(unreachable, broken)).error.sourcePort).toBeNull();
  });

  it('of IPv6 is read behind its extension headers', () => {
    const hops = hex('2c00 0502 0000 0100');
    const fragmented = ipv6({ nxt: 0 }, hops, hex('11 00 0001 00000001'), udp({ srcport: 5, dstport: 6 }));
    expect(errorOf(error6('0200 0000 00000500', fragmented)).error).toMatchObject({
      family: 6,
      protocol: 17,
      sourcePort: 5,
      destinationPort: 6,
      mtu: 1280,
    });
    const sent = ethernet({ type: 0x86dd }, SENT_V6);
    expect(errorOf(sent, error6('0200 0000 00000500', SENT_V6)).flow).toBe('17 fd00::1:40000 > fd00::2:53');
  });

  it('is passed over when less than its header is there, or it is no IP', () => {
    const frames = [
      error(unreachable, SENT.subarray(0, 19)),
      error(unreachable, SENT_V6),
      error6('0100 0000 00000000', SENT_V6.subarray(0, 39)),
      error6('0100 0000 00000000', ipv4({}, udp({}, new Uint8Array(20)))),
    ];
    const { table } = countFrames(frames);
    expect(table.icmpErrors.list).toEqual([]);
    expect(table.icmpErrors.dropped).toBe(0);
  });
});

it('keeps a bounded number of errors and counts the rest', () => {
  const { table } = countFrames(Array.from({ length: MAX_ERRORS + 3 }, () => error('0303 0000 00000000', SENT)));
  expect(table.icmpErrors.list).toHaveLength(MAX_ERRORS);
  expect(table.icmpErrors.dropped).toBe(3);
  expect(table.icmpErrors.list.at(-1)?.packet).toBe(MAX_ERRORS);
});
