// Was the capture taken through a filter? A file with nothing but UDP 4789 cannot show what is missing from it, and one
// taken with `host POD` shows plain copies only (design section 4, docs/captures.md). A guess counts from the first packet: one
// frame that the expression would not have let through refutes it.

import type { CaptureCounters } from '../../flow/capture-counters.ts';
import { smallestOf } from '../../net/extremes.ts';
import { protocolName } from '../../net/protocol-name.ts';
import type { Topology } from '../../topology/model.ts';
import { namedAsPieces } from '../points/capture-sets.ts';
import type { Points } from '../points/points.ts';
import { isFileOf, type Point } from '../points/points-input.ts';
import type { AddressBook } from '../who/address-book.ts';
import { type Shape, type ShapeInput, shapesOf } from './capture-shape.ts';
import { type Hidden, hiddenBy } from './recorded-filter.ts';

export interface FilterHint extends Hidden {
  expression: string;
  evidence: string;
  /** Told by what the file holds; else the file says so itself. */
  guessed: boolean;
  /** A guess that few packets give away, and no answers without their questions. */
  weak: boolean;
}

/** Fewer packets than this of one kind are a weak sign of a filter, unless answers show that others are missing. */
const ENOUGH = 20;

export interface FilterInput extends ShapeInput {
  book: AddressBook;
  topology: Topology | null;
  /** The cluster's UDP port of VXLAN. */
  vxlanPort: number;
  /** Captures that somebody vouches for, by path or base name. */
  unfiltered: readonly string[];
}

const [IPIP, UDP] = [4, 17] as const;

/** One hint per capture; null where nothing suggests a filter. */
export interface FilterHints {
  likely: readonly (FilterHint | null)[];
  /** Of captures that may be pieces of one, or of two nodes: what each suggests by itself, where together they do not. */
  possible: readonly (FilterHint | null)[];
}

/** Guesses are made of captures of NICs only: a veth has packets of one pod, a tunnel device plain ones, without any filter. */
export function filterHints(input: FilterInput): FilterHints {
  const nodes = nodesOf(input.points);
  const together = unplacedTogether(input, nodes);
  const likely = hintsAt(input, placesOf(input.points, nodes, together));
  const apart = ringsApart(input.points, nodes, together);
  if (apart.every((ring) => ring < 0)) return { likely, possible: likely.map(() => null) };
  return { likely, possible: hintsAt(input, apart).map((hint, i) => (likely[i] === null ? hint : null)) };
}

function hintsAt(input: FilterInput, placeOf: Int32Array): (FilterHint | null)[] {
  const guesses = shapesOf(input, placeOf).map((shape) => shape && guess(shape, input.book));
  return input.captures.map((capture, i) => {
    // a command line without an expression is tcpdump's own word
    const isVouched =
      capture.info.log?.expression === '' || input.unfiltered.some((file) => isFileOf(file, capture.info.path));
    return recordedFilter(capture, input) ?? (isVouched ? null : (guesses[placeOf[i] ?? -1] ?? null));
  });
}

/** Captures of one node's NICs, and pieces of one capture, are judged together; -1 where no NIC was captured. */
function placesOf(points: Points, nodes: readonly (string | null)[], together: Int32Array): Int32Array {
  const known = new Map<string, number>();
  return Int32Array.from(points.ofCapture, (own, capture) => {
    if (!own.some(isNic)) return -1;
    const node = nodes[capture] ?? null;
    const key = node === null ? `strand ${together[capture]}` : `node ${node}`;
    if (!known.has(key)) known.set(key, known.size);
    return known.get(key) ?? -1;
  });
}

/** The rings of captures of which no node is known, where several are judged together; else -1. */
function ringsApart(points: Points, nodes: readonly (string | null)[], together: Int32Array): Int32Array {
  const isUnplaced = (capture: number): boolean =>
    (nodes[capture] ?? null) === null && (points.ofCapture[capture] ?? []).some(isNic);
  const ringsOf = new Map<number, number>();
  for (const ring of points.rings.rings) {
    const strand = together[ring[0] ?? 0] ?? -1;
    if (ring.some(isUnplaced)) ringsOf.set(strand, (ringsOf.get(strand) ?? 0) + 1);
  }
  return Int32Array.from(points.ofCapture, (_, capture) => {
    const isApart = isUnplaced(capture) && (ringsOf.get(together[capture] ?? -1) ?? 0) > 1;
    return isApart ? (points.rings.ringOf[capture] ?? -1) : -1;
  });
}

/**
 * The strand of each capture; those of which no node is known are one with others that are named and timed like pieces of the same: of
 * a merge whose clocks are apart, pieces hold the same packets.
 */
