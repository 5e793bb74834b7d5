// Commands that make a container or a pod: whatever is shown there is its own, unless it shares its machine's network.
import type { TextHint } from '../stated-facts.ts';

/** What stands around a command, and whom it names. */
export interface Wrapper {
  rest: readonly string[];
  hints: readonly TextHint[];
  isInside?: boolean;
}

const NOBODY = [{ name: '', from: 'container' }] as const;

/** `docker run -it alpine sh`, `kubectl run tmp --rm -it --image=... -- bash`; null for everything else. */
export function ofContainer(program: string, rest: readonly string[]): Wrapper | null {
  const at = rest.indexOf('run');
  if (/^(?:docker|podman|nerdctl)$/.test(program) && at === 0) {
    const isHosts = rest.some(
      (word, i) =>
        /^--(?:net|network)=host$/.test(word) || (word === 'host' && /^--(?:net|network)$/.test(rest[i - 1] ?? '')),
    );
    return { rest: [], hints: NOBODY, isInside: !isHosts };
  }
  if (!/^(?:kubectl|oc|k)$/.test(program) || at < 0 || rest.slice(0, at).some((word) => /^[a-z]/.test(word)))
    return null;
  const isHosts = rest.some((word) => /"hostNetwork"\s?:\s?true/.test(word));
  const dashes = rest.indexOf('--');
  return { rest: dashes < 0 ? [] : rest.slice(dashes + 1), hints: NOBODY, isInside: !isHosts };
}

/** A shell and nothing that it is to run: what follows is typed into it. */
export function isOpenedShell(words: readonly string[]): boolean {
  const [program = '', ...rest] = words;
  if (program === '') return true;
  return /^(?:\/(?:usr\/)?bin\/)?(?:ba|z|da|a|k|fi)?sh$/.test(program) && rest.every((word) => /^-[^c]*$/.test(word));
}
