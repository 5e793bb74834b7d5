import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BIT } from '../../../src/flow/rows/row-layout.ts';
import { LARGE_SEGMENT } from '../../../src/flow/rows/tcp-facts.ts';
import { ethernet, ipv4, ipv6, tcp, vxlanFrame } from '../../support/packet-builder.ts';
import { IS_WHOLE } from '../../support/whole-matrix.ts';
import { countFrames, everyRow, type Frame } from '../traffic.ts';

interface Segment {
  seq: number;
  /** Payload bytes. */
  length?: number;
  ack?: number;
  flags?: string;
  /** Of the payload, bytes that were captured. */
  captured?: number;
}

const U32 = 2 ** 32;

function frameOf({ seq, length = 0, ack, flags = '', captured = length }: Segment): Frame {
  const has = (letter: string): boolean => flags.includes(letter);
  const header = {
    seq_raw: ((seq % U32) + U32) % U32,
    ack_raw: ack ?? 0,
    'flags.ack': ack !== undefined,
    'flags.syn': has('S'),
    'flags.fin': has('F'),
    'flags.reset': has('R'),
  };
  const data = ethernet({}, ipv4({ proto: 6, len: 40 + length }, tcp(header, new Uint8Array(captured))));
  return { data, original: data.length + length - captured };
}

function factsOf(...segments: Segment[]) {
  const { rows, flowCount } = countFrames(segments.map(frameOf)).table;
  expect(flowCount).toBe(1);
  return {
    syn: rows.requests(0),
    synAck: rows.replies(0),
    fin: rows.fin(0),
    rst: rows.rst(0),
    data: rows.data(0),
    again: rows.retransmissions(0),
    largeAgain: rows.largeRetransmissions(0),
    reached: rows.sequenceEnd(0),
    acknowledged: rows.bits(0) & BIT.acknowledgementKnown ? rows.acknowledged(0) : null,
    payload: rows.payloadBytes(0),
  };
}

const retransmissions = (...segments: Segment[]): number => factsOf(...segments).again;

describe('flags', () => {
  it('count SYN, SYN with ACK, FIN and RST apart', () => {
    const facts = factsOf(
      { seq: 100, flags: 'S' },
      { seq: 100, flags: 'S', ack: 5 },
      { seq: 101, ack: 6 },
      { seq: 101, flags: 'F', ack: 6 },
      { seq: 102, flags: 'R' },
      { seq: 102, flags: 'R', ack: 6 },
    );
    expect(facts).toMatchObject({ syn: 1, synAck: 1, fin: 1, rst: 2, data: 0, payload: 0 });
  });

  it('count segments with payload, whatever part of it was captured', () => {
    const facts = factsOf({ seq: 1, length: 10 }, { seq: 11, ack: 1 }, { seq: 11, length: 1400, captured: 3 });
    expect(facts).toMatchObject({ data: 2, payload: 1410, reached: 1411 });
  });
});

