import { describe, expect, test } from 'vitest';
import type { Endpoint } from '../../../src/attribution/vocabulary.ts';
import type { FindingCode } from '../../../src/verdict/codes.ts';
import type { TracedCapture, TracedFlow } from '../../../src/verdict/trace-types.ts';
import { verifyTrace } from '../../../src/verdict/verify/verify.ts';
import type { VerifyOptions, VerifyReport } from '../../../src/verdict/verify/verify-report.ts';
import { buildTopology } from '../../support/topology-builder.ts';
import {
  address,
  buildTrace,
  capture,
  cause,
  flow,
  observation,
  PLAIN,
  pod,
  point,
  UNSEEN,
} from '../../support/trace-builder.ts';

const CART = pod('10.48.0.130', 'shop/cart', 'control1');
const DB = pod('10.48.0.200', 'shop/db', 'worker1');
const MAIL = pod('10.48.128.200', 'flat/mail', 'worker1', 0, 'flat-ippool');
const AS_CONFIGURED_PLAIN = {
  ...PLAIN,
  expected: { encapsulation: 'none', pool: 'flat-ippool', reason: 'pool-never' },
} as const;
const BYPASSED = { ...PLAIN, verdict: 'violation', findings: [violation('overlay-bypassed')] } as const;

function violation(code: TracedFlow['findings'][number]['code']): TracedFlow['findings'][number] {
  return { code, severity: 'violation', message: '', capture: 0, firstPacket: 1, lastPacket: 2 };
}

function verify(
  flows: readonly TracedFlow[],
  options: Partial<VerifyOptions> = {},
  captures?: readonly TracedCapture[],
  causes: Parameters<typeof buildTrace>[0]['causes'] = [],
): VerifyReport {
  const trace = buildTrace({
    conversations: flows.map((one) => [one] as const),
    causes,
    ...(captures === undefined ? {} : { captures }),
  });
  return verifyTrace(trace, {
    expect: 'config',
    pools: [],
    strict: false,
    topology: buildTopology(),
    ...options,
  });
}

/** What scripts see. */
function outcome(report: VerifyReport): string {
  return [report.result, report.exitCode, ...report.undecided].join(' ');
}

