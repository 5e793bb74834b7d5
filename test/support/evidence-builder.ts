// Evidence of a hand-made proof: two captures and a snapshot whose hashes are made up.
import type { Evidence } from '../../src/render/verify/evidence.ts';

export function buildEvidence(partial: Partial<Evidence> = {}): Evidence {
  const hash = (digit: string): string => digit.repeat(64);
  return {
    date: '2026-11-22T09:00:00Z',
    command: ['verify', 'control1-ens5.pcap', 'worker1-ens5.pcap', '-t', 'topology/'],
    captures: [
      { path: 'control1-ens5.pcap', sha256: hash('a') },
      { path: 'worker1-ens5.pcap', sha256: hash('b') },
    ],
    snapshot: [{ path: 'topology/snapshot.json', sha256: hash('c') }],
    waivers: [],
    bundles: [],
    digest: hash('d'),
    proofFile: null,
    told: [],
    ...partial,
  };
}
