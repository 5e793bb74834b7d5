// What the user asked for: the filters of `trace` and what each means, of flows and of single packets (design section 7). Values of
// one filter are alternatives, different filters must all hold; what fits a negated one is left out.

import type { Endpoint } from '../attribution/vocabulary.ts';
import { OverlensError } from '../errors.ts';
import { type Cidr, cidrContains, parseCidrOrIp } from '../net/cidr.ts';
import { smallestOf } from '../net/extremes.ts';
import { parseIp } from '../net/ip.ts';
import { flowExpression } from './filter/flow-expression.ts';
import { type LabelSelector, type PodLabels, parseSelector, selectorFits } from './filter/label-selector.ts';
import type { FlowBrief } from './trace-types.ts';

/** What can be asked for, and by `not` be kept out. */
export interface FilterKinds {
  /** `[NAMESPACE/]PREFIX` of a pod's name, at either end, as sender, as receiver. */
  pod?: readonly string[];
  fromPod?: readonly string[];
  toPod?: readonly string[];
  /** Of a pod or service at either end. */
  namespace?: readonly string[];
  /** Label selectors of a pod at either end: `app=web,tier!=db`. */
  label?: readonly string[];
  node?: readonly string[];
  /** Addresses or CIDRs at either end, of the sender, of the receiver. */
  ip?: readonly string[];
  fromIp?: readonly string[];
  toIp?: readonly string[];
  port?: readonly number[];
  protocol?: readonly string[];
  encapsulation?: readonly string[];
  verdict?: readonly string[];
  /** Finding codes, or ids of causes (`A`). */
  finding?: readonly string[];
  outcome?: readonly string[];
  /** Seconds that an answer took, or a handshake. */
  slowerThan?: readonly number[];
}

export interface FlowFilter extends FilterKinds {
  /** What fits any of these is left out. */
  not?: FilterKinds;
  /** Of tcpdump (net/capture-expression.ts), on inner headers. */
  expression?: string;
  /** Flows by their id, each with its other direction. */
  flow?: readonly number[];
  /** Of the conversations that fit, the first or last so many to begin. */
  first?: number;
  last?: number;
}

/** The flows of a cause by its id; null when there is no such cause. */
export type CauseMembers = (id: string) => ((flow: FlowBrief) => boolean) | null;

/** Filters about one end that it fits, as bits. */
export const END_FITS = {
  pod: 1,
  fromPod: 2,
  toPod: 4,
  node: 8,
  ip: 16,
  fromIp: 32,
  toIp: 64,
  namespace: 128,
  label: 256,
} as const;

/** Filters that hold for either end, for the sender, for the receiver. */
const EITHER = END_FITS.pod | END_FITS.node | END_FITS.ip | END_FITS.namespace | END_FITS.label;
const SENDER = END_FITS.fromPod | END_FITS.fromIp;
const RECEIVER = END_FITS.toPod | END_FITS.toIp;

/** What filters ask of one end of a flow or packet; `node` by its name. */
export type FilteredEnd = Pick<Endpoint, 'ip' | 'namespace' | 'pod' | 'candidates' | 'node'>;

/** What each filter means, of flows and of packets alike. One that is absent or empty fits everything. */
export class FilterTerms {
  readonly #filter: FilterKinds;
  readonly #ranges: Record<'ip' | 'fromIp' | 'toIp', readonly Cidr[]>;
  readonly #selectors: readonly LabelSelector[];
  readonly #labelsOf: PodLabels;
  readonly #encapsulations: ReadonlySet<string>;
  /** END_FITS bits of the filters that are given. */
  readonly #asked: number;