describe('what the configuration asks for', () => {
  test('flows as configured pass, tunnelled or plain', () => {
    expect(outcome(verify([flow(CART, DB), flow(CART, MAIL, AS_CONFIGURED_PLAIN)]))).toBe('pass 0');
  });

  test('one violation fails, whatever else is undecided', () => {
    const flows = [flow(CART, DB), flow(CART, DB, BYPASSED), flow(CART, DB, UNSEEN)];
    expect(outcome(verify(flows, { strict: true }))).toBe('fail 1 unverifiable');
  });

  test('some flows unverifiable is a pass, with --strict it is not', () => {
    const flows = [flow(CART, DB), flow(CART, DB, UNSEEN)];
    expect(outcome(verify(flows))).toBe('pass 0');
    expect(outcome(verify(flows, { strict: true }))).toBe('undecided 3 unverifiable');
  });

  test('only unverifiable flows prove nothing', () => {
    expect(outcome(verify([flow(CART, DB, UNSEEN)]))).toBe('undecided 3 nothing-judged');
  });

  test('no flow at all proves nothing', () => {
    expect(outcome(verify([]))).toBe('undecided 3 nothing-in-scope');
  });

  test('flows out of scope are not asked about', () => {
    const sameNode = { inScope: false, expected: { encapsulation: 'local', pool: null, reason: 'same-node' } } as const;
    const report = verify([flow(CART, { ...DB, node: 'control1' }, sameNode), flow(CART, DB, { inScope: false })]);
    expect(outcome(report)).toBe('undecided 3 nothing-in-scope');
    expect(report.outside).toEqual([
      { reason: 'same-node', flows: 1, packets: 3 },
      { reason: 'pool-always', flows: 1, packets: 3 },
    ]);
  });

  test('a violation out of scope fails all the same: local traffic on the underlay', () => {
    const local = {
      inScope: false,
      expected: { encapsulation: 'local', pool: null, reason: 'same-node' },
      verdict: 'violation',
      findings: [violation('local-traffic-on-underlay')],
    } as const;
    const flows = [flow(CART, DB), flow(CART, { ...DB, node: 'control1' }, { ...PLAIN, ...local })];
    expect(outcome(verify(flows))).toBe('fail 1');
    expect(outcome(verify(flows, { expect: 'vxlan' }))).toBe('fail 1');
  });

  test('--pool asks about flows to that pool only', () => {
    const flows = [flow(CART, DB), flow(CART, MAIL, { ...AS_CONFIGURED_PLAIN, verdict: 'violation' })];
    expect(outcome(verify(flows, { pools: ['default-ipv4-ippool'] }))).toBe('pass 0');
    expect(outcome(verify(flows, { pools: ['flat-ippool'] }))).toBe('fail 1');
  });

  test('demands tell pools apart, with their mode and its place', () => {
    const report = verify([flow(CART, DB), flow(CART, MAIL, AS_CONFIGURED_PLAIN)]);
    expect(report.demands).toEqual([
      {
        ...{ pool: 'default-ipv4-ippool', asked: 'vxlan', reason: 'pool-always', mode: 'vxlanMode Always' },
        ref: { file: 'ippools.yaml', line: 7 },
        ...{
          flows: 1,
          packets: 3,
          transportData: 0,
          ok: 1,
          violation: 0,
          unverifiable: 0,
          waived: 0,
          vnis: [4096],
          udpPorts: [4789],
        },
        between: ['control1 → worker1'],
        withoutSubnet: [],
      },
      {
        ...{ pool: 'flat-ippool', asked: 'none', reason: 'pool-never', mode: 'vxlanMode Never' },
        ref: { file: 'ippools.yaml', line: 11 },
        ...{
          flows: 1,
          packets: 3,
          transportData: 0,
          ok: 1,
          violation: 0,
          unverifiable: 0,
          waived: 0,
          vnis: [],
          udpPorts: [],
        },
        between: ['control1 → worker1'],
        withoutSubnet: [],
      },
    ]);
  });

  test('names the causes of its violations and no others', () => {
    const causes = [
      cause({ id: 'A', flowIds: [1] }),
      cause({ id: 'B', flowIds: [2] }),
      cause({ id: 'C', flowIds: [1], severity: 'warning' }),
    ];
    const flows = [flow(CART, DB, BYPASSED), flow(CART, DB, { inScope: false })];
    expect(verify(flows, {}, undefined, causes).causes.map(({ id }) => id)).toEqual(['A']);
  });

  test('packets that did not get through are told beside the result, which speaks of encapsulation alone', () => {
    const lost = cause({ code: 'missing-fdb-entry', severity: 'warning', flowIds: [] });
    const dead = cause({ id: 'B', code: 'no-reply', severity: 'warning', flowIds: [1] });
    const slow = cause({ id: 'C', code: 'outer-fragmented', severity: 'warning', flowIds: [1] });
    const never = flow(CART, DB, { arrival: { sent: 5, arrived: 2, lost: true } });
    const report = verify([flow(CART, DB), never], {}, undefined, [lost, dead, slow]);
    expect(outcome(report)).toBe('pass 0');
    expect(report.delivery).toMatchObject({ causes: [lost, dead], lostFlows: 1, lostPackets: 3, failed: [] });
    expect(report.pairs).toMatchObject([{ from: 'control1', to: 'worker1', lost: 1, resized: 0 }]);
  });

  test('--require delivery fails for what did not get through, in scope only, and changes nothing else', () => {
    const silent = (code: FindingCode, more: Partial<TracedFlow> = {}): TracedFlow =>
      flow(CART, DB, {
        outcome: 'no-answer',
        findings: [{ code, severity: 'warning', message: '', capture: 0, firstPacket: 1, lastPacket: 2 }],
        ...more,
      });
    const asked = { require: ['delivery'] } as const;
    for (const code of ['half-open', 'no-reply', 'lost-in-node', 'overlay-rejected', 'mtu-black-hole'] as const) {
      expect(outcome(verify([flow(CART, DB), silent(code)]))).toBe('pass 0');
      expect(outcome(verify([flow(CART, DB), silent(code)], asked))).toBe('fail 1');
      expect(outcome(verify([flow(CART, DB), silent(code, { inScope: false })], asked))).toBe('pass 0');
    }
    for (const code of ['source-translated', 'outer-fragmented', 'pool-over-node-subnet'] as const)
      expect(outcome(verify([silent(code)], asked))).toBe('pass 0');
    expect(outcome(verify([silent('overlay-rejected', { outcome: 'answered' })], asked))).toBe('pass 0');
    const lost = cause({ code: 'lost-on-underlay', severity: 'warning', flows: 0, flowIds: [] });
    expect(outcome(verify([flow(CART, DB)], asked, undefined, [lost]))).toBe('fail 1');
    expect(outcome(verify([flow(CART, DB)], {}, undefined, [lost]))).toBe('pass 0');
  });

  test('packets of a tunnel device that no NIC had did not get through: no doubt about those that did', () => {
    const stuck = flow(CART, DB, {
      ...UNSEEN,
      unverified: { reason: 'not-on-nic', detail: '4 packets on the tunnel device', advice: null },
    });
    expect(outcome(verify([flow(CART, DB), stuck]))).toBe('pass 0');
    expect(outcome(verify([stuck]))).toBe('undecided 3 nothing-judged');
  });
});

