import { describe, expect, it } from 'vitest';
import { FlowTable } from '../../src/flow/flow-table.ts';
import { BIT } from '../../src/flow/rows/row-layout.ts';

import {
  arp,
  ethernet,
  ethernet8023,
  hex,
  icmpEcho,
  ipv4,
  ipv6,
  tcp,
  udp,
  vxlanFrame,
} from '../support/packet-builder.ts';
import { addFrames, countFrames, everyRow, type Frame, flowText, rowsOf, told } from './traffic.ts';

const UDP = '17 10.0.0.1:40000 > 10.0.0.2:53';
const plain = (ip: Parameters<typeof ipv4>[0], ...payload: Uint8Array[]): Uint8Array =>
  ethernet({}, ipv4(ip, ...payload));
const v6 = (ip: Parameters<typeof ipv6>[0], ...payload: Uint8Array[]): Uint8Array =>
  ethernet({ type: 0x86dd }, ipv6(ip, ...payload));
const cut = (data: Uint8Array, length: number): Frame => ({ data: data.subarray(0, length), original: data.length });

describe('a flow', () => {
  it('is one direction of the inner five-tuple', () => {
    const { table } = countFrames([
      plain({}, udp({})),
      plain({}, udp({})),
      plain({ src: '10.0.0.2', dst: '10.0.0.1' }, udp({ srcport: 53, dstport: 40000 })),
      plain({ proto: 6 }, tcp({ dstport: 53 })),
      plain({}, udp({ dstport: 54 })),
      plain({}, udp({ srcport: 40001 })),
    ]);
    expect(told(table)).toEqual([
      `${UDP} [none] 2`,
      '17 10.0.0.2:53 > 10.0.0.1:40000 [none] 1',
      '6 10.0.0.1:40000 > 10.0.0.2:53 [none] 1',
      '17 10.0.0.1:40000 > 10.0.0.2:54 [none] 1',
      '17 10.0.0.1:40001 > 10.0.0.2:53 [none] 1',
    ]);
    expect([0, 1, 2, 3, 4].map((flow) => table.reverseOf(flow))).toEqual([1, 0, -1, -1, -1]);
  });

  it('has a row for each tunnel it was seen in, and for each link', () => {
    const inner = plain({}, udp({}));
    const { table, rows } = countFrames([
      inner,
      vxlanFrame(inner),
      inner,
      ethernet({ src: '02:00:00:00:00:0c' }, inner.subarray(14)),
    ]);
    expect(told(table)).toEqual([`${UDP} [none] 2`, `${UDP} [vxlan 4096 10.0.1.20 > 10.0.1.30] 1`, `${UDP} [none] 1`]);
    expect(rows).toEqual([0, 1, 0, 2]);
    expect(rowsOf(table, 0)).toEqual([0, 1, 2]);
  });

  it('keeps IPv4 and IPv6 apart', () => {
    // The first IPv6 addresses are words 0 and 1, and so are 0.0.0.0 and 0.0.0.1.
    const { table } = countFrames([v6({}, udp({})), plain({ src: '0.0.0.0', dst: '0.0.0.1' }, udp({}))]);
    expect([0, 1].map((flow) => [table.familyOf(flow), flowText(table, flow)])).toEqual([
      [6, '17 fd00::1:40000 > fd00::2:53'],
      [4, '17 0.0.0.0:40000 > 0.0.0.1:53'],
    ]);
  });

  it('of IPv6 has the protocol behind the extension headers', () => {
    const hops = hex('1100 0502 0000 0100');
    expect(told(countFrames([v6({ nxt: 0 }, hops, udp({}))]).table)).toEqual([
      '17 fd00::1:40000 > fd00::2:53 [none] 1',
    ]);
  });

  it('has ports 0 where the protocol has none', () => {
    const { table } = countFrames([
      plain({ proto: 1 }, icmpEcho()),
      plain({ proto: 50 }, hex('00000001 00000002')),
      plain({ proto: 253 }, hex('00000001')),
      v6({ nxt: 59 }),
    ]);
    expect(told(table).map((line) => line.split(' [')[0])).toEqual([
      '1 10.0.0.1:0 > 10.0.0.2:0',
      '50 10.0.0.1:0 > 10.0.0.2:0',
      '253 10.0.0.1:0 > 10.0.0.2:0',
      '59 fd00::1:0 > fd00::2:0',
    ]);
  });

  it('of SCTP has ports', () => {
    const sctp = hex('0b59 0b5a 00000001 00000000');
    expect(flowText(countFrames([plain({ proto: 132 }, sctp)]).table, 0)).toBe('132 10.0.0.1:2905 > 10.0.0.2:2906');
  });

  it('is none of what is no IP, or of unknown content', () => {
    const frames: (Frame | Uint8Array)[] = [
      ethernet({ type: 0x0806 }, arp()),
      ethernet({ type: 0x88cc }, hex('0207')),
      ethernet8023(hex('424203')),
      ethernet({ type: 0x9999 }, hex('00')),
      { data: plain({}, udp({})), linkType: 105 },
      plain({}, udp({})).subarray(0, 20),
      vxlanFrame(ethernet({ type: 0x0806 }, arp())),
      vxlanFrame(ethernet({ type: 0x9999 }, hex('00'))),
    ];
    const { table, rows } = countFrames(frames);
    expect(new Set(rows)).toEqual(new Set([-1]));
    expect(table.flowCount).toBe(0);
  });

  it('can be found again by its words', () => {
    const { table } = countFrames([plain({}, udp({}))]);
    expect(table.findFlow(0x0a000001, 0x0a000002, (40000 << 16) | 53, 17)).toBe(0);
    expect(table.findFlow(0x0a000001, 0x0a000002, (40000 << 16) | 54, 17)).toBe(-1);
  });
});

