import { describe, expect, it } from 'vitest';
import { LineCounter, parseAllDocuments } from 'yaml';
import { readPlainYaml } from '../../../src/topology/read/plain-yaml.ts';

const read = (text: string) => readPlainYaml(text.split('\n'), 'x', (line) => line + 1);

/** What the package reads; undefined when it finds fault, or several documents. */
function readByPackage(text: string): unknown {
  const documents = parseAllDocuments(text);
  const [document] = documents;
  if (document === undefined || documents.length > 1 || document.errors.length > 0) return undefined;
  return document.toJS();
}

const PLAIN = {
  'a pod of kubectl':
    'apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    cni.projectcalico.org/podIP: 10.48.0.1/32\n    a/b: ""\n  creationTimestamp: "2026-01-02T03:04:05Z"\n  name: web-7d9c8b6f5d-0x1f\nstatus:\n  podIPs:\n  - ip: 10.48.0.1\n  - ip: fd00::1\n',
  'indented elements': 'spec:\n    list:\n      -   a: 1\n          b: 2\n      - c: x\n    end: true\n',
  'a bare list': '- kind: A\n  list:\n  - x\n  - null\n  - 7\n- kind: B\n',
  'a list after a key at its column': 'a:\n- 1\n- b: c\nd: e\n',
  'a marked document': '---\nkind: A\n',
  comments: '# first\nkind: A # no\n'.replace(' # no', '\n  # indented\n# last'),
  'empty values': 'a:\nb: {}\nc: []\nd: ""\ne: \'\'\nf: ~\ng: null\n',
  'quoted keys': '"a/b": 1\n\'c.d\': 2\n',
  'quoted text': 'a: "x\\n\\"y\\" \\u0041 \\\\"\nb: \'it\'\'s: # no\'\nc: "# - : {"\nd: "ä"\n'.replace('\\u0041', 'A'),
  'words and numbers':
    'a: True\nb: FALSE\nc: yes\nd: 0\ne: -5\nf: 010a\ng: 1.2.3\nh: 123456789012345\ni: Null\nj: off\n',
  'text with odd characters':
    'a: a:b\nb: http://x/?q=1&c=*\nc: a#b\nd: a - b\ne: x{y}\nf: 2026-01-02T03:04:05Z\ng: 7e\n',
  'no line break at the end': 'a:\n  b: c',
  'blanks at the ends of lines': 'a:  \n  b: c  \n\n   \n  d: e\n',
  'deep keys': Array.from({ length: 90 }, (_, i) => `${'  '.repeat(i)}k:\n`).join(''),
};

const ODD = {
  anchors: 'a: &x 1\nb: *x\n',
  'merge keys': 'a: &x\n  b: 1\nc:\n  <<: *x\n',
  tags: 'a: !!str 1\n',
  'flow style': 'a: {b: 1}\n',
  'flow lists': 'a: [1, 2]\n',
  'block scalars': 'a: |\n  - apiVersion: v1\n  ---\nb: 1\n',
  'folded scalars': 'a: >-\n  x\n  y\n',
  'plain text of several lines': 'a: x\n  y\nb: 1\n',
  'plain text below its key': 'a:\n  x y\n',
  'quoted text of several lines': 'a: "x\n  y"\n',
  'escapes that JSON does not have': 'a: "\\x41\\e"\n',
  'comments behind values': 'a: 1 # b\n',
  'comments behind keys': 'a: # b\n  c: 1\n',
  tabs: 'a:\tb\n',
  'tabs that indent': 'a:\n\tb: 1\n',
  'tabs within text': 'a: b\tc\n',
  'a key twice': 'a: 1\na: 2\n',
  'keys that are no text': 'null: 1\ntrue: 2\n',
  'keys that are numbers': '1: a\n',
  'the key __proto__': '__proto__:\n  a: 1\n',
  'complex keys': '? a\n: b\n',
  'lists in lists': '- - a\n',
  'an empty element': 'a:\n-\n- b\n',
  'text in place of an object': 'just text\n',
  'several documents': 'a: 1\n---\nb: 2\n',
  'document ends': 'a: 1\n...\n',
  directives: '%YAML 1.1\n---\na: yes\n',
  'floating point numbers': 'a: 1.5\nb: 1e3\nc: .5\nd: -.inf\ne: 0x1f\nf: 0o17\ng: +1\nh: 00\n',
  'unindented values': 'a:\n b: 1\nc:\n  d: 1\n e: 2\n',
  'a list element below a mapping': 'a:\n  b: 1\n- c\n',
  'an unclosed quote': 'a: "b\n',
  'a value that ends like a key': 'a: b:\n',
  'nesting without end': Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}k:\n`).join(''),
  'nothing at all': '# nothing\n',
};

describe('plain block style', () => {
  it.each(Object.entries(PLAIN))('%s is read as the package reads it', (_, text) => {
    expect(read(text)?.value).toStrictEqual(readByPackage(text));
    expect(read(text)?.value).toBeDefined();
  });

  it('has the lines that the package finds', () => {
    const text = '# c\nkind: A\nspec:\n  list:\n  - a: 1\n\n    b:\n    - x\n  -   c: 2\n';
    const lineCounter = new LineCounter();
    const [document] = parseAllDocuments(text, { lineCounter });
    const lineOf = (path: (string | number)[]): number => {
      const node = document?.getIn(path, true) as { range: [number] };
      return lineCounter.linePos(node.range[0]).line;
    };
    const located = read(text);
    expect(located?.ref().line).toBe(lineOf([]));
    expect(located?.ref(['spec']).line).toBe(3);
    for (const path of [
      ['spec', 'list', 0],
      ['spec', 'list', 1],
      ['spec', 'list', 0, 'b', 0],
    ]) {
      expect(located?.ref(path).line).toBe(lineOf(path));
    }
    expect(located?.ref(['spec', 'list', 0, 'absent', 'x']).line).toBe(5);
    expect(located?.elementRefs(['spec', 'list']).map((ref) => ref.line)).toEqual([5, 9]);
    expect(located?.elementRefs(['spec', 'absent'])).toEqual([]);
  });
});

it.each(Object.entries(ODD))('%s: left to the package', (_, text) => {
  expect(read(text)).toBeNull();
});

it('random texts of the characters that matter are read as the package reads them, or not at all', () => {
  const pieces = [
    'a',
    'b:',
    ' ',
    '  ',
    '\n',
    '\n  ',
    '- ',
    '-',
    ': ',
    '"',
    "'",
    '#',
    ' #',
    '&x',
    '*x',
    '|',
    '{}',
    '[]',
    '1',
    '.',
    'null',
    '---',
    '\t',
    '!',
    '?',
    ',',
  ];
  let seed = 1;
  const next = (): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return seed >>> 8;
  };
  let readByHand = 0;
  for (let round = 0; round < 20_000; round++) {
    const length = 2 + (next() % 14);
    const text = `k${Array.from({ length }, () => pieces[next() % pieces.length]).join('')}`.replace(
      /^k(?=[^:])/,
      round % 2 === 0 ? 'k: ' : 'k',
    );
    const located = read(text);
    if (located === null) continue;
    readByHand++;
    expect({ text, value: located.value }).toStrictEqual({ text, value: readByPackage(text) });
  }
  expect(readByHand).toBeGreaterThan(500);
});
