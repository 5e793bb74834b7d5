// Addresses of a made cluster, computed from numbers: pods stand in turn in the pools, and within a pool in turn on the nodes.
// Every pool gives blocks of 64 addresses to nodes; the first one of a block is kept for a tunnel.

/** How large the cluster is. */
export interface Layout {
  nodes: number;
  pods: number;
}

/** An IPv4 pool of the cluster, by what it asks for. */
export const POOLS = [
  { name: 'overlay', base: 0x0a40_0000, vxlanMode: 'Always', ipipMode: 'Never' },
  { name: 'flat', base: 0x0a50_0000, vxlanMode: 'Never', ipipMode: 'Never' },
  { name: 'tunnels', base: 0x0a60_0000, vxlanMode: 'Never', ipipMode: 'Always' },
] as const;
export const POOL_PREFIX = 12;
/** All pods have an IPv6 address too: this and 32 bits of their own. */
export const POD_V6_PREFIX = [0xfd00, 0x0010, 0x0064, 0, 0, 0] as const;
export const NODE_V6_PREFIX = [0xfd00, 0x0172, 0x0016, 0, 0, 0] as const;
const NODE_BASE = 0xac10_000a;

const BLOCK = 64;
/** Pods of a block: neither its ends nor its tunnel address. */
const PODS_OF_BLOCK = 60;
const FIRST_POD = 2;

export class Cluster {
  readonly nodes: number;
  readonly pods: number;

  constructor({ nodes, pods }: Layout) {
    this.nodes = nodes;
    this.pods = pods;
  }

  /** Pods of one of the POOLS; the pod at `index` of them is podOf(pool, index). */
  podsOfPool(pool: number): number {
    return Math.ceil((this.pods - pool) / POOLS.length);
  }

  podOf(pool: number, index: number): number {
    return index * POOLS.length + pool;
  }

  poolOf(pod: number): number {
    return pod % POOLS.length;
  }

  nodeOf(pod: number): number {
    return Math.floor(pod / POOLS.length) % this.nodes;
  }

  /** u32. */
  podAddress(pod: number): number {
    const nth = Math.floor(pod / (POOLS.length * this.nodes));
    return (POOLS[this.poolOf(pod)]?.base ?? 0) + this.inBlocks(this.nodeOf(pod), nth);
  }

  /** The last 32 bits behind POD_V6_PREFIX. */
  podV6(pod: number): number {
    const nth = Math.floor(pod / (POOLS.length * this.nodes)) * POOLS.length + this.poolOf(pod);
    return this.inBlocks(this.nodeOf(pod), nth);
  }

  private inBlocks(node: number, nth: number): number {
    return (Math.floor(nth / PODS_OF_BLOCK) * this.nodes + node) * BLOCK + FIRST_POD + (nth % PODS_OF_BLOCK);
  }

  /** The tunnel address of a node in a pool: the first of its first block. */
  tunnelAddress(pool: number, node: number): number {
    return (POOLS[pool]?.base ?? 0) + node * BLOCK + 1;
  }

  tunnelV6(node: number): number {
    return node * BLOCK + 1;
  }

  /** u32; the last 32 bits behind NODE_V6_PREFIX are the node's number and 10. */
  nodeAddress(node: number): number {
    return NODE_BASE + node;
  }

  nodeV6(node: number): number {
    return 10 + node;
  }
}

/** MACs end with the node's number; the first two bytes say whose they are. */
export const MAC = { nic: 0x0214, vtep: 0x6614, vtepV6: 0x6616 } as const;
/** The two bytes between. */
export const MAC_MIDDLE = 0x9df4;
