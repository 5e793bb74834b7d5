// What a text calls the machine that it was taken on, where no object names it.
import type { TextFact } from '../read/stated-facts.ts';

/** The name that a text gives to a node that no object names: of a prompt, of a heading that reads like a machine's, of its folder. */
export function nameFor({ hints }: TextFact): string | null {
  const hint = hints.find(({ name, from }) => {
    if (from === 'heading') return /\d/.test(name) && !isWordOfSteps(name);
    // a folder called by an address, or by a machine and a time: what is above it is no machine
    return from === 'caller' || from === 'prompt' || (from === 'folder' && (isAddressed(name) || !isWordOfSteps(name)));
  });
  return hint === undefined || (hint.from === 'folder' && (isAddressed(hint.name) || isStamped(hint.name)))
    ? null
    : hint.name;
}

/** `10_0_1_20`, `10-0-1-20`: whose it is, content and Node objects tell. */
function isAddressed(name: string): boolean {
  return /^\d{1,3}(?:[._-]\d{1,3}){3}$/.test(name);
}

/** `worker1-2024-05-14_10_10_10`, `scc_worker1_240514_1010`: where in it the machine's name stands, nothing tells. */
function isStamped(name: string): boolean {
  return /(?:^|[-_.T])(?:20\d\d-?[01]\d-?[0-3]\d|\d{6}[-_T]\d{4,6}|\d{14})(?:$|[-_.T\dZ])/.test(name);
}

/** What people and tools number and sort by: never a machine's name. */
const STEP_WORDS = new Set(
  (
    'step figure fig test case part phase run try attempt before after example task section chapter day round snapshot state capture log logs output ' +
    'table tables file page lab exercise ticket issue inc bug v version result results summary command commands net network networking sos host nodes node cluster diagnostics diags proc ' +
    'tmp temp var opt usr etc home root mnt srv sys data backup archive bundle dump support collected out ' +
    'crashd crashdout collectors collector resources remote kubernetes kube k8s calico must gather inspect diag sysdump downloads desktop documents user users prod production staging stage dev qa env incident problem customer ' +
    'outage old new good bad broken'
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
