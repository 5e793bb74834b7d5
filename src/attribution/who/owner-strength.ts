// How much the evidence for an owner says by itself.
import type { Owner } from '../../topology/model.ts';

/** Evidence that names one address's node by itself, a node's own part of a network too; blocks only say where an address usually is (borrowed ones are elsewhere). */
const STRONG: ReadonlySet<string> = new Set([
  'node-address',
  'pod',
  'tunnel-address',
  'borrowed-allocation',
  'pod-cidr',
]);

/** A pod that is one of several candidates (finished, younger than the capture, twice the same address) is no proof either. */
export function isStrong({ nodeSource, owner }: { nodeSource: string | null; owner: Owner }): boolean {
  if (nodeSource === null || !STRONG.has(nodeSource)) return false;
  return nodeSource !== 'pod' || owner.candidates.length === 0;
}
