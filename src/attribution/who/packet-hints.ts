// What underlay frames say of where addresses are: the outer header, or a NIC's MAC (calico-facts 6.1). What an address sends tells
// its node; what is sent to it tells where others believe it is, and an answer from there proves it.

import type { FlowTable } from '../../flow/flow-table.ts';
import type { Node } from '../../topology/model.ts';
import { canAcknowledge, isAnswer, isAnswered } from '../answers.ts';
import type { PathFacts } from '../path-facts.ts';
import { isRoutedOnce } from '../points/link-facts.ts';
import type { Points } from '../points/points.ts';
import type { AddressBook } from './address-book.ts';
import { isPlainToAnywhere, macOf, type PathEnds, pathEnds, senderOf } from './path-ends.ts';
import type { People } from './people.ts';

/** A node that underlay frames name for an address, and how. */
export interface PacketEvidence {
  node: Node;
  source: 'outer-header' | 'nic-mac';
  detail: string;
}

/** Nodes by what told them. */
export interface Hint {
  outerSource: Set<Node>;
  macSource: Set<Node>;
  /** It answered what was sent there; not known where its answers came from. */
  outerAnswering: Set<Node>;
  macAnswering: Set<Node>;
  outerDestination: Set<Node>;
  macDestination: Set<Node>;
  /** Packets went there and were answered from there. */
  answered: Set<Node>;
  /** Packets for it came in there through a tunnel, and nothing came back. */
  unanswered: Set<Node>;
  /** Plain packets for it went to a MAC that is no known node's, or came in at a node: whether some were answered. */
  isHeard: boolean;
  /** The MACs to which such packets went that were not; and those from which it sends itself, whoever's they are. */
  unheardAt: Set<string>;
  speaksFrom: Set<string>;
}

/** What is asked of the packets about one end. */
export const ASKED = { nothing: 0, proofOfAnother: 1, all: 2 } as const;

export interface HintInput {
  table: FlowTable;
  points: Points;
  paths: PathFacts;
  book: AddressBook;
  people: People;
  /** One of ASKED for each person. */
  asked: Uint8Array;
  /** The node that the snapshot has a person on. */
  stated(person: number): Node | null;
}

/** One pass over all flows; of ends that the snapshot places firmly, only answers from another node are collected. */
export function collectHints({ table, points, paths, book, people, asked, stated }: HintInput): Map<number, Hint> {
  const hints = new Map<number, Hint>();
  const ends = pathEnds(table, points, paths, book);
  const { rows } = table;
  for (let flow = 0; flow < table.flowCount; flow++) {
    const [src, dst] = [people.source[flow] ?? -1, people.destination[flow] ?? -1];
    const [ofSource, ofDestination] = [asked[src] ?? 0, asked[dst] ?? 0];
    if (ofSource !== ASKED.all && ofDestination === ASKED.nothing) continue;
    for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
      const path = rows.path(row);
      if (ofSource === ASKED.all) {
        const from = senderOf(table, ends, row);
        if (from !== null) hintOf(hints, src)[ends.plain[path] === 1 ? 'macSource' : 'outerSource'].add(from);
        else if (ends.plain[path] === 1 && isRoutedOnce(rows.ttlMax(row)))
          hintOf(hints, src).speaksFrom.add(macOf(table, path, 'src'));
      }
      if (ofDestination === ASKED.proofOfAnother) {
        const elsewhere = answeredElsewhere(table, ends, flow, path, stated(dst));
        if (elsewhere !== null) hintOf(hints, dst).answered.add(elsewhere);
      }
      const to = ends.to[path] ?? null;
      if (ofDestination !== ASKED.all) continue;
      if (isPlainToAnywhere(ends, path)) noteSilence(hintOf(hints, dst), table, flow, macOf(table, path, 'dst'));
      if (to !== null) {
        const hint = hintOf(hints, dst);
        const plain = ends.plain[path] === 1;
        hint[plain ? 'macDestination' : 'outerDestination'].add(to);
        // an answer from there is known: neither another one nor silence tells more
        if (hint[plain ? 'macAnswering' : 'outerAnswering'].has(to)) continue;
        if (isDelivered(table, flow)) {
          if (!plain) hint.outerAnswering.add(to);
          else if (!comesBackFromElsewhere(table, ends, flow, row)) hint.macAnswering.add(to);
        } else if (!plain && ends.here[path] === to && isUnanswered(table, flow)) hint.unanswered.add(to);
      }
    }
  }
  return hints;
}

