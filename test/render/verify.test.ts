import { describe, expect, test } from 'vitest';
import type { RenderOptions } from '../../src/render/text/render-options.ts';
import { textWidth } from '../../src/render/text/text-width.ts';
import { renderVerifyJson, renderVerifyJunit, renderVerifyMarkdown } from '../../src/render/verify/verify-files.ts';
import { renderVerify } from '../../src/render/verify/verify-text.ts';
import type { VerifyContext } from '../../src/render/verify/verify-words.ts';
import type { Trace, TracedFlow } from '../../src/verdict/trace-types.ts';
import { verifyTrace } from '../../src/verdict/verify/verify.ts';
import type { VerifyOptions } from '../../src/verdict/verify/verify-report.ts';
import { staleFdb } from '../support/scenarios.ts';
import { buildTopology } from '../support/topology-builder.ts';
import { buildTrace, capture, flow, observation, PLAIN, pod, point, UNSEEN } from '../support/trace-builder.ts';

const LOOK: RenderOptions = { width: 100, fit: true, color: false, all: false, top: 40, sort: 'problem' };
const CART = pod('10.48.0.130', 'shop/cart', 'control1');
const DB = pod('10.48.0.200', 'shop/db', 'worker1');
const MAIL = pod('10.48.128.200', 'flat/mail', 'worker1', 0, 'flat-ippool');

function contextOf(trace: Trace, options: Partial<VerifyOptions> = {}): VerifyContext {
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
    hasSnapshot: asked.topology !== null,
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

const PLAIN_EVERYWHERE = {
  ...PLAIN,
  expected: { encapsulation: 'none', pool: 'flat-ippool', reason: 'pool-never' },
} as const;

const CONTEXTS: Record<string, () => VerifyContext> = {
  pass: () => contextOf(healthy()),
  'pass-covered': () =>
    contextOf(healthy(), {
      coverNodePairs: true,
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
      evidence: '36 of 36 packets are UDP 4789 and no ARP',
      hidesBypass: true,
    };
    return contextOf(
      buildTrace({ captures: [capture('control1-ens5.pcap', { filter })], conversations: [[flow(CART, DB)]] }),
    );
  },
  'undecided-empty': () =>
    contextOf(buildTrace({ captures: [capture('empty.pcap', { packets: 0, first: null, last: null, points: [] })] }), {
      topology: null,
    }),
  'undecided-uncovered': () => contextOf(healthy(), { coverNodePairs: true, strict: true }),
};

const FINGERPRINTS = {
  captures: [
    { path: 'control1-ens5.pcap', sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
  ],
  snapshot: [{ file: 'topology/ippools.yaml', sha256: null }],
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
    const document = JSON.parse(renderVerifyJson(context, FINGERPRINTS)) as Record<string, unknown>;
    expect(document).toMatchObject({
      schema: 'overlens.verify/1',
      overlens: '0.1.0',
      result: context.report.result,
      exitCode: context.report.exitCode,
      snapshot: FINGERPRINTS.snapshot,
    });
    expect((document['captures'] as { sha256: string }[])[0]?.sha256).toBe(FINGERPRINTS.captures[0]?.sha256);
  });

  test('never wraps: only commands may be longer than the terminal', () => {
    for (const width of [80, 100, 200]) {
      const lines = renderVerify(make(), { ...LOOK, width }).split('\n');
      expect(lines.filter((line) => textWidth(line) > width && !line.startsWith('   again'))).toEqual([]);
    }
  });

  test('says with colours exactly what it says without', () => {
    const colored = renderVerify(make(), { ...LOOK, color: true });
    expect(colored).toMatch(/^\u001b\[/);
    expect(colored.replaceAll(/\u001b\[[\d;]*m/g, '')).toBe(renderVerify(make(), LOOK));
  });
});

test('the JSON document is the same as before', async () => {
  const text = renderVerifyJson((CONTEXTS['fail-expect-vxlan'] ?? CONTEXTS['pass'])?.() as VerifyContext, FINGERPRINTS);
  await expect(text).toMatchFileSnapshot('../golden/render/verify-fail-expect-vxlan.json');
});

test('JUnit counts its own cases', () => {
  const xml = renderVerifyJunit(contextOf(staleFdb('short')));
  const counted = (tag: string): number => xml.split(`<${tag}`).length - 1;
  expect(xml).toContain(
    `tests="${counted('testcase')}" failures="${counted('failure ')}" errors="0" skipped="${counted('skipped')}"`,
  );
});
