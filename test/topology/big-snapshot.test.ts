// What loading costs is counted, not timed: characters copied, and texts given to the package that reads all of YAML.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Lexer } from 'yaml';
import { buildTopology } from '../../src/topology/build.ts';
import type { Topology } from '../../src/topology/model.ts';

/** Texts that the package read. */
let parsed: string[] = [];
beforeEach(() => {
  const { lex } = Lexer.prototype;
  vi.spyOn(Lexer.prototype, 'lex').mockImplementation(function (this: Lexer, source, incomplete) {
    parsed.push(source);
    return lex.call(this, source, incomplete);
  });
});
afterEach(() => vi.restoreAllMocks());

const address = (i: number): string => `10.48.${i >> 8}.${i & 255}`;

/** As kubectl prints it, with what it prints around the fields that are read. */
const pod = (i: number): string => `apiVersion: v1
kind: Pod
metadata:
  annotations:
    cni.projectcalico.org/podIP: ${address(i)}/32
    kubectl.kubernetes.io/last-applied-configuration: |
      {"kind": "Pod", "spec": {"nodeName": "no"}}
  managedFields:
  - apiVersion: v1
    fieldsV1:
      'k:{"uid":"1"}': {}
  name: web-7d9c8b6f5d-${i}
  namespace: team
spec:
  containers:
  - command:
    - sh
    - -c
    - |
      cat <<EOT
      ---
      - apiVersion: v1
        kind: Node
      items:
      EOT
      a && b *c
    image: registry/web:1
  nodeName: node-${i % 7}
status:
  conditions:
  - lastProbeTime: null
    message: 'a text that is folded
      over two lines'
    type: Ready
  phase: Running
  podIP: ${address(i)}
  podIPs:
  - ip: ${address(i)}
`;
const element = (text: string, indent = ''): string =>
  text.replaceAll(/^(?=.)/gm, `${indent}  `).replace(`${indent}  `, `${indent}- `);
const list = (elements: readonly string[]): string =>
  `apiVersion: v1\nitems:\n${elements.join('')}kind: List\nmetadata:\n  resourceVersion: ""\n`;
const objects = (count: number): string[] => Array.from({ length: count }, (_, i) => pod(i));

const LAYOUTS: Record<string, (pods: readonly string[]) => string> = {
  'elements without indentation': (pods) => list(pods.map((text) => element(text))),
  'indented elements': (pods) => list(pods.map((text) => element(text, '  '))),
  'a bare list': (pods) => pods.map((text) => element(text)).join(''),
  'several documents': (pods) => pods.map((text) => `---\n${text}`).join(''),
  'line breaks of Windows': (pods) => list(pods.map((text) => element(text))).replaceAll('\n', '\r\n'),
  'no line break at the end': (pods) => list(pods.map((text) => element(text))).trimEnd(),
};

function load(text: string): Topology {
  parsed = [];
  return buildTopology([{ file: 'pods.yaml', text, named: true }]);
}

/** Replaces methods while something runs: a spy would keep each of many thousand calls. */
function replacedWhile(replace: readonly [object, string, (own: Method) => Method][], run: () => unknown): void {
  const owns = replace.map(([of, name]) => Reflect.get(of, name) as Method);
  for (const [i, [of, name, made]] of replace.entries()) Reflect.set(of, name, made(owns[i] as Method));
  try {
    run();
  } finally {
    for (const [i, [of, name]] of replace.entries()) Reflect.set(of, name, owns[i]);
  }
}

type Method = (this: unknown, ...given: unknown[]) => unknown;

function copiedWhile(run: () => unknown): number {
  let copied = 0;
  const counting = (own: Method): Method =>
    function (...range) {
      const part = own.apply(this, range) as string | unknown[];
      copied += part.length;
      return part;
    };
  replacedWhile(
    [
      [String.prototype, 'slice', counting],
      [Array.prototype, 'slice', counting],
    ],
    run,
  );
  return copied;
}

