// Which node let frames out: the direction that a cooked header has, else the source MAC. A received frame cannot have been let out
// by the node that received it, whoever has its addresses.

import { WORKLOAD_MAC } from '../../cluster/calico.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { type LinkRecord, PACKET_TYPE } from '../../flow/frame-records.ts';
import type { Node } from '../../topology/model.ts';
import type { Points } from './points.ts';
import type { Point } from './points-input.ts';

export interface FrameEnds {
  /** The one node whose NIC let all of them out: one that was captured, or that is written; null where that is not known. */
  sender: Node | null;
  /** Whether some went out, or may have, of a device that has not the MAC of every veth of Calico's. */
  mayGoOut: boolean;
  /** Whether some came from a MAC that may be a node's, though nothing proves it. */
  mayBeNodes: boolean;
  /** Whether none of them can have been let out by this node: it got them, or they came from another node's NIC. */
  isNotFrom(node: Node): boolean;
}

/** @param rows of frames at `point` */
export function frameEnds(
  table: FlowTable,
  { macs }: Pick<Points, 'macs'>,
  point: Point,
  rows: readonly number[],
): FrameEnds {
  const links = [...new Set(rows.map((row) => table.linkOf(row)))].map((link) => table.links.record(link));
  const senderOf = (link: LinkRecord): Node | null =>
    isSent(link, point) ? point.topologyNode : link.src === null ? null : macs.ownNic(link.src);
  const [first, ...rest] = links.map(senderOf);
  return {
    sender: first !== undefined && rest.every((node) => node === first) ? first : null,
    mayGoOut: links.some(
      ({ packetType, src, dst }) =>
        (packetType === null || packetType === PACKET_TYPE.outgoing) && src !== WORKLOAD_MAC && dst !== WORKLOAD_MAC,
    ),
    mayBeNodes: links.some(({ src }) => src !== null && macs.mayBeNic(src)),
    isNotFrom: (node) =>
      links.every((link) => {
        const sender = senderOf(link);
        if (sender === node) return false;
        const got = isReceived(link, point) && point.topologyNode === node;
        return got || (link.dst !== null && macs.mayBe(link.dst, node)) || (sender !== null && sender !== node);
      }),
  };
}

function isSent({ packetType, src, carried }: LinkRecord, { mac }: Point): boolean {
  return !carried && (packetType === PACKET_TYPE.outgoing || (mac !== null && src === mac));
}

function isReceived({ packetType, dst, carried }: LinkRecord, { mac }: Point): boolean {
  return !carried && ((packetType !== null && packetType !== PACKET_TYPE.outgoing) || (mac !== null && dst === mac));
}
