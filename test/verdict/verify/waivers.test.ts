import { describe, expect, test } from 'vitest';
import type { TracedFlow } from '../../../src/verdict/trace-types.ts';
import type { Expectation } from '../../../src/verdict/verify/questions.ts';
import { verifyTrace } from '../../../src/verdict/verify/verify.ts';
import type { VerifyReport } from '../../../src/verdict/verify/verify-report.ts';
import type { Waiver } from '../../../src/verdict/verify/waivers.ts';
import { buildTopology } from '../../support/topology-builder.ts';
import { buildTrace, flow, PLAIN, pod } from '../../support/trace-builder.ts';

const CART = pod('10.48.0.130', 'shop/cart', 'control1');
const DB = pod('10.48.0.200', 'shop/db', 'worker1');
const NOW = Date.parse('2026-11-29T12:00:00Z');

function wrong(...codes: TracedFlow['findings'][number]['code'][]): Partial<TracedFlow> {
  const findings = codes.map((code) => ({ code, message: '', capture: 0, firstPacket: 1, lastPacket: 2 }));
  return { verdict: 'violation', findings: findings.map((one) => ({ ...one, severity: 'violation' as const })) };
}

const BYPASS = flow(CART, DB, { ...PLAIN, ...wrong('overlay-bypassed') });

function waiver(partial: Partial<Waiver> = {}): Waiver {
  const ends = { from: null, to: null, pool: null };
  return {
    finding: 'overlay-bypassed',
    ...ends,
    reason: 'ticket 17',
    until: null,
    ref: { file: 'w.yaml', line: 1 },
    ...partial,
  };
}

function verify(
  flows: readonly TracedFlow[],
  waivers: readonly Waiver[],
  expect: Expectation = 'config',
): VerifyReport {
  const trace = buildTrace({ conversations: flows.map((one) => [one] as const) });
  return verifyTrace(trace, { expect, pools: [], strict: false, waivers, now: NOW, topology: buildTopology() });
}

function outcome({ result, ok, violation, waived, waivers }: VerifyReport): object {
  return { result, ok, violation, waived, states: waivers.map(({ state, flows }) => `${state} ${flows}`) };
}

test('a waived violation is counted apart: neither ok nor a violation', () => {
  const report = verify([flow(CART, DB), BYPASS], [waiver()]);
  expect(outcome(report)).toEqual({ result: 'pass', ok: 1, violation: 0, waived: 1, states: ['used 1'] });
  expect(report.pairs).toMatchObject([{ ok: 1, violation: 0, waived: 1 }]);
});

test('nothing but waived flows is no pass', () => {
  expect(verify([BYPASS], [waiver()])).toMatchObject({
    result: 'undecided',
    exitCode: 3,
    undecided: ['nothing-judged'],
  });
});

test.each<[string, Partial<Waiver>, boolean]>([
  ['a node', { from: 'control1', to: 'worker1' }, true],
  ['a pod by its namespace and a prefix', { from: 'shop/ca', to: 'shop/db' }, true],
  ['an address and a network', { from: '10.48.0.130', to: '10.48.0.192/26' }, true],
  ['the pool', { pool: 'default-ipv4-ippool' }, true],
  ['the other direction', { from: 'worker1', to: 'control1' }, false],
  ['another node', { from: 'control' }, false],
  ['another pod', { to: 'flat/db' }, false],
  ['another pool', { pool: 'flat-ippool' }, false],
  ['another finding', { finding: 'wrong-vni' }, false],
])('fits by %s', (_name, partial, fits) => {
  const report = verify([flow(CART, DB), BYPASS], [waiver(partial)]);
  expect(outcome(report)).toMatchObject(
    fits ? { result: 'pass', states: ['used 1'] } : { result: 'fail', states: ['unused 0'] },
  );
});

test('all that is wrong with a flow must be waived, by one waiver or several', () => {
  const both = flow(CART, DB, wrong('wrong-vni', 'wrong-source-vtep'));
  expect(outcome(verify([flow(CART, DB), both], [waiver({ finding: 'wrong-vni' })]))).toMatchObject({
    result: 'fail',
    states: ['partly 0'],
  });
  const waivers = [waiver({ finding: 'wrong-vni' }), waiver({ finding: 'wrong-source-vtep' })];
  expect(outcome(verify([flow(CART, DB), both], waivers))).toMatchObject({
    result: 'pass',
    states: ['used 1', 'used 1'],
  });
});

describe('an end', () => {
  const until = (end: number): Pick<Waiver, 'until'> => ({ until: { text: 'then', end } });

  test('in the past makes it a violation again, and says of how many flows', () => {
    const report = verify([flow(CART, DB), BYPASS], [waiver(until(NOW))]);
    expect(outcome(report)).toEqual({ result: 'fail', ok: 1, violation: 1, waived: 0, states: ['expired 1'] });
  });

  test('in the future covers', () => {
    expect(outcome(verify([flow(CART, DB), BYPASS], [waiver(until(NOW + 1))]))).toMatchObject({ result: 'pass' });
  });

  test('in the past beside another waiver that covers is no violation', () => {
    const report = verify([flow(CART, DB), BYPASS], [waiver(until(NOW)), waiver()]);
    expect(outcome(report)).toMatchObject({ result: 'pass', states: ['expired 0', 'used 1'] });
  });
});

describe('with --expect', () => {
  const plain = flow(CART, DB, {
    ...PLAIN,
    expected: { encapsulation: 'none', pool: 'default-ipv4-ippool', reason: 'pool-never' },
  });

  test('what no finding names is waived as not-as-expected', () => {
    const waivers = [waiver({ finding: 'not-as-expected' })];
    expect(outcome(verify([flow(CART, DB), plain], waivers, 'vxlan'))).toMatchObject({ result: 'pass', waived: 1 });
    expect(outcome(verify([flow(CART, DB), plain], [waiver()], 'vxlan'))).toMatchObject({ result: 'fail', waived: 0 });
  });

  test('a finding of the kind covers it too, and other findings stay', () => {
    expect(outcome(verify([flow(CART, DB), BYPASS], [waiver()], 'vxlan'))).toMatchObject({ result: 'pass', waived: 1 });
    const vni = flow(CART, DB, wrong('wrong-vni'));
    const waivers = [waiver({ finding: 'not-as-expected' })];
    expect(outcome(verify([flow(CART, DB), vni], waivers, 'vxlan'))).toMatchObject({ result: 'fail' });
  });
});
