// What an end of a flow is called: the one place that makes text out of who has an address. Where it stands decides how much is
// said, so each place has a style. All text is raw: it is escaped where it is printed.
import type { Owner } from '../../topology/model.ts';
import type { EndpointKind } from '../vocabulary.ts';

/** An `Endpoint`, or an `Owner` with its node's name. */
export interface NamedEnd {
  ip: string;
  kind: EndpointKind;
  namespace: string | null;
  pod: string | null;
  node: string | null;
  service?: string;
}

/** What an owner is named by. */
export function namedOwner({ address, kind, namespace, pod, node, service }: Owner): NamedEnd {
  const named = service === undefined ? {} : { service };
  return { ip: address, kind, namespace, pod, node: node?.name ?? null, ...named };
}

/** `shop/cart`; null when nobody is known by name. */
export function qualifiedPodName({ namespace, pod }: Pick<NamedEnd, 'namespace' | 'pod'>): string | null {
  return pod === null || namespace === null ? pod : `${namespace}/${pod}`;
}

/** Words by kind; a kind that is missing, or null, has no name but its address. */
type Wording = Partial<Record<EndpointKind, (end: NamedEnd) => string | null>>;

const serviceAndAddress = ({ service, ip }: NamedEnd): string | null =>
  service === undefined ? null : `${service} (${ip})`;
const endpointInLine = ({ service }: NamedEnd): string | null =>
  service === undefined ? null : `${service}(endpoint)`;

const STYLES = {
  /** In a cell of a table: `shop/cart`. */
  cell: { pod: qualifiedPodName },
  /** The shortest there is: `cart`. */
  brief: { pod: ({ pod }) => pod },
  /** Of a question about two ends: `shop/cart`, `worker1`. */
  asked: { pod: qualifiedPodName, node: ({ node }) => node },
  /** One for a node, whichever of its addresses it speaks with: `shop/cart`, `worker1 (host)`. */
  host: {
    pod: qualifiedPodName,
    tunnel: ({ node }) => (node === null ? null : `${node} (host)`),
    node: ({ node }) => (node === null ? null : `${node} (host)`),
  },
  /** In a finding, with the address: `shop/cart (10.48.0.200)`, `worker1's tunnel address 10.48.0.192`. */
  finding: {
    pod: (end) => (end.pod === null ? null : `${qualifiedPodName(end)} (${end.ip})`),
    tunnel: ({ node, ip }) => `${node ?? 'a node'}'s tunnel address ${ip}`,
    node: ({ node, ip }) => `${node ?? 'a node'} (${ip})`,
    service: serviceAndAddress,
    external: serviceAndAddress,
    unknown: serviceAndAddress,
  },
  /** In a story about a packet: `cart`, `worker1 (from its tunnel address)`, `worker1`. */
  sentence: {
    pod: ({ pod }) => pod,
    tunnel: ({ node }) => (node === null ? null : `${node} (from its tunnel address)`),
    node: ({ node }) => node,
  },
  /** Beside its address: `shop/cart`, `worker1's tunnel address`, `outside the cluster`. */
  meaning: {
    pod: (end) => qualifiedPodName(end) ?? (end.node === null ? 'a pod without a name' : `a pod of ${end.node}`),
    tunnel: ({ node }) => (node === null ? 'a tunnel address' : `${node}'s tunnel address`),
    node: ({ node }) => node,
    service: ({ service }) => (service === undefined ? 'a service' : `the service ${service}`),
    external: ({ service }) =>
      service === undefined ? 'outside the cluster' : `outside the cluster, behind the service ${service}`,
    unknown: ({ service }) => (service === undefined ? null : `behind the service ${service}`),
  },
  /** In the one line of a packet, without blanks: `shop/cart`, `10.48.0.200(worker1)`, `worker1(tunnel)`. */
  line: {
    pod: (end) => qualifiedPodName(end) ?? (end.node === null ? null : `${end.ip}(${end.node})`),
    tunnel: ({ node, ip }) => `${node ?? ip}(tunnel)`,
    node: ({ node }) => node,
    service: ({ service }) => (service === undefined ? null : `${service}(service)`),
    external: endpointInLine,
    unknown: endpointInLine,
  },
} satisfies Record<string, Wording>;

export type NameStyle = keyof typeof STYLES;

/** The name in a style; null where the address is all there is. */
export function knownName(end: NamedEnd, style: NameStyle): string | null {
  const words: Wording = STYLES[style];
  return words[end.pod === null ? end.kind : 'pod']?.(end) ?? null;
}

/** The name in a style, else the address. */
export function nameOfEnd(end: NamedEnd, style: NameStyle): string {
  return knownName(end, style) ?? end.ip;
}
