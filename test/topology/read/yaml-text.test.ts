import { describe, expect, it } from 'vitest';
import type { DocumentTree } from '../../../src/topology/read/located.ts';
import { skimYaml } from '../../../src/topology/read/skim-yaml.ts';
import { parseYaml as walkYaml } from '../../../src/topology/read/yaml-text.ts';

/** Documents are parsed while they are walked. */
function parseYaml(text: string, file: string, firstLine: number) {
  const { trees, problems } = walkYaml(text, file, firstLine);
  return { trees: [...trees], problems };
}

const items = (tree: DocumentTree | undefined) => [...(tree?.items ?? [])];

describe('merge keys', () => {
  const specOf = (text: string, at = 0): unknown =>
    (items(parseYaml(text, 'x', 1).trees[0])[at]?.value as { spec?: unknown } | undefined)?.spec;
  const first = 'items:\n- spec: &a\n    cidr: 10.48.0.0/16\n    vxlanMode: Always\n';

  it('give a mapping the members that it has not, as kubectl does', () => {
    const merged = { cidr: '10.49.0.0/16', vxlanMode: 'Always' };
    expect(specOf(`${first}- spec:\n    <<: *a\n    cidr: 10.49.0.0/16\n`, 1)).toEqual(merged);
    expect(specOf(`${first}- spec: {cidr: 10.49.0.0/16, <<: *a}\n`, 1)).toEqual(merged);
    const two = '- spec:\n    <<: [{cidr: 10.49.0.0/16}, *a]\n';
    expect(specOf(first + two, 1)).toEqual(merged);
  });

  it('are text where they are quoted', () => {
    expect(specOf(`${first}- spec:\n    "<<": x\n`, 1)).toEqual({ '<<': 'x' });
  });

  it('that merge themselves, or multiply, are a problem and no hang', () => {
    const loop = parseYaml('spec: &s\n  <<: *s\n  cidr: 10.48.0.0/16\n', 'x', 1);
    expect(loop.problems).toHaveLength(1);
    const levels = Array.from({ length: 12 }, (_, i) => `x${i + 1}: &m${i + 1}\n  <<: [${Array(9).fill(`*m${i}`)}]\n`);
    expect(parseYaml(`x0: &m0 {k: 1}\n${levels.join('')}`, 'x', 1).problems).toHaveLength(1);
  });
});

describe('places', () => {
  const text =
    'apiVersion: v1\nkind: List\nitems:\n- kind: IPPool\n  spec:\n    cidr: 10.48.0.0/24\n- {kind: Node, metadata: {name: a}}\n';

  it('are lines of the file, from where the text begins in it', () => {
    const { trees } = parseYaml(text, 'a.yaml', 11);
    const [pool, node] = items(trees[0]);
    expect(pool?.ref()).toEqual({ file: 'a.yaml', line: 14 });
    expect(pool?.ref(['spec', 'cidr'])).toEqual({ file: 'a.yaml', line: 16 });
    expect(node?.ref(['metadata', 'name'])).toEqual({ file: 'a.yaml', line: 17 });
  });

  it('of all elements of a list are found at once', () => {
    const [tree] = parseYaml(
      'spec:\n  attributes:\n  - a: 1\n    b: 2\n  - x\n  - [1]\n  allocations: []\n',
      'x',
      1,
    ).trees;
    expect(tree?.head?.elementRefs(['spec', 'attributes']).map((ref) => ref.line)).toEqual([3, 5, 6]);
    expect(tree?.head?.elementRefs(['spec', 'allocations'])).toEqual([]);
    expect(tree?.head?.elementRefs(['spec', 'absent', 'list'])).toEqual([]);
  });

  it('of absent members are those of what holds them', () => {
    const [pool] = items(parseYaml(text, 'a.yaml', 1).trees[0]);
    expect(pool?.ref(['spec', 'blockSize']).line).toBe(5);
    expect(pool?.ref(['status', 'x', 3]).line).toBe(4);
  });
});

describe('documents', () => {
  it('are split at ---', () => {
    const { trees } = parseYaml('kind: A\n---\nkind: B\n---\n', 'x', 1);
    expect(trees.map((tree) => tree.head?.value)).toEqual([{ kind: 'A' }, { kind: 'B' }]);
    expect(trees[1]?.head?.ref().line).toBe(3);
  });

  it('may be a bare list', () => {
    const { trees } = parseYaml('- kind: A\n- kind: B\n', 'x', 1);
    expect(trees[0]?.head).toBeNull();
    expect(items(trees[0]).map((item) => item.value)).toEqual([{ kind: 'A' }, { kind: 'B' }]);
  });
});

