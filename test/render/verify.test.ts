import { describe, expect, test } from 'vitest';
import type { RenderOptions } from '../../src/render/text/render-options.ts';
import { textWidth } from '../../src/render/text/text-width.ts';
import type { Evidence, VerifyContext } from '../../src/render/verify/evidence.ts';
import { renderVerifyJson, renderVerifyJunit, renderVerifyMarkdown } from '../../src/render/verify/verify-files.ts';
import { renderVerify } from '../../src/render/verify/verify-text.ts';
import type { FindingCode } from '../../src/verdict/codes.ts';
import type { Trace, TracedCapture, TracedFlow } from '../../src/verdict/trace-types.ts';
import { verifyTrace } from '../../src/verdict/verify/verify.ts';
import type { VerifyOptions } from '../../src/verdict/verify/verify-report.ts';
import { buildEvidence } from '../support/evidence-builder.ts';
import { staleFdb } from '../support/scenarios.ts';
import { buildTopology } from '../support/topology-builder.ts';
import { buildTrace, capture, cause, flow, observation, PLAIN, pod, point, UNSEEN } from '../support/trace-builder.ts';

const LOOK: RenderOptions = { width: 100, fit: true, color: false, all: false, top: 40, sort: 'problem' };
const CART = pod('10.48.0.130', 'shop/cart', 'control1');
const DB = pod('10.48.0.200', 'shop/db', 'worker1');
const MAIL = pod('10.48.128.200', 'flat/mail', 'worker1', 0, 'flat-ippool');

function contextOf(
  trace: Trace,
  options: Partial<VerifyOptions> = {},
  evidence: Partial<Evidence> = {},
): VerifyContext {
  const asked = {
    expect: 'config',
    pools: [],
    strict: false,
    topology: buildTopology(),
    ...options,
  } as const;
  return {
    trace,
    report: verifyTrace(trace, asked),
    version: '0.1.0',
    filterText: '',
    inputs: [],
    hasSnapshot: asked.topology !== null,
    hasSettings: true,
    evidence: buildEvidence(evidence),
  };
}

/** Two nodes, both NICs captured: VXLAN both ways, and plain to the pool that asks for nothing. */
function healthy(): Trace {
  const bothEnds = { observations: [observation({ packets: 8 }), observation({ capture: 1, packets: 8 })], packets: 8 };
  const plain: Partial<TracedFlow> = {
    ...PLAIN,
    expected: { encapsulation: 'none', pool: 'flat-ippool', reason: 'pool-never' },
  };
  return buildTrace({
    captures: [capture('control1-ens5.pcap'), capture('worker1-ens5.pcap', { points: [point({ node: 'worker1' })] })],
    conversations: [[flow(CART, DB, bothEnds), flow(DB, CART, bothEnds)], [flow(CART, MAIL, plain)]],
  });
}

/** Two captures of ten seconds an hour apart, the second cut off; a waiver of each kind; not everything arrived. */
function everything(): VerifyContext {
  const later = { first: '2026-11-22T09:30:00.000000Z', last: '2026-11-22T09:30:10.000000Z' };
  const cut = { complete: false, warnings: ['the last packet is cut off: 12 of 98 bytes'] };
  const bypass: Partial<TracedFlow> = {
    ...PLAIN,
    verdict: 'violation',
    findings: [
      { code: 'overlay-bypassed', severity: 'violation', message: '', capture: 0, firstPacket: 1, lastPacket: 2 },
    ],
  };
  const lost = cause({ code: 'no-reply', severity: 'warning', title: '3 SYNs from shop/cart to shop/db, no answer' });
  const trace = buildTrace({
    captures: [capture('control1-ens5.pcap'), capture('control1-later.pcap', { ...later, ...cut })],
    conversations: [
      [flow(CART, DB), flow(DB, CART, bypass)],
      [flow(CART, DB, { arrival: { sent: 9, arrived: 4, lost: true } })],
    ],
    causes: [lost],
  });
  const waiver = { finding: 'overlay-bypassed', from: null, to: 'control1', pool: null, reason: 'ticket 17' };
  const at = (line: number): { ref: { file: string; line: number } } => ({ ref: { file: 'waivers.yaml', line } });
  const waivers = [
    { ...waiver, until: { text: '2026-12-31', end: Date.parse('2027-01-01') }, ...at(1) },
    { ...waiver, from: 'shop/db', until: { text: '2026-01-01', end: Date.parse('2026-01-02') }, ...at(5) },
    { ...waiver, finding: 'wrong-vni', until: null, ...at(9) },
  ];
  return contextOf(
    trace,
    { waivers, now: Date.parse('2026-11-22') },
    { told: ["--at a.pcap=control1: where it was captured is the user's word"] },
  );
}

const PLAIN_EVERYWHERE = {
  ...PLAIN,
  expected: { encapsulation: 'none', pool: 'flat-ippool', reason: 'pool-never' },
} as const;

/** A healthy trace of which one more capture could not be read. */
function withBroken(broken: Partial<TracedCapture>, of: Trace = healthy()): Trace {
  const error = { code: 'E_NOT_A_CAPTURE', message: 'worker9.pcap: this is HTML, no capture', hint: null };
  return { ...of, captures: [...of.captures, capture('worker9.pcap', { ...broken, error })] };
}

