// What each argument was taken for, as the JSON outputs have it, and in words.
import { formatCount } from './format.ts';

export interface GivenInput {
  argument: string;
  /** `capture`, `snapshot`, `log`, `folder`, `bundle`, `unreadable`. */
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

/** `bundle.tar.gz: a bundle (sosreport): 3 captures, 12 texts of a snapshot, 40 files of no use`. */
export function inputSentence({ argument, as, tools, captures, documents, skipped }: GivenInput): string {
  if (as === 'snapshot') return `${argument}: a part of the snapshot`;
  if (as === 'log') return `${argument}: a log of tcpdump`;
  if (as === 'capture') return `${argument}: a capture`;
  if (as === 'unreadable') return `${argument}: cannot be read`;
  const parts = [
    formatCount(captures, 'capture'),
    formatCount(documents, 'text of a snapshot', 'texts of a snapshot'),
    ...(skipped === 0 ? [] : [`${formatCount(skipped, 'file')} of no use`]),
  ];
  const by = tools.length === 0 ? '' : ` (${tools.join(', ')})`;
  return `${argument}: a ${as}${by}: ${parts.join(', ')}`;
}
