// A flow of the table as totals, verdicts and tables need it, without its object: what its class shares, and arithmetic on its own record.
// Sentences, observations and times are made only for flows that are shown (`whole()`).

import { momentOnReference } from '../attribution/clocks/clocks.ts';
import { countFlow, type FlowCounts, rangeOf, tcpOf, transportDataOf } from '../attribution/count-flow.ts';
import { askedBy, slowestAnswer } from '../attribution/exchange/exchange.ts';
import type { Asked, Exchange, Expected, FlowTcp, Observed, Outcome } from '../attribution/vocabulary.ts';
import { type Directory, endpointOf, type Who } from '../attribution/who/who.ts';
import { FLOW_MARK as MARK } from '../flow/rows/flow-marks.ts';
import { protocolName } from '../net/protocol-name.ts';
import type { Moment } from '../net/time.ts';
import type { FindingCode } from './codes.ts';
import { arrivalOf, lostOnWay, onNics } from './delivery/flow-arrival.ts';
import { mayLosePart } from './delivery/part-lost.ts';
import { mayStall } from './delivery/stalled.ts';
import { flowExchange, flowOutcome } from './flow-exchange.ts';
import type { JudgedClass } from './judged-classes.ts';
import { type Shared, whoOfFlow } from './judging-context.ts';
import { mayBeDenied } from './policy/policy-of-flow.ts';
import type { FlowBrief, FlowEnd, PacketRange, TracedFlow, Unverified, Verdict } from './trace-types.ts';

const NO_CODES: readonly FindingCode[] = [];
const TCP = 6;
const DNS_PORT = 53;
/** Fewer large segments sent again are no black hole (flow/warnings.ts). */
const LARGE_AGAIN = 3;

/** What briefs of one analysis share. */
export interface BriefContext {
  shared: Shared;
  classOf(flow: number): JudgedClass;
  /** By the number that the directory has for it. */
  endOf(person: number): FlowEnd;
  make(): TracedFlow;
}

/** The flow `flow` of the table, listed with that id. */
export class TableBrief implements FlowBrief {
  readonly id: number;
  readonly conversation: number;
  readonly #flow: number;
  readonly #context: Omit<BriefContext, 'make'>;
  readonly #make: () => TracedFlow;
  #whole: TracedFlow | null = null;
  #own: boolean | null = null;
  #counts: FlowCounts | null = null;
  #outcome: Outcome | null | undefined = undefined;
  #exchange: Exchange | null = null;

  constructor(
    context: Omit<BriefContext, 'make'>,
    { flow, id, conversation, make }: { flow: number; id: number; conversation: number; make: () => TracedFlow },
  ) {
    this.#context = context;
    this.#flow = flow;
    this.#make = make;
    this.id = id;
    this.conversation = conversation;
  }

  whole(): TracedFlow {
    this.#whole ??= this.#make();
    return this.#whole;
  }

