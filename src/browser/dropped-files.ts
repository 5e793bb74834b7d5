// What was dropped -> files, with all that is in folders.
import { filesOfList } from './chosen-files.ts';
import type { ViewFile } from './view-messages.ts';

/** What is used of the handle of a file or folder, which not every browser gives. */
interface Handle {
  kind: 'file' | 'directory';
  name: string;
  getFile(): Promise<File>;
  values(): AsyncIterable<Handle>;
}

interface Item extends DataTransferItem {
  getAsFileSystemHandle?(): Promise<Handle | null>;
}

interface Dropped {
  file: File | null;
  entry: FileSystemEntry | null;
  handle: Promise<Handle | null>;
}

/**
 * The transfer is read at once: it is empty a moment later.
 * @throws Error where the browser does not let the page read a folder
 */
export async function filesOfDrop({ items, files }: DataTransfer): Promise<ViewFile[]> {
  const dropped = [...items].filter(({ kind }) => kind === 'file').map(droppedOf);
  if (dropped.length === 0) return filesOfList(files);
  const found: ViewFile[] = [];
  for (const { file, entry, handle } of dropped) {
    if (entry?.isDirectory !== true) found.push(...filesOfList(file === null ? [] : [file]));
    else found.push(...(await filesOfFolder(entry as FileSystemDirectoryEntry, await handle)));
  }
  return found;
}

function droppedOf(item: Item): Dropped {
  const handle = item.getAsFileSystemHandle?.().catch(() => null) ?? Promise.resolve(null);
  return { file: item.getAsFile(), entry: item.webkitGetAsEntry(), handle };
}

/** Chromium reads no entries for a page that is a file itself, and gives a handle; others have entries only. */
async function filesOfFolder(entry: FileSystemDirectoryEntry, handle: Handle | null): Promise<ViewFile[]> {
  const found: ViewFile[] = [];
  try {
    if (handle === null) await collectEntry(entry, found);
    else await collectHandle(handle, handle.name, found);
    return found;
  } catch (cause) {
    throw new Error(`${entry.name}: this browser does not let the page read a folder that is dropped`, { cause });
  }
}

async function collectHandle(handle: Handle, name: string, found: ViewFile[]): Promise<void> {
  if (handle.kind === 'file') found.push({ name, content: await handle.getFile() });
  else for await (const one of handle.values()) await collectHandle(one, `${name}/${one.name}`, found);
}

async function collectEntry(entry: FileSystemEntry, found: ViewFile[]): Promise<void> {
  if (entry.isFile) {
    const content = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ name: entry.fullPath.replace(/^\//, ''), content });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // it gives a hundred at a time
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const one of some) await collectEntry(one, found);
  }
}
