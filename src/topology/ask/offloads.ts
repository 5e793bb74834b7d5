// What a node's devices leave to the card: whether captures there show large pieces that the card will cut or has joined, and checksums
// that it will finish. Linux cuts and finishes before the place of capture what the device does not do by itself (net/core/dev.c).
import { useOfDeviceName } from '../../cluster/device.ts';
import type { DeviceFeature } from '../device-feature.ts';
import type { Node } from '../model.ts';
import { formatRef } from '../read/located.ts';
import { defaultDevice } from './device-mtus.ts';

/** What can be asked, with the features that answer it, the most telling first. */
const QUESTIONS = {
  /** Checksums are finished behind the place of capture. */
  checksums: ['tx-checksum-ip-generic', 'tx-checksum-ipv4', 'tx-checksum-ipv6', 'tx-checksumming'],
  /** Large TCP pieces are cut behind it. */
  cuts: ['tcp-segmentation-offload'],
  /** The same of what is in a VXLAN tunnel. */
  cutsTunnels: ['tx-udp_tnl-csum-segmentation', 'tx-udp_tnl-segmentation'],
  /** The same of IP-in-IP. */
  cutsIpip: ['tx-ipxip4-segmentation'],
  /** Small pieces were joined before it. */
  joins: ['generic-receive-offload', 'large-receive-offload'],
} as const;

export type OffloadQuestion = keyof typeof QUESTIONS;

/** The feature that answers for a device: one that is on, else the first that is off; null where none was given. */
export function offloadOf(
  { features }: Pick<Node, 'features'>,
  device: string,
  question: OffloadQuestion,
): DeviceFeature | null {
  const names: readonly string[] = QUESTIONS[question];
  const given = names.flatMap((name) => features.filter((one) => one.device === device && one.name === name));
  return given.find(({ isOn }) => isOn) ?? given[0] ?? null;
}

/** `tx-udp_tnl-csum-segmentation is on at ens5 (ethtool_-k_ens5:41)`. */
export function featureWords({ name, isOn, device, ref }: DeviceFeature): string {
  return `${name} is ${isOn ? 'on' : 'off'} at ${device} (${formatRef(ref)})`;
}

/** The NIC that carries the node's packets to others: below its VXLAN device, of its default route, or the only one with features. */
export function carryingNic(node: Pick<Node, 'links' | 'routes' | 'features'>): string | null {
  const below = node.links.find((link) => link.vxlan?.dev != null)?.vxlan?.dev ?? defaultDevice(node);
  if (below !== null) return below;
  const nics = new Set(node.features.map(({ device }) => device).filter((name) => useOfDeviceName(name) === 'nic'));
  return nics.size === 1 ? ([...nics][0] ?? null) : null;
}
