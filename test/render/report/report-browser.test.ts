// The report as a browser shows it: searched, sorted, opened, linked to, by mouse and keyboard; nothing fetched. Skipped where Chromium or
// playwright-core is not installed.
import type { Page as BrowserPage } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../../src/render/report/report-page.ts';
import { isMissing, newPage, refuse } from '../../browser/page-in-browser.ts';
import { address, buildTrace, capture, cause, flow, pod, syntheticTrace } from '../../support/trace-builder.ts';
import { CONTRAST } from '../page-probes.ts';

const FLOWS = 12_000;
const SAYS = { sentence: 'All as configured.', tone: 'good', more: [], evidence: [{ head: 'a', value: 'b' }] } as const;

const html = (): string => {
  const [cart, db] = [pod('10.48.0.130', 'shop/cart', 'control1'), pod('10.48.0.200', 'shop/db', 'worker1', 5432)];
  const web = pod('10.48.0.10', 'shop/web', 'worker2', 80);
  const trace = syntheticTrace(FLOWS, (id) => {
    const from = id === 7 ? address('<b id="x">', 'external') : { ...cart, port: 1000 + id };
    return flow(from, id % 2 === 0 ? db : web, {
      id,
      conversation: id,
      verdict: id === 11_000 ? 'violation' : 'ok',
      packets: id,
    });
  });
  return [...renderReport(trace, SAYS)].join('');
};

describe.skipIf(isMissing)('the report in a browser', () => {
  let shown: BrowserPage;
  let requests: string[] = [];
  const errors: string[] = [];
  beforeAll(async () => {
    shown = await newPage(1280);
    requests = await refuse(shown);
    shown.on('pageerror', (error) => errors.push(error.message));
    await shown.setContent(html());
  }, 120_000);
  afterAll(async () => {
    await shown?.close();
  });

  const count = (): Promise<string | null> => shown.textContent('#count');
  const firstRow = (): Promise<string | null> => shown.textContent('#rows .row:not(.head) >> nth=0');

  it('shows problems first, counts the rest, and has few of ten thousand rows in the page', async () => {
    expect(await count()).toBe('10,000 of 10,000 conversations; 2,000 more, all as configured, are not in this report');
    expect(await firstRow()).toContain('!');
    expect(await shown.locator('#rows .row').count()).toBeLessThan(60);
  });

  it('shows the last row when scrolled to its end', async () => {
    await shown.evaluate(() => {
      const list = document.getElementById('list');
      if (list !== null) list.scrollTop = list.scrollHeight;
    });
    await shown.waitForSelector('#rows [aria-rowindex="10001"]');
  });

  it('searches, and shows names as text', async () => {
    await shown.fill('#search', '<b id');
    expect(await count()).toContain('1 of 10,000 conversations');
    expect(await shown.locator('#x').count()).toBe(0);
    expect(await firstRow()).toContain('<b id="x">');
    await shown.fill('#search', '');
  });

  it('filters by what was judged, and sorts', async () => {
    await shown.selectOption('#state', 'wrong');
    expect(await count()).toContain('1 of 10,000');
    await shown.selectOption('#state', '');
    await shown.selectOption('#sort', 'packets');
    expect(await firstRow()).toContain('11000');
    await shown.selectOption('#sort', 'problem');
  });

  it('groups, and unfolds a group by keyboard', async () => {
    await shown.selectOption('#group', { label: 'node pair' });
    expect(await count()).toContain('10,000 of 10,000 conversations in 3 groups');
    // problems first: the group with the one that is wrong
    expect(await firstRow()).toMatch(/control1 → worker1.*conversations.*1 wrong/);
    expect(await shown.locator('#rows .row').count()).toBe(1 + 3);
    await shown.focus('#list');
    await shown.keyboard.press('Enter');
    expect(await shown.locator('#rows .row').count()).toBeGreaterThan(10);
    expect(await shown.getAttribute('#rows .group >> nth=0', 'aria-expanded')).toBe('true');
    expect(await shown.locator('#rows .row').count()).toBeLessThan(60);
    await shown.keyboard.press('ArrowLeft');
    expect(await shown.locator('#rows .row').count()).toBe(1 + 3);
    // the same group, of other conversations
    await shown.selectOption('#state', 'wrong');
    expect(await firstRow()).toMatch(/control1 → worker1.*1 conversation[^s].*1 wrong/);
    await shown.selectOption('#state', '');
    await shown.selectOption('#group', '');
  });

  it('opens a conversation by keyboard, with its way from place to place', async () => {
    await shown.focus('#list');
    await shown.keyboard.press('ArrowDown');
    await shown.keyboard.press('Enter');
    expect(await shown.textContent('#detail')).toContain('shop/cart');
    expect(await shown.textContent('#detail .way')).toContain('control1 ens5');
  });

  it('opens the conversation that a link names', async () => {
    await shown.evaluate(() => {
      location.hash = '#flow=7';
    });
    await shown.waitForFunction(() => document.getElementById('detail')?.textContent?.includes('Flow 7:'));
  });

  it('says that a conversation which a link names is not there', async () => {
    await shown.evaluate(() => {
      location.hash = '#flow=99999';
    });
    await shown.waitForFunction(() => document.getElementById('count')?.textContent?.startsWith('flow 99999 is not'));
  });

  it('opens a problem with the tables that decided, with file and line', async () => {
    const [cart, db] = [pod('10.48.0.130', 'shop/cart', 'control1'), pod('10.48.0.200', 'shop/db', 'worker1', 5432)];
    const ref = { file: 'bridge-fdb.txt', line: 13 };
    const step = {
      table: 'fdb',
      text: 'the entry',
      ref,
      status: 'wrong',
      note: 'stale',
      field: null,
      bytes: null,
    } as const;
    const trace = buildTrace({
      conversations: [[flow(cart, db, { verdict: 'violation' })]],
      causes: [cause({ flowIds: [1], chain: [step] })],
      captures: [capture('a.pcap')],
    });
    const page = await newPage();
    await page.setContent([...renderReport(trace, SAYS)].join(''));
    await page.click('#rows .row >> nth=1');
    expect(await page.textContent('#detail')).toContain('fdb: the entry, WRONG: stale (bridge-fdb.txt:13)');
    await page.close();
  });

  it('prints its evidence unfolded, and no buttons', async () => {
    const page = await newPage();
    const trace = buildTrace({
      conversations: [[flow(pod('10.48.0.130', 'shop/cart', 'control1'), pod('10.48.0.200', 'shop/db', 'worker1'))]],
      causes: [cause({ flowIds: [1] })],
      captures: [capture('a.pcap')],
    });
    const evidence = [{ head: 'a.pcap', value: 'sha256 0123456789abcdef' }];
    await page.setContent([...renderReport(trace, { ...SAYS, evidence })].join(''));
    await page.emulateMedia({ media: 'print' });
    expect(await page.isVisible('text=0123456789abcdef')).toBe(false);
    await page.pdf();
    expect(await page.isVisible('text=0123456789abcdef')).toBe(true);
    expect(await page.isVisible('[data-cause]')).toBe(false);
    await page.close();
  });

  it('has enough contrast in light and dark, needs no sideways scrolling on a phone, and fetches nothing', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await shown.emulateMedia({ colorScheme });
      for (const width of [360, 768, 1600]) {
        await shown.setViewportSize({ width, height: 900 });
        const over = await shown.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect({ width, over }).toEqual({ width, over: 0 });
      }
      expect(await shown.evaluate(`(${CONTRAST})(4.5)`)).toEqual([]);
    }
    expect({ requests, errors }).toEqual({ requests: [], errors: [] });
  });
});
