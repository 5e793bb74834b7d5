// A snapshot without what nobody reads: the readers themselves are asked. They read objects that note what is taken from them, and
// the rest is left out: containers with their environment, arguments and volumes, annotations, managed fields, secrets.
import { stringify } from 'yaml';
import { OverlensError } from '../errors.ts';
import { withoutUnread } from './read/kubernetes/config-map.ts';
import { withoutOtherVariables } from './read/kubernetes/environment.ts';
import { readLines } from './read/lines.ts';
import type { Located } from './read/located.ts';
import { plainText } from './read/paste/markup/markup.ts';
import { emptyTally, parseStructured, readTree } from './read/read-documents.ts';
import type { ContentKind } from './read/recognise.ts';
import { type Section, splitSections } from './read/sections.ts';
import { emptyFacts } from './read/stated-facts.ts';

/** The text that is left, and how many objects went as a whole. */
export interface Redacted {
  text: string;
  kept: number;
  dropped: number;
}

/**
 * Leaves what a snapshot is read for, in the same form: JSON stays JSON, YAML YAML; tables and the output of ip and bridge stay.
 * @throws OverlensError E_INVALID_SNAPSHOT for what cannot be read: nobody knows then what it holds
 */
export function redactSnapshot(text: string, file: string): Redacted {
  const plain = plainText(text);
  const lines = plain.split('\n');
  const counts = { kept: 0, dropped: 0 };
  const sections = splitSections(plain);
  // From the last one on, so that the places of the others stay.
  for (const section of sections.toReversed()) {
    const length = section.text.split('\n').length;
    if (section.kind === 'lines') checkLines(section, file);
    else lines.splice(section.firstLine - 1, length, redactSection(section, section.kind, file, counts));
  }
  if (sections.length === 0) throw unreadable(file, null, 'holds nothing that a snapshot is made of');
  return { text: `${lines.join('\n').trimEnd()}\n`, ...counts };
}

/** Lines hold no more than is read of them, if every line is. */
function checkLines(section: Section, file: string): void {
  const { firstUnknown } = readLines(section, file, emptyFacts());
  if (firstUnknown !== null) throw unreadable(file, firstUnknown, 'is nothing that is read here');
}

function redactSection(
  section: Section,
  kind: Exclude<ContentKind, 'lines'>,
  file: string,
  counts: { kept: number; dropped: number },
): string {
  const parsed = parseStructured(kind, section.text, file, section.firstLine);
  const documents: unknown[] = [];
  for (const tree of parsed.trees) {
    const notes = new Notes();
    const head = tree.head === null ? null : notes.watch(tree.head);
    const items = tree.items === null ? null : Array.from(tree.items, (item) => notes.watch(item));
    readTree({ head, items }, { section, file, facts: emptyFacts(), tally: emptyTally() });
    const left =
      items?.map((item) => withoutUnread(withoutOtherVariables(notes.taken(item.value)))).filter(isMore) ?? null;
    const top = head === null ? null : (withoutUnread(withoutOtherVariables(notes.taken(head.value))) as object);
    const single = items === null && isMore(top) ? 1 : 0;
    counts.kept += left?.length ?? single;
    counts.dropped += items === null ? 1 - single : items.length - (left?.length ?? 0);
    if (left !== null) documents.push(top === null ? left : { ...top, items: left });
    else if (single === 1) documents.push(top);
  }
  const [problem] = parsed.problems;
  if (problem !== undefined) throw unreadable(file, problem.line, `cannot be read: ${problem.message}`);
  if (kind === 'yaml') return documents.map((document) => stringify(document)).join('---\n');
  return documents.map((document) => JSON.stringify(document, null, kind === 'json' ? 1 : 0)).join('\n');
}

/** Of an object that nobody reads no more than its kind was looked at, and whether its spec is a pool's. */
function isMore(value: unknown): boolean {
  const rest = Object.keys(value ?? {}).filter((key) => !/^(kind|apiVersion|spec)$/.test(key));
  return rest.length > 0;
}

function unreadable(file: string, line: number | null, message: string): OverlensError {
  const place = line === null ? file : `${file}:${line}`;
  return new OverlensError('E_INVALID_SNAPSHOT', `${place}: ${message}`, {
    hint: 'what is not understood cannot be stripped: take it out of the file',
  });
}

/** Which members of objects were taken. */
class Notes {
  readonly #taken = new Map<object, Set<string>>();
  readonly #watched = new Map<object, object>();
  readonly #originals = new WeakMap<object, object>();

  /** The same value; what is taken from it is noted. */
  watch(located: Located): Located {
    return { value: this.#wrap(located.value), ref: located.ref, elementRefs: located.elementRefs };
  }

  /** What was taken of a watched value. Elements of lists keep their places. */
  taken(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const original = this.#originals.get(value) ?? value;
    const keys = this.#taken.get(original) ?? new Set();
    if (Array.isArray(original)) {
      const elements = original.map((element, i) => (keys.has(String(i)) ? this.taken(element) : null));
      while (elements.at(-1) === null) elements.pop();
      return elements;
    }
    const entries = Object.entries(original).filter(([key]) => keys.has(key));
    return Object.fromEntries(entries.map(([key, member]) => [key, this.taken(member)]));
  }

  #wrap(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const known = this.#watched.get(value);
    if (known !== undefined) return known;
    const keys = new Set<string>();
    this.#taken.set(value, keys);
    const wrapped = new Proxy(value, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key);
        if (typeof key !== 'string' || !Object.hasOwn(target, key)) return member;
        keys.add(key);
        return this.#wrap(member);
      },
    });
    this.#watched.set(value, wrapped);
    this.#originals.set(wrapped, value);
    return wrapped;
  }
}
