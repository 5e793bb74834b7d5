// The pieces of one capture decided together: what the whole would be called is what each piece is called, by its own evidence if
// that says the same, else by its ring's.

import type { CaptureCounters } from '../../flow/capture-counters.ts';
import type { CapturePoint } from '../vocabulary.ts';
import type { CaptureRings } from './capture-rings.ts';
import { type CaptureSays, type Decided, decideGroups } from './decide-point.ts';
import { joinGroups, type LinkGroup, mixedKeys, takeApart } from './link-groups.ts';
import type { MacKnowledge } from './mac-roles.ts';
import { pieceName } from './pieces/piece-names.ts';
import { baseName, type Point, type PointsInput } from './points-input.ts';

interface RingInput {
  input: PointsInput;
  macs: MacKnowledge;
  /** By capture. */
  groups: readonly (readonly LinkGroup[])[];
  says: readonly CaptureSays[];
}

/** Fills in what is decided of each capture of a ring. */
export function decideRing(
  { input, macs, groups, says }: RingInput,
  ring: readonly number[],
  decided: Decided[][],
): void {
  const pieces = ring.map((capture) => groups[capture] ?? []);
  const mixed = mixedKeys(joinGroups(pieces), macs);
  const apart = pieces.map((piece) => takeApart(piece, mixed));
  const own = apart.map((piece, i) => decideGroups(input, macs, piece, says[ring[i] ?? 0] as CaptureSays));
  if (ring.length > 1 && areNumbered(input.captures, ring)) {
    const together = decideGroups(input, macs, joinGroups(apart), saidOfAny(ring.map((i) => says[i] as CaptureSays)));
    takeOver(own, together, input.captures);
  }
  ring.forEach((capture, i) => {
    decided[capture] = own[i] ?? [];
  });
}

/** Names that tools count and date are those of one capture; those that differ in any other digits may be of several nodes. */
function areNumbered(captures: readonly CaptureCounters[], ring: readonly number[]): boolean {
  return new Set(ring.map((i) => pieceName(captures[i]?.info.path ?? '').exact)).size === 1;
}

function saidOfAny(says: readonly CaptureSays[]): CaptureSays {
  return {
    rule: says.find(({ rule }) => rule !== null)?.rule ?? null,
    said: says.find(({ said }) => said !== null)?.said ?? null,
    veth: says.find(({ veth }) => veth !== null)?.veth ?? null,
  };
}

function takeOver(own: Decided[][], together: readonly Decided[], captures: readonly CaptureCounters[]): void {
  const ofRing = new Map(together.map((one) => [one.group.key, one]));
  const models = new Map<string, Decided>();
  for (const one of own.flat()) {
    const whole = ofRing.get(one.group.key);
    if (whole !== undefined && isAlike(one.point, whole.point) && !models.has(one.group.key))
      models.set(one.group.key, one);
  }
  for (const one of own.flat()) {
    const whole = ofRing.get(one.group.key);
    if (whole === undefined) continue;
    if (isAlike(one.point, whole.point)) {
      one.point.mac ??= whole.point.mac;
      continue;
    }
    const { role, node, topologyNode, pod, mac, interface: device, evidence } = whole.point;
    const model = models.get(one.group.key);
    const others = model === undefined ? 'the other pieces of its ring' : nameOf(captures, model.point);
    const detail = withDetail(`one capture with ${others}`, (model?.point ?? { evidence }).evidence[0]?.detail);
    Object.assign(one.point, {
      role,
      node,
      topologyNode,
      pod,
      mac,
      interface: device,
      evidence: [{ source: 'ring', detail }],
    });
    one.notes.length = 0;
  }
}

function isAlike(a: CapturePoint, b: CapturePoint): boolean {
  return a.role === b.role && a.node === b.node && a.interface === b.interface;
}

function nameOf(captures: readonly CaptureCounters[], { capture }: Point): string {
  return baseName(captures[capture]?.info.path ?? '');
}

function withDetail(text: string, detail: string | undefined): string {
  return detail === undefined ? text : `${text}: ${detail}`;
}

/** What kind of place a point is, where its frames and name do not tell, by captures of the same strand that all say one thing. */
export function rolesByStrand(
  rings: CaptureRings,
  decided: readonly Decided[][],
  captures: readonly CaptureCounters[],
): void {
  const known = new Map<string, Point | null>();
  const keyOf = ({ point, group }: Decided): string =>
    `${rings.strandOf[rings.ringOf[point.capture] ?? 0]}|${group.perFrame ? `${point.capture}|` : ''}${group.key}`;
  const all = decided.flat().filter(({ group }) => group.facts.every(({ link }) => link.packetType === null));
  for (const one of all) {
    if (one.point.role === 'unknown') continue;
    const other = known.get(keyOf(one));
    if (other === undefined) known.set(keyOf(one), one.point);
    else if (other !== null && other.role !== one.point.role) known.set(keyOf(one), null);
  }
  for (const one of all) {
    const model = one.point.role === 'unknown' ? known.get(keyOf(one)) : null;
    if (model == null) continue;
    const detail = withDetail(
      `the same MAC is in its frames and in those of ${nameOf(captures, model)}`,
      model.evidence[0]?.detail,
    );
    one.point.role = model.role;
    one.point.evidence = [...one.point.evidence, { source: 'ring', detail }];
  }
}
