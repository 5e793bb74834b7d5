// Which VNI and UDP ports the cluster uses (design section 6): the user's word, the CNI's settings, what all VXLAN
// devices agree on, the CNI's defaults.

import type { Profile } from '../../cluster/profile.ts';
import { DEFAULT_PROFILE } from '../../cluster/profiles.ts';
import type { Node, SourceRef, Topology } from '../../topology/model.ts';

export interface Setting {
  value: number;
  /** `--vxlan-vni`, what sets it in this CNI (`FelixConfiguration`), `ip -d link`, `default`. */
  source: string;
  ref: SourceRef | null;
}

export interface Settings {
  /** The CNI whose settings these are. */
  profile: Profile;
  vni(sender: Node | null): Setting;
  /** The configured port; `allowed` may hold more (--vxlan-port). */
  port(sender: Node | null): Setting;
  allowedPorts(sender: Node | null): ReadonlySet<number>;
}

export function settingsOf(topology: Topology | null, vni: number | null, ports: readonly number[]): Settings {
  const profile = topology?.profile ?? DEFAULT_PROFILE;
  const port = (sender: Node | null): Setting => {
    const felix = topology?.felix(sender?.name ?? null).vxlanPort ?? null;
    if (felix !== null) return { value: felix.value, source: felix.by ?? profile.settings, ref: felix.ref };
    if (topology?.devicePort)
      return { value: topology.devicePort.value, source: 'ip -d link', ref: topology.devicePort.ref };
    return { value: profile.port, source: 'default', ref: null };
  };
  return {
    profile,
    vni(sender) {
      if (vni !== null) return { value: vni, source: '--vxlan-vni', ref: null };
      const felix = topology?.felix(sender?.name ?? null).vxlanVNI ?? null;
      if (felix !== null) return { value: felix.value, source: felix.by ?? profile.settings, ref: felix.ref };
      if (topology?.deviceVNI)
        return { value: topology.deviceVNI.value, source: 'ip -d link', ref: topology.deviceVNI.ref };
      return { value: profile.vni, source: 'default', ref: null };
    },
    port,
    allowedPorts: (sender) => new Set([port(sender).value, ...ports]),
  };
}
