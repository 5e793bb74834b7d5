// Untrusted text (names in snapshots, paths, bytes of packets) made harmless before it reaches a terminal, a spreadsheet,
// an XML or a Markdown file. Guarantee: what could move a cursor, change colours or hide and reorder text is shown instead.

/**
 * What a terminal obeys or a reader cannot see: C0, DEL and C1 controls (ECMA-48); bidirectional marks, embeddings, overrides and
 * isolates (UAX #9), zero-width and other invisible characters (UAX #44, Default_Ignorable_Code_Point); line and paragraph
 * separators; interlinear annotations; lone surrogates.
 */
const HARMFUL = /[\p{Cc}\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffb\p{Surrogate}]/gu;

/** Characters of one text that are shown: names have 253 at most, and nobody reads a megabyte of one. JSON has them whole. */
const LONGEST = 16 * 1024;

/** For terminals: each harmful character as a visible escape (`\x1b`, `\u202e`, `\u{e0001}`); all else as it is, unless it is endless. */
export function escapeText(text: string): string {
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return isPlain(shown) ? shown : shown.replace(HARMFUL, visibleEscape);
}

/** `JSON.stringify` whose text is also harmless on a terminal. The escapes are JSON's own, so every parser gets the original. */
export function stringifyJson(value: unknown, indent = 0): string {
  const text = JSON.stringify(value, null, indent);
  // The line feeds of indented output are ours; inside strings JSON.stringify has escaped them.
  return isPlain(text)
    ? text
    : text.replace(HARMFUL, (character) => (character === '\n' ? character : jsonEscape(character)));
}

/** A whole text that somebody else reads again: what is harmful becomes U+FFFD, as it means nothing there; lines and tabs stay. */
export function harmlessText(text: string): string {
  return isPlain(text)
    ? text
    : text.replace(HARMFUL, (character) => (character === '\n' || character === '\t' ? character : '\ufffd'));
}

/**
 * One CSV field (RFC 4180 section 2): quoted where it holds a comma, a quote or blanks at its ends. A text that a spreadsheet would
 * run as a formula (it begins with `=`, `+`, `-`, `@`) gets an apostrophe in front (OWASP, CSV injection); numbers stay.
 */
export function escapeCsv(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const visible = escapeText(value);
  const harmless = /^[=+\-@]/.test(visible) ? `'${visible}` : visible;
  return /[",]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Text and attribute values of XML 1.0 (section 2.4); characters that XML cannot hold become visible escapes. */
export function escapeXml(text: string): string {
  return escapeText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
    .replaceAll(/[\ufffe\uffff]/g, '\ufffd');
}

/** Text inside a paragraph or a table cell of GitHub-flavoured Markdown: shown literally, no links, no HTML, no mentions. */
export function escapeMarkdown(text: string): string {
  return escapeText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_{}[\]()#|~!^$]/g, '\\$&')
    .replaceAll('@', '&#64;')
    .replaceAll('://', ':&#47;&#47;');
}

function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

function visibleEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}

function jsonEscape(character: string): string {
  return Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');
}
