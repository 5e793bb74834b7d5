// The process that inputs run in: it is ended from outside when one of them takes too long, by itself when one takes too much memory.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { type CoverageMeter, coverageMeter } from './coverage.ts';
import type { FuzzKind } from './input.ts';
import { checkInput } from './kinds.ts';

/** Bytes outside the heap that may be left after an input: buffers that are still held. */
const MOST_BUFFERS = 256 * 1024 * 1024;

let meter: CoverageMeter | null = null;
const folder = mkdtempSync(join(tmpdir(), 'overlens-fuzz-'));

process.on('message', async (asked: { kind: FuzzKind; seed: number } | 'end' | 'coverage') => {
  if (asked === 'coverage') {
    meter ??= await coverageMeter();
    process.send?.(await meter.take());
    return;
  }
  if (asked === 'end') {
    rmSync(folder, { recursive: true, force: true });
    process.disconnect();
    return;
  }
  const problems = await checkInput(asked.kind, asked.seed, join(folder, 'in')).catch((error: Error) => [
    `thrown: ${error.stack ?? error}`,
  ]);
  const { external_memory: left } = getHeapStatistics();
  if (left > MOST_BUFFERS) problems.push(`${left} bytes of buffers are left`);
  process.send?.(problems);
});
