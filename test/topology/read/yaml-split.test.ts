import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { skimYaml } from '../../../src/topology/read/skim-yaml.ts';
import { splitDocuments, splitList } from '../../../src/topology/read/yaml-split.ts';
import { IS_WHOLE } from '../../support/whole-matrix.ts';

/** The values of all documents as the package reads them; null when it finds fault with any. */
function valuesOf(texts: readonly string[]): unknown[] | null {
  const documents = texts.flatMap((text) => [...parseAllDocuments(text)]);
  if (documents.some((document) => document.errors.length > 0)) return null;
  return documents.map((document) => document.toJS()).filter((value) => value !== null);
}

const TRICKY = {
  'markers in block scalars': 'a: |\n  x\n  ---\n  y\n--- # b\nb: |-\n  - apiVersion: v1\n  ...\n',
  'a marker that ends a block scalar': 'a: |\n  x\n---\nb: 1\n',
  'markers with values': '--- {a: 1}\n--- [1]\n---\n- 1\n--- text\n',
  'words that begin like markers': 'a: 1\n---b: 2\n'.replace('---b', '"---b"'),
  'comments around documents': '# 1\n---\n# 2\na: 1\n---\n# 3\n---\nb: 2\n# 4\n',
  'anchors of one name': 'a: &x 1\nb: *x\n---\na: &x 2\nb: *x\n',
  'windows line breaks': 'a: 1\r\n---\r\nb: |\r\n  ---\r\n',
  'no line break at the end': 'a: 1\n---\nb: 2',
  'an empty document': 'a: 1\n---\n---\nb: 2\n---\n',
  'quoted text of several lines': 'a: "x\n  --- y\n  z"\n---\nb: \'\n  ---\n  \'\n',
};

describe('documents', () => {
  it.each(Object.entries(TRICKY))('%s: each part alone is what the whole has', (_, text) => {
    const parts = splitDocuments(text);
    expect(parts.map((part) => part.text).join('')).toBe(text);
    expect(valuesOf(parts.map((part) => part.text))).toEqual(valuesOf([text]));
    expect(valuesOf([text])).not.toBeNull();
    for (const { text: part, line } of parts)
      expect(text.split('\n').slice(line).join('\n').startsWith(part)).toBe(true);
  });

  it.each(['%YAML 1.1\n---\na: yes\n---\nb: 1\n', 'a: 1\n...\n---\nb: 2\n'])(
    'with directives or ends stay one text',
    (text) => {
      expect(splitDocuments(text)).toEqual([{ text, line: 0 }]);
    },
  );
});

describe('lists', () => {
  const elementsOf = (text: string) => [...(splitList(text)?.elements ?? [])];

  it.each([
    ['', 'apiVersion: v1\nitems:\n', 'kind: List\n'],
    ['  ', 'items:\n# comment\n\n', 'kind: List\nmetadata:\n  continue: x\n'],
    ['', '---\n', ''],
  ])('indented by "%s" give their elements and what stands around', (indent, before, after) => {
    const elements = [
      'a: 1\n',
      'a: |\n  - b\n  items:\n  ---x\n',
      '"a": &x [1, *x]\n'.replace(', *x', ''),
      'a:\n- 1\n- - 2\n',
      '\'a\': "b\n  c"\n',
    ].map((text) => text.replaceAll(/^(?=.)/gm, `${indent}  `).replace(`${indent}  `, `${indent}- `));
    const text = before + elements.join('') + after;
    const found = elementsOf(text);
    expect(found.map((element) => element.text)).toEqual(elements);
    for (const element of found) {
      expect(text.split('\n').slice(element.line).join('\n').startsWith(element.text)).toBe(true);
    }
    const list = splitList(text);
    expect(list?.head).toBe(before + after);
    const whole = parseAllDocuments(text)[0]?.toJS();
    expect(valuesOf(found.map((element) => element.text))?.flat()).toEqual(whole.items ?? whole);
  });

  it.each([
    ['in flow style', 'items: [1]\n'],
    ['with an alias to another element', 'items:\n- a: &x 1\n- b: *x\n'],
    ['with an alias in flow style', 'items:\n- a: &x 1\n- [*x]\n'],
    ['with a merge key', 'items:\n- a: &x\n    b: 1\n- <<: *x\n'],
    ['that is none', 'a: 1\n'],
    ['followed by something else', '- a: 1\nb: 2\n'],
  ])('%s stay whole', (_, text) => {
    expect(splitList(text)).toBeNull();
  });

  it('are split though texts look like anchors and aliases', () => {
    expect(elementsOf('items:\n- a: x && y\n- b: "*/5 * * * *"\n- c: &only 1\n')).toHaveLength(3);
  });
});

it('what is skimmed is what the package reads, in everything that is read', () => {
  const text = `apiVersion: v1
kind: Pod
"metadata":
  annotations:
    cni.projectcalico.org/podIP: 10.48.0.1/32 # comment
    other: |
      spec:
        nodeName: no
  # comment
  name: 'a'
  managedFields:
    - b
# comment that is less indented
    - c
spec:
  containers: [{name: x,
    image: y}]
  volumes:
  - a

# comment
  - b
  nodeName: n
status: {podIP: 10.48.0.1, phase: Running}`;
  const skimmed = parseAllDocuments(skimYaml(text).lines.join('\n'))[0]?.toJS();
  const whole = parseAllDocuments(text)[0]?.toJS();
  delete whole.metadata.annotations.other;
  delete whole.metadata.managedFields;
  delete whole.spec.containers;
  delete whole.spec.volumes;
  expect(skimmed).toEqual(whole);
});

it('random texts have the documents that the package finds', () => {
  const pieces = [
    'a: 1\n',
    'b:\n',
    '  c: 2\n',
    '---\n',
    '--- \n',
    '---x\n',
    '  ---\n',
    'd: |\n',
    '  - text\n',
    'e: "x\n',
    '  y"\n',
    '- 1\n',
    '# c\n',
    '\n',
    "f: 'z'\n",
    '--- # c\n',
    '--- |\n',
    '{\n',
    '}\n',
  ];
  let seed = 7;
  const next = (): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return seed >>> 8;
  };
  let valid = 0;
  for (let round = 0; round < (IS_WHOLE ? 4000 : 2000); round++) {
    const text = Array.from({ length: 1 + (next() % 9) }, () => pieces[next() % pieces.length]).join('');
    const whole = valuesOf([text]);
    if (whole === null) continue;
    valid++;
    expect({ text, values: valuesOf(splitDocuments(text).map((part) => part.text)) }).toEqual({ text, values: whole });
  }
  expect(valid).toBeGreaterThan(150);
});