/**
 * The node other than `stated` that answered what `flow` carried on `path`: the one the frames went to. Of frames for a router nobody
 * knows where they went: then any node counts, unless others of the flow went to the stated one.
 */
function answeredElsewhere(
  table: FlowTable,
  ends: PathEnds,
  flow: number,
  path: number,
  stated: Node | null,
): Node | null {
  const to = ends.to[path] ?? null;
  if (to === null ? ends.plain[path] !== 1 || goesTo(table, ends, flow, stated) : to === stated) return null;
  const reverse = table.reverseOf(flow);
  if (reverse < 0 || reverse === flow || !isAnswered(table, flow, reverse)) return null;
  for (let row = table.firstRow(reverse); row >= 0; row = table.rows.next(row)) {
    const from = senderOf(table, ends, row);
    if (from !== null && from !== stated && (to === null || from === to)) return from;
  }
  return null;
}

function goesTo(table: FlowTable, ends: PathEnds, flow: number, node: Node | null): boolean {
  for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row))
    if (ends.to[table.rows.path(row)] === node) return true;
  return false;
}

/** Whether the other end shows that it got what the flow carried: it acknowledges it, echoes it, or speaks only after it. */
function isDelivered(table: FlowTable, flow: number): boolean {
  const reverse = table.reverseOf(flow);
  if (reverse < 0 || reverse === flow) return false;
  return isAnswer(table, reverse) || (!canAcknowledge(table, flow) && startOf(table, flow) < startOf(table, reverse));
}

/**
 * Whether a capture shows the other direction coming from other MACs only than the one that this row's frames went to: whoever has that one
 * need not have got it to the end that spoke (stale ARP, an address that moved).
 */
function comesBackFromElsewhere(table: FlowTable, ends: PathEnds, flow: number, row: number): boolean {
  const { rows, links } = table;
  const to = macOf(table, rows.path(row), 'dst');
  if (to === '') return false;
  const captures = new Set<number>();
  for (let one = table.firstRow(flow); one >= 0; one = rows.next(one))
    if (macOf(table, rows.path(one), 'dst') === to) captures.add(links.captureOf(table.linkOf(one)));
  let isElsewhere = false;
  for (let back = table.firstRow(table.reverseOf(flow)); back >= 0; back = rows.next(back)) {
    const from = macOf(table, rows.path(back), 'src');
    if (from === to) return false;
    isElsewhere ||=
      from !== '' && ends.plain[rows.path(back)] === 1 && captures.has(links.captureOf(table.linkOf(back)));
  }
  return isElsewhere;
}

function noteSilence(hint: Hint, table: FlowTable, flow: number, mac: string): void {
  if (isDelivered(table, flow)) hint.isHeard = true;
  else if (isUnanswered(table, flow)) hint.unheardAt.add(mac);
}

/** Whether nothing shows that somebody was there: no answer, though its protocol has them, or datagrams that no others came back for. */
function isUnanswered(table: FlowTable, flow: number): boolean {
  return canAcknowledge(table, flow) ? !isAnswer(table, flow) : table.reverseOf(flow) < 0;
}

function startOf(table: FlowTable, flow: number): number {
  const { rows } = table;
  let start = Number.POSITIVE_INFINITY;
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row))
    start = Math.min(start, rows.firstSeconds(row) + rows.firstNanos(row) / 1e9);
  return start;
}

