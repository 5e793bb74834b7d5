// Answers that a capture may hold without showing them: inside WireGuard, or DNS messages of which the snaplen cut off what they say.
// Silence that rests on them is none.

import type { QuestionsByFlow } from '../../attribution/exchange/questions-by-flow.ts';
import type { PathFacts } from '../../attribution/path-facts.ts';
import type { Points } from '../../attribution/points/points.ts';
import { isStrong } from '../../attribution/who/owner-strength.ts';
import type { Directory } from '../../attribution/who/who.ts';
import type { WireguardWays } from '../../attribution/wireguard-ways.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { BIT } from '../../flow/rows/row-layout.ts';

export interface HiddenInput {
  table: FlowTable;
  paths: PathFacts;
  who: Directory;
  points: Points;
  encrypts: WireguardWays;
  questions: QuestionsByFlow;
}

/**
 * Whether the answers to a flow may be among what nobody can read. At a pod's veth all is in clear. Where it is not known for sure on which
 * node an end is, any WireGuard of the capture may hold them.
 */
export function hiddenAnswers(input: HiddenInput): (flow: number) => boolean {
  const { table, paths, who, encrypts } = input;
  let ways: ReadonlySet<string> | null = null;
  const encryptsBack = (row: number): boolean => {
    const { outerSrc, outerDst } = paths.tunnel[table.rows.path(row)] ?? NO_TUNNEL;
    if (outerDst === null) return false;
    ways ??= wireguardAddresses(table);
    return ways.has(`${outerDst} ${outerSrc}`);
  };
  let encrypted: ReadonlySet<number> | null = null;
  const hasWireguard = (row: number): boolean => {
    encrypted ??= ringsWithWireguard(input);
    return encrypted.has(ringOf(input, table.linkOf(row)));
  };
  return (flow) => {
    if (table.reverseOf(flow) >= 0) return hasUnread(input, flow);
    const rows = rowsOf(table, flow);
    const roles = new Set(rows.map((row) => paths.point[table.rows.path(row)]?.role));
    if (roles.has('workload')) return false;
    const ends = [who.source, who.destination].map((side) => who.whoOf(side[flow] ?? -1));
    const [from = null, to = null] = ends.map(({ node }) => node);
    // whoever has the address, the tunnel that it was asked in says where it is
    if (encrypts(to, from) || rows.some(encryptsBack)) return true;
    return ends.some((end) => end.node === null || !isStrong(end)) && rows.some(hasWireguard);
  };
}

const NO_TUNNEL = { outerSrc: null, outerDst: null };

/** Whether more came back than DNS answers were read: the snaplen cut off what they say. */
function hasUnread({ table, questions }: HiddenInput, flow: number): boolean {
  const [own, other] = [questions.of(flow)?.dns ?? null, questions.of(table.reverseOf(flow))?.dns ?? null];
  const dns = own ?? other;
  if (dns === null) return false;
  const answered = dns.questions - dns.unanswered;
  return rowsOf(table, own === null ? flow : table.reverseOf(flow)).some(
    (row) => (table.rows.bits(row) & BIT.truncated) !== 0 && table.rows.distinct(row) > answered,
  );
}

function rowsOf(table: FlowTable, flow: number): number[] {
  const found: number[] = [];
  for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row)) found.push(row);
  return found;
}

/** Pieces of one capture are one. */
function ringsWithWireguard(input: HiddenInput): Set<number> {
  const { paths, tunnels } = input.table;
  const found = new Set<number>();
  for (let path = 0; path < paths.count; path++)
    if (tunnels.encapsulationOf(paths.tunnel[path] ?? 0) === 'wireguard')
      found.add(ringOf(input, paths.link[path] ?? -1));
  return found;
}

function ringOf({ table, points }: HiddenInput, link: number): number {
  return points.rings.ringOf[table.links.captureOf(link)] ?? -1;
}

/** From which address to which there was WireGuard, also where nobody knows whose they are. */
function wireguardAddresses({ tunnels }: FlowTable): Set<string> {
  const found = new Set<string>();
  for (let i = 1; i < tunnels.count; i++) {
    if (tunnels.encapsulationOf(i) !== 'wireguard') continue;
    const { outerSrc, outerDst } = tunnels.record(i);
    found.add(`${outerSrc} ${outerDst}`);
  }
  return found;
}
