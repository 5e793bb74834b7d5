// What of the truth can be seen in a world's captures: by flow and by file.

import type { CaptureFile } from '../capture/files.ts';
import { outermost } from '../capture/outermost.ts';
import { poolOf } from '../cluster/calico.ts';
import { contradictingPools, missingPool } from '../cluster/snapshot.ts';
import type { FlowTruth, Sighting } from '../traffic/scene.ts';
import { isContested } from '../traffic/truth.ts';
import type { World } from '../world.ts';

export interface FlowView {
  /** Frames in each file, in the order of the world's files; all of them readable, or null. */
  frames: number[] | null;
  /** Of its packets: the most that one place saw, and all that any place saw. */
  least: number;
  most: number;
  /** A packet that differs from what was asked is there, at a NIC; or perhaps, cut off. */
  faulty: boolean;
  perhapsFaulty: boolean;
  onNic: boolean;
  /** In a tunnel between nodes, whose outer addresses show where its ends are. */
  tunnelled: boolean;
  visible: boolean;
}

export interface View {
  flows: ReadonlyMap<string, FlowView>;
  /** Every frame shows the flow it belongs to. */
  readable: boolean;
  /** Faulty flows that went by a capture whose filter kept them out, and that this can be guessed of; the files of these captures. */
  hidden: ReadonlyMap<string, ReadonlySet<string>>;
}

export function viewOf({ scene, files, taps }: World): View {
  const flows = new Map<string, FlowView>();
  let readable = true;
  const places = new Map<string, Map<string, Set<number>>>();
  files.forEach((file, index) => {
    for (const { sighting, readable: known } of file.written) {
      const { flow } = sighting;
      if (flow === null) continue;
      readable &&= known;
      const view = flows.get(flow) ?? newView(files);
      flows.set(flow, view);
      view.perhapsFaulty ||= sighting.faulty;
      if (!known) {
        view.frames = null;
        continue;
      }
      view.visible = true;
      if (view.frames !== null) view.frames[index] = (view.frames[index] ?? 0) + 1;
      const nic = sighting.role === 'nic' || sighting.role === 'nic2';
      view.onNic ||= nic;
      view.tunnelled ||= sighting.carried === 'vxlan' || sighting.carried === 'ipip';
      view.faulty ||= sighting.faulty;
      addPacket(places, flow, placeOf(sighting, file), sighting.packet);
    }
  });
  for (const [flow, byPlace] of places) {
    const view = flows.get(flow);
    if (view === undefined) continue;
    view.least = Math.max(...[...byPlace.values()].map((packets) => packets.size));
    view.most = new Set([...byPlace.values()].flatMap((packets) => [...packets])).size;
  }
  const guessable = taps.filter(
    (tap) => tap.filter?.guessable && tap.written.some((w) => outermost(w.sighting) !== null),
  );
  const hidden = new Map<string, Set<string>>();
  for (const tap of guessable) {
    const own = files.filter((file) => file.tap === tap).map(({ name }) => name);
    for (const { flow, faulty } of tap.filtered) {
      if (!faulty || flow === null || !scene.flows.has(flow)) continue;
      hidden.set(flow, new Set([...(hidden.get(flow) ?? []), ...own]));
    }
  }
  return { flows, readable, hidden };
}

function newView(files: readonly CaptureFile[]): FlowView {
  return {
    frames: files.map(() => 0),
    least: 0,
    most: 0,
    faulty: false,
    perhapsFaulty: false,
    onNic: false,
    tunnelled: false,
    visible: false,
  };
}

function placeOf({ node, device }: Sighting, { tap }: CaptureFile): string {
  return `${node} ${device} ${tap.kind}`;
}

function addPacket(places: Map<string, Map<string, Set<number>>>, flow: string, place: string, packet: number): void {
  const byPlace = places.get(flow) ?? new Map<string, Set<number>>();
  places.set(flow, byPlace);
  const packets = byPlace.get(place) ?? new Set<number>();
  byPlace.set(place, packets);
  packets.add(packet);
}

/**
 * Whether the snapshot and the packets suffice to know that a faulty flow is faulty. Where they do not (nobody says where the pods
 * are, and nothing on the wire does), no verdict is a lie.
 */
export function isKnowable({ scene }: World, flow: FlowTruth): boolean {
  const { has, askedPools } = scene;
  const pool = poolOf(askedPools, flow.dst);
  if (pool === null || pool.name === missingPool(scene) || has.has('no-nodes')) return false;
  const placed = has.has('pods') || (has.has('blocks') && !isBorrowed(scene.cluster.pods, flow));
  switch (flow.faultCode) {
    case 'local-traffic-on-underlay':
      return placed || pool.vxlanMode !== 'Never' || pool.ipipMode !== 'Never';
    case 'wrong-source-vtep':
      return placed;
    case 'unencrypted':
      return placed || flow.asked !== 'none';
    case 'stale':
      return placed || !isCrossSubnet(askedPools, flow.dst);
    default:
      return true;
  }
}

/** Without knowing where a pod is, nobody can say that plain is wrong for it. */
function isCrossSubnet(pools: World['scene']['askedPools'], ip: string): boolean {
  const pool = poolOf(pools, ip);
  return pool !== null && (pool.vxlanMode === 'CrossSubnet' || pool.ipipMode === 'CrossSubnet');
}

export function isBorrowed(pods: World['scene']['cluster']['pods'], { src, dst }: FlowTruth): boolean {
  return pods.some((pod) => pod.borrowed && (pod.ip === src || pod.ip === dst));
}

/** Two files of the snapshot ask for different things of this flow. */
export function isTornBetween({ scene }: World, flow: FlowTruth): boolean {
  const other = contradictingPools(scene);
  return other !== null && flow.live !== 'nothing' && isContested(scene, other, flow);
}

/**
 * An end is an address that the snapshot gives to another node, and nothing shows that it is wrong: a pod object that was there
 * before, and no conversation whose answers came out of a tunnel.
 */
export function isMisled({ scene }: World, view: View, flow: FlowTruth): boolean {
  const { stale } = scene;
  if (stale === null || stale.ip === null || (stale.ip !== flow.src && stale.ip !== flow.dst)) return false;
  // younger than the capture: it cannot have had the address
  if (stale.kind === 'pod-born') return false;
  const back = scene.flows.get(reverseOf(flow));
  const seen = [flow, back].every((one) => one !== undefined && view.flows.get(one.key)?.onNic === true);
  return !(flow.answered && seen && showsPlaces({ scene }, view, flow));
}

/** The packets themselves show on which nodes the ends of a flow are: tunnels between nodes that the snapshot lists. */
export function showsPlaces({ scene }: Pick<World, 'scene'>, view: View, flow: FlowTruth): boolean {
  if (scene.has.has('no-nodes')) return false;
  return [flow.key, reverseOf(flow)].some((key) => view.flows.get(key)?.tunnelled === true);
}

function reverseOf({ key }: FlowTruth): string {
  const [protocol, src, dst, from, to] = key.split(' ');
  return `${protocol} ${dst} ${src} ${to} ${from}`;
}
