// The flows of a trace against the truth: who, what, how many, and with what verdict.

import type { PacketRange, Trace, TracedFlow } from '../../../src/verdict/trace-types.ts';
import { holds } from '../address.ts';
import { poolOf } from '../cluster/calico.ts';
import type { WorldNode } from '../cluster/cluster-model.ts';
import { missingPool } from '../cluster/snapshot.ts';
import type { FlowTruth } from '../traffic/scene.ts';
import type { World } from '../world.ts';
import { type Lie, type LieKind, lieOf } from './lies.ts';
import { type FlowView, isKnowable, isMisled, isTornBetween, showsPlaces, type View } from './view.ts';

export function keyOf({ protocol, src, dst }: TracedFlow): string {
  return `${protocol} ${src.ip} ${dst.ip} ${src.port ?? 0} ${dst.port ?? 0}`;
}

export function checkFlows(world: World, view: View, trace: Trace): { lies: Lie[]; traced: Map<string, TracedFlow> } {
  const traced = new Map<string, TracedFlow>();
  for (const flow of trace.flows()) traced.set(keyOf(flow), flow);
  const lies: Lie[] = [];
  for (const [key, flow] of traced) {
    const truth = world.scene.flows.get(key) ?? null;
    const tell = (kind: LieKind, detail: string): void => {
      lies.push(lieOf(kind, `${key}: ${detail}`, { world, truth, traced: flow, report: null }));
    };
    if (truth === null) {
      if (view.readable) tell('phantom', `no such flow was sent; verdict ${flow.verdict}`);
      continue;
    }
    const misled = isMisled(world, view, truth);
    if (!misled) checkNames(world, view, truth, { flow, tell });
    const seen = view.flows.get(key);
    if (seen === undefined) continue;
    checkVerdict(world, truth, { flow, seen, misled, tell });
    checkCounts(world, truth, { flow, seen, misled, tell });
  }
  for (const [key, seen] of view.flows) {
    const truth = world.scene.flows.get(key) ?? null;
    if (traced.has(key) || !seen.visible || truth === null || truth.optional) continue;
    const detail = `${key}: is in the captures and not in the trace`;
    lies.push(lieOf('vanished', detail, { world, truth, traced: null, report: null }));
  }
  return { lies, traced };
}

type Tell = (kind: LieKind, detail: string) => void;

function checkNames(
  world: World,
  view: View,
  truth: FlowTruth,
  { flow, tell }: { flow: TracedFlow; tell: Tell },
): void {
  const { cluster, askedPools } = world.scene;
  for (const side of ['src', 'dst'] as const) {
    const end = flow[side];
    const ip = truth[side];
    const owner = side === 'src' ? truth.srcNode : truth.dstNode;
    const pod = cluster.pods.find((one) => one.ip === ip) ?? null;
    // a block is what there is to go by, unless the packets show another node
    const byBlock = pod?.borrowed === true && !world.features.has('pods') && !showsPlaces(world, view, truth);
    // whose address the outer header shows cannot be known to be false
    if (truth.faultCode === 'wrong-source-vtep' && !isKnowable(world, truth)) continue;
    const node = owner === null ? undefined : cluster.nodes[owner];
    if (end.node !== null && !isNameOf(node, end.node) && !byBlock)
      tell('wrong-name', `${side} node ${end.node}, truth ${node?.name ?? 'none'}`);
    if (end.pod !== null && end.pod !== pod?.name && !isService(world, ip))
      tell('wrong-name', `${side} pod ${end.pod}, truth ${pod?.name ?? 'none'}`);
    const pools = askedPools.filter((one) => one.name !== missingPool(world.scene));
    const pool = poolOf(pools, ip)?.name ?? null;
    // without its ConfigMap flannel's network is known by the nodes' parts only
    const isPart = world.scene.cluster.flannel !== undefined && end.pool !== null && holds(end.pool, ip);
    if (end.pool !== null && end.pool !== pool && !isPart)
      tell('wrong-name', `${side} pool ${end.pool}, truth ${pool}`);
  }
}

/** A node that the snapshot has no object of is called by its address. */
export function isNameOf(node: WorldNode | undefined, name: string): boolean {
  return node !== undefined && (name === node.name || name === node.ip || name === node.ip6);
}

function isService({ scene }: World, ip: string): boolean {
  return scene.cluster.services.some((service) => service.ip === ip);
}

interface Judged {
  flow: TracedFlow;
  seen: FlowView;
  /** The snapshot says otherwise, and nothing shows that it is wrong. */
  misled: boolean;
  tell: Tell;
}

function checkVerdict(world: World, truth: FlowTruth, { flow, seen, misled, tell }: Judged): void {
  const { verdict } = flow;
  const codes = flow.findings.filter((one) => one.severity === 'violation').map((one) => one.code);
  const told = `${flow.expected.encapsulation} expected (${flow.expected.reason}), ${flow.observed.encapsulation} observed`;
  if (isTornBetween(world, truth)) {
    if (verdict !== 'unverifiable' && seen.onNic) tell('contested', `${verdict} though two files contradict; ${told}`);
    return;
  }
  if (seen.faulty) {
    if (verdict === 'ok' && isKnowable(world, truth)) tell('false-ok', `fault ${truth.faultCode}; ${told}`);
    const strange = codes.filter((code) => !isCodeOf(truth, code));
    if (strange.length > 0 && isKnowable(world, truth))
      tell('wrong-code', `${[...new Set(codes)].join(' ')} for ${truth.faultCode}; ${told}`);
    return;
  }
  if (verdict !== 'violation' || seen.perhapsFaulty) return;
  if (misled) return;
  tell('false-violation', `${codes.join(' ')}; ${told}`);
}

/** One fact, one code: what a fault of a kind may be called. */
function isCodeOf({ faultCode, asked, live }: FlowTruth, code: string): boolean {
  if (code === faultCode) return true;
  if (faultCode === 'local-traffic-on-underlay') return code === 'overlay-bypassed';
  if (faultCode !== 'stale') return false;
  if (asked === 'none') return code === 'unexpected-overlay';
  // the pool was edited between two of its packets
  if (live === asked) return code === 'overlay-bypassed' || code === 'wrong-encapsulation';
  return code === (live === 'none' ? 'overlay-bypassed' : 'wrong-encapsulation');
}

/** The least and the most packets that a flow is said to have. */
export function countedOf({ packets, packetsBetween }: TracedFlow): PacketRange {
  return packetsBetween ?? { least: packets, most: packets };
}

function checkCounts({ scene }: World, truth: FlowTruth, { flow, seen, tell }: Judged): void {
  if (seen.frames === null) return;
  const frames = new Map<number, number>();
  for (const one of flow.observations) frames.set(one.capture, (frames.get(one.capture) ?? 0) + one.packets);
  seen.frames.forEach((count, capture) => {
    const counted = frames.get(capture) ?? 0;
    if (counted !== count) tell('miscount', `capture ${capture} holds ${count} frames, ${counted} counted`);
  });
  if (truth.optional) return;
  const { least, most } = countedOf(flow);
  if (most < seen.least || least > seen.most)
    tell('miscount', `${least} to ${most} packets, truth ${seen.least} to ${seen.most}`);
  const resent = flow.tcp?.retransmissions ?? 0;
  const really = scene.fates.resent.get(truth.key) ?? 0;
  if (resent > really) tell('resent', `${resent} segments told as sent again, truth ${really}`);
}
