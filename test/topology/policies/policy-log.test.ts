import { describe, expect, it } from 'vitest';
import { type LoggedQuestion, policyLogOf } from '../../../src/topology/policies/policy-log.ts';
import type { PolicyVerdict } from '../../../src/topology/policies/policy-verdict.ts';
import { buildTopology } from '../../support/topology-builder.ts';

const T = 1_772_359_200;

function record(partial: Partial<PolicyVerdict> = {}): PolicyVerdict {
  return {
    ...{ start: T, end: T + 15, action: 'deny', reporter: 'dst', service: null, protocol: 'tcp', port: 5432 },
    src: { kind: 'workload', namespace: 'shop', name: 'web-85bfb6d759-*' },
    dst: { kind: 'workload', namespace: 'shop', name: 'db-*' },
    enforced: [],
    ref: { file: 'flows.json', line: 1 },
    ...partial,
  };
}

function pod(name: string, namespace = 'shop', address = '10.48.0.130'): LoggedQuestion['src'] {
  return { address, pod: { namespace, name } };
}

const BOTH = { src: true, dst: true };
const QUESTION: LoggedQuestion = {
  src: pod('web-85bfb6d759-x2k4z'),
  dst: pod('db-0'),
  ...{ protocol: 'tcp', port: 5432, first: T + 2, last: T + 8, cameTo: BOTH, stoppedAt: BOTH },
};

function ask(records: readonly PolicyVerdict[], partial: Partial<LoggedQuestion> = {}): string | null {
  const log = policyLogOf(buildTopology({ policyVerdicts: records }));
  return log?.about({ ...QUESTION, ...partial })?.verdict ?? null;
}

it('nothing is asked without a flow log', () => {
  expect(policyLogOf(buildTopology())).toBeNull();
});

