// TCP segments of one way in pieces of one capture count as they do in the whole: wherever it is cut, whatever came in between.
import { describe, expect, it } from 'vitest';
import { joinRows } from '../../src/flow/join-rows.ts';
import { LARGE_SEGMENT } from '../../src/flow/rows/tcp-facts.ts';
import { ethernet, ipv4, tcp } from '../support/packet-builder.ts';
import { countFrames, type Frame } from './traffic.ts';

interface Segment {
  seq: number;
  length?: number;
  syn?: boolean;
  fin?: boolean;
}

const U32 = 2 ** 32;
const BIG = LARGE_SEGMENT + 200;

function frameOf({ seq, length = 0, syn = false, fin = false }: Segment, capture: number, id: number): Frame {
  const header = { seq_raw: ((seq % U32) + U32) % U32, 'flags.ack': !syn, 'flags.syn': syn, 'flags.fin': fin };
  const data = ethernet({}, ipv4({ proto: 6, id }, tcp(header, new Uint8Array(length))));
  return { data, capture, seconds: 1_700_000_000 + id };
}

interface Counted {
  again: number;
  large: number;
  run: number[];
}

/** What all pieces together tell, each a list of segments, none alike in time. */
function counted(...pieces: Segment[][]): Counted {
  let id = 1;
  const frames = pieces.flatMap((segments, capture) => segments.map((segment) => frameOf(segment, capture, id++)));
  const { table } = countFrames(frames);
  joinRows(table, [pieces.map((_, capture) => capture)]);
  const rows = Array.from({ length: table.rows.count }, (_, row) => row);
  const last = table.rows.count - 1;
  const sum = (of: (row: number) => number): number => rows.reduce((all, row) => all + of(row), 0);
  const since = table.rows.resentAt(last) === 0 ? 0 : table.rows.since(1_700_000_000, 0) - table.rows.resentAt(last);
  return {
    again: sum((row) => table.rows.retransmissions(row)),
    large: sum((row) => table.rows.largeRetransmissions(row)),
    run: [table.rows.resentSequence(last), table.rows.resentTimes(last), since + 0],
  };
}

const OPENING: Segment[] = [{ seq: 0, syn: true }, { seq: 1 }, { seq: 1, length: 100 }];
const stuck = (length: number, seq = 101): Segment[] => Array.from({ length: 5 }, () => ({ seq, length }));

describe('segments sent again', () => {
  it.each<[string, Segment[]]>([
    ['one segment again and again', [...OPENING, ...stuck(200)]],
    ['a large one', [...OPENING, ...stuck(BIG)]],
    ['numbers that begin anew', [{ seq: -50, syn: true }, { seq: -49, length: 30 }, ...stuck(BIG, -19)]],
    ['another one before it', [...OPENING, { seq: 1, length: 100 }, ...stuck(200)]],
    ['a FIN', [...OPENING, { seq: 101, fin: true }, { seq: 101, fin: true }, { seq: 101, fin: true }]],
    [
      'a SYN',
      [
        { seq: 0, syn: true },
        { seq: 0, syn: true },
        { seq: 0, syn: true },
      ],
    ],
    [
      'a gap that is filled',
      [...OPENING, { seq: 201, length: 100 }, { seq: 101, length: 100 }, { seq: 301, length: 10 }],
    ],
    ['a keep-alive with its byte', [...OPENING, { seq: 100, length: 1 }, { seq: 101, length: 5 }]],
    [
      'another connection from the same ports',
      [...OPENING, { seq: 7_000_000, syn: true }, { seq: 7_000_001, length: 9 }],
    ],
  ])('count alike wherever the capture is cut: %s', (_, segments) => {
    const whole = counted(segments);
    for (let cut = 1; cut < segments.length; cut++)
      expect([cut, counted(segments.slice(0, cut), segments.slice(cut))]).toEqual([cut, whole]);
    // every packet a piece, and pieces without any
    const apart = segments.flatMap((segment) => [[segment], []]);
    expect(counted(...apart)).toEqual(whole);
  });

  it('are not what follows, nor what is of another flow or of no piece of the capture', () => {
    expect(counted(OPENING, [{ seq: 101, length: 50 }], [{ seq: 151, fin: true }]).again).toBe(0);
    const [a, b] = [frameOf({ seq: 1, length: 9 }, 0, 1), frameOf({ seq: 1, length: 9 }, 1, 5)];
    const { table } = countFrames([a, b]);
    joinRows(table, [[0], [1]]);
    expect([table.rows.retransmissions(0), table.rows.retransmissions(1)]).toEqual([0, 0]);
  });
});
