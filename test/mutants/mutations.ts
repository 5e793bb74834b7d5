// Single changes of a source text that a test should notice: comparisons, conditions, constants, statements. No parser: comments, strings
// and imports are blanked out, and what is left is searched by form, which the formatter keeps the same everywhere.

export interface Mutation {
  /** Offset in the text; `before` stands there, `after` takes its place. */
  at: number;
  before: string;
  after: string;
}

/** Infix operators, which the formatter puts between blanks. */
const OPERATORS: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '&&': '||',
  '||': '&&',
  '+': '-',
  '-': '+',
  '&': '|',
  '<<': '>>>',
  '>>>': '<<',
};

/** Every mutation of a TypeScript text, in the order of the text. */
export function mutationsOf(source: string): Mutation[] {
  const code = blanked(source);
  return [...operators(code), ...conditions(code), ...constants(code), ...statements(code)]
    .map(({ at, length, after }) => ({ at, before: source.slice(at, at + length), after: after(source) }))
    .sort((a, b) => a.at - b.at || a.after.localeCompare(b.after));
}

export function mutated(source: string, { at, before, after }: Mutation): string {
  return source.slice(0, at) + after + source.slice(at + before.length);
}

interface Place {
  at: number;
  length: number;
  /** Made of the whole source: what was blanked out must come back. */
  after: (source: string) => string;
}

function operators(code: string): Place[] {
  return [...code.matchAll(/(?<= )(===|!==|<=|>=|<<|>>>|&&|\|\||[<>+&-])(?= )/g)].map(({ 0: found, index }) => ({
    ...{ at: index, length: found.length },
    after: () => OPERATORS[found] ?? found,
  }));
}

/** `if (...)` and `while (...)`, and what stands before a `?` between blanks on the same line. */
function conditions(code: string): Place[] {
  return [...code.matchAll(/\b(?:if|while) \(/g)].flatMap(({ 0: found, index }) => {
    const from = index + found.length;
    const to = closing(code, from);
    return to < 0 ? [] : [{ at: from, length: to - from, after: (source: string) => `!(${source.slice(from, to)})` }];
  });
}

/** Offset of the parenthesis that closes what was opened before `from`. */
function closing(code: string, from: number): number {
  let depth = 1;
  for (let at = from; at < code.length; at++) {
    if (code[at] === '(') depth++;
    if (code[at] === ')' && --depth === 0) return at;
  }
  return -1;
}

function constants(code: string): Place[] {
  const numbers = [...code.matchAll(/(?<![\w.$])(0x[0-9a-f]+|\d+)(?![\w.])/g)].map(({ 0: found, index }) => ({
    ...{ at: index, length: found.length },
    after: () => String(Number(found) + 1),
  }));
  const booleans = [...code.matchAll(/(?<=(?:return|=|\?|:|\() ?)(true|false)\b/g)].map(({ 0: found, index }) => ({
    ...{ at: index, length: found.length },
    after: () => (found === 'true' ? 'false' : 'true'),
  }));
  return [...numbers, ...booleans];
}

/** Calls and assignments of one line that nobody takes the value of. */
function statements(code: string): Place[] {
  const form =
    /(?<=^ +)(?!return\b|const\b|let\b|throw\b|break\b|continue\b|case\b|yield\b)[\w.[\]!]+(?:\(.*\)| [+|&-]?= .*|\+\+);$/gm;
  return [...code.matchAll(form)].map(({ 0: found, index }) => ({ at: index, length: found.length, after: () => ';' }));
}

/** The text with comments, strings, regular expressions, imports and types of one line made blank, character by character. */
function blanked(source: string): string {
  const blank = (text: string): string => text.replace(/[^\n]/g, '_');
  return source
    .replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/gm, blank)
    .replace(/^(?:import|export) [^;]*? from _+;$/gm, blank)
    .replace(/^(?:export )?(?:type|interface) [\s\S]*?^}?;?$/gm, blank)
    .replace(/(?<=[(,=:] ?)\/(?![/*])(?:[^/\\\n]|\\.)+\/[a-z]*/g, blank);
}
