// The decision chain of a finding, with the bytes of the packet that each step became.

import type { SeenObservation } from '../../attribution/observe.ts';
import { chainOf } from '../../attribution/sender/chain.ts';
import type { ChainStep, Expected } from '../../attribution/vocabulary.ts';
import type { Who } from '../../attribution/who/who.ts';
import type { CaptureCounters } from '../../flow/capture-counters.ts';
import type { Topology } from '../../topology/model.ts';

export interface ChainForInput {
  topology: Topology;
  src: Who;
  dst: Who;
  expected: Expected;
  seen: SeenObservation | null;
  captures: readonly CaptureCounters[];
}

export function chainFor({ topology, src, dst, expected, seen, captures }: ChainForInput): ChainStep[] {
  const steps = chainOf({
    topology,
    from: src.node,
    to: dst.node,
    destination: dst.owner.address,
    pool: dst.owner.pool,
    expected,
    seen: { outerDst: seen?.outerDst ?? null, innerDstMac: seen?.innerDstMac ?? null, vni: seen?.vni ?? null },
  });
  if (seen === null || seen.encapsulation !== 'vxlan') return steps;
  const link = linkHeaderLength(captures[seen.capture]);
  if (link === null) return steps;
  const outer = seen.outerDst?.includes(':') ? 40 : 20;
  const udp = link + outer;
  const places: Partial<Record<ChainStep['table'], { offset: number; length: number }>> = {
    fdb: outer === 40 ? { offset: link + 24, length: 16 } : { offset: link + 16, length: 4 },
    device: { offset: udp + 12, length: 3 },
    neighbour: { offset: udp + 16, length: 6 },
  };
  // eBPF writes the next hop of its route as outer destination itself
  const placeOf = ({ table, field, by }: ChainStep): ChainStep['bytes'] =>
    (by === 'eBPF' && field === 'ip.dst' ? places.fdb : places[table]) ?? null;
  return steps.map((step) => ({ ...step, bytes: placeOf(step) }));
}

/** Ethernet without tags, cooked, raw: the places hold for the usual frame, and are left out where it may differ. */
function linkHeaderLength(capture: CaptureCounters | undefined): number | null {
  const types = new Set(capture?.info.interfaces.map((i) => i.linkType));
  const [type] = types;
  const lengths: Record<number, number> = { 1: 14, 113: 16, 276: 20, 101: 0 };
  return types.size === 1 && type !== undefined ? (lengths[type] ?? null) : null;
}