describe('a long list', () => {
  // Long enough to be parsed one item at a time, most of it nothing that is read.
  const names = Array.from({ length: 200 }, (_, i) => `pod-${i}`);
  const unread = 'x'.repeat(2000);
  const pods = names
    .map(
      (name, i) => `- kind: Pod\n  metadata:\n    name: ${name}\n  spec:\n    nodeName: n${i}\n    unread: ${unread}\n`,
    )
    .join('');

  it.each([
    ['kubectl', `apiVersion: v1\nitems:\n${pods}kind: List\nmetadata:\n  resourceVersion: ""\n`, 3],
    ['an indented list', `kind: List\nitems:\n${pods.replaceAll(/^/gm, '  ').trimEnd()}\n`, 3],
    ['a bare list', pods, 1],
  ])('of %s gives every item its line', (_, text, first) => {
    expect(text.length).toBeGreaterThan(300_000);
    const { trees, problems } = parseYaml(text, 'x', 1);
    const found = items(trees[0]);
    expect(found.map((item) => (item.value as { metadata: { name: string } }).metadata.name)).toEqual(names);
    expect(found.at(-1)?.ref().line).toBe(first + 6 * 199);
    expect(found.at(-1)?.ref(['spec', 'nodeName']).line).toBe(first + 6 * 199 + 4);
    expect(problems).toEqual([]);
  });

  it('keeps what stands around the items', () => {
    const { trees } = parseYaml(`apiVersion: v1\nitems:\n${pods}kind: List\nmetadata:\n  continue: abc\n`, 'x', 1);
    expect(trees[0]?.head?.value).toMatchObject({ kind: 'List', metadata: { continue: 'abc' } });
  });

  it('tells the line of a broken item and keeps the others', () => {
    const { trees, problems } = parseYaml(`items:\n${pods}- kind: [Pod\n- kind: Last\n`, 'x', 1);
    expect(items(trees[0]).at(-1)?.value).toEqual({ kind: 'Last' });
    expect(problems[0]?.line).toBe(2 + 6 * 200);
  });
});

describe('what is no YAML', () => {
  it('tells line and reason', () => {
    const { problems } = parseYaml('kind: IPPool\nspec:\n  cidr: "10.48.0.0/24\n', 'x', 1);
    expect(problems[0]).toEqual({ line: 3, message: 'Missing closing "quote' });
  });

  it('tells keys given twice', () => {
    const { problems } = parseYaml('spec:\n  vxlanMode: Never\n  vxlanMode: Always\n', 'x', 1);
    expect(problems).toEqual([{ line: 3, message: 'Map keys must be unique' }]);
  });

  it('stops aliases that multiply', () => {
    const levels = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`);
    const { problems } = parseYaml(`a0: &a0 [x]\n${levels.join('\n')}\n`, 'x', 1);
    expect(problems[0]?.message).toMatch(/Excessive alias count/);
  });

  it('survives any nesting', () => {
    expect(parseYaml(`kind: ${'['.repeat(50_000)}`, 'x', 1).problems.length).toBeGreaterThan(0);
  });
});

describe('skimming', () => {
  const text = `apiVersion: v1
items:
- apiVersion: v1
  kind: Pod
  metadata:
    annotations:
      kubectl.kubernetes.io/last-applied-configuration: |
        {"spec": {"nodeName": "no"}}
      cni.projectcalico.org/podIP: 10.48.0.1/32
    labels:
      app: web
    name: web
  spec:
    containers:
    - image: nginx
      name: web
    nodeName: worker1
    tolerations:
    - key: a

    - key: b
  status:
    podIPs:
    - ip: 10.48.0.1
kind: List`;

  it('drops what nobody reads with everything below it', () => {
    expect(skimYaml(text).lines).toEqual([
      'apiVersion: v1',
      'items:',
      '- apiVersion: v1',
      '  kind: Pod',
      '  metadata:',
      '    annotations:',
      '      cni.projectcalico.org/podIP: 10.48.0.1/32',
      '    labels:',
      '      app: web',
      '    name: web',
      '  spec:',
      '    nodeName: worker1',
      '  status:',
      '    podIPs:',
      '    - ip: 10.48.0.1',
      'kind: List',
    ]);
  });

  it('keeps line numbers', () => {
    const [pod] = items(parseYaml(text, 'x', 1).trees[0]);
    expect(pod?.ref(['spec', 'nodeName']).line).toBe(17);
    expect(pod?.ref(['status', 'podIPs', 0, 'ip']).line).toBe(24);
  });

  it('gives way where it would break the text', () => {
    const odd = 'kind: IPPool\nspec:\n  cidr: 10.48.0.0/24\n  nodeSelector: "a\n    status:\n      conditions: b"\n';
    const { trees, problems } = parseYaml(odd, 'x', 1);
    expect(problems).toEqual([]);
    expect(trees[0]?.head?.value).toMatchObject({ spec: { nodeSelector: 'a status: conditions: b' } });
  });
});