const CONTEXTS: Record<string, () => VerifyContext> = {
  'pass-everything': everything,
  pass: () => contextOf(healthy()),
  'pass-covered': () =>
    contextOf(healthy(), {
      cover: { of: 'node-pairs', percent: 100 },
      topology: buildTopology({ nodes: buildTopology().nodes.slice(0, 2) }),
    }),
  fail: () => contextOf(staleFdb('short')),
  'fail-expect-vxlan': () =>
    contextOf(buildTrace({ conversations: [[flow(CART, MAIL, PLAIN_EVERYWHERE), flow(MAIL, CART)]] }), {
      expect: 'vxlan',
    }),
  undecided: () => contextOf(buildTrace({ conversations: [[flow(CART, DB, UNSEEN), flow(DB, CART, UNSEEN)]] })),
  'undecided-filtered': () => {
    const filter = {
      expression: 'udp port 4789',
      evidence: '36 of 36 packets are UDP 4789, and no ARP',
      ...{ guessed: true, weak: false, hidesBypass: true, hidesOverlay: false },
    };
    return contextOf(
      buildTrace({ captures: [capture('control1-ens5.pcap', { filter })], conversations: [[flow(CART, DB)]] }),
    );
  },
  'undecided-empty': () =>
    contextOf(buildTrace({ captures: [capture('empty.pcap', { packets: 0, first: null, last: null, points: [] })] }), {
      topology: null,
    }),
  'undecided-unread': () => contextOf(withBroken({ format: null, packets: 0, first: null, last: null, points: [] })),
  'undecided-uncovered': () => contextOf(healthy(), { cover: { of: 'node-pairs', percent: 100 }, strict: true }),
};

