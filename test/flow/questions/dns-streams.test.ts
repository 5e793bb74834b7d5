import { describe, expect, it } from 'vitest';
import { DnsStreams } from '../../../src/flow/questions/dns-streams.ts';

/** A message of `size` bytes, behind its length: typed by hand, RFC 1035 sections 4.1.1 and 4.2.2. */
function message(id: number, { size = 30, answer = false } = {}): number[] {
  const header = [id >> 8, id & 255, answer ? 0x84 : 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0];
  return [size >> 8, size & 255, ...header, ...new Array<number>(size - 12).fill(1)];
}

interface Sent {
  sequence: number;
  bytes?: number[];
  isOpening?: boolean;
  row?: number;
}

/** Identifications of the messages that are read in each segment. */
function read(streams: DnsStreams, ...segments: Sent[]): number[][] {
  return segments.map(({ sequence, bytes = [], isOpening = false, row = 0 }) => {
    const data = Uint8Array.from([9, 9, ...bytes]);
    const segment = { row, isOpening, sequence, payload: bytes.length, from: 2, end: data.length };
    return streams.messages(data, segment).map(([at]) => ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0));
  });
}

const SYN: Sent = { sequence: 99, isOpening: true };

describe('messages over TCP', () => {
  it('are read one by one, or several in a segment', () => {
    const streams = new DnsStreams();
    const both = [...message(2), ...message(3)];
    expect(read(streams, SYN, { sequence: 100, bytes: message(1) }, { sequence: 132, bytes: both })).toEqual([
      [],
      [1],
      [2, 3],
    ]);
    expect(streams.unread.size).toBe(0);
  });

  it('are read where their length comes alone, over the end of the numbers too', () => {
    const [high, low, ...rest] = message(7);
    const segments = [
      { sequence: 0xffff_fffe | 0, isOpening: true },
      { sequence: 0xffff_ffff | 0, bytes: [high ?? 0, low ?? 0] },
      { sequence: 1, bytes: rest },
    ];
    expect(read(new DnsStreams(), ...segments)).toEqual([[], [], [7]]);
  });

  it('are read once, however often they are sent', () => {
    const again = { sequence: 100, bytes: message(1) };
    expect(read(new DnsStreams(), SYN, again, again)).toEqual([[], [1], []]);
  });

  it('are read of a connection whose beginning was not seen where a segment holds one', () => {
    expect(read(new DnsStreams(), { sequence: 5, bytes: message(4) })).toEqual([[4]]);
    const streams = new DnsStreams();
    expect(read(streams, { sequence: 5, bytes: message(4).slice(9) })).toEqual([[]]);
    expect(streams.unread.has(0)).toBe(true);
  });

  it('are read by their beginning where an answer is long; what follows is no message', () => {
    const long = message(5, { size: 3000, answer: true });
    const streams = new DnsStreams();
    const segments = [
      SYN,
      { sequence: 100, bytes: long.slice(0, 1400) },
      { sequence: 1500, bytes: long.slice(1400, 2800) },
      { sequence: 2900, bytes: [...long.slice(2800), ...message(6)] },
    ];
    // the third segment has the end of one message and another
    expect(read(streams, ...segments).slice(0, 3)).toEqual([[], [5], []]);
  });

  it('are not read where a segment is missing or a question is cut in two, and that is known', () => {
    const streams = new DnsStreams();
    expect(read(streams, SYN, { sequence: 200, bytes: message(1).slice(4) })).toEqual([[], []]);
    expect(streams.unread.has(0)).toBe(true);
    const cut = new DnsStreams();
    expect(read(cut, SYN, { sequence: 100, bytes: message(1).slice(0, 20) })).toEqual([[], []]);
    expect(cut.unread.has(0)).toBe(true);
  });
});
