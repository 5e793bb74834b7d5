// Where every packet was seen: the capture points, each with role, node and evidence (design section 4).
import type { CaptureCounters } from '../../flow/capture-counters.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import type { Evidence, Node, Topology } from '../../topology/model.ts';
import type { CapturePoint, PointRole } from '../vocabulary.ts';
import type { AddressBook } from '../who/address-book.ts';
import { type LinkFacts, linkFacts } from './link-facts.ts';
import { type MacKnowledge, macKnowledge } from './mac-roles.ts';
import { type FileName, readFileName } from './point-device.ts';
import { type NodeDecision, nodeByMacs, nodeByOuterSource, nodeByOutgoing, nodeByPod } from './point-node.ts';
import { decideRole, isMixed } from './point-role.ts';

/** One `--at FILE=NODE[:INTERFACE]`. */
export interface AtRule {
  file: string;
  node: string;
  interface: string | null;
}

export interface Point extends CapturePoint {
  capture: number;
  /** Index among the points of its capture. */
  local: number;
  topologyNode: Node | null;
}

export interface Points {
  /** All points, captures in order. */
  all: readonly Point[];
  /** Point index (into `all`) of each link entry of the flow table. */
  ofLink: Int32Array;
  macs: MacKnowledge;
  /** Evidence that contradicts each other, per capture index. */
  contradictions: readonly { capture: number; detail: string }[];
}

export interface PointsInput {
  table: FlowTable;
  captures: readonly CaptureCounters[];
  topology: Topology | null;
  book: AddressBook;
  at: readonly AtRule[];
}

interface Group {
  capture: number;
  links: number[];
  facts: LinkFacts[];
  index: number | null;
  interfaceName: string | null;
  perFrame: boolean;
}

export function findPoints(input: PointsInput): Points {
  const facts = linkFacts(input.table, input.book, input.topology !== null);
  const macs = macKnowledge(input.topology, facts);
  const ofLink = new Int32Array(facts.length).fill(-1);
  const all: Point[] = [];
  const contradictions: { capture: number; detail: string }[] = [];
  input.captures.forEach((capture, index) => {
    const decided = decideCapture(input, macs, capture, splitMixed(groupLinks(facts, capture, index), macs));
    for (const { point, links, notes } of mergePerFrame(decided)) {
      point.local = all.filter((p) => p.capture === index).length;
      for (const link of links) ofLink[link] = all.length;
      all.push(point);
      for (const detail of notes) contradictions.push({ capture: index, detail });
    }
  });
  return { all, ofLink, macs, contradictions };
}

/** Links of one capture by interface. */
function groupLinks(facts: readonly LinkFacts[], capture: CaptureCounters, captureIndex: number): Group[] {
  const groups = new Map<string, Group>();
  facts.forEach((fact, link) => {
    const { link: record } = fact;
    if (record.capture !== captureIndex) return;
    // SLL v1 has no interface, and mirrored copies may come from anywhere: each link speaks for itself
    const perFrame = record.type === 'sll' || record.carried;
    const key = perFrame ? `link ${link}` : `${record.interface}/${record.ifindex ?? ''}`;
    let group = groups.get(key);
    if (group === undefined) {
      const described = capture.info.interfaces[record.interface];
      const index = record.ifindex ?? (capture.info.format === 'pcapng' ? record.interface : null);
      const name = record.ifindex === null ? (described?.name ?? null) : null;
      group = { capture: captureIndex, links: [], facts: [], index, interfaceName: name, perFrame };
      groups.set(key, group);
    }
    group.links.push(link);
    group.facts.push(fact);
  });
  return [...groups.values()];
}

/** A merged capture's interface taken apart: one group per link. */
function splitMixed(groups: readonly Group[], macs: MacKnowledge): Group[] {
  return groups.flatMap((group) => {
    if (group.perFrame || !isMixed(group.facts, macs)) return [group];
    return group.links.map((link, i) => ({
      ...group,
      links: [link],
      facts: group.facts.slice(i, i + 1),
      perFrame: true,
    }));
  });
}

interface Decided {
  point: Point;
  links: number[];
  notes: string[];
  perFrame: boolean;
}

function decideCapture(
  input: PointsInput,
  macs: MacKnowledge,
  capture: CaptureCounters,
  groups: readonly Group[],
): Decided[] {
  const rule = atRule(input.at, capture.info.path);
  const file = input.topology === null ? null : readFileName(input.topology, capture.info.path);
  const cooked = captureNode(groups, macs);
  return groups.map((group) => decideGroup(input, macs, group, { rule, file, cooked }));
}

interface CaptureHints {
  rule: AtRule | null;
  file: FileName | null;
  /** Node of the whole capture when it is a cooked one. */
  cooked: NodeDecision | null;
}

