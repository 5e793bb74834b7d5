// Names of a snapshot and bytes of a packet that try to reach the terminal or the page: none gets through, in any format.
import { describe, expect, it } from 'vitest';
import { comparePackets } from '../../src/explain/compare/compare-packets.ts';
import type { Explanation } from '../../src/explain/explanation.ts';
import { predict } from '../../src/explain/predict/predict.ts';
import { loadTopology } from '../../src/input/load-topology.ts';
import { renderComparison } from '../../src/render/explain/comparison-text.ts';
import {
  renderComparisonJson,
  renderExplanationJson,
  renderPredictionJson,
} from '../../src/render/explain/explanation-json.ts';
import { renderExplanation } from '../../src/render/explain/explanation-text.ts';
import { comparisonPage } from '../../src/render/explain/page/comparison-page.ts';
import { explanationPage } from '../../src/render/explain/page/explanation-page.ts';
import { predictionPage } from '../../src/render/explain/page/prediction-page.ts';
import { renderPrediction } from '../../src/render/explain/prediction-text.ts';
import { renderHtmlPage } from '../../src/render/page/html.ts';
import { renderSvgPage } from '../../src/render/page/svg.ts';
import { explainFile, SAMPLES } from '../explain/explain-file.ts';
import { HOSTILE, harmfulCharacters } from '../support/hostile.ts';

const LOOK = { width: 100, color: false, diagram: true, all: true };
const KEPT = new Set([
  'side',
  'kind',
  'role',
  'status',
  'look',
  'encapsulation',
  'when',
  'step',
  'protocol',
  'time',
  'state',
  'relation',
]);

/** Hostile text behind every text; bytes and what renderers branch on stay. */
function hostile<T>(value: T, key = ''): T {
  if (typeof value === 'string') return (KEPT.has(key) ? value : `${value}${HOSTILE}`) as T;
  if (key === 'bytes' || key === 'parts' || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => hostile(item, key)) as T;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, hostile(item, name)])) as T;
}

async function hostilePacket(): Promise<Explanation> {
  const folder = `${SAMPLES}/06-any-interface`;
  const explanation = hostile(await explainFile(`${folder}/ip-10-0-1-20-any.pcap`, `${folder}/topology`, 7));
  const payload = explanation.layers.at(-1);
  const evil = new TextEncoder().encode('\u001b[2J<script>alert(1)</script>\u202e');
  const bytes = explanation.bytes.slice();
  bytes.set(evil.subarray(0, Math.max(0, bytes.length - (payload?.offset ?? 0))), payload?.offset ?? 0);
  return { ...explanation, bytes };
}

function expectHarmless(text: string): void {
  expect(harmfulCharacters(text)).toEqual([]);
  expect(text.length).toBeGreaterThan(1000);
}

/** No element, attribute or entity of the hostile text; no control characters. */
function expectHarmlessMarkup(markup: string): void {
  expectHarmless(markup);
  expect(markup).not.toMatch(/<b [^>]|onclick="|<script/i);
  expect(markup).toContain('&lt;b onclick=&quot;x&quot;&gt;');
  expect(markup).not.toMatch(/<!ENTITY|javascript:|@import|url\(|\s(?:href|src|xlink:href)="(?!#)/);
}

describe('hostile names and payload', () => {
  it('one packet', async () => {
    const packet = await hostilePacket();
    expectHarmless([...renderExplanation(packet, LOOK)].join(''));
    expectHarmless(renderExplanationJson(packet));
    const page = explanationPage(packet, LOOK);
    expectHarmlessMarkup(renderHtmlPage(page));
    expectHarmlessMarkup(renderSvgPage(page));
  });

  it('two packets', async () => {
    const packet = await hostilePacket();
    const comparison = hostile(comparePackets(packet, { ...packet, rows: [] }, true));
    expectHarmless([...renderComparison(comparison, LOOK)].join(''));
    expectHarmless(renderComparisonJson(comparison));
    const page = comparisonPage(comparison);
    expectHarmlessMarkup(renderHtmlPage(page));
    expectHarmlessMarkup(renderSvgPage(page));
  });

  it('a prediction', async () => {
    const topology = await loadTopology([`${SAMPLES}/01-vxlan-between-nodes/topology`]);
    const plain = predict({ topology, from: 'customer', to: 'ledger', protocol: 'icmp', port: null });
    const prediction = hostile({ ...plain, there: { ...plain.there }, back: { ...plain.back } });
    expectHarmless([...renderPrediction(prediction, LOOK)].join(''));
    expectHarmless(renderPredictionJson(prediction));
    const page = predictionPage(prediction);
    expectHarmlessMarkup(renderHtmlPage(page));
    expectHarmlessMarkup(renderSvgPage(page));
  });
});
