// YAML text -> documents with line numbers (YAML 1.2, the `yaml` package). Aliases are bounded, deep nesting is an answer and
// not a crash, and the items of a long list are parsed one at a time, so that memory follows the largest item.
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { DocumentTree, Located, ParseProblem, Path } from './located.ts';
import { readPlainYaml } from './plain-yaml.ts';
import { skimYaml } from './skim-yaml.ts';
import { isTooDeep } from './yaml-depth.ts';
import { type SplitList, splitDocuments, splitList } from './yaml-split.ts';

/** Duplicate keys are compared pairwise by the parser: only looked for where that is affordable. */
const UNIQUE_KEYS_LIMIT = 64 * 1024;
/** Lists below this are parsed whole, which keeps aliases between items working. */
const SPLIT_ABOVE = 256 * 1024;
const TOO_DEEP = 'nested too deeply';
/** A document of nothing but the line that begins it: texts may have half a million of them. */
const EMPTY = /^(---)?\s*$/;
/** Problems told per text; the first are the ones that help. */
const MOST_PROBLEMS = 5;

/**
 * Parses all documents of a text. They, and the items of large lists, are parsed while they are walked: `problems` is only final then.
 * @param firstLine line number of the text's first line in its file
 */
export function parseYaml(
  text: string,
  file: string,
  firstLine: number,
): { trees: Iterable<DocumentTree>; problems: ParseProblem[] } {
  const problems: ParseProblem[] = [];
  return { trees: parseDocuments(text, { file, firstLine, problems }), problems };
}

interface Origin {
  file: string;
  /** Line number in the file of the text's first line. */
  firstLine: number;
  problems: ParseProblem[];
}

function* parseDocuments(text: string, origin: Origin): Generator<DocumentTree> {
  for (const part of splitDocuments(text)) {
    if (EMPTY.test(part.text)) continue;
    const own = { ...origin, firstLine: origin.firstLine + part.line };
    const list = part.text.length > SPLIT_ABOVE ? splitList(part.text) : null;
    if (list === null) yield* parseWhole(part.text, own);
    else yield { head: parseHead(list, own), items: parseElements(list, own) };
  }
}

function parseHead({ head, from, removed }: SplitList, origin: Origin): Located | null {
  const lineAt = (line: number): number => origin.firstLine + line + (line >= from ? removed : 0);
  return parseWhole(head, origin, lineAt)[0]?.head ?? null;
}

function* parseElements(list: SplitList, origin: Origin): Generator<Located> {
  for (const { text, line } of list.elements) {
    const [tree] = parseWhole(text, { ...origin, firstLine: origin.firstLine + line });
    yield* tree?.items ?? [];
  }
}

/** @param lineAt line number in the file of a line of `text` (counted from 0) */
function parseWhole(text: string, origin: Origin, lineAt = (line: number) => origin.firstLine + line): DocumentTree[] {
  const { lines, indexes } = skimYaml(text);
  const skimmedLine = (line: number): number => lineAt(indexes[line] ?? indexes.at(-1) ?? 0);
  const plain = readPlainYaml(lines, origin.file, skimmedLine);
  if (plain !== null) return [treeOf(plain)];
  const skimmed = parseSource(lines.join('\n'), origin.file, skimmedLine);
  // Skimming assumes block style; where it broke something, the text itself has the last word.
  const result = skimmed.problems.length === 0 ? skimmed : parseSource(text, origin.file, lineAt);
  for (const problem of result.problems) if (origin.problems.length < MOST_PROBLEMS) origin.problems.push(problem);
  return result.roots.map((root) => treeOf(root));
}

function treeOf(root: Located): DocumentTree {
  const elements = (value: unknown[], path: Path): Located[] =>
    value.map((element, i) => ({
      value: element,
      ref: (rest = []) => root.ref([...path, i, ...rest]),
      elementRefs: (rest) => root.elementRefs([...path, i, ...rest]),
    }));
  if (Array.isArray(root.value)) return { head: null, items: elements(root.value, []) };
  const items = (root.value as { items?: unknown } | null)?.items;
  return { head: root, items: Array.isArray(items) ? elements(items, ['items']) : null };
}

/** @param fileLine line number in the file of a line of `source` (counted from 0) */
function parseSource(
  source: string,
  file: string,
  fileLine: (line: number) => number,
): { roots: Located[]; problems: ParseProblem[] } {
  const lineCounter = new LineCounter();
  const roots: Located[] = [];
  const problems: ParseProblem[] = [];
  const lineAt = (offset: number): number => fileLine(Math.max(lineCounter.linePos(offset).line, 1) - 1);
  if (isTooDeep(source)) return { roots, problems: [{ line: fileLine(0), message: TOO_DEEP }] };
  try {
    const uniqueKeys = source.length < UNIQUE_KEYS_LIMIT;
    for (const document of parseAllDocuments(source, {
      lineCounter,
      uniqueKeys,
      merge: true,
      // !!binary, !!set and their like are texts and mappings, not objects of the package
      resolveKnownTags: false,
      prettyErrors: false,
      logLevel: 'error',
    })) {
      for (const error of document.errors.slice(0, MOST_PROBLEMS)) {
        // What is missing at the end is missing on the last line, not on the one after it.
        problems.push({
          line: lineAt(Math.min(error.pos[0], source.trimEnd().length)),
          message: firstLineOf(error.message),
        });
      }
      if (document.errors.length > 0 || document.contents === null) continue;
      const value: unknown = document.toJS({ maxAliasCount: 100 });
      // The empty document behind a last `---`.
      if (value === null) continue;
      roots.push({
        value,
        ref: (path = []) => ({ file, line: lineAt(offsetOf(document, path)) }),
        elementRefs: (path) => elementOffsets(document, path).map((at) => ({ file, line: lineAt(at) })),
      });
    }
  } catch (error) {
    // Aliases that multiply (ReferenceError) or nesting deeper than the stack (RangeError): the parser gives up by throwing.
    problems.push({
      line: null,
      message: error instanceof RangeError ? TOO_DEEP : firstLineOf(String(error)),
    });
  }
  return { roots, problems: problems.slice(0, MOST_PROBLEMS) };
}

/** Offset of the deepest member of `path` that exists: of its key in mappings, of itself in sequences. */
function offsetOf(document: Document.Parsed, path: Path): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const key of path) {
    if (isAlias(node)) return offset;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (pair === undefined) return offset;
      offset = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      offset = (node as { range?: [number, number, number] } | undefined)?.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}

function elementOffsets(document: Document.Parsed, path: Path): number[] {
  const list = document.getIn(path, true);
  if (!isSeq(list)) return [];
  return list.items.map(
    (item) => (item as { range?: [number, number, number] } | null)?.range?.[0] ?? list.range?.[0] ?? 0,
  );
}

function firstLineOf(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}
