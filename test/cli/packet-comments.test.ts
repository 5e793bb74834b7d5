// Comments of packets, as ptcpdump, NetObserv CLI and rustnet write them, in `decode -v`.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  buildPcap,
  buildPcapng,
  interfaceBlock,
  obsoletePacketBlock,
  type PcapngBlock,
  packetBlock,
  sectionBlock,
  simplePacketBlock,
} from '../support/capture-builder.ts';
import { HOSTILE, harmfulCharacters } from '../support/hostile.ts';
import { runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-comments-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** 61 bytes: padded in its block. */
const data = new Uint8Array(61).fill(7);

async function commentsOf(bytes: Uint8Array): Promise<string[]> {
  const path = join(folder, 'x');
  writeFileSync(path, bytes);
  const { code, stdout } = await runCli(['decode', '-v', path]);
  expect(code).toBe(0);
  return stdout.split('\n').flatMap((line) => /^ {4}(?:Comment| {7}) {2}(.*)$/.exec(line)?.[1] ?? []);
}

const pcapng = (bigEndian: boolean, ...blocks: PcapngBlock[]): Uint8Array =>
  buildPcapng([sectionBlock({ bigEndian }), interfaceBlock(), ...blocks]);

describe('comments of a packet', () => {
  it.each([false, true])('are shown in order, with their lines (big-endian: %s)', async (bigEndian) => {
    const pod = 'PodName: cart-1\nPodNamespace: shop\nPodUID: 7';
    const block = packetBlock({
      data,
      options: [
        [1, 'PID: 9'],
        [2, new Uint8Array(4)],
        [1, pod],
      ],
    });
    const plain = packetBlock({ data });
    expect(await commentsOf(pcapng(bigEndian, plain, block, plain))).toEqual([
      'PID: 9',
      'PodName: cart-1',
      'PodNamespace: shop',
      'PodUID: 7',
    ]);
  });

  it('are none of other blocks and formats, whatever stands around the packet', async () => {
    const block = packetBlock({ data, options: [[1, 'of this one']] });
    const others = [block, simplePacketBlock(data), obsoletePacketBlock({ data })];
    expect(await commentsOf(pcapng(false, ...others))).toEqual(['of this one']);
    expect(await commentsOf(buildPcap([{ data }]))).toEqual([]);
  });

  it('are shown harmlessly, and cut where they are endless', async () => {
    const options = [HOSTILE, 'x'.repeat(5000)].map((text): [number, string] => [1, text]);
    const shown = await commentsOf(pcapng(false, packetBlock({ data, options })));
    expect(shown.length).toBe(1 + HOSTILE.split('\n').length);
    expect(harmfulCharacters(shown.join(''))).toEqual([]);
    expect(shown.at(-1)?.length).toBeLessThan(1100);
  });
});
