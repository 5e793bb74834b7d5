// Exit codes (docs/ci.md). 2 outranks 1, 1 outranks 3; 130 is Ctrl-C, as shells have it.

export const EXIT = {
  /** Done, also with warnings. */
  ok: 0,
  /** `verify`, `trace --exit-code`: a violation; `topology --strict`: a conflict or risk; `quiz --answer`: a wrong part. */
  violation: 1,
  /** Bad usage, invalid snapshot, unreadable or corrupt input, internal error. */
  error: 2,
  /** `verify`: nothing could be proven, or not as much as was asked for; `trace --exit-code`: a flow could not be judged. */
  undecided: 3,
  /** Ctrl-C, after printing what there is. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
