// What a change of the cluster means for flows: what is expected between two pods is asked of both snapshots, by the code that judges
// captures, for nodes of every kind that there is.
import { expectedOf } from '../../attribution/sender/expected.ts';
import type { Expected } from '../../attribution/vocabulary.ts';
import { whoByTopology } from '../../attribution/who/who.ts';
import { type Cidr, networkOf, parseCidr } from '../../net/cidr.ts';
import { formatIp } from '../../net/ip.ts';
import { addUnder } from '../../net/multi-map.ts';
import type { IPPool, Node, Topology } from '../../topology/model.ts';

/** How packets to the pods of a range travel, before and after. */
export interface Effect {
  /** The range, and its pool's name: after the change, where it has two. */
  pool: string;
  cidr: string;
  /** Between which nodes, by the prefix of the sender's address after the change. */
  between: 'all nodes' | 'nodes of one subnet' | 'subnets' | 'some nodes';
  before: Expected['encapsulation'];
  after: Expected['encapsulation'];
  /** Why, as in `expected.reason` of flows. */
  reasons: { before: string; after: string };
  /** Two nodes of which it holds. */
  example: { from: string; to: string };
}

/** Nodes that differ in nothing that decides are asked for once, as two. */
const ALIKE = 2;

/** What changes for packets between pods of different nodes that both snapshots have. */
export function effectsOf(before: Topology, after: Topology): Effect[] {
  const pairs = pairsOf(before, after);
  return rangesOf(before, after).flatMap(({ pool, address }) => {
    const seen = pairs.map((pair) => ({
      ...pair,
      was: expectedBetween(before, pair.before, address),
      is: expectedBetween(after, pair.after, address),
    }));
    const groups = new Map<string, typeof seen>();
    for (const one of seen) {
      const { was, is } = one;
      if (was.encapsulation === is.encapsulation || was.encapsulation === null || is.encapsulation === null) continue;
      const key = `${was.encapsulation} ${is.encapsulation}`;
      addUnder(groups, key, one);
    }
    return [...groups.values()].map((group): Effect => {
      const [first] = group as [(typeof group)[number]];
      return {
        pool: pool.name,
        cidr: pool.cidr,
        between: placeOf(group, seen),
        before: first.was.encapsulation,
        after: first.is.encapsulation,
        reasons: { before: first.was.reason, after: first.is.reason },
        example: { from: first.after.from.name, to: first.after.to.name },
      };
    });
  });
}

interface Ends {
  from: Node;
  to: Node;
}

interface Pair {
  before: Ends;
  after: Ends;
  isNear: boolean;
}

function pairsOf(before: Topology, after: Topology): Pair[] {
  const kept = new Map<string, { old: Node; now: Node }[]>();
  for (const now of after.nodes) {
    const old = before.nodeByName(now.name);
    if (old === null) continue;
    const key = JSON.stringify([kindOf(old), kindOf(now)]);
    const alike = kept.get(key) ?? [];
    if (alike.length < ALIKE) kept.set(key, [...alike, { old, now }]);
  }
  const nodes = [...kept.values()].flat();
  return nodes.flatMap((one) =>
    nodes.flatMap((other) =>
      one === other
        ? []
        : [
            {
              before: { from: one.old, to: other.old },
              after: { from: one.now, to: other.now },
              isNear: networkText(one.now.bgpIPv4) === networkText(other.now.bgpIPv4),
            },
          ],
    ),
  );
}

/** What of a node decides how packets from and to it travel. */
function kindOf(node: Node): unknown[] {
  const { bgpIPv4, bgpIPv6, tunnels, annotated, wireguardKey, wireguardKeyV6 } = node;
  return [
    ...[networkText(bgpIPv4), networkText(bgpIPv6), Object.keys(tunnels).toSorted(), annotated],
    ...[wireguardKey !== null, wireguardKeyV6 !== null],
  ];
}

function networkText(own: Node['bgpIPv4']): string | null {
  const cidr =
    own === null ? null : parseCidr(`${own.address}/${own.prefixLength ?? (own.address.includes(':') ? 128 : 32)}`);
  return cidr === null ? null : `${formatIp(networkOf(cidr))}/${cidr.prefixLength}`;
}

/** Ranges of the snapshots' pools, each once, with an address that no narrower pool has. */
function rangesOf(before: Topology, after: Topology): { pool: IPPool; address: string }[] {
  const byCidr = new Map<string, IPPool>();
  for (const pool of [...after.pools, ...before.pools]) if (!byCidr.has(pool.cidr)) byCidr.set(pool.cidr, pool);
  return [...byCidr.values()].flatMap((pool) => {
    const cidr = parseCidr(pool.cidr);
    const address = cidr === null ? null : ownAddress(pool, cidr, [before, after]);
    return address === null ? [] : [{ pool, address }];
  });
}

/** The first or the last address of it. */
function ownAddress({ cidr: text }: IPPool, cidr: Cidr, snapshots: readonly Topology[]): string | null {
  const width = cidr.family === 6 ? 128 : 32;
  const first = networkOf(cidr).value;
  const last = first + (1n << BigInt(width - cidr.prefixLength)) - 1n;
  const addresses = [first, last].map((value) => formatIp({ family: cidr.family, value }));
  const isOwn = (address: string): boolean =>
    snapshots.every((one) => {
      const narrowest = one.poolsOf(address).at(-1);
      return narrowest === undefined || narrowest.cidr === text || !one.pools.some((pool) => pool.cidr === text);
    });
  return addresses.find(isOwn) ?? null;
}

function expectedBetween(topology: Topology, { from, to }: Ends, address: string): Expected {
  const pool = topology.poolsOf(address).at(-1) ?? null;
  const podOn = (node: Node) =>
    whoByTopology({
      ...{ address, kind: 'pod', namespace: null, pod: null, node, nodeSource: 'pod', tunnelKind: null },
      ...{ pool, candidates: [], evidence: [] },
    });
  return expectedOf({ topology, src: podOn(from), dst: podOn(to) });
}

function placeOf(group: readonly Pair[], all: readonly Pair[]): Effect['between'] {
  if (group.length === all.length) return 'all nodes';
  const isExactly = (near: boolean): boolean =>
    group.every(({ isNear }) => isNear === near) && all.filter(({ isNear }) => isNear === near).length === group.length;
  if (isExactly(true)) return 'nodes of one subnet';
  return isExactly(false) ? 'subnets' : 'some nodes';
}
