// The one error type. Exceptions are for input that is not what it should be (not a capture, an invalid snapshot,
// bad usage); what is odd inside a packet is data (decode/faults.ts).

export type ErrorCode =
  | 'E_USAGE'
  | 'E_UNREADABLE'
  | 'E_NOT_A_CAPTURE'
  | 'E_CORRUPT_CAPTURE'
  | 'E_UNSUPPORTED_CAPTURE'
  | 'E_INVALID_SNAPSHOT'
  | 'E_OUTPUT'
  | 'E_INTERNAL';

/** An error for the user: `message` names file and place and what was wrong, `hint` says what to do. */
export class OverlensError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | null;

  constructor(code: ErrorCode, message: string, options: { hint?: string | null; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'OverlensError';
    this.code = code;
    this.hint = options.hint ?? null;
  }
}

/** Several as one, a line each, with the first one's code; hints that are alike once. */
export function joinErrors([first, ...more]: readonly [OverlensError, ...OverlensError[]]): OverlensError {
  if (more.length === 0) return first;
  const all = [first, ...more];
  const hints = new Set(all.map(({ hint }) => hint).filter((hint) => hint !== null));
  const message = all.map((error) => error.message).join('\n');
  return new OverlensError(first.code, message, { hint: hints.size === 0 ? null : [...hints].join('\n') });
}
