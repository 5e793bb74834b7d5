// Totals of one direction between two nodes, hop by hop.
import { Delays } from './delays.ts';
import { rankOf, type Stop } from './journey.ts';
import type { PathHop, PathPair } from './path-model.ts';

/** Delays that a hop keeps for its quantiles. */
const KEPT = 8192;

interface HopCount {
  from: Stop;
  to: Stop;
  packets: number;
  lost: number;
  delays: Delays;
}

export class PairCount {
  readonly #from: string;
  readonly #to: string;
  #flows = 0;
  #packets = 0;
  #lost = 0;
  readonly #hops = new Map<string, HopCount>();
  readonly #hopOfStops = new Map<Stop, Map<Stop, HopCount>>();

  constructor(from: string, to: string) {
    this.#from = from;
    this.#to = to;
  }

  count(isFirstOfFlow: boolean): void {
    if (isFirstOfFlow) this.#flows++;
    this.#packets++;
  }

  pass(from: Stop, to: Stop, delay: number): void {
    const hop = this.#hop(from, to);
    hop.packets++;
    hop.delays.add(delay);
  }

  lose(from: Stop | null, to: Stop): void {
    this.#lost++;
    if (from !== null) this.#hop(from, to).lost++;
  }

  result(): PathPair {
    const hops = [...this.#hops.values()].sort(
      (a, b) => rankOf(a.from) - rankOf(b.from) || rankOf(a.to) - rankOf(b.to),
    );
    const place = ({ side, role }: Stop): PathHop['from'] => ({ side, role });
    return {
      from: this.#from,
      to: this.#to,
      flows: this.#flows,
      packets: this.#packets,
      lost: this.#lost,
      hops: hops.map(({ from, to, packets, lost, delays }) => ({
        ...{ from: place(from), to: place(to), packets, lost },
        delay: delays.stats(),
      })),
    };
  }

  #hop(from: Stop, to: Stop): HopCount {
    const own = this.#hopOfStops.get(from) ?? new Map<Stop, HopCount>();
    this.#hopOfStops.set(from, own);
    const known = own.get(to);
    if (known !== undefined) return known;
    const key = `${keyOf(from)} ${keyOf(to)}`;
    const hop = this.#hops.get(key) ?? { from, to, packets: 0, lost: 0, delays: new Delays(KEPT) };
    this.#hops.set(key, hop);
    own.set(to, hop);
    return hop;
  }
}

function keyOf({ side, role, node, heading }: Stop): string {
  return `${side} ${role} ${heading ?? ''} ${side === 'middle' ? node : ''}`;
}
