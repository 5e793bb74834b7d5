import { describe, expect, test } from 'vitest';
import type { RenderOptions } from '../../src/render/text/render-options.ts';
import { renderTopologyJson } from '../../src/render/topology/topology-json.ts';
import { renderTopology } from '../../src/render/topology/topology-text.ts';
import { renderCause } from '../../src/render/trace/cause-view.ts';
import { contentLines } from '../../src/render/trace/contents.ts';
import { renderCsv } from '../../src/render/trace/trace-csv.ts';
import { renderJson, renderJsonLines } from '../../src/render/trace/trace-json.ts';
import { renderSummary } from '../../src/render/trace/trace-summary.ts';
import { renderTable } from '../../src/render/trace/trace-table.ts';
import { renderWide } from '../../src/render/trace/wide.ts';
import { type CheckResult, renderCheck, renderCheckJson } from '../../src/render/verify/check-answer.ts';
import type { VerifyContext } from '../../src/render/verify/evidence.ts';
import { renderVerifyJson, renderVerifyJunit, renderVerifyMarkdown } from '../../src/render/verify/verify-files.ts';
import { renderVerify } from '../../src/render/verify/verify-text.ts';
import type { Trace } from '../../src/verdict/trace-types.ts';
import type { Expectation } from '../../src/verdict/verify/questions.ts';
import { verifyTrace } from '../../src/verdict/verify/verify.ts';
import type { Waiver } from '../../src/verdict/verify/waivers.ts';
import { buildEvidence } from '../support/evidence-builder.ts';
import { HOSTILE, harmfulCharacters, withHostileText } from '../support/hostile.ts';
import { staleFdb } from '../support/scenarios.ts';
import { buildTopology, ref, runningPod } from '../support/topology-builder.ts';

const LOOK: RenderOptions = { width: 100, fit: true, color: true, all: false, top: 40, sort: 'problem' };

function hostileTrace(): Trace {
  const trace = staleFdb('short');
  const flows = withHostileText([...trace.flows()]);
  return {
    ...trace,
    captures: withHostileText(trace.captures),
    causes: withHostileText(trace.causes),
    flows: () => flows,
    flow: (id) => flows.find((flow) => flow.id === id) ?? null,
  };
}

function hostileTopology(): ReturnType<typeof buildTopology> {
  const plain = buildTopology({
    pods: [runningPod('shop', 'cart', 'control1', '10.48.0.130'), runningPod('shop', 'lost', null, '10.48.0.99')],
    blocks: [{ cidr: '10.48.0.128/26', node: 'control1', source: 'inferred', ref: ref('nodes.yaml', 10) }],
    issues: [
      {
        code: 'overlapping-pools',
        severity: 'conflict',
        message: 'a and b overlap',
        refs: [ref('ippools.yaml', 3)],
        subjects: [],
      },
    ],
  });
  const { nodes, pools, pods, blocks, issues, files } = plain;
  return { ...plain, ...withHostileText({ nodes, pools, pods, blocks, issues, files }) };
}

function context(expect: Expectation): VerifyContext {
  const trace = hostileTrace();
  const report = verifyTrace(trace, {
    expect,
    pools: [],
    cover: { of: 'node-pairs', percent: 100 },
    strict: true,
    waivers: [hostileWaiver()],
    now: 0,
    topology: hostileTopology(),
  });
  const file = { path: HOSTILE, sha256: null };
  const evidence = buildEvidence({
    command: ['verify', HOSTILE],
    captures: [file],
    snapshot: [file],
    waivers: [file],
    told: [HOSTILE],
  });
  return {
    trace,
    report,
    version: '0.1.0',
    filterText: `--pod ${HOSTILE}`,
    inputs: [],
    hasSnapshot: true,
    hasSettings: false,
    evidence,
  };
}

function hostileWaiver(): Waiver {
  const ref = { file: HOSTILE, line: 1 };
  const until = { text: HOSTILE, end: 1 };
  return { finding: HOSTILE, from: HOSTILE, to: HOSTILE, pool: HOSTILE, reason: HOSTILE, until, ref };
}

function checkResult(): CheckResult {
  const proof = { overlens: HOSTILE, date: HOSTILE, result: HOSTILE, exitCode: 0, headline: HOSTILE };
  const differences = [{ what: 'changed', text: HOSTILE, counts: true }];
  return { file: HOSTILE, proof, now: proof, differences, exitCode: 1 };
}

const OUTPUTS: Record<string, () => string> = {
  table: () => [...renderTable(hostileTrace(), LOOK)].join(''),
  'table --all': () => [...renderTable(hostileTrace(), { ...LOOK, all: true })].join(''),
  wide: () => [...renderWide(hostileTrace(), LOOK)].join(''),
  'wide in a pipe': () => [...renderWide(hostileTrace(), { ...LOOK, fit: false })].join(''),
  summary: () => [...renderSummary(hostileTrace(), LOOK)].join(''),
  'summary, narrow': () => [...renderSummary(hostileTrace(), { ...LOOK, width: 40 })].join(''),
  finding: () =>
    hostileTrace()
      .causes.map((cause) => renderCause(hostileTrace(), cause, LOOK))
      .join(''),
  contents: () => contentLines(hostileTrace(), 100).join('\n'),
  json: () => [...renderJson(hostileTrace())].join(''),
  jsonl: () => [...renderJsonLines(hostileTrace())].join(''),
  csv: () => [...renderCsv(hostileTrace())].join(''),
  'verify text': () => renderVerify(context('config'), LOOK),
  'verify --expect text': () => renderVerify(context('ipip'), LOOK),
  'verify json': () => renderVerifyJson(context('ipip')),
  'verify --check': () => renderCheck(checkResult(), 80),
  'verify --check json': () => renderCheckJson(checkResult()),
  'verify junit': () => renderVerifyJunit(context('config')),
  'verify markdown': () => renderVerifyMarkdown(context('ipip')),
  topology: () => [...renderTopology(hostileTopology(), LOOK)].join(''),
  'topology json': () => renderTopologyJson(hostileTopology()),
};

describe('text from snapshots, paths and packets', () => {
  test.each(Object.entries(OUTPUTS))('cannot harm the reader of %s', (_name, render) => {
    const text = render();
    expect(text).not.toBe('');
    expect(harmfulCharacters(text)).toEqual([]);
  });

  test('adds no lines to outputs that are one line per flow', () => {
    const plain = staleFdb('short');
    expect((OUTPUTS['csv']?.() ?? '').split('\n').length).toBe([...renderCsv(plain)].join('').split('\n').length);
    expect((OUTPUTS['jsonl']?.() ?? '').split('\n').length).toBe(
      [...renderJsonLines(plain)].join('').split('\n').length,
    );
  });

  test('arrives whole in JSON', () => {
    const document = JSON.parse(OUTPUTS['json']?.() ?? '') as { captures: { path: string }[] };
    expect(document.captures[0]?.path).toBe(`control1-ens5.pcap${HOSTILE}`);
  });

  test('opens no element in JUnit and Markdown', () => {
    const markdown = (OUTPUTS['verify markdown']?.() ?? '').split('\n').filter((line) => !line.startsWith('    '));
    expect(OUTPUTS['verify junit']?.()).not.toContain('<b ');
    expect(markdown.join('\n')).not.toContain('<b ');
    expect(markdown.join('\n')).not.toMatch(/(?<!\\)\]\(/);
  });
});
