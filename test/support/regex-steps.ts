// A backtracking matcher that counts its steps, as a regular expression engine takes them: to tell what grows faster than its text.

export type Node =
  | { kind: 'char'; test: (character: string) => boolean; sample: string }
  | { kind: 'assert'; holds: (text: string, at: number) => boolean }
  | { kind: 'look'; behind: boolean; negated: boolean; body: Node }
  | { kind: 'sequence'; parts: Node[] }
  | { kind: 'choice'; options: Node[] }
  | { kind: 'repeat'; body: Node; least: number; most: number; lazy: boolean };

/** Characters that classes are sampled with. */
export const SAMPLES = [...'a1 -_.:/"\'{}[]()<>=,;#@$%&|!?*+~^\\`\t\nZé→\u001b\0❯\r'];

/** The tree of a pattern. A back reference is taken for its group once more, which matches at least as much. */
export function parseRegex(pattern: string, flags: string): Node {
  let at = 0;
  const groups: Node[] = [];
  const kept = flags.replace(/[gymd]/g, '');
  const isWord = (character: string | undefined): boolean => /\w/.test(character ?? '');

  function choice(): Node {
    const options = [sequence()];
    while (pattern[at] === '|') {
      at++;
      options.push(sequence());
    }
    return options.length === 1 ? (options[0] as Node) : { kind: 'choice', options };
  }

  function sequence(): Node {
    const parts: Node[] = [];
    while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') parts.push(repeated(atom()));
    return parts.length === 1 ? (parts[0] as Node) : { kind: 'sequence', parts };
  }

  function repeated(body: Node): Node {
    const [whole, star, from, comma, to, lazy] = /^(?:([*+?])|\{(\d+)(,)?(\d*)\})(\??)/.exec(pattern.slice(at)) ?? [];
    if (whole === undefined) return body;
    at += whole.length;
    const least = star === undefined ? Number(from) : star === '+' ? 1 : 0;
    const last = comma === undefined ? least : to === '' ? Number.POSITIVE_INFINITY : Number(to);
    const most = star === undefined ? last : star === '?' ? 1 : Number.POSITIVE_INFINITY;
    return { kind: 'repeat', body, least, most, lazy: lazy === '?' };
  }

  function group(): Node {
    const [opening = '(', look] = /^\((?:\?(?::|(<?[=!])|<\w+>))?/.exec(pattern.slice(at)) ?? [];
    at += opening.length;
    const place = opening === '(' || opening.endsWith('>') ? groups.push({ kind: 'sequence', parts: [] }) : 0;
    const body = choice();
    at++;
    if (place > 0) groups[place - 1] = body;
    if (look === undefined) return body;
    return { kind: 'look', behind: look.startsWith('<'), negated: look.endsWith('!'), body };
  }

  function atom(): Node {
    const rest = pattern.slice(at);
    if (rest[0] === '(') return group();
    const source =
      /^(?:\[(?:[^\]\\]|\\.)*\]|\\(?:x[\da-f]{2}|u[\da-f]{4}|u\{[\da-f]+\}|p\{[^}]+\}|c.|[\s\S])|[\s\S])/i.exec(
        rest,
      )?.[0] ?? '';
    at += source.length;
    if (/^\\[1-9]/.test(source)) return groups[Number(source[1]) - 1] ?? { kind: 'sequence', parts: [] };
    const lines = flags.includes('m');
    if (source === '^') return { kind: 'assert', holds: (text, i) => i === 0 || (lines && text[i - 1] === '\n') };
    if (source === '$') return { kind: 'assert', holds: (text, i) => i === text.length || (lines && text[i] === '\n') };
    if (source === '\\b' || source === '\\B') {
      const wanted = source === '\\b';
      return { kind: 'assert', holds: (text, i) => (isWord(text[i - 1]) !== isWord(text[i])) === wanted };
    }
    const one = new RegExp(`^${source}$`, kept);
    const known = new Map<string, boolean>();
    const test = (character: string): boolean => {
      const found = known.get(character) ?? one.test(character);
      known.set(character, found);
      return found;
    };
    return { kind: 'char', test, sample: SAMPLES.find(test) ?? sampleOf(source) };
  }
  return choice();
}

/** What a literal or an escape stands for, where no usual character fits. */
function sampleOf(source: string): string {
  const code = /^\\(?:x|u\{?)([\da-f]+)/i.exec(source)?.[1];
  return code === undefined ? source.replace(/^\\/, '').slice(0, 1) : String.fromCodePoint(Number.parseInt(code, 16));
}

/** Most characters that a node takes. */
function widest(node: Node): number {
  switch (node.kind) {
    case 'char':
      return 1;
    case 'sequence':
      return node.parts.reduce((sum, part) => sum + widest(part), 0);
    case 'choice':
      return Math.max(...node.options.map(widest));
    case 'repeat':
      return node.most * widest(node.body);
    default:
      return 0;
  }
}

/** Steps that a search takes; more than `most` are `most`. */
export function searchSteps(tree: Node, text: string, sticky: boolean, most: number): number {
  let steps = 0;
  type Next = (at: number) => boolean;

  function run(node: Node, at: number, next: Next): boolean {
    if (++steps > most) return true;
    switch (node.kind) {
      case 'char':
        return at < text.length && node.test(text[at] as string) && next(at + 1);
      case 'assert':
        return node.holds(text, at) && next(at);
      case 'look':
        return looks(node, at) !== node.negated && next(at);
      case 'choice':
        return node.options.some((option) => run(option, at, next));
      case 'sequence':
        return runParts(node.parts, 0, at, next);
      case 'repeat':
        return repeat(node, 0, at, next);
    }
  }

  function runParts(parts: readonly Node[], i: number, at: number, next: Next): boolean {
    const part = parts[i];
    return part === undefined ? next(at) : run(part, at, (end) => runParts(parts, i + 1, end, next));
  }

  function repeat(node: Node & { kind: 'repeat' }, count: number, at: number, next: Next): boolean {
    const more = (): boolean =>
      count < node.most &&
      run(node.body, at, (end) => (end > at || count < node.least) && repeat(node, count + 1, end, next));
    if (count < node.least) return more();
    return node.lazy ? next(at) || more() : more() || next(at);
  }

  function looks({ behind, body }: Node & { kind: 'look' }, at: number): boolean {
    if (!behind) return run(body, at, () => true);
    for (let from = at; from >= Math.max(0, at - widest(body)); from--)
      if (run(body, from, (end) => end === at)) return true;
    return false;
  }

  for (let at = 0; at <= text.length; at++) if (run(tree, at, () => true) || sticky) break;
  return Math.min(steps, most);
}
