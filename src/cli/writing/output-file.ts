// A file, or stdout, that packets are written to piece by piece.
import { closeSync, fstatSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { type Io, writePiece } from '../io.ts';
import { outputError } from '../output-error.ts';
import { wouldChange } from '../outputs.ts';
import { usageError } from '../report-error.ts';

export interface OutputFile {
  /** False when the reader of stdout went away. @throws OverlensError E_OUTPUT */
  write(bytes: Uint8Array): Promise<boolean>;
  close(): void;
  /** Half a file is none: removes it where it is one. */
  discard(): void;
}

/**
 * Opens and empties it; `-` is stdout.
 * @param inputs what is read: none of it is overwritten
 * @throws OverlensError E_USAGE, E_OUTPUT
 */
export function openPacketFile(path: string, inputs: readonly string[], io: Io): OutputFile {
  if (path === '-') return packetsToStdout(io);
  const input = wouldChange(path, inputs);
  if (input !== null) throw usageError(`-w ${path}: ${input} is read, and would be changed by it`);
  const file = attempt(path, () => openSync(path, 'w'));
  const isFile = fstatSync(file).isFile();
  return {
    async write(bytes) {
      for (let at = 0; at < bytes.length; ) at += attempt(path, () => writeSync(file, bytes, at));
      return true;
    },
    close: () => attempt(path, () => closeSync(file)),
    discard() {
      try {
        closeSync(file);
        if (isFile) unlinkSync(path);
      } catch {
        // why it is discarded is told already
      }
    },
  };
}

function packetsToStdout(io: Io): OutputFile {
  if (io.stdoutIsTTY)
    throw usageError(
      '-w -: stdout is a terminal',
      'pipe it on, or name a file: overlens decode ... -w - | tcpdump -r -',
    );
  return { write: (bytes) => writePiece(io.stdout, bytes), close() {}, discard() {} };
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw outputError(error, `${path}: cannot be written`);
  }
}
