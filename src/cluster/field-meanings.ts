// What Calico's own numbers and addresses mean where they stand in a header, in a few words beside the decoded value.
import { DEFAULT_VNI, DEFAULT_WIREGUARD_PORT_V6, EBPF_NODEPORT_VNI, POD_GATEWAY, WORKLOAD_MAC } from './calico.ts';

const ADDRESSES: ReadonlyMap<string, string> = new Map([
  [WORKLOAD_MAC, 'Calico’s host side of a pod'],
  [POD_GATEWAY, 'Calico’s gateway of every pod'],
]);

const VNIS: ReadonlyMap<number, string> = new Map([
  [DEFAULT_VNI, 'Calico’s default'],
  [EBPF_NODEPORT_VNI, 'Calico eBPF NodePort'],
]);

const PORTS: ReadonlyMap<number, string> = new Map([
  [5473, 'Calico Typha'],
  [9091, 'Felix metrics'],
  [9099, 'Felix health'],
  [DEFAULT_WIREGUARD_PORT_V6, 'WireGuard (Calico, IPv6)'],
]);

/** For a MAC or an IPv4 address as text; null when it is none of Calico's. */
export function calicoAddressMeaning(address: string): string | null {
  return ADDRESSES.get(address) ?? null;
}

/** What Calico has on a TCP or UDP port; null when it is none of its ports. */
export function calicoPortName(port: number): string | null {
  return PORTS.get(port) ?? null;
}

const FIELDS: ReadonlyMap<string | null, ReadonlyMap<number, string>> = new Map([
  ['vxlan.vni', VNIS],
  ...['udp', 'tcp', 'sctp'].flatMap((protocol) =>
    ['srcport', 'dstport'].map((end): [string, ReadonlyMap<number, string>] => [`${protocol}.${end}`, PORTS]),
  ),
]);

/** For the value of a field by its display filter name; null when it is none of Calico's. */
export function calicoFieldMeaning(field: string | null, value: number): string | null {
  return FIELDS.get(field)?.get(value) ?? null;
}