describe('retransmissions', () => {
  it('are none in order, each byte once', () => {
    const segments = Array.from({ length: 50 }, (_, i) => ({ seq: 1 + i * 1000, length: 1000, ack: 1 }));
    expect(retransmissions({ seq: 0, flags: 'S' }, ...segments, { seq: 50_001, flags: 'F' })).toBe(0);
  });

  it('are segments whose bytes were seen before', () => {
    const [a, b] = [
      { seq: 1, length: 500 },
      { seq: 501, length: 500 },
    ];
    expect(retransmissions(a, b, b)).toBe(1);
    expect(retransmissions(a, b, a, b)).toBe(2);
    expect(retransmissions(a, b, { seq: 200, length: 100 })).toBe(1);
    expect(retransmissions(a, b, { seq: 501, length: 1000 })).toBe(1);
  });

  it('count SYN and FIN sent again', () => {
    expect(retransmissions({ seq: 7, flags: 'S' }, { seq: 7, flags: 'S' }, { seq: 7, flags: 'S' })).toBe(2);
    expect(retransmissions({ seq: 7, flags: 'S', ack: 1 }, { seq: 7, flags: 'S', ack: 1 })).toBe(1);
    expect(retransmissions({ seq: 7, ack: 1 }, { seq: 7, flags: 'F' }, { seq: 7, flags: 'F' })).toBe(1);
  });

  it('are no bare acknowledgements, window updates or resets', () => {
    const sent = { seq: 1, length: 1000, ack: 1 };
    expect(retransmissions(sent, { seq: 1001, ack: 2 }, { seq: 1001, ack: 2 }, { seq: 1, ack: 2 })).toBe(0);
    expect(retransmissions(sent, { seq: 0, flags: 'R' }, { seq: 1, length: 20, flags: 'R' })).toBe(0);
  });

  it('are no keep-alives, with their byte or without', () => {
    const sent = { seq: 1, length: 1000 };
    expect(retransmissions(sent, { seq: 1000, ack: 1 }, { seq: 1000, length: 1 }, { seq: 1000, length: 1 })).toBe(0);
  });

  it('are no window probes whose byte was refused and comes again with more', () => {
    const probe = { seq: 1001, length: 1 };
    expect(retransmissions({ seq: 1, length: 1000 }, probe, probe, { seq: 1001, length: 800 })).toBe(0);
  });

  it('are no segments that fill a gap: reordered, or lost before this place', () => {
    const [a, b, c, d] = [0, 1, 2, 3].map((i) => ({ seq: 1 + i * 1000, length: 1000 })) as [
      Segment,
      Segment,
      Segment,
      Segment,
    ];
    expect(retransmissions(a, c, b, d)).toBe(0);
    expect(retransmissions(a, d, b, c)).toBe(0);
    expect(retransmissions(a, d, c, b)).toBe(0);
    expect(retransmissions(a, c, b, b)).toBe(1);
    expect(retransmissions(a, c, { seq: 1501, length: 1000 })).toBe(1);
  });

  it('that are large are counted on their own, with the first byte of the last one', () => {
    const large = { seq: 1001, length: LARGE_SEGMENT + 1 };
    const exactly = { seq: 1, length: LARGE_SEGMENT };
    const { table } = countFrames([exactly, large, exactly, large, large].map(frameOf));
    expect(table.rows.retransmissions(0)).toBe(3);
    expect(table.rows.largeRetransmissions(0)).toBe(2);
    expect(table.rows.largeSequence(0)).toBe(1001);
  });

  it('of super-frames are seen in the small segments that repeat them', () => {
    expect(retransmissions({ seq: 1, length: 60_000 }, { seq: 30_001, length: 1400 })).toBe(1);
  });

  it('take no notice of a used port: another connection begins anew', () => {
    const first = [
      { seq: 5000, flags: 'S' },
      { seq: 5001, length: 100 },
    ];
    const second = [
      { seq: 100, flags: 'S' },
      { seq: 101, length: 100 },
    ];
    expect(retransmissions(...first, ...second)).toBe(0);
    expect(retransmissions(...first, ...second, { seq: 101, length: 100 })).toBe(1);
  });

  it('do not depend on where in the sequence space the connection is', () => {
    const segment = fc.record({ seq: fc.nat({ max: 20_000 }), length: fc.nat({ max: 3000 }) });
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 20 }), fc.integer({ min: 0, max: U32 - 1 }), (segments, start) => {
        const facts = (from: number) => factsOf(...[{ seq: 0 }, ...segments].map((s) => ({ ...s, seq: s.seq + from })));
        const [here, there] = [facts(0), facts(start)];
        expect(there.again).toBe(here.again);
        expect(there.largeAgain).toBe(here.largeAgain);
        expect(there.reached).toBe((here.reached + start) % U32);
      }),
      { numRuns: IS_WHOLE ? 200 : 60 },
    );
  });

  it('are never counted where all bytes are new, and always where all were seen', () => {
    // Every segment after the first gap-free run is either wholly new at the end or wholly old.
    const step = fc.record({
      old: fc.boolean(),
      length: fc.integer({ min: 2, max: 1500 }),
      back: fc.nat({ max: 9999 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const segments: Segment[] = [{ seq: 0, length: 10_000 }];
        let end = 10_000;
        let expected = 0;
        for (const { old, length, back } of steps) {
          if (old) segments.push({ seq: Math.min(back, end - length), length });
          else segments.push({ seq: end, length });
          if (old) expected++;
          else end += length;
        }
        expect(retransmissions(...segments)).toBe(expected);
      }),
      { numRuns: 200 },
    );
  });
});