describe('--expect', () => {
  test('plain by configuration fails --expect vxlan, and the pool is named', () => {
    const report = verify([flow(CART, DB), flow(CART, MAIL, AS_CONFIGURED_PLAIN)], { expect: 'vxlan' });
    expect(outcome(report)).toBe('fail 1');
    expect(report.failures).toEqual([
      {
        ...{ pool: 'flat-ippool', seen: 'none', asConfigured: true, mode: 'vxlanMode Never' },
        ref: { file: 'ippools.yaml', line: 11 },
        ...{ flows: 1, packets: 3, capture: 0, firstPacket: 1 },
      },
    ]);
  });

  test('VXLAN that no pool asks for passes --expect vxlan', () => {
    const unexpected = flow(CART, MAIL, { verdict: 'violation', findings: [violation('unexpected-overlay')] });
    expect(outcome(verify([unexpected], { expect: 'vxlan' }))).toBe('pass 0');
  });

  test.each(['wrong-destination-vtep', 'wrong-source-vtep', 'wrong-vni', 'wrong-udp-port'] as const)(
    'VXLAN with %s fails --expect vxlan',
    (code) => {
      const wrong = flow(CART, DB, { verdict: 'violation', findings: [violation(code)] });
      expect(outcome(verify([wrong], { expect: 'vxlan' }))).toBe('fail 1');
    },
  );

  test('a flow that was VXLAN only in part fails', () => {
    const mixed = flow(CART, DB, {
      observed: { encapsulation: 'mixed', vni: null, outerSrc: null, outerDst: null, udpPort: null },
    });
    expect(outcome(verify([mixed], { expect: 'vxlan' }))).toBe('fail 1');
  });

  test('plain passes --expect none, whatever the pool asks for, and a tunnel fails it', () => {
    expect(outcome(verify([flow(CART, DB, BYPASSED)], { expect: 'none' }))).toBe('pass 0');
    const report = verify([flow(CART, DB), flow(CART, MAIL, AS_CONFIGURED_PLAIN)], { expect: 'none' });
    expect(outcome(report)).toBe('fail 1');
    expect(report.failures).toMatchObject([
      { pool: 'default-ipv4-ippool', seen: 'vxlan', asConfigured: true, flows: 1 },
    ]);
  });

  test('plain within a node on the underlay fails --expect none too', () => {
    const local = flow(CART, DB, {
      ...PLAIN,
      verdict: 'violation',
      findings: [violation('local-traffic-on-underlay')],
    });
    expect(outcome(verify([local], { expect: 'none' }))).toBe('fail 1');
  });

  test('a place that nobody can name is judged by what is demanded', () => {
    const unverified = { reason: 'point-unknown', detail: 'nobody knows', advice: null };
    const observations = [observation({ encapsulation: 'none' })];
    const plain = flow(CART, MAIL, { ...UNSEEN, expected: AS_CONFIGURED_PLAIN.expected, unverified, observations });
    expect(outcome(verify([flow(CART, DB), plain]))).toBe('pass 0');
    expect(outcome(verify([flow(CART, DB), plain], { expect: 'vxlan' }))).toBe('undecided 3 doubtful');
  });

  test.each([['ipip'], ['wireguard']] as const)('VXLAN fails --expect %s', (demanded) => {
    expect(outcome(verify([flow(CART, DB)], { expect: demanded }))).toBe('fail 1');
  });

  test('what was not seen on a NIC stays undecided', () => {
    expect(outcome(verify([flow(CART, DB, UNSEEN)], { expect: 'vxlan' }))).toBe('undecided 3 nothing-judged');
  });

  test('an expectation that the snapshot cannot give is no excuse: plain is plain', () => {
    const unknown = { encapsulation: null, pool: null, reason: 'sender-unknown' } as const;
    const plain = flow(CART, DB, { ...PLAIN, expected: unknown, verdict: 'unverifiable', inScope: false });
    expect(outcome(verify([plain], { expect: 'vxlan' }))).toBe('fail 1');
  });

  test.each<[string, Endpoint, Endpoint]>([
    ['from a pod to a node address', CART, address('10.0.1.30', 'node', 'worker1')],
    ['from a pod to the outside', CART, address('93.184.216.34', 'external')],
    ['from the outside to a pod', address('93.184.216.34', 'external'), CART],
  ])('asks nothing of flows %s', (_name, src, dst) => {
    expect(outcome(verify([flow(src, dst, PLAIN)], { expect: 'vxlan' }))).toBe('undecided 3 nothing-in-scope');
  });
});

