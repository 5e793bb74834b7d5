// What a tunnel costs: the bytes that Felix and flanneld take off the MTU of their devices (calico-facts 4.3).
import type { TunnelKind } from './profile.ts';

/** Bytes around a pod's packet, outer IP header included. */
export const OVERHEAD: Readonly<Record<TunnelKind, number>> = {
  vxlan: 50,
  'vxlan-v6': 70,
  ipip: 20,
  wireguard: 60,
  'wireguard-v6': 80,
};
