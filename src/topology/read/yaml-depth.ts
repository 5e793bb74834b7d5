// How deep a YAML text nests, by its looks: the parser descends by recursion, and a stack that is used up ends the whole program.

/** Deeper than any object, and far from what the stack holds. */
const DEEPEST = 400;

/** Whether brackets, indentation or elements within elements (`- - -`) go deeper than anybody writes. One pass. */
export function isTooDeep(text: string): boolean {
  const indents: number[] = [];
  let brackets = 0;
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf('\n', at);
    const end = next < 0 ? text.length : next;
    const column = contentOf(text, at, end);
    if (column.at < end) {
      while ((indents.at(-1) ?? -1) >= column.at - at) indents.pop();
      indents.push(column.at - at);
    }
    brackets = Math.max(0, brackets + openedBy(text, at, end));
    if (indents.length + column.marks + brackets > DEEPEST) return true;
    at = end + 1;
  }
  return false;
}

/** Where a line's content begins, behind its blanks and the marks of elements and keys. */
function contentOf(text: string, from: number, end: number): { at: number; marks: number } {
  let at = from;
  let marks = 0;
  while (at < end && ' \t-?'.includes(text.charAt(at))) {
    if (text.charAt(at) === '-' || text.charAt(at) === '?') {
      if (at + 1 < end && text.charAt(at + 1) !== ' ') break;
      marks++;
    }
    at++;
  }
  return { at, marks };
}

/** The deepest that a line goes, or what it leaves open: whatever is more; negative where it closes. */
function openedBy(text: string, from: number, end: number): number {
  let open = 0;
  let most = 0;
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5b || code === 0x7b) most = Math.max(most, ++open);
    else if (code === 0x5d || code === 0x7d) open--;
  }
  return most > DEEPEST ? most : open;
}
