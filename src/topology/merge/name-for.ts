// What a text calls the machine that it was taken on, where no object names it.
import type { TextFact } from '../read/stated-facts.ts';

/** The name that a text gives to a node that no object names: of a prompt, of a heading that reads like a machine's, of its folder. */
export function nameFor({ hints }: TextFact): string | null {
  const hint = hints.find(({ name, from }) => {
    if (from === 'heading') return /\d/.test(name) && !isWordOfSteps(name);
    return from === 'caller' || from === 'prompt' || (from === 'folder' && !isWordOfSteps(name));
  });
  return hint?.name ?? null;
}

/** What people and tools number and sort by: never a machine's name. */
const STEP_WORDS = new Set(
  (
    'step figure fig test case part phase run try attempt before after example task section chapter day round snapshot state capture log logs output ' +
    'table tables file page lab exercise ticket issue inc bug v version result results summary command commands net network networking sos host nodes node cluster diagnostics diags proc ' +
    'tmp temp var opt usr etc home root mnt srv sys data backup archive bundle dump support collected out'
  ).split(' '),
);

function isWordOfSteps(name: string): boolean {
  // `node1`, `host-2`: a number makes a machine of these two
  if (/^(node|host)[-_.]?\d/i.test(name)) return false;
  const words = name
    .toLowerCase()
    .split(/[-_. ]/)
    .map((word) => word.replace(/\d{1,9}$/, ''));
  return words.every((word) => word === '' || STEP_WORDS.has(word));
}