function hintOf(hints: Map<number, Hint>, person: number): Hint {
  let hint = hints.get(person);
  if (hint === undefined) {
    hint = {
      outerSource: new Set(),
      macSource: new Set(),
      outerDestination: new Set(),
      macDestination: new Set(),
      outerAnswering: new Set(),
      macAnswering: new Set(),
      answered: new Set(),
      unanswered: new Set(),
      isHeard: false,
      unheardAt: new Set(),
      speaksFrom: new Set(),
    };
    hints.set(person, hint);
  }
  return hint;
}

/**
 * The node that an address sends from: it knows where it is. Else the one that its packets went to, if it answered them. Null where
 * packets name none, or several.
 */
export function provenNode(address: string, hint: Hint): PacketEvidence | null {
  if (hint.outerSource.size > 1) return null;
  const sending =
    single(hint.outerSource, 'outer-header', (n) => `packets from ${address} left ${n.name} in its tunnel`) ??
    single(hint.macSource, 'nic-mac', (n) => `packets from ${address} left ${n.name}'s NIC`);
  if (sending !== null || hasSent(hint)) return sending;
  return (
    single(hint.outerAnswering, 'outer-header', (n) => `${address} answered packets to ${n.name} in a tunnel`) ??
    single(hint.macAnswering, 'nic-mac', (n) => `${address} answered packets to ${n.name}'s NIC`)
  );
}

/** The node that its packets were sent to, where it sent none itself. */
export function addressedNode(address: string, hint: Hint): PacketEvidence | null {
  if (hasSent(hint)) return null;
  return (
    single(
      hint.outerDestination,
      'outer-header',
      (n) => `packets to ${address} were sent to ${n.name} in a tunnel, and nothing came back`,
    ) ??
    single(
      hint.macDestination,
      'nic-mac',
      (n) => `packets to ${address} were sent to ${n.name}'s NIC, and nothing came back`,
    )
  );
}

/** Whether packets that got to `node` for an end stayed without an answer, and nothing shows that it got any. */
export function isSilentAt(node: Node, hint: Hint): boolean {
  return hint.unanswered.has(node) && isSilent(hint);
}

/**
 * Whether plain packets that may have gone anywhere, or that came in at a node, found nothing but silence. Whoever sends from the
 * very MAC that they went to is there, also where nobody knows whose MAC it is.
 */
export function isUnheard(hint: Hint): boolean {
  const isMissed = [...hint.unheardAt].some((mac) => mac === '' || !hint.speaksFrom.has(mac));
  return isMissed && !hint.isHeard && isSilent(hint);
}

function isSilent(hint: Hint): boolean {
  return !hasSent(hint) && hint.outerAnswering.size + hint.macAnswering.size === 0;
}

/** Nodes other than `stated` that packets show an address on: where it sends from, else where its packets were sent. */
export function nodesBeside(stated: Node, address: string, hint: Hint): PacketEvidence[] {
  const { outerSource, macSource, outerDestination, macDestination } = hint;
  const [outer, mac] = hasSent(hint) ? [outerSource, macSource] : [outerDestination, macDestination];
  const way = hasSent(hint) ? 'from' : 'to';
  const told = new Map<Node, PacketEvidence>();
  for (const node of mac)
    told.set(node, { node, source: 'nic-mac', detail: `packets ${way} ${address} crossed ${node.name}'s NIC` });
  for (const node of outer)
    told.set(node, {
      node,
      source: 'outer-header',
      detail: `packets ${way} ${address} were in ${node.name}'s tunnel`,
    });
  told.delete(stated);
  return [...told.values()];
}

/** Nodes that answered for an address that the snapshot has elsewhere. */
export function provenNodes(address: string, { answered }: Hint): PacketEvidence[] {
  const detail = (node: Node): string => `packets to ${address} were answered from ${node.name}`;
  return [...answered].map((node) => ({ node, source: 'outer-header', detail: detail(node) }));
}

function hasSent({ outerSource, macSource }: Hint): boolean {
  return outerSource.size + macSource.size > 0;
}

function single(
  nodes: ReadonlySet<Node>,
  source: PacketEvidence['source'],
  say: (node: Node) => string,
): PacketEvidence | null {
  const [node] = nodes;
  return nodes.size === 1 && node !== undefined ? { node, source, detail: say(node) } : null;
}
