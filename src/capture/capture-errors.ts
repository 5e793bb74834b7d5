// The wording of what can be wrong with a capture: every error names the file, and the place where there is one.

import type { StreamFault } from '../bytes/chunk.ts';
import { OverlensError } from '../errors.ts';
import type { CaptureInfo } from './source.ts';

/** How messages call a capture: the path as given, `stdin` for `-`. */
export function captureName(path: string): string {
  return path === '-' ? 'stdin' : path;
}

/** `packet 4 at byte offset 1234`; offsets in a compressed capture are those of its content. */
export function placeOf(info: CaptureInfo, what: string, offset: number): string {
  return `${what} at byte offset ${offset}${info.compression === 'none' ? '' : ' (uncompressed)'}`;
}

/** Corruption found while reading: what was read before it counts. */
export function corruptCapture(info: CaptureInfo, place: string, problem: string, hint?: string): OverlensError {
  return new OverlensError('E_CORRUPT_CAPTURE', `${captureName(info.path)}: ${place}: ${problem}`, {
    hint: hint ?? 'what stands before it was read; copy the file again or capture again to get the rest',
  });
}

/** A stream that ended with a fault no packet can be had after: thrown when opening, kept in `info.error` later. */
export function streamError(path: string, fault: StreamFault): OverlensError {
  const options = { hint: fault.hint ?? null, cause: fault.cause };
  switch (fault.kind) {
    case 'unsupported':
      return new OverlensError('E_UNSUPPORTED_CAPTURE', `${captureName(path)}: ${fault.message}`, options);
    case 'unreadable':
    case 'stopped':
    case 'so-far':
    case 'lost':
      return new OverlensError('E_UNREADABLE', `${captureName(path)}: cannot be read: ${fault.message}`, options);
    default:
      return new OverlensError('E_CORRUPT_CAPTURE', `${captureName(path)}: ${fault.message}`, options);
  }
}

/** A compressed file that is to be followed: it has no end in the middle up to which it could be read. */
export function cannotFollow(path: string, compression: string): OverlensError {
  return new OverlensError('E_USAGE', `${captureName(path)}: a ${compression} file cannot be followed while it grows`, {
    hint: 'read it without --follow, or decompress it before the pipe',
  });
}

/** Adds a warning, once per code: a damaged file can have one for every block. */
export function warnOnce(info: CaptureInfo, code: string, message: string): void {
  if (!info.warnings.some((warning) => warning.code === code)) info.warnings.push({ code, message });
}
