// The library built for a browser: nothing of Node in it, and the same answers, also where it runs in a classic worker of a page that may
// reach nothing. The part in Chromium is skipped where Chromium or playwright-core is not installed.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type BuildResult, build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as onNode from '../../src/index.ts';
import { isMissing, newPage, refuse } from '../browser/page-in-browser.ts';
import { tarGzOf } from '../support/bundle-builder.ts';
import { importAsIs } from '../support/import-as-is.ts';
import { zipOf } from '../support/zip-builder.ts';
import { capturesOf, filesIn, SAMPLE, type SampleFile } from './sample-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-browser-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function built(format: 'esm' | 'iife'): Promise<BuildResult<{ metafile: true; write: false }>> {
  const options = { bundle: true, platform: 'browser', metafile: true, write: false, logLevel: 'silent' } as const;
  const target = { format, globalName: 'overlens', target: 'es2022' } as const;
  return build({ entryPoints: ['src/index.ts'], outfile: join(folder, 'bundle.js'), ...options, ...target });
}

/** All of the sample in one bundle, and its captures beside it, one of them compressed in two members. */
async function inputs(): Promise<SampleFile[]> {
  const snapshot = filesIn(`${SAMPLE}/topology`);
  const members = Object.fromEntries(snapshot.map(({ name, bytes }) => [name.slice(SAMPLE.length + 1), bytes]));
  const [first, ...rest] = capturesOf(SAMPLE);
  const { name, bytes } = first as SampleFile;
  const twice = Buffer.concat([gzipSync(bytes.subarray(0, 500)), gzipSync(bytes.subarray(500))]);
  return [
    { name: `${name}.gz`, bytes: new Uint8Array(twice) },
    ...rest,
    { name: 'topology.zip', bytes: new Uint8Array(zipOf(members)) },
    {
      name: 'again.tar.gz',
      bytes: new Uint8Array(await tarGzOf({ 'pools/ippools.yaml': members['topology/ippools.yaml'] ?? '' })),
    },
  ];
}

type Library = typeof onNode;

/** Everything a page asks: in the page's own words, so that it can be sent there as text. */
async function ask(
  { openInputs, traceCaptures, eachFlow, explainPacket, tracePath, decodePackets, verifyTrace }: Library,
  files: { name: string; content: Blob }[],
) {
  const found = await openInputs(files);
  const seen: number[] = [];
  const trace = await traceCaptures({ ...found, onProgress: ({ packets }) => seen.push(packets) });
  const { captures, topology } = found;
  const flows = [];
  for await (const { verdict, src, dst } of eachFlow(trace))
    flows.push(`${verdict} ${src.node} ${src.pod} ${dst.node} ${dst.pod}`);
  const explanation = await explainPacket({ trace, captures, topology, capture: 1, number: 2 });
  const path = await tracePath({ trace, captures, topology });
  const decoded = [];
  for await (const { number, layers } of decodePackets({ captures: captures.slice(1, 2), trace, numbers: '3' }))
    decoded.push(number, layers.map(({ protocol }) => protocol).join(':'));
  const { result, flows: judged } = verifyTrace(trace, { expect: 'config', pools: [], strict: false, topology });
  const lacking = await traceCaptures({
    captures: [{ name: 'x.pcap', content: new Blob(['nothing']) }],
    topology: null,
  })
    .then(() => '')
    .catch((error: Error) => error.message);
  found.close();
  return {
    captures,
    flows,
    summary: trace.summary,
    headline: explanation.headline,
    ways: path.flows.count,
    decoded,
    result,
    judged,
    lacking,
    isProgress: seen.length > 0,
  };
}

