// Tunnels that Calico does not make, by what they are: the VNI, the frames inside. Mirrors and other overlays have them.
import type { TunnelRecord } from '../flow/frame-records.ts';
import type { Topology } from '../topology/model.ts';
import { overlayVnis } from './overlay-settings.ts';

/**
 * A test for tunnels of whole frames that are none of the cluster's: GRE and Geneve, VXLAN with another VNI and between no VTEPs.
 * Their outer addresses tell nothing of where the pods inside are.
 */
export function strangeTunnels(topology: Topology, vni: number | null): (tunnel: TunnelRecord) => boolean {
  const own = new Set(overlayVnis(topology, vni));
  return (tunnel) => {
    const { encapsulation, innerSrcMac, innerDstMac } = tunnel;
    if (innerDstMac === null) return false;
    if (encapsulation !== 'vxlan') return encapsulation !== 'none';
    if (own.has(tunnel.vni ?? -1) || topology.profile.isMissentVni(tunnel.vni)) return false;
    return !isVtepMac(topology, innerSrcMac) && !isVtepMac(topology, innerDstMac);
  };
}

/** Whether a MAC is known, or looks, to be that of a node's tunnel device. */
export function isVtepMac(topology: Topology, mac: string | null): boolean {
  return mac !== null && (topology.nodeByVtepMac(mac) !== null || topology.profile.vtepMacLooksComputed(mac));
}
