// What a world may have, and how often. Every feature can be turned off, which is how a failing world is made small.
import type { Random } from './random.ts';

const SHARES = {
  // the cluster
  routers: 0.5,
  'slash-32': 0.1,
  ipv6: 0.15,
  wireguard: 0.12,
  borrowed: 0.3,
  'nested-pools': 0.1,
  'disabled-pools': 0.1,
  'second-nic': 0.2,
  'fabric-mac': 0.08,
  'felix-settings': 0.1,
  'lan-pool': 0.05,
  // the traffic
  'host-traffic': 0.5,
  'node-traffic': 0.85,
  arp: 0.95,
  'one-way': 0.4,
  services: 0.25,
  external: 0.3,
  mirror: 0.08,
  'pod-tunnels': 0.12,
  'node-tunnel': 0.05,
  'nic-mirror': 0.05,
  'ebpf-nodeport': 0.08,
  // what is wrong
  fault: 0.5,
  delivery: 0.33,
  stale: 0.12,
  contradiction: 0.05,
  'missing-pool': 0.05,
  // the captures
  filter: 0.25,
  snaplen: 0.3,
  clocks: 0.3,
  drops: 0.15,
  copies: 0.06,
  merged: 0.06,
  rotated: 0.15,
  any: 0.4,
  veth: 0.2,
  'tunnel-device': 0.2,
  pcapng: 0.2,
  'odd-names': 0.3,
  'missing-captures': 0.3,
  // the snapshot
  pods: 0.6,
  blocks: 0.4,
  texts: 0.25,
  'no-nodes': 0.03,
} as const;

export type Feature = keyof typeof SHARES;

export const FEATURES = Object.keys(SHARES) as Feature[];

/** What a calm world does not have: there the program must come to a pass. */
const TROUBLE = new Set<Feature>([
  ...([
    'fault',
    'delivery',
    'stale',
    'contradiction',
    'missing-pool',
    'filter',
    'mirror',
    'nic-mirror',
    'pod-tunnels',
  ] as const),
  ...(['wireguard', 'borrowed', 'lan-pool', 'no-nodes'] as const),
]);
const CALM_SHARE = 0.3;

export type FeatureSet = ReadonlySet<Feature>;

/** The features of a world: drawn by its seed; `only` limits them. */
export function drawFeatures(random: Random, only: FeatureSet | null): FeatureSet {
  const drawn = FEATURES.filter((feature) => random.fork(`has ${feature}`).chance(SHARES[feature]));
  const calm = random.fork('calm').chance(CALM_SHARE);
  const kept = drawn.filter((feature) => !(calm && TROUBLE.has(feature)));
  return new Set(kept.filter((feature) => only === null || only.has(feature)));
}

export function isFeature(name: string): name is Feature {
  return name in SHARES;
}
