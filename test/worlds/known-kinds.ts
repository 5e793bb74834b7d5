// Kinds of lies that the program is known to tell today, by the rule that ends them. The test excuses them by name; whoever mends
// one takes it out of this list, and it stays out. When the list is empty, nothing is excused.
import type { Lie, LieKind } from './check/lies.ts';

interface KnownKind {
  rule: string;
  kinds: readonly LieKind[];
  what: string;
}

export const KNOWN_KINDS: readonly KnownKind[] = [
  { rule: '3', kinds: ['hidden-pass'], what: 'a filter that few packets give away hides what refutes the pass' },
  { rule: '5', kinds: ['contested'], what: 'one of two contradicting objects of a pool is chosen, and judged by' },
  { rule: '11', kinds: ['miscount', 'resent'], what: 'copies of a packet count, and are told as sent again' },
  { rule: '11 any-v1', kinds: ['miscount'], what: 'veth, tunnel device and NIC of one SLL v1 capture add up' },
  { rule: '11 mirror', kinds: ['miscount'], what: 'a packet and its mirrored copy add up' },
  { rule: '11 clocks', kinds: ['miscount'], what: 'captures of unknown nodes add up where their clocks differ' },
  { rule: '11 pieces', kinds: ['split'], what: 'pieces of one capture are not joined before they are placed' },
];

export function isKnown({ rule, kind }: Pick<Lie, 'rule' | 'kind'>): boolean {
  return KNOWN_KINDS.some((known) => known.rule === rule && known.kinds.includes(kind));
}
