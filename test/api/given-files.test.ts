// Captures and snapshots as bytes, blobs, files and streams: the answers are those of the same files on disk.
import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  type FileInput,
  giveFiles,
  loadTopology,
  OverlensError,
  openCapture,
  openInputs,
  renderJson,
  type Topology,
  traceCaptures,
} from '../../src/index.ts';
import { tarGzOf } from '../support/bundle-builder.ts';
import { everyNth } from '../support/whole-matrix.ts';
import { zipOf } from '../support/zip-builder.ts';
import { capturesOf, elsewhere, filesIn, SAMPLE, type SampleFile } from './sample-files.ts';

const SAMPLES = readdirSync('samples').filter((name) => /^\d/.test(name));
const FORMS: [string, (file: SampleFile) => FileInput][] = [
  ['bytes', ({ name, bytes }) => ({ name, content: bytes })],
  ['an ArrayBuffer', ({ name, bytes }) => ({ name, content: bytes.buffer })],
  ['a Blob', ({ name, bytes }) => ({ name, content: new Blob([bytes]) })],
  ['a File', ({ name, bytes }) => new File([bytes], name)],
  ['a web stream', ({ name, bytes }) => ({ name, content: new Blob([bytes]).stream() })],
  ['an iterable of pieces', ({ name, bytes }) => ({ name, content: pieces(bytes, 1000) })],
  ['a compressed Blob', ({ name, bytes }) => ({ name, content: new Blob([gzipSync(bytes)]) })],
];

async function* pieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** The whole answer, as text in which given and other files have the same names. */
async function answer(captures: readonly FileInput[], snapshot: readonly FileInput[]): Promise<string> {
  const trace = await traceCaptures({ captures, topology: await loadTopology(snapshot) });
  return [...renderJson(trace)].join('').replaceAll('given/', '');
}

