// Why something cannot be written: the operating system's reason in words.
import { OverlensError } from '../errors.ts';

/** What the operating system says, by its codes. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on device',
  EDQUOT: 'the disk quota is exceeded',
  EFBIG: 'the file is too large',
  EIO: 'input/output error',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'no such directory',
  EISDIR: 'is a directory',
};

/** `cannot write: no space left on device`; no fault of this program. */
export function outputError(cause: unknown, what: string, hint: string | null = null): OverlensError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  return new OverlensError('E_OUTPUT', `${what}: ${REASONS[code] ?? message ?? String(cause)}`, { hint, cause });
}
