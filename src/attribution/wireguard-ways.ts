// Between which nodes the captures have WireGuard: packets of their pods that are not to be seen may be inside.
import type { FlowTable } from '../flow/flow-table.ts';
import type { Node } from '../topology/model.ts';
import type { AddressBook } from './who/address-book.ts';

/** Whether one node sent another one WireGuard's messages. */
export type WireguardWays = (from: Node | null, to: Node | null) => boolean;

export function wireguardWays({ tunnels }: Pick<FlowTable, 'tunnels'>, book: AddressBook): WireguardWays {
  let ways: Set<string> | null = null;
  const wayOf = (from: Node, to: Node): string => `${from.index} ${to.index}`;
  const collect = (): Set<string> => {
    const found = new Set<string>();
    for (let i = 1; i < tunnels.count; i++) {
      if (tunnels.encapsulationOf(i) !== 'wireguard') continue;
      const { outerSrc, outerDst } = tunnels.record(i);
      const [from, to] = [book.nodeOf(outerSrc ?? ''), book.nodeOf(outerDst ?? '')];
      if (from !== null && to !== null) found.add(wayOf(from, to));
    }
    return found;
  };
  return (from, to) => {
    if (from === null || to === null) return false;
    ways ??= collect();
    return ways.has(wayOf(from, to));
  };
}
