// Answers that a capture may hold without showing them: in packets that the snaplen cut before it can be read whose or what they are, or
// inside WireGuard. Silence that rests on them is none.

import type { QuestionsByFlow } from '../../attribution/exchange/questions-by-flow.ts';
import type { PathFacts } from '../../attribution/path-facts.ts';
import type { Directory } from '../../attribution/who/who.ts';
import type { WireguardWays } from '../../attribution/wireguard-ways.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { BIT } from '../../flow/rows/row-layout.ts';

export interface HiddenInput {
  table: FlowTable;
  paths: PathFacts;
  who: Directory;
  /** Nodes, by index, on whose NICs the snaplen hid whose packets they were. */
  cutShort: ReadonlySet<number>;
  encrypts: WireguardWays;
  questions: QuestionsByFlow;
}

/**
 * Whether the answers to a flow may be among what nobody can read. At a pod's veth all is in clear; at a tunnel
 * device what came in that tunnel is, and not what came in WireGuard.
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
  return (flow) => {
    if (table.reverseOf(flow) >= 0) return hasUnread(input, flow);
    const rows = rowsOf(table, flow);
    const roles = new Set(rows.map((row) => paths.point[table.rows.path(row)]?.role));
    if (roles.has('workload')) return false;
    const [from = null, to = null] = [who.source, who.destination].map((side) => who.whoOf(side[flow] ?? -1).node);
    // whoever has the address, the tunnel that it was asked in says where it is
    if (encrypts(to, from) || rows.some(encryptsBack)) return true;
    return !roles.has('tunnel') && rows.some((row) => isCutShort(input, row));
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

function isCutShort({ table, paths, cutShort }: HiddenInput, row: number): boolean {
  const node = paths.point[table.rows.path(row)]?.topologyNode ?? null;
  return node !== null && cutShort.has(node.index);
}

function rowsOf(table: FlowTable, flow: number): number[] {
  const found: number[] = [];
  for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row)) found.push(row);
  return found;
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
