// Several values under one key, added in place.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addUnder } from '../../src/net/multi-map.ts';

describe('a map of several values', () => {
  it('keeps them in the order in which they came', () => {
    const map = new Map<string, number[]>();
    for (const [key, value] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ] as const)
      addUnder(map, key, value);
    expect([...map]).toEqual([
      ['a', [1, 3]],
      ['b', [2]],
    ]);
  });

  it('is nowhere grown by a copy of what it has, which costs the square of the values', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const copied = files.filter((name) =>
      /\.set\((`[^`]*`|[\w.#]+), \[\.\.\.\([\w.#]+\.get\(\1\)/.test(readFileSync(join('src', name), 'utf8')),
    );
    expect(files.length).toBeGreaterThan(500);
    expect(copied).toEqual([]);
  });
});