describe.each(Object.entries(LAYOUTS))('pods as %s', (_, layout) => {
  it('are read without the package, each at its line', () => {
    const text = layout(objects(200));
    const { pods } = load(text);
    const lines = text.split(/\r?\n/);
    expect(parsed.filter((source) => source.includes('nodeName'))).toEqual([]);
    expect(pods).toHaveLength(200);
    for (const [i, one] of pods.entries()) {
      expect([one.name, one.nodeName, one.addresses]).toEqual([`web-7d9c8b6f5d-${i}`, `node-${i % 7}`, [address(i)]]);
      expect(lines[(one.ref.line ?? 0) - 1]).toMatch(/^ *(- )?apiVersion: v1$/);
      expect(lines[(one.ref.line ?? 0) + 10]).toContain(one.name);
    }
  });

  it('cost four times the work when there are four times as many', () => {
    const [some, many] = [layout(objects(400)), layout(objects(1600))];
    const one = copiedWhile(() => load(some));
    const four = copiedWhile(() => load(many));
    expect(four).toBeLessThan(4.2 * one);
    expect(four).toBeLessThan(4 * many.length);
  });
});

describe('one odd object among many', () => {
  const odd = pod(1).replace('nodeName: node-1', 'nodeName: !!str node-1');

  it.each(['elements without indentation', 'several documents'])('of %s alone goes to the package', (name) => {
    const pods = objects(100);
    pods[1] = odd;
    const topology = load(LAYOUTS[name]?.(pods) ?? '');
    expect(topology.pods[1]?.nodeName).toBe('node-1');
    expect(parsed.filter((source) => source.includes('nodeName'))).toHaveLength(1);
  });

  it('may have aliases of its own', () => {
    const pods = objects(100).map((text) => element(text));
    pods[1] = element(pod(1).replace('namespace: team', 'namespace: &x other').replace('node-1', 'node-1\n  a: &y 1'));
    expect(load(list(pods)).pods[1]?.namespace).toBe('other');
    expect(parsed.filter((source) => source.includes('nodeName'))).toHaveLength(1);
  });

  it('may name what another one has anchored: then the list is one text', () => {
    const pods = objects(100).map((text) => element(text));
    pods[1] = element(pod(1).replace('namespace: team', 'namespace: &where other'));
    pods[2] = element(pod(2).replace('namespace: team', 'namespace: *where'));
    expect(load(list(pods)).pods[2]?.namespace).toBe('other');
  });
});

it('a List in JSON costs four times the work when it is four times as long', () => {
  const text = (count: number): string =>
    JSON.stringify({
      kind: 'List',
      items: Array.from({ length: count }, (_, i) => ({
        kind: 'Pod',
        apiVersion: 'v1',
        metadata: { name: `web-${i}`, unread: 'x'.repeat(1500) },
        status: { podIP: address(i) },
      })),
      metadata: {},
    });
  const [some, many] = [text(200), text(800)];
  expect(load(many).pods).toHaveLength(800);
  const one = copiedWhile(() => load(some));
  expect(copiedWhile(() => load(many))).toBeLessThan(4.2 * one);
});

it.each([
  ['the same word', (i: number) => `$ cat > f${i} <<EOF\n`],
  ['a word of its own', (i: number) => `$ cat <<E${i}\n`],
  ['lines between', (i: number) => `$ cat <<EOF\nx dev ${i}\n`],
])('heredocs that nothing ends cost four times the work when there are four times as many: %s', (_, line) => {
  const text = (count: number): string => Array.from({ length: count }, (__, i) => line(i)).join('');
  const [some, many] = [text(300), text(1200)];
  const read = (of: string): number => copiedWhile(() => expect(() => load(of)).toThrow('holds nothing'));
  read(some);
  expect(read(many)).toBeLessThan(4.5 * read(some));
});

/** Elements that are looked at, all of an array at a time, and what is kept in maps. */
function stepsWhile(run: () => unknown): number {
  let steps = 0;
  const ofArray = (own: Method): Method =>
    function (...given) {
      steps += (this as unknown[]).length;
      return own.apply(this, given);
    };
  const ofMap = (own: Method): Method =>
    function (...given) {
      steps++;
      return own.apply(this, given);
    };
  const names = ['some', 'filter', 'flatMap', 'map', 'find', 'findIndex'];
  const replace: [object, string, (own: Method) => Method][] = names.map((name) => [Array.prototype, name, ofArray]);
  replacedWhile([...replace, [Map.prototype, 'set', ofMap]], run);
  return steps;
}

