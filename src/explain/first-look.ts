// A packet by itself: what its own bytes and the settings of the snapshot show, before the rest of its capture is read.
import { formatTime } from '../net/time.ts';
import type { PacketCopy } from '../packets/read-packet.ts';
import { walkPacket, walkSettings } from '../packets/walked-packet.ts';
import type { Topology } from '../topology/model.ts';
import type { Explanation } from './explanation.ts';
import { frameLayers } from './frame-layers.ts';
import { refFormatter } from './packet-facts.ts';

/** As the whole explanation has it. */
export type FirstLook = Pick<
  Explanation,
  | 'capture'
  | 'number'
  | 'chosenText'
  | 'time'
  | 'comments'
  | 'captured'
  | 'original'
  | 'layers'
  | 'bytes'
  | 'nodeNames'
  | 'snapshotRoot'
>;

export interface FirstLookOptions {
  packet: PacketCopy;
  /** As the trace will name it. */
  capture: Explanation['capture'];
  topology: Topology | null;
  vxlanPorts?: readonly number[];
  vxlanVNI?: number | null;
}

/** What can be said of a packet that was found by its number; null of a fragment that may be a piece of a tunnel: what it is only others tell. */
export function firstLook({ packet, capture, topology, ...named }: FirstLookOptions): FirstLook | null {
  const { bytes, original, interface: device, moment, comments, number } = packet;
  const settings = walkSettings(topology, named);
  const at = { capture: capture.index, interface: device.index };
  const walked = walkPacket(bytes, original, device.linkType, settings, at);
  if (walked.tunnel < 0 && walked.stack.laterFragment >= 0) return null;
  return {
    ...{ capture, number, chosenText: '' },
    time: formatTime(moment, device.timeDigits),
    ...packetParts({ bytes, original, comments }),
    layers: frameLayers(walked),
    ...namesOf(topology),
  };
}

/** What is of the packet itself. */
export function packetParts({ bytes, original, comments }: Pick<PacketCopy, 'bytes' | 'original' | 'comments'>) {
  return { comments: comments.map((comment) => comment.split('\n')), captured: bytes.length, original, bytes };
}

/** What names are shortened by. */
export function namesOf(topology: Topology | null): Pick<Explanation, 'nodeNames' | 'snapshotRoot'> {
  return {
    nodeNames: topology?.nodes.map((node) => node.name) ?? [],
    snapshotRoot: refFormatter(topology?.files ?? []).root,
  };
}
