// Wireshark's display filters as a tree of terms.

export interface Term {
  is: 'term';
  field: string;
  operator: string;
  value: string;
}

export type Node = { is: 'and' | 'or'; parts: readonly Node[] } | { is: 'not'; part: Node } | Term;

const OPERATORS: Readonly<Record<string, string>> = {
  eq: '==',
  '=': '==',
  ne: '!=',
  gt: '>',
  lt: '<',
  ge: '>=',
  le: '<=',
};
const COMPARISONS = new Set(['==', '!=', '>', '<', '>=', '<=', 'contains', 'matches', 'in']);
const MOST_TOKENS = 200;

/** Null where the filter is not understood. */
export function parseDisplayFilter(text: string): Node | null {
  const tokens = text.match(/\(|\)|&&|\|\||[=!<>]=|[!<>=]|"[^"]*"|[^\s()&|=!<>"]+/g) ?? [];
  if (tokens.length === 0 || tokens.length > MOST_TOKENS) return null;
  const parser = new Parser(tokens);
  const node = parser.either();
  return parser.isAtEnd ? node : null;
}

class Parser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  either(): Node | null {
    return this.#joined('or', ['||', 'or'], () => this.#joined('and', ['&&', 'and'], () => this.#term()));
  }

  #joined(is: 'and' | 'or', words: readonly string[], part: () => Node | null): Node | null {
    const parts: Node[] = [];
    do {
      const one = part();
      if (one === null) return null;
      parts.push(one);
    } while (words.includes(this.#tokens[this.#at]?.toLowerCase() ?? '') && ++this.#at > 0);
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { is, parts };
  }

  #term(): Node | null {
    const token = this.#tokens[this.#at++];
    if (token === undefined || token === ')') return null;
    if (token === '!' || token === 'not') {
      const part = this.#term();
      return part && { is: 'not', part };
    }
    if (token === '(') {
      const inner = this.either();
      return this.#tokens[this.#at++] === ')' ? inner : null;
    }
    const next = this.#tokens[this.#at]?.toLowerCase() ?? '';
    const operator = OPERATORS[next] ?? next;
    if (!COMPARISONS.has(operator)) return { is: 'term', field: token.toLowerCase(), operator: '', value: '' };
    this.#at++;
    if (operator === 'in') return this.#members(token.toLowerCase());
    const value = (this.#tokens[this.#at++] ?? '').replace(/^"|"$/g, '');
    const term: Term = { is: 'term', field: token.toLowerCase(), operator: '==', value };
    if (operator === '!=') return { is: 'not', part: term };
    return { ...term, operator };
  }

  /** `{80, 443}`; null of ranges. */
  #members(field: string): Node | null {
    let text = '';
    do text += ` ${this.#tokens[this.#at] ?? ''}`;
    while (!text.endsWith('}') && ++this.#at < this.#tokens.length);
    this.#at++;
    const values =
      /^ *\{([^{}]+)\}$/
        .exec(text)?.[1]
        ?.split(/[\s,]+/)
        .filter(Boolean) ?? [];
    if (values.length === 0 || values.some((value) => value.includes('..'))) return null;
    const parts = values.map((value): Term => ({ is: 'term', field, operator: '==', value: value.replace(/"/g, '') }));
    return parts.length === 1 ? (parts[0] ?? null) : { is: 'or', parts };
  }
}
