// Texts that lead a regular expression astray: what stands before a repetition, then what it repeats, then what does not fit.
import { type Node, parseRegex, SAMPLES, searchSteps } from './regex-steps.ts';

export interface Growth {
  text: string;
  /** Steps for the text and for one about twice as long. */
  steps: [number, number];
}

const SHORT = 40;
/** No search in a text of some ninety characters that is linear takes so many. */
const MOST_STEPS = 12_000;
/** A text twice as long may take twice as many steps, and a little. */
const LINEAR = 2.5;
const ENDINGS = ['', '\u0001', ' x\n\u0001'];
const PUMPS = 12;

/** An attack under which steps grow faster than the text; null where none does. */
export function fastGrowth(pattern: string, flags: string): Growth | null {
  const tree = parseRegex(pattern, flags);
  const sticky = flags.includes('y');
  const tried = new Set<string>();
  for (const { prefix, pumps } of repetitions(tree)) {
    for (const [start, pump, ending] of combinations(new Set([prefix, '']), pumps, ENDINGS)) {
      const [one, two] = [SHORT, 2 * SHORT].map((count) => start + pump.repeat(count) + ending) as [string, string];
      if (tried.has(one)) continue;
      tried.add(one);
      const few = searchSteps(tree, one, sticky, MOST_STEPS);
      if (few < SHORT * 8) continue;
      const many = few === MOST_STEPS ? few : searchSteps(tree, two, sticky, LINEAR * few + 1);
      if (few === MOST_STEPS || many > LINEAR * few) return { text: one, steps: [few, many] };
    }
  }
  return null;
}

function* combinations(
  starts: Iterable<string>,
  pumps: Iterable<string>,
  endings: readonly string[],
): Generator<[string, string, string]> {
  for (const start of starts) for (const pump of pumps) for (const ending of endings) yield [start, pump, ending];
}

interface Repetition {
  prefix: string;
  pumps: Set<string>;
}

function repetitions(tree: Node): Repetition[] {
  const found: Repetition[] = [];
  const pool = new Set<string>();
  collect(tree, pool);
  visit(tree, '', found, [...pool].slice(0, PUMPS));
  return found;
}

/** A character of each kind that the pattern knows. */
function collect(node: Node, pool: Set<string>): void {
  if (node.kind === 'char') {
    pool.add(node.sample);
    const other = SAMPLES.find((one) => one !== node.sample && node.test(one) && !pool.has(one));
    if (other !== undefined) pool.add(other);
  } else if (node.kind === 'sequence') for (const part of node.parts) collect(part, pool);
  else if (node.kind === 'choice') for (const option of node.options) collect(option, pool);
  else if (node.kind === 'repeat' || node.kind === 'look') collect(node.body, pool);
}

function visit(node: Node, prefix: string, found: Repetition[], pool: readonly string[]): void {
  if (node.kind === 'sequence') {
    let before = prefix;
    for (const part of node.parts) {
      visit(part, before, found, pool);
      before += samplesOf(part)[0] ?? '';
    }
  } else if (node.kind === 'choice') for (const option of node.options) visit(option, prefix, found, pool);
  else if (node.kind === 'look') visit(node.body, prefix, found, pool);
  else if (node.kind === 'repeat') {
    visit(node.body, prefix, found, pool);
    if (node.most < SHORT) return;
    const own = ['', ...pool].flatMap((wanted) => samplesOf(node.body, wanted));
    const pumps = [...new Set([...own, ...pool])].filter((pump) => pump !== '');
    found.push({
      prefix,
      pumps: new Set([...pumps, ...pumps.slice(0, 4).map((pump) => `${prefix.slice(-20)}${pump}`)]),
    });
  }
}

/** Some texts that a node matches, with the wanted character wherever it fits. */
function samplesOf(node: Node, wanted = ''): string[] {
  switch (node.kind) {
    case 'char':
      return [wanted !== '' && node.test(wanted) ? wanted : node.sample];
    case 'sequence': {
      const each = node.parts.map((part) => samplesOf(part, wanted));
      return [0, 1].map((i) => each.map((samples) => samples[i % Math.max(1, samples.length)] ?? '').join(''));
    }
    case 'choice':
      return node.options.flatMap((option) => samplesOf(option, wanted).slice(0, 1)).slice(0, 6);
    case 'repeat':
      return samplesOf(node.body, wanted).flatMap((text) => [
        text.repeat(Math.max(1, node.least)),
        text.repeat(node.least),
      ]);
    default:
      return [''];
  }
}
