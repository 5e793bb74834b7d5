import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ReadingProgress } from '../../src/capture/reading-progress.ts';
import { createProgress } from '../../src/cli/progress/progress.ts';
import { progressLine, type ReadingState } from '../../src/cli/progress/progress-line.ts';
import { collector, testIo } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-progress-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file of so many bytes. */
function fileOf(name: string, bytes: number): string {
  const path = join(folder, name);
  writeFileSync(path, '');
  truncateSync(path, bytes);
  return path;
}

const FILES = [fileOf('a.pcap', 1e6), fileOf('b.pcap', 3e6)];

/** A progress with a clock that is set by hand. */
function progressAt(columns = 80, why?: string) {
  const { stream, text } = collector();
  let now = 0;
  const progress = createProgress(testIo({ stderr: stream, stderrIsTTY: true, columns }), { why, clock: () => now });
  const at = (time: number, state: Partial<ReadingProgress>): string => {
    const before = text().length;
    now = time;
    progress.report?.({ captures: FILES, capture: 0, position: 0, packets: 0, ...state });
    return text().slice(before);
  };
  return { progress, at, text };
}

describe('the line of progress', () => {
  it('comes after a second, says how far all files are, how fast and how long still', () => {
    const { at } = progressAt();
    at(0, {});
    expect(at(500, { position: 1e5, packets: 100 })).toBe('');
    expect(at(1000, { position: 2e5, packets: 1000 })).toBe(
      '\rfile 1 of 2 a.pcap  5 % of 4.0 MB, 1000 packets/s, about 20 s left\u001b[K',
    );
    expect(at(2000, { capture: 1, position: 1e6, packets: 500 })).toBe(
      '\rfile 2 of 2 b.pcap  50 % of 4.0 MB, 750 packets/s, about 2 s left\u001b[K',
    );
  });

  it('changes five times a second at most, in one write, and not at all where it says the same', () => {
    const { at } = progressAt();
    at(1000, { position: 2e5, packets: 1000 });
    expect(at(1100, { position: 3e5, packets: 1500 })).toBe('');
    const texts = [at(1300, { position: 4e5, packets: 1300 }), at(2600, { position: 8e5, packets: 2600 })];
    expect(texts.map((text) => text.split('\r').length - 1)).toEqual([1, 1]);
    expect(at(2850, { position: 8e5, packets: 2600 + 250 }).length + at(2900, { position: 8e5 }).length).toBeLessThan(
      90,
    );
  });

  it('is gone when cleared, and when ended for good', () => {
    const { progress, at, text } = progressAt();
    progress.clear();
    expect(text()).toBe('');
    at(1000, { position: 2e5 });
    progress.clear();
    expect(text().endsWith('\r\u001b[K')).toBe(true);
    expect(at(2000, { position: 2e5 })).not.toBe('');
    progress.end();
    expect(at(9000, { position: 4e5 })).toBe('');
  });

  it('of the next reading begins anew', () => {
    const { at } = progressAt();
    at(1000, { capture: 1, position: 3e6, packets: 9 });
    expect(at(2000, { captures: [...FILES], position: 0 })).toContain('file 1 of 2 a.pcap  0 % of 4.0 MB');
  });

  it('tells the pace of the reading, whatever came before its first packets', () => {
    const { at } = progressAt();
    expect(at(4000, { position: 1e5, packets: 100 })).toBe('\rfile 1 of 2 a.pcap  2 % of 4.0 MB\u001b[K');
    expect(at(5000, { position: 1.1e6, packets: 1100 })).toContain('27 % of 4.0 MB, 1000 packets/s, about 3 s left');
  });

  it('of a pipe tells bytes and packets, and no share', () => {
    const { at } = progressAt();
    const captures = ['-'];
    at(0, { captures });
    expect(at(1000, { captures, position: 2e6, packets: 3000 })).toBe('\rstdin  2.0 MB, 3000 packets/s\u001b[K');
  });

  it('of a file that grows beyond what it had gives no share', () => {
    const { at } = progressAt();
    expect(at(1000, { captures: [FILES[0] ?? ''], position: 2e6 })).toMatch(/^\ra.pcap {2}2\.0 MB/);
  });

  it('of captures read side by side counts what was read of each', () => {
    const { at } = progressAt();
    at(0, { isMerged: true });
    at(500, { isMerged: true, capture: 1, position: 1e6, packets: 600 });
    expect(at(1000, { isMerged: true, capture: 0, position: 1e6, packets: 400 })).toContain(
      '2 files, 50 % of 4.0 MB, 1000 packets/s',
    );
  });

  it('is not there where stderr is no terminal', () => {
    expect(createProgress(testIo({ stderrIsTTY: false })).report).toBeUndefined();
  });
});

const STATE: ReadingState = {
  path: '/captures/control1-ens5.pcap',
  file: 12,
  files: 104,
  isMerged: false,
  bytes: 4.4e10,
  total: 1.23e11,
  packetsPerSecond: 1_234_567,
  secondsLeft: 4321,
  why: "reading all for the packet's flow",
  columns: 79,
};

describe('what the line says', () => {
  it('gives up the name first, then the pace, then what it is for', () => {
    const at = (columns: number): string => progressLine({ ...STATE, columns });
    expect(at(200)).toBe(
      "reading all for the packet's flow: file 12 of 104 control1-ens5.pcap  35 % of 123 GB, 1.2M packets/s, about 72 min left",
    );
    expect(at(100)).toBe(
      "reading all for the packet's flow: file 12 of 104, 35 % of 123 GB, 1.2M packets/s, about 72 min left",
    );
    expect(at(90)).toBe("reading all for the packet's flow: file 12 of 104, 35 % of 123 GB, about 72 min left");
    expect(at(78)).toBe('file 12 of 104 control…pcap  35 % of 123 GB, 1.2M packets/s, about 72 min left');
    expect(at(66)).toBe('file 12 of 104, 35 % of 123 GB, 1.2M packets/s, about 72 min left');
  });

  it.each([20, 40, 60, 79, 132])('fits into %i columns', (columns) => {
    const names = ['a.pcap', `${'長い名前'.repeat(40)}.pcap`, 'x'.repeat(300)];
    for (const path of names)
      for (const why of [undefined, STATE.why])
        for (const files of [1, 104]) {
          const line = progressLine({ ...STATE, path, why, files, columns });
          expect(columnsOf(line)).toBeLessThanOrEqual(columns);
        }
  });

  it('lets no control character of a name through', () => {
    const line = progressLine({ ...STATE, path: '/x/\u001b]0;owned\u0007\r\n.pcap', why: undefined, columns: 200 });
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });

  it.each([
    [0.2, '1 s'],
    [9.6, '10 s'],
    [41, '40 s'],
    [59, '1 min'],
    [125, '2 min'],
    [9000, '3 h'],
  ])('rounds %f s to %s', (secondsLeft, text) => {
    expect(progressLine({ ...STATE, secondsLeft })).toMatch(new RegExp(`about ${text} left$`));
  });
});

/** Wide characters take two. */
function columnsOf(text: string): number {
  return [...text].reduce((sum, character) => sum + (/[\u3000-\u9fff]/.test(character) ? 2 : 1), 0);
}