  /** @throws OverlensError E_USAGE for an address or selector that cannot be read. */
  constructor(filter: FilterKinds, labelsOf: PodLabels = () => null) {
    this.#filter = filter;
    const ranges = (option: string, texts: readonly string[] = []): Cidr[] =>
      texts.map((text) => parseIpFilter(text, option));
    this.#ranges = {
      ip: ranges('--ip', filter.ip),
      fromIp: ranges('--from-ip', filter.fromIp),
      toIp: ranges('--to-ip', filter.toIp),
    };
    this.#selectors = (filter.label ?? []).map(parseSelector);
    this.#labelsOf = labelsOf;
    this.#encapsulations = new Set(filter.encapsulation?.map((kind) => (kind === 'plain' ? 'none' : kind)));
    let asked = 0;
    for (const [name, bit] of Object.entries(END_FITS)) if (filter[name as keyof typeof END_FITS]?.length) asked |= bit;
    this.#asked = asked;
  }

  /** Whether anything is asked about ends. */
  get asksEnds(): boolean {
    return this.#asked !== 0;
  }

  /** END_FITS bits of one end, whichever of the two it is. */
  bitsOf(end: FilteredEnd): number {
    const { pod = [], fromPod = [], toPod = [], node = [], namespace = [] } = this.#filter;
    const { ip, fromIp, toIp } = this.#ranges;
    let bits = 0;
    if (pod.some((value) => matchesPod(end, value))) bits |= END_FITS.pod;
    if (fromPod.some((value) => matchesPod(end, value))) bits |= END_FITS.fromPod;
    if (toPod.some((value) => matchesPod(end, value))) bits |= END_FITS.toPod;
    if (namespace.some((value) => isOfNamespace(end, value))) bits |= END_FITS.namespace;
    if (this.#selectors.some((selector) => this.#hasLabels(end, selector))) bits |= END_FITS.label;
    if (node.length > 0 && this.fitsNode(end.node)) bits |= END_FITS.node;
    if (ip.some((range) => holds(range, end.ip))) bits |= END_FITS.ip;
    if (fromIp.some((range) => holds(range, end.ip))) bits |= END_FITS.fromIp;
    if (toIp.some((range) => holds(range, end.ip))) bits |= END_FITS.toIp;
    return bits;
  }

  #hasLabels(end: FilteredEnd, selector: LabelSelector): boolean {
    const fits = (namespace: string | null, pod: string | null): boolean => {
      const labels = namespace === null || pod === null ? null : this.#labelsOf(namespace, pod);
      return labels !== null && selectorFits(selector, labels);
    };
    return fits(end.namespace, end.pod) || end.candidates.some((one) => fits(one.namespace, one.pod));
  }

  /** A node by its name or first label. */
  fitsNode(name: string | null): boolean {
    const short = name?.split('.')[0] ?? '';
    return this.#filter.node?.some((value) => value === name || value === short) ?? true;
  }

  /** Whether a sender and a receiver with these END_FITS bits are what was asked for. */
  fitsEnds(source: number, destination: number): boolean {
    const fits = ((source | destination) & EITHER) | (source & SENDER) | (destination & RECEIVER);
    return (this.#asked & ~fits) === 0;
  }

  /** Either port; null where it was cut off. */
  fitsPorts(source: number | null, destination: number | null): boolean {
    const { port = [] } = this.#filter;
    return port.length === 0 || port.some((value) => value === source || value === destination);
  }

  /** By the name that trace gives a protocol. */
  fitsProtocol(name: string): boolean {
    const { protocol = [] } = this.#filter;
    return protocol.length === 0 || protocol.includes(name);
  }

  /** `plain` is another word for `none`. */
  fitsEncapsulation(kind: string): boolean {
    return this.#encapsulations.size === 0 || this.#encapsulations.has(kind);
  }
}

/** A test for flows. @throws OverlensError E_USAGE for an address or selector that cannot be read. */
export function flowFilter(
  filter: FlowFilter,
  membersOf: CauseMembers,
  labelsOf?: PodLabels,
): (flow: FlowBrief) => boolean {
  const wanted = kindsTest(filter, membersOf, labelsOf);
  const unwanted = eachKind(filter.not ?? {}).map((kind) => kindsTest(kind, membersOf, labelsOf));
  const isMeant = filter.expression === undefined ? null : flowExpression(filter.expression);
  return (flow) => wanted(flow) && !unwanted.some((test) => test(flow)) && (isMeant === null || isMeant(flow));
}