describe('a pass says only what could have been seen', () => {
  const open = (reason: string): Partial<TracedFlow> => ({
    verdict: 'unverifiable',
    unverified: { reason, detail: 'nobody knows', advice: null },
  });
  const passing = flow(CART, DB);

  test('a plain packet of an overlay at a place that nobody can name keeps it from passing', () => {
    const plain = flow(CART, DB, {
      ...UNSEEN,
      ...open('point-unknown'),
      observations: [observation({ encapsulation: 'none' })],
    });
    expect(outcome(verify([passing, plain]))).toBe('undecided 3 doubtful');
  });

  test('a tunnel packet there, or a plain one that is asked for, does not', () => {
    const tunnelled = flow(CART, DB, { ...UNSEEN, ...open('point-unknown'), observations: [observation()] });
    const asked = flow(CART, MAIL, { ...AS_CONFIGURED_PLAIN, ...open('point-unknown') });
    expect(outcome(verify([passing, tunnelled, asked]))).toBe('pass 0');
  });

  test.each(['sender-unknown', 'receiver-unknown', 'owner-unknown'])(
    'a plain packet for a tunnel pool of which it is open who sent or has it (%s) keeps it from passing',
    (reason) => {
      const expected = { encapsulation: null, pool: 'default-ipv4-ippool', reason };
      const undecided = flow(CART, DB, { ...PLAIN, ...open(reason), expected, inScope: false });
      expect(outcome(verify([passing, undecided]))).toBe('undecided 3 doubtful');
    },
  );

  test('one for a pool that asks for no tunnel does not', () => {
    const expected = { encapsulation: null, pool: 'flat-ippool', reason: 'receiver-unknown' };
    const sender = pod('10.48.128.130', 'flat/news', null, 0, 'flat-ippool');
    const undecided = flow(sender, MAIL, { ...PLAIN, ...open('receiver-unknown'), expected, inScope: false });
    expect(outcome(verify([passing, undecided]))).toBe('pass 0');
  });

  test('a tunnel of the cluster to an address that nobody has, of a pool that asks for none, does', () => {
    const expected = { encapsulation: null, pool: 'flat-ippool', reason: 'owner-unknown' };
    const undecided = flow(CART, MAIL, { ...open('owner-unknown'), expected, inScope: false });
    expect(outcome(verify([passing, undecided]))).toBe('undecided 3 doubtful');
  });

  test('one to an address of a pool that asks for it does not', () => {
    const expected = { encapsulation: null, pool: 'default-ipv4-ippool', reason: 'owner-unknown' };
    expect(outcome(verify([passing, flow(CART, DB, { ...open('owner-unknown'), expected })]))).toBe('pass 0');
  });

  test('a tunnel where none was expected does, though no pool forbids it', () => {
    expect(outcome(verify([passing, flow(CART, DB, open('not-calicos-choice'))]))).toBe('undecided 3 doubtful');
  });

  test('a NIC’s frames in a mirror’s tunnel, of what may not leave its node, do; a veth’s do not', () => {
    const copied = (innerSrcMac: string): TracedFlow =>
      flow(CART, DB, {
        ...open('foreign-tunnel'),
        expected: { encapsulation: 'local', pool: 'default-ipv4-ippool', reason: 'same-node' },
        inScope: false,
        observations: [observation({ innerSrcMac, innerDstMac: '02:fe:00:00:00:00' })],
      });
    expect(outcome(verify([passing, copied('02:00:5e:00:00:00')]))).toBe('undecided 3 doubtful');
    expect(outcome(verify([passing, copied('ee:ee:ee:ee:ee:ee')]))).toBe('pass 0');
  });

  test('flows that hang on contradicting files do', () => {
    expect(outcome(verify([passing, flow(CART, DB, open('contradicting-files'))]))).toBe('undecided 3 doubtful');
  });
});

