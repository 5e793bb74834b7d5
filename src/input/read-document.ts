// A file -> a document of a snapshot: its text, or what it is instead.
import { readAll } from '../bytes/archive/walk-members.ts';
import type { ChunkBuffer } from '../bytes/chunk.ts';
import { contentOf, peekContent } from '../bytes/decompress.ts';
import { contentKind, describeContent, isText, textEncoding, unreadCompression } from '../bytes/sniff.ts';
import type { SnapshotDocument } from '../topology/read/read-documents.ts';
import { memberTime } from '../topology/time/taken.ts';
import type { FoundFile } from './leaves.ts';

/** A snapshot file larger than this is no snapshot; much longer text would not fit a string either. */
export const LARGEST_FILE = 400 * 1024 * 1024;

/** What a file holds, by its first bytes. */
export type FileKind = 'capture' | 'text' | 'empty' | 'other';

/** Looks at a file without consuming it. */
export async function kindOfFile(chunk: ChunkBuffer): Promise<FileKind> {
  const { head } = await peekContent(chunk);
  if (head.length === 0) return 'empty';
  const kind = contentKind(head);
  if (kind === 'pcap' || kind === 'pcapng') return 'capture';
  return isText(head) ? 'text' : 'other';
}

/** Text that one argument may hold: it stays in memory until it is understood. */
export const MOST_TEXT = 1024 * 1024 * 1024;

/** What is left of it. */
export interface TextBudget {
  left: number;
}

export function textBudget(most = MOST_TEXT): TextBudget {
  return { left: most };
}

/** Reads it: text of any encoding that is met, compressed or not; of what is no text only what it is. */
export async function readDocument(file: FoundFile, budget: TextBudget = textBudget()): Promise<SnapshotDocument> {
  const place = placeOf(file);
  const { head } = await peekContent(file.chunk);
  const compression = unreadCompression(head);
  if (compression !== null)
    return { ...place, text: '', unread: `is ${compression.looks}, which is not read: ${compression.hint}` };
  const foreign = foreignKind(head);
  if (foreign !== null) return { ...place, text: '', foreign };
  const { chunk } = await contentOf(file.chunk);
  const most = Math.min(LARGEST_FILE, budget.left);
  const bytes = await readAll(chunk, most);
  if (chunk.fault !== null && chunk.fault.kind !== 'trailing')
    return { ...place, text: '', unread: chunk.fault.message };
  if (bytes === null) {
    const all = `would be more than ${MOST_TEXT / 1024 / 1024} MiB of text, with the files before it`;
    const unread = most < LARGEST_FILE ? all : `is larger than ${LARGEST_FILE / 1024 / 1024} MiB`;
    return { ...place, text: '', unread };
  }
  budget.left -= bytes.length;
  return { ...place, text: textOf(bytes) };
}

function placeOf({ path, below, named, bundle, modified }: FoundFile): Omit<SnapshotDocument, 'text'> {
  const inside = named ? {} : { path: below };
  const taken = memberTime(modified, path);
  return {
    file: path,
    named,
    ...inside,
    ...(bundle === null ? {} : { bundle }),
    ...(taken === null ? {} : { taken }),
  };
}

/** What it is instead of a text; null for a text. */
function foreignKind(head: Uint8Array): string | null {
  const kind = contentKind(head);
  if (kind === 'pcap' || kind === 'pcapng') return `${kind} capture`;
  if (head.length === 0 || isText(head)) return null;
  const { looks } = describeContent(head);
  return looks === null ? 'binary file' : looks.replace(/^an? /, '');
}

/** Redirected output of PowerShell is UTF-16, that of other shells of Windows may be in its code page. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder(textEncoding(bytes)).decode(bytes);
}
