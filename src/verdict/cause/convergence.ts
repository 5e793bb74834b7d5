// How the nodes followed an edit of a pool: which one first, how long they disagreed (calico-facts 3.9 row 6).

import type { Clock } from '../../attribution/clocks/clocks.ts';
import { largestOf } from '../../net/extremes.ts';
import { addUnder } from '../../net/multi-map.ts';
import { type Moment, toSeconds } from '../../net/time.ts';
import type { ModeChange } from './mode-spans.ts';
import { orderCertainty } from './order-certainty.ts';

/** How the nodes converged on a pool's new mode, in the order in which they switched. */
export interface Convergence {
  pool: string;
  from: string;
  to: string;
  /** First new packet of each sender, earliest first. */
  senders: readonly { name: string; firstNew: Moment }[];
  snapshotIsLater: boolean;
  /** Seconds between the first node's first new packet and the last old packet of any; 0 when they never disagreed. */
  disagreedSeconds: number;
  /** How far the order can be trusted; null where one clock tells it. */
  certainty: string | null;
}

/** One per pool and pair of modes, from the changes of its senders. */
export function convergences(changes: readonly ModeChange[], clocks: readonly Clock[] = []): Convergence[] {
  const byPool = new Map<string, ModeChange[]>();
  for (const change of changes) {
    const key = `${change.pool}|${change.from}|${change.to}`;
    addUnder(byPool, key, change);
  }
  return [...byPool.values()].map((list) => {
    const sorted = [...list].sort((a, b) => toSeconds(a.firstNew) - toSeconds(b.firstNew));
    const senders = sorted.filter((c, i) => sorted.findIndex((d) => d.sender === c.sender) === i);
    const [{ pool, from, to, snapshotIsLater, repaired, firstNew }] = sorted as [ModeChange];
    const lastOld = largestOf(sorted.map((c) => toSeconds(c.lastOld)));
    return {
      pool,
      from,
      to,
      senders: senders.map((c) => ({ name: c.sender, firstNew: c.firstNew })),
      snapshotIsLater: snapshotIsLater && !repaired,
      disagreedSeconds: Math.max(0, lastOld - toSeconds(firstNew)),
      certainty: orderCertainty(
        senders.map((c) => c.sender),
        clocks,
      ),
    };
  });
}
