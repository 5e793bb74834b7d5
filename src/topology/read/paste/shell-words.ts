// A command line as a shell would cut it: words, and the signs between commands. One pass over the text; nothing is expanded.

export interface ShellToken {
  text: string;
  /** `|`, `;`, `&&`, `>` and the like; false for words. */
  isSign: boolean;
}

const SIGNS = '|;&<>';
/** More than anybody types. */
const MOST_TOKENS = 400;

/** The words and signs of a line. Quotes and backslashes are taken away; `$(...)` stays one word. */
export function shellTokens(line: string): ShellToken[] {
  const tokens: ShellToken[] = [];
  let at = 0;
  while (at < line.length && tokens.length < MOST_TOKENS) {
    const code = line.charAt(at);
    if (code === ' ' || code === '\t' || code === '\n') at++;
    else if (SIGNS.includes(code)) {
      const end = signEnd(line, at);
      tokens.push({ text: line.slice(at, end), isSign: true });
      at = end;
    } else {
      const word = readWord(line, at);
      tokens.push({ text: word.text, isSign: false });
      at = word.end;
    }
  }
  return tokens;
}

function signEnd(line: string, at: number): number {
  let end = at + 1;
  while (end < line.length && end - at < 3 && SIGNS.includes(line.charAt(end)) && line.charAt(at) !== ';') end++;
  return end;
}

function readWord(line: string, from: number): { text: string; end: number } {
  let text = '';
  let at = from;
  while (at < line.length) {
    const code = line.charAt(at);
    if (code === ' ' || code === '\t' || code === '\n' || SIGNS.includes(code)) break;
    if (code === "'" || code === '"') {
      const close = line.indexOf(code, at + 1);
      const end = close < 0 ? line.length : close;
      text += line.slice(at + 1, end);
      at = end + 1;
    } else if (code === '$' && line.charAt(at + 1) === '(') {
      const end = closingParenthesis(line, at + 1);
      text += line.slice(at, end);
      at = end;
    } else if (code === '\\') {
      text += line.charAt(at + 1);
      at += 2;
    } else {
      text += code;
      at++;
    }
  }
  return { text, end: at };
}

function closingParenthesis(line: string, from: number): number {
  let depth = 0;
  for (let at = from; at < line.length; at++) {
    const code = line.charAt(at);
    if (code === '(') depth++;
    else if (code === ')' && --depth === 0) return at + 1;
  }
  return line.length;
}
