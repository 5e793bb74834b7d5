// Names shorter, for a terminal that has no room for them whole: first nodes without the domain that all share, then pods without the
// namespace that most of them share, then without the hash that a ReplicaSet puts behind its workload's name. The workload's own name
// is never cut. Names are escaped already.
import { textWidth } from './text-width.ts';

/** `shop/cart-687b8d8f74-lmzqz` twice (its node without the domain the second time), `cart-687b8d8f74-lmzqz`, `cart-…lmzqz`. */
export const NAMINGS = ['whole', 'without domain', 'without namespace', 'without hash'] as const;
export type Naming = (typeof NAMINGS)[number];

/**
 * `NAME-HASH-SUFFIX` of a Deployment's pod: the hash in the alphabet of Kubernetes' SafeEncodeString (no vowels, no 0, 1, 3), or in the
 * hexadecimal or decimal digits of older ones; a suffix of five.
 */
const HASHED = /^(.+-)(?:[bcdfghjklmnpqrstvwxz2456789]{6,10}|(?=[a-f]*\d)[\da-f]{8,10})-([a-z\d]{5})$/;

/** Of a DaemonSet's or Job's pod the suffix, of a StatefulSet's the ordinal. */
const SUFFIXED = /^(.+)-(?:[bcdfghjklmnpqrstvwxz2456789]{5}|\d{1,3})$/;

/** The workload that a pod is of, by the names that its controllers make: `cart`, `db`; the name itself where it has no such ending. */
export function workloadName(pod: string): string {
  const hashed = HASHED.exec(pod)?.[1];
  return hashed === undefined ? (SUFFIXED.exec(pod)?.[1] ?? pod) : hashed.slice(0, -1);
}

/** `cart-…lmzqz`; other names as they are. */
function withoutHash(name: string): string {
  return name.replace(HASHED, '$1…$2');
}

/** Whether pods keep their whole names, as they must in a pipe, where they are searched for. */
export function keepsPods(naming: Naming): boolean {
  return naming === 'whole' || naming === 'without domain';
}

/** @param shared the namespace that is left out, null for none */
export function shortName(name: string, naming: Naming, shared: string | null): string {
  if (keepsPods(naming)) return name;
  const slash = name.indexOf('/');
  const namespace = slash < 0 ? null : name.slice(0, slash);
  const bare = namespace === null || namespace !== shared ? name : name.slice(slash + 1);
  return naming === 'without namespace' ? bare : withoutHash(bare);
}

/** The same cell of a table ever shorter, for one that stands alone: without the hash, without the namespace too, only the workload. */
export function shorterNames(cell: string): string[] {
  const [, name = '', port = ''] = /^(.*?)(:(?:\d+|\?))?$/.exec(cell) ?? [];
  const brief = withoutHash(name);
  const pod = brief.slice(brief.indexOf('/') + 1);
  return [brief + port, pod + port, pod.replace(/(?<=…)[a-z\d]{5}$/, '') + port];
}

/** What names take in each naming, known once all were added. Memory grows with namespaces, not with names. */
export class NameWidths {
  readonly #byNamespace = new Map<string, { count: number; whole: number; brief: number }>();

  add(name: string): void {
    const slash = name.indexOf('/');
    const namespace = slash < 0 ? '' : name.slice(0, slash);
    const pod = name.slice(slash + 1);
    const known = this.#byNamespace.get(namespace) ?? { count: 0, whole: 0, brief: 0 };
    known.count++;
    known.whole = Math.max(known.whole, textWidth(pod));
    known.brief = Math.max(known.brief, textWidth(withoutHash(pod)));
    this.#byNamespace.set(namespace, known);
  }

  /** Names by namespace. */
  *counts(): Generator<[namespace: string, count: number]> {
    for (const [namespace, { count }] of this.#byNamespace) yield [namespace, count];
  }

  width(naming: Naming, shared: string | null): number {
    let widest = 0;
    for (const [namespace, { whole, brief }] of this.#byNamespace) {
      const isLeftOut = namespace === '' || (!keepsPods(naming) && namespace === shared);
      const prefix = isLeftOut ? 0 : textWidth(namespace) + 1;
      widest = Math.max(widest, prefix + (naming === 'without hash' ? brief : whole));
    }
    return widest;
  }
}

/** The namespace of most names; null when no name has one. */
export function sharedNamespace(columns: readonly NameWidths[]): string | null {
  const counts = new Map<string, number>();
  for (const column of columns)
    for (const [namespace, count] of column.counts()) counts.set(namespace, (counts.get(namespace) ?? 0) + count);
  counts.delete('');
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}
