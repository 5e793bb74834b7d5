// Lines in a terminal: broken at blanks, nothing lost, the rest indented.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldLine } from '../../../src/render/text/fold-lines.ts';

describe('foldLine', () => {
  it('leaves alone what fits', () => {
    expect(foldLine('    1  a > b', 12, 7)).toBe('    1  a > b');
  });

  it('breaks at blanks and indents what follows', () => {
    expect(foldLine('    1  10.0.1.20 > 10.0.1.30 | VXLAN 4096', 30, 7)).toBe(
      '    1  10.0.1.20 > 10.0.1.30 |\n       VXLAN 4096',
    );
  });

  it('counts no columns for colours', () => {
    expect(foldLine('\u001b[2ma b\u001b[0m c', 5, 2)).toBe('\u001b[2ma b\u001b[0m c');
  });

  it('loses nothing but blanks, and keeps to the width unless a word is longer', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), (words) => {
        const lines = foldLine(words.join(' '), 20, 4).split('\n');
        expect(lines.map((line) => line.trim()).join(' ')).toBe(words.join(' '));
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(20);
      }),
    );
  });
});
