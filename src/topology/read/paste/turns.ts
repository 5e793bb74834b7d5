// Outputs of several machines behind one command: the lines between them that say whose turn it is.
import type { ContentKind } from '../recognise.ts';
import type { TextHint } from '../stated-facts.ts';
import { type Boundary, isHostname } from './standing.ts';

/** A line of a loop's output that is one of its names, or, where they are not written, one word: a name if a node has it. */
export function turnAt(line: string, kind: ContentKind | null, boundary: Boundary | null): Boundary | null {
  const command = boundary?.command ?? null;
  if (boundary === null || command === null || kind === 'json' || kind === 'yaml' || line.length > 300) return null;
  const hint = command.loop === null ? hintOfOne(line, kind, boundary) : hintOfLoop(line, boundary);
  return hint === null ? null : { ...boundary, lines: 1, hints: [hint], kind: 'turn' };
}

/** `ssh n1 'hostname; ip route'` prints the name first. */
function hintOfOne(line: string, kind: ContentKind | null, { command, kind: begun }: Boundary): TextHint | null {
  const [first, ...others] = command?.runs ?? [];
  const isFirst = kind === null && begun !== 'turn' && begun !== 'heading';
  if (!isFirst || first === undefined || others.length === 0 || !isHostname(first.words)) return null;
  // a pod's name, where it has a network of its own
  const isOfPod = first.hints.some(({ from }) => from === 'pod' || from === 'container');
  return isName(line.trim()) ? { name: line.trim(), from: isOfPod ? 'label' : 'prompt' } : null;
}

function hintOfLoop(line: string, { command }: Boundary): TextHint | null {
  const names = command?.loop?.names ?? [];
  const runs = command?.runs ?? [];
  const word = bareWord(line);
  // `kubectl get pods -o name` prints pod/NAME
  const [, kind = '', written = ''] = /^(?:(node|pod)s?\/)?(.*)$/.exec(word) ?? [];
  const isOfPods =
    kind === 'pod' || runs.some(({ hints }) => hints.some(({ from, name }) => from === 'pod' && /^\$/.test(name)));
  const isSaid = runs.some(({ words }) => isHostname(words));
  const isListed = names.includes(word) || (isSaid && isName(written));
  if (!isListed && kind === '' && (names.length > 0 || !isName(written))) return null;
  if (kind !== '' && !isName(written)) return null;
  if (isOfPods && !isSaid) return { name: written, from: 'pod' };
  return { name: written, from: isListed || kind === 'node' ? 'prompt' : 'label' };
}

function isName(word: string): boolean {
  return /^[a-z0-9][a-z0-9.-]*$/.test(word) && /[a-z]/.test(word);
}

/** A line without the signs that people put around a name. */
function bareWord(line: string): string {
  const signs = '=#*-: >';
  let [start, end] = [0, line.length];
  while (start < end && signs.includes(line.charAt(start))) start++;
  while (end > start && signs.includes(line.charAt(end - 1))) end--;
  return line.slice(start, end);
}
