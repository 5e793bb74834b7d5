import { expect, test } from 'vitest';
import { readWaivers } from '../../../src/verdict/verify/read-waivers.ts';

const YAML = `# accepted for now
- finding: overlay-bypassed
  from: worker1
  to: shop/db
  pool: default-ipv4-ippool
  reason: ticket 17
  until: 2026-12-31
- finding: not-as-expected
  reason: "a pool of its own"
`;

const BOTH = [
  {
    ...{
      finding: 'overlay-bypassed',
      from: 'worker1',
      to: 'shop/db',
      pool: 'default-ipv4-ippool',
      reason: 'ticket 17',
    },
    // the day counts to its end
    ...{ until: { text: '2026-12-31', end: Date.UTC(2027, 0, 1) }, ref: { file: 'w.yaml', line: 2 } },
  },
  {
    ...{ finding: 'not-as-expected', from: null, to: null, pool: null, reason: 'a pool of its own', until: null },
    ref: { file: 'w.yaml', line: 8 },
  },
];

test('a list in YAML, with its lines', () => {
  expect(readWaivers(YAML, 'w.yaml')).toEqual(BOTH);
});

test('a mapping with waivers, and JSON', () => {
  const under = `waivers:\n${YAML.replaceAll(/^/gm, '  ')}`;
  expect(readWaivers(under, 'w.yaml').map(({ finding }) => finding)).toEqual(['overlay-bypassed', 'not-as-expected']);
  const json = JSON.stringify(
    BOTH.map(({ ref: _, until, ...rest }) => ({ ...rest, until: until?.text })),
    null,
    2,
  );
  const bare = json.replaceAll(/\s+"(from|to|pool)": null,/g, '');
  expect(readWaivers(bare, 'w.json').map(({ finding, until }) => [finding, until?.text])).toEqual([
    ['overlay-bypassed', '2026-12-31'],
    ['not-as-expected', undefined],
  ]);
});

test('a time ends at that time', () => {
  const text = '- {finding: wrong-vni, reason: x, until: "2026-12-31T18:00:00+01:00"}\n';
  expect(readWaivers(text, 'w.yaml')[0]?.until?.end).toBe(Date.parse('2026-12-31T17:00:00Z'));
});

test.each([
  [
    'an unknown finding',
    '- finding: overlay-bypass\n  reason: x\n',
    /^w\.yaml:1: finding is "overlay-bypass", expected the code of a violation/,
  ],
  ['no reason', '- finding: wrong-vni\n', /^w\.yaml:1: has no reason/],
  ['an empty reason', '- finding: wrong-vni\n  reason: ""\n', /^w\.yaml:2: reason is "", expected a text/],
  ['no finding', '- reason: x\n', /^w\.yaml:1: has no finding/],
  ['a warning', '- finding: no-reply\n  reason: x\n', /expected the code of a violation/],
  [
    'a CIDR that is none',
    '- finding: wrong-vni\n  reason: x\n  from: 10.60.0.0/33\n',
    /^w\.yaml:3: from is "10.60.0.0\/33"/,
  ],
  ['an unknown field', '- finding: wrong-vni\n  reason: x\n  node: a\n', /^w\.yaml:3: node is not known/],
  [
    'a day that is none',
    '- finding: wrong-vni\n  reason: x\n  until: 2026-02-30\n',
    /^w\.yaml:3: until is "2026-02-30"/,
  ],
  ['a day in words', '- finding: wrong-vni\n  reason: x\n  until: tomorrow\n', /^w\.yaml:3: until is "tomorrow"/],
  ['a number for a node', '- finding: wrong-vni\n  reason: x\n  from: 7\n', /^w\.yaml:3: from is 7, expected a text/],
  ['a text for a waiver', '- overlay-bypassed\n', /^w\.yaml:1: is "overlay-bypassed", expected a list of waivers/],
  ['a mapping that is none of waivers', 'finding: wrong-vni\nreason: x\n', /^w\.yaml:1: expected a list of waivers/],
  ['broken YAML', '- finding: [\n', /^w\.yaml:\d+: cannot be read/],
  ['nothing', '', /holds no waiver/],
])('%s is an error with its line', (_name, text, message) => {
  expect(() => readWaivers(text, 'w.yaml')).toThrow(message);
});

test('all problems are told at once', () => {
  const text = '- finding: a\n  reason: x\n- finding: wrong-vni\n';
  expect(() => readWaivers(text, 'w.yaml')).toThrow(/w\.yaml:1: finding.*\nw\.yaml:3: has no reason/);
});
