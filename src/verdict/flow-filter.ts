// Which flows the user asked for: the filters of `trace` (design section 7). Values of one filter are alternatives,
// different filters must all hold.

import type { Endpoint } from '../attribution/vocabulary.ts';
import { OverlensError } from '../errors.ts';
import { type Cidr, cidrContains, parseCidrOrIp } from '../net/cidr.ts';
import { parseIp } from '../net/ip.ts';
import type { TracedFlow } from './trace-types.ts';

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
export type CauseMembers = (id: string) => ((flow: TracedFlow) => boolean) | null;

/** A test for flows. @throws OverlensError E_USAGE for an address that cannot be read. */
export function flowFilter(filter: FlowFilter, membersOf: CauseMembers): (flow: TracedFlow) => boolean {
  const ranges = (filter.ip ?? []).map(range);
  const tests: ((flow: TracedFlow) => boolean)[] = [];
  const either = (values: readonly string[] | undefined, test: (end: Endpoint, value: string) => boolean): void => {
    if (values?.length) tests.push((f) => values.some((v) => test(f.src, v) || test(f.dst, v)));
  };
  either(filter.pod, matchesPod);
  either(filter.node, (end, value) => end.node === value || (end.node?.split('.')[0] ?? '') === value);
  if (filter.fromPod?.length) tests.push((f) => filter.fromPod?.some((v) => matchesPod(f.src, v)) ?? false);
  if (filter.toPod?.length) tests.push((f) => filter.toPod?.some((v) => matchesPod(f.dst, v)) ?? false);
  if (ranges.length > 0) tests.push((f) => ranges.some((r) => holds(r, f.src.ip) || holds(r, f.dst.ip)));
  if (filter.port?.length) tests.push((f) => filter.port?.some((p) => f.src.port === p || f.dst.port === p) ?? false);
  if (filter.protocol?.length) tests.push((f) => filter.protocol?.includes(f.protocol) ?? false);
  if (filter.encapsulation?.length) tests.push((f) => filter.encapsulation?.some((e) => isEncapsulated(f, e)) ?? false);
  if (filter.verdict?.length) tests.push((f) => filter.verdict?.includes(f.verdict) ?? false);
  if (filter.finding?.length) tests.push((f) => filter.finding?.some((id) => hasFinding(f, id, membersOf)) ?? false);
  return (flow) => tests.every((test) => test(flow));
}

/** Whether any filter is set at all. */
export function isEmptyFilter(filter: FlowFilter): boolean {
  return Object.values(filter).every((values) => values === undefined || values.length === 0);
}

function range(text: string): Cidr {
  const cidr = parseCidrOrIp(text);
  if (cidr === null)
    throw new OverlensError('E_USAGE', `--ip ${text}: not an address or CIDR`, {
      hint: 'for example --ip 10.48.0.130 or --ip 10.48.0.0/24',
    });
  return cidr;
}

function holds(cidr: Cidr, address: string): boolean {
  const ip = parseIp(address);
  return ip !== null && cidrContains(cidr, ip);
}

/** `[NAMESPACE/]PREFIX` of the pod that has the address, or of one that may have it. */
export function matchesPod(end: Pick<Endpoint, 'namespace' | 'pod' | 'candidates'>, value: string): boolean {
  const slash = value.indexOf('/');
  const namespace = slash < 0 ? null : value.slice(0, slash);
  const prefix = value.slice(slash + 1);
  const fits = (ns: string | null, pod: string | null): boolean =>
    (pod?.startsWith(prefix) ?? false) && (namespace === null || namespace === ns);
  return fits(end.namespace, end.pod) || end.candidates.some((c) => fits(c.namespace, c.pod));
}

/** `plain` is another word for `none`. */
function isEncapsulated(flow: TracedFlow, value: string): boolean {
  return flow.observed.encapsulation === (value === 'plain' ? 'none' : value);
}

function hasFinding(flow: TracedFlow, id: string, membersOf: CauseMembers): boolean {
  return flow.findings.some((f) => f.code === id) || (membersOf(id)?.(flow) ?? false);
}
