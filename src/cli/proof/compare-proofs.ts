// Two documents of `verify -o json`: what the first says otherwise than the second. Words are not compared, facts are.
import type { FileHash } from '../../render/verify/evidence.ts';

/** What a repetition is held to. */
export interface Proof {
  overlens: string;
  date: string;
  command: readonly string[];
  result: string;
  exitCode: 0 | 1 | 3;
  headline: string;
  scope: Readonly<Record<string, number>>;
  pairs: readonly Readonly<Record<string, unknown>>[];
  causes: readonly Readonly<Record<string, unknown>>[];
  files: readonly FileHash[];
}

export interface Difference {
  /** `changed`, `missing`, `new`, `unknown` files; `program`, `result`, `scope`, `pair`, `finding`; `unusable`. */
  what: string;
  text: string;
  /** Whether the proof is another one by it. */
  counts: boolean;
}

/** Result, counts, pairs of nodes and findings. */
export function compareProofs(before: Proof, now: Proof): Difference[] {
  const differences: Difference[] = [];
  const tell = (what: string, text: string): unknown => differences.push({ what, text, counts: true });
  if (before.result !== now.result || before.exitCode !== now.exitCode)
    tell('result', `was ${before.result} (exit ${before.exitCode}), is ${now.result} (exit ${now.exitCode})`);
  for (const key of Object.keys(now.scope))
    if (before.scope[key] !== now.scope[key]) tell('scope', `${key}: was ${before.scope[key]}, is ${now.scope[key]}`);
  compareLists('pair', [before.pairs, now.pairs], (pair) => `${pair['from']} → ${pair['to']}`, PAIR_FACTS, tell);
  const nameOf = (cause: Proof['causes'][number]): string =>
    `${cause['code']} ${cause['fromNode']} → ${cause['toNode']}`;
  compareLists('finding', [before.causes, now.causes], nameOf, ['flows', 'packets'], tell);
  return differences;
}

const PAIR_FACTS = ['ok', 'violation', 'unverifiable', 'waived', 'sent', 'arrived', 'seconds'] as const;

type Entry = Readonly<Record<string, unknown>>;

function compareLists(
  what: string,
  [before, now]: readonly [readonly Entry[], readonly Entry[]],
  nameOf: (entry: Entry) => string,
  facts: readonly string[],
  tell: (what: string, text: string) => unknown,
): void {
  const old = new Map(before.map((entry) => [nameOf(entry), entry]));
  for (const entry of now) {
    const name = nameOf(entry);
    const known = old.get(name);
    old.delete(name);
    if (known === undefined) tell(what, `${name}: was not there`);
    else
      for (const fact of facts)
        if (known[fact] !== entry[fact])
          tell(what, `${name}: ${fact} was ${String(known[fact])}, is ${String(entry[fact])}`);
  }
  for (const name of old.keys()) tell(what, `${name}: is not there any more`);
}
