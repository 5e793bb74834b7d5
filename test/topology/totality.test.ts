// Whatever the text, the loader answers or throws OverlensError: no other error, no hang. Texts are real ones, cut, shuffled and
// overwritten, which reaches further than noise does.
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OverlensError } from '../../src/errors.ts';
import { buildTopology } from '../../src/topology/build.ts';
import { IS_WHOLE } from '../support/whole-matrix.ts';
import { fixture, LAB_NODES, LAB_POOLS, podYaml } from './documents.ts';

const real = [
  ...['iproute2', 'lab-text'].flatMap((folder) =>
    readdirSync(`test/fixtures/${folder}`)
      .filter((name) => !name.endsWith('.md'))
      .map((name) => fixture(`${folder}/${name}`)),
  ),
  LAB_NODES,
  LAB_POOLS,
  podYaml('web', 'control1', '10.48.0.130'),
  JSON.stringify(
    {
      kind: 'List',
      items: [{ kind: 'IPAMBlock', spec: { cidr: '10.48.0.0/26', allocations: [0], attributes: [{}] } }],
    },
    null,
    2,
  ),
  'NAMESPACE   NAME   READY   STATUS   RESTARTS   AGE   IP   NODE   NOMINATED NODE   READINESS GATES\ndefault   web   1/1   Running   0   1d   10.48.0.1   control1   <none>   <none>\n',
  'control1$ ip route\ndefault via 10.0.1.1 dev ens5\n=== worker1 ===\n',
];
const lines = real.flatMap((text) => text.split('\n'));

/** Builds and asks; anything but an answer or an OverlensError fails the test. */
function survives(texts: readonly string[]): void {
  try {
    const topology = buildTopology(
      texts.map((text, i) => ({ file: `d/${i}`, text, named: i % 2 === 0, path: `${i}` })),
    );
    for (const address of ['10.48.0.200', '10.0.1.20', '::1', '', 'x'.repeat(50)]) topology.lookup(address);
    topology.nodeByVtepMac('66:14:9d:f4:2c:1f');
    topology.nodeByNicMac('x');
    topology.felix('control1');
  } catch (error) {
    expect(error).toBeInstanceOf(OverlensError);
    expect((error as OverlensError).code).toBe('E_INVALID_SNAPSHOT');
  }
}

it('random text', () => {
  // every one that there is, halves of surrogate pairs aside; fast-check's own 'binary' makes a table of them, which takes a second
  const character = fc
    .nat(0x10ffff - 0x800)
    .map((index) => String.fromCodePoint(index < 0xd800 ? index : index + 0x800));
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 300, unit: character }), { minLength: 1, maxLength: 3 }), survives),
  );
});

it('lines of real texts in any order', () => {
  const shuffled = fc.array(fc.constantFrom(...lines), { maxLength: 40 }).map((chosen) => chosen.join('\n'));
  fc.assert(fc.property(fc.array(shuffled, { minLength: 1, maxLength: 3 }), survives), { numRuns: IS_WHOLE ? 80 : 40 });
});

it('real texts with a part cut out or overwritten', () => {
  const mutated = fc
    .tuple(
      fc.constantFrom(...real),
      fc.nat(),
      fc.nat(60),
      fc.oneof(
        fc.string({ maxLength: 8 }),
        fc.constantFrom('{', '[', '"', '\n', ': ', '- ', '&a ', '*a', '\x1b[', '\t', '/99'),
      ),
    )
    .map(([text, at, length, inserted]) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + inserted + text.slice(start + length);
    });
  fc.assert(fc.property(fc.array(mutated, { minLength: 1, maxLength: 4 }), survives), { numRuns: IS_WHOLE ? 100 : 50 });
});

