// Captures read as one, in the order of time: the same packets as sorting all of them would give, few files open.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { type MergeOptions, mergeByTime } from '../../src/packets/merge-by-time.ts';
import {
  type BuiltPacket,
  buildPcap,
  buildPcapng,
  interfaceBlock,
  packetBlock,
  pcapngTwin,
  sectionBlock,
  simplePacketBlock,
} from '../support/capture-builder.ts';
import { countFiles, files } from '../support/open-files.ts';

countFiles();

const folder = mkdtempSync(join(tmpdir(), 'overlens-merge-'));
afterAll(() => rmSync(folder, { recursive: true }));

let made = 0;
function write(bytes: Uint8Array): string {
  const path = join(folder, `${made++}`);
  writeFileSync(path, bytes);
  return path;
}

/** Packets at times in microseconds; each holds its time and its place. */
function packetsAt(times: readonly number[], length = 60): BuiltPacket[] {
  return times.map((time, i) => ({
    data: new Uint8Array(length).fill(i & 255),
    original: 60 + (time % 1400),
    seconds: 1000 + Math.floor(time / 1e6),
    nanos: (time % 1e6) * 1000,
  }));
}

interface Merged {
  capture: number;
  number: number;
  time: number;
  first: number;
}

/** All packets; stretches are left after `runs` runs. */
async function merged(paths: readonly string[], options: MergeOptions & { runs?: number } = {}): Promise<Merged[]> {
  const { runs = Number.POSITIVE_INFINITY, ...rest } = options;
  const all: Merged[] = [];
  for await (const stretch of (await mergeByTime(paths, rest)).stretches()) {
    let left = runs;
    for (const { capture, number, batch, from, to } of stretch) {
      for (let i = from; i < to; i++) {
        const time = ((batch.seconds[i] ?? 0) - 1000) * 1e6 + (batch.nanos[i] ?? 0) / 1000;
        all.push({ capture, number: number + i - from, time, first: batch.bytes[batch.start[i] ?? 0] ?? -1 });
      }
      if (--left === 0) break;
    }
  }
  return all;
}

/** What sorting gives. */
function sorted(captures: readonly (readonly number[])[]): Merged[] {
  const all = captures.flatMap((times, capture) =>
    times.map((time, i) => ({ capture, number: i + 1, time, first: i & 255 })),
  );
  return all.sort((a, b) => a.time - b.time || a.capture - b.capture || a.number - b.number);
}

/** Numbers without chance: a linear congruence. */
function ascending(count: number, seed: number, widest: number): number[] {
  let state = seed;
  let time = seed % 1000;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    time += (state >>> 8) % widest;
    return time;
  });
}

describe('captures of the same time', () => {
  const times = [1, 2, 3, 4, 5].map((seed) => ascending(6000, seed, 5 + seed));
  const kinds = [buildPcap, pcapngTwin, (packets: BuiltPacket[]) => gzipSync(buildPcap(packets))];
  const paths = times.map((one, i) => write((kinds[i % kinds.length] ?? buildPcap)(packetsAt(one))));

  it('are merged as sorting would, whatever they are written in', async () => {
    expect(await merged(paths)).toEqual(sorted(times));
    expect(files).toMatchObject({ open: 0, most: 5 });
  });

  it('go on in the next stretch when one is left early', async () => {
    expect(await merged(paths, { runs: 3 })).toEqual(sorted(times));
  });

  it('come in the order given where times are equal', async () => {
    const equal = [
      [1, 1, 2, 5, 5],
      [1, 2, 2, 5],
      [0, 1, 5, 5],
    ];
    const all = equal.map((one) => write(buildPcap(packetsAt(one))));
    expect(await merged(all)).toEqual(sorted(equal));
  });
});

