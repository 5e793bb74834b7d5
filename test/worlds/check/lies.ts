// Kinds of lies, and the rule each falls under: so that what is known can be counted apart from what is new.

import type { TracedFlow } from '../../../src/verdict/trace-types.ts';
import type { VerifyReport } from '../../../src/verdict/verify/verify-report.ts';
import type { FlowTruth } from '../traffic/scene.ts';
import type { World } from '../world.ts';
import { isBorrowed } from './view.ts';

export type LieKind =
  | 'false-ok'
  | 'false-violation'
  | 'wrong-code'
  | 'wrong-name'
  | 'wrong-place'
  | 'false-pass'
  | 'hidden-pass'
  | 'false-fail'
  | 'miscount'
  | 'resent'
  | 'vanished'
  | 'phantom'
  | 'contested'
  | 'wrong-clock'
  | 'false-loss'
  | 'called-broken'
  | 'wrong-cause'
  | 'file-order'
  | 'split'
  | 'reader'
  | 'crash';

export interface Lie {
  kind: LieKind;
  /** Of the pages that say what an answer may be: a number, or a word where no rule has one. */
  rule: string;
  flow: string | null;
  detail: string;
}

export interface Context {
  world: World;
  truth: FlowTruth | null;
  traced: TracedFlow | null;
  report: VerifyReport | null;
}

type Fits = (context: Context) => boolean;

/** What was wrong tells the rule, whatever the lie; the first that fits counts. */
const BY_CAUSE: readonly [string, Fits][] = [
  ['21', ({ world }) => world.features.has('no-nodes')],
  ['19', ({ truth, world }) => truth?.kind === 'external' && world.features.has('lan-pool')],
  ['8', ({ truth, world }) => truth === null && world.features.has('pod-tunnels')],
  ['9', ({ truth, world }) => truth?.kind === 'mirror' || (truth === null && hasCarriers(world))],
  ['13', ({ truth, world }) => world.scene.stale?.kind === 'pod-born' && isMoved(world, truth)],
  ['14', ({ truth, world }) => world.scene.stale?.kind === 'pod-moved' && isMoved(world, truth)],
  ['15', ({ truth, world }) => truth?.faulty === 0 && isBorrowed(world.scene.cluster.pods, truth)],
  ['9', ({ truth, world }) => truth?.faulty === 0 && isMirrored(world, truth)],
  ['18', ({ truth }) => truth?.faultCode === 'wrong-tunnel-mac'],
  ['16', ({ truth }) => truth?.faultCode === 'wrong-destination-vtep'],
  ['12', ({ truth, world }) => truth?.faultCode === 'local-traffic-on-underlay' && world.features.has('pods')],
  ['2', ({ truth }) => truth?.faultCode === 'local-traffic-on-underlay'],
  ['10', ({ truth, world }) => truth?.faultCode === 'overlay-bypassed' && world.scene.fault?.podFrame === true],
  ['15', ({ truth, world }) => truth !== null && isWeak(world, truth)],
  ['17', ({ world }) => world.features.has('fabric-mac')],
  ['1', ({ truth, traced }) => truth?.faultCode === 'overlay-bypassed' && isUnplaced(traced)],
  ['2', ({ truth }) => truth?.faultCode === 'overlay-bypassed'],
  ['8', ({ truth }) => truth?.kind === 'tunnel'],
  // what a mirror carries tells nothing of where addresses are
  ['9', ({ world }) => world.scene.mirror !== null || world.scene.nicMirror !== null],
];

const BY_KIND: Partial<Record<LieKind, readonly [string, Fits][]>> = {
  crash: [['crash', () => true]],
  'wrong-clock': [['clocks', () => true]],
  'false-loss': [
    ['delivery', ({ world }) => world.scene.delivery !== null],
    ['clocks', () => true],
  ],
  'called-broken': [['delivery', () => true]],
  'wrong-cause': [['delivery', () => true]],
  contested: [['5', () => true]],
  'hidden-pass': [['3', () => true]],
  'file-order': [['D order', () => true]],
  reader: [['D reader', () => true]],
  split: [['11 pieces', () => true]],
  'wrong-place': [
    ['10', ({ world }) => world.scene.fault?.podFrame === true],
    ['17', ({ world }) => world.features.has('fabric-mac')],
    ['D place', () => true],
  ],
  resent: [['11', () => true]],
  'wrong-code': [
    ['9', ({ truth, world }) => isMirrored(world, truth)],
    ['20', () => true],
  ],
  miscount: [
    ['8', ({ truth }) => truth?.kind === 'tunnel'],
    ['11 cut', ({ truth, world }) => isCutAtOnePlace(world, truth)],
    ['11', ({ world }) => world.taps.some((tap) => tap.copies || tap.node === null)],
    ['11 any-v1', ({ world }) => world.taps.some((tap) => tap.kind === 'any1')],
    ['11 mirror', ({ truth, world }) => isMirrored(world, truth) || world.scene.nicMirror !== null],
    ['11 clocks', ({ world }) => world.taps.some((tap) => tap.offset !== 0)],
    ['11', () => true],
  ],
};

export function lieOf(kind: LieKind, detail: string, context: Context): Lie {
  const rule = (BY_KIND[kind] ?? BY_CAUSE).find(([, fits]) => fits(context))?.[0] ?? 'unknown';
  return { kind, rule, flow: context.truth?.key ?? null, detail };
}

function isWeak({ scene }: World, truth: FlowTruth): boolean {
  return !scene.has.has('pods') && isBorrowed(scene.cluster.pods, truth);
}

function isMoved({ scene }: World, truth: FlowTruth | null): boolean {
  return truth !== null && (truth.src === scene.stale?.ip || truth.dst === scene.stale?.ip);
}

function isMirrored({ scene }: World, truth: FlowTruth | null): boolean {
  return truth !== null && (truth.src === scene.mirror?.pod || truth.dst === scene.mirror?.pod);
}

function hasCarriers({ scene, features }: World): boolean {
  return scene.mirror !== null || scene.nicMirror !== null || features.has('node-tunnel');
}

/** Seen plain only where nobody knows the place. */
function isUnplaced(traced: TracedFlow | null): boolean {
  return traced?.unverified?.reason === 'point-unknown' || traced?.observed.encapsulation === 'unknown';
}

/** A merge has a datagram without an identification twice, and a snaplen left of one what does not tell which it is. */
function isCutAtOnePlace({ taps }: World, truth: FlowTruth | null): boolean {
  if (truth === null || !truth.src.includes(':') || truth.key.startsWith('tcp')) return false;
  const captured = new Map<number, number>();
  return taps
    .filter((tap) => tap.node === null)
    .flatMap((tap) => tap.written)
    .filter(({ sighting }) => sighting.flow === truth.key)
    .some(({ sighting, packet }) => {
      const other = captured.get(sighting.packet) ?? packet.frame.length;
      captured.set(sighting.packet, other);
      return other !== packet.frame.length;
    });
}
