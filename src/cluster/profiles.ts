// The CNIs that are known. A new one is a folder beside these and a line here.
import { CALICO } from './calico/calico-profile.ts';
import { FLANNEL } from './flannel/flannel-profile.ts';
import type { NodeField, Profile, TunnelKind } from './profile.ts';

export const PROFILES: readonly Profile[] = [CALICO, FLANNEL];

/** What a snapshot without any sign of a CNI is read as, and what is asked for where there is no snapshot. */
export const DEFAULT_PROFILE: Profile = CALICO;

/** All annotations of Nodes that are read, of every CNI. */
export const NODE_FIELDS: readonly NodeField[] = PROFILES.flatMap((profile) => profile.nodeFields);

/** The kind of tunnel behind a device of any CNI; null for every other device. */
export function tunnelKindOfDevice(name: string): TunnelKind | null {
  for (const profile of PROFILES) {
    const kind = profile.tunnelKindOf(name);
    if (kind !== null) return kind;
  }
  return null;
}
