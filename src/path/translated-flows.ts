// Flows that are one under several addresses: a service's address that became a pod's, a pod's that became its node's. Told by packets
// that are the same but for addresses and ports (calico-facts 9.1).
import type { FlowEnd } from '../verdict/trace-types.ts';
import type { PacketSample, SampledSight } from './sample.ts';

/** What is asked of a flow. */
export interface FlowOfTable {
  protocol: number;
  src: FlowEnd;
  dst: FlowEnd;
}

const TCP = 6;
/** Without TCP's numbers one packet like another is no proof. */
const ENOUGH = 2;
/** Clocks may differ, so that this is generous. */
const MOMENT = 5000;

/** Pairs of flows, numbers of the table, of which packets of one became packets of the other. */
export function translatedFlows(
  sample: PacketSample,
  flowOf: (flow: number) => FlowOfTable | null,
): [number, number][] {
  const counts = new Map<string, number>();
  for (const sights of sample.packets()) {
    for (const other of othersOf(sights)) {
      const pair = [sights[0]?.flow ?? -1, other].sort((a, b) => a - b).join(' ');
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
  }
  return [...counts].flatMap(([key, count]) => {
    const [a = -1, b = -1] = key.split(' ').map(Number);
    const [one, other] = [flowOf(a), flowOf(b)];
    if (one === null || other === null) return [];
    const enough = one.protocol === TCP ? 1 : ENOUGH;
    return count >= enough && mayBecome(one, other) ? [[a, b] as [number, number]] : [];
  });
}

/** Flows that have the packet too. */
function othersOf(sights: readonly SampledSight[]): Set<number> {
  const [first] = sights;
  const others = sights.filter((one) => one.flow !== first?.flow && Math.abs(one.time - (first?.time ?? 0)) < MOMENT);
  return new Set(others.map(({ flow }) => flow));
}

/** A translation makes of one kind of address another: of a service's a pod's, of a pod's its node's. Of two pods it makes none. */
function mayBecome(one: FlowOfTable, other: FlowOfTable): boolean {
  if (one.protocol !== other.protocol) return false;
  const isSame = one.src.ip === other.src.ip && one.dst.ip === other.dst.ip;
  const fits = (a: FlowEnd, b: FlowEnd): boolean => a.ip === b.ip || kindOf(a) !== kindOf(b);
  return !isSame && fits(one.src, other.src) && fits(one.dst, other.dst);
}

function kindOf({ kind }: FlowEnd): FlowEnd['kind'] {
  return kind === 'tunnel' ? 'node' : kind;
}
