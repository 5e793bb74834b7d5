// Tables of any length: laid out in parts, they are what they would be as a whole.
import { expect, it } from 'vitest';
import { renderGrid } from '../../../src/render/text/grid-table.ts';

it('columns are as wide as their widest cell, wherever it stands', () => {
  const rows = Array.from({ length: 1000 }, (_, i) => [`${i}`, i === 777 ? 'a long one' : 'x', '', 'end']);
  const lines = renderGrid(rows, ['right', 'left', 'left', 'left'], 1);
  expect(lines).toHaveLength(1000);
  expect(lines[0]).toBe('   0  x           end');
  expect(lines[777]).toBe(' 777  a long one  end');
  expect(lines[999]).toBe(' 999  x           end');
});

it('cells of several lines, wide characters and colours have the room they take on a terminal', () => {
  const rows = [
    ['a\nbc', '\u001b[31mred\u001b[39m', '1'],
    ['d', '漢字', '2'],
  ];
  expect(renderGrid(rows, ['left', 'left', 'left'])).toEqual(['a   \u001b[31mred\u001b[39m   1', 'bc', 'd   漢字  2']);
});

it('nothing is no line', () => {
  expect(renderGrid([], ['left'])).toEqual([]);
  expect(renderGrid([['', ' ']], ['left', 'left'])).toEqual([]);
});