it.each([
  ['nodes without names', (i: number) => `      projectcalico.org/IPv4VXLANTunnelAddr: ${address(i)}\n`],
  ['addresses of one machine', (i: number) => `    inet ${address(i)}/24 scope global ens5\n`],
  [
    'devices of one machine',
    (i: number) => `${i + 1}: eth${i}: <UP> mtu 1500\n    inet ${address(i)}/24 scope global eth${i}\n`,
  ],
])('%s take four times the steps when there are four times as many', (_, line) => {
  const text = (count: number): string => Array.from({ length: count }, (__, i) => line(i)).join('');
  const one = stepsWhile(() => load(text(100)));
  expect(stepsWhile(() => load(text(400)))).toBeLessThan(4.4 * one);
});

const json = (count: number, object: (i: number) => object): string =>
  JSON.stringify({ kind: 'List', apiVersion: 'v1', items: Array.from({ length: count }, (_, i) => object(i)) });
const pool = (i: number, cidr: string): object => ({
  ...{ kind: 'IPPool', apiVersion: 'projectcalico.org/v3', metadata: { name: `pool-${i}` } },
  spec: { cidr, vxlanMode: 'Always' },
});
const node = (name: string, i: number): object => ({
  ...{ kind: 'Node', apiVersion: 'v1', metadata: { name } },
  status: { addresses: [{ type: 'InternalIP', address: address(i) }] },
});

it.each<[string, (i: number) => object]>([
  ['pools beside each other', (i) => pool(i, `10.${i >> 8}.${i & 255}.0/24`)],
  ['pools in each other', (i) => pool(i, `10.0.0.0/${8 + (i % 20)}`)],
  ['nodes', (i) => node(`node-${i}`, i)],
])('%s take four times the steps when there are four times as many', (_, object) => {
  const one = stepsWhile(() => load(json(100, object)));
  expect(stepsWhile(() => load(json(400, object)))).toBeLessThan(4.6 * one);
});

it('of pools that overlap 200 pairs are told, and that there are more', () => {
  const { issues } = load(json(100, (i) => pool(i, '10.48.0.0/16')));
  const told = issues.filter(({ code }) => code === 'overlapping-pools').map(({ message }) => message);
  expect(told).toHaveLength(201);
  expect(told.at(-1)).toBe('more than 200 pairs of IPPools overlap: these are some');
});

it('texts of four times as many nodes are attributed in four times the work', () => {
  const documents = (count: number) =>
    Array.from({ length: count }, (_, i) => `node-${i}`).flatMap((name, i) => [
      {
        file: `t/${name}/ip-route.txt`,
        named: false,
        text: `default via 10.0.0.1 dev eth0 src 10.0.${i >> 8}.${i & 255}\n`,
      },
      { file: `t/${name}/ip-neigh.txt`, named: false, text: '10.0.0.1 dev eth0 lladdr 02:00:00:00:00:01 REACHABLE\n' },
    ]);
  const nodes = (count: number) => ({
    file: 't/nodes.yaml',
    named: true,
    text: Array.from({ length: count }, (_, i) => `---\nkind: Node\nmetadata:\n  name: node-${i}\n`).join(''),
  });
  // Names are compared in lower case: how often tells how many are looked at.
  const compared = (count: number): number => {
    const given = [nodes(count), ...documents(count)].map((one) => ({ ...one, path: one.file.slice(2) }));
    const spy = vi.spyOn(String.prototype, 'toLowerCase');
    const topology = buildTopology(given);
    const calls = spy.mock.calls.length;
    spy.mockRestore();
    expect(topology.nodes).toHaveLength(count);
    expect(topology.nodes.every((node) => node.routes.length === 1 && node.neighbours.length === 1)).toBe(true);
    return calls;
  };
  expect(compared(200)).toBeLessThan(4.2 * compared(50));
});
