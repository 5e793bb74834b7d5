// Compares two explained packets: the same one at two places, two of one flow, a request and its answer, or any two.

import { flowIdentity } from '../../verdict/flow-identity.ts';
import type { Cell, Explanation, Side } from '../explanation.ts';
import type { Comparison, Difference, Relation } from './comparison.ts';
import { whyDifferent } from './reasons.ts';

/** @param isSamePacket whether both are one IP packet, seen twice */
export function comparePackets(first: Explanation, second: Explanation, isSamePacket: boolean): Comparison {
  const relation = relationOf(first, second, isSamePacket);
  const pairs = pairsOf(first, second);
  const differences = pairs.filter(({ a, b }) => (a?.value ?? null) !== (b?.value ?? null));
  const same = pairs.filter(({ a, b }) => a !== null && a.value === b?.value);
  return {
    first,
    second,
    relation,
    headline: headlineOf(first, second, relation),
    story: storyOf(first, second, relation),
    differences: differences.map((pair) => differenceOf(first, second, relation, pair)),
    same: same.map((pair) => ({ label: labelOf(first, second, pair), value: pair.a?.value ?? '' })),
    nodeNames: first.nodeNames,
    snapshotRoot: first.snapshotRoot,
  };
}

interface Pair {
  label: string;
  outer: boolean;
  a: Cell | null;
  b: Cell | null;
}

/** What the frame says of where it was captured, whatever is inside it. */
const OF_THE_FRAME = new Set(['direction', 'interface']);

/**
 * Values of the packet itself (plain or inner) beside each other, then those of outer headers if both have some; else the outer
 * headers are one difference.
 */
function pairsOf(first: Explanation, second: Explanation): Pair[] {
  const labels = [...new Set([...first.rows, ...second.rows].map((row) => row.label))];
  const pairs = (outer: boolean): Pair[] =>
    labels
      .filter((label) => !outer || !OF_THE_FRAME.has(label))
      .map((label) => ({ label, outer, a: cellOf(first, label, outer), b: cellOf(second, label, outer) }));
  const both = first.encapsulation !== 'none' && second.encapsulation !== 'none';
  const whole: Pair = { label: 'headers', outer: true, a: outerCell(first), b: outerCell(second) };
  return [...pairs(false), ...(both ? pairs(true) : [whole])].filter(({ a, b }) => a !== null || b !== null);
}

/** All outer headers in one value; null without. */
function outerCell({ columns, rows, encapsulation, overhead }: Explanation): Cell | null {
  const at = columns.findIndex(({ side }) => side === 'outer');
  if (at < 0) return null;
  const textOf = (label: string): string | null => rows.find((row) => row.label === label)?.cells[at]?.value ?? null;
  const vni = textOf('VNI');
  const name = `${encapsulation}${vni === null ? '' : ` ${vni}`}, ${textOf('from IP')} → ${textOf('to IP')}`;
  const parts = overhead?.parts.map((part) => `${part.name} ${part.bytes}`).join(', ') ?? null;
  return { value: name, meaning: parts, field: null, span: null, look: 'usual' };
}

function cellOf({ columns, rows }: Explanation, label: string, outer: boolean): Cell | null {
  const cells = rows.find((row) => row.label === label)?.cells ?? [];
  if (OF_THE_FRAME.has(label)) return cells.find((cell) => cell !== null) ?? null;
  const wanted: readonly Side[] = outer ? ['outer'] : ['inner', 'only'];
  return cells[columns.findIndex(({ side }) => wanted.includes(side))] ?? null;
}

/** Whose value it is, unless neither packet is in a tunnel; what is said of a frame has no owner. */
function labelOf(first: Explanation, second: Explanation, { label, outer }: Pick<Pair, 'label' | 'outer'>): string {
  const hasTunnel = first.encapsulation !== 'none' || second.encapsulation !== 'none';
  if (!hasTunnel || OF_THE_FRAME.has(label)) return label;
  return `${outer ? 'outer' : 'inner'} ${label}`;
}

function differenceOf(
  first: Explanation,
  second: Explanation,
  relation: Relation,
  { label, outer, a, b }: Pair,
): Difference {
  const why = whyDifferent({ first, second, relation, label, outer, a, b });
  return {
    label: labelOf(first, second, { label, outer }),
    first: a?.value ?? null,
    second: b?.value ?? null,
    firstMeaning: a?.meaning ?? null,
    secondMeaning: b?.meaning ?? null,
    why,
    look: a?.look === 'wrong' || b?.look === 'wrong' ? 'wrong' : 'usual',
  };
}