  get #class(): JudgedClass {
    return this.#context.classOf(this.#flow);
  }

  /** A class that packets of one flow may tell differently from another's. */
  get #isSingular(): boolean {
    return !this.#class.regular;
  }

  get protocol(): string {
    return protocolName(this.#context.shared.input.table.protocolOf(this.#flow));
  }

  get src(): FlowEnd {
    return this.#context.endOf(this.#context.shared.who.source[this.#flow] ?? -1);
  }

  get dst(): FlowEnd {
    return this.#context.endOf(this.#context.shared.who.destination[this.#flow] ?? -1);
  }

  get srcPort(): number | null {
    return this.#context.shared.input.table.sourcePortOf(this.#flow);
  }

  get dstPort(): number | null {
    return this.#context.shared.input.table.destinationPortOf(this.#flow);
  }

  get observed(): Observed {
    return this.#isSingular ? this.whole().observed : this.#class.observed;
  }

  get expected(): Expected {
    return this.#isSingular ? this.whole().expected : this.#class.expected;
  }

  get verdict(): Verdict {
    return this.#isSingular ? this.whole().verdict : this.#class.verdict;
  }

  get unverified(): Unverified | null {
    return this.#isSingular ? this.whole().unverified : this.#class.unverified;
  }

  get inScope(): boolean {
    return this.#isSingular ? this.whole().inScope : this.#class.inScope;
  }

  get codes(): readonly FindingCode[] {
    if (!this.#isSingular && !this.#mayHaveOwn()) return this.#class.codes;
    const { findings } = this.whole();
    return findings.length === 0 ? NO_CODES : [...new Set(findings.map((finding) => finding.code))];
  }

  get packets(): number {
    return this.#count().packets;
  }

  get packetsBetween(): PacketRange | null {
    return rangeOf(this.#count());
  }

  get bytes(): number {
    return this.#count().bytes;
  }

  get tcp(): Omit<FlowTcp, 'handshake'> | null {
    const { table } = this.#context.shared.input;
    if (table.protocolOf(this.#flow) !== TCP) return null;
    return tcpOf(table, this.#count().rows);
  }

  get transportData(): number {
    return transportDataOf(this.#context.shared.input.table, this.#flow, this.#count().rows);
  }

  get outcome(): Outcome | null {
    if (this.#outcome === undefined) this.#outcome = flowOutcome(this.#context.shared, this.#flow, this.arrival);
    return this.#outcome;
  }

  get asked(): Asked | null {
    return askedBy(this.#context.shared, this.#flow, this.#count().rows);
  }

  get slowest(): number {
    return slowestAnswer(this.#context.shared, this.#flow);
  }

  get exchange(): Exchange {
    this.#exchange ??= flowExchange(this.#context.shared, this.#flow, this.outcome, this.#count());
    return this.#exchange;
  }

  get arrival(): TracedFlow['arrival'] {
    const { shared } = this.#context;
    if (shared.arrivals === null) return null;
    const { src, dst } = whoOfFlow(shared, this.#flow);
    return arrivalOf(shared, this.#flow, src, dst);
  }

  places(): { capture: number; point: number; packets: number }[] {
    const { table } = this.#context.shared.input;
    const { rows } = table;
    const found: { capture: number; point: number; packets: number }[] = [];
    for (let row = table.firstRow(this.#flow); row >= 0; row = rows.next(row)) {
      const point = this.#context.shared.pathFacts.point[rows.path(row)];
      if (point != null)
        found.push({
          capture: point.capture,
          point: point.local,
          packets: rows.distinct(row),
        });
    }
    return found;
  }

  lostOnWay(): number {
    const { shared } = this.#context;
    const { src, dst } = whoOfFlow(shared, this.#flow);
    return lostOnWay(shared, this.#flow, { src, dst, arrival: this.arrival });
  }

  onceAt(node: string): number {
    return onNics(this.#context.shared, this.#flow, node).packets;
  }

  span(): { first: number; last: number } {
    const { clocks, input } = this.#context.shared;
    const { table } = input;
    const { rows } = table;
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let row = table.firstRow(this.#flow); row >= 0; row = rows.next(row)) {
      const capture = table.links.captureOf(table.linkOf(row));
      const start = milliseconds(momentOnReference(clocks, capture, rows.firstMoment(row)));
      const end = milliseconds(momentOnReference(clocks, capture, rows.lastMoment(row)));
      if (start < first) first = start;
      if (end > last) last = end;
    }
    return first > last ? { first: Number.NaN, last: Number.NaN } : { first, last };
  }

  #count(): FlowCounts {
    this.#counts ??= countFlow(this.#context.shared.counting, this.#flow);
    return this.#counts;
  }

  /** Whether anything of the flow's own can raise a finding: only then its object is made to see. */
  #mayHaveOwn(): boolean {
    this.#own ??= this.#mayWarn() || this.#isDeniable() || (this.#isQuestion() && this.#mayHaveStopped());
    return this.#own;
  }

  /** Where an answer could not have been seen, silence alone tells nothing: only what stops packets would. */
  #mayHaveStopped(): boolean {
    const { outcome } = this;
    if (outcome === 'no-answer' || outcome === 'half-open') return true;
    if (outcome !== 'one-way' && outcome !== 'sent-never-arrived') return false;
    const { shared } = this.#context;
    const { table } = shared.input;
    const isAlone = table.rows.next(table.firstRow(this.#flow)) < 0;
    return shared.lostInNode.isKnown || shared.rejections.all.length > 0 || !isAlone;
  }

  /** What may be without an answer, or is one that does not get back. */
  #isQuestion(): boolean {
    return this.#asks() || this.outcome === 'half-open';
  }

  /** SYNs and echo requests. */
  #asks(): boolean {
    return (this.#context.shared.input.table.marks[this.#flow]! & MARK.requests) !== 0;
  }

  #isDeniable(): boolean {
    const { shared } = this.#context;
    return shared.policyLog !== null && mayBeDenied(shared, this.#flow, this.outcome);
  }

  #mayWarn(): boolean {
    const { shared } = this.#context;
    const { table } = shared.input;
    if (shared.errorsOf.has(this.#flow) || shared.rejections.quotes(this.#flow)) return true;
    if (shared.translations.has(this.#flow) || mayStall(table, this.#flow) || mayLosePart(shared, this.#flow))
      return true;
    if (table.destinationPortOf(this.#flow) === DNS_PORT && shared.dns.of(this.#flow) !== null) return true;
    const { src, dst } = whoOfFlow(shared, this.#flow);
    if (shared.conflicts.about(src, dst) !== null) return true;
    const marks = table.marks[this.#flow]!;
    if (marks & (MARK.outerFragments | MARK.circles)) return true;
    return (marks & (MARK.largeAgain | MARK.wrongChecksums)) !== 0 && this.#mayDoubt(dst.node);
  }

  /** Whether large segments were sent again often, or checksums are wrong at the receiver's NIC, where they are final. */
  #mayDoubt(receiver: Who['node']): boolean {
    const { shared } = this.#context;
    const { table } = shared.input;
    const { rows } = table;
    let again = 0;
    let wrong = 0;
    for (let row = table.firstRow(this.#flow); row >= 0; row = rows.next(row)) {
      again += rows.largeRetransmissions(row);
      const point = shared.pathFacts.point[rows.path(row)];
      if (point?.topologyNode === receiver) wrong += rows.checksumsWrong(row);
    }
    return again >= LARGE_AGAIN || wrong > 1;
  }
}

function milliseconds({ seconds, nanos }: Moment): number {
  return seconds * 1000 + Math.floor(nanos / 1e6);
}

/** An end, made once. */
export function createEnds(who: Directory): (person: number) => FlowEnd {
  const known: (FlowEnd | undefined)[] = [];
  return (person) => {
    let end = known[person];
    if (end === undefined) {
      const { port: _, ...rest } = endpointOf(who.whoOf(person), null);
      end = rest;
      known[person] = end;
    }
    return end;
  };
}
