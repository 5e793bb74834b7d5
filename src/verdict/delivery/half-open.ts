// Handshakes that go no further: SYN and SYN/ACK again and again, and no ACK. It is what a receiver sees when its answers are lost.

import { type CountInput, countFlow, tcpOf } from '../../attribution/count-flow.ts';
import type { SeenObservation } from '../../attribution/observe.ts';
import type { Who } from '../../attribution/who/who.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { FLOW_MARK as MARK } from '../../flow/rows/flow-marks.ts';
import type { RawFinding } from '../flow/judgement.ts';
import { nameOf } from '../flow/rules.ts';

const TCP = 6;
/** One SYN/ACK sent again may be one that was lost. */
const REPEATED = 2;

/** What both sides sent of a handshake, each packet once. */
export interface HalfOpen {
  syn: number;
  synAck: number;
}

/**
 * Null unless the handshake is stuck: of the one that asked neither an ACK nor anything else was seen. Its SYNs are repeated; where its
 * ACKs are what is lost, only the SYN/ACKs are.
 */
export function halfOpen(counting: CountInput, flow: number, reverse: number): HalfOpen | null {
  const { table } = counting;
  if (table.protocolOf(flow) !== TCP || reverse < 0) return null;
  // the usual conversation, told at once
  if (hasAcknowledged(table, flow) && hasAcknowledged(table, reverse)) return null;
  const [client, server] = (table.marks[flow]! & MARK.requests) !== 0 ? [flow, reverse] : [reverse, flow];
  if (hasAcknowledged(table, client)) return null;
  const asked = tcpOf(table, countFlow(counting, client).rows);
  const answered = tcpOf(table, countFlow(counting, server).rows);
  const more = [asked, answered].some(({ data, fin, rst }) => data + fin + rst > 0);
  if (more || asked.syn === 0 || answered.synAck < REPEATED) return null;
  const isStuck = asked.syn >= REPEATED || answered.synAck > REPEATED;
  return isStuck ? { syn: asked.syn, synAck: answered.synAck } : null;
}

function hasAcknowledged(table: FlowTable, flow: number): boolean {
  return (table.marks[flow]! & MARK.acknowledges) !== 0;
}

/** What a handshake was seen of: its questions, its answers, and whose frames each was. */
export interface Exchanged {
  asked: readonly SeenObservation[];
  answers: readonly SeenObservation[];
  /** Whether frames came to the place where they were seen; not of a capture that may hold other places' too. */
  haveCome: (seen: SeenObservation) => boolean;
}

/** Told of the direction that asks, with the side that these captures speak for. */
export function halfOpenFinding(
  { syn, synAck }: HalfOpen,
  { src, dst }: { src: Who; dst: Who },
  exchanged: Exchanged,
): RawFinding {
  const message = `${syn} SYN from ${nameOf(src)} to ${nameOf(dst)}, ${synAck} SYN/ACK, no ACK: ${whereItEnds(src, dst, exchanged)}`;
  return { code: 'half-open', message, seen: exchanged.asked[0] ?? null };
}

function whereItEnds(src: Who, dst: Who, { asked, answers, haveCome }: Exchanged): string {
  const back = src.node?.name ?? nameOf(src);
  const isOnWire = [...asked, ...answers].some(({ pointInfo }) => pointInfo.role === 'underlay');
  if (dst.node !== null && src.node === dst.node && !isOnWire) return `the answer is dropped inside ${back}`;
  const home = answers.filter(({ pointInfo }) => src.node !== null && pointInfo.topologyNode === src.node);
  if (home.some(({ pointInfo }) => pointInfo.role === 'workload'))
    return `the answer reaches the veth on ${back}; the pod drops it, or its ACK is lost behind it`;
  if (home.some(haveCome)) return `the answer arrives at ${back} and does not get to the client, or the ACK is lost`;
  // seen where nobody knows whether it left or arrived
  if (home.length > 0) return 'the answer is lost, or the ACK is';
  return `the answer leaves ${dst.node?.name ?? nameOf(dst)} and does not get back to ${back}, or is dropped there`;
}
