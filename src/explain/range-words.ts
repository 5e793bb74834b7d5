// A range of pods' addresses and its mode, as sentences say it.
import { poolEncapsulation } from '../attribution/sender/expected.ts';
import type { Profile } from '../cluster/profile.ts';
import type { IPPool } from '../topology/model.ts';

/** `pool default (10.48.0.0/24), whose vxlanMode is Always`; of a network: which has what it states. */
export function rangeWords({ range }: Profile, pool: IPPool, place: string): string {
  if (pool.stated !== undefined) return `the ${range.short} ${pool.name}, which has ${pool.stated}${place}`;
  const { encapsulation, mode } = poolEncapsulation(pool);
  const key = encapsulation === 'ipip' ? 'ipipMode' : 'vxlanMode';
  return `${range.short} ${pool.name} (${pool.cidr}), whose ${key} is ${mode}${place}`;
}