describe('given files', () => {
  it.each(everyNth(SAMPLES, 3))('are answered as those on disk: %s', async (sample) => {
    const folder = `samples/${sample}`;
    const captures = capturesOf(folder).filter(({ name }) => name.split('/').length === 3);
    const onDisk = await answer(
      captures.map(({ name }) => name),
      [`${folder}/topology`],
    );
    const bundle = { name: 'given/topology.zip', content: zipOf(membersOf(`${folder}/topology`)) };
    const given = await answer(
      elsewhere(captures).map(({ name, bytes }) => new File([bytes], name)),
      [bundle],
    );
    expect(verdictsIn(given)).toEqual(verdictsIn(onDisk));
  });

  it.each(FORMS)('may be %s', async (form, make) => {
    const captures = capturesOf(SAMPLE);
    const onDisk = await answer(
      captures.map(({ name }) => name),
      [`${SAMPLE}/topology`],
    );
    const given = await answer(elsewhere(captures).map(make), [`${SAMPLE}/topology`]);
    // what was read once only is not read again for what arrived
    const isOnce = /stream|iterable/.test(form);
    if (isOnce) expect(verdictsIn(given)).toEqual(verdictsIn(onDisk));
    else expect(given).toBe(onDisk);
  });

  it('may be a snapshot as texts, each under its name', async () => {
    const texts = filesIn(`${SAMPLE}/topology`).map(({ name, bytes }) => ({
      name: `given/${name}`,
      content: new TextDecoder().decode(bytes),
    }));
    const [given, onDisk] = [await loadTopology(texts), await loadTopology([`${SAMPLE}/topology`])];
    const tables = ({ nodes }: Topology): unknown => nodes.map(({ name, has }) => ({ name, ...has }));
    expect(tables(given)).toEqual(tables(onDisk));
    expect(given.pods.length).toBe(onDisk.pods.length);
  });

  it.each<[string, (files: Record<string, Uint8Array>) => Uint8Array | Promise<Uint8Array>]>([
    ['tar.gz', (files) => tarGzOf(files)],
    ['zip', (files) => zipOf(files)],
  ])('may be one bundle of everything, sorted by content: %s', async (ending, pack) => {
    const files = Object.fromEntries(filesIn(SAMPLE).map(({ name, bytes }) => [name.slice(SAMPLE.length + 1), bytes]));
    const inputs = await openInputs([new File([new Uint8Array(await pack(files))], `all.${ending}`)]);
    try {
      expect(inputs.captures).toEqual(
        capturesOf(SAMPLE).map(({ name }) => `all.${ending}!${name.slice(SAMPLE.length + 1)}`),
      );
      const trace = await traceCaptures(inputs);
      expect(trace.summary).toMatchObject({ violation: 0 });
      expect(trace.summary.ok).toBeGreaterThan(0);
    } finally {
      inputs.close();
    }
    await expect(openCapture(`all.${ending}!x`)).rejects.toThrow('no such file');
  });

  it('count once where one is a copy of another one', async () => {
    const [first, ...others] = capturesOf(SAMPLE).map(({ name, bytes }) => ({ name, content: bytes }));
    const copy = { name: 'again.pcap', content: first?.content.slice() ?? '' };
    const inputs = await openInputs([...(first === undefined ? [] : [first]), copy, ...others]);
    try {
      // which of the two is told as the copy is nobody's matter
      const repeated = inputs.taken.flatMap((one) => one.repeated ?? []);
      expect(repeated).toMatchObject([{ is: 'a copy of' }]);
      expect([repeated[0]?.path, repeated[0]?.of].sort()).toEqual([copy.name, first?.name].sort());
      expect(inputs.captures).toHaveLength(1 + others.length);
      expect(inputs.captures).not.toContain(repeated[0]?.path);
    } finally {
      inputs.close();
    }
  });

  it('have one name each', () => {
    const files = giveFiles([{ name: 'a.pcap', content: 'one' }]);
    try {
      expect(() =>
        giveFiles([
          { name: 'b.pcap', content: 'b' },
          { name: 'a.pcap', content: 'two' },
        ]),
      ).toThrow('a.pcap: two files are given under this name');
      // nothing of what was refused stays
      giveFiles([{ name: 'b.pcap', content: 'other' }]).close();
    } finally {
      files.close();
    }
  });

  it('are there until the last who gave them takes them back', async () => {
    const [{ name, bytes }] = capturesOf(SAMPLE) as [SampleFile];
    const file = { name: `given/${name}`, content: bytes };
    const [one, two] = [giveFiles([file]), giveFiles([file])];
    one.close();
    one.close();
    expect((await openCapture(file.name)).info.format).toBe('pcap');
    two.close();
    await expect(openCapture(file.name)).rejects.toThrow(OverlensError);
  });

  it('say what they are not, by their names', async () => {
    const captures = [{ name: 'notes.txt', content: 'hello' }];
    await expect(traceCaptures({ captures, topology: null })).rejects.toThrow(
      'notes.txt: not a capture: it looks like text',
    );
  });

  it('are read once where they are streams, and say so when they are asked for again', async () => {
    const [{ bytes }] = capturesOf(SAMPLE) as [SampleFile];
    const files = giveFiles([{ name: 's.pcap', content: pieces(bytes, 4096) }]);
    (await openCapture('s.pcap')).close();
    await expect(openCapture('s.pcap')).rejects.toThrow('s.pcap: a stream can be read once, and was');
    files.close();
  });
});

function membersOf(folder: string): Record<string, Uint8Array> {
  return Object.fromEntries(filesIn(folder).map(({ name, bytes }) => [name.slice(folder.length + 1), bytes]));
}

interface FlowFacts {
  src: Record<string, unknown>;
  dst: Record<string, unknown>;
  findings: { code: string }[];
  [fact: string]: unknown;
}

/** What is answered of each flow; places of facts name the file on disk or the member of the bundle. */
function verdictsIn(json: string): unknown {
  const { flows, summary } = JSON.parse(json) as { flows: FlowFacts[]; summary: unknown };
  const facts = flows.map(({ id, src, dst, verdict, packets, observed, expected, findings }) => ({
    ...{ id, verdict, packets, observed, expected },
    ends: [src, dst].map(({ ip, namespace, pod, node, pool }) => ({ ip, namespace, pod, node, pool })),
    findings: findings.map(({ code }) => code),
  }));
  return { facts, summary };
}
