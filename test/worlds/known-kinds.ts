// Kinds of lies that the program is known to tell today, by the rule that ends them. The test excuses them by name; whoever mends
// one takes it out of this list, and it stays out. When the list is empty, nothing is excused.
import type { Lie, LieKind } from './check/lies.ts';
import type { Feature } from './features.ts';

interface KnownKind {
  rule: string;
  kinds: readonly LieKind[];
  what: string;
}

export const KNOWN_KINDS: readonly KnownKind[] = [
  { rule: '3', kinds: ['hidden-pass'], what: 'a filter that few packets give away hides what refutes the pass' },
  { rule: '5', kinds: ['contested'], what: 'one of two contradicting objects of a pool is chosen, and judged by' },
  {
    rule: '8',
    kinds: ['phantom', 'vanished', 'wrong-name', 'miscount'],
    what: 'a tunnel between pods is opened, its outer packets vanish and are counted as what is inside',
  },
  {
    rule: '9',
    kinds: ['false-violation', 'false-fail', 'wrong-name', 'wrong-code'],
    what: 'a mirrored frame on its way to a node is judged',
  },
  { rule: '10', kinds: ['false-pass'], what: 'a pod frame that an eBPF node lets out is taken for a veth’s' },
  { rule: '11', kinds: ['miscount'], what: 'of a merge whose clocks differ, too few packets tell by how much' },
  { rule: '13', kinds: ['wrong-name'], what: 'a pod younger than the capture has its address before' },
  { rule: '14', kinds: ['wrong-name', 'false-violation'], what: 'an answered conversation yields to a stale pod' },
  {
    rule: '15',
    kinds: ['wrong-name', 'false-violation', 'false-fail'],
    what: 'a block names a node against the packets',
  },
  {
    rule: '16',
    kinds: ['wrong-name', 'false-ok', 'false-pass'],
    what: 'the outer header under judgement names the receiver',
  },
  { rule: '17', kinds: ['wrong-name', 'wrong-place'], what: 'the one MAC of a fabric names a node' },
  {
    rule: '18',
    kinds: ['wrong-name', 'false-ok', 'false-pass'],
    what: 'the VTEP MAC of another listed node is accepted',
  },
  {
    rule: '19',
    kinds: ['false-violation', 'false-fail'],
    what: 'a host of the LAN, which a pool claims, is taken for a pod',
  },
  { rule: 'D place', kinds: ['wrong-place'], what: 'a NIC is given to the node at the other end of its link' },
];

/** Features that keep healthy worlds from passing today. */
export const KNOWN_QUIET: readonly Feature[] = ['ebpf-nodeport'];

export function isKnown({ rule, kind }: Pick<Lie, 'rule' | 'kind'>): boolean {
  return KNOWN_KINDS.some((known) => known.rule === rule && known.kinds.includes(kind));
}
