// What `explain` gathers of one packet before anything is drawn: the contract between the stages and the renderers. Text in it
// is raw (not escaped, names in full); places in the packet are offsets from the start of the frame.

import type { Endpoint, Expected, PointRole } from '../attribution/vocabulary.ts';
import type { ChecksumView } from '../decode/view/checksums.ts';
import type { FieldView } from '../decode/view/field-view.ts';
import type { FrameEncapsulation } from '../flow/frame-records.ts';
import type { Evidence, SourceRef } from '../topology/model.ts';
import type { Finding, Unverified, Verdict } from '../verdict/trace-types.ts';
import type { Part } from '../wire/header.ts';

/** Bytes of the frame. */
export interface Span {
  offset: number;
  length: number;
}

/** Whose header it is. `carrier`: a tunnel that only brought a copy; `only`: a plain packet; `quoted`: inside an ICMP error. */
export type Side = 'carrier' | 'outer' | 'inner' | 'only' | 'quoted';

/** `usual` needs no comment; `notable` is unusual or surprising and explained; `wrong` should not be. */
export type Look = 'usual' | 'notable' | 'wrong';

/** A field of a header, with the judgement of its checksum if it is one. */
export interface ExplainedField extends FieldView {
  checksum: ChecksumView | null;
}

/** A piece of the frame: all of them tile it, from its first byte to the last one on the wire. */
export interface ExplainedLayer {
  /** From 1: the key of legend, drawing and hex dump. */
  id: number;
  /** As tshark's frame.protocols has it; `payload`, `padding`, `missing` (cut off by the capture) for what is no header. */
  protocol: string;
  kind: 'header' | 'payload' | 'padding' | 'missing';
  /** `Ethernet`, `IPv4`, `VXLAN`; and for narrow places `Eth`, `IP`. */
  title: string;
  short: string;
  side: Side;
  offset: number;
  length: number;
  /** `RFC 791 §3.1`; null for what is no header. */
  spec: string | null;
  fields: readonly ExplainedField[];
  /** Definitions with their places in the frame: for bit diagrams. */
  parts: readonly Part[];
}

/** One value of the table with what it means. */
export interface Cell {
  value: string;
  meaning: string | null;
  /** Wireshark's name; null for a value that is computed or is not in the packet. */
  field: string | null;
  span: Span | null;
  look: Look;
}

export interface Column {
  side: Side;
  /** `OUTER: node to node`. */
  title: string;
}

/** One line of the side-by-side table: a cell per column, null where that side has no such value. */
export interface Row {
  label: string;
  cells: readonly (Cell | null)[];
}

/** What is unusual, and why. */
export interface Note {
  /** Kebab-case and stable. */
  code: string;
  look: 'notable' | 'wrong';
  title: string;
  text: string;
  span: Span | null;
}

/** Which bytes of the packet a line of a table became. */
export interface Became extends Span {
  /** Wireshark's name. */
  field: string;
  value: string;
  side: Side;
}

/** One step of how the sender decided. */
export interface DecisionStep {
  /** `pool`, `subnet`, `keys`, `route`, `neighbour`, `fdb`, `device`, `next-hop`. */
  step: string;
  /** `FDB`: for people. */
  label: string;
  /** The line as the snapshot has it; null when it has none. */
  text: string | null;
  ref: SourceRef | null;
  /** `differs`: the line is right by itself, but the packet says otherwise. */
  status: 'ok' | 'wrong' | 'missing' | 'unknown' | 'differs';
  note: string | null;
  became: readonly Became[];
}

export interface Decision {
  /** Who decided; null when it is not known. */
  node: string | null;
  steps: readonly DecisionStep[];
  /** What the steps are worth: `decided` it became this packet, `upcoming` the packet is not there yet, `past` it was done before. */
  when: 'decided' | 'upcoming' | 'past';
  /** In a sentence, why there are no steps or what they leave open; null when there is nothing to add. */
  comment: string | null;
}

/** The same packet seen elsewhere, or one that belongs to it. */
export interface Related {
  /** `copy`: at another place, or in another capture of its own. */
  kind: 'copy' | 'answer' | 'request' | 'first-fragment';
  /** Index into the captures, path, packet number. */
  capture: number;
  path: string;
  number: number;
  encapsulation: FrameEncapsulation;
  place: Place;
  /** Seconds after the explained packet, by one clock; null without times, and where nothing compares the clocks. */
  after: number | null;
}

/** Where the packet was captured. */
export interface Place {
  role: PointRole;
  node: string | null;
  interface: string | null;
  evidence: readonly Evidence[];
}

/** What a tunnel adds to an IP packet. */
export interface Overhead {
  bytes: number;
  parts: readonly { name: string; bytes: number }[];
}

export interface Explanation {
  capture: { index: number; path: string };
  number: number;
  /** How it was chosen: `number`, `filter` (the first that fits), `finding`, `first`. */
  chosenBy: 'number' | 'filter' | 'finding' | 'first';
  chosenText: string;
  /** RFC 3339; null when the capture has no times. */
  time: string | null;
  /** The lines of each of its comments. */
  comments: readonly (readonly string[])[];
  captured: number;
  original: number;
  linkType: number;
  place: Place;
  outcome: string;
  encapsulation: FrameEncapsulation;
  /** What the packet does, in one sentence; then who, why and what follows. */
  headline: string;
  story: readonly string[];
  /** Null when the packet belongs to no flow (ARP, unsupported). */
  flow: ExplainedFlow | null;
  layers: readonly ExplainedLayer[];
  overhead: Overhead | null;
  columns: readonly Column[];
  rows: readonly Row[];
  notes: readonly Note[];
  decision: Decision | null;
  related: readonly Related[];
  /** Commands to go on with. */
  next: readonly string[];
  /** The captured bytes. */
  bytes: Uint8Array;
  /** Names of all nodes, for shortening; and the folder that all files of the snapshot are in. */
  nodeNames: readonly string[];
  snapshotRoot: string;
  hasSnapshot: boolean;
}

/** The flow the packet is of, as `trace` has it. */
export interface ExplainedFlow {
  id: number;
  protocol: string;
  src: Endpoint;
  dst: Endpoint;
  expected: Expected;
  verdict: Verdict;
  unverified: Unverified | null;
  findings: readonly Finding[];
}
