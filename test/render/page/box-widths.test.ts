import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BoxLayer, fitBoxes, rowsOf } from '../../../src/render/page/box-widths.ts';

const header = (short: string, offset: number, length: number, side = 'only'): BoxLayer => ({
  short,
  offset,
  length,
  side,
  kind: 'header',
});
const widths = (layers: readonly BoxLayer[], width: number) => fitBoxes(layers, width).map((box) => box.width);

describe('boxes', () => {
  it('are as wide as their bytes', () => {
    expect(widths([header('a', 0, 10), header('b', 10, 20), header('c', 30, 30)], 64)).toEqual([10, 20, 30]);
  });

  it('drawn with lines are to scale without rounding, unless their labels need more', () => {
    const lengths = [14, 20, 8, 8, 14, 20, 56];
    const layers = lengths.map((length, i) => header('abc', 100 * i, length));
    const boxes = fitBoxes(layers, 106, 'lines');
    const sum = boxes.reduce((total, { exact }) => total + exact, 0);
    expect(sum).toBeCloseTo(106, 9);
    for (const { layer, exact } of boxes) expect(exact / layer.length).toBeCloseTo(106 / 140, 9);
    const [first] = fitBoxes([header('label', 0, 1), header('b', 1, 99)], 40, 'lines');
    expect(first?.exact).toBe(6);
  });

  it('are never narrower than their labels', () => {
    expect(widths([header('label', 0, 1), header('b', 1, 99)], 43)).toEqual([5, 35]);
  });

  it('draw a long payload shorter than it is, and say so', () => {
    const boxes = fitBoxes([header('a', 0, 50), { ...header('p', 50, 5000), kind: 'payload' }], 100);
    expect(boxes.map((box) => box.broken)).toEqual([false, true]);
    expect(boxes[0]?.width).toBeGreaterThan(boxes[1]?.width ?? 0);
  });

  it('fill the line and keep within it, whatever the layers are', () => {
    const layers = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(layers, fc.integer({ min: 60, max: 200 }), (lengths, width) => {
        const boxes = widths(
          lengths.map((length, i) => header('x', i, length)),
          width,
        );
        const used = boxes.reduce((sum, one) => sum + one + 1, 1);
        expect(used).toBeLessThanOrEqual(width);
        expect(used).toBeGreaterThanOrEqual(width - 1);
      }),
    );
  });
});

describe('rows', () => {
  it('are one where all fit, else break between outer and inner', () => {
    const layers = ['outer', 'outer', 'inner', 'inner'].map((side, i) => header('12345678', i, 20, side));
    expect(rowsOf(layers, 40)).toEqual([layers]);
    expect(rowsOf(layers, 30)).toEqual([layers.slice(0, 2), layers.slice(2)]);
  });
});
