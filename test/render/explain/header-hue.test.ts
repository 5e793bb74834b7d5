// The colour of a header follows the header: one packet on its veth and in its tunnel, in pages and on a terminal.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Explanation } from '../../../src/explain/explanation.ts';
import { predict } from '../../../src/explain/predict/predict.ts';
import { renderExplanation } from '../../../src/render/explain/explanation-text.ts';
import { headerHue } from '../../../src/render/explain/header-hue.ts';
import { explanationPage } from '../../../src/render/explain/page/explanation-page.ts';
import { predictionPage } from '../../../src/render/explain/page/prediction-page.ts';
import type { Block, Page } from '../../../src/render/page/page-model.ts';
import { explainNumber, open, SAMPLES } from '../../explain/explain-file.ts';
import { topologyIn } from '../../support/loaded-topology.ts';

let plain: Explanation;
let tunnelled: Explanation;
beforeAll(async () => {
  const folder = `${SAMPLES}/06-any-interface`;
  const opened = await open([`${folder}/ip-10-0-1-20-any.pcap`], `${folder}/topology`);
  plain = await explainNumber(opened, 3);
  tunnelled = await explainNumber(opened, 7);
});

const LOOK = { all: false, diagram: true };

function blockOf<K extends Block['kind']>({ blocks }: Page, kind: K): Extract<Block, { kind: K }> {
  const found = blocks.find((block) => block.kind === kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found as Extract<Block, { kind: K }>;
}

/** Titles with their colours, in order. */
const figureHues = (page: Page) => blockOf(page, 'figure').layers.map(({ title, hue }) => `${title} ${hue}`);

describe('the colour of a header', () => {
  it('is the same on the veth and in the tunnel, and none of the tunnel itself', () => {
    const [own, whole] = [plain, tunnelled].map((one) => figureHues(explanationPage(one, LOOK)));
    expect(own).toEqual(['Linux cooked v2 own-link', 'IPv4 own-network', 'ICMP own-transport', 'Payload rest']);
    expect(whole).toEqual([
      'Linux cooked v2 tunnel-link',
      'IPv4 tunnel-network',
      'UDP tunnel-transport',
      'VXLAN tunnel-header',
      'Ethernet own-link',
      'IPv4 own-network',
      'ICMP own-transport',
      'Payload rest',
    ]);
  });

  it('is one in the figure, the bit diagrams, the bytes and the table', () => {
    const page = explanationPage(tunnelled, LOOK);
    const hues = blockOf(page, 'figure').layers.map(({ id, hue }) => [id, hue]);
    expect(blockOf(page, 'bytes').layers.map(({ id, hue }) => [id, hue])).toEqual(hues);
    expect(blockOf(page, 'bits').headers.map(({ id, hue }) => [id, hue])).toEqual(hues.slice(0, -1));
    const ttl = blockOf(page, 'table').rows.find(({ head }) => head === 'TTL');
    expect(ttl?.cells.map((cell) => cell?.hue)).toEqual(['tunnel-network', 'own-network']);
  });

  it('is the same on a terminal', () => {
    const colorOf = (one: Explanation, side: string): string | undefined => {
      const layer = one.layers.find((layer) => layer.title === 'IPv4' && layer.side === side);
      const text = [...renderExplanation(one, { ...LOOK, width: 100, color: true })].join('');
      return new RegExp(`\u001b\\[(\\d+)m${layer?.id} IPv4\u001b`).exec(text)?.[1];
    };
    expect(colorOf(plain, 'only')).toMatch(/^\d\d$/);
    expect(colorOf(tunnelled, 'inner')).toBe(colorOf(plain, 'only'));
    expect(colorOf(tunnelled, 'outer')).toMatch(/^\d\d$/);
    expect(colorOf(tunnelled, 'outer')).not.toBe(colorOf(plain, 'only'));
  });

  it('is the same at every place of a prediction', async () => {
    const topology = await topologyIn(`${SAMPLES}/01-vxlan-between-nodes/topology`);
    const asked = { topology, from: 'customer', to: 'database', protocol: 'icmp', port: null };
    const figures = predictionPage(predict(asked)).blocks.filter((block) => block.kind === 'figure');
    expect(figures.length).toBeGreaterThan(3);
    for (const { layers } of figures) expect(layers.map(({ hue }) => hue)).toContain('own-network');
    expect(figures.filter(({ layers }) => layers.some(({ hue }) => hue === 'tunnel-header'))).toHaveLength(1);
  });

  it('of a quoted packet and of a mirror is neither', () => {
    expect(headerHue({ protocol: 'ip', side: 'quoted' })).toBe('other');
    expect(headerHue({ protocol: 'gre', side: 'carrier' })).toBe('other');
    expect(headerHue({ protocol: 'ip', side: 'outer' })).toBe('tunnel-network');
    expect(headerHue({ protocol: 'padding', side: 'outer' })).toBe('rest');
  });
});