describe('filtered captures', () => {
  const guess = { expression: 'udp port 4789', evidence: '36 of 36 packets', guessed: true, weak: false };
  const filtered = capture('a.pcap', { filter: { ...guess, hidesBypass: true, hidesOverlay: false } });
  const tcpOnly = capture('a.pcap', { filter: { ...guess, expression: 'tcp', hidesBypass: true, hidesOverlay: true } });
  const NEVER = { ...PLAIN, expected: { encapsulation: 'none', pool: 'flat-ippool', reason: 'pool-never' } } as const;

  test('prove nothing', () => {
    expect(outcome(verify([flow(CART, DB)], {}, [filtered]))).toBe('undecided 3 filtered');
  });

  test('do not hide a violation that they show', () => {
    expect(outcome(verify([flow(CART, DB, BYPASSED)], {}, [filtered]))).toBe('fail 1');
  });

  test('are not made up for by a NIC without a filter: each stands for its own node', () => {
    const report = verify([flow(CART, DB)], {}, [filtered, capture('b.pcap')]);
    expect(outcome(report)).toBe('undecided 3 filtered');
    expect(report.filtered.map(({ path }) => path)).toEqual(['a.pcap']);
  });

  test('keep nothing from passing where they show nothing that was asked', () => {
    expect(outcome(verify([flow(CART, DB)], {}, [capture('b.pcap'), filtered]))).toBe('pass 0');
  });

  test('count only if they could not hold what would refute the pass', () => {
    expect(outcome(verify([flow(CART, MAIL, NEVER)], {}, [filtered]))).toBe('pass 0');
    expect(outcome(verify([flow(CART, MAIL, NEVER)], {}, [tcpOnly]))).toBe('undecided 3 filtered');
  });

  test('a filter that hides nothing is fine', () => {
    const recorded = { ...guess, expression: 'not port 22', evidence: 'if_filter', guessed: false };
    const harmless = capture('a.pcap', { filter: { ...recorded, hidesBypass: false, hidesOverlay: false } });
    expect(outcome(verify([flow(CART, DB)], {}, [harmless]))).toBe('pass 0');
  });
});

