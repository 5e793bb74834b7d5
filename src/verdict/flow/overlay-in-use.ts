// Which VNI and UDP ports the cluster uses (design section 6): the user's word, FelixConfiguration, what all VXLAN
// devices agree on, Calico's defaults.
import { DEFAULT_VNI, DEFAULT_VXLAN_PORT } from '../../cluster/calico.ts';
import type { Node, SourceRef, Topology } from '../../topology/model.ts';

export interface Setting {
  value: number;
  /** `--vxlan-vni`, `FelixConfiguration`, `ip -d link`, `default`. */
  source: string;
  ref: SourceRef | null;
}

export interface Settings {
  vni(sender: Node | null): Setting;
  /** The configured port; `allowed` may hold more (--vxlan-port). */
  port(sender: Node | null): Setting;
  allowedPorts(sender: Node | null): ReadonlySet<number>;
}

export function settingsOf(topology: Topology | null, vni: number | null, ports: readonly number[]): Settings {
  const port = (sender: Node | null): Setting => {
    const felix = topology?.felix(sender?.name ?? null).vxlanPort ?? null;
    if (felix !== null) return { value: felix.value, source: 'FelixConfiguration', ref: felix.ref };
    if (topology?.devicePort)
      return { value: topology.devicePort.value, source: 'ip -d link', ref: topology.devicePort.ref };
    return { value: DEFAULT_VXLAN_PORT, source: 'default', ref: null };
  };
  return {
    vni(sender) {
      if (vni !== null) return { value: vni, source: '--vxlan-vni', ref: null };
      const felix = topology?.felix(sender?.name ?? null).vxlanVNI ?? null;
      if (felix !== null) return { value: felix.value, source: 'FelixConfiguration', ref: felix.ref };
      if (topology?.deviceVNI)
        return { value: topology.deviceVNI.value, source: 'ip -d link', ref: topology.deviceVNI.ref };
      return { value: DEFAULT_VNI, source: 'default', ref: null };
    },
    port,
    allowedPorts: (sender) => new Set([port(sender).value, ...ports]),
  };
}
