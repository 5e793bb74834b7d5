// Worlds in which the program must come to a pass: nothing is wrong, the captures are open, the snapshot is true.

import type { World } from '../world.ts';
import type { View } from './view.ts';

/** What keeps a world from being one that must pass. */
const NOT_PROMISED = [
  ...(['delivery', 'contradiction', 'missing-pool', 'no-nodes', 'wireguard', 'filter'] as const),
  ...(['mirror', 'nic-mirror', 'pod-tunnels', 'node-tunnel', 'lan-pool'] as const),
];

export function isLive(world: World, view: View): boolean {
  const { scene, features, taps } = world;
  if (scene.stale !== null || NOT_PROMISED.some((feature) => features.has(feature))) return false;
  if ([...scene.flows.values()].some((flow) => flow.faulty > 0)) return false;
  if (scene.cluster.pods.some((pod) => pod.borrowed)) return false;
  if (!isLinkKnown(world)) return false;
  if (!view.readable) return false;
  const nics = taps.filter((tap) => tap.kind === 'nic' || tap.kind === 'any1' || tap.kind === 'any2');
  const open = nics.every((tap) =>
    tap.written.some(({ sighting }) => sighting.role.startsWith('nic') && sighting.carried === 'none'),
  );
  const asked = [...scene.flows.values()].some((flow) => {
    const ofPods =
      scene.cluster.pods.some((pod) => pod.ip === flow.dst) && ['vxlan', 'ipip', 'none'].includes(flow.asked);
    return ofPods && (view.flows.get(flow.key)?.onNic ?? false);
  });
  return open && asked;
}

/** flannel writes no prefix down: with DirectRouting only the nodes' tables tell who shares a link, or what Calico adds to canal. */
function isLinkKnown({ scene, snapshot }: World): boolean {
  const { flannel, pools, nodes } = scene.cluster;
  if (flannel === undefined || flannel.canal || pools[0]?.vxlanMode !== 'CrossSubnet') return true;
  return nodes.every(({ name }) => snapshot.some(({ path }) => path === `${name}/ip-route.txt`));
}
