// Pages in Chromium: what they ask for counted, every error kept.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { PROGRAM } from '../support/built-program.ts';

const CHROMIUM = '/usr/bin/chromium';
const playwright = await import('playwright-core').catch(() => null);
export const isMissing = playwright === null || !existsSync(CHROMIUM);

export interface Watched {
  page: Page;
  /** Addresses of all that was asked for, but the page itself and what it made itself. */
  requests: string[];
  errors: string[];
  /** What axe-core finds: rule, and the first elements. */
  violations(): Promise<string[]>;
}

/** Once for all files that this worker runs: a profile of its own costs Chromium more than most pages do. It ends with the worker. */
let context: Promise<BrowserContext> | null = null;

export async function launch(): Promise<Browser> {
  if (playwright === null) throw new Error('playwright-core is not installed');
  return playwright.chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
}

/** An empty page, to be closed by who asked for it. */
export async function newPage(width = 1400, height = 900): Promise<Page> {
  context ??= launch().then((browser) => browser.newContext());
  const page = await (await context).newPage();
  await page.setViewportSize({ width, height });
  return page;
}

/** Keeps what a page asks for, and refuses it. */
export async function refuse(page: Page): Promise<string[]> {
  const requests: string[] = [];
  await page.route('**/*', (route) => {
    requests.push(route.request().url());
    return route.abort();
  });
  return requests;
}

/** @param own address of the page */
export async function watch(own: string | null = null): Promise<Watched> {
  const page = await newPage();
  const requests: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => {
    if (request.url() !== own && !request.url().startsWith('blob:')) requests.push(request.url());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return { page, requests, errors, violations: () => violationsIn(page) };
}

/** A command line of the built program. */
export function overlens(...argv: readonly string[]): { stdout: string; stderr: string } {
  return spawnSync(process.execPath, [PROGRAM, ...argv], { encoding: 'utf8', env: {}, maxBuffer: 16 * 1024 * 1024 });
}

export function addressOf(file: string): string {
  return pathToFileURL(file).href;
}

async function violationsIn(page: Page): Promise<string[]> {
  // other content leaves it there; another address does not
  if (await page.evaluate("typeof axe === 'undefined'"))
    await page.evaluate(readFileSync('node_modules/axe-core/axe.min.js', 'utf8'));
  return page.evaluate<string[]>(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
    .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).slice(0, 3).join(' | ')))`);
}

/** A folder that is removed when the test has ended. */
export function testFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'overlens-page-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
