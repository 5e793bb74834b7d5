// `--by`: conversations summed up by what their ends share; nothing is lost in the sums.
import { describe, expect, it } from 'vitest';
import { GROUP_KEYS, type RenderOptions } from '../../../src/render/text/render-options.ts';
import { textWidth } from '../../../src/render/text/text-width.ts';
import { renderTable } from '../../../src/render/trace/trace-table.ts';
import { staleFdb } from '../../support/scenarios.ts';

const LOOK: RenderOptions = { width: 200, fit: true, color: false, all: false, top: null, sort: 'problem' };

function rowsBy(by: (typeof GROUP_KEYS)[number], partial: Partial<RenderOptions> = {}): string[] {
  const lines = [...renderTable(staleFdb('long'), { ...LOOK, by, ...partial })].join('').split('\n');
  const head = lines.findIndex((line) => line.includes(' COUNT '));
  return lines.slice(head + 1, lines.indexOf('', head));
}

describe('rows', () => {
  it.each(GROUP_KEYS)('by %s count every conversation once', (by) => {
    const counts = rowsBy(by).map((line) => Number(/ {2,}(\d+) {2}[a-z?]/.exec(line)?.[1] ?? Number.NaN));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10);
  });

  it('by workload name what pods are of', () => {
    expect(rowsBy('workload').join('\n')).toMatch(/yaobank\/customer +yaobank\/database /);
  });

  it('by node pair put what is wrong first', () => {
    expect(rowsBy('node-pair')[0]).toMatch(/^A {2}ip-10-0-1-20 +ip-10-0-1-30 +2 {2}vxlan! /);
  });

  it.each([80, 100])('fit %i columns', (width) => {
    for (const by of GROUP_KEYS)
      for (const line of rowsBy(by, { width })) expect(textWidth(line)).toBeLessThanOrEqual(width);
  });
});
