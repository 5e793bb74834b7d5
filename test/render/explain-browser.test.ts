// The SVG and HTML pages as a browser shows them: all text there, nothing overlapping or clipped, enough contrast in light and
// dark, usable by keyboard, nothing fetched. Skipped where Chromium or playwright-core is not installed.
import type { Page as BrowserPage } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparePackets } from '../../src/explain/compare/compare-packets.ts';
import { predict } from '../../src/explain/predict/predict.ts';
import { loadTopology } from '../../src/input/load-topology.ts';
import { comparisonPage } from '../../src/render/explain/page/comparison-page.ts';
import { explanationPage } from '../../src/render/explain/page/explanation-page.ts';
import { predictionPage } from '../../src/render/explain/page/prediction-page.ts';
import { renderHtmlPage } from '../../src/render/page/html.ts';
import type { Page } from '../../src/render/page/page-model.ts';
import { renderSvgPage } from '../../src/render/page/svg.ts';
import { isMissing, newPage, refuse } from '../browser/page-in-browser.ts';
import { explainFile, explainNumber, open, PACKETS, SAMPLES } from '../explain/explain-file.ts';
import { everyNth, IS_WHOLE } from '../support/whole-matrix.ts';
import { BROKEN, CONTRAST, OVERFLOWS, OVERLAPS, SCALES } from './page-probes.ts';

/** WCAG 2.2, 1.4.3. */
const LEAST_CONTRAST = 4.5;

/** Every second one, in `npm run matrix` all. */
async function pages(): Promise<[string, Page][]> {
  const all: [string, Page][] = [];
  for (const { name, path, snapshot, which } of PACKETS.filter((_, i) => IS_WHOLE || i % 2 === 1)) {
    all.push([name, explanationPage(await explainFile(path, snapshot, which), { all: false, diagram: true })]);
  }
  const folder = `${SAMPLES}/06-any-interface`;
  const opened = await open([`${folder}/ip-10-0-1-20-any.pcap`], `${folder}/topology`);
  const comparison = comparePackets(await explainNumber(opened, 3), await explainNumber(opened, 7), true);
  all.push(['compare', comparisonPage(comparison)]);
  const topology = await loadTopology([`${SAMPLES}/01-vxlan-between-nodes/topology`]);
  const asked = { topology, from: 'customer', to: 'ledger', protocol: 'icmp', port: null };
  all.push(['predict', predictionPage(predict(asked))]);
  return all;
}

interface Read {
  text: string;
  scales: number[][];
  /** Of headings. */
  levels: number[];
  /** Tables without row or column heads. */
  headless: number;
}

const READ = `({ text: document.body.textContent, scales: ${SCALES},
  levels: [...document.querySelectorAll('h1,h2,h3')].map((h) => Number(h.tagName[1])),
  headless: [...document.querySelectorAll('table')].filter((t) => !t.querySelector('th[scope=col]') || !t.querySelector('th[scope=row]')).length })`;

