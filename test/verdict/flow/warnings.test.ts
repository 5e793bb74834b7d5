// Each warning by what makes it, from hand-made facts of a flow.
import { describe, expect, it } from 'vitest';
import type { SeenObservation } from '../../../src/attribution/observe.ts';
import type { IcmpError } from '../../../src/flow/rare/icmp-errors.ts';
import { BIT } from '../../../src/flow/rows/row-layout.ts';
import type { RowRecords } from '../../../src/flow/rows/row-records.ts';
import type { TopologyIssue } from '../../../src/topology/model.ts';
import { type WarningInput, warningsOf } from '../../../src/verdict/flow/warnings.ts';
import { POD } from '../../support/cluster-frames.ts';
import { bare, node, rule, who } from '../../support/rule-input.ts';

const seen = (more: Partial<SeenObservation> = {}): SeenObservation => rule({ seen: more }).seen;
const nothing = { packets: 0, requests: 0, replies: 0, data: 0, rst: 0, largeRetransmissions: 0 };
/** Wrong and right checksums by row. */
const sums = (wrong: number[], right: number[]): RowRecords =>
  ({
    checksumsWrong: (row: number) => wrong[row],
    checksumsRight: (row: number) => right[row],
  }) as unknown as RowRecords;

function input(given: Partial<WarningInput> = {}): WarningInput {
  return {
    conflicts: { about: () => null },
    src: who(bare, POD.a),
    dst: who(bare, POD.b),
    protocol: 6,
    rows: sums([0], [5]),
    observations: [seen()],
    outcome: 'answered',
    own: { requests: 1, largeRetransmissions: 0 },
    reverse: { ...nothing, packets: 3 },
    errors: [],
    seenAt: () => ({ capture: 0, packet: 7 }),
    ...{ dns: null, service: null, largeAcknowledged: false },
    ...given,
  };
}

const codes = (given: Partial<WarningInput> = {}): string[] => warningsOf(input(given)).map(({ code }) => code);
const message = (given: Partial<WarningInput>): string => warningsOf(input(given))[0]?.message ?? '';

describe('a flow as it should be', () => {
  it('has no warning', () => {
    expect(codes()).toEqual([]);
  });
});

describe('outer-fragmented', () => {
  it.each([
    [true, { bits: BIT.outerFragmented, outerFragments: 2 }],
    [true, { bits: BIT.outerFragmented }],
    [false, { outerFragments: 2 }],
    [false, { bits: BIT.truncated }],
  ])('%s', (warns, one) => {
    expect(codes({ observations: [seen(), seen(one)] })).toEqual(warns ? ['outer-fragmented'] : []);
  });
});

describe('packet-exceeds-mtu', () => {
  const error = (family: 4 | 6, type: number, code: number): IcmpError =>
    ({ family, type, code, mtu: 1400 }) as IcmpError;
  // RFC 1191 section 4; RFC 4443 section 3.2, where the code says nothing
  it.each([
    [true, error(4, 3, 4)],
    [true, error(6, 2, 0)],
    [true, error(6, 2, 1)],
    [false, error(4, 3, 3)],
    [false, error(4, 2, 4)],
    [false, error(4, 11, 4)],
    [false, error(6, 3, 4)],
    [false, error(4, 2, 0)],
  ])('%s of %o', (warns, one) => {
    expect(codes({ errors: [one] })).toEqual(warns ? ['packet-exceeds-mtu'] : []);
  });

  it('is told with the MTU and the packet of the error, wherever it is among others', () => {
    const [warning] = warningsOf(input({ errors: [error(4, 3, 1), error(4, 3, 4)] }));
    expect(warning?.message).toContain('next-hop MTU 1400');
    expect(warning?.at).toEqual({ capture: 0, packet: 7 });
  });
});

