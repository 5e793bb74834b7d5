// Kinds of lies, and the rule each falls under: so that what is known can be counted apart from what is new.
import type { TracedFlow, VerifyReport } from '../../../src/index.ts';
import type { FlowTruth } from '../traffic/scene.ts';
import type { World } from '../world.ts';
import { isBorrowed } from './view.ts';

export type LieKind =
  | 'false-ok'
  | 'false-violation'
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

/** The first that fits names the rule. */
const RULES: readonly [LieKind | null, string, (context: Context) => boolean][] = [
  ['crash', 'crash', () => true],
  ['contested', '5', () => true],
  ['hidden-pass', '3', () => true],
  ['file-order', 'D order', () => true],
  ['split', '11 pieces', () => true],
  ['reader', 'D reader', () => true],
  ['resent', '11', () => true],
  ['miscount', '11', ({ world }) => world.taps.some((tap) => tap.copies || tap.node === null)],
  ['miscount', '11 any-v1', ({ world }) => world.taps.some((tap) => tap.kind === 'any1')],
  ['miscount', '11 mirror', ({ truth, world }) => isMirrored(world, truth)],
  ['miscount', '11 clocks', ({ world }) => world.taps.some((tap) => tap.offset !== 0)],
  ['miscount', '11', () => true],
  [null, '8', ({ truth, world }) => truth?.kind === 'tunnel' || (truth === null && world.features.has('pod-tunnels'))],
  [null, '9', ({ truth, world }) => truth?.kind === 'mirror' || (truth === null && world.scene.mirror !== null)],
  ['false-violation', '9', ({ truth, world }) => isMirrored(world, truth)],
  [null, '13', ({ truth, world }) => world.scene.stale?.kind === 'pod-born' && isMoved(world, truth)],
  [null, '14', ({ truth, world }) => world.scene.stale?.kind === 'pod-moved' && isMoved(world, truth)],
  ['false-violation', '15', ({ truth, world }) => truth !== null && isBorrowed(world.scene.cluster.pods, truth)],
  ['false-ok', '15', ({ truth, world }) => truth !== null && isWeak(world, truth)],
  ['wrong-name', '15', ({ truth, world }) => truth !== null && isWeak(world, truth)],
  [null, '18', ({ truth }) => truth?.faultCode === 'wrong-tunnel-mac'],
  [null, '16', ({ truth }) => truth?.faultCode === 'wrong-destination-vtep'],
  [null, '12', ({ truth }) => truth?.faultCode === 'local-traffic-on-underlay'],
  [
    'false-pass',
    '1',
    ({ truth, traced, world }) => truth?.faultCode === 'overlay-bypassed' && isUnplaced(world, traced),
  ],
  ['false-pass', '2', ({ truth }) => truth?.faultCode === 'overlay-bypassed'],
  ['false-pass', 'A', () => true],
  ['wrong-place', 'D place', () => true],
];

export function lieOf(kind: LieKind, detail: string, context: Context): Lie {
  const rule = RULES.find(([of, , fits]) => (of === null || of === kind) && fits(context))?.[1] ?? `${kind}`;
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

/** Seen plain only where nobody knows the place. */
function isUnplaced(_world: World, traced: TracedFlow | null): boolean {
  return traced?.unverified?.reason === 'point-unknown' || traced?.observed.encapsulation === 'unknown';
}
