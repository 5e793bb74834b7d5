// Answers that a capture may hold without showing them: in tunnel packets that the snaplen cut before it can be read whose they are, or
// inside WireGuard. Silence that rests on them is none.

import type { PathFacts } from '../../attribution/path-facts.ts';
import type { AddressBook } from '../../attribution/who/address-book.ts';
import type { Directory } from '../../attribution/who/who.ts';
import type { WireguardWays } from '../../attribution/wireguard-ways.ts';
import type { FlowTable } from '../../flow/flow-table.ts';

export interface HiddenInput {
  table: FlowTable;
  paths: PathFacts;
  who: Directory;
  /** Nodes, by index, on whose NICs the snaplen hid whose packets they were. */
  cutShort: ReadonlySet<number>;
  encrypts: WireguardWays;
  book: AddressBook;
}

const NO_TUNNEL = { outerSrc: null, outerDst: null };

/** Whether the answers to a flow of which none was seen may be among what nobody can read; at a pod's veth or a tunnel device all is in clear. */
export function hiddenAnswers(input: HiddenInput): (flow: number) => boolean {
  const { table, who, encrypts } = input;
  return (flow) => {
    if (table.reverseOf(flow) >= 0) return false;
    const [from, to] = [who.source, who.destination].map((side) => who.whoOf(side[flow] ?? -1).node);
    return isOnNicsOnly(input, flow, encrypts(to ?? null, from ?? null));
  };
}

function isOnNicsOnly(
  { table, paths, book, cutShort, encrypts }: HiddenInput,
  flow: number,
  isInside: boolean,
): boolean {
  const { rows } = table;
  let isHidden = false;
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
    const point = paths.point[rows.path(row)];
    if (point?.role === 'workload' || point?.role === 'tunnel') return false;
    const { outerSrc, outerDst } = paths.tunnel[rows.path(row)] ?? NO_TUNNEL;
    // whoever has the address, the tunnel that it was asked in says where it is
    isHidden ||= outerDst !== null && encrypts(book.nodeOf(outerDst), book.nodeOf(outerSrc ?? ''));
    isHidden ||= isInside || (point?.topologyNode != null && cutShort.has(point.topologyNode.index));
  }
  return isHidden;
}
