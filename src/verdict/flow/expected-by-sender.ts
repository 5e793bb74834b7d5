// What was to be expected of packets whose frames show the sender, though their source address does not.
import type { SeenObservation } from '../../attribution/observe.ts';
import type { FrameEnds } from '../../attribution/points/frame-ends.ts';
import { SAID_SOURCES } from '../../attribution/points/said/capture-said.ts';
import type { Expected } from '../../attribution/vocabulary.ts';
import type { Who } from '../../attribution/who/who.ts';
import { EBPF_NODEPORT_VNI } from '../../cluster/calico.ts';
import type { Node } from '../../topology/model.ts';

/** Reasons for which nothing was expected, because nobody knows which node sent it, or none of them has the source address. */
const OPEN_SENDERS: ReadonlySet<string> = new Set(['sender-not-a-node', 'sender-unknown']);

/** What leaves by a node's NIC, plain or in its tunnel, was sent by that node, whoever has the source address: its pools decide. */
export function expectedBySender(
  { expect }: { expect: (src: Who, dst: Who) => Expected },
  { src, dst, expected }: { src: Who; dst: Who; expected: Expected },
  observations: readonly SeenObservation[],
  framesOf: (seen: SeenObservation) => FrameEnds,
): Expected {
  if (!OPEN_SENDERS.has(expected.reason)) return expected;
  const underlay = observations.filter((o) => o.pointInfo.role === 'underlay' && o.vni !== EBPF_NODEPORT_VNI);
  const plain = underlay.filter((o) => o.encapsulation === 'none').map(framesOf);
  const senders = new Set(underlay.map(framesOf).flatMap(({ sender }) => (sender === null ? [] : [sender])));
  const [node] = senders;
  if (node !== undefined && senders.size === 1 && node !== dst.node) {
    if (isOnlySaid(node, underlay) && isSomewhereElse(src, node)) return { ...expected, reason: 'sender-unknown' };
    return expect({ ...src, kind: 'unknown', node, nodeSource: 'nic-mac' }, dst);
  }
  return plain.some(({ mayBeNodes }) => mayBeNodes) ? { ...expected, reason: 'sender-unknown' } : expected;
}

/** Whether a capture of the node's NIC is known to be one only by what it was called, or by what came with it. */
function isOnlySaid({ name }: Node, underlay: readonly SeenObservation[]): boolean {
  const points = underlay.map((o) => o.pointInfo).filter((point) => point.node === name);
  return points.length > 0 && points.every(({ evidence }) => evidence.some(({ source }) => SAID_SOURCES.has(source)));
}

/** Whether the snapshot has the address on another node: a wrong name of the capture explains that as well as a pod that moved. */
function isSomewhereElse({ owner }: Who, { name }: Node): boolean {
  return owner.candidates.some(({ node }) => node !== null && node !== name);
}