describe('ports at the end of a short capture', () => {
  const frame = plain({ proto: 6 }, tcp({}));
  const ports = 14 + 20;

  it('are there as soon as four bytes of the transport header are', () => {
    expect(told(countFrames([cut(frame, ports + 4)]).table)).toEqual(['6 10.0.0.1:40000 > 10.0.0.2:80 [none] 1']);
    expect(told(countFrames([cut(plain({}, udp({})), ports + 4)]).table)).toEqual([`${UDP} [none] 1`]);
    const sctp = plain({ proto: 132 }, hex('0b59 0b5a 00000001 00000000'));
    expect(flowText(countFrames([cut(sctp, ports + 4)]).table, 0)).toBe('132 10.0.0.1:2905 > 10.0.0.2:2906');
  });

  it('are null with less, and such packets are another flow than that of port 0', () => {
    const zero = plain({ proto: 6 }, tcp({ srcport: 0, dstport: 0 }));
    const { table } = countFrames([cut(frame, ports + 3), cut(frame, ports), zero]);
    expect(told(table)).toEqual(['6 10.0.0.1:? > 10.0.0.2:? [none] 2', '6 10.0.0.1:0 > 10.0.0.2:0 [none] 1']);
    expect(table.sourcePortOf(0)).toBeNull();
    expect(table.destinationPortOf(0)).toBeNull();
  });

  it('lead to the reverse flow that was cut off too', () => {
    const back = plain({ proto: 6, src: '10.0.0.2', dst: '10.0.0.1' }, tcp({ srcport: 80, dstport: 40000 }));
    const { table } = countFrames([cut(frame, ports), cut(back, ports), back]);
    expect(table.reverseOf(0)).toBe(1);
    expect(table.reverseOf(2)).toBe(-1);
  });

  it('are those of the inner header, in a tunnel', () => {
    const inner = vxlanFrame(frame);
    const shown = (length: number): string[] => told(countFrames([cut(inner, length)]).table);
    expect(shown(50 + ports + 4)).toEqual(['6 10.0.0.1:40000 > 10.0.0.2:80 [vxlan 4096 10.0.1.20 > 10.0.1.30] 1']);
    expect(shown(50 + ports + 3)).toEqual(['6 10.0.0.1:? > 10.0.0.2:? [vxlan 4096 10.0.1.20 > 10.0.1.30] 1']);
    // Without the inner IP header it is a datagram to port 4789, whatever it carried.
    expect(shown(50 + 14 + 19)).toEqual(['17 10.0.1.20:40000 > 10.0.1.30:4789 [vxlan 4096 10.0.1.20 > 10.0.1.30] 1']);
  });

  it('are read from a transport header that is malformed behind them', () => {
    const short = plain({}, udp({ length: 3 }));
    expect(told(countFrames([short]).table)).toEqual([`${UDP} [none] 1`]);
  });
});