function unplacedTogether({ points, captures }: FilterInput, nodes: readonly (string | null)[]): Int32Array {
  const { strandOf, ringOf } = points.rings;
  const together = Int32Array.from(captures, (_, capture) => strandOf[ringOf[capture] ?? 0] ?? -1);
  for (const named of namedAsPieces(points, captures)) {
    const strands = new Set(named.filter((one) => (nodes[one] ?? null) === null).map((one) => together[one] ?? -1));
    const first = smallestOf(strands);
    together.forEach((strand, capture) => {
      if (strands.has(strand)) together[capture] = first;
    });
  }
  return together;
}

/** Whose NICs each capture is of; where they are not all known, each piece of the same one may hold others. */
function nodesOf({ ofCapture, rings }: Points): (string | null)[] {
  const ofRing = rings.rings.map((ring) => onlyNode(ring.flatMap((piece) => ofCapture[piece] ?? [])));
  return ofCapture.map((own, capture) => onlyNode(own) ?? ofRing[rings.ringOf[capture] ?? 0] ?? null);
}

function isNic({ role }: Point): boolean {
  return role === 'underlay';
}

/** The one node of NICs of which some may not be known. */
function onlyNode(points: readonly Point[]): string | null {
  const nodes = new Set(points.flatMap((point) => (isNic(point) && point.node !== null ? [point.node] : [])));
  const [node] = nodes;
  return nodes.size === 1 ? (node ?? null) : null;
}

function recordedFilter(capture: CaptureCounters, { topology, vxlanPort }: FilterInput): FilterHint | null {
  const { interfaces, log } = capture.info;
  const filters = new Set(interfaces.map((i) => i.filter).filter((f) => f !== null && f !== ''));
  const hints = [...filters].map((expression) => ({ expression, ...hiddenBy(expression ?? '', topology, vxlanPort) }));
  const [first] = hints;
  if (first?.expression == null) return null;
  return {
    expression: first.expression,
    evidence:
      log === undefined || log.expression !== first.expression
        ? 'recorded in the file (if_filter)'
        : `tcpdump's log: ${log.file}`,
    ...{ guessed: false, weak: false },
    hidesBypass: hints.some((hint) => hint.hidesBypass),
    hidesOverlay: hints.some((hint) => hint.hidesOverlay),
  };
}

/** Of the expressions that would have let every frame through, the first, with all that any of them hides. */
function guess(shape: Shape, book: AddressBook): FilterHint | null {
  if (shape.packets === 0 || shape.mirrored) return null;
  const guesses = guessesOf(shape, book);
  const [first] = guesses;
  if (first === undefined) return null;
  return {
    ...first,
    hidesBypass: guesses.some((one) => one.hidesBypass),
    hidesOverlay: guesses.some((one) => one.hidesOverlay),
  };
}

function guessesOf(shape: Shape, book: AddressBook): FilterHint[] {
  const { frames, packets, tunnel, answersOnly, oneWay } = shape;
  const guesses: FilterHint[] = [];
  const add = (expression: string, evidence: string, hides: Hidden, shown = frames): void => {
    guesses.push({ expression, evidence, guessed: true, weak: shown < ENOUGH && !answersOnly, ...hides });
  };
  const hidesBoth = { hidesBypass: true, hidesOverlay: true };
  if (packets === frames) {
    const count = frames === 1 ? 'the one packet is' : `${frames} of ${frames} packets are`;
    const [port] = shape.ports;
    const [protocol = -1] = shape.protocols;
    if (tunnel === frames && shape.kinds.size === 1 && shape.ports.size === 1)
      add(`udp port ${port}`, `${count} UDP ${port}, and no ARP`, { hidesBypass: true, hidesOverlay: false });
    else if (shape.protocols.size === 1) {
      const named = protocol === IPIP ? 'IP-in-IP' : protocolName(protocol).toUpperCase();
      const expression = protocol === IPIP ? 'ip proto 4' : protocolName(protocol);
      add(expression, `${count} ${named}, and no ARP`, { hidesBypass: true, hidesOverlay: protocol !== UDP });
    }
    const common = [...(shape.common ?? [])].filter((address) => book.nodeOf(address) === null).sort();
    if (tunnel === 0 && common.length > 0 && common.length === shape.common?.size && common.length <= 2)
      add(
        common.map((a) => `host ${a}`).join(' and '),
        `every packet has ${common.join(' and ')}, and no ARP`,
        hidesBoth,
      );
  }
  if (oneWay !== null) add('one direction', oneWay.evidence, hidesBoth, oneWay.packets);
  return guesses;
}
