// The page that captures are dropped on, as it is built and opened from a file: the same verdict as the command line's, nothing asked of
// any network, names shown as text, a packet's bytes and fields marked both ways. Skipped where Chromium or playwright-core is missing.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGE } from '../support/built-program.ts';
import { addressOf, isMissing, overlens, testFolder, type Watched, watch } from './page-in-browser.ts';

const SAMPLE = 'samples/04-overlay-bypassed';
const CAPTURES = readdirSync(SAMPLE)
  .filter((name) => name.endsWith('.pcap'))
  .map((name) => join(SAMPLE, name));
const LARGEST = 1_200_000;

describe('the page as a file', () => {
  const html = readFileSync(PAGE, 'utf8');

  it('is one small file that names nothing elsewhere, and forbids it', () => {
    expect(statSync(PAGE).size).toBeLessThan(LARGEST);
    expect(html).not.toMatch(/\b(?:src|href)\s*=\s*["']?\s*(?:https?:)?\/\//i);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-[\w+/=]+'; worker-src blob:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'$/,
    );
  });
});

describe.skipIf(isMissing)('the page in Chromium (skipped without playwright-core and /usr/bin/chromium)', () => {
  const folder = testFolder();
  let seen: Watched;
  beforeAll(async () => {
    seen = await watch(addressOf(PAGE));
    await seen.page.goto(addressOf(PAGE));
  }, 120_000);
  afterAll(async () => {
    await seen?.page.close();
    folder.remove();
  });

  /** Files and folders dropped together, as the page gets them from the file choosers. */
  async function give(files: readonly string[], snapshot: string | null): Promise<void> {
    const { page } = seen;
    if (await page.isVisible('#anew')) await page.click('#anew');
    if (snapshot !== null) {
      await page.setInputFiles('#folder', snapshot);
      await page.waitForSelector('#said:not([hidden])');
    }
    await page.setInputFiles('#files', [...files]);
    await page.waitForSelector('#rows .row:not(.head)');
  }

  it('takes a snapshot first and says what is missing; then says the verdict of the command line', async () => {
    const { page } = seen;
    await page.setInputFiles('#folder', `${SAMPLE}/topology`);
    await page.waitForSelector('#said:not([hidden])');
    expect(await page.textContent('#problems')).toContain('no capture is among these files yet');
    expect(await page.textContent('#taken')).toContain('topology: a folder: 0 captures');
    await page.setInputFiles('#files', CAPTURES);
    await page.waitForSelector('#rows .row:not(.head)');
    const { stdout } = overlens('trace', ...CAPTURES, '-t', `${SAMPLE}/topology`);
    const verdict = await page.textContent('#report h1');
    expect(verdict).toBe('5 conversations: 3 wrong (1 cause), 2 as configured, 0 undecided.');
    expect(stdout).toContain(verdict);
    expect(await page.textContent('.cause h4')).toContain('sends packets for');
  });

  it('explains a packet: a field marks its bytes, and a byte its field, by mouse and by keyboard', async () => {
    const { page } = seen;
    await page.click('text=Explain its first packet');
    await page.waitForSelector('.inspector');
    const marked = (): Promise<{ fields: string[]; bytes: string[]; says: string | null }> =>
      page.evaluate(() => ({
        fields: [...document.querySelectorAll('.field.marked .name')].map((one) => one.textContent ?? ''),
        bytes: [...document.querySelectorAll('.byte.marked')].map((one) => one.textContent ?? ''),
        says: document.querySelector('.says')?.textContent ?? null,
      }));
    await page.hover('.field:has-text("ip.ttl") >> nth=0');
    const ttl = await marked();
    expect(ttl).toMatchObject({
      fields: [expect.stringContaining('(ip.ttl)')],
      says: expect.stringContaining('byte 22'),
    });
    expect(ttl.bytes).toHaveLength(1);
    await page.hover('.byte[aria-label*="byte 26,"]');
    expect(await marked()).toMatchObject({
      fields: [expect.stringContaining('(ip.src)')],
      says: expect.stringMatching(/bytes 26-29$/),
    });
    await page.focus('.byte >> nth=0');
    await page.keyboard.press('ArrowRight');
    expect(await marked()).toMatchObject({ fields: [expect.stringContaining('(eth.dst)')] });
    await page.click('#packet-after');
    await page.waitForFunction(() =>
      document.querySelector('#packet-content .origin')?.textContent?.includes('packet 5'),
    );
    await page.keyboard.press('Escape');
    expect(await page.isVisible('#packet')).toBe(false);
  });

  it("opens a conversation, with each place's first packet to be explained", async () => {
    const { page } = seen;
    await page.click('#rows .row:not(.head) >> nth=0');
    await page.click('#detail .way button >> nth=0');
    await page.waitForSelector('#packet[open] .inspector');
    await page.click('#packet-close');
  });

  it('takes a folder that is dropped on it, with all that is in it', async () => {
    const { page } = seen;
    await page.click('#anew');
    const session = await page.context().newCDPSession(page);
    const data = { items: [], files: [resolve(SAMPLE)], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await session.send('Input.dispatchDragEvent', { type, x: 300, y: 200, data });
    await page.waitForSelector('#rows .row:not(.head)');
    expect(await page.textContent('#inputs')).toContain('04-overlay-bypassed');
    expect(await page.textContent('#report h1')).toContain('3 wrong (1 cause)');
  });

  it('filters in the words of tcpdump, and says what it does not understand', async () => {
    const { page } = seen;
    await page.fill('#expression', 'icmp');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('#report h1')?.textContent?.startsWith('2 conv'));
    await page.fill('#expression', 'icmp sideways');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('#problems')?.textContent?.includes('is not understood'));
    expect(await page.textContent('#problems .hint')).toContain('host, net, port');
    await page.fill('#expression', '');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#rows .row:not(.head)');
  });

  it('saves the report as the one file that trace -o html writes, with the hashes of the files', async () => {
    const { page } = seen;
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
    const path = join(folder.path, 'report.html');
    await download.saveAs(path);
    const html = readFileSync(path, 'utf8');
    expect(html).toContain('<h1>5 conversations: 3 wrong (1 cause), 2 as configured, 0 undecided.</h1>');
    expect(html.match(/sha256 [0-9a-f]{64}/g)?.length).toBeGreaterThan(CAPTURES.length);
    const report = await watch();
    const printed = overlens('trace', ...CAPTURES, '-t', `${SAMPLE}/topology`, '-o', 'html').stdout;
    for (const one of [html, printed]) {
      await report.page.setContent(one);
      expect(await report.page.textContent('#count')).toBe('5 of 5 conversations');
    }
    expect(report).toMatchObject({ errors: [], requests: [] });
    await report.page.close();
  });

  it('keeps what was read before a damage, and says where it is', async () => {
    const { page } = seen;
    const cut = join(folder.path, 'cut.pcap');
    writeFileSync(cut, readFileSync(CAPTURES[0] ?? '').subarray(0, -20));
    const text = join(folder.path, 'notes.pcap');
    writeFileSync(text, 'not a capture at all');
    await give([cut, text], `${SAMPLE}/topology`);
    expect(await page.textContent('#report h1')).toContain('wrong');
    const { stderr } = overlens('trace', text, cut);
    const said = await page.textContent('#problems');
    expect(said).toContain('notes.pcap: not a capture: it looks like text');
    expect(stderr).toContain('notes.pcap: not a capture: it looks like text');
    expect(await page.textContent('section[aria-labelledby="h-evidence"]')).toMatch(/cut\.pcap.*46/s);
  });

  it('shows hostile names of pods and files as text', async () => {
    const { page, errors } = seen;
    const name = '<img src=x onerror=alert(1)>\u202e';
    const pods = readFileSync(`${SAMPLE}/topology/pods.yaml`, 'utf8');
    const [first = ''] = CAPTURES;
    await page.click('#anew');
    await page.evaluate(
      ({ name, pods, base64 }) => {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const given = new DataTransfer();
        given.items.add(new File([bytes], `${name}.pcap`));
        given.items.add(new File([pods.replaceAll('customer-', '</script><b id=bold>customer-')], `${name}.yaml`));
        document.dispatchEvent(new DragEvent('drop', { dataTransfer: given, bubbles: true, cancelable: true }));
      },
      { name, pods, base64: readFileSync(first).toString('base64') },
    );
    await page.waitForSelector('#rows .row:not(.head)');
    await page.click('#explain');
    await page.waitForSelector('.inspector');
    const found = await page.evaluate(() => ({
      elements: document.querySelectorAll('#bold, img').length,
      text: document.body.innerText,
    }));
    expect(found.elements).toBe(0);
    expect(found.text).toContain('<img src=x onerror=alert(1)>');
    expect(found.text).toContain('<b id=bold>customer-');
    expect(found.text).not.toContain('\u202e');
    expect(errors).toEqual([]);
  });

  it('shows the inputs that overlens view put into it', async () => {
    const path = join(folder.path, 'case.html');
    overlens('view', ...CAPTURES, '-t', `${SAMPLE}/topology`, '-w', path);
    const filled = await watch(addressOf(path));
    await filled.page.goto(`${addressOf(path)}#flow=1`);
    await filled.page.waitForSelector('#detail:not([hidden])');
    expect(await filled.page.textContent('#report h1')).toContain('3 wrong (1 cause)');
    expect(filled).toMatchObject({ errors: [], requests: [] });
    await filled.page.close();
  });

  it('asked nobody for anything, and could not have', async () => {
    const { page, requests, errors } = seen;
    expect({ requests, errors }).toEqual({ requests: [], errors: [] });
    const answers = await page.evaluate(async () => {
      const attempts = [
        () => fetch('https://example.com/'),
        () =>
          new Promise(
            (resolve, reject) =>
              (Object.assign(new Image(), { onload: resolve, onerror: reject }).src = 'https://example.com/a.png'),
          ),
      ];
      return Promise.all(
        attempts.map((attempt) =>
          attempt().then(
            () => 'reached',
            () => 'refused',
          ),
        ),
      );
    });
    expect(answers).toEqual(['refused', 'refused']);
    expect(errors.every((error) => error.includes('Content Security Policy'))).toBe(true);
  });
});
