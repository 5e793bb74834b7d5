// Names of hosts outside the cluster by the captures' own name resolution blocks.
import type { CaptureInfo } from '../../capture/source.ts';
import { formatIPv6 } from '../../net/ip.ts';

/** By address; of one with two names nothing is said. */
export function hostNamesOf(captures: readonly { info: CaptureInfo }[]): ReadonlyMap<string, string> {
  const all = new Map<string, string | null>();
  for (const { info } of captures)
    for (const { address, name } of info.hostNames ?? []) {
      const text = address.length === 4 ? address.join('.') : formatIPv6(address, 0);
      const known = all.get(text);
      all.set(text, known === undefined || known === name ? name : null);
    }
  return new Map([...all].flatMap(([address, name]) => (name === null ? [] : [[address, name] as const])));
}
