// Worlds with faults of delivery, or whose silence was taken for one, that failed once; and others of that time (named-seeds.ts).
import type { LieKind } from './check/lies.ts';
import type { NamedSeed } from './named-seeds.ts';

const rule = 'delivery';

export const DELIVERY_SEEDS: readonly NamedSeed[] = [
  { seed: 28, rule, kind: 'wrong-cause', what: 'takes a translated outer source for a second node with one VTEP MAC' },
  {
    seed: 202,
    rule,
    kind: 'called-broken',
    what: 'takes a translated outer source for a second node with one VTEP MAC',
  },
  ...of([701, 10654], 'wrong-cause', 'takes two names of one machine for two nodes with one VTEP MAC'),
  ...of(
    [759, 3225, 11674, 11910],
    'called-broken',
    'takes a translated outer source, of packets that the snaplen cut, for a second node',
  ),
  ...of(
    [369, 413, 1469, 11088, 12221],
    'called-broken',
    'calls lost what a filter by protocol kept out of few packets',
  ),
  ...of([946, 3722], 'wrong-cause', 'calls lost what a filter by a node’s address kept out'),
  ...of([437], 'called-broken', 'takes two NICs that show what they send for one that hears'),
  ...of([12127], 'called-broken', 'calls lost what came by a NIC that was not captured, and was answered'),
  ...of([3692], 'called-broken', 'calls lost what a mirror has not copied'),
  ...of([11364], 'called-broken', 'misses on a NIC what a filter by a node’s address kept out'),
  ...of([11017], 'called-broken', 'misses on a NIC what the snaplen cut'),
  ...of([1594], 'wrong-cause', 'says that a node dropped what went in WireGuard'),
  ...of([11152], 'wrong-cause', 'says that a node dropped what the snaplen cut'),
  ...of([3457], 'wrong-cause', 'misses at a VXLAN device what came in IP-in-IP, and was answered'),
  ...of([1042, 2068], 'wrong-cause', 'lets an answer arrive by a mirror’s copy of it'),
  ...of(
    [12047],
    'wrong-cause',
    'told the truth: out of WireGuard an answer comes by the tunnel device (the check was wrong)',
  ),
  ...[1354, 13203, 14945, 16635, 19226].map((seed) => ({
    ...{ seed, rule: 'unknown', kind: 'false-violation' as const },
    what: 'accuses what a node sent back to a pod that is gone',
  })),
  { seed: 14709, rule: '15', kind: 'false-violation', what: 'accuses what a node sent back, where the snaplen cut' },
  { seed: 15908, rule: '9', kind: 'false-violation', what: 'accuses what a node sent back' },
  {
    seed: 9915,
    rule: 'unknown',
    kind: 'false-violation',
    what: 'accuses what came back in a circle, in a piece by itself',
  },
  { seed: 34320, rule: '12', kind: 'false-pass', what: 'passes over what left by a device that nobody can name' },
  ...of([6480, 7207], 'wrong-cause', 'lets an answer arrive where a merge has it from the other NIC'),
  ...of([4100], 'wrong-cause', 'lets an answer be dropped where the node sent it on'),
  ...of([13142], 'wrong-cause', 'lets an answer be dropped inside a node that a block names for both ends'),
  ...of([30510], 'wrong-cause', 'lets an answer arrive where it left by a tunnel device'),
  ...of([4888], 'called-broken', 'misses at a veth what a mirror of it has not copied'),
  ...of([13977], 'wrong-cause', 'misses on a NIC what a filter by its own address kept out'),
  ...of([16046], 'wrong-cause', 'says that ICMP alone passes beside TCP with a pod of which nobody knows where it is'),
  ...of([8518], 'called-broken', 'takes the pings of two for translated ones'),
  ...of([7474], 'called-broken', 'misses the ARP answers of a node of which only what it hears was captured'),
  ...of([15912], 'wrong-cause', 'told the truth of what a service led to (the check was wrong)'),
  { seed: 51, rule, kind: 'called-broken', what: 'misses DNS answers that the snaplen cut' },
  { seed: 82, rule, kind: 'called-broken', what: 'misses answers that are inside WireGuard' },
  { seed: 271, rule, kind: 'called-broken', what: 'misses answers inside WireGuard to a pod that nobody knows' },
  { seed: 235, rule, kind: 'called-broken', what: 'misses answers whose addresses the snaplen cut' },
  { seed: 172, rule, kind: 'called-broken', what: 'calls lost what a filter kept out that few packets give away' },
  { seed: 203, rule, kind: 'called-broken', what: 'calls lost what a filter kept out, piece by piece' },
  { seed: 88, rule: '11 pieces', kind: 'split', what: 'counts a packet in a circle on both sides of a cut' },
  { seed: 145, rule: '11 pieces', kind: 'split', what: 'counts a packet in a circle on both sides of a cut' },
  { seed: 147, rule: '11 any-v1', kind: 'miscount', what: 'counts a packet in a circle again after moments' },
  { seed: 198, rule, kind: 'wrong-cause', what: 'says that a node dropped what it sent on in a circle' },
  { seed: 196, rule: 'unknown', kind: 'false-violation', what: 'accuses what an -i any capture shows sent back' },
].map((one) => ({ ...one, delivery: true }) as NamedSeed);

function of(seeds: readonly number[], kind: LieKind, what: string): Omit<NamedSeed, 'delivery'>[] {
  return seeds.map((seed) => ({ seed, rule, kind, what }));
}
