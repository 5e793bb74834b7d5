// A capture in pieces, as rotation makes them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCaptureFile, writeCaptureFile } from './capture-rewriter.ts';

/** Writes the pieces of at most `size` packets into a folder, named by `nameOf(i)`. */
export function splitCapture(path: string, size: number, folder: string, nameOf: (piece: number) => string): string[] {
  const file = readCaptureFile(path);
  const paths: string[] = [];
  for (let at = 0; at < file.frames.length; at += size) {
    const piece = join(folder, nameOf(paths.length));
    writeFileSync(piece, writeCaptureFile({ ...file, frames: file.frames.slice(at, at + size) }));
    paths.push(piece);
  }
  return paths;
}

/** The same order for the same seed. */
export function shuffled<T>(list: readonly T[], seed: number): T[] {
  const order = [...list];
  let state = seed;
  for (let i = order.length - 1; i > 0; i--) {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    const other = state % (i + 1);
    [order[i], order[other]] = [order[other] as T, order[i] as T];
  }
  return order;
}
