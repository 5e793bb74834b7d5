// Decoding on the thread that counts: whatever is read first, there is room for the facts of what comes next, and for a small capture little.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import { FACT } from '../../src/decode/fact-layout.ts';
import { walkPorts } from '../../src/decode/walk-ports.ts';
import { OwnDecoder } from '../../src/pipeline/own-blocks.ts';
import { ODD_CAPTURES } from './odd-captures.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-own-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Seen {
  packets: number;
  /** Bytes of all packets on the wire, as the facts have them. */
  bytes: number;
  /** Packets of the largest block that there is room for. */
  room: number;
}

async function seen(decoder: OwnDecoder, name: string): Promise<Seen> {
  const path = join(folder, `${name}.pcap`);
  writeFileSync(path, ODD_CAPTURES[name] ?? new Uint8Array(0));
  const capture = await openCapture(path);
  const found = { packets: 0, bytes: 0, room: 0 };
  for await (const { block } of decoder.blocks(capture.batches(), 0, capture.info, () => 0)) {
    const { facts, batch } = block;
    found.packets += batch.count;
    found.room = Math.max(found.room, facts.around.length);
    for (let i = 0; i < batch.count; i++) found.bytes += facts.words[i * FACT.words + FACT.original] ?? Number.NaN;
  }
  return found;
}

it('has room for the packets of a long capture behind a short one', async () => {
  const alone = await seen(new OwnDecoder(walkPorts()), 'packets of every kind');
  const decoder = new OwnDecoder(walkPorts());
  const short = await seen(decoder, 'one packet');
  expect(short.packets).toBe(1);
  expect(short.room).toBeLessThan(alone.room / 4);
  expect(await seen(decoder, 'packets of every kind')).toEqual(alone);
  expect(alone.packets).toBe(900);
  // and for a short one again no less
  expect(await seen(decoder, 'one packet')).toEqual({ ...short, room: alone.room });
});
