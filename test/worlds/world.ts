// A seed becomes a world: a cluster, what happens in it, what was captured and collected of it, and the truth.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CaptureFile, filesOf, mergeSome } from './capture/files.ts';
import { makeTaps, type Tap } from './capture/taps.ts';
import { makeCluster } from './cluster/cluster.ts';
import { FLANNEL_SEEDS, featuresOfFlannel, makeFlannelCluster } from './cluster/flannel.ts';
import { poolsAsked, type SnapshotFile, snapshotFiles } from './cluster/snapshot.ts';
import { drawDelivery } from './delivery/delivery.ts';
import { noFates } from './delivery/fates.ts';
import { drawFeatures, type FeatureSet } from './features.ts';
import { Random } from './random.ts';
import { runTraffic } from './traffic/conversations.ts';
import { drawFault, drawStale } from './traffic/faults.ts';
import type { Scene } from './traffic/scene.ts';

export interface World {
  seed: number;
  features: FeatureSet;
  scene: Scene;
  taps: readonly Tap[];
  files: readonly CaptureFile[];
  snapshot: readonly SnapshotFile[];
}

/** @param seed from FLANNEL_SEEDS on, a cluster that flannel carries
 * @param only features to draw from; null: all */
export function makeWorld(seed: number, only: FeatureSet | null = null): World {
  const random = new Random(seed);
  const isFlannel = seed >= FLANNEL_SEEDS;
  const drawn = drawFeatures(random, only);
  const features = isFlannel ? featuresOfFlannel(drawn) : drawn;
  const cluster = (isFlannel ? makeFlannelCluster : makeCluster)(random.fork('cluster'), features);
  const stale = drawStale(random.fork('stale'), features, cluster);
  const routedPools = stale?.kind === 'pool-before' ? stale.pools : cluster.pools;
  const askedPools = poolsAsked({ has: features, cluster }, routedPools);
  const isOutOfDate = stale !== null || askedPools !== routedPools;
  const scene: Scene = {
    random,
    has: features,
    cluster,
    fault: isOutOfDate ? null : drawFault(random.fork('fault'), features, cluster),
    delivery: drawDelivery(random.fork('delivery'), features, cluster),
    fates: noFates(),
    stale,
    routedPools,
    askedPools,
    sightings: [],
    flows: new Map(),
    packets: 0,
    ids: cluster.nodes.map((_, i) => 100 + 1000 * i),
    mirror: null,
    nicMirror: null,
  };
  if (features.has('mirror')) scene.mirror = drawMirror(random.fork('mirror'), scene);
  if (features.has('nic-mirror')) scene.nicMirror = drawNicMirror(random.fork('nic mirror'), scene);
  runTraffic(scene);
  scene.sightings.sort((a, b) => a.time - b.time);
  const taps = mergeSome(scene, makeTaps(scene));
  return { seed, features, scene, taps, files: filesOf(scene, taps), snapshot: snapshotFiles(scene) };
}

function drawMirror(random: Random, { cluster }: Scene): Scene['mirror'] {
  const pod = random.pick(cluster.pods).ip;
  const kind = random.pick(['gretap', 'erspan', 'vxlan'] as const);
  return { pod, kind, collector: random.chance(0.5) ? '10.30.0.9' : random.pick(cluster.nodes).ip };
}

function drawNicMirror(random: Random, { cluster }: Scene): Scene['nicMirror'] {
  const node = random.pick(cluster.nodes);
  const kind = random.pick(['gretap', 'erspan', 'vxlan'] as const);
  const others = cluster.nodes.filter((one) => one !== node);
  return { node: node.index, kind, collector: random.chance(0.5) ? '10.30.0.9' : random.pick(others).ip };
}

/** Writes captures and snapshot into a new folder, for whoever looks at them with the CLI. */
export function writeWorld(world: World, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  for (const { path, text } of world.snapshot) {
    const place = join(folder, 'topology', path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, text);
  }
  writeCaptures(world.files, folder);
}

/** Over what was there; the paths that the program is given. */
export function writeCaptures(files: readonly CaptureFile[], folder: string): string[] {
  return files.map(({ name, bytes }) => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  });
}

/** The snapshot as `loadTopology` would find it in a folder, without the disk. */
export function documentsOf({ snapshot }: World): { file: string; path: string; text: string; named: boolean }[] {
  return snapshot.map(({ path, text }) => ({ file: join('topology', path), path, text, named: false }));
}

/** The truth of a world as one readable object, for whoever looks at it with the CLI. */
export function truthOf({ seed, features, scene, files }: World): unknown {
  const name = (index: number | null): string | null =>
    index === null ? null : (scene.cluster.nodes[index]?.name ?? null);
  const { fault, stale, delivery } = scene;
  return {
    seed,
    features: [...features],
    fault: fault && { ...fault, from: name(fault.from), to: name(fault.to), other: name(fault.other) },
    stale: stale && { ...stale, pools: undefined, claimed: name(stale.claimed) },
    delivery: delivery && {
      ...{ ...delivery, chance: undefined },
      ...{ from: name(delivery.from), to: name(delivery.to), other: name(delivery.other) },
    },
    mirror: scene.mirror,
    nicMirror: scene.nicMirror && { ...scene.nicMirror, node: name(scene.nicMirror.node) },
    nodes: scene.cluster.nodes,
    livePools: scene.cluster.pools,
    pods: scene.cluster.pods.map((pod) => ({ ...pod, node: name(pod.node), veth: pod.veth.name })),
    files: files.map(({ name: file, tap, written }) => ({
      ...{ file, nodes: tap.nodes.map(name), kind: tap.kind, device: tap.device, packets: written.length },
      ...{ filter: tap.filter?.expression ?? null, snaplen: tap.snaplen, clock: tap.offset },
      ...{ dropped: tap.dropped, filtered: tap.filtered.length, copies: tap.copies },
    })),
    flows: [...scene.flows.values()].map((flow) => ({
      ...flow,
      srcNode: name(flow.srcNode),
      dstNode: name(flow.dstNode),
      lost: [...scene.fates.all].flatMap(([packet, { flow: key, death }]) =>
        key === flow.key && death !== null
          ? [{ packet, ...death, node: name(death.node), next: name(death.next) }]
          : [],
      ),
    })),
  };
}