/** One filter for each kind that is given. */
export function eachKind(kinds: FilterKinds): FilterKinds[] {
  return Object.entries(kinds).flatMap(([kind, values]) => (values?.length ? [{ [kind]: values }] : []));
}

function kindsTest(
  kinds: FilterKinds,
  membersOf: CauseMembers,
  labelsOf: PodLabels | undefined,
): (flow: FlowBrief) => boolean {
  const terms = new FilterTerms(kinds, labelsOf);
  const bitsOf = rememberBits(terms);
  const { verdict = [], finding = [], outcome = [], slowerThan = [] } = kinds;
  const limit = slowerThan.length === 0 ? null : smallestOf(slowerThan);
  return (flow) =>
    (!terms.asksEnds || terms.fitsEnds(bitsOf(flow.src), bitsOf(flow.dst))) &&
    terms.fitsPorts(flow.srcPort, flow.dstPort) &&
    terms.fitsProtocol(flow.protocol) &&
    terms.fitsEncapsulation(flow.observed.encapsulation) &&
    (verdict.length === 0 || verdict.includes(flow.verdict)) &&
    (finding.length === 0 || finding.some((id) => hasFinding(flow, id, membersOf))) &&
    (outcome.length === 0 || hasOutcome(flow, outcome)) &&
    (limit === null || flow.slowest > limit);
}

/** What was answered and ended by an RST then is found by both words, as the table has them. */
function hasOutcome(flow: FlowBrief, asked: readonly string[]): boolean {
  if (flow.outcome === null) return false;
  return asked.includes(flow.outcome) || (asked.includes('reset') && flow.exchange?.state === 'reset');
}

/** Each end is asked about once: flows share them. */
function rememberBits(terms: FilterTerms): (end: FilteredEnd) => number {
  const known = new Map<FilteredEnd, number>();
  return (end) => {
    let bits = known.get(end);
    if (bits === undefined) {
      bits = terms.bitsOf(end);
      known.set(end, bits);
    }
    return bits;
  };
}

/** Whether any filter is set at all. */
export function isEmptyFilter({ not = {}, first, last, ...lists }: FlowFilter): boolean {
  const isEmpty = (kinds: object): boolean => Object.values(kinds).every((values) => !values?.length);
  return isEmpty(lists) && isEmpty(not) && first === undefined && last === undefined;
}

/** The value of `--ip` and its like. @throws OverlensError E_USAGE when it is no address or CIDR */
export function parseIpFilter(text: string, option = '--ip'): Cidr {
  const cidr = parseCidrOrIp(text);
  if (cidr !== null) return cidr;
  throw new OverlensError('E_USAGE', `${option} ${text}: expected an address or a CIDR`, {
    hint: 'for example 10.48.0.0/24, 10.48.0.130 or fd00::/64',
  });
}

function holds(cidr: Cidr, address: string): boolean {
  const ip = parseIp(address);
  return ip !== null && cidrContains(cidr, ip);
}

/** `[NAMESPACE/]PREFIX` of the pod that has the address, or of one that may have it. */
function matchesPod(end: FilteredEnd, value: string): boolean {
  const slash = value.indexOf('/');
  const namespace = slash < 0 ? null : value.slice(0, slash);
  const prefix = value.slice(slash + 1);
  const fits = (ns: string | null, pod: string | null): boolean =>
    (pod?.startsWith(prefix) ?? false) && (namespace === null || namespace === ns);
  return fits(end.namespace, end.pod) || end.candidates.some((c) => fits(c.namespace, c.pod));
}

function isOfNamespace(end: FilteredEnd, value: string): boolean {
  return end.namespace === value || end.candidates.some(({ namespace }) => namespace === value);
}

function hasFinding(flow: FlowBrief, id: string, membersOf: CauseMembers): boolean {
  return flow.codes.some((code) => code === id) || (membersOf(id)?.(flow) ?? false);
}