function decideGroup(input: PointsInput, macs: MacKnowledge, group: Group, hints: CaptureHints): Decided {
  const { topology, book } = input;
  const found = decideNode(input, macs, group, hints);
  const node = found?.node ?? null;
  const device = group.interfaceName ?? deviceByIndex(node, group);
  const sameNode = hints.file !== null && hints.file.node === (node ?? hints.file.node);
  const fileDevice = sameNode ? deviceByFileName(group, hints.file) : null;
  const decision = decideRole({
    facts: group.facts,
    topology,
    macs,
    node,
    userInterface: hints.rule?.interface ?? null,
    device,
    fileDevice,
    perFrame: group.perFrame,
  });
  const late = found ?? (decision.role === 'workload' ? nodeByPod(group.facts, book) : null) ?? fileNode(hints.file);
  const notes = [...decision.contradictions];
  if (hints.file !== null && late !== null && late.node !== hints.file.node) {
    notes.push(`the file name says ${hints.file.node.name}, but ${late.evidence.detail}: taken as ${late.node.name}'s`);
  }
  const evidence = inReadingOrder(decision.evidence, late);
  const point: Point = {
    interface: hints.rule?.interface ?? device ?? fileDevice,
    index: group.index,
    node: late?.node.name ?? hints.rule?.node ?? null,
    role: decision.role,
    evidence: [...evidence, ...notes.map((detail) => ({ source: 'contradiction', detail }))],
    packets: group.facts.reduce((sum, f) => sum + f.link.packets, 0),
    capture: group.capture,
    local: 0,
    topologyNode: late?.node ?? null,
  };
  return { point, links: group.links, notes, perFrame: group.perFrame };
}

/** Whose place it is first, if packets tell: that is what people look for; then what makes it an underlay, tunnel or workload. */
function inReadingOrder(ofRole: readonly Evidence[], node: NodeDecision | null): Evidence[] {
  if (node === null) return [...ofRole];
  return node.evidence.source === 'file-name' ? [...ofRole, node.evidence] : [node.evidence, ...ofRole];
}

function decideNode(input: PointsInput, macs: MacKnowledge, group: Group, hints: CaptureHints): NodeDecision | null {
  if (hints.rule !== null) {
    const node = input.topology?.nodeByName(hints.rule.node) ?? null;
    if (node !== null) return { node, evidence: { source: 'user', detail: `--at says ${hints.rule.node}` } };
  }
  return hints.cooked ?? nodeByMacs(group.facts, macs) ?? null;
}

function fileNode(file: FileName | null): NodeDecision | null {
  return file === null
    ? null
    : { node: file.node, evidence: { source: 'file-name', detail: `the file name starts with ${file.node.name}` } };
}

/** A cooked capture is one node's: all its interfaces speak together. */
function captureNode(groups: readonly Group[], macs: MacKnowledge): NodeDecision | null {
  const facts = groups.flatMap((g) => g.facts).filter((f) => f.link.packetType !== null);
  if (facts.length === 0) return null;
  return nodeByOutgoing(facts, macs) ?? nodeByOuterSource(facts);
}

/** The device a file name speaks of: the one it names, or for a cooked capture what its node calls the ifindex. */
function deviceByFileName(group: Group, file: FileName | null): string | null {
  if (file === null || group.perFrame) return null;
  return group.index === null ? file.interface : deviceByIndex(file.node, group);
}

function deviceByIndex(node: Node | null, group: Group): string | null {
  const ifindex = group.facts[0]?.link.ifindex ?? null;
  if (node === null || ifindex === null) return null;
  return node.links.find((l) => l.ifindex === ifindex)?.name ?? null;
}

/** SLL v1: the links of one role become one point. */
function mergePerFrame(decided: readonly Decided[]): Decided[] {
  const merged = new Map<PointRole, Decided>();
  const rest: Decided[] = [];
  for (const entry of decided) {
    if (!entry.perFrame) {
      rest.push(entry);
      continue;
    }
    const known = merged.get(entry.point.role);
    if (known === undefined) {
      merged.set(entry.point.role, entry);
      continue;
    }
    known.links.push(...entry.links);
    known.point.packets += entry.point.packets;
    known.point.evidence = joinEvidence(known.point.evidence, entry.point.evidence);
  }
  return [...rest, ...merged.values()];
}

function joinEvidence(a: readonly Evidence[], b: readonly Evidence[]): Evidence[] {
  const seen = new Set(a.map((e) => e.source));
  return [...a, ...b.filter((e) => !seen.has(e.source))];
}

/** The rule for a capture: its path as given, else its base name. */
function atRule(rules: readonly AtRule[], path: string): AtRule | null {
  const base = path.split(/[/\\]/).pop() ?? path;
  return rules.find((r) => r.file === path) ?? rules.find((r) => r.file === base) ?? null;
}
