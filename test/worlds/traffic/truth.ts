// The truth of a flow, put together while its packets are sent.
import { type Decision, decide, ownerOf } from '../cluster/calico.ts';
import type { End } from '../cluster/cluster-model.ts';
import type { IpPacket } from '../frames.ts';
import { type FlowTruth, flowKey, type Scene } from './scene.ts';

export interface Noted {
  from: End;
  to: End;
  kind: string;
  asks: boolean;
  /** What the snapshot's pools, the live ones ask for; null where nothing is asked. */
  asked: Decision | null;
  live: Decision | null;
  faulty: boolean;
}

export function noteFlow(scene: Scene, packet: IpPacket, noted: Noted): void {
  const key = flowKey(packet);
  const flow = scene.flows.get(key) ?? newFlow(scene, packet, key, noted);
  scene.flows.set(key, flow);
  flow.packets++;
  if (!noted.faulty) return;
  flow.faulty++;
  const ofFault = noted.asked?.wire === noted.live?.wire;
  flow.faultCode ??= ofFault ? (scene.fault?.code ?? 'stale') : 'stale';
}

function newFlow(scene: Scene, { src, dst, protocol }: IpPacket, key: string, noted: Noted): FlowTruth {
  return {
    ...{ key, src, dst, protocol },
    srcNode: ownerOf(scene.cluster, src)?.index ?? null,
    dstNode: ownerOf(scene.cluster, dst)?.index ?? null,
    asked: noted.asked?.wire ?? 'nothing',
    live: noted.live?.wire ?? 'nothing',
    packets: 0,
    faulty: 0,
    faultCode: null,
    asks: noted.asks,
    answered: false,
    replied: null,
    optional: noted.kind === 'mirror' || noted.kind === 'wireguard',
    kind: noted.kind,
  };
}

/** Whether contradicting snapshots ask for different things of a flow. */
export function isContested(scene: Scene, other: Scene['askedPools'], flow: FlowTruth): boolean {
  const from = scene.cluster.nodes[flow.srcNode ?? -1];
  if (from === undefined) return false;
  const { cluster } = scene;
  return decide(cluster, scene.askedPools, from, flow.dst).wire !== decide(cluster, other, from, flow.dst).wire;
}