describe('a record is about packets', () => {
  it.each([
    ['web-85bfb6d759-*', 'web-85bfb6d759-x2k4z', true],
    ['web-*', 'web-x2k4z', true],
    ['web-*', 'web-0', true],
    ['web-*', 'web-85bfb6d759-x2k4z', true],
    ['web-85bfb6d759-x2k4z', 'web-85bfb6d759-x2k4z', true],
    ['web', 'web', true],
    ['web-*', 'web-frontend-x2k4z', false],
    ['web-*', 'web-frontend-85bfb6d759-x2k4z', false],
    ['web-85bfb6d759-*', 'web-85bfb6d75a-x2k4z', false],
    ['web-85bfb6d759-*', 'web-85bfb6d759-', false],
    ['web', 'web-x2k4z', false],
    ['*', 'web', false],
  ])('of its workload: %s, %s: %s', (logged, name, isOne) => {
    const src = { kind: 'workload', namespace: 'shop', name: logged } as const;
    expect(ask([record({ src })], { src: pod(name) })).toBe(isOne ? 'denied' : null);
  });

  it('of its namespace, protocol and port', () => {
    expect(ask([record()], { src: pod('web-85bfb6d759-x2k4z', 'dev') })).toBeNull();
    expect(ask([record()], { protocol: 'udp' })).toBeNull();
    expect(ask([record()], { port: 80 })).toBeNull();
    expect(ask([record({ protocol: 'icmp', port: null })], { protocol: 'icmp', port: null })).toBe('denied');
  });

  it('of its time, and else of the interval beside it', () => {
    expect(ask([record()], { first: T + 14, last: T + 900 })).toBe('denied');
    expect(ask([record()], { first: T + 25, last: T + 30 })).toBe('denied');
    expect(ask([record()], { first: T + 31, last: T + 40 })).toBeNull();
    const before = record({ start: T - 15, end: T - 1, action: 'allow' });
    expect(ask([before, record()])).toBe('denied');
  });

  it('between addresses of no pod, which are private or public', () => {
    const host = (address: string): Partial<LoggedQuestion> => ({ src: { address, pod: null } });
    const from = (name: string): PolicyVerdict => record({ src: { kind: 'network', namespace: null, name } });
    expect(ask([from('pvt')], host('10.0.1.20'))).toBe('denied');
    expect(ask([from('pvt')], host('fd00::1'))).toBe('denied');
    expect(ask([from('pvt')], host('8.8.8.8'))).toBeNull();
    expect(ask([from('pub')], host('2001:db8::1'))).toBe('denied');
    expect(ask([from('pvt')])).toBeNull();
    expect(ask([{ ...from('pvt'), action: 'allow' }], host('10.0.1.20'))).toBeNull();
  });

  it('to the service that was asked, by its own port', () => {
    const service = { namespace: 'shop', name: 'db', port: 15_432 };
    const log = policyLogOf(
      buildTopology({
        policyVerdicts: [record({ service, reporter: 'src' })],
        services: [
          { namespace: 'shop', name: 'db', addresses: ['10.49.0.7'], ref: { file: 'services.yaml', line: 3 } },
        ],
      }),
    );
    const asked = { ...QUESTION, dst: { address: '10.49.0.7', pod: null } };
    expect(log?.about({ ...asked, port: 15_432 })?.verdict).toBe('denied');
    expect(log?.about({ ...asked, port: 5432 })).toBeNull();
  });

  it('to the network that the address of a service is in, where it was decided before the address was translated', () => {
    const services = [
      { namespace: 'shop', name: 'db', addresses: ['10.49.0.7'], ref: { file: 'services.yaml', line: 3 } },
    ];
    const dst = { kind: 'network', namespace: null, name: 'pvt' } as const;
    const asked = { ...QUESTION, dst: { address: '10.49.0.7', pod: null } };
    const verdict = (...policyVerdicts: PolicyVerdict[]): string | undefined =>
      policyLogOf(buildTopology({ policyVerdicts, services }))?.about(asked)?.verdict;
    expect(verdict(record({ dst, reporter: 'src' }))).toBe('denied');
    expect(verdict(record({ dst, reporter: 'src', action: 'allow' }))).toBeUndefined();
    expect(verdict(record({ dst, reporter: 'src', port: 80 }))).toBeUndefined();
    const other = { namespace: 'shop', name: 'web', port: 80 };
    expect(verdict(record({ dst, reporter: 'src', service: other }))).toBeUndefined();
  });
});

describe('what several records say', () => {
  const allow = (reporter: PolicyVerdict['reporter']): PolicyVerdict => record({ action: 'allow', reporter });
  const deny = (reporter: PolicyVerdict['reporter']): PolicyVerdict => record({ reporter });

  it('is a denial if one side denies, whatever the other side let pass', () => {
    expect(ask([allow('src'), deny('dst')])).toBe('denied');
  });

  it('is nothing certain if the same side did both', () => {
    expect(ask([allow('dst'), deny('dst')])).toBe('mixed');
  });

  it('is an admission if nobody denies, the receiver before the sender', () => {
    const log = policyLogOf(buildTopology({ policyVerdicts: [allow('src'), allow('dst')] }));
    expect(log?.about(QUESTION)).toMatchObject({ verdict: 'allowed', denied: null, allowed: { reporter: 'dst' } });
  });

  it('is nothing if tiers only passed it on', () => {
    expect(ask([record({ action: 'pass' })])).toBeNull();
  });

  it('is about other pods where the packets were seen behind these policies, or never came to them', () => {
    expect(ask([deny('src')], { stoppedAt: { src: false, dst: true } })).toBeNull();
    expect(ask([deny('src'), deny('dst')], { stoppedAt: { src: false, dst: true } })).toBe('denied');
    expect(ask([deny('dst')], { cameTo: { src: true, dst: false } })).toBeNull();
    expect(ask([allow('dst'), allow('src')], { cameTo: { src: true, dst: false } })).toBe('allowed');
  });
});
