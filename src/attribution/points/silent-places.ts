// Captures without a packet: where each was taken, as the user or its file name says. Nothing shows when it ran, so that it proves nothing;
// but it is not as if nobody had captured there.
import type { PointRole } from '../vocabulary.ts';
import type { CaptureSays } from './decide-point.ts';
import { roleOfDevice } from './point-device.ts';
import type { PointsInput } from './points-input.ts';

export interface SilentPlace {
  capture: number;
  node: string;
  interface: string;
  role: PointRole;
  /** Of a veth: addresses of the pods whose it is. */
  pods: readonly string[];
}

export function silentPlaces({ captures, topology }: PointsInput, says: readonly CaptureSays[]): SilentPlace[] {
  return captures.flatMap(({ packets }, capture) => {
    const { rule, said } = says[capture] ?? { rule: null, said: null };
    const node = rule === null ? (said?.node ?? null) : (topology?.nodeByName(rule.node) ?? null);
    const device = rule?.interface ?? said?.interface ?? null;
    if (packets > 0 || topology === null || node === null || device === null) return [];
    const role = roleOfDevice(topology, node, device)?.role;
    if (role === undefined) return [];
    const own = topology.pods.filter((pod) => pod.nodeName === node.name && pod.hostInterface?.name === device);
    return [{ capture, node: node.name, interface: device, role, pods: own.flatMap(({ addresses }) => addresses) }];
  });
}