function relationOf(first: Explanation, second: Explanation, isSamePacket: boolean): Relation {
  if (isSamePacket) return 'same-packet';
  const [a, b] = [first.flow, second.flow];
  if (a === null || b === null) return 'other';
  if (flowIdentity(a) === flowIdentity(b)) return 'same-flow';
  return flowIdentity(a) === flowIdentity({ ...b, src: b.dst, dst: b.src }) ? 'answer' : 'other';
}

function headlineOf(first: Explanation, second: Explanation, relation: Relation): string {
  switch (relation) {
    case 'same-packet':
      return `One packet, seen twice: ${placeOf(first)} (${wayOf(first)}) and ${placeOf(second)} (${wayOf(second)}).`;
    case 'same-flow':
      return `Two packets of one flow: ${wayOf(first)} and ${wayOf(second)}.`;
    case 'answer':
      return `Two directions of one conversation: ${wayOf(first)} and ${wayOf(second)}.`;
    case 'other':
      return `Two packets of different flows: ${wayOf(first)} and ${wayOf(second)}.`;
  }
}

function wayOf({ encapsulation }: Explanation): string {
  const names = {
    none: 'plain',
    vxlan: 'in VXLAN',
    ipip: 'in IP-in-IP',
    gre: 'in GRE',
    geneve: 'in Geneve',
    wireguard: 'in WireGuard',
  };
  return names[encapsulation];
}

function placeOf({ place }: Explanation): string {
  const what = { underlay: 'NIC', tunnel: 'tunnel device', workload: 'veth', unknown: 'an unknown place' }[place.role];
  const device =
    place.interface === null ? what : place.role === 'tunnel' ? place.interface : `${what} ${place.interface}`;
  return place.node === null ? `on ${device}` : `on ${place.node}'s ${device}`;
}

function storyOf(first: Explanation, second: Explanation, relation: Relation): string[] {
  const story: string[] = [];
  const seconds = secondsBetween(first, second);
  if (relation === 'same-packet' && seconds !== null) story.push(timeSentence(seconds));
  const [plain, tunnelled] = first.encapsulation === 'none' ? [first, second] : [second, first];
  if (plain.encapsulation === 'none' && tunnelled.overhead !== null && relation === 'same-packet') {
    const node = tunnelled.decision?.node ?? 'the sending node';
    const where =
      plain.place.role === 'underlay' ? 'but it was on a NIC without them too' : 'behind the place where it is plain';
    story.push(`${node} puts ${tunnelled.overhead.bytes} bytes around it, ${where}.`);
  }
  if (relation === 'answer' && first.encapsulation !== second.encapsulation) {
    story.push(`Each direction is decided by the pool of its own destination: ${poolOf(first)}; ${poolOf(second)}.`);
  }
  return story;
}

function poolOf({ flow }: Explanation): string {
  if (flow === null) return 'one of them belongs to no flow';
  return `${flow.dst.ip} is in ${flow.expected.pool === null ? 'no pool' : `pool ${flow.expected.pool}`} (${flow.expected.reason})`;
}

function timeSentence(seconds: number): string {
  const size = Math.abs(seconds);
  const text =
    size < 0.001 ? `${Math.round(size * 1e6)} µs` : size < 1 ? `${Math.round(size * 1e3)} ms` : `${size.toFixed(1)} s`;
  return size === 0 ? 'Both have the same time.' : `The ${seconds > 0 ? 'second' : 'first'} is ${text} later.`;
}

/** From the two RFC 3339 texts, with all their digits; null without times. */
export function secondsBetween(a: Pick<Explanation, 'time'>, b: Pick<Explanation, 'time'>): number | null {
  if (a.time === null || b.time === null) return null;
  const whole = (time: string): number => Date.parse(`${time.slice(0, 19)}Z`) / 1000;
  const fraction = (time: string): number => Number(`0${/\.\d+/.exec(time)?.[0] ?? ''}`);
  return whole(b.time) - whole(a.time) + (fraction(b.time) - fraction(a.time));
}
