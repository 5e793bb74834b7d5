// Files inside a page: each in an element of its own, compressed, as text. Written by `overlens view`, read by the page.
import type { ViewFile } from './view-messages.ts';

/** What is no script, and is not run as one. */
const TYPE = 'application/gzip+base64';

/** Where they stand in the page: before its script. */
export const FILES_MARK = '<!-- files -->';

/** A file for the page: its name, and base64 of its gzip. */
export interface PackedFile {
  name: string;
  base64: string;
}

/** The page with files in it, in pieces. @throws Error where it is not this page */
export function* pageWithFiles(page: string, files: Iterable<PackedFile>): Generator<string> {
  const at = page.indexOf(FILES_MARK);
  if (at < 0) throw new Error(`no ${FILES_MARK} in the page`);
  yield page.slice(0, at);
  for (const { name, base64 } of files)
    yield `<script type="${TYPE}" data-name="${encodeURIComponent(name)}">${base64}</script>\n`;
  yield page.slice(at + FILES_MARK.length);
}

/** All files in the page, in order; their elements are not needed any more then. */
export async function filesInPage(page: Document): Promise<ViewFile[]> {
  const files: ViewFile[] = [];
  for (const element of page.querySelectorAll<HTMLElement>(`script[type="${TYPE}"][data-name]`)) {
    const content = await unpacked(element.textContent ?? '').blob();
    files.push({ name: decodeURIComponent(element.dataset['name'] ?? ''), content });
    element.remove();
  }
  return files;
}

/** Characters of base64 that are decoded at once: a whole number of bytes. */
const AT_ONCE = 4 * 1024 * 1024;

/** What a text of base64 holds compressed. */
export function unpacked(base64: string): Response {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < base64.length; at += AT_ONCE) {
    const characters = atob(base64.slice(at, at + AT_ONCE));
    const bytes = new Uint8Array(characters.length);
    for (let i = 0; i < characters.length; i++) bytes[i] = characters.charCodeAt(i);
    pieces.push(bytes);
  }
  return new Response(new Blob(pieces).stream().pipeThrough(new DecompressionStream('gzip')));
}
