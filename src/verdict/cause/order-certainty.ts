// How far an order of moments at several nodes can be trusted: as far as the nodes' clocks were compared.

import type { Clock } from '../../attribution/clocks/clocks.ts';

/** `the nodes' clocks are compared to ±0.01 ms`, or that they are not; null where one clock saw it all, or only one was captured. */
export function orderCertainty(nodes: readonly string[], clocks: readonly Clock[]): string | null {
  const own = clocks.filter(({ node }) => node !== null && nodes.includes(node));
  if (own.length < 2) return null;
  if (new Set(own.map(({ reference }) => reference)).size > 1)
    return 'not all of their clocks could be compared: the order is as the captures have it';
  const [largest, second] = own.map(({ uncertainty }) => uncertainty ?? Number.POSITIVE_INFINITY).sort((a, b) => b - a);
  const range = (largest ?? 0) + (second ?? 0);
  if (!Number.isFinite(range)) return 'their clocks are compared by packets of one direction only';
  return `their clocks are compared to ±${Math.ceil(range * 1e5) / 100} ms`;
}
