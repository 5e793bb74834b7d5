// Tunnel packets whose inner headers the snaplen cut off: all that is left is a flow between two nodes on the tunnel's port.
// Nothing can be said of what they carried, so they are no proof, and they are told (docs/captures.md: how many bytes to keep).

import { hasBit, type SeenObservation } from '../../attribution/observe.ts';
import type { Who } from '../../attribution/who/who.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { BIT } from '../../flow/rows/row-layout.ts';

import type { Settings } from './overlay-in-use.ts';

const UDP = 17;
const IP_IN_IP: readonly number[] = [4, 41];

export interface CutOffInput {
  table: FlowTable;
  flow: number;
  src: Who;
  dst: Who;
  observations: readonly SeenObservation[];
  settings: Settings;
}

/** Whether the packets of this flow are tunnel packets between two nodes that end before their inner addresses do. */
export function isCutOffTunnel({ table, flow, src, dst, observations, settings }: CutOffInput): boolean {
  if (observations.some((o) => o.pointInfo.role === 'underlay' && isAroundFlow(o, table, flow))) return true;
  if (src.kind !== 'node' || dst.kind !== 'node') return false;
  // cut off even before the tunnel's own header
  const plain = observations.filter((o) => o.encapsulation === 'none' && o.pointInfo.role === 'underlay');
  if (!hasBit(plain, BIT.truncated)) return false;
  const protocol = table.protocolOf(flow);
  const port = table.destinationPortOf(flow);
  if (protocol === UDP) return port !== null && settings.allowedPorts(src.node).has(port);
  return IP_IN_IP.includes(protocol);
}

/** The tunnel's outer datagram is the flow itself: nothing inside could be read. WireGuard is meant to be like that. */
function isAroundFlow(
  { encapsulation, outerSrc, outerDst, overheadBytes }: SeenObservation,
  table: FlowTable,
  flow: number,
): boolean {
  if (encapsulation === 'none' || encapsulation === 'wireguard' || overheadBytes > 0) return false;
  return outerSrc === table.sourceOf(flow) && outerDst === table.destinationOf(flow);
}