describe('pieces of a ring', () => {
  const piece = (i: number): number[] => ascending(3000, 7, 3).map((time) => time + i * 10_000);
  // a ring is named by its slots, so the oldest piece may stand anywhere
  const pieces = [4, 5, 0, 1, 2, 3].map(piece);
  const paths = pieces.map((one) => write(buildPcap(packetsAt(one))));

  it('are read one after another by their times, one open at a time', async () => {
    expect(await merged(paths)).toEqual(sorted(pieces));
    expect(files).toEqual({ open: 0, most: 1, opened: 18 });
  });

  it('are whole batches: nothing is compared that cannot be interleaved', async () => {
    let runs = 0;
    for await (const stretch of (await mergeByTime(paths)).stretches()) for (const _ of stretch) runs++;
    expect(runs).toBeLessThan(paths.length * 4);
  });

  it('of two rings stand side by side, two open at a time', async () => {
    const other = [0, 1, 2, 3, 4, 5].map((i) => piece(i).map((time) => time + 1));
    const both = [...paths, ...other.map((one) => write(buildPcap(packetsAt(one))))];
    expect(await merged(both, { mostOpen: 2 })).toEqual(sorted([...pieces, ...other]));
    expect(files).toMatchObject({ open: 0, most: 2 });
  });

  it('in hundreds are no more than one open file', async () => {
    const many = Array.from({ length: 600 }, (_, i) => write(buildPcap(packetsAt([5000 - i]))));
    expect((await merged(many)).map(({ time }) => time)).toEqual(Array.from({ length: 600 }, (_, i) => 4401 + i));
    expect(files).toMatchObject({ open: 0, most: 1 });
  });
});

describe('a capture that is not in order', () => {
  it('keeps its own order, and what it is merged with keeps its own', async () => {
    const captures = [
      [10, 50, 20, 60],
      [15, 30, 55, 70],
    ];
    const all = await merged(captures.map((one) => write(buildPcap(packetsAt(one)))));
    expect(all.map(({ time }) => time)).toEqual([10, 15, 30, 50, 20, 55, 60, 70]);
  });

  it('over many batches', async () => {
    const wild = ascending(9000, 3, 7).map((time, i) => (i % 13 === 5 ? Math.max(0, time - 500) : time));
    const tame = ascending(9000, 4, 7);
    const all = await merged([wild, tame].map((one) => write(buildPcap(packetsAt(one, 200)))));
    expect(all.length).toBe(18_000);
    for (const [capture, times] of [wild, tame].entries()) {
      const own = all.filter((packet) => packet.capture === capture);
      expect(own.map(({ number }) => number)).toEqual(times.map((_, i) => i + 1));
      expect(own.map(({ time }) => time)).toEqual(times);
    }
  });
});

describe('odd captures', () => {
  const times = [[5, 6, 9], [], [7, 8], []];
  const paths = times.map((one) => write(buildPcap(packetsAt(one))));

  it('without packets take no part', async () => {
    expect(await merged(paths)).toEqual(sorted(times));
    expect(await merged(paths.slice(1, 2))).toEqual([]);
    expect(await merged([])).toEqual([]);
  });

  it('have an info each, and what is wrong with one ends that one only', async () => {
    const damaged = buildPcap(packetsAt([1, 6]));
    const path = write(Uint8Array.from([...damaged, ...new Uint8Array(16).fill(0xff)]));
    const merge = await mergeByTime([...paths, path]);
    const seen: string[] = [];
    for await (const stretch of merge.stretches())
      for (const { capture, from, to } of stretch) seen.push(`${capture}: ${to - from}`);
    expect(seen).toEqual(['4: 1', '0: 2', '4: 1', '2: 2', '0: 1']);
    expect(merge.infos.map(({ complete }) => complete)).toEqual([true, true, true, true, false]);
    expect(merge.infos[4]?.error).toMatchObject({ code: 'E_CORRUPT_CAPTURE' });
  });

  it('that are none are refused before the first packet, with nothing left open', async () => {
    const none = write(Uint8Array.of(1, 2, 3));
    await expect(mergeByTime([none, none])).rejects.toMatchObject({ code: 'E_NOT_A_CAPTURE' });
    expect(files.open).toBe(0);
  });

  it('of which one is none are merged without it', async () => {
    const none = write(Uint8Array.of(1, 2, 3));
    const [first, second] = [[5, 9], [7]].map((times) => write(buildPcap(packetsAt(times))));
    const all = await merged([none, first ?? '', second ?? '']);
    expect(all.map(({ capture, number }) => `${capture}.${number}`).join(' ')).toBe('1.1 2.1 1.2');
    expect(files.open).toBe(0);
  });

  it('with packets without a time give them behind the one before', async () => {
    const simple = simplePacketBlock(new Uint8Array(60));
    const at = (time: number) => packetBlock({ data: new Uint8Array(60), units: BigInt(1_000_000_000 + time) });
    const described = [sectionBlock(), interfaceBlock()];
    const timeless = write(buildPcapng([...described, simple, at(6), simple, simple, at(8)]));
    const all = await merged([write(buildPcap(packetsAt([5, 7, 9]))), timeless]);
    expect(all.map(({ capture, number }) => `${capture}.${number}`).join(' ')).toBe('1.1 0.1 1.2 1.3 1.4 0.2 1.5 0.3');
  });

  it('from stdin take part as they come', async () => {
    const stdin = new PassThrough();
    stdin.end(buildPcap(packetsAt([6, 8])));
    const all = await merged([...paths, '-'], { stdin });
    expect(all.map(({ time }) => time)).toEqual([5, 6, 6, 7, 8, 8, 9]);
    expect(all.map(({ capture }) => capture)).toEqual([0, 0, 4, 2, 2, 4, 0]);
  });
});