describe.each(Object.entries(CONTEXTS))('%s', (name, make) => {
  test.each([80, 100])('as text at %i columns', async (width) => {
    await expect(renderVerify(make(), { ...LOOK, width })).toMatchFileSnapshot(
      `../golden/render/verify-${name}.${width}.txt`,
    );
  });

  test('as JUnit', async () => {
    await expect(renderVerifyJunit(make())).toMatchFileSnapshot(`../golden/render/verify-${name}.xml`);
  });

  test('as Markdown', async () => {
    await expect(renderVerifyMarkdown(make())).toMatchFileSnapshot(`../golden/render/verify-${name}.md`);
  });

  test('as JSON: result, exit code and hashes are there', () => {
    const context = make();
    const document = JSON.parse(renderVerifyJson(context)) as Record<string, unknown>;
    expect(document).toMatchObject({
      schema: 'overlens.verify/1',
      overlens: '0.1.0',
      result: context.report.result,
      exitCode: context.report.exitCode,
      date: '2026-11-22T09:00:00Z',
      command: ['verify', 'control1-ens5.pcap', 'worker1-ens5.pcap', '-t', 'topology/'],
      snapshot: [{ file: 'topology/snapshot.json', sha256: 'c'.repeat(64) }],
      digest: 'd'.repeat(64),
    });
    expect((document['captures'] as { sha256: string }[])[0]?.sha256).toBe('a'.repeat(64));
  });

  test('never wraps: only commands may be longer than the terminal', () => {
    for (const width of [80, 100, 200]) {
      const lines = renderVerify(make(), { ...LOOK, width }).split('\n');
      expect(lines.filter((line) => textWidth(line) > width && !/^ {3}(again|command) /.test(line))).toEqual([]);
    }
  });

  test('says with colours exactly what it says without', () => {
    const colored = renderVerify(make(), { ...LOOK, color: true });
    expect(colored).toMatch(/^\u001b\[/);
    expect(colored.replaceAll(/\u001b\[[\d;]*m/g, '')).toBe(renderVerify(make(), LOOK));
  });
});

describe('the exit code that is said is that of the process', () => {
  const gone = { format: null, packets: 0, first: null, last: null, points: [] } as const;
  const cut = { complete: false } as const;

  test.each([
    ['no capture: undecided', withBroken(gone), 'UNDECIDED', 2],
    ['corrupt, beside a violation', withBroken(cut, staleFdb('short')), 'FAIL', 2],
    ['corrupt, and nothing else is wrong', withBroken(cut), 'UNDECIDED', 2],
    ['all could be read', staleFdb('short'), 'FAIL', 1],
  ] as const)('%s', (_, trace, word, code) => {
    const context = contextOf(trace);
    const head = renderVerify(context, LOOK).split('\n\n')[0]?.replace(/\s+/g, ' ');
    expect(head).toMatch(new RegExp(`^${word} .*\\(exit ${code}\\)$`));
    expect(JSON.parse(renderVerifyJson(context))).toMatchObject({ exitCode: code });
    expect(renderVerifyMarkdown(context)).toContain(`exit ${code},`);
  });
});

describe('what did not get through, --require delivery', () => {
  const missed = (...codes: readonly FindingCode[]): Partial<TracedFlow> => ({
    findings: codes.map((code) => ({
      code,
      severity: 'warning',
      message: '',
      capture: 0,
      firstPacket: 1,
      lastPacket: 2,
    })),
  });
  const headOf = (...flows: readonly (readonly FindingCode[])[]): string | undefined => {
    const trace = buildTrace({
      conversations: flows.map((codes) => [flow(CART, DB, missed(...codes)), flow(DB, CART)]),
    });
    return renderVerify(contextOf(trace, { require: ['delivery'] }), LOOK)
      .split('\n\n')[0]
      ?.replace(/\s+/g, ' ');
  };

  test('two findings of the same flows are of these flows, once', () => {
    const both = ['half-open', 'no-reply'] as const;
    expect(headOf(both, both)).toContain('(half-open, 2 flows; no-reply, 2 flows; 2 flows in all)');
  });

  test('of other flows they add up', () => {
    expect(headOf(['half-open'], ['no-reply'])).toContain('(half-open, 1 flow; no-reply, 1 flow; 2 flows in all)');
  });

  test('of one finding there is one count', () => {
    expect(headOf(['half-open'], ['half-open'])).toContain('(half-open, 2 flows), --require delivery');
  });
});

test('the JSON document is the same as before', async () => {
  const text = renderVerifyJson((CONTEXTS['fail-expect-vxlan'] ?? CONTEXTS['pass'])?.() as VerifyContext);
  await expect(text).toMatchFileSnapshot('../golden/render/verify-fail-expect-vxlan.json');
});

test('JUnit counts its own cases', () => {
  const xml = renderVerifyJunit(contextOf(staleFdb('short')));
  const counted = (tag: string): number => xml.split(`<${tag}`).length - 1;
  expect(xml).toContain(
    `tests="${counted('testcase')}" failures="${counted('failure ')}" errors="0" skipped="${counted('skipped')}"`,
  );
});

describe('of 500 nodes', () => {
  const names = Array.from({ length: 500 }, (_, i) => `worker${String(i).padStart(3, '0')}`);
  const [model] = buildTopology().nodes;
  const topology = buildTopology({
    nodes: names.map((name, index) => ({ ...(model as NonNullable<typeof model>), name, index })),
  });
  const ends = names.map((name, i) => pod(`10.48.${i >> 8}.${i & 255}`, `shop/p${i}`, name));
  /** A flow of every pair but those that begin at worker003, end at worker004 or have to do with worker005. */
  const conversations = ends
    .slice(0, 60)
    .flatMap((src, i) =>
      ends
        .slice(0, 60)
        .flatMap((dst, j) => (i === j || i === 3 || j === 4 || i === 5 || j === 5 ? [] : [[flow(src, dst)] as const])),
    );
  const files = names.map((name, i) => ({ path: `proof/${name}-ens5.pcap`, sha256: String(i % 10).repeat(64) }));
  const make = (): VerifyContext =>
    contextOf(
      buildTrace({ conversations }),
      { cover: { of: 'node-pairs', percent: 95 }, topology },
      {
        captures: files,
        command: ['verify', ...files.map(({ path }) => path), '-t', 'topology/', '--cover', 'node-pairs=95%'],
      },
    );

  test.each([80, 200])('the page is 40 lines at most at %i columns, and says how to see all', (width) => {
    const text = renderVerify(make(), { ...LOOK, width });
    const lines = text.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(40);
    expect(text).toContain('--all');
    expect(lines.filter((line) => textWidth(line) > width)).toEqual([]);
    expect(renderVerify(make(), { ...LOOK, width, all: true })).toContain('proof/worker499-ens5.pcap');
  });

  test('unproven pairs are folded by node, and none is lost or counted twice', () => {
    const { coverage } = make().report;
    const folded = coverage.unproven.reduce((sum, { pairs }) => sum + pairs, 0);
    expect(folded + coverage.more).toBe(500 * 499 - conversations.length);
    expect(coverage.pairs).toEqual({ total: 500 * 499, covered: conversations.length });
    expect(coverage.unproven.filter(({ node }) => node === 'worker005')).toMatchObject([{ side: 'both' }]);
    const sides = ['worker003', 'worker004'].map((name) => coverage.unproven.find(({ node }) => node === name)?.side);
    expect(sides).toEqual(['from', 'to']);
  });

  test('Markdown and JUnit stay small', () => {
    expect(renderVerifyMarkdown(make()).length).toBeLessThan(30_000);
    expect(renderVerifyJunit(make()).split('<testcase').length).toBeLessThan(600);
  });
});

test('text too long for a line is never cut: hashes and paths stand below each other', () => {
  const text = renderVerify(contextOf(healthy()), { ...LOOK, width: 60 });
  for (const hash of ['a', 'b', 'c']) expect(text).toContain(hash.repeat(64));
  expect(text).toContain('topology/snapshot.json');
});

test('where the JSON goes into a file, the text says so and how to repeat it', () => {
  const text = renderVerify(contextOf(healthy(), {}, { proofFile: 'proof.json' }), LOOK);
  expect(text).toContain(
    '   sha256      of 3 files in proof.json; it is repeated by: overlens verify --check proof.json\n',
  );
});
