// What the judging of every flow shares, and the questions that several stages ask of it.

import type { Clocks } from '../attribution/clocks/clocks.ts';
import type { CountInput } from '../attribution/count-flow.ts';
import type { QuestionsByFlow } from '../attribution/exchange/questions-by-flow.ts';
import type { TrackedConnections } from '../attribution/exchange/tracked-connections.ts';
import type { FilterHint } from '../attribution/filter/filter-hint.ts';
import type { KeptOut } from '../attribution/filter/kept-out.ts';
import type { PathFacts } from '../attribution/path-facts.ts';
import type { Points } from '../attribution/points/points.ts';
import type { AtRule, CaptureHints } from '../attribution/points/points-input.ts';
import type { Expected, Via } from '../attribution/vocabulary.ts';
import type { LearnedVteps } from '../attribution/who/learned-vteps.ts';
import type { Directory, Who } from '../attribution/who/who.ts';
import type { WireguardWays } from '../attribution/wireguard-ways.ts';
import type { CaptureCounters } from '../flow/capture-counters.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import type { IcmpError } from '../flow/rare/icmp-errors.ts';
import type { Node, Topology } from '../topology/model.ts';
import type { PolicyLog } from '../topology/policies/policy-log.ts';
import type { Arrivals } from './arrivals.ts';
import type { ModeChanges } from './cause/mode-change.ts';
import type { LostInNode } from './delivery/lost-in-node.ts';
import type { Rejections } from './delivery/rejections.ts';
import type { Translations } from './delivery/source-translations.ts';
import type { DnsTroubles } from './flow/dns-trouble.ts';
import type { InsideNode } from './flow/inside-node.ts';
import type { Settings } from './flow/overlay-in-use.ts';
import type { SourceConflicts } from './flow/source-conflicts.ts';

export interface AnalysisInput {
  table: FlowTable;
  captures: readonly CaptureCounters[];
  topology: Topology | null;
  /** The same table was analysed before: what joins pieces of captures in it was done then. */
  isAgain?: true;
  at: readonly AtRule[];
  hints?: CaptureHints;
  unfiltered: readonly string[];
  vxlanVNI: number | null;
  vxlanPorts: readonly number[];
}

/** What every flow's judging shares. */
export interface Shared {
  input: AnalysisInput;
  points: Points;
  clocks: Clocks;
  pathFacts: PathFacts;
  who: Directory;
  expect: (src: Who, dst: Who) => Expected;
  settings: Settings;
  filters: readonly (FilterHint | null)[];
  /** Of captures that may be of different nodes, or pieces of one. */
  possibleFilters: readonly (FilterHint | null)[];
  changes: ModeChanges;
  counting: CountInput;
  /** Echo requests and DNS queries by flow; summed up when first asked for. */
  readonly questions: QuestionsByFlow;
  dns: DnsTroubles;
  /** Names of services by their addresses. */
  services: ReadonlyMap<string, string>;
  /** The service that became a pod. */
  viaOf: (flow: number) => Via | null;
  /** What nodes' connection tracking has of a flow. */
  tracked: TrackedConnections;
  reverseVisible: (flow: number) => boolean;
  /** Whether its only question was there right before the captures ended. */
  isJustAsked: (flow: number) => boolean;
  errorsOf: ReadonlyMap<number, readonly IcmpError[]>;
  /** Of tunnel packets. */
  rejections: Rejections;
  paths: readonly string[];
  /** Set once both ends were counted; null with captures of one end only. */
  arrivals: Arrivals | null;
  inside: InsideNode;
  lostInNode: LostInNode;
  translations: Translations;
  conflicts: SourceConflicts;
  /** Null without a flow log. */
  policyLog: PolicyLog | null;
  learned: LearnedVteps;
  encrypts: WireguardWays;
  /** Nodes, by index, on whose NICs the snaplen hid whose packets they were. */
  cutShort: ReadonlySet<number>;
  keptOut: KeptOut;
  /** Whether a capture has packets twice: a mirror's, or a merge of several. */
  hasCopies(capture: number): boolean;
  adviceFor(node: Node | null): string;
}

/** Who stands behind both addresses of a flow. */
export function whoOfFlow({ who }: Pick<Shared, 'who'>, flow: number): { src: Who; dst: Who } {
  return { src: who.whoOf(who.source[flow] ?? -1), dst: who.whoOf(who.destination[flow] ?? -1) };
}

/** Both ends of a flow (of the opposite direction when `reversed`), and what was to be expected between them. */
export function endsOf(
  { who, expect }: Pick<Shared, 'who' | 'expect'>,
  flow: number,
  reversed = false,
): { src: Who; dst: Who; expected: Expected } {
  const ends = whoOfFlow({ who }, flow);
  const [src, dst] = reversed ? [ends.dst, ends.src] : [ends.src, ends.dst];
  return { src, dst, expected: expect(src, dst) };
}

export function isInScope(src: Who, dst: Who, expected: Expected): boolean {
  const podOrTunnel = (who: Who): boolean => who.kind === 'pod' || who.kind === 'tunnel';
  return (
    (podOrTunnel(src) || podOrTunnel(dst)) && expected.encapsulation !== null && expected.encapsulation !== 'local'
  );
}
