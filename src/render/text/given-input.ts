// What each argument was taken for, as the JSON outputs have it.

export interface GivenInput {
  argument: string;
  /** `capture`, `snapshot`, `folder`, `bundle`, `unreadable`. */
  as: string;
  /** Tools whose layout a folder or bundle has. */
  tools: readonly string[];
  captures: number;
  /** Texts that a snapshot may be made of. */
  documents: number;
  /** Files that are of no use: logs, other network namespaces. */
  skipped: number;
  unread: readonly { path: string; reason: string }[];
  /** Captures of it that are others given again, and do not count: `a copy of`. */
  repeated?: readonly { path: string; of: string; is: string }[];
}

export function inputJson({
  argument,
  as,
  tools,
  captures,
  documents,
  skipped,
  unread,
  repeated = [],
}: GivenInput): object {
  const faults = unread.map(({ path, reason }) => ({ path, reason }));
  return { argument, as, tools, captures, documents, skipped, unread: faults, repeated };
}
