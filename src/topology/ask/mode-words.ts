// How a range's mode is said: in the words of what states it.
import type { IPPool } from '../model.ts';

/** `vxlanMode Always`; for a CNI without such objects as its network states it (`Backend Type vxlan, ...`). */
export function modeWords(pool: IPPool): string {
  if (pool.stated !== undefined) return pool.stated;
  return pool.vxlanMode === 'Never' && pool.ipipMode !== 'Never'
    ? `ipipMode ${pool.ipipMode}`
    : `vxlanMode ${pool.vxlanMode}`;
}
