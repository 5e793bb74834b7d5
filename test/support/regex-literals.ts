// All regular expression literals of a source text, found by stepping over strings, templates and comments.

export interface RegexLiteral {
  pattern: string;
  flags: string;
  line: number;
}

/** Behind these a slash begins an expression, not a division. */
const BEFORE = /(?:[(,=:[&|?{};+\-*%<>~^]|(?<![\w)\]])!)$|(?:^|[^\w.])(?:return|typeof|case|of|in|await|yield|=>)$/;

/** In order. Templates are stepped over with what they hold in `${}`; the sources have no expression in one. */
export function regexLiterals(text: string): RegexLiteral[] {
  const found: RegexLiteral[] = [];
  let before = '';
  for (let at = text.startsWith('#!') ? endOf(text, 0, '\n') : 0; at < text.length; ) {
    const rest = text.slice(at, at + 2);
    if (rest === '//') at = endOf(text, at, '\n');
    else if (rest === '/*') at = endOf(text, at + 2, '*/');
    else if (`'"\``.includes(text[at] ?? '')) {
      at = afterString(text, at);
      before = ')';
    } else if (text[at] === '/' && BEFORE.test(before)) {
      const end = afterRegex(text, at);
      const flags = /^[a-z]*/.exec(text.slice(end))?.[0] ?? '';
      found.push({ pattern: text.slice(at + 1, end - 1), flags, line: text.slice(0, at).split('\n').length });
      at = end + flags.length;
      before = ')';
    } else {
      if (!/\s/.test(text[at] ?? '')) before = (before + text[at]).slice(-12);
      else if (/\w$/.test(before)) before += ' ';
      before = before.replace(/(?<=return|typeof|case|of|in|await|yield) $/, '');
      at++;
    }
  }
  return found;
}

function endOf(text: string, from: number, mark: string): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
}

function afterString(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === text[at]) return i + 1;
    else if (text[at] === '`' && text.startsWith('${', i)) i = afterHole(text, i + 2) - 1;
  }
  return text.length;
}

function afterHole(text: string, from: number): number {
  let open = 1;
  for (let i = from; i < text.length; i++) {
    if (`'"\``.includes(text[i] ?? '')) i = afterString(text, i) - 1;
    else if (text[i] === '{') open++;
    else if (text[i] === '}' && --open === 0) return i + 1;
  }
  return text.length;
}

function afterRegex(text: string, at: number): number {
  let inClass = false;
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '[') inClass = true;
    else if (text[i] === ']') inClass = false;
    else if (text[i] === '/' && !inClass) return i + 1;
  }
  return text.length;
}
