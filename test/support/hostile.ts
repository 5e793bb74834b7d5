// Untrusted text put everywhere a snapshot, a path or a packet can bring text in, and the check that none of it gets through.

/** Colour change, cursor move, C1, title change, bidirectional override and isolate, zero width, separators, markup, formula, NUL. */
export const HOSTILE =
  '\u001b[2J\u009b31m\u001b]0;pwn\u0007\u202e\u2066\u200b\u2028\u061c\u007f\u0000<b onclick="x">&\'`|](http://evil)@all\r\n=1+1';

/** Properties that hold text from outside; everything else is a word of this program's own. */
const FREE_TEXT: ReadonlySet<string> = new Set([
  ...[
    'path',
    'namespace',
    'pod',
    'node',
    'pool',
    'detail',
    'message',
    'hint',
    'title',
    'expected',
    'seen',
    'text',
    'note',
    'file',
  ],
  ...[
    'also',
    'check',
    'advice',
    'interface',
    'expression',
    'evidence',
    'warnings',
    'fromNode',
    'toNode',
    'name',
    'nodeName',
    'cidr',
  ],
  ...['source', 'nodeSelector', 'addresses', 'address', 'value', 'nodes', 'files', 'carriers', 'subjects', 'headline'],
]);

/** The same object with hostile text behind every text from outside. */
export function withHostileText<T>(value: T, key = ''): T {
  if (typeof value === 'string') return (FREE_TEXT.has(key) ? `${value}${HOSTILE}` : value) as T;
  if (Array.isArray(value)) return value.map((item) => withHostileText(item, key)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withHostileText(item, name)])) as T;
}

/** What must never be printed, except line feeds; colour sequences of this program are taken out first. */
export function harmfulCharacters(text: string): string[] {
  const plain = text.replaceAll(/\u001b\[(?:31;1|32|33|1|2|0)m/g, '').replaceAll('\n', '');
  return [...new Set(plain.match(/[\p{Cc}\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffb]/gu) ?? [])];
}
