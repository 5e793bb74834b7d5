// `decode -o json` agrees with tshark 4.0.17 on every packet of samples/ (but for the challenges) and test/fixtures/: layer order, offsets, and every
// field that both name. Golden files: test/support/tshark-fields.py; deliberate differences: docs/tshark-differences.md.
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { type DecodedPacket, differences, type TsharkLayer } from '../support/tshark-layers.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const CAPTURES = ['samples', ...['headers', 'lab', 'cases'].map((name) => `test/fixtures/${name}`)].flatMap(capturesIn);

/** Named in docs/tshark-differences.md. */
const DELIBERATE: Readonly<Record<string, readonly string[]>> = {
  // A timestamp option that the snaplen cut after its first half.
  'test/fixtures/cases/snaplen-68/ip-10-0-1-20-ens5.pcap': [
    '#52 tcp at 34: tcp.options.timestamp.tsval is missing',
    '#53 tcp at 34: tcp.options.timestamp.tsval is missing',
  ],
};

describe.each(CAPTURES)('%s', (capture) => {
  it('has the layers and fields that tshark sees', async () => {
    const theirs = jsonLines<TsharkLayer[]>(gunzipSync(readFileSync(goldenOf(capture))).toString());
    const { stdout } = await runCli(['decode', `${ROOT}${capture}`, '-o', 'json']);
    const ours = jsonLines<DecodedPacket>(stdout);
    expect(ours.length).toBe(theirs.length);
    const found = ours.flatMap((packet, i) =>
      differences(packet, theirs[i] ?? []).map((text) => `#${packet.number} ${text}`),
    );
    expect(found).toEqual(DELIBERATE[capture] ?? []);
  });
});

function capturesIn(folder: string): string[] {
  const files = readdirSync(`${ROOT}${folder}`, { encoding: 'utf8', recursive: true });
  return files
    .filter((file) => /\.pcap(ng|\d+)?(\.gz)?$/.test(file) && !file.startsWith('challenges/'))
    .sort()
    .map((file) => `${folder}/${file}`);
}

function goldenOf(capture: string): string {
  const name = capture.replace('test/fixtures/', '').replace(/\.pcap(ng)?(\.gz)?$/, '');
  return `${ROOT}test/golden/decode/${name}.json.gz`;
}

function jsonLines<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}