const ALL_PAIRS = { of: 'node-pairs', percent: 100 } as const;

describe('--cover node-pairs', () => {
  const pods = [CART, DB, pod('10.48.0.10', 'shop/front', 'worker2')];
  const all = pods.flatMap((src) => pods.flatMap((dst) => (src === dst ? [] : [flow(src, dst)])));

  test('passes when every ordered pair was seen', () => {
    expect(outcome(verify(all, { cover: ALL_PAIRS }))).toBe('pass 0');
  });

  test('names the pairs that were not: one direction is not the other', () => {
    const report = verify(all.slice(1), { cover: ALL_PAIRS });
    expect(outcome(report)).toBe('undecided 3 uncovered');
    expect(report.coverage.uncovered).toEqual([{ from: 'control1', to: 'worker1' }]);
  });

  test('a pair that could not be judged was not seen', () => {
    const report = verify([flow(CART, DB, UNSEEN), ...all.slice(1)], { cover: ALL_PAIRS });
    expect(report.coverage.uncovered).toEqual([{ from: 'control1', to: 'worker1' }]);
  });

  test('without a snapshot there are no pairs to cover', () => {
    expect(outcome(verify(all, { cover: ALL_PAIRS, topology: null }))).toBe('undecided 3 uncovered');
  });
});

describe('sent and arrived', () => {
  const ends = [capture('c.pcap'), capture('w.pcap', { points: [point({ node: 'worker1' })] })];
  const seenAt = (sent: number, arrived: number): Partial<TracedFlow> => ({
    observations: [observation({ packets: sent }), observation({ capture: 1, packets: arrived, outerFragments: 1 })],
  });

  test('are what each end saw, later outer fragments not counted', () => {
    expect(verify([flow(CART, DB, seenAt(5, 6))], {}, ends).pairs).toMatchObject([
      { from: 'control1', to: 'worker1', flows: 1, ok: 1, violation: 0, unverifiable: 0, sent: 5, arrived: 5 },
    ]);
  });

  test('are unknown where no NIC was captured', () => {
    expect(verify([flow(DB, CART)], {}, [capture('c.pcap')]).pairs).toMatchObject([{ sent: null, arrived: 3 }]);
  });

  test('are not known of what passed while only one end was captured', () => {
    const later = flow(CART, DB, { ...seenAt(5, 6), first: '2026-11-22T09:00:00.0Z', last: '2026-11-22T09:00:01.0Z' });
    expect(verify([later], {}, ends).pairs).toMatchObject([{ sent: null, arrived: null }]);
  });

  test('of rotated captures add up, of two at the same time the larger counts', () => {
    const next = { first: '2026-11-22T08:30:01.512345Z', last: '2026-11-22T08:31:00.0Z' };
    const twice: Partial<TracedFlow> = {
      observations: [observation({ packets: 5 }), observation({ capture: 1, packets: 4 })],
    };
    const rotated = [capture('a.pcap'), capture('b.pcap', next)];
    expect(verify([flow(CART, DB, twice)], {}, rotated).pairs).toMatchObject([{ sent: 9 }]);
    expect(verify([flow(CART, DB, twice)], {}, [capture('a.pcap'), capture('b.pcap')]).pairs).toMatchObject([
      { sent: 5 },
    ]);
  });
});
