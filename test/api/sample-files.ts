// Files of a sample as a page has them: names and bytes, no paths.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const SAMPLE = 'samples/01-vxlan-between-nodes';

export interface SampleFile {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Captures of a folder, in order of their names, each under its path. */
export function capturesOf(folder: string): SampleFile[] {
  return filesIn(folder).filter(({ name }) => /\.pcap(ng)?$/.test(name));
}

/** Files of a folder and those below it. */
export function filesIn(folder: string): SampleFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((name) => ({ name, bytes: new Uint8Array(readFileSync(name)) }));
}

/** The same under names that are no paths on this disk. */
export function elsewhere(files: readonly SampleFile[]): SampleFile[] {
  return files.map(({ name, bytes }) => ({ name: `given/${name}`, bytes }));
}

/** A Blob that counts the bytes that were read of it. */
export function countingBlob(bytes: Uint8Array): { blob: Blob; read: () => number } {
  let read = 0;
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  const slice = blob.slice.bind(blob);
  blob.slice = (start, end) => {
    const part = slice(start, end);
    read += part.size;
    return part;
  };
  return { blob, read: () => read };
}
