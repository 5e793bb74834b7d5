// Tunnels that are not the cluster's own. What they carry is judged only where nothing else shows it, and then it cannot be told:
// a copy of a packet that was seen as it went proves nothing of its own.
import type { SeenObservation } from '../../attribution/observe.ts';
import type { Who } from '../../attribution/who/who.ts';
import type { Topology } from '../../topology/model.ts';
import type { Settings } from './overlay-in-use.ts';
import { isCalicoVxlan, type SeenTunnel } from './rules.ts';

/**
 * A tunnel that is not between two nodes, or has neither the VNI nor the MACs of Calico's. Whole frames in another tunnel than
 * VXLAN may be a mirror's, wherever they go.
 */
export function isForeign(rule: SeenTunnel): boolean {
  const { seen, outerFrom, outerTo } = rule;
  if (seen.encapsulation === 'none') return false;
  if (seen.encapsulation === 'vxlan') return !isCalicoVxlan(rule) || (outerFrom === null && outerTo === null);
  // IPIP leaves the outer source to the kernel: one end known is enough (calico-facts 1.2)
  if (seen.encapsulation === 'ipip') return outerFrom === null && outerTo === null;
  return outerFrom === null || outerTo === null || seen.innerDstMac !== null;
}

/** What the outer addresses of an observation are. */
export function outerNodes(
  topology: Topology,
  { outerSrc, outerDst }: SeenObservation,
): Pick<SeenTunnel, 'outerFrom' | 'outerTo'> {
  return {
    outerFrom: outerSrc === null ? null : topology.nodeByAddress(outerSrc),
    outerTo: outerDst === null ? null : topology.nodeByAddress(outerDst),
  };
}

/** The observations that count: without those in foreign tunnels, where the flow was seen on an underlay otherwise too. */
export function withoutCopies(
  { topology, settings, src, dst }: { topology: Topology | null; settings: Settings; src: Who; dst: Who },
  observations: readonly SeenObservation[],
): readonly SeenObservation[] {
  const underlay = observations.filter((o) => o.pointInfo.role === 'underlay');
  if (topology === null || underlay.length < 2) return observations;
  const foreign = underlay.filter((seen) =>
    isForeign({ topology, settings, src, dst, seen, ...outerNodes(topology, seen) }),
  );
  if (foreign.length === 0 || foreign.length === underlay.length) return observations;
  return observations.filter((o) => !foreign.includes(o));
}

/** The tunnel around packets that were seen nowhere but inside carriers, at no known place; null where that is not so. */
export function foreignCarrier(observations: readonly SeenObservation[]): string | null {
  const isLost = ({ carriers, pointInfo }: SeenObservation): boolean =>
    carriers.length > 0 && pointInfo.role === 'unknown';
  return observations.every(isLost) ? (observations[0]?.carriers.at(-1) ?? null) : null;
}
