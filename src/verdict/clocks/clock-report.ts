// The clocks of a trace as people and tools get them: each against the one that its captures share packets with.

import { AGREE_SECONDS, aheadAt } from '../../attribution/clocks/clock-chain.ts';
import { type Clock, type Clocks, clockName } from '../../attribution/clocks/clocks.ts';
import type { CaptureCounters } from '../../flow/capture-counters.ts';
import { largestOf, smallestOf } from '../../net/extremes.ts';
import { toSeconds } from '../../net/time.ts';

export interface ClockReport {
  /** What it is called: the node, or the path of its first capture where no node is known, or a node's captures have several clocks. */
  name: string;
  /** Null where no node is known. */
  node: string | null;
  /** Indexes of its captures. */
  captures: readonly number[];
  /** The name of the clock it is told against; null: its captures share no packet with any other. */
  aheadOf: string | null;
  /** How far it is ahead, negative: behind, in the middle of the captures; null where it is not known. */
  seconds: number | null;
  /** Null where it is not known, and where packets were seen one way only: `seconds` then holds their time on the way, too. */
  uncertainty: number | null;
  /** Seconds that it gains per second. */
  drift: number;
  /** Packets in both. */
  packets: number;
  /** Nothing compares it, and its times are taken as they are: its captures have neither packets nor flows in common with others. */
  assumed: boolean;
  /** Nothing compares it although others were captured at the same time, as it shows: what is lost there cannot be told. */
  isMissed: boolean;
  /** `seen`: its captures hold packets that several clocks stamped; `possible`: nothing tells that it is one. Then nothing else is told. */
  several: Clock['several'];
}

/** What arrivals made of the nodes whose clocks nothing compares. */
export interface Uncompared {
  trusted: readonly { name: string }[];
  unknown: readonly { name: string }[];
}

/** All clocks but those that others are told against; a capture of one node alone has none to tell, unless it holds several. */
export function clockReports(
  clocks: Clocks,
  captures: readonly Pick<CaptureCounters, 'info' | 'first' | 'last'>[],
  { trusted, unknown }: Uncompared,
): ClockReport[] {
  const { all } = clocks;
  const nameOf = (clock: number): string => clockName(clocks, clock, (capture) => captures[capture]?.info.path ?? '');
  return all.flatMap((clock, i): ClockReport[] => {
    const { node, captures: own, drift, uncertainty, packets, reference, several } = clock;
    const [assumed, isMissed] = [isIn(trusted, node), isIn(unknown, node)];
    const said = { name: nameOf(i), node, captures: own, several };
    if (reference !== i) {
      const seconds = rounded(aheadAt(clock, middleOf(own, captures) - clock.offset));
      const aheadOf = all[reference] === undefined ? null : nameOf(reference);
      const told = { aheadOf, seconds, uncertainty: rounded(uncertainty), drift, packets };
      return [{ ...said, ...told, assumed, isMissed }];
    }
    const isTold = all.some((other, j) => j !== i && other.reference === i);
    // of a capture that nobody knows the place of, with nothing in common with others, there is nothing to say
    const isSaid = several !== null || (node !== null && !isTold && all.length > 1);
    if (!isSaid && !assumed && !isMissed) return [];
    const unsaid = { aheadOf: null, seconds: null, uncertainty: null, drift: 0, packets: 0 };
    return [{ ...said, ...unsaid, assumed, isMissed }];
  });
}

/** To nanoseconds: more is noise of the arithmetic. */
function rounded<T extends number | null>(seconds: T): T {
  return (seconds === null ? null : Number(seconds.toFixed(9))) as T;
}

function isIn(nodes: readonly { name: string }[], name: string | null): boolean {
  return nodes.some((node) => node.name === name);
}

function middleOf(own: readonly number[], captures: readonly Pick<CaptureCounters, 'first' | 'last'>[]): number {
  const times = own.flatMap((i) => [captures[i]?.first ?? [], captures[i]?.last ?? []].flat()).map(toSeconds);
  return times.length === 0 ? 0 : (smallestOf(times) + largestOf(times)) / 2;
}

/** Whether a clock is so far off that its times mislead. */
export function misleads({ seconds }: Pick<ClockReport, 'seconds'>): boolean {
  return seconds !== null && Math.abs(seconds) >= AGREE_SECONDS;
}
