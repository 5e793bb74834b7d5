// What a packet's comment says of its flow: verdict, finding, the letter of the problem, what was expected. Wireshark finds it by
// `frame.comment contains "VIOLATION"`.
import type { Expected } from '../../attribution/vocabulary.ts';
import { addUnder } from '../../net/multi-map.ts';
import type { Cause, Finding, Trace, TracedFlow } from '../../verdict/trace-types.ts';

/** What comments begin with, for filters and colours. */
export const COMMENT_MARK = {
  violation: 'overlens: VIOLATION',
  warning: 'overlens: WARNING',
  unverifiable: 'overlens: unverifiable',
} as const;

/** Flows whose comments are kept at hand. */
const MOST_KEPT = 16_384;
/** Characters of a sentence about a flow. */
const LONGEST = 600;
const NONE: readonly string[] = [];

/** Made once per flow, for as long as there is room. */
export class FlowComments {
  readonly #trace: Trace;
  readonly #causes: Map<number, Cause[]>;
  readonly #capped: readonly Cause[];
  readonly #known = new Map<number, readonly string[]>();

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#causes = new Map();
    for (const cause of trace.causes) for (const id of cause.flowIds) addUnder(this.#causes, id, cause);
    this.#capped = trace.causes.filter(({ flows, flowIds }) => flows > flowIds.length);
  }

  /** By the flow's id; empty where all is well, and where nobody has to judge it. */
  of(id: number): readonly string[] {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST_KEPT) this.#known.clear();
    const made = this.#make(id);
    this.#known.set(id, made);
    return made;
  }

  #make(id: number): readonly string[] {
    const brief = this.#trace.flows.brief?.(id);
    if (brief?.verdict === 'ok' && brief.codes.length === 0) return NONE;
    const flow = this.#trace.flow(id);
    if (flow === null) return NONE;
    const findings = new Map(flow.findings.toReversed().map((finding) => [finding.code, finding]));
    const said = [...findings.values()].reverse().map((finding) => this.#findingText(flow, finding));
    const { verdict, unverified, inScope, expected } = flow;
    if (verdict !== 'unverifiable' || !inScope || unverified === null) return said;
    const { reason, detail } = unverified;
    return [
      sentence([`${COMMENT_MARK.unverifiable} ${reason}`, expectedText(expected), detail, `flow ${id}`]),
      ...said,
    ];
  }

  #findingText(flow: TracedFlow, { code, severity, message }: Finding): string {
    const id = this.#causeOf(flow, code)?.id;
    const head = `${COMMENT_MARK[severity]} ${code}${id === undefined ? '' : ` ${id}`}`;
    const expected = severity === 'violation' ? [expectedText(flow.expected)] : [];
    return sentence([head, ...expected, message, `flow ${flow.id}`]);
  }

  /** A cause lists its first flows only: beyond them, those between its nodes are its own. */
  #causeOf(flow: TracedFlow, code: Finding['code']): Cause | undefined {
    const isOf = (cause: Cause): boolean => cause.code === code;
    const fits = ({ fromNode, toNode }: Cause): boolean =>
      (fromNode === null || fromNode === flow.src.node) && (toNode === null || toNode === flow.dst.node);
    return this.#causes.get(flow.id)?.find(isOf) ?? this.#capped.find((cause) => isOf(cause) && fits(cause));
  }
}

/** `expected vxlan (pool default, pool-always)`. */
export function expectedText({ encapsulation, pool, reason }: Expected): string {
  const by = pool === null ? reason : `pool ${pool}, ${reason}`;
  return `expected ${EXPECTED_WORDS[encapsulation ?? 'unknown']} (${by})`;
}

const EXPECTED_WORDS: Readonly<Record<NonNullable<Expected['encapsulation']> | 'unknown', string>> = {
  vxlan: 'vxlan',
  ipip: 'ipip',
  wireguard: 'wireguard',
  none: 'no tunnel',
  local: 'to stay on its node',
  unknown: 'nothing that is known',
};

/** One line: names of a snapshot may hold anything. */
function sentence(parts: readonly string[]): string {
  return parts
    .map((part) => {
      const line = part.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
      return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
    })
    .join('; ');
}
