// `npm run -s bench:page -- CAPTURE SNAPSHOT`: a capture dropped on the built page in Chromium: when the verdict is there, when the list is,
// and how long frames take while the list is scrolled, by pages and across all of it in turns.
import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { addressOf, launch } from '../../browser/page-in-browser.ts';

const FRAMES = 300;
const MOST_WAITED = 300_000;
const LIST = '#rows .row:not(.head)';

interface Marks {
  began: number;
  verdict: number;
}

/** Notes when files were chosen, and when the verdict stood in the page. */
async function watchVerdict(page: Page): Promise<void> {
  await page.evaluate(() => {
    const marks: Marks = { began: 0, verdict: 0 };
    Object.assign(window, { marks });
    document.getElementById('files')?.addEventListener('change', () => (marks.began = performance.now()), true);
    new MutationObserver(() => {
      if (marks.verdict === 0 && document.querySelector('#report h1') !== null) marks.verdict = performance.now();
    }).observe(document.body, { subtree: true, childList: true });
  });
}

/** Milliseconds between frames, in ascending order. */
function scroll(page: Page): Promise<number[]> {
  return page.evaluate(async (count) => {
    const list = document.getElementById('list') as HTMLElement;
    list.scrollIntoView();
    const times: number[] = [];
    const most = list.scrollHeight - list.clientHeight;
    let last = performance.now();
    for (let i = 0; i < count; i++) {
      await new Promise((next) => requestAnimationFrame(next));
      times.push(performance.now() - last);
      last += times[i] as number;
      list.scrollTop = i % 2 === 1 ? list.scrollTop + list.clientHeight : (most * ((i * 37) % count)) / count;
    }
    return times.sort((a, b) => a - b);
  }, FRAMES);
}

const [capture, snapshot] = process.argv.slice(2);
if (capture === undefined || snapshot === undefined) throw new Error('give a capture and a folder with its snapshot');
const browser = await launch();
try {
  const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  await page.goto(addressOf(resolve('dist/overlens.html')));
  await page.setInputFiles('#folder', snapshot);
  await page.waitForSelector('#said:not([hidden])');
  await watchVerdict(page);
  await page.setInputFiles('#files', capture);
  await page.waitForSelector(LIST, { timeout: MOST_WAITED });
  const { verdict, list } = await page.evaluate(() => {
    const { began, verdict } = (window as unknown as { marks: Marks }).marks;
    return { verdict: verdict - began, list: performance.now() - began };
  });
  console.log(`${await page.textContent('#report h1')}\n${await page.textContent('#count')}`);
  console.log(`verdict after ${(verdict / 1000).toFixed(1)} s, list after ${(list / 1000).toFixed(1)} s`);
  await page.waitForTimeout(1000);
  const times = await scroll(page);
  const of = (share: number): string => (times[Math.ceil(FRAMES * share) - 1] ?? 0).toFixed(0);
  console.log(
    `frames while scrolling: half within ${of(0.5)} ms, 95 of 100 within ${of(0.95)} ms, all within ${of(1)} ms`,
  );
} finally {
  await browser.close();
}
