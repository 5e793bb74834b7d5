// The route of a sender's decision.
import { longestRoute } from '../../topology/ask/longest-route.ts';
import type { Node, Route } from '../../topology/model.ts';
import type { Expected } from '../vocabulary.ts';

export interface RouteQuestion {
  from: Node | null;
  destination: string;
  expected?: Expected;
}

/**
 * The route the sender's table has for the destination. What goes through WireGuard is decided in a table of its own
 * (calico-facts 3.2), which `ip route` alone does not print.
 */
export function findRoute({ from, destination, expected }: RouteQuestion): Route | null {
  return from === null ? null : longestRoute(from, destination, expected?.encapsulation === 'wireguard');
}
