import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/topology/read/json-text.ts';

describe('places', () => {
  const value = {
    kind: 'List',
    items: [
      { kind: 'IPPool', metadata: { name: 'a"b\\' }, spec: { cidr: '10.48.0.0/24', list: [1, { deep: true }] } },
      { kind: 'Node', metadata: { name: 'n' } },
    ],
  };

  it('of every member are its line in pretty-printed JSON', () => {
    const text = JSON.stringify(value, null, 4);
    const lines = text.split('\n');
    const { trees } = parseJson(text, 'a.json', 101);
    const [pool, node] = [...(trees[0]?.items ?? [])];
    const lineOf = (part: string) => 101 + lines.findIndex((line) => line.includes(part));
    expect(pool?.ref(['spec', 'cidr']).line).toBe(lineOf('"cidr"'));
    expect(pool?.ref(['spec', 'list', 1, 'deep']).line).toBe(lineOf('"deep"'));
    expect(pool?.ref(['spec', 'absent']).line).toBe(lineOf('"spec"'));
    expect(node?.ref(['metadata', 'name']).line).toBe(lineOf('"n"'));
    expect(trees[0]?.head?.ref(['kind']).line).toBe(102);
  });

  it('of all elements of a list are found at once, and no others', () => {
    const text = JSON.stringify({ spec: { empty: [], list: [{ a: [1] }, 'x', [2]], after: [3] }, more: [4] }, null, 2);
    const [tree] = parseJson(text, 'x', 1).trees;
    expect(tree?.head?.elementRefs(['spec', 'list']).map((ref) => ref.line)).toEqual([5, 10, 11]);
    expect(tree?.head?.elementRefs(['spec', 'empty'])).toEqual([]);
    expect(tree?.head?.elementRefs(['spec'])).toEqual([]);
  });

  it('are found in any JSON there is', () => {
    const key = fc.string({ minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.jsonValue(), key, fc.boolean(), (inner, name, pretty) => {
        const text = JSON.stringify(
          { before: inner, items: [inner, { [name]: inner, last: 'here' }], after: inner },
          null,
          pretty ? 2 : 0,
        );
        const [tree] = parseJson(text, 'x', 1).trees;
        const found = [...(tree?.items ?? [])];
        expect(found.map((item) => item.value)).toEqual(JSON.parse(text).items);
        const line = found[1]?.ref(['last']).line ?? 0;
        expect(text.split('\n')[line - 1]).toContain('here');
      }),
    );
  });
});

it('takes several values as several documents', () => {
  const { trees } = parseJson('{"kind": "A"}\n[{"kind": "B"}]\n', 'x', 1);
  expect(trees[0]?.head?.value).toEqual({ kind: 'A' });
  expect([...(trees[1]?.items ?? [])].map((item) => [item.value, item.ref().line])).toEqual([[{ kind: 'B' }, 2]]);
});

it('nesting deeper than anything means is said, and harms nothing', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  expect(parseJson(deep, 'x', 1).problems).toEqual([{ line: 1, message: 'nested too deeply' }]);
});

it.each([
  ['{"kind": "List",\n "items": [\n', 2],
  ['{"kind": "List",\n "items": [1, 2,]}', 2],
  ['{"a": 1}\n{"b": }', 2],
])('tells the line where %j stops being JSON', (text, line) => {
  const { problems } = parseJson(text, 'x', 1);
  expect(problems).toHaveLength(1);
  expect(problems[0]?.line).toBe(line);
});

it('never hangs on half a text', () => {
  const text = JSON.stringify({ kind: 'List', items: [{ a: 'x"y' }, [1, 2]] }, null, 2);
  for (let end = 1; end < text.length; end++) {
    expect(parseJson(text.slice(0, end), 'x', 1).problems).toHaveLength(1);
  }
});
