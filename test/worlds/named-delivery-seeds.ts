// Worlds with faults of delivery, or whose silence was taken for one, that failed once (named-seeds.ts).
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
  { seed: 51, rule, kind: 'called-broken', what: 'misses DNS answers that the snaplen cut' },
  { seed: 82, rule, kind: 'called-broken', what: 'misses answers that are inside WireGuard' },
  { seed: 271, rule, kind: 'called-broken', what: 'misses answers inside WireGuard to a pod that nobody knows' },
  { seed: 235, rule, kind: 'called-broken', what: 'misses answers whose addresses the snaplen cut' },
  { seed: 4719, rule, kind: 'called-broken', what: 'misses an FDB entry where IPv6 addresses in tunnels were cut off' },
  {
    seed: 11017,
    rule,
    kind: 'called-broken',
    what: 'misses an FDB entry where IPv6 addresses in tunnels were cut off',
  },
  {
    seed: 13079,
    rule,
    kind: 'called-broken',
    what: 'misses an FDB entry where IPv6 addresses in tunnels were cut off',
  },
  {
    seed: 13183,
    rule,
    kind: 'called-broken',
    what: 'misses an FDB entry where IPv6 addresses in tunnels were cut off',
  },
  {
    seed: 13964,
    rule,
    kind: 'called-broken',
    what: 'misses an FDB entry where IPv6 addresses in tunnels were cut off',
  },
  { seed: 11364, rule, kind: 'called-broken', what: 'misses an FDB entry for what a filter by one address keeps out' },
  { seed: 13496, rule, kind: 'called-broken', what: 'misses an FDB entry for what a filter by one address keeps out' },
  { seed: 13073, rule, kind: 'called-broken', what: 'misses an FDB entry for packets on an IP-in-IP device' },
  {
    seed: 2337,
    rule: 'D place',
    kind: 'wrong-place',
    what: 'takes a NIC that gets a moved address’s packets for a gateway',
  },
  { seed: 11282, rule: 'D place', kind: 'wrong-place', what: 'gives a NIC to the node whose moved address it gets' },
  { seed: 12421, rule: 'D place', kind: 'wrong-place', what: 'gives a NIC to the node whose moved address it gets' },
  { seed: 12713, rule: 'D place', kind: 'wrong-place', what: 'gives a NIC to the node whose moved address it gets' },
  {
    seed: 2343,
    rule: '12',
    kind: 'false-ok',
    what: 'passes pods of one node whose packets a device sent that may be the NIC',
  },
  {
    seed: 2839,
    rule: '8',
    kind: 'wrong-name',
    what: 'puts a pod on the node that gets the packets of a moved address',
  },
  { seed: 2270, rule: 'unknown', kind: 'false-violation', what: 'accuses what came back to its sender in a circle' },
  { seed: 10149, rule: '11 mirror', kind: 'miscount', what: 'counts a mirror’s copy again that a slow network brings' },
  { seed: 11697, rule, kind: 'called-broken', what: 'takes another ping of as many packets for a translated one' },
  {
    seed: 12693,
    rule,
    kind: 'wrong-cause',
    what: 'takes two pings that came out at one veth for one that was translated',
  },
  { seed: 172, rule, kind: 'called-broken', what: 'calls lost what a filter kept out that few packets give away' },
  { seed: 203, rule, kind: 'called-broken', what: 'calls lost what a filter kept out, piece by piece' },
  { seed: 88, rule: '11 pieces', kind: 'split', what: 'counts a packet in a circle on both sides of a cut' },
  { seed: 145, rule: '11 pieces', kind: 'split', what: 'counts a packet in a circle on both sides of a cut' },
  { seed: 147, rule: '11 any-v1', kind: 'miscount', what: 'counts a packet in a circle again after moments' },
  { seed: 198, rule, kind: 'wrong-cause', what: 'says that a node dropped what it sent on in a circle' },
  { seed: 196, rule: 'unknown', kind: 'false-violation', what: 'accuses what an -i any capture shows sent back' },
].map((one) => ({ ...one, delivery: true }) as NamedSeed);
