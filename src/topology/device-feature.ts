// What a network device does by itself, as `ethtool -k` lists it: cutting large pieces, joining small ones, finishing checksums.
import type { Place } from './place.ts';

export interface DeviceFeature {
  device: string;
  /** As ethtool calls it: `tx-checksum-ip-generic`, `tcp-segmentation-offload`, `tx-udp_tnl-csum-segmentation`. */
  name: string;
  isOn: boolean;
  /** The driver lets nobody change it. */
  isFixed: boolean;
  /** The line, trimmed. */
  text: string;
  ref: Place;
}
