// Writes a made capture to a file or to standard output, plain or through gzip.
import { closeSync, openSync, writeSync } from 'node:fs';
import { createGzip } from 'node:zlib';
import { captureBytes } from './capture.ts';
import type { CaptureOptions } from './options.ts';

const STDOUT = 1;

export interface Target {
  /** `-` is standard output. */
  path: string;
  gzip: boolean;
}

/** Writes the whole capture. Ends quietly when the reader of standard output has gone. */
export async function writeCapture({ path, gzip }: Target, options: CaptureOptions): Promise<void> {
  const file = path === '-' ? STDOUT : openSync(path, 'w');
  try {
    if (gzip) await writeGzip(file, options);
    else for (const piece of captureBytes(options)) writeAll(file, piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  } finally {
    if (file !== STDOUT) closeSync(file);
  }
}

async function writeGzip(file: number, options: CaptureOptions): Promise<void> {
  const gzip = createGzip({ chunkSize: 1 << 20 });
  const written = (async () => {
    for await (const piece of gzip) writeAll(file, piece as Buffer);
  })();
  // the callback comes when the piece has been read: only then may the next one take its place
  for (const piece of captureBytes(options)) await new Promise((done) => gzip.write(piece, done));
  gzip.end();
  await written;
}

/** A pipe may take less, or nothing for a moment. */
function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(file, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(PAUSE, 0, 0, 1);
    }
  }
}

const PAUSE = new Int32Array(new SharedArrayBuffer(4));
