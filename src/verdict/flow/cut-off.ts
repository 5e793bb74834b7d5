// Tunnel packets whose inner headers the snaplen cut off: all that is left is a flow between two nodes on the tunnel's port.
// Nothing can be said of what they carried, so they are no proof, and they are told (docs/captures.md: how many bytes to keep).

import { hasBit, type SeenObservation } from '../../attribution/observe.ts';
import type { Who } from '../../attribution/who/who.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import type { TunnelRecord } from '../../flow/frame-records.ts';
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

type Around = Pick<SeenObservation, 'encapsulation' | 'outerSrc' | 'outerDst' | 'overheadBytes'>;

/** Whether the packets of this flow are tunnel packets between two nodes that end before their inner addresses do. */
export function isCutOffTunnel({ table, flow, src, dst, observations, settings }: CutOffInput): boolean {
  if (observations.some((o) => o.pointInfo.role === 'underlay' && isAroundFlow(o, table, flow))) return true;
  if (src.kind !== 'node' || dst.kind !== 'node') return false;
  const plain = observations.filter((o) => o.encapsulation === 'none' && o.pointInfo.role === 'underlay');
  return hasBit(plain, BIT.truncated) && isTunnelKind(table, flow, settings.allowedPorts(src.node));
}

/** Where the packets of a row end before it can be read whose they are, whoever the ends of the tunnel are. */
export function hidesFlows(
  table: FlowTable,
  row: number,
  tunnel: TunnelRecord,
  tunnelPorts: ReadonlySet<number>,
): boolean {
  const { rows } = table;
  const flow = rows.flow(row);
  if (tunnel.encapsulation !== 'none') {
    const { encapsulation, outerSrc, outerDst } = tunnel;
    const overheadBytes = rows.overheadBytes(row);
    return overheadBytes === 0 && isAroundFlow({ encapsulation, outerSrc, outerDst, overheadBytes }, table, flow);
  }
  return (rows.bits(row) & BIT.truncated) !== 0 && isTunnelKind(table, flow, tunnelPorts);
}

/** Such packets carry others, if they could be read behind their own header. */
function isTunnelKind(table: FlowTable, flow: number, tunnelPorts: ReadonlySet<number>): boolean {
  const protocol = table.protocolOf(flow);
  const port = table.destinationPortOf(flow);
  if (protocol === UDP) return port !== null && tunnelPorts.has(port);
  return IP_IN_IP.includes(protocol);
}

/** The tunnel's outer datagram is the flow itself: nothing inside could be read. WireGuard is meant to be like that. */
function isAroundFlow(
  { encapsulation, outerSrc, outerDst, overheadBytes }: Around,
  table: FlowTable,
  flow: number,
): boolean {
  if (encapsulation === 'none' || encapsulation === 'wireguard' || overheadBytes > 0) return false;
  return outerSrc === table.sourceOf(flow) && outerDst === table.destinationOf(flow);
}
