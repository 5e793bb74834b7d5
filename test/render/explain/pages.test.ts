// The pages of `explain` as models: what their tables hold, and that their navigation is short.
import { describe, expect, it } from 'vitest';
import { comparePackets } from '../../../src/explain/compare/compare-packets.ts';
import { predict } from '../../../src/explain/predict/predict.ts';
import { renderComparison } from '../../../src/render/explain/comparison-text.ts';
import { comparisonPage } from '../../../src/render/explain/page/comparison-page.ts';
import { explanationPage } from '../../../src/render/explain/page/explanation-page.ts';
import { predictionPage } from '../../../src/render/explain/page/prediction-page.ts';
import { renderHtmlPage } from '../../../src/render/page/html.ts';
import type { Page } from '../../../src/render/page/page-model.ts';
import { explainFile, explainNumber, open, PACKETS, SAMPLES } from '../../explain/explain-file.ts';
import { topologyIn } from '../../support/loaded-topology.ts';

const VXLAN = `${SAMPLES}/01-vxlan-between-nodes`;

const tableHeads = ({ blocks }: Page) => blocks.filter((block) => block.kind === 'table').map(({ head }) => head);

function links(page: Page): { text: string; target: string }[] {
  const html = renderHtmlPage(page);
  const nav = html.slice(html.indexOf('<nav'), html.indexOf('</nav>'));
  return Array.from(nav.matchAll(/href="#(s\d+)">(.*?)<\/a>/g), ([, target = '', text = '']) => {
    expect(html.split(` id="${target}"`)).toHaveLength(2);
    return { text, target };
  });
}

async function comparison(first: number, second: number) {
  const opened = await open([`${VXLAN}/ip-10-0-1-20-ens5.pcap`], `${VXLAN}/topology`);
  return comparePackets(await explainNumber(opened, first), await explainNumber(opened, second), first === second);
}

async function prediction(to: string) {
  const topology = await topologyIn(`${VXLAN}/topology`);
  return predict({ topology, from: 'customer', to, protocol: 'icmp', port: null });
}

describe('the navigation', () => {
  it('of every page has at most seven links, each to a heading', async () => {
    const pages: Page[] = [comparisonPage(await comparison(21, 22)), predictionPage(await prediction('ledger'))];
    for (const { path, snapshot, which } of PACKETS)
      pages.push(explanationPage(await explainFile(path, snapshot, which), { all: true, diagram: true }));
    for (const page of pages) {
      expect(links(page).length).toBeGreaterThanOrEqual(4);
      expect(links(page).length).toBeLessThanOrEqual(7);
    }
  });

  it('of a prediction names both directions', async () => {
    const texts = links(predictionPage(await prediction('ledger'))).map(({ text }) => text);
    expect(texts).toEqual([
      'There: why',
      'There: place by place',
      'There: not in the snapshot',
      'Back: why',
      'Back: place by place',
      'Back: not in the snapshot',
    ]);
  });
});

describe('a decision', () => {
  it('of a packet says where in the packet it is seen', async () => {
    const opened = await open([`${VXLAN}/ip-10-0-1-20-ens5.pcap`], `${VXLAN}/topology`);
    const page = explanationPage(await explainNumber(opened, 21), { all: false, diagram: false });
    expect(tableHeads(page)).toContainEqual(['', 'its line', 'right?', 'you read it in', 'in the packet']);
  });

  it('of a prediction does not: there is no packet', async () => {
    const heads = tableHeads(predictionPage(await prediction('ledger')));
    expect(heads).toContainEqual(['', 'its line', 'right?', 'you read it in']);
    expect(heads.flat()).not.toContain('in the packet');
  });
});

describe('a comparison', () => {
  it('in which nothing differs has no table, in a page and in text', async () => {
    const same = await comparison(21, 21);
    expect(same.differences).toEqual([]);
    expect(tableHeads(comparisonPage(same))).toEqual([]);
    expect(renderHtmlPage(comparisonPage(same))).toContain('Nothing differs.');
    const text = [...renderComparison(same, { width: 80, color: false })].join('');
    expect(text).toContain('\nNothing differs.\n');
    expect(text).not.toContain('what differs');
  });

  it('says of each field that two tunnelled packets share whose it is', async () => {
    const labels = (await comparison(21, 21)).same.map(({ label }) => label);
    expect(labels).toContain('inner TTL');
    expect(labels).toContain('outer TTL');
    expect(labels.filter((label) => !/^(inner|outer) /.test(label))).toEqual([]);
  });

  it('puts remarks in lines of their own, never under a value', async () => {
    const text = [...renderComparison(await comparison(21, 22), { width: 80, color: false })].join('');
    const rows = text
      .slice(text.indexOf('what differs'), text.indexOf('The same in both'))
      .trimEnd()
      .split('\n')
      .slice(1);
    for (const row of rows)
      expect(row).toMatch(/^(inner |outer |direction|interface|! | {4}(first|second|both|why) | {12}\S)/);
    expect(rows.some((row) => row.startsWith('    why '))).toBe(true);
  });
});
