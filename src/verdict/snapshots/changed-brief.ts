// A flow as one analysis has it, with some of its answers replaced.
import type { Finding, FlowBrief, TracedFlow } from '../trace-types.ts';

export interface Changes
  extends Partial<
    Pick<
      FlowBrief,
      'id' | 'conversation' | 'src' | 'dst' | 'verdict' | 'unverified' | 'expected' | 'inScope' | 'judgedBy'
    >
  > {
  findings?: (flow: TracedFlow) => readonly Finding[];
}

export class ChangedBrief implements FlowBrief {
  readonly #base: FlowBrief;
  readonly #changes: Changes;
  #whole: TracedFlow | null = null;

  constructor(base: FlowBrief, changes: Changes) {
    this.#base = base;
    this.#changes = changes;
  }

  whole(): TracedFlow {
    this.#whole ??= this.#made();
    return this.#whole;
  }

  #made(): TracedFlow {
    const flow = this.#base.whole();
    const { src, dst, findings, judgedBy: _, ...rest } = this.#changes;
    return {
      ...flow,
      ...rest,
      src: src === undefined ? flow.src : { ...src, port: flow.src.port },
      dst: dst === undefined ? flow.dst : { ...dst, port: flow.dst.port },
      findings: findings?.(flow) ?? flow.findings,
    };
  }

  get id() {
    return this.#changes.id ?? this.#base.id;
  }
  get conversation() {
    return this.#changes.conversation ?? this.#base.conversation;
  }
  get src() {
    return this.#changes.src ?? this.#base.src;
  }
  get dst() {
    return this.#changes.dst ?? this.#base.dst;
  }
  get expected() {
    return this.#changes.expected ?? this.#base.expected;
  }
  get verdict() {
    return this.#changes.verdict ?? this.#base.verdict;
  }
  get unverified() {
    return this.#changes.unverified ?? this.#base.unverified;
  }
  get inScope() {
    return this.#changes.inScope ?? this.#base.inScope;
  }
  /** What its packets raise by themselves is asked of the flow. */
  get codes() {
    if (this.#changes.findings === undefined) return this.#base.codes;
    return [...new Set(this.whole().findings.map(({ code }) => code))];
  }
  get judgedBy() {
    return this.#changes.judgedBy ?? this.#base.judgedBy;
  }
  get protocol() {
    return this.#base.protocol;
  }
  get srcPort() {
    return this.#base.srcPort;
  }
  get dstPort() {
    return this.#base.dstPort;
  }
  get observed() {
    return this.#base.observed;
  }
  get packets() {
    return this.#base.packets;
  }
  get packetsBetween() {
    return this.#base.packetsBetween;
  }
  get bytes() {
    return this.#base.bytes;
  }
  get tcp() {
    return this.#base.tcp;
  }
  get transportData() {
    return this.#base.transportData;
  }
  get outcome() {
    return this.#base.outcome;
  }
  get asked() {
    return this.#base.asked;
  }
  get slowest() {
    return this.#base.slowest;
  }
  get exchange() {
    return this.#base.exchange;
  }
  get arrival() {
    return this.#base.arrival;
  }
  places() {
    return this.#base.places();
  }
  lostOnWay() {
    return this.#base.lostOnWay();
  }
  onceAt(node: string) {
    return this.#base.onceAt(node);
  }
  span() {
    return this.#base.span();
  }
}
