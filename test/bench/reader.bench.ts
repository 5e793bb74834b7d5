// How fast captures are read, beside a bare loop over the same file: npx vitest bench --config test/vitest.config.ts
// A page-cached file of 100-byte packets. Vitest wraps every module, which costs calls between modules (pcapng most):
// compare lines of one run here, and measure the built program for numbers that leave the project.
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, bench, describe } from 'vitest';
import { type OpenOptions, openCapture } from '../../src/capture/open.ts';
import { buildPcap, pcapngTwin } from '../support/capture-builder.ts';

const PACKETS = 500_000;
const PIECE = 128 * 1024;

const packets = Array.from({ length: PACKETS }, (_, i) => ({
  data: new Uint8Array(100).fill(i),
  seconds: 1_700_000_000 + Math.floor(i / 10_000),
  nanos: (i % 10_000) * 100_000,
}));
const folder = mkdtempSync(join(tmpdir(), 'overlens-bench-'));
const pcap = join(folder, 'a.pcap');
const pcapng = join(folder, 'a.pcapng');
const gzip = join(folder, 'a.pcap.gz');
writeFileSync(pcap, buildPcap(packets));
writeFileSync(pcapng, pcapngTwin(packets));
writeFileSync(gzip, gzipSync(buildPcap(packets), { level: 1 }));
afterAll(() => rmSync(folder, { recursive: true }));

async function readWith(path: string, options: OpenOptions = {}): Promise<void> {
  const reader = await openCapture(path, options);
  let count = 0;
  for await (const batch of reader.batches()) count += batch.count;
  if (count !== PACKETS) throw new Error(`${count} packets read`);
}

/** The least that framing can be: no batch, no checks beyond the length. */
function bareLoop(): void {
  const file = openSync(pcap, 'r');
  const bytes = new Uint8Array(2 * PIECE);
  const view = new DataView(bytes.buffer);
  let count = 0;
  let at = 24;
  let end = readSync(file, bytes, 0, PIECE, null);
  for (let got = end; got > 0; ) {
    while (end - at >= 16) {
      const next = at + 16 + view.getUint32(at + 8, true);
      if (next > end) break;
      count++;
      at = next;
    }
    bytes.copyWithin(0, at, end);
    end -= at;
    at = 0;
    got = readSync(file, bytes, end, PIECE, null);
    end += got;
  }
  closeSync(file);
  if (count !== PACKETS) throw new Error(`${count} packets framed`);
}

describe(`${PACKETS} packets of 100 bytes`, () => {
  bench('bare loop over pcap', bareLoop);
  bench('pcap', () => readWith(pcap));
  bench('pcapng', () => readWith(pcapng));
  bench('pcap in gzip', () => readWith(gzip));
  bench('pcap by pcap-parser', () => readWith(pcap, { reader: 'pcap-parser' }));
});
