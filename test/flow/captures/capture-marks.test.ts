import { describe, expect, it } from 'vitest';
import { createBatch } from '../../../src/capture/batch.ts';
import type { PacketBatch } from '../../../src/capture/source.ts';
import { CaptureMarks } from '../../../src/flow/captures/capture-marks.ts';
import { decode, encode } from '../../../src/store/form.ts';
import { Fields } from '../../../src/store/saved.ts';

const MIB = 1 << 20;

/** A batch at that offset, with packets of these seconds. */
function batch(base: number, ...seconds: number[]): PacketBatch {
  const made = createBatch(4);
  made.base = base;
  made.count = seconds.length;
  made.seconds.set(seconds);
  made.start[0] = 16;
  return made;
}

describe('marks of a capture', () => {
  it('are of stretches of a MiB at least, with the times of all their packets', () => {
    const marks = new CaptureMarks();
    marks.note(batch(24, 7, 5), 1, false);
    marks.note(batch(MIB, 9), 3, true);
    marks.note(batch(2 * MIB, 8, 8), 4, false);
    expect(marks.stretches).toEqual([
      { packet: 1, offset: 40, first: 5, last: 9, hasFragments: true },
      { packet: 4, offset: 2 * MIB + 16, first: 8, last: 8, hasFragments: false },
    ]);
  });

  it('are none where a reader does not know offsets, or packets were passed over', () => {
    const marks = new CaptureMarks();
    marks.note(batch(24, 1), 1, false);
    const { base: _base, ...unplaced } = batch(0, 1);
    marks.note(unplaced, 2, false);
    marks.note(batch(4 * MIB, 1), 3, false);
    expect(marks.stretches).toEqual([]);
  });

  it('come back as they were', () => {
    const marks = new CaptureMarks();
    for (let i = 0; i < 5; i++) marks.note(batch(i * MIB, i), i + 1, i === 2);
    const restored = new CaptureMarks();
    restored.restore(new Fields(decode(encode(marks.save()))));
    expect(restored.stretches).toEqual(marks.stretches);
  });

  it('that go back are damage', () => {
    const numbers = Float64Array.of(1, 40, 0, 0, 0, 2, 40, 0, 0, 0);
    expect(() => new CaptureMarks().restore(new Fields({ numbers }))).toThrow('out of turn');
    expect(() => new CaptureMarks().restore(new Fields({ numbers: numbers.subarray(0, 7) }))).toThrow('cut off');
  });
});