describe('what a row counts', () => {
  const frame = plain({ 'flags.df': true, ttl: 63 }, udp({}, new Uint8Array(10)));

  it('are original lengths, first and last packet', () => {
    const { rows } = countFrames([frame, plain({}, udp({ dstport: 54 })), cut(frame, 40), frame]).table;
    expect([rows.packets(0), rows.bytes(0)]).toEqual([3, 3 * frame.length]);
    expect([rows.firstPacket(0), rows.lastPacket(0)]).toEqual([1, 4]);
    expect([rows.firstPacket(1), rows.lastPacket(1)]).toEqual([2, 2]);
  });

  it('are original lengths as a damaged capture gives them, up to 32 bits', () => {
    const { rows } = countFrames([frame, { data: frame, original: 4_000_000_000 }]).table;
    expect(rows.bytes(0)).toBe(frame.length + 4_000_000_000);
  });

  it('are payload and largest packet without a length of their own, up to 32 bits', () => {
    const endless = plain({ len: 0 }, udp({}));
    const { rows } = countFrames([{ data: endless, original: 4_000_000_000 }]).table;
    expect([rows.payloadBytes(0), rows.largest(0)]).toEqual([4_000_000_000 - 14 - 20, 4_000_000_000 - 14]);
  });

  it('are the earliest and the latest time, in any order', () => {
    const at = (seconds: number, nanos = 0): Frame => ({ data: frame, seconds, nanos });
    const { rows } = countFrames([at(100, 5), at(101, 7), at(100, 6), at(100, 4), at(101, 6), at(99, 999)]).table;
    expect([rows.firstSeconds(0), rows.firstNanos(0)]).toEqual([99, 999]);
    expect([rows.lastSeconds(0), rows.lastNanos(0)]).toEqual([101, 7]);
  });

  it('is no time as long as packets have none', () => {
    const at = (seconds: number): Frame => ({ data: frame, seconds, nanos: 3 });
    const timeless = countFrames([at(Number.NaN), at(Number.NaN)]).table.rows;
    expect([timeless.firstSeconds(0), timeless.lastSeconds(0)]).toEqual([Number.NaN, Number.NaN]);
    const { rows } = countFrames([at(Number.NaN), at(7), at(Number.NaN), at(9), at(Number.NaN), at(-4)]).table;
    expect([rows.firstSeconds(0), rows.lastSeconds(0)]).toEqual([-4, 9]);
    expect(rows.packets(0)).toBe(6);
  });

  it('are the lowest and highest TTL, DF and truncation', () => {
    const { rows } = countFrames([frame, plain({ ttl: 200 }, udp({})), plain({ ttl: 0 }, udp({}))]).table;
    expect([rows.ttlMin(0), rows.ttlMax(0)]).toEqual([0, 200]);
    expect(rows.bits(0) & BIT.innerDontFragment).not.toBe(0);
    expect(rows.bits(0) & BIT.truncated).toBe(0);
    const hops = countFrames([cut(v6({ hlim: 7 }, udp({})), 60)]).table.rows;
    expect([hops.ttlMin(0), hops.ttlMax(0)]).toEqual([7, 7]);
    expect(hops.bits(0)).toBe(BIT.truncated | (7 << 8) | 7);
  });

  it('are payload above IP, and the largest packet', () => {
    const { rows } = countFrames([frame, plain({}, udp({}, new Uint8Array(100)))]).table;
    expect(rows.payloadBytes(0)).toBe(8 + 10 + 8 + 100);
    expect(rows.largest(0)).toBe(20 + 8 + 100);
    const withOptions = countFrames([plain({ options: hex('94040000') }, udp({}))]).table.rows;
    expect(withOptions.payloadBytes(0)).toBe(8);
  });

  it('is the inner packet’s payload in a tunnel, and its overhead per packet', () => {
    const { rows } = countFrames([vxlanFrame(frame), vxlanFrame(frame)]).table;
    expect([rows.payloadBytes(0), rows.overheadBytes(0), rows.bytes(0)]).toEqual([36, 100, 2 * (frame.length + 50)]);
  });

  it('are packets and payload inside a window, while one is set', () => {
    const table = new FlowTable();
    const [head, tail] = [ipv4({ id: 7, 'flags.mf': true }, udp({})), ipv4({ id: 7, frag_offset: 1 }, udp({}))];
    addFrames(table, [frame]);
    table.counter.windows = new Map([[0, { first: 0, last: 2_000_000_000, edge: 0 }]]);
    addFrames(table, [frame, ethernet({}, head), ethernet({}, tail)]);
    table.counter.windows = null;
    addFrames(table, [frame]);
    expect([table.rows.packets(0), table.rows.payloadBytes(0)]).toEqual([5, 18 + 18 + 8 + 8 + 18]);
    expect([table.rows.windows.packets(0), table.rows.windows.bytes(0)]).toEqual([3, 18 + 8 + 8]);
  });
});

describe('reading', () => {
  it('sees packets that were added after an earlier reading', () => {
    const table = new FlowTable();
    const frame = plain({}, udp({}));
    addFrames(table, [frame]);
    expect(table.rows.packets(0)).toBe(1);
    addFrames(table, [frame, plain({}, udp({ dstport: 54 }))]);
    expect(everyRow(table).map((row) => table.rows.packets(row))).toEqual([2, 1]);
  });

  it('of thousands of flows gives each its own', () => {
    const frames = Array.from({ length: 3000 }, (_, i) => plain({}, udp({ srcport: i + 1 })));
    const { table } = countFrames([...frames, ...frames]);
    expect(table.flowCount).toBe(3000);
    for (let flow = 0; flow < 3000; flow++) {
      expect(table.sourcePortOf(flow)).toBe(flow + 1);
      expect(rowsOf(table, flow)).toEqual([flow]);
      expect(table.rows.packets(flow)).toBe(2);
      expect(table.rows.lastPacket(flow)).toBe(3001 + flow);
    }
  });
});
