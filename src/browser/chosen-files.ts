// Files that were dropped, chosen or pasted -> files by name, and what of them is an input by itself: a file, or a folder of files.
import { numberedName } from './numbered-name.ts';
import type { ViewFile } from './view-messages.ts';

export interface Chosen {
  /** Files by name; those of a folder are named by it. */
  readonly files: ReadonlyMap<string, Blob>;
  /** In order of their names: as a shell would give them. */
  inputs(): string[];
  add(files: readonly ViewFile[]): void;
  remove(input: string): void;
  /** Bytes of an input. */
  sizeOf(input: string): number;
}

export function chosenFiles(): Chosen {
  const files = new Map<string, Blob>();
  const isOf = (input: string, name: string): boolean => name === input || name.startsWith(`${input}/`);
  return {
    files,
    inputs: () => [...new Set([...files.keys()].map(inputOf))].sort(),
    add(added) {
      const given = new Map<string, string>();
      for (const { name, content } of added) {
        const input = inputOf(name);
        const free = given.get(input) ?? freeName(input, name, content, files);
        given.set(input, free);
        files.set(free + name.slice(input.length), content);
      }
    },
    remove(input) {
      for (const name of [...files.keys()]) if (isOf(input, name)) files.delete(name);
    },
    sizeOf: (input) =>
      [...files].filter(([name]) => isOf(input, name)).reduce((sum, [, content]) => sum + content.size, 0),
  };
}

function inputOf(name: string): string {
  return name.split('/', 1)[0] ?? name;
}

/** The same file, or folder, takes the place of what was given before; another one of its name gets a number. */
function freeName(input: string, name: string, content: Blob, files: ReadonlyMap<string, Blob>): string {
  let free = input;
  for (let number = 2; isTaken(free); number++) free = numberedName(input, number);
  return free;

  function isTaken(candidate: string): boolean {
    const there = files.get(candidate + name.slice(input.length));
    if (there !== undefined) return !isSame(there, content);
    return name === input && [...files.keys()].some((one) => one.startsWith(`${candidate}/`));
  }
}

function isSame(a: Blob, b: Blob): boolean {
  const time = (one: Blob): number | null => (one instanceof File ? one.lastModified : null);
  return a.size === b.size && time(a) === time(b);
}

/** Of a file chooser: a chosen folder's files carry their path. */
export function filesOfList(list: Iterable<File>): ViewFile[] {
  return [...list].map((file) => ({ name: file.webkitRelativePath || file.name, content: file }));
}
