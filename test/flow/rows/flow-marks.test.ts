// The bits of a flow say what its rows say, after every change of them.
import { expect, it } from 'vitest';
import type { FlowTable } from '../../../src/flow/flow-table.ts';
import { FLOW_MARK, flowMarks } from '../../../src/flow/rows/flow-marks.ts';
import { ethernet, icmpEcho, ipv4, tcp } from '../../support/packet-builder.ts';
import { addFrames, countFrames, type Frame } from '../traffic.ts';

const M = FLOW_MARK;
const [CLIENT, SERVER] = ['10.0.0.1', '10.0.0.2'];

interface Segment {
  flags: Record<string, boolean>;
  seq?: number;
  length?: number;
  isBack?: boolean;
  id: number;
  capture?: number;
}

function frame({ flags, seq = 1, length = 0, isBack = false, id, capture = 0 }: Segment): Frame {
  const [srcport, dstport] = isBack ? [80, 4000] : [4000, 80];
  const [src, dst] = isBack ? [SERVER, CLIENT] : [CLIENT, SERVER];
  const segment = tcp({ srcport, dstport, seq_raw: seq, 'flags.ack': false, ...flags }, new Uint8Array(length));
  return { data: ethernet({}, ipv4({ proto: 6, id, src, dst }, segment)), capture };
}

function namesOf(table: FlowTable, flow = 0): string[] {
  const bits = table.marks[flow] ?? 0;
  // the builder leaves checksums out
  const { wrongChecksums: _, ...marks } = M;
  return Object.entries(marks).flatMap(([name, bit]) => (bits & bit ? [name] : []));
}

it('of both directions of a connection: who asks, answers, acknowledges, carries data and resets', () => {
  const { table } = countFrames([
    frame({ flags: { 'flags.syn': true }, id: 1 }),
    frame({ flags: { 'flags.syn': true, 'flags.ack': true }, isBack: true, id: 2 }),
    frame({ flags: { 'flags.ack': true }, seq: 2, length: 10, id: 3 }),
    frame({ flags: { 'flags.reset': true }, seq: 2, isBack: true, id: 4 }),
  ]);
  expect(namesOf(table, 0)).toEqual(expect.arrayContaining(['packets', 'requests', 'data', 'acknowledges']));
  expect(namesOf(table, 0)).not.toContain('resets');
  expect(namesOf(table, 1)).toEqual(expect.arrayContaining(['packets', 'replies', 'resets', 'acknowledges']));
  expect(namesOf(table, 1)).not.toContain('data');
});

it('of an echo request and its reply', () => {
  const echo = (type: number, src: string, dst: string): Uint8Array =>
    ethernet({}, ipv4({ proto: 1, src, dst, id: type + 1 }, icmpEcho({ type })));
  const { table } = countFrames([echo(8, CLIENT, SERVER), echo(0, SERVER, CLIENT)]);
  expect(namesOf(table, 0)).toContain('requests');
  expect(namesOf(table, 1)).toContain('replies');
});

it('packets that come later change them: what was asked before they came is not kept', () => {
  const { table } = countFrames([frame({ flags: { 'flags.syn': true }, id: 1 })]);
  expect(namesOf(table)).toEqual(['packets', 'requests']);
  addFrames(table, [
    frame({ flags: { 'flags.ack': true }, seq: 2, length: 4, id: 2 }),
    frame({ flags: { 'flags.syn': true }, isBack: true, id: 3 }),
  ]);
  expect(namesOf(table)).toEqual(['packets', 'requests', 'data', 'acknowledges']);
  expect(table.marks).toHaveLength(2);
});

it('rows that are joined afterwards, too, once that is said', () => {
  const { table } = countFrames([
    frame({ flags: { 'flags.ack': true }, length: 1300, id: 1 }),
    frame({ flags: { 'flags.ack': true }, length: 1300, id: 2, capture: 1 }),
  ]);
  expect(namesOf(table)).toContain('several');
  expect(namesOf(table)).not.toContain('largeAgain');
  const row = table.rows.next(table.firstRow(0));
  table.rows.addCopy(row, 1);
  table.changed();
  expect(table.marks).toEqual(flowMarks(table));
});