it('objects whose fields have any type', () => {
  const key = fc.constantFrom(
    'kind',
    'apiVersion',
    'metadata',
    'spec',
    'status',
    'name',
    'annotations',
    'cidr',
    'items',
    'allocations',
    'attributes',
    'podIPs',
    'addresses',
    '__proto__',
  );
  const kind = fc.constantFrom(
    'IPPool',
    'Node',
    'Pod',
    'Service',
    'EndpointSlice',
    'Endpoints',
    'BlockAffinity',
    'IPAMBlock',
    'FelixConfiguration',
    'WorkloadEndpoint',
    'Installation',
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, 0, -1, 1e300, '', '10.48.0.0/24', 'a', 'toString'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    ),
  }));
  const object = fc.record(
    {
      kind,
      apiVersion: fc.constantFrom('v1', 'projectcalico.org/v3', 'x/v1'),
      metadata: value,
      spec: value,
      status: value,
      endpoints: value,
      subsets: value,
    },
    { requiredKeys: ['kind'] },
  );
  fc.assert(
    fc.property(fc.array(object, { maxLength: 3 }), fc.boolean(), (objects, list) =>
      survives([JSON.stringify(list ? { kind: 'List', items: objects } : objects)]),
    ),
    { numRuns: IS_WHOLE ? 100 : 50 },
  );
});

it('iproute2 JSON whose fields have any type', () => {
  const key = fc.constantFrom(
    'ifindex',
    'ifname',
    'flags',
    'mtu',
    'address',
    'linkinfo',
    'addr_info',
    'dst',
    'gateway',
    'dev',
    'nexthops',
    'metrics',
    'lladdr',
    'state',
    'mac',
    'info_data',
  );
  const field = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('10.0.1.20', '10.48.0.0/26', 'default', '66:14:9d:f4:2c:1f', 'vxlan.calico'),
  );
  fc.assert(
    fc.property(fc.array(fc.dictionary(key, field), { maxLength: 5 }), (elements) =>
      survives([JSON.stringify(elements)]),
    ),
    { numRuns: IS_WHOLE ? 100 : 50 },
  );
});

it.each([
  ['nested brackets', '['.repeat(100_000)],
  ['nested braces', `{"kind":`.repeat(50_000)],
  ['nested YAML', Array.from({ length: 3000 }, (_, i) => `${' '.repeat(i)}kind:`).join('\n')],
  ['one long line', `10.48.0.0/26 via ${'10.0.1.30 '.repeat(100_000)}`],
  ['blanks', `kind: IPPool${' '.repeat(200_000)}x`],
  ['dashes', `${'-'.repeat(100_000)} x ${'-'.repeat(100_000)}`],
  ['escape sequences', `\x1b[${';'.repeat(100_000)}`],
  ['quotes', `{"a": "${'\\'.repeat(100_001)}`],
  ['header columns', `NAME   ${'A   '.repeat(20_000)}`],
  ['prompts', 'a$ ip route\n'.repeat(2000)],
  ['carriage returns', `${'\r'.repeat(50_000)}x`],
  ['letters', 'a'.repeat(1_000_000)],
  ['blanks at the end', `kind: a${' '.repeat(500_000)}x `],
  ['options without end', `$ kubectl exec ${'-n '.repeat(1300)}\nx\n`],
  ['quotes of quotes', '> '.repeat(500_000)],
  ['fences', '```\n'.repeat(20_000)],
  ['loops without end', '$ for n in a; do\n'.repeat(2000)],
  ['heredocs without end', '$ cat <<EOF\n'.repeat(2000)],
  ['records of flows on one line', 'Time=2026-01-01 10:00:00 +0000 '.repeat(20_000)],
  ['ends of flows', `Time=x\n Src={${'} Dst={'.repeat(50_000)}\n`],
  ['brackets in YAML', `kind: Pod\nspec: ${'['.repeat(2000)}`],
  ['elements in elements', `kind: Pod\nspec:\n ${'- '.repeat(5000)}a\n`],
  ['keys of keys', `kind: Pod\n${'? '.repeat(5000)}`],
  [
    'a huge allocation list',
    JSON.stringify({
      kind: 'IPAMBlock',
      spec: { cidr: '::/0', allocations: Array(15_000).fill(0), attributes: [{ secondary: { node: 'a' } }] },
    }),
  ],
])('%s', (_, text) => {
  survives([text]);
});
