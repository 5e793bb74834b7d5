// What an address is called in a table: two lines, the name above, the node under it. All text is escaped here.

import type { Endpoint } from '../../attribution/vocabulary.ts';
import { nameOfEnd, qualifiedPodName } from '../../attribution/who/end-name.ts';
import type { FlowEnd, Trace } from '../../verdict/trace-types.ts';
import { escapeText } from './escape.ts';
import { shorterNames } from './short-names.ts';
import { shortenMiddle, textWidth } from './text-width.ts';

/** How an endpoint is shown; `below` is empty when nothing is known of where it is. */
export interface EndpointName {
  name: string;
  below: string;
}

/** `on control1`, where what is below a name begins with a node's; else as it is: `external`, `shop/db (external)`, `2 candidates`. */
export function placeWords(below: string): string {
  return /^(external|service|tunnel|node|behind .*|.* \((external|service)\)|\d+ candidates)?$/.test(below)
    ? below
    : `on ${below}`;
}

/** `shop/cart` over its node; addresses that are no pod's over their node or what they are. */
export function endpointName(endpoint: FlowEnd): EndpointName {
  const ip = escapeText(endpoint.ip);
  const node = endpoint.node === null ? '' : escapeText(endpoint.node);
  const service = escapeText(endpoint.service ?? '');
  const outside = service || escapeText(endpoint.hostName ?? '');
  const several = endpoint.candidates.length > 1 ? `${endpoint.candidates.length} candidates` : '';
  switch (endpoint.kind) {
    case 'pod':
      return { name: podName(endpoint) ?? ip, below: [node, several].filter(Boolean).join(', ') };
    case 'tunnel':
      return { name: ip, below: node === '' ? 'tunnel' : `${node} (tunnel)` };
    case 'node':
      return { name: ip, below: node || 'node' };
    case 'service':
      return { name: ip, below: service === '' ? 'service' : `${service} (service)` };
    case 'external':
      return { name: ip, below: outside === '' ? 'external' : `${outside} (external)` };
    case 'unknown':
      return { name: ip, below: node || several || (service && `behind ${service}`) };
  }
}

/** `namespace/name`, escaped; null when the snapshot names nobody. */
export function podName(endpoint: Pick<Endpoint, 'namespace' | 'pod'>): string | null {
  const name = qualifiedPodName(endpoint);
  return name === null ? null : escapeText(name);
}

/** The shortest way to name an endpoint in a sentence: `db`, `10.48.0.200`. */
export function briefName(endpoint: FlowEnd): string {
  return escapeText(nameOfEnd(endpoint, 'brief'));
}

/** Shortens names: of nodes the domain that all share goes first (`.eu-west-1.compute.internal`), wherever it stands. */
export interface NameFitter {
  /** At most `width` columns: without the domain, then without a pod's hash and namespace, and only then cut in the middle. */
  fit(name: string, width: number): string;
  /** A sentence for lines of `width` columns: without the domain if it does not fit one line; it may still need several. */
  fitSentence(sentence: string, width: number): string;
  /** Without the domain. */
  bare(name: string): string;
}

/** A fitter for these nodes. @param shortens false in a pipe, where a name that was cut would not be found: it only loses the domain */
export function createNameFitter(nodeNames: Iterable<string>, shortens = true): NameFitter {
  const domain = sharedDomain([...new Set(nodeNames)].map(escapeText));
  const strip = (text: string): string => (domain === '' ? text : text.replaceAll(domain, ''));
  return {
    fit(name, width) {
      const bare = strip(name);
      const fits = (one: string): boolean => textWidth(one) <= width;
      if (!shortens) return fits(name) ? name : bare;
      return [name, bare, ...shorterNames(bare)].find(fits) ?? shortenMiddle(shorterNames(bare).at(-1) ?? bare, width);
    },
    fitSentence: (sentence, width) => (textWidth(sentence) <= width ? sentence : strip(sentence)),
    bare: strip,
  };
}

/** Names of the nodes that a trace's captures and causes speak of. */
export function nodeNamesOf(trace: Pick<Trace, 'captures' | 'causes'>): Set<string> {
  const points = trace.captures.flatMap((capture) => capture.points.map((point) => point.node));
  const sides = trace.causes.flatMap((cause) => [cause.fromNode, cause.toNode]);
  return new Set([...points, ...sides].filter((name) => name !== null));
}

/** The longest ending, from a dot on, that all names have; empty when there is none or a name would vanish. */
function sharedDomain(names: readonly string[]): string {
  const [first = '', ...others] = names;
  for (let dot = first.indexOf('.'); dot >= 0; dot = first.indexOf('.', dot + 1)) {
    const ending = first.slice(dot);
    if (
      dot > 0 &&
      !/^[\d.]+$/.test(first) &&
      others.every((name) => name.length > ending.length && name.endsWith(ending))
    ) {
      return ending;
    }
  }
  return '';
}
