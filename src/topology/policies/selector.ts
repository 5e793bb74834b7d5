// Calico's selector expressions (reference/resources/networkpolicy, "Selectors"): labels compared, `has`, `in`, joined by && || ! and
// parentheses. A label that is absent is unequal to everything; one that is not known leaves the answer open.
import type { Truth } from './policy-model.ts';
import { all, any, not } from './truth.ts';

/** The value of a label; null: absent; undefined: not known. */
export type LabelSource = (key: string) => string | null | undefined;

export type Selector = (labels: LabelSource) => Truth;

/** Deeper ones are nobody's, and would exhaust the stack. */
const DEEPEST = 40;
const TOKEN = /\s*(\|\||&&|==|!=|!|\(|\)|\{|\}|,|"[^"]*"|'[^']*'|[\w./-]+)/y;

/** Null: not understood. */
export function parseSelector(text: string): Selector | null {
  const tokens = tokensOf(text);
  const reader = { tokens: tokens ?? [], at: 0, depth: 0 };
  const parsed = tokens === null ? null : tokens.length === 0 ? () => true : readAny(reader);
  return reader.at === reader.tokens.length ? parsed : null;
}

/** A function that says what selectors say, and parses each of them once; null too where one is not understood. */
export function createSelects(): (text: string, labels: LabelSource) => Truth {
  const parsed = new Map<string, Selector | null>();
  return (text, labels) => {
    const known = parsed.get(text);
    const selector = known === undefined ? parseSelector(text) : known;
    if (known === undefined) parsed.set(text, selector);
    return selector?.(labels) ?? null;
  };
}

interface Reader {
  tokens: readonly string[];
  at: number;
  depth: number;
}

function tokensOf(text: string): string[] | null {
  const tokens: string[] = [];
  const rest = text.trimEnd();
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < rest.length; ) {
    const match = TOKEN.exec(rest);
    if (match === null) return null;
    tokens.push(match[1] ?? '');
  }
  return tokens;
}

function take(reader: Reader, ...wanted: readonly string[]): boolean {
  if (!wanted.every((token, i) => reader.tokens[reader.at + i] === token)) return false;
  reader.at += wanted.length;
  return true;
}

function readAny(reader: Reader): Selector | null {
  return readJoined(reader, '||', readAll, any);
}

function readAll(reader: Reader): Selector | null {
  return readJoined(reader, '&&', readOne, all);
}

function readJoined(
  reader: Reader,
  operator: string,
  readPart: (reader: Reader) => Selector | null,
  join: (truths: readonly Truth[]) => Truth,
): Selector | null {
  const parts: Selector[] = [];
  do {
    const part = readPart(reader);
    if (part === null) return null;
    parts.push(part);
  } while (take(reader, operator));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : (labels) => join(parts.map((part) => part(labels)));
}

function readOne(reader: Reader): Selector | null {
  if (++reader.depth > DEEPEST) return null;
  const selector = readInner(reader);
  reader.depth--;
  return selector;
}

function readInner(reader: Reader): Selector | null {
  if (take(reader, '!')) {
    const inner = readOne(reader);
    return inner === null ? null : (labels) => not(inner(labels));
  }
  if (take(reader, '(')) {
    const inner = readAny(reader);
    return take(reader, ')') ? inner : null;
  }
  if (take(reader, 'all', '(', ')')) return () => true;
  // Only what is in no namespace: never a pod.
  if (take(reader, 'global', '(', ')')) return () => false;
  if (take(reader, 'has', '(')) {
    const key = readKey(reader);
    return key !== null && take(reader, ')') ? onLabel(key, (value) => value !== null) : null;
  }
  const key = readKey(reader);
  return key === null ? null : readComparison(reader, key);
}

function readComparison(reader: Reader, key: string): Selector | null {
  const compare = (test: (value: string, wanted: string) => boolean, absent = false): Selector | null => {
    const wanted = readText(reader);
    return wanted === null ? null : onLabel(key, (value) => (value === null ? absent : test(value, wanted)));
  };
  if (take(reader, '==')) return compare((value, wanted) => value === wanted);
  if (take(reader, '!=')) return compare((value, wanted) => value !== wanted, true);
  if (take(reader, 'contains')) return compare((value, wanted) => value.includes(wanted));
  if (take(reader, 'starts', 'with')) return compare((value, wanted) => value.startsWith(wanted));
  if (take(reader, 'ends', 'with')) return compare((value, wanted) => value.endsWith(wanted));
  const isNegated = take(reader, 'not', 'in');
  if (!isNegated && !take(reader, 'in')) return null;
  const set = readSet(reader);
  return set === null ? null : onLabel(key, (value) => (value !== null && set.has(value)) !== isNegated);
}

function onLabel(key: string, test: (value: string | null) => boolean): Selector {
  return (labels) => {
    const value = labels(key);
    return value === undefined ? null : test(value);
  };
}

function readSet(reader: Reader): Set<string> | null {
  if (!take(reader, '{')) return null;
  const found = new Set<string>();
  while (!take(reader, '}')) {
    const text = readText(reader);
    if (text === null) return null;
    found.add(text);
    if (!take(reader, ',') && reader.tokens[reader.at] !== '}') return null;
  }
  return found;
}

function readKey(reader: Reader): string | null {
  const token = reader.tokens[reader.at] ?? '';
  if (!/^[\w./-]+$/.test(token)) return null;
  reader.at++;
  return token;
}

function readText(reader: Reader): string | null {
  const token = reader.tokens[reader.at] ?? '';
  if (!/^["']/.test(token)) return null;
  reader.at++;
  return token.slice(1, -1);
}
