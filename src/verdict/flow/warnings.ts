// Findings that are no violation: fragments, MTU, silence, sources that disagree (design section 6). One function each.

import type { DirectionFacts } from '../../attribution/directions.ts';
import { hasBit, type SeenObservation } from '../../attribution/observe.ts';
import type { Outcome } from '../../attribution/vocabulary.ts';
import type { Who } from '../../attribution/who/who.ts';
import type { IcmpError } from '../../flow/rare/icmp-errors.ts';
import { BIT } from '../../flow/rows/row-layout.ts';
import type { RowRecords } from '../../flow/rows/row-records.ts';
import { type DnsPair, dnsSentence } from './dns-trouble.ts';
import type { RawFinding } from './judgement.ts';

import { nameOf } from './rules.ts';
import type { SourceConflicts } from './source-conflicts.ts';

export interface WarningInput {
  conflicts: SourceConflicts;
  src: Who;
  dst: Who;
  protocol: number;
  rows: RowRecords;
  observations: readonly SeenObservation[];
  outcome: Outcome | null;
  /** Of the rows that count: copies count once. */
  own: Pick<DirectionFacts, 'requests' | 'largeRetransmissions'>;
  reverse: DirectionFacts;
  /** ICMP errors that quote this flow. */
  errors: readonly IcmpError[];
  /** Where an error was seen, for the finding. */
  seenAt(error: IcmpError): { capture: number; packet: number };
  /** What its asker asked the DNS server, if something is wrong with the flow's own queries. */
  dns: DnsPair | null;
  /** The service that has the destination's address, if one has. */
  service: string | null;
  /** Whether the reverse flow acknowledged the large segments that were sent again, or may have, or large ones before them. */
  largeAcknowledged: boolean;
}

export interface RawWarning extends RawFinding {
  /** Overrides the observation's packets, for findings of another packet (an ICMP error). */
  at?: { capture: number; packet: number };
}

export function warningsOf(input: WarningInput): RawWarning[] {
  return [
    outerFragmented(input),
    exceedsMtu(input),
    blackHole(input),
    badChecksum(input),
    noReply(input),
    dnsTrouble(input),
    sourcesConflict(input),
  ].filter((w) => w !== null);
}

function outerFragmented({ observations }: WarningInput): RawWarning | null {
  const seen = observations.find((o) => o.outerFragments > 0 || (o.bits & BIT.outerFragmented) !== 0);
  if (seen === undefined || !hasBit([seen], BIT.outerFragmented)) return null;
  const message = `tunnel packets ${seen.outerSrc} to ${seen.outerDst} were fragmented (${seen.outerFragments} later fragments): the underlay's MTU is below the tunnel's MTU plus its headers`;
  return { code: 'outer-fragmented', message, seen };
}

/** ICMP fragmentation needed (RFC 1191) or packet too big (RFC 4443) that quotes the flow. */
function exceedsMtu({ errors, seenAt, src, dst }: WarningInput): RawWarning | null {
  const error = errors.find(
    (e) => (e.family === 4 && e.type === 3 && e.code === 4) || (e.family === 6 && e.type === 2),
  );
  if (error === undefined) return null;
  const message = `a packet from ${nameOf(src)} to ${nameOf(dst)} was answered with "does not fit": next-hop MTU ${error.mtu}`;
  return { code: 'packet-exceeds-mtu', message, seen: null, at: seenAt(error) };
}

const RETRANSMISSIONS_OF_A_HOLE = 3;

function blackHole({
  protocol,
  own,
  reverse,
  largeAcknowledged,
  observations,
  src,
  dst,
}: WarningInput): RawWarning | null {
  if (
    protocol !== 6 ||
    own.largeRetransmissions < RETRANSMISSIONS_OF_A_HOLE ||
    reverse.packets === 0 ||
    largeAcknowledged
  )
    return null;
  const [seen] = [...observations].sort((a, b) => b.packets - a.packets);
  const message = `${own.largeRetransmissions} large segments from ${nameOf(src)} to ${nameOf(dst)} were sent again and never acknowledged, while small ones were`;
  return { code: 'mtu-black-hole', message, seen: seen ?? null };
}

/**
 * Only the receiver's own NIC is evidence: at the sender, checksums are not final (calico-facts 4.6). All sampled packets of the
 * flow must be wrong, and more than one.
 */
function badChecksum({ observations, rows, src, dst }: WarningInput): RawWarning | null {
  const seen = observations.find((o) => {
    const arrived = o.pointInfo.role === 'underlay' && dst.node !== null && o.pointInfo.topologyNode === dst.node;
    const wrong = o.rows.reduce((sum, row) => sum + rows.checksumsWrong(row), 0);
    const right = o.rows.reduce((sum, row) => sum + rows.checksumsRight(row), 0);
    return arrived && wrong > 1 && right === 0;
  });
  if (seen === undefined) return null;
  const message = `packets from ${nameOf(src)} to ${nameOf(dst)} arrived at ${dst.node?.name}'s NIC with wrong checksums`;
  return { code: 'bad-checksum', message, seen };
}

function noReply({ outcome, own, observations, src, dst, protocol }: WarningInput): RawWarning | null {
  if ((outcome !== 'no-answer' && outcome !== 'unreachable') || own.requests === 0) return null;
  const what = protocol === 6 ? 'SYN' : 'echo request';
  const came = outcome === 'unreachable' ? 'no answer but ICMP "destination unreachable"' : 'no answer';
  const message = `${own.requests} ${what}${own.requests === 1 ? '' : 's'} from ${nameOf(src)} to ${nameOf(dst)}, ${came}`;
  return { code: 'no-reply', message, seen: observations[0] ?? null };
}

function dnsTrouble({ dns, service, outcome, observations, src, dst }: WarningInput): RawWarning | null {
  // the server is not to blame for what never got to it
  if (dns === null || outcome === 'sent-never-arrived') return null;
  const server = service === null ? nameOf(dst) : `${service} (${dst.owner.address})`;
  return { code: 'dns-trouble', message: dnsSentence(server, nameOf(src), dns), seen: observations[0] ?? null };
}

function sourcesConflict({ conflicts, src, dst }: WarningInput): RawWarning | null {
  const issue = conflicts.about(src, dst);
  return issue === null ? null : { code: 'snapshot-conflict', message: issue.message, seen: null };
}
