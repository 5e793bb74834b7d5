// HOT: per packet. No allocation.
// TCP facts of one observation: flags, retransmissions by sequence number (RFC 9293 section 3.4), acknowledgements.
import { TCP, TCP_FLAG, tcpHeaderLength } from '../wire/tcp.ts';
import { BIT, type ObservationColumns } from './observation-columns.ts';

/** Payload bytes above which a segment counts as large (a black hole swallows these and lets small ones pass). */
export const LARGE_SEGMENT = 1000;

const { fin: FIN, syn: SYN, rst: RST, ack: ACK } = TCP_FLAG;

/** Counts the segment whose header starts at `at`; `end` is where its payload ended on the wire. */
export function trackTcp(columns: ObservationColumns, row: number, bytes: Uint8Array, at: number, end: number): void {
  const flags = TCP.flags.read(bytes, at);
  if (flags & RST) columns.rst[row]!++;
  if (flags & FIN) columns.fin[row]!++;
  if (flags & SYN) {
    if (flags & ACK) columns.replies[row]!++;
    else columns.requests[row]!++;
  }
  if (flags & ACK) trackAcknowledgement(columns, row, TCP.ack_raw.read(bytes, at));
  const payload = end - at - tcpHeaderLength(bytes, at);
  trackSequence(columns, row, TCP.seq_raw.read(bytes, at), payload, flags);
}

function trackAcknowledgement(columns: ObservationColumns, row: number, acknowledgement: number): void {
  if (columns.bits[row]! & BIT.acknowledgementKnown) {
    if (((acknowledgement - columns.acknowledged[row]!) | 0) <= 0) return;
  } else columns.bits[row]! |= BIT.acknowledgementKnown;
  columns.acknowledged[row] = acknowledgement;
}

function trackSequence(
  columns: ObservationColumns,
  row: number,
  sequence: number,
  payload: number,
  flags: number,
): void {
  const length = payload > 0 ? payload : 0;
  if (length > 0) columns.data[row]!++;
  const end = (sequence + length + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0)) >>> 0;
  if (!(columns.bits[row]! & BIT.sequenceKnown) || flags & SYN) {
    if (flags & SYN && columns.bits[row]! & BIT.sequenceKnown && columns.sequenceEnd[row] === end)
      columns.retransmissions[row]!++;
    columns.bits[row]! |= BIT.sequenceKnown;
    columns.sequenceEnd[row] = end;
    return;
  }
  const beyond = (end - columns.sequenceEnd[row]!) | 0;
  if (beyond > 0) columns.sequenceEnd[row] = end;
  else if (length > 1 || (length === 1 && beyond < 0)) {
    columns.retransmissions[row]!++;
    if (length > LARGE_SEGMENT) {
      columns.largeRetransmissions[row]!++;
      columns.largeSequence[row] = sequence;
    }
  }
}
