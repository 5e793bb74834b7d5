// One group of links decided: whose place it is and what kind of place, by the rules of design section 4, with the evidence.

import type { Evidence, Node } from '../../topology/model.ts';
import type { LinkGroup } from './link-groups.ts';
import { isUnicast, type MacKnowledge } from './mac-roles.ts';
import { vethOfFileName } from './point-device.ts';
import {
  type HomeFrames,
  homeMac,
  type NodeDecision,
  nodeByMacs,
  nodeByOuterEnds,
  nodeByOutgoing,
  nodeByPod,
} from './point-node.ts';
import { decideRole } from './point-role.ts';
import { type AtRule, isFileOf, type Point, type PointsInput } from './points-input.ts';
import { SAID_SOURCES, type Said, saidOf } from './said/capture-said.ts';

export interface Decided {
  point: Point;
  group: LinkGroup;
  links: number[];
  /** Evidence that contradicts what was decided. */
  notes: string[];
}

/** What is known of a capture beside its frames. */
export interface CaptureSays {
  rule: AtRule | null;
  /** Where it was taken, by what is said of it. */
  said: Said | null;
  /** The veth that its file is named after. */
  veth: string | null;
}

/** What the user, its bundle and its file name say of a capture. */
export function captureSays({ topology, at, hints }: PointsInput, path: string): CaptureSays {
  return { rule: atRule(at, path), said: saidOf(topology, path, hints?.get(path) ?? []), veth: vethOfFileName(path) };
}

/** Decides all groups of one capture, or of several that are pieces of one. */
export function decideGroups(
  input: PointsInput,
  macs: MacKnowledge,
  groups: readonly LinkGroup[],
  says: CaptureSays,
): Decided[] {
  const cooked = captureNode(groups, macs);
  return groups.map((group) => decideGroup(input, macs, group, { ...says, cooked }));
}

interface CaptureHints extends CaptureSays {
  /** Node of the whole capture when it is a cooked one. */
  cooked: NodeDecision | null;
}

function decideGroup(input: PointsInput, macs: MacKnowledge, group: LinkGroup, told: CaptureHints): Decided {
  const { topology, book } = input;
  // a mirrored copy was not taken where its carrier was captured: only the user may know where
  const isCopy = group.facts.every(({ link }) => link.carried);
  const hints = isCopy ? { ...told, said: null, veth: null, cooked: null } : told;
  const found = decideNode(input, macs, group, hints);
  const node = found?.node ?? null;
  const device = isCopy ? null : (group.interfaceName ?? deviceByIndex(node, group));
  const { said } = hints;
  const sameNode = said !== null && said.node === (node ?? said.node);
  const fileDevice = sameNode ? saidDevice(group, said) : null;
  const decision = decideRole({
    facts: group.facts,
    topology,
    macs,
    node,
    userInterface: hints.rule?.interface ?? null,
    device,
    fileDevice,
    perFrame: group.perFrame,
    ownerOf: book.ownerOf,
  });
  const veth = hints.rule?.interface ?? device ?? hints.veth;
  const late =
    found ?? (decision.role === 'workload' ? nodeByPod(group.facts, book, topology, veth) : null) ?? saidNode(said);
  const notes = [...decision.contradictions];
  if (said !== null && said.node !== null && late !== null && late.node !== said.node) {
    notes.push(`${said.says} ${said.name}, but ${late.evidence.detail}: taken as ${late.node.name}'s`);
  }
  // a name that the snapshot does not have is still whose it is, where nothing else tells
  const nameless = late === null && hints.rule === null ? said : null;
  const evidence = [...inReadingOrder(decision.evidence, late), ...(nameless === null ? [] : [nameless.evidence])];
  const point: Point = {
    interface: hints.rule?.interface ?? device ?? fileDevice,
    index: group.index,
    node: late?.node.name ?? hints.rule?.node ?? nameless?.name ?? null,
    role: decision.role,
    evidence: [...evidence, ...notes.map((detail) => ({ source: 'contradiction', detail }))],
    packets: group.facts.reduce((sum, f) => sum + f.link.packets, 0),
    capture: group.capture,
    local: 0,
    topologyNode: late?.node ?? null,
    pod: said?.node != null && said.node === late?.node ? null : (late?.pod ?? null),
    mac: decision.role === 'underlay' ? ownMac(group, late?.node ?? null, macs) : null,
  };
  return { point, group, links: [...group.links], notes };
}

/** By the frames, else by whose place it is: of two MACs that are in every frame, the one that alone received for that node. */
function ownMac(frames: HomeFrames, node: Node | null, macs: MacKnowledge): string | null {
  const found = homeMac(frames, macs)?.mac ?? null;
  if (found !== null || node === null) return found;
  const all = new Set(frames.facts.flatMap(({ link }) => [link.src, link.dst]).filter(isUnicast));
  const own = [...all].filter((mac) => !macs.isShared(mac) && macs.homeNode(mac) === node);
  return own.length === 1 ? (own[0] ?? null) : null;
}

/** Whose place it is first, if packets tell: that is what people look for; then what makes it an underlay, tunnel or workload. */
function inReadingOrder(ofRole: readonly Evidence[], node: NodeDecision | null): Evidence[] {
  if (node === null) return [...ofRole];
  return SAID_SOURCES.has(node.evidence.source) ? [...ofRole, node.evidence] : [node.evidence, ...ofRole];
}

function decideNode(
  input: PointsInput,
  macs: MacKnowledge,
  group: LinkGroup,
  hints: CaptureHints,
): NodeDecision | null {
  if (hints.rule !== null) {
    const node = input.topology?.nodeByName(hints.rule.node) ?? null;
    if (node !== null) return { node, evidence: { source: 'user', detail: `--at says ${hints.rule.node}` } };
  }
  return hints.cooked ?? nodeByMacs(group, macs) ?? null;
}

function saidNode(said: Said | null): NodeDecision | null {
  return said === null || said.node === null ? null : { node: said.node, evidence: said.evidence };
}

/** A cooked capture is one node's: all its interfaces speak together. */
function captureNode(groups: readonly LinkGroup[], macs: MacKnowledge): NodeDecision | null {
  const facts = groups.flatMap((g) => g.facts).filter((f) => f.link.packetType !== null);
  if (facts.length === 0) return null;
  return nodeByOutgoing(facts, macs) ?? nodeByOuterEnds(facts);
}

/** The device that was said: the one named, or for a cooked capture what its node calls the ifindex. */
function saidDevice(group: LinkGroup, said: Said): string | null {
  if (group.perFrame) return null;
  return group.index === null ? said.interface : deviceByIndex(said.node, group);
}

function deviceByIndex(node: Node | null, group: LinkGroup): string | null {
  const ifindex = group.facts[0]?.link.ifindex ?? null;
  if (node === null || ifindex === null) return null;
  return node.links.find((l) => l.ifindex === ifindex)?.name ?? null;
}

/** The rule for a capture: its path as given, else its base name. */
function atRule(rules: readonly AtRule[], path: string): AtRule | null {
  return rules.find((r) => r.file === path) ?? rules.find((r) => isFileOf(r.file, path)) ?? null;
}
