import { describe, expect, test } from 'vitest';
import { escapeCsv, escapeMarkdown, escapeText, escapeXml, stringifyJson } from '../../../src/render/text/escape.ts';
import { wrapWords } from '../../../src/render/text/text-width.ts';

/** One of each kind that must never reach a terminal as it is. */
const HOSTILE: readonly [name: string, character: string, visible: string][] = [
  ['NUL', '\u0000', '\\x00'],
  ['bell', '\u0007', '\\x07'],
  ['tab', '\t', '\\x09'],
  ['line feed', '\n', '\\x0a'],
  ['carriage return', '\r', '\\x0d'],
  ['escape', '\u001b', '\\x1b'],
  ['delete', '\u007f', '\\x7f'],
  ['C1 CSI', '\u009b', '\\x9b'],
  ['arabic letter mark', '\u061c', '\\u061c'],
  ['zero width space', '\u200b', '\\u200b'],
  ['zero width joiner', '\u200d', '\\u200d'],
  ['left-to-right mark', '\u200e', '\\u200e'],
  ['right-to-left mark', '\u200f', '\\u200f'],
  ['line separator', '\u2028', '\\u2028'],
  ['paragraph separator', '\u2029', '\\u2029'],
  ['left-to-right embedding', '\u202a', '\\u202a'],
  ['right-to-left override', '\u202e', '\\u202e'],
  ['word joiner', '\u2060', '\\u2060'],
  ['left-to-right isolate', '\u2066', '\\u2066'],
  ['pop directional isolate', '\u2069', '\\u2069'],
  ['byte order mark', '\ufeff', '\\ufeff'],
  ['interlinear anchor', '\ufff9', '\\ufff9'],
  ['tag', '\u{e0041}', '\\u{e0041}'],
  ['lone surrogate', '\ud800', '\\ud800'],
];

describe('text for a terminal', () => {
  test.each(HOSTILE)('shows %s instead of obeying it', (_name, character, visible) => {
    expect(escapeText(`a${character}b`)).toBe(`a${visible}b`);
  });

  test('leaves names as they are, whatever their script', () => {
    expect(escapeText('shop/cart-7f é 日本 🚀 \\x1b')).toBe('shop/cart-7f é 日本 🚀 \\x1b');
  });
});

describe('JSON', () => {
  test.each(HOSTILE)('writes %s as an escape that parses back', (_name, character) => {
    const text = stringifyJson({ name: `a${character}b` });
    expect(text).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(text)).toEqual({ name: `a${character}b` });
  });

  test('indented output keeps its own line feeds', () => {
    expect(stringifyJson({ a: '\u202e\n' }, 2)).toBe('{\n  "a": "\\u202e\\n"\n}');
  });
});

describe('CSV fields', () => {
  test.each([
    ['plain', 'plain'],
    [4096, '4096'],
    [-1, '-1'],
    [true, 'true'],
    [null, ''],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    [' padded', '" padded"'],
    ['=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'],
    ['+1', "'+1"],
    ['-cmd', "'-cmd"],
    ['@sum', "'@sum"],
    ['a\nb\u001b', 'a\\x0ab\\x1b'],
  ])('%j is written %s', (value, expected) => {
    expect(escapeCsv(value)).toBe(expected);
  });
});

describe('XML and Markdown', () => {
  test('XML holds no markup and no character that XML forbids', () => {
    expect(escapeXml(`<a b="c" d='e'>&\u0000\uffff`)).toBe('&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;\\x00\ufffd');
  });

  test('Markdown holds no links, no HTML, no mentions and no table borders', () => {
    expect(escapeMarkdown('[x](http://y) <b> `c` | @all #1 *b*')).toBe(
      '\\[x\\]\\(http:&#47;&#47;y\\) &lt;b&gt; \\`c\\` \\| &#64;all \\#1 \\*b\\*',
    );
  });
});

test('texts that are endless are cut, and cost no more than others', () => {
  const shown = escapeText(`${'p'.repeat(20_000)}\u202e`.repeat(50));
  expect(shown.length).toBe(16 * 1024 + 1);
  expect(shown.endsWith('p…')).toBe(true);
  expect(wrapWords('p'.repeat(200_000), 20).length).toBe(10_000);
});
