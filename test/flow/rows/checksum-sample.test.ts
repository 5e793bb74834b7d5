import { describe, expect, it } from 'vitest';
import { LayerStack } from '../../../src/decode/layer-stack.ts';
import { ChecksumSample, SAMPLED, SAMPLED_IN_ALL, SAMPLED_ON_PATH } from '../../../src/flow/rows/checksum-sample.ts';
import { RECORD } from '../../../src/flow/rows/row-layout.ts';
import { RowRecords } from '../../../src/flow/rows/row-records.ts';
import { ethernet, hex, ipv4, udp, vxlanFrame } from '../../support/packet-builder.ts';
import { batchOf, countFrames, type Frame } from '../traffic.ts';

/** 10.0.0.1:40000 > 10.0.0.2:53 with the bytes 01 02. */
const datagram = (checksum: number): Uint8Array => udp({ checksum }, hex('0102'));
const frame = (checksum: number): Uint8Array => ethernet({}, ipv4({}, datagram(checksum)));
/** Pseudo header 0a00+0001+0a00+0002+0011+000a = 141e, datagram 9c40+0035+000a+0102 = 9d81: the complement of b19f. */
const RIGHT = 0x4e60;
const PSEUDO_HEADER = 0x141e;
const WRONG = 0x1234;

function sampled(...frames: (Frame | Uint8Array)[]): [wrong: number, right: number] {
  const { rows } = countFrames(frames).table;
  return [rows.checksumsWrong(0), rows.checksumsRight(0)];
}

describe('checksums of a row’s first packets', () => {
  it('are judged until one is right', () => {
    expect(sampled(frame(RIGHT))).toEqual([0, 1]);
    expect(sampled(frame(RIGHT), frame(WRONG), frame(RIGHT))).toEqual([0, 1]);
    expect(sampled(frame(WRONG), frame(RIGHT), frame(WRONG))).toEqual([1, 1]);
  });

  it('are judged in a few packets only', () => {
    const frames = Array.from({ length: SAMPLED + 3 }, () => frame(WRONG));
    expect(sampled(...frames)).toEqual([SAMPLED, 0]);
  });

  it('are neither right nor wrong where there is none, or it was left to the NIC', () => {
    expect(sampled(frame(0))).toEqual([0, 0]);
    expect(sampled(frame(PSEUDO_HEADER))).toEqual([0, 0]);
  });

  it('are not judged where bytes are missing, nor in super-frames', () => {
    const whole = frame(WRONG);
    expect(sampled({ data: whole, original: whole.length + 1 })).toEqual([0, 0]);
    const large = ethernet({}, ipv4({}, udp({ checksum: WRONG }, new Uint8Array(9300))));
    expect(sampled(large)).toEqual([0, 0]);
  });

  it('are those of the packet inside a tunnel, and of the outer datagram', () => {
    expect(sampled(vxlanFrame(frame(RIGHT)))).toEqual([0, 1]);
    expect(sampled(vxlanFrame(frame(WRONG)))).toEqual([1, 0]);
  });
});

describe('the packets judged', () => {
  const CAPACITY = 2048;

  /** How many of `packets` are judged on each path, when every packet is the first of its row. */
  function judged(packets: number, paths: number): number[] {
    const rows = new RowRecords();
    const sample = new ChecksumSample(rows, CAPACITY);
    const batch = batchOf(Array.from({ length: CAPACITY }, () => ({ data: new Uint8Array(1) })));
    const rowOf = new Int32Array(CAPACITY);
    const counts = Array.from({ length: paths }, () => 0);
    for (let packet = 0; packet < packets; packet += CAPACITY) {
      for (let i = 0; i < CAPACITY; i++) {
        rowOf[i] = rows.add();
        rows.setWord(rowOf[i]!, RECORD.path, i % paths);
        sample.note(i);
      }
      sample.judge(batch, rowOf, {
        layersOf(i) {
          counts[i % paths]!++;
          return new LayerStack();
        },
      });
    }
    return counts;
  }

  it('are so many on each path', () => {
    expect(judged(2 * SAMPLED_ON_PATH, 1)).toEqual([SAMPLED_ON_PATH]);
    expect(judged(4 * SAMPLED_ON_PATH, 2)).toEqual([SAMPLED_ON_PATH, SAMPLED_ON_PATH]);
    expect(judged(CAPACITY, 2)).toEqual([CAPACITY / 2, CAPACITY / 2]);
  });

  it('are so many in all', () => {
    const counts = judged(2 * SAMPLED_IN_ALL, 64);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(SAMPLED_IN_ALL);
    expect(Math.max(...counts)).toBe(SAMPLED_IN_ALL / 64);
  });

  it('are forgotten with their batch', () => {
    const rows = new RowRecords();
    const sample = new ChecksumSample(rows, CAPACITY);
    const batch = batchOf([{ data: new Uint8Array(1) }]);
    const [rowOf, walked] = [Int32Array.of(rows.add()), [] as number[]];
    const source = {
      layersOf(i: number) {
        walked.push(i);
        return new LayerStack();
      },
    };
    sample.note(0);
    sample.judge(batch, rowOf, source);
    sample.judge(batch, rowOf, source);
    expect(walked).toEqual([0]);
  });
});
