// Objects of CNIs that are not read here: that they are there is all that counts, since then nobody else's rules do.
import { otherCniOfConfig, otherCniOfNode } from '../../../cluster/other-cnis.ts';
import { type Located, textAt, valueAt } from '../located.ts';
import type { Facts } from '../stated-facts.ts';

/** Whether a ConfigMap is such a CNI's. */
export function configuresOtherCni(object: Located): boolean {
  return otherCniOfConfig(textAt(object.value, 'metadata', 'name') ?? '', {}) !== null;
}

/** Reads its ConfigMap into `facts.otherCnis`. */
export function readOtherConfig(object: Located, facts: Facts): void {
  const data = (valueAt(object.value, 'data') ?? {}) as Readonly<Record<string, unknown>>;
  const other = otherCniOfConfig(textAt(object.value, 'metadata', 'name') ?? '', data);
  if (other !== null) facts.otherCnis.push({ ...other, ref: object.ref() });
}

/** Reads one of its nodes: once is enough. */
export function readOtherNode(object: Located, facts: Facts): void {
  if (facts.otherCnis.every(({ carries }) => carries !== null))
    facts.otherCnis.push({ ...otherCniOfNode(), ref: object.ref() });
}
