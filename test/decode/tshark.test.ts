// decode agrees with tshark 4.0.17 on every packet of every capture here: layers in order, their offsets, and every field
// that both name. Golden files: test/support/tshark-fields.py (its docstring says how they are made). The challenges' captures are left
// out: they have no header that the others have not.
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import { LayerStack } from '../../src/decode/layer-stack.ts';
import { type LayerView, viewPacket } from '../../src/decode/view/packet-view.ts';
import { walk } from '../../src/decode/walk.ts';
import { walkPorts } from '../../src/decode/walk-ports.ts';

type TsharkLayer = [protocol: string, offset: number, values: Record<string, string[]>];

const ROOT = new URL('../../', import.meta.url).pathname;
const CAPTURES = [
  ...capturesIn('samples', true),
  ...['headers', 'lab', 'cases'].flatMap((folder) => capturesIn(`test/fixtures/${folder}`, false)),
];

// Deliberate differences: tshark has a name of its own for each organisation's SNAP protocols, and shows no bytes of what is
// encrypted.
const ONLY_OURS = new Set(['llc.pid', 'wg.encrypted_static', 'wg.encrypted_timestamp', 'wg.encrypted_empty']);

describe.each(CAPTURES)('%s', (capture) => {
  it('has the layers and fields that tshark sees', async () => {
    const golden = readGolden(capture);
    const views = await decodeAll(`${ROOT}${capture}`);
    expect(views.length).toBe(golden.length);
    const problems = views.flatMap((layers, i) => compare(layers, golden[i]!).map((text) => `#${i + 1} ${text}`));
    expect(problems).toEqual([]);
  });
});

function capturesIn(folder: string, recursive: boolean): string[] {
  const files = readdirSync(`${ROOT}${folder}`, { encoding: 'utf8', recursive });
  return files
    .filter((file) => /\.pcap(\.gz)?$/.test(file) && !file.startsWith('challenges/'))
    .map((file) => `${folder}/${file}`);
}

async function decodeAll(path: string): Promise<LayerView[][]> {
  const reader = await openCapture(path);
  const [stack, ports] = [new LayerStack(), walkPorts()];
  const views: LayerView[][] = [];
  for await (const batch of reader.batches()) {
    for (let i = 0; i < batch.count; i++) {
      const start = batch.start[i]!;
      const linkType = reader.info.interfaces[batch.interface[i]!]!.linkType;
      walk(batch.bytes, start, batch.captured[i]!, batch.original[i]!, linkType, stack, ports);
      views.push(viewPacket(batch.bytes, start, stack, ports));
    }
  }
  return views;
}

function readGolden(capture: string): TsharkLayer[][] {
  const name = capture.replace('test/fixtures/', '').replace(/\.pcap(\.gz)?$/, '');
  const lines = gunzipSync(readFileSync(`${ROOT}test/golden/decode/${name}.json.gz`))
    .toString()
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as TsharkLayer[]);
}

/** What differs, in words: our layers are the first of tshark's, which goes on into applications and quoted packets. */
function compare(ours: readonly LayerView[], theirs: readonly TsharkLayer[]): string[] {
  const layers = ours.filter((layer) => layer.protocol !== 'data' && layer.protocol !== 'raw');
  return layers.flatMap((layer, i) => {
    const [protocol, offset, values] = theirs[i] ?? ['none', -1, {}];
    const place = `${layer.protocol} at ${layer.offset}`;
    if (protocol !== layer.protocol || offset !== layer.offset)
      return [`${place}: tshark has ${protocol} at ${offset}`];
    return fieldProblems(layer, values).map((text) => `${place}: ${text}`);
  });
}

function fieldProblems(layer: LayerView, theirs: Record<string, string[]>): string[] {
  const ours = new Map<string, string[]>();
  for (const { name, value } of layer.fields)
    if (name !== null) ours.set(name, [...(ours.get(name) ?? []), plain(value)]);
  const problems: string[] = [];
  for (const [name, values] of ours) {
    const shown = theirs[name]?.map(plain);
    if (shown === undefined) {
      if (!ONLY_OURS.has(name)) problems.push(`${name} is not shown by tshark`);
    } else if (shown.join() !== values.join()) {
      problems.push(`${name} is ${values.join()}, by tshark ${shown.join()}`);
    }
  }
  for (const name of Object.keys(theirs))
    if (!ours.has(name) && belongs(layer, name)) problems.push(`${name} is missing`);
  return problems;
}

/** Names of the layer's own fields; in an ICMP error tshark lists the quoted packet's fields elsewhere. */
function belongs(layer: LayerView, name: string): boolean {
  return name.startsWith(`${layer.protocol}.`);
}

/** Numbers, booleans and bytes in one form: tshark writes 0x0800, True, 0a:0b or 0a0b. */
function plain(value: unknown): string {
  const text = String(value);
  if (text === 'true' || text === 'True') return '1';
  if (text === 'false' || text === 'False') return '0';
  if (/^0x[0-9a-f]+$/.test(text)) return String(Number(text));
  return text.length === 17 ? text : text.replaceAll(':', '');
}
