// "Who has this address": weighs the opinions of all sources, in order, and shows them as evidence. The strongest source that
// names a node wins; a weaker one that names another is told beside it, never dropped.
import { parseIp } from '../../net/ip.ts';
import type { Evidence, IPPool, Owner, OwnerSource, Service, Topology } from '../model.ts';
import { formatRef } from '../read/located.ts';
import type { Opinion, Window } from './opinion.ts';
import { opinionsAbout } from './opinions.ts';
import type { OwnerIndex } from './owner-index.ts';

export interface LookupContext {
  index: OwnerIndex;
  /** All pools are known and so is some node: an address that is nowhere is outside the cluster. */
  complete: boolean;
  hasServices: boolean;
}

/** Answers for one address. */
export function lookupOwner(address: string, context: LookupContext, window: Window | undefined): Owner {
  const opinions = opinionsAbout(address, context.index, window);
  const deciding =
    opinions.find((opinion) => opinion.node !== null) ??
    opinions.find((opinion) => opinion.lastResort !== null) ??
    null;
  const pool = poolOf(address, context.index);
  const kind = kindOf(opinions, pool, context.complete);
  const speaker = opinions.find((opinion) => opinion.kind === kind) ?? null;
  const uncertain = opinions.find((opinion) => opinion.candidates.length > 0);
  const named = namingServices(address, kind, context.index);
  return {
    address,
    kind,
    namespace: speaker?.namespace ?? null,
    pod: speaker?.pod ?? null,
    node: kind === 'service' || kind === 'external' ? null : (deciding?.node ?? deciding?.lastResort ?? null),
    nodeSource: kind === 'service' || kind === 'external' ? null : (deciding?.source ?? null),
    tunnelKind: kind === 'tunnel' ? (speaker?.tunnelKind ?? null) : null,
    pool,
    candidates: uncertain?.candidates ?? [],
    evidence: [
      ...opinionEvidence(opinions, deciding),
      ...poolEvidence(address, pool, kind, context),
      ...(kind === 'service' ? [] : named.map((service) => endpointEvidence(address, service))),
    ],
    ...(named.length === 0 ? {} : { service: [...new Set(named.map(serviceName))].join(', ') }),
  };
}

/** Services that have the address, or that lead to it where nobody else has a name for it. */
function namingServices(address: string, kind: Owner['kind'], index: OwnerIndex): readonly Service[] {
  if (kind === 'service') return index.services.get(address) ?? [];
  return kind === 'external' || kind === 'unknown' ? (index.serviceEndpoints.get(address) ?? []) : [];
}

function serviceName({ namespace, name }: Service): string {
  return `${namespace}/${name}`;
}

function endpointEvidence(address: string, service: Service): Evidence {
  return { source: 'service', detail: `${formatRef(service.ref)} ${serviceName(service)} leads to ${address}` };
}

/** Two opinions that cannot both be true, the one that counts first. */
export interface Disagreement {
  winner: Opinion;
  loser: Opinion;
  /** False when a borrowed address would explain it (calico-facts 3.5): the loser knows only the block. */
  certain: boolean;
}

/** Where weaker sources name another node than the one that counts. */
export function disagreements(opinions: readonly Opinion[]): Disagreement[] {
  const winner = opinions.find((opinion) => opinion.node !== null);
  if (winner === undefined || winner.source === 'node-address') return [];
  // An allocation that agrees says that the address is borrowed: then blocks and block routes speak about others.
  const borrowed = opinions.some((opinion) => opinion.source === 'borrowed-allocation' && opinion.node === winner.node);
  return opinions
    .filter((opinion) => opinion.node !== null && opinion.node !== winner.node && !(borrowed && !opinion.exact))
    .map((loser) => ({ winner, loser, certain: loser.exact || !winner.exact }));
}

/** The pool that counts: the most specific that is not for load balancers only; else the most specific. */
export function poolOf(address: string, index: OwnerIndex): IPPool | null {
  const ip = parseIp(address);
  const pools = ip === null ? [] : index.pools.enclosing(ip).flatMap((entry) => entry.values.slice(0, 1));
  return pools.findLast((pool) => !isLoadBalancerOnly(pool)) ?? pools.at(-1) ?? null;
}

function isLoadBalancerOnly(pool: IPPool): boolean {
  return pool.allowedUses.every((use) => use === 'LoadBalancer');
}

function kindOf(opinions: readonly Opinion[], pool: IPPool | null, complete: boolean): Owner['kind'] {
  const spoken = opinions.find((opinion) => opinion.kind !== null)?.kind;
  if (spoken !== undefined && spoken !== null) return spoken;
  if (opinions.some((opinion) => opinion.source === 'pod')) return 'pod';
  if (pool === null) {
    // A block or route that names a node is about pods, whether or not the pool is in the snapshot.
    if (opinions.some((opinion) => opinion.node !== null)) return 'pod';
    return complete ? 'external' : 'unknown';
  }
  if (pool.allowedUses.includes('Workload')) return 'pod';
  return pool.allowedUses.includes('Tunnel') ? 'tunnel' : 'service';
}

function opinionEvidence(opinions: readonly Opinion[], deciding: Opinion | null): Evidence[] {
  const against = new Map(disagreements(opinions).map(({ loser, certain }) => [loser, certain]));
  return opinions.map((opinion) => {
    const detail = `${formatRef(opinion.ref)} ${opinion.detail}`;
    const certain = against.get(opinion);
    if (certain === undefined || deciding === null) return { source: opinion.source, detail };
    const because = certain ? '' : ' (the address may be borrowed)';
    return { source: opinion.source, detail: `${detail}; disagrees, ${deciding.source} counts${because}` };
  });
}

function poolEvidence(address: string, pool: IPPool | null, kind: Owner['kind'], context: LookupContext): Evidence[] {
  const source: OwnerSource = 'ip-pool';
  const range = context.index.profile.range.kind;
  if (pool !== null) {
    return [
      {
        source,
        detail: `${formatRef(pool.ref)} ${address} is in ${range} ${pool.name}${pool.name === pool.cidr ? '' : ` (${pool.cidr})`}`,
      },
    ];
  }
  if (kind === 'node' || kind === 'service') return [];
  const services = context.hasServices ? '' : '; services were not in the snapshot';
  const told =
    kind === 'external'
      ? `${address} is in no ${range} and is no node's address${services}`
      : `${address} is in no ${range} of the snapshot, which may not hold all pools`;
  return [{ source, detail: told }];
}

/** Whether the snapshot says what nodes' addresses are; without any of them it says nothing of tunnels. */
export function knowsNodes({ nodes }: Pick<Topology, 'nodes'>): boolean {
  return nodes.some(({ addresses }) => addresses.length > 0);
}