describe('mtu-black-hole', () => {
  const hole = { own: { requests: 0, largeRetransmissions: 3 } };
  it.each<[boolean, string, Partial<WarningInput>]>([
    [true, 'three large segments sent again', hole],
    [false, 'two', { own: { requests: 0, largeRetransmissions: 2 } }],
    [false, 'no TCP', { ...hole, protocol: 17 }],
    [false, 'nothing came back: it is not the size', { ...hole, reverse: nothing }],
    [false, 'they were acknowledged', { ...hole, largeAcknowledged: true }],
  ])('%s: %s', (warns, _, given) => {
    expect(codes(given)).toEqual(warns ? ['mtu-black-hole'] : []);
  });

  it('is shown where most of it was seen', () => {
    const [few, many] = [seen({ packets: 2, capture: 0 }), seen({ packets: 9, capture: 1 })];
    expect(warningsOf(input({ ...hole, observations: [few, many, few] }))[0]?.seen?.capture).toBe(1);
  });
});

describe('bad-checksum', () => {
  const arrived = (name: 'a' | 'b' = 'b', role: 'underlay' | 'tunnel' = 'underlay', rows = [0]): SeenObservation => {
    const one = seen({ rows });
    return { ...one, pointInfo: { ...one.pointInfo, role, node: name, topologyNode: node(bare, name) } };
  };
  const nobody = { ...who(bare, POD.b), node: null };
  it.each<[boolean, string, Partial<WarningInput>]>([
    [true, 'all of several, at the receiver’s NIC', { rows: sums([2], [0]), observations: [arrived()] }],
    [false, 'one alone', { rows: sums([1], [0]), observations: [arrived()] }],
    [true, 'one in each of two rows', { rows: sums([1, 1], [0, 0]), observations: [arrived('b', 'underlay', [0, 1])] }],
    [false, 'not all', { rows: sums([9], [1]), observations: [arrived()] }],
    [false, 'not all of both rows', { rows: sums([9, 0], [0, 1]), observations: [arrived('b', 'underlay', [0, 1])] }],
    [false, 'at the sender, where they are not final', { rows: sums([9], [0]), observations: [arrived('a')] }],
    [false, 'at a tunnel device', { rows: sums([9], [0]), observations: [arrived('b', 'tunnel')] }],
    [false, 'of a receiver that nobody knows', { rows: sums([9], [0]), observations: [arrived()], dst: nobody }],
  ])('%s: %s', (warns, _, given) => {
    expect(codes(given)).toEqual(warns ? ['bad-checksum'] : []);
  });
});

describe('no-reply', () => {
  it.each<[string, Partial<WarningInput>]>([
    ['1 SYN from default/pod-a (10.48.0.70) to default/pod-b (10.48.0.140), no answer', { outcome: 'no-answer' }],
    ['2 SYNs from', { outcome: 'no-answer', own: { requests: 2, largeRetransmissions: 0 } }],
    ['1 echo request from', { outcome: 'no-answer', protocol: 1 }],
    ['no answer but ICMP "destination unreachable"', { outcome: 'unreachable' }],
    ['', { outcome: 'no-answer', own: { requests: 0, largeRetransmissions: 0 } }],
    ['', { outcome: 'one-way' }],
    ['', { outcome: 'refused' }],
    ['', { outcome: null }],
  ])('says "%s"', (words, given) => {
    expect(message(given)).toContain(words);
    expect(codes(given)).toEqual(words === '' ? [] : ['no-reply']);
  });

  it('has no words about ICMP where there was none', () => {
    expect(message({ outcome: 'no-answer' })).not.toContain('ICMP');
  });
});

describe('dns-trouble', () => {
  const dns = { questions: 2, unanswered: 2, codes: {} };
  it('names the server by its service, where it has one', () => {
    expect(message({ dns, protocol: 17 })).toBe(
      'default/pod-b (10.48.0.140) answers none of 2 questions of default/pod-a (10.48.0.70)',
    );
    expect(message({ dns, service: 'kube-system/kube-dns' })).toContain(
      'kube-system/kube-dns (10.48.0.140) answers none',
    );
  });

  it('is none where the questions never got there, nor where nothing is wrong', () => {
    expect(codes({ dns, outcome: 'sent-never-arrived' })).toEqual([]);
    expect(codes({ dns: null })).toEqual([]);
  });
});

describe('snapshot-conflict', () => {
  it('is what sources say of both ends', () => {
    const issue = { code: 'owner-conflict', message: 'two say' } as TopologyIssue;
    expect(codes({ conflicts: { about: () => issue } })).toEqual(['snapshot-conflict']);
    expect(message({ conflicts: { about: () => issue } })).toBe('two say');
  });
});
