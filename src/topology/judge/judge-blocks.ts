// IPAM's blocks against each other and against the size that their pool gives out. A node states its own blocks too, by blackhole
// routes; blocks that a tunnel address only suggests say nothing here.
import { type Cidr, formatCidr, parseCidrOrIp } from '../../net/cidr.ts';
import { addUnder } from '../../net/multi-map.ts';
import { createPrefixTable, type PrefixTable } from '../../net/prefix-table.ts';
import type { OwnerIndex } from '../ask/owner-index.ts';
import type { IPPool, SourceRef } from '../model.ts';
import { countOf, listNames } from '../read/located.ts';
import type { JudgeContext } from './judge-context.ts';
import { isRouted } from './modes.ts';

interface StatedBlock {
  cidr: Cidr;
  text: string;
  node: string | null;
  by: string;
  ref: SourceRef;
}

export function judgeBlocks(context: JudgeContext): void {
  const blocks = statedBlocks(context);
  judgeOverlaps(blocks, context);
  judgeSizes(blocks, context);
}

function statedBlocks({ topology, index }: JudgeContext): StatedBlock[] {
  const found = topology.blocks
    .filter(({ source }) => source !== 'inferred')
    .map(({ cidr, node, source, ref }) => ({ cidr, node, by: source as string, ref }));
  const hasBlocks = topology.profile.rangesFrom === 'objects';
  for (const node of hasBlocks ? topology.nodes : []) {
    for (const { type, dst, table, ref } of node.routes) {
      const isOwn = type === 'blackhole' && (table === null || table === 'main');
      if (isOwn) found.push({ cidr: dst, node: node.name, by: 'blackhole route', ref });
    }
  }
  return found.flatMap((block) => {
    const cidr = parseCidrOrIp(block.cidr);
    const pool = cidr === null ? null : poolAround(cidr, index);
    // A blackhole for a whole pool, or for one address, is no block.
    const isBlock = block.by !== 'blackhole route' || (cidr !== null && pool !== null && isInside(cidr, pool));
    return cidr === null || !isBlock ? [] : [{ ...block, cidr, text: formatCidr(cidr) }];
  });
}

/** The most specific pool that holds all of the range and is not for load balancers only. */
function poolAround(cidr: Cidr, { pools }: OwnerIndex): IPPool | null {
  return (
    pools
      .enclosingCidr(cidr)
      .flatMap(({ values }) => values.slice(0, 1))
      .findLast(isRouted) ?? null
  );
}

function isInside(cidr: Cidr, pool: IPPool): boolean {
  const whole = parseCidrOrIp(pool.cidr);
  return whole !== null && cidr.prefixLength > whole.prefixLength && cidr.prefixLength < (cidr.family === 4 ? 32 : 128);
}

/** A block has one node, and blocks of two sizes must not share addresses: IPAM would give one address out twice. */
function judgeOverlaps(blocks: readonly StatedBlock[], { topology, add }: JudgeContext): void {
  const table: PrefixTable<StatedBlock> = createPrefixTable();
  for (const block of blocks) table.insert(block.cidr, block);
  const told = new Set<string>();
  for (const block of blocks) {
    const around = table.enclosingCidr(block.cidr).flatMap((entry) => entry.values);
    const other = around.find(({ node }) => node !== null && block.node !== null && node !== block.node);
    const key = [block.text, block.node, other?.text, other?.node].sort().join(' ');
    if (other === undefined || told.has(key)) continue;
    told.add(key);
    const message = `the blocks ${wordsOf(other)} and ${wordsOf(block)} share addresses: packets reach one of the nodes at most`;
    const nodes = [other.node, block.node].filter((node) => node !== null);
    add('overlapping-blocks', 'risk', message, [other.ref, block.ref], [other.text, block.text, ...nodes]);
  }
  for (const [cidr, names] of sharedParts(topology)) {
    const message = `${listNames(names)} have one part of the pod network, ${cidr}: packets reach one of the nodes at most`;
    const refs = topology.nodes.filter(({ name }) => names.includes(name)).map(({ ref }) => ref);
    add('overlapping-blocks', 'risk', message, refs.slice(0, 6), [cidr, ...names]);
  }
}

/** podCIDRs count where nodes have parts of the network; the same part of two nodes belongs to nobody. */
function sharedParts({ blocks, nodes }: JudgeContext['topology']): [string, string[]][] {
  const nobodys = blocks.filter(({ source, node }) => source === 'podCIDR' && node === null);
  return nobodys.map(({ cidr }) => [
    cidr,
    nodes.filter(({ podCIDRs }) => podCIDRs.includes(cidr)).map(({ name }) => name),
  ]);
}

function wordsOf({ text, node, by }: StatedBlock): string {
  return `${text} of ${node} (${by})`;
}

/** Blocks keep their size when a pool is made anew with another one; everything that infers blocks by the pool's size is then wrong. */
function judgeSizes(blocks: readonly StatedBlock[], { index, topology, add }: JudgeContext): void {
  if (topology.profile.rangesFrom !== 'objects') return;
  const odd = new Map<IPPool, StatedBlock[]>();
  for (const block of blocks) {
    const pool = poolAround(block.cidr, index);
    if (pool === null || pool.blockSizeAssumed === true) continue;
    if (block.cidr.prefixLength !== pool.blockSize) addUnder(odd, pool, block);
  }
  for (const [pool, found] of odd) {
    const cidrs = [...new Map(found.map((block) => [block.text, block])).values()];
    const names = cidrs.slice(0, 3).map(wordsOf);
    const more = cidrs.length > names.length ? ` (and ${countOf(cidrs.length - names.length, 'more block')})` : '';
    const message = `IPPool ${pool.name} gives out blocks of /${pool.blockSize}, but ${listNames(names)}${more} ${cidrs.length === 1 ? 'has' : 'have'} another size`;
    add(
      'block-size-mismatch',
      'risk',
      message,
      [pool.ref, ...cidrs.slice(0, 3).map(({ ref }) => ref)],
      [pool.name, ...cidrs.map(({ text }) => text)],
    );
  }
}
