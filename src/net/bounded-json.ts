// JSON from elsewhere, parsed unless it is nested deeper than anything real: what walks over values does so by recursion.

/** Nothing that a cluster's tools write is nested a tenth as deep. */
export const DEEPEST_NESTING = 400;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `[` and `{`, `]` and `}` differ in this bit only. */
const BRACE_BIT = 0x20;
const OPENING = 0x5b;
const CLOSING = 0x5d;

/** As `JSON.parse`. @throws SyntaxError also for a text that is nested too deeply */
export function parseBoundedJson(text: string): unknown {
  if (isTooDeep(text)) throw new SyntaxError('nested too deeply');
  return JSON.parse(text);
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if ((code & ~BRACE_BIT) === OPENING && ++depth > DEEPEST_NESTING) return true;
    else if ((code & ~BRACE_BIT) === CLOSING) depth--;
  }
  return false;
}

/** Offset of the quote that ends it. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at;
  }
  return text.length;
}
