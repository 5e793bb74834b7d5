// What the user asked for: the filters of `trace` and what each means, of flows and of single packets (design section 7). Values of
// one filter are alternatives, different filters must all hold.

import type { Endpoint } from '../attribution/vocabulary.ts';
import { OverlensError } from '../errors.ts';
import { type Cidr, cidrContains, parseCidrOrIp } from '../net/cidr.ts';
import { parseIp } from '../net/ip.ts';
import type { FlowBrief } from './trace-types.ts';

export interface FlowFilter {
  /** `[NAMESPACE/]PREFIX` of a pod's name, at either end, as sender, as receiver. */
  pod?: readonly string[];
  fromPod?: readonly string[];
  toPod?: readonly string[];
  node?: readonly string[];
  /** Addresses or CIDRs at either end. */
  ip?: readonly string[];
  port?: readonly number[];
  protocol?: readonly string[];
  encapsulation?: readonly string[];
  verdict?: readonly string[];
  /** Finding codes, or ids of causes (`A`). */
  finding?: readonly string[];
}

/** The flows of a cause by its id; null when there is no such cause. */
export type CauseMembers = (id: string) => ((flow: FlowBrief) => boolean) | null;

/** Filters about one end that it fits, as bits. */
export const END_FITS = { pod: 1, fromPod: 2, toPod: 4, node: 8, ip: 16 } as const;

/** What filters ask of one end of a flow or packet; `node` by its name. */
export type FilteredEnd = Pick<Endpoint, 'ip' | 'namespace' | 'pod' | 'candidates' | 'node'>;

/** What each filter means, of flows and of packets alike. One that is absent or empty fits everything. */
export class FilterTerms {
  readonly #filter: FlowFilter;
  readonly #ranges: readonly Cidr[];
  readonly #encapsulations: ReadonlySet<string>;
  /** END_FITS bits of the filters that are given. */
  readonly #asked: number;

  /** @throws OverlensError E_USAGE for an address that cannot be read. */
  constructor(filter: FlowFilter) {
    this.#filter = filter;
    this.#ranges = (filter.ip ?? []).map(parseIpFilter);
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
    const { pod = [], fromPod = [], toPod = [], node = [] } = this.#filter;
    let bits = 0;
    if (pod.some((value) => matchesPod(end, value))) bits |= END_FITS.pod;
    if (fromPod.some((value) => matchesPod(end, value))) bits |= END_FITS.fromPod;
    if (toPod.some((value) => matchesPod(end, value))) bits |= END_FITS.toPod;
    if (node.length > 0 && this.fitsNode(end.node)) bits |= END_FITS.node;
    if (this.#ranges.some((range) => holds(range, end.ip))) bits |= END_FITS.ip;
    return bits;
  }

  /** A node by its name or first label. */
  fitsNode(name: string | null): boolean {
    const short = name?.split('.')[0] ?? '';
    return this.#filter.node?.some((value) => value === name || value === short) ?? true;
  }

  /** Whether a sender and a receiver with these END_FITS bits are what was asked for. */
  fitsEnds(source: number, destination: number): boolean {
    const { pod, node, ip, fromPod, toPod } = END_FITS;
    const fits = ((source | destination) & (pod | node | ip)) | (source & fromPod) | (destination & toPod);
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

/** A test for flows. @throws OverlensError E_USAGE for an address that cannot be read. */
export function flowFilter(filter: FlowFilter, membersOf: CauseMembers): (flow: FlowBrief) => boolean {
  const terms = new FilterTerms(filter);
  const bitsOf = rememberBits(terms);
  const { verdict = [], finding = [] } = filter;
  return (flow) =>
    (!terms.asksEnds || terms.fitsEnds(bitsOf(flow.src), bitsOf(flow.dst))) &&
    terms.fitsPorts(flow.srcPort, flow.dstPort) &&
    terms.fitsProtocol(flow.protocol) &&
    terms.fitsEncapsulation(flow.observed.encapsulation) &&
    (verdict.length === 0 || verdict.includes(flow.verdict)) &&
    (finding.length === 0 || finding.some((id) => hasFinding(flow, id, membersOf)));
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
export function isEmptyFilter(filter: FlowFilter): boolean {
  return Object.values(filter).every((values) => values === undefined || values.length === 0);
}

/** The value of `--ip`. @throws OverlensError E_USAGE when it is no address or CIDR */
export function parseIpFilter(text: string): Cidr {
  const cidr = parseCidrOrIp(text);
  if (cidr !== null) return cidr;
  throw new OverlensError('E_USAGE', `--ip ${text}: expected an address or a CIDR`, {
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

function hasFinding(flow: FlowBrief, id: string, membersOf: CauseMembers): boolean {
  return flow.codes.some((code) => code === id) || (membersOf(id)?.(flow) ?? false);
}
