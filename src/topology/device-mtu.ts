// What a node's devices carry at most, and what that must fit into.
import type { Place } from './place.ts';

/** Devices of one use and MTU. */
export interface DeviceMtu {
  use: 'nic' | 'tunnel' | 'workload';
  names: readonly string[];
  mtu: number;
  /** What the tunnel adds; 0 for others. */
  overhead: number;
  /** The device that its packets must fit into, with its MTU; null when it is not known, or there is none. */
  into: { name: string; mtu: number } | null;
  fits: boolean | null;
  up: boolean;
  ref: Place;
}