describe('acknowledgements', () => {
  it('keep the highest, across the end of the sequence space', () => {
    expect(factsOf({ seq: 1, ack: 1000 }, { seq: 1, ack: 500 }, { seq: 1, ack: 2000 }).acknowledged).toBe(2000);
    expect(factsOf({ seq: 1, ack: U32 - 10 }, { seq: 1, ack: 20 }, { seq: 1, ack: U32 - 5 }).acknowledged).toBe(20);
  });

  it('are not known without the flag', () => {
    expect(factsOf({ seq: 1, flags: 'S' }, { seq: 2, flags: 'R' }).acknowledged).toBeNull();
    expect(factsOf({ seq: 1, ack: 0 }).acknowledged).toBe(0);
  });

  it('begin anew when the ports are used again', () => {
    const old = [
      { seq: 9000, flags: 'S', ack: 2_000_000_000 },
      { seq: 9001, ack: 2_000_000_500 },
    ];
    expect(factsOf(...old, { seq: 40, flags: 'S', ack: 77 }).acknowledged).toBe(77);
  });
});

describe('the payload', () => {
  it('is what IP and TCP leave, not the padding of a short Ethernet frame', () => {
    const frame = ethernet({}, ipv4({ proto: 6 }, tcp({ seq_raw: 5 })), new Uint8Array(6));
    const { table } = countFrames([frame, frame]);
    expect(table.rows.data(0)).toBe(0);
    expect(table.rows.payloadBytes(0)).toBe(0);
  });

  it('starts behind the options', () => {
    const frame = ethernet({}, ipv4({ proto: 6 }, tcp({ options: new Uint8Array(12).fill(1) }, new Uint8Array(9))));
    expect(countFrames([frame]).table.rows.payloadBytes(0)).toBe(9);
  });

  it('is counted inside VXLAN and over IPv6 alike', () => {
    const inner = ethernet({}, ipv4({ proto: 6 }, tcp({}, new Uint8Array(100))));
    const v6 = ethernet({ type: 0x86dd }, ipv6({ nxt: 6 }, tcp({}, new Uint8Array(70))));
    const { table } = countFrames([vxlanFrame(inner), v6]);
    expect(everyRow(table).map((row) => table.rows.payloadBytes(row))).toEqual([100, 70]);
  });

  it('of a packet too long for its length field (BIG TCP) reaches to the end of the frame, captured or not', () => {
    const data = ethernet({}, ipv4({ proto: 6, len: 0 }, tcp({ seq_raw: 1 }, new Uint8Array(60))));
    const { table } = countFrames([{ data, original: data.length + 70_000 }]);
    expect(table.rows.payloadBytes(0)).toBe(70_060);
    expect(table.rows.sequenceEnd(0)).toBe(70_061);
    expect(table.rows.largest(0)).toBe(70_100);
  });

  it('is nothing in a header that says it is shorter than 20 bytes', () => {
    const frame = ethernet({}, ipv4({ proto: 6 }, tcp({ hdr_len: 0 })));
    expect(countFrames([frame]).table.rows.payloadBytes(0)).toBe(0);
  });
});
