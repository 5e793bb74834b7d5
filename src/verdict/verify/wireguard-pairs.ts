// WireGuard by node pair: what it carries cannot be read, but that it was used, and that nothing of the pods was beside it, can be seen.
import type { FlowBrief } from '../trace-types.ts';

/** Why a WireGuard flow counts: both nodes publish keys, so the packets between their pods are in it. */
export const WIREGUARD_REASON = 'wireguard-keys';

/** Why one does not: handshakes and keepalives carry nothing. */
export const NO_TRANSPORT_DATA = 'no-transport-data';

/** Whether a flow is WireGuard between two nodes: it stands for the packets between all of their pods. */
export function isBetweenNodes({ observed, src, dst }: FlowBrief): boolean {
  return observed.encapsulation === 'wireguard' && src.node !== null && dst.node !== null && src.node !== dst.node;
}