describe('the files', () => {
  const times = Array.from({ length: 12 }, (_, i) => ascending(3000, i + 1, 9));
  const paths = times.map((one) => write(buildPcap(packetsAt(one, 200))));

  it('are closed when nobody wants more', async () => {
    const stdin = new PassThrough();
    // silent after the second, which is not due before all is over
    stdin.write(buildPcap(packetsAt([1, 900_000])));
    let runs = 0;
    for await (const stretch of (await mergeByTime([...paths, '-'], { stdin })).stretches()) {
      for (const _ of stretch) runs++;
      if (runs > 100) break;
    }
    expect(files).toMatchObject({ open: 0, most: 12 });
    expect(stdin.destroyed).toBe(true);
  });

  it('are closed when the caller fails', async () => {
    const failing = async (): Promise<void> => {
      for await (const _ of (await mergeByTime(paths)).stretches()) throw new Error('no more');
    };
    await expect(failing()).rejects.toThrow('no more');
    expect(files.open).toBe(0);
  });

  it('open at a time are bounded: more that overlap are refused, in words, and all are closed', async () => {
    const once = async (): Promise<void> => {
      for await (const stretch of (await mergeByTime(paths, { mostOpen: 11 })).stretches()) for (const _ of stretch);
    };
    await expect(once()).rejects.toMatchObject({
      code: 'E_USAGE',
      message: expect.stringMatching(/^.*: 11 other captures have packets at the time it begins$/),
      hint: 'at most 11 can be read side by side: join some of them first with mergecap -w JOINED.pcapng FILE FILE, or read them one after the other (decode --each)',
    });
    expect(files).toMatchObject({ open: 0, most: 11 });
  });

  it('are no longer read once stopped', async () => {
    const stop = new AbortController();
    let packets = 0;
    for await (const stretch of (await mergeByTime(paths, { signal: stop.signal })).stretches()) {
      for (const { from, to } of stretch) packets += to - from;
      stop.abort();
    }
    expect(packets).toBeLessThan(36_000);
    expect(files.open).toBe(0);
  });
});

describe('clocks that are ahead', () => {
  it('are set right for the order; the times stay as captured', async () => {
    const [one, other] = [write(buildPcap(packetsAt([100, 300]))), write(buildPcap(packetsAt([500_200, 500_400])))];
    const merge = await mergeByTime([one, other], { ahead: [0, 0.5] });
    const seen: string[] = [];
    for await (const stretch of merge.stretches())
      for (const { capture, batch, from, to } of stretch)
        for (let i = from; i < to; i++) seen.push(`${capture} ${(batch.nanos[i] ?? 0) / 1000}`);
    expect(seen).toEqual(['0 100', '1 500200', '0 300', '1 500400']);
  });
});
