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
  ...[
    ...[701, 10654].map((seed) => ({ seed, what: 'takes two names of one machine for two nodes with one VTEP MAC' })),
    ...[759, 3225, 11674, 11910].map((seed) => ({
      seed,
      what: 'takes a translated outer source, of packets that the snaplen cut, for a second node with one VTEP MAC',
    })),
  ].map((one) => ({ ...one, rule, kind: 'called-broken' as const })),
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
