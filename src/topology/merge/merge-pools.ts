// Pool facts -> pools: several sources of one IPPool complete each other, the first stated value counts and a different one is a
// conflict; then Calico's defaults (calico-facts 2.1).
import { parseCidr } from '../../net/cidr.ts';
import { addUnder } from '../../net/multi-map.ts';
import type { IPPool, SourceRef, TopologyIssue } from '../model.ts';
import { formatRef } from '../read/located.ts';
import { addIssue, type Facts, type PoolFact } from '../read/stated-facts.ts';

const DEFAULT_USES = ['Workload', 'Tunnel'] as const;

/** Merges all pool facts, in order of first appearance. */
export function mergePools(facts: Pick<Facts, 'pools' | 'issues'>): IPPool[] {
  const written = facts.pools.filter((fact) => fact.source !== 'installation');
  const byName = new Map<string, IPPool>();
  const alike = new Map<string | null, PoolFact[]>();
  for (const fact of written) addUnder(alike, fact.name, fact);
  for (const fact of written) {
    const name = fact.name ?? fact.cidr.value;
    const known = byName.get(name);
    if (known === undefined) byName.set(name, completePool(fact, name, alike.get(fact.name) ?? []));
    else compare(known, fact, facts);
  }
  const pools = [...byName.values()];
  for (const fact of facts.pools) if (fact.source === 'installation') addDesired(fact, pools, facts);
  return pools;
}

/** Default name of the pools that Calico's agent and the operator create. */
function defaultName(fact: PoolFact, pools: readonly IPPool[]): string {
  const name = fact.cidr.value.includes(':') ? 'default-ipv6-ippool' : 'default-ipv4-ippool';
  return pools.some((pool) => pool.name === name) ? fact.cidr.value : name;
}

/** Fills a table's gaps from an object of the same name, then the defaults. @param alike facts of that name */
function completePool(fact: PoolFact, name: string, alike: readonly PoolFact[]): IPPool {
  const sources = [fact, ...(fact.source === 'table' ? alike.filter((other) => other !== fact) : [])];
  const first = <K extends 'blockSize' | 'ipipMode' | 'vxlanMode'>(field: K): PoolFact[K] =>
    sources.find((source) => source[field] !== null)?.[field] ?? null;
  const stated = <K extends 'natOutgoing' | 'disabled' | 'nodeSelector' | 'allowedUses'>(field: K): PoolFact[K] =>
    sources.find((source) => source[field] !== null)?.[field] ?? null;
  const cidr = parseCidr(fact.cidr.value);
  const vxlan = first('vxlanMode');
  const ipip = first('ipipMode');
  const size = Math.max(cidr?.family === 6 ? 122 : 26, cidr?.prefixLength ?? 0);
  // VXLAN wins over IPIP where both are set (Felix, poolTypeForPool): its place is the deciding one.
  const deciding =
    vxlan !== null && vxlan.value !== 'Never' ? vxlan : ipip !== null && ipip.value !== 'Never' ? ipip : vxlan;
  return {
    name,
    cidr: fact.cidr.value,
    blockSize: first('blockSize')?.value ?? size,
    ipipMode: ipip?.value ?? 'Never',
    vxlanMode: vxlan?.value ?? 'Never',
    natOutgoing: stated('natOutgoing') ?? false,
    disabled: stated('disabled') ?? false,
    nodeSelector: stated('nodeSelector') ?? 'all()',
    allowedUses: stated('allowedUses') ?? DEFAULT_USES,
    ref: fact.ref,
    modeRef: deciding?.ref ?? ipip?.ref ?? fact.ref,
    ...(fact.disputed === undefined ? {} : { disputed: fact.disputed }),
    ...(sources.every(({ source, blockSize }) => source === 'table' && blockSize === null)
      ? { blockSizeAssumed: true as const }
      : {}),
  };
}

/** Fields that decide how packets to the pool are sent. */
const DECIDING: ReadonlySet<string> = new Set(['cidr', 'blockSize', 'ipipMode', 'vxlanMode']);

function compare(known: IPPool, fact: PoolFact, facts: Pick<Facts, 'issues'>): void {
  // What an object leaves out is a default; what a table leaves out is not stated.
  const other = fact.source === 'object' ? completePool(fact, known.name, []) : null;
  const pairs: [string, unknown, unknown][] = [
    ['cidr', known.cidr, fact.cidr.value],
    ['blockSize', known.blockSize, other?.blockSize ?? fact.blockSize?.value],
    ['ipipMode', known.ipipMode, other?.ipipMode ?? fact.ipipMode?.value],
    ['vxlanMode', known.vxlanMode, other?.vxlanMode ?? fact.vxlanMode?.value],
    ['natOutgoing', known.natOutgoing, other?.natOutgoing ?? fact.natOutgoing],
    ['disabled', known.disabled, other?.disabled ?? fact.disabled],
  ];
  for (const [field, first, second] of pairs) {
    if (second === undefined || second === null || first === second) continue;
    const isMode = field === 'vxlanMode' || field === 'ipipMode';
    if (fact.source === 'object' && DECIDING.has(field))
      known.disputed = `two objects of the pool ${known.name} that ask for different things`;
    const refs: SourceRef[] = isMode ? [known.modeRef, fact[field]?.ref ?? fact.ref] : [known.ref, fact.ref];
    differs(facts, `IPPool ${known.name}: ${field}`, [String(first), String(second)], refs, [known.name, known.cidr]);
  }
}

/** An Installation's pool: stands in for an IPPool that is not in the snapshot, and contradicts one that is. */
function addDesired(fact: PoolFact, pools: IPPool[], facts: Pick<Facts, 'issues'>): void {
  const known = pools.find((pool) => pool.cidr === fact.cidr.value);
  if (known === undefined) pools.push(completePool(fact, fact.name ?? defaultName(fact, pools), []));
  else compare(known, fact, facts);
}

/** The issue for one object given twice with different content: the first counts. */
export function differs(
  facts: { issues: TopologyIssue[] },
  what: string,
  values: readonly [string, string],
  refs: readonly SourceRef[],
  subjects: readonly string[],
): void {
  const place = (i: number): string => (refs[i] === undefined ? '' : ` (${formatRef(refs[i])})`);
  const message = `${what} is ${values[0]}${place(0)} and ${values[1]}${place(1)}: the first counts`;
  addIssue(facts, 'duplicate-object', 'conflict', message, { refs, subjects });
}
