// Which UDP ports mean a tunnel: a table by port, made once per run and looked up per datagram.
import { GENEVE_PORT } from '../wire/geneve.ts';
import { VXLAN_GPE_PORT, VXLAN_PORT, VXLAN_PORT_LINUX } from '../wire/vxlan.ts';
import { WIREGUARD_PORT } from '../wire/wireguard.ts';

/** What a UDP port means. `vxlanMaybe`: other things live on it too, so a datagram that is no VXLAN is no fault. */
export const PORT_KIND = { none: 0, vxlan: 1, vxlanMaybe: 2, vxlanGpe: 3, geneve: 4, wireguard: 5 } as const;

export interface WalkPorts {
  /** PORT_KIND by UDP port: 65536 entries. */
  readonly kind: Uint8Array;
  /** VNIs of a known cluster: a datagram on any port that holds such a VXLAN header and a frame is its tunnel, on the wrong port. */
  readonly vnis: ReadonlySet<number>;
}

/**
 * Ports to recognise. Those named here are added to the defaults: VXLAN 4789 and 8472, WireGuard 51820;
 * Geneve 6081 and VXLAN-GPE 4790 are always known. Throws RangeError for a number that is no port.
 */
export function walkPorts(
  more: { vxlan?: readonly number[]; wireguard?: readonly number[]; vnis?: readonly number[] } = {},
): WalkPorts {
  const key = JSON.stringify([more.vxlan, more.wireguard]);
  if (key !== last.key) last = { key, kind: kindsOf(more) };
  return { kind: last.kind, vnis: new Set(more.vnis ?? []) };
}

/** The table made last: what asks about one cluster again and again has the same ports. */
let last: { key: string; kind: Uint8Array } = { key: '', kind: new Uint8Array(0) };

function kindsOf(more: { vxlan?: readonly number[]; wireguard?: readonly number[] }): Uint8Array {
  const kind = new Uint8Array(0x10000);
  set(kind, [GENEVE_PORT], PORT_KIND.geneve);
  set(kind, [VXLAN_GPE_PORT], PORT_KIND.vxlanGpe);
  set(kind, [WIREGUARD_PORT, ...(more.wireguard ?? [])], PORT_KIND.wireguard);
  set(kind, [VXLAN_PORT, ...(more.vxlan ?? [])], PORT_KIND.vxlan);
  set(kind, [VXLAN_PORT_LINUX], PORT_KIND.vxlanMaybe);
  return kind;
}

function set(kind: Uint8Array, ports: readonly number[], value: number): void {
  for (const port of ports) {
    if (!Number.isInteger(port) || port < 1 || port > 0xffff) throw new RangeError(`${port} is no UDP port`);
    kind[port] = value;
  }
}
