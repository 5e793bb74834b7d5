// axe-core on every kind of page the program writes, from a phone's width to a wide screen, light and dark. Skipped where Chromium or
// playwright-core is missing.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGE } from '../support/built-program.ts';
import { addressOf, isMissing, overlens, type Watched, watch } from './page-in-browser.ts';

const SAMPLE = 'samples/08-stale-fdb';
const CAPTURES = readdirSync(SAMPLE)
  .filter((name) => name.endsWith('.pcap'))
  .map((name) => join(SAMPLE, name));
const GIVEN = [...CAPTURES, '-t', `${SAMPLE}/topology`];

interface Look {
  width: number;
  scheme: 'light' | 'dark';
}
const PHONE: Look = { width: 360, scheme: 'dark' };
const TABLET: Look = { width: 800, scheme: 'light' };
const SCREEN: Look = { width: 1400, scheme: 'dark' };

describe.skipIf(isMissing)('axe-core (skipped without playwright-core and /usr/bin/chromium)', () => {
  let seen: Watched;
  beforeAll(async () => {
    seen = await watch(addressOf(PAGE));
  }, 120_000);
  afterAll(async () => {
    await seen?.page.close();
  });

  async function found(...looks: readonly Look[]): Promise<string[]> {
    const all: string[] = [];
    for (const { width, scheme } of looks) {
      await seen.page.setViewportSize({ width, height: 900 });
      await seen.page.emulateMedia({ colorScheme: scheme });
      all.push(...(await seen.violations()).map((one) => `${width} ${scheme}: ${one}`));
    }
    return all;
  }

  it('finds what is wrong with a page: it really runs', async () => {
    await seen.page.setContent('<html><body><input><p style="color:#aaa;background:#fff">pale</p></body></html>');
    const violations = (await found(TABLET)).join('\n');
    for (const rule of ['label', 'color-contrast', 'document-title']) expect(violations).toContain(`${rule}: `);
  });

  it.each([
    ['the report of trace', [PHONE, SCREEN], ['trace', ...GIVEN, '-o', 'html']],
    ['a packet', [TABLET], ['explain', ...GIVEN, '--diagram', '-o', 'html']],
    [
      'a prediction',
      [SCREEN],
      ['explain', '--from', 'customer', '--to', 'database', '-t', `${SAMPLE}/topology`, '-o', 'html'],
    ],
    ['a quiz', [PHONE], ['quiz', ...GIVEN, '--answers', '-o', 'html']],
  ])('finds nothing in %s', async (_name, looks, argv) => {
    const { stdout } = overlens(...argv);
    await seen.page.setContent(stdout);
    expect(await seen.page.title()).not.toBe('');
    expect(await found(...looks)).toEqual([]);
  });

  it('finds nothing in the page that captures are dropped on: empty, with a report, with a packet', async () => {
    const { page } = seen;
    await page.goto(addressOf(PAGE));
    expect(await found(TABLET)).toEqual([]);
    await page.setInputFiles('#folder', `${SAMPLE}/topology`);
    await page.waitForSelector('#said:not([hidden])');
    await page.setInputFiles('#files', CAPTURES);
    await page.waitForSelector('#rows .row:not(.head)');
    await page.click('#rows .row:not(.head) >> nth=0');
    expect(await found(PHONE)).toEqual([]);
    await page.click('#explain');
    await page.waitForSelector('.inspector');
    expect(await found(SCREEN)).toEqual([]);
  });
});