describe('built for a browser, the library', () => {
  let bundle: Awaited<ReturnType<typeof built>>;
  beforeAll(async () => {
    bundle = await built('esm');
  }, 60_000);

  it('has nothing of Node in it, nor packages that need it', () => {
    const { inputs: files, outputs } = bundle.metafile;
    const imported = Object.values(files).flatMap((file) => file.imports.filter(({ external }) => external === true));
    expect(imported.map(({ path }) => path)).toEqual([]);
    expect(Object.values(outputs).flatMap(({ imports }) => imports)).toEqual([]);
    const packages = Object.keys(files).filter((file) => file.includes('node_modules/'));
    const names = new Set(packages.map((file) => file.replace(/^.*node_modules\//, '').split('/')[0]));
    expect([...names].sort()).toEqual(['modern-tar', 'yaml']);
    expect(bundle.outputFiles[0]?.text).not.toMatch(/["']node:\w+["']|\bprocess\.(std|arg|platform)/);
  });

  it('exports what it exports in Node', async () => {
    const library = await asModule(bundle);
    expect(Object.keys(library).sort()).toEqual(Object.keys(onNode).sort());
  });

  it('answers as in Node, of compressed captures and bundles too', async () => {
    const library = await asModule(bundle);
    const files = (await inputs()).map(({ name, bytes }) => ({ name, content: new Blob([bytes]) }));
    const [there, here] = [await ask(library, files), await ask(onNode, files)];
    expect(there).toEqual(here);
    expect(here.flows.length).toBeGreaterThan(0);
    expect(here).toMatchObject({ result: 'pass', isProgress: true });
    expect(here.lacking).toContain('x.pcap: not a capture');
  });

  it('knows no paths: what was not given is not there', async () => {
    const { openCapture, loadTopology } = await asModule(bundle);
    await expect(openCapture(`${SAMPLE}/ip-10-0-1-20-ens5.pcap`)).rejects.toThrow('no such file');
    await expect(loadTopology([`${SAMPLE}/topology`])).rejects.toThrow('no such file');
  });

  it('takes names with a folder for files in a folder', async () => {
    const { openInputs, giveFiles } = await asModule(bundle);
    const snapshot = filesIn(`${SAMPLE}/topology`).map(({ name, bytes }) => ({ name, content: bytes }));
    const hidden = { name: `${SAMPLE}/topology/.git/config`, content: 'kind: Node' };
    const files = giveFiles([...snapshot, hidden]);
    const here = await onNode.openInputs([`${SAMPLE}/topology`]);
    const there = await openInputs([`${SAMPLE}/topology`]);
    expect(there.taken).toEqual(here.taken);
    expect(there.topology?.files).toEqual(here.topology?.files);
    files.close();
  });

  async function asModule({ outputFiles }: typeof bundle): Promise<Library> {
    const file = join(folder, 'library.mjs');
    if (!existsSync(file)) writeFileSync(file, outputFiles[0]?.text ?? '');
    return (await importAsIs(pathToFileURL(file).href)) as Library;
  }
});

describe.skipIf(isMissing)(
  'in a classic worker of Chromium (skipped without playwright-core and /usr/bin/chromium)',
  () => {
    it('answers as in Node, and asks nobody', async () => {
      const files = await inputs();
      const here = await ask(
        onNode,
        files.map(({ name, bytes }) => ({ name, content: new Blob([bytes]) })),
      );
      const library = (await built('iife')).outputFiles[0]?.text ?? '';
      const script = `${library};
      onmessage = ({ data }) => (${ask.toString()})(overlens, data).then((answer) => postMessage({ answer }), (error) => postMessage({ error: String(error.stack) }));`;
      const page = await newPage();
      try {
        const requests = await refuse(page);
        const sent = files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString('base64') }));
        const told = await page.evaluate(IN_PAGE(script, JSON.stringify(sent)));
        expect(told).toEqual({ answer: here });
        expect(requests).toEqual([]);
      } finally {
        await page.close();
      }
    }, 120_000);
  },
);

/** Source of what the page does: files of its own, a worker from a Blob URL, one answer. */
function IN_PAGE(script: string, files: string): string {
  return `new Promise((resolve) => {
    const files = ${files}.map(({ name, base64 }) => ({ name, content: new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name) }));
    const worker = new Worker(URL.createObjectURL(new Blob([${JSON.stringify(script)}])));
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => resolve({ error: message });
    worker.postMessage(files);
  })`;
}
