// The pictures of README and docs are what the program draws of the samples. UPDATE_DOCS=1 writes them anew.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DOC_PICTURES } from '../../support/doc-pictures.ts';
import { runCli } from '../../support/run-cli.ts';

const FOLDER = 'docs/pictures';
/** They are in the package. */
const MOST_BYTES = 170_000;

const LESSONS = readdirSync('docs/course').filter((name) => /^\d\d-.*\.md$/.test(name));
const SAMPLES = readdirSync('samples').filter((name) => /^\d\d-/.test(name));
const PAGES = [
  'README.md',
  ...LESSONS.map((name) => `docs/course/${name}`),
  ...SAMPLES.map((name) => `samples/${name}/README.md`),
];

/** Pictures on a page: what is said of each, and where it is. */
const imagesOf = (page: string): { alt: string; path: string }[] =>
  [...readFileSync(page, 'utf8').matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)].map(([, alt = '', to = '']) => ({
    alt,
    path: join(dirname(page), to),
  }));

async function drawn(name: string): Promise<string> {
  return (await runCli([...(DOC_PICTURES[name] ?? [])])).stdout;
}

describe('the pictures of the docs', () => {
  it.each(Object.keys(DOC_PICTURES))('%s is as the program draws it', async (name) => {
    const path = `${FOLDER}/${name}.svg`;
    const svg = await drawn(name);
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(path, svg);
    expect(readFileSync(path, 'utf8')).toBe(svg);
  });

  it.each(PAGES)('%s has one, with words for those who cannot see it', (page) => {
    const images = imagesOf(page).filter(({ path }) => path.startsWith(FOLDER));
    expect(images.length).toBeGreaterThan(0);
    expect(images.filter(({ alt }) => alt.split(' ').length < 5)).toEqual([]);
    expect(images.map(({ path }) => basename(path, '.svg')).filter((name) => !(name in DOC_PICTURES))).toEqual([]);
  });

  it('are all on a page, small, and need nothing from elsewhere', () => {
    const shown = new Set(PAGES.flatMap((page) => imagesOf(page).map(({ path }) => path)));
    const files = readdirSync(FOLDER).map((name) => `${FOLDER}/${name}`);
    expect(files.filter((path) => !shown.has(path))).toEqual([]);
    const texts = files.map((path) => readFileSync(path, 'utf8'));
    expect(texts.join('').length).toBeLessThan(MOST_BYTES);
    expect(texts.filter((text) => /<script|<image|href=|@import|url\((?!#)/.test(text))).toEqual([]);
  });

  it('draws what is wrong otherwise than what is right, and says it in words, not only in another colour', async () => {
    const wrong = await drawn('08-stale-fdb');
    expect(wrong).toContain('<g class="edge wrong">');
    expect(wrong).toMatch(/\.edge\.wrong path\{[^}]*stroke-dasharray/);
    expect(wrong).toMatch(/<text class="sign wrong"[^>]*>!<\/text>/);
    expect(wrong).toMatch(/<text class="label wrong"[^>]*>not as configured, 13 lost<\/text>/);
    expect(await drawn('01-vxlan-between-nodes')).not.toContain('<g class="edge wrong">');
    // as the table of the same captures says in lesson 5
    expect(await drawn('09-mtu-black-hole')).toMatch(/<text class="label lost"[^>]*>15 lost<\/text>/);
  });

  it('says why there is none of captures whose nodes nobody knows', async () => {
    const { code, stderr } = await runCli([
      'trace',
      'samples/01-vxlan-between-nodes/ip-10-0-1-20-ens5.pcap',
      '-o',
      'svg',
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('there is nothing to draw');
  });
});