describe.skipIf(isMissing)('in a browser', () => {
  let shown: BrowserPage;
  let all: [string, Page][] = [];
  /** Of each page, in HTML: what a reader finds, asked in one go. */
  const reads: { name: string; page: Page; html: string; read: Read }[] = [];
  let requests: string[] = [];
  beforeAll(async () => {
    shown = await newPage();
    requests = await refuse(shown);
    all = await pages();
    for (const [name, page] of all) {
      const html = renderHtmlPage(page);
      const read = await show(html, { width: 1400, scheme: 'light' }, () => shown.evaluate<Read>(READ));
      reads.push({ name, page, html, read });
    }
  }, 120_000);
  afterAll(async () => {
    await shown?.close();
  });

  /** Shows a document at one width and scheme and asks it something; it must fetch nothing. */
  async function show<T>(
    markup: string,
    look: { width: number; scheme: 'light' | 'dark'; media?: 'screen' | 'print' },
    probe: () => Promise<T>,
  ): Promise<T> {
    await shown.setViewportSize({ width: look.width, height: 900 });
    await shown.emulateMedia({ colorScheme: look.scheme, media: look.media ?? 'screen' });
    await shown.setContent(markup, { waitUntil: 'domcontentloaded' });
    const result = await probe();
    expect(requests).toEqual([]);
    return result;
  }

  it('the questions asked of pages notice what is wrong with them', async () => {
    const bad = `<body style="background:#fff;margin:0"><p style="color:#999">pale</p>
      <p style="width:50px;white-space:nowrap">a text that leaves its own paragraph</p>
      <p style="width:60px;word-break:break-all">66:c9:ee:b1:9b:47 unbreakable</p>
      <p style="width:90px">a-long-<wbr>name.of-<wbr>pieces</p>
      <div style="width:2000px">wide</div>
      <p style="position:absolute;top:400px">one</p><p style="position:absolute;top:403px">two</p>
      <svg width="100" height="50"><rect class="hue" width="20" height="30" fill="#000"/><text y="20" fill="#222">long</text></svg>`;
    const found = await show(bad, { width: 400, scheme: 'light' }, async () => ({
      low: await shown.evaluate(`(${CONTRAST})(${LEAST_CONTRAST})`),
      overlap: await shown.evaluate(OVERLAPS),
      overflow: await shown.evaluate(OVERFLOWS),
      broken: await shown.evaluate(BROKEN),
    }));
    expect(found).toEqual({
      broken: ['66:c9:ee:b1:9b:47', 'unbreakable'],
      low: [expect.stringMatching(/^pale 2\.\d\d$/), expect.stringMatching(/^long 1\.\d\d$/)],
      overlap: ['one | two'],
      overflow: ['the page is 2000 wide', 'a text that leaves its own paragraph leaves P', 'long leaves its box'],
    });
  });

  it('HTML holds every text of the page, and is headed, labelled and scriptless', async () => {
    expect(reads.length).toBe(all.length);
    for (const { name, page, html, read } of reads) {
      expect(html).not.toMatch(/<script|<link|<img|<iframe|\son\w+="/);
      const text = read.text.replaceAll(/\s+/g, ' ');
      for (const part of textsOf(page)) expect(`${name}: ${text}`).toContain(part.replaceAll(/\s+/g, ' '));
    }
  }, 120_000);

  it.each([360, 800, 1400])(
    'HTML neither overlaps nor runs out of %i pixels',
    async (width) => {
      for (const [name, page] of everyNth(all, width === 360 ? 2 : 3)) {
        const found = await show(renderHtmlPage(page), { width, scheme: 'light' }, async () => ({
          overflow: await shown.evaluate(OVERFLOWS),
          overlap: await shown.evaluate(OVERLAPS),
          broken: await shown.evaluate(BROKEN),
        }));
        expect({ name, ...found }).toEqual({ name, overflow: [], overlap: [], broken: [] });
      }
    },
    180_000,
  );

  it('the figures of one page are to one scale each: boxes as wide as their bytes, unless their names need more', async () => {
    for (const { name, read } of reads) {
      const { scales } = read;
      for (const ratios of scales)
        for (const ratio of ratios)
          expect({ name, off: Math.abs(ratio / (ratios[0] ?? 0) - 1) < 0.01 }).toEqual({ name, off: true });
      if (name === 'vxlan-tcp') expect(scales[0]?.length).toBeGreaterThan(2);
    }
  }, 60_000);

  it.each(['light', 'dark'] as const)(
    'HTML has enough contrast when %s',
    async (scheme) => {
      for (const [name, page] of everyNth(all, 3)) {
        const low = await show(renderHtmlPage(page), { width: 1000, scheme }, () =>
          shown.evaluate(`(${CONTRAST})(${LEAST_CONTRAST})`),
        );
        expect({ name, low }).toEqual({ name, low: [] });
      }
    },
    180_000,
  );

  it.each(['light', 'dark'] as const)(
    'SVG has enough contrast, no overlap and nothing outside when %s',
    async (scheme) => {
      for (const [name, page] of everyNth(all, scheme === 'light' ? 3 : 4)) {
        const markup = `<body style="margin:0">${renderSvgPage(page)}</body>`;
        const found = await show(markup, { width: 1000, scheme }, async () => ({
          low: await shown.evaluate(`(${CONTRAST})(${LEAST_CONTRAST})`),
          overlap: await shown.evaluate(OVERLAPS),
          overflow: await shown.evaluate(OVERFLOWS),
        }));
        expect({ name, ...found }).toEqual({ name, low: [], overlap: [], overflow: [] });
      }
    },
    180_000,
  );

  it('SVG is well-formed XML with a title and a description', async () => {
    for (const [name, page] of all) {
      const svg = renderSvgPage(page);
      const parsed = await shown.evaluate(
        `(() => { const d = new DOMParser().parseFromString(${JSON.stringify(svg)}, 'image/svg+xml');
          return { error: d.querySelector('parsererror')?.textContent ?? null, title: d.querySelector('title')?.textContent,
            description: d.querySelector('desc')?.textContent }; })()`,
      );
      expect({ name, parsed }).toEqual({
        name,
        parsed: { error: null, title: page.title, description: page.description },
      });
    }
  }, 60_000);

  it('the keyboard reaches links and everything that scrolls, in reading order', async () => {
    const [, page] = all[0] ?? ['', { title: '', description: '', blocks: [] }];
    const order = await show(renderHtmlPage(page), { width: 400, scheme: 'light' }, async () => {
      const tops: number[] = [];
      for (let i = 0; i < 12; i++) {
        await shown.keyboard.press('Tab');
        const at = await shown.evaluate<{ top: number; outline: string }>(
          `(() => { const e = document.activeElement; const r = e.getBoundingClientRect();
            return { top: r.top + scrollY, outline: getComputedStyle(e).outlineStyle }; })()`,
        );
        expect(at.outline).toBe('solid');
        tops.push(at.top);
      }
      return tops;
    });
    expect(order).toEqual([...order].sort((a, b) => a - b));
  }, 60_000);

  it('headings descend without a gap; tables have row and column heads', async () => {
    for (const { read } of reads) {
      const { levels, headless } = read;
      expect(levels[0]).toBe(1);
      expect(levels.filter((level) => level === 1)).toHaveLength(1);
      levels.forEach((level, i) => {
        if (i > 0) expect(level - (levels[i - 1] ?? 1)).toBeLessThanOrEqual(1);
      });
      expect(headless).toBe(0);
    }
  }, 60_000);

  it('on paper it is light, and nothing is cut off at the right', async () => {
    const [, page] = all[0] ?? ['', { title: '', description: '', blocks: [] }];
    const found = await show(renderHtmlPage(page), { width: 690, scheme: 'dark', media: 'print' }, async () => {
      return {
        background: await shown.evaluate('getComputedStyle(document.body).backgroundColor'),
        overflow: await shown.evaluate(OVERFLOWS),
      };
    });
    expect(found).toEqual({ background: 'rgb(255, 255, 255)', overflow: [] });
  }, 60_000);
});

/** Texts that a reader must find, whatever the layout. */
function textsOf({ blocks }: Page): string[] {
  return blocks.flatMap((block) => {
    switch (block.kind) {
      case 'lead':
        return [block.origin, block.text, ...block.alarms];
      case 'table':
        return block.rows.flatMap(({ head, cells }) => [
          head,
          ...cells.flatMap((cell) => (cell === null ? [] : [cell.value, cell.meaning ?? ''])),
        ]);
      case 'points':
        return block.items.map(({ text }) => text);
      case 'notes':
        return block.items.flatMap(({ title, text }) => [title, text]);
      case 'figure':
        return block.layers.map(({ title }) => title);
      default:
        return [block.heading];
    }
  });
}
