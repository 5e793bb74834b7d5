// Worlds that lied in the run of 20,000 in which faults of delivery were new: siblings of those in named-delivery-seeds.ts, which say more
// of what each kind was.
import type { LieKind } from './check/lies.ts';
import type { NamedSeed } from './named-seeds.ts';

export const LATER_SEEDS: readonly NamedSeed[] = [
  ...of([2687, 12_864, 17_919], 'called-broken', 'calls packets lost on the underlay that arrived'),
  ...of([9718, 14_165], 'wrong-cause', 'calls more packets lost on the underlay than were'),
  ...of(
    [4022, 4435, 6552, 7259, 7626, 8235, 8871, 9389, 9538, 16_288, 17_218, 17_854, 17_892],
    'wrong-cause',
    'calls packets lost inside a node that passed it',
  ),
  ...of([17_026], 'called-broken', 'calls packets lost inside a node, and none was lost'),
  ...of(
    [4659, 7865, 9283, 9847, 13_799, 13_920, 16_963, 18_152, 19_553],
    'called-broken',
    'takes a translated outer source for a second node with one VTEP MAC',
  ),
  ...of(
    [5281, 8388, 8415, 17_369, 17_722, 18_136],
    'wrong-cause',
    'takes a translated outer source for a second node with one VTEP MAC',
  ),
  ...of(
    [5758, 6208, 6357, 6502, 8034, 8825, 9046, 9912, 12_794, 14_820, 15_427, 15_739, 16_108, 17_768, 17_878],
    'called-broken',
    'says sent and never arrived where none was lost between the nodes',
  ),
  ...of([18_215], 'wrong-cause', 'says sent and never arrived of what was lost elsewhere'),
  ...of([8381, 12_838], 'wrong-cause', 'says that the answer was dropped where it was not'),
  ...of([16_591], 'wrong-cause', 'misses an FDB entry that was there'),
  ...of([8089, 17_160], 'wrong-place', 'gives a capture to the node whose packets a moved address takes', 'D place'),
  ...of([8753], 'wrong-name', 'names the node to which a moved address takes packets', '21'),
  ...of([14_457], 'miscount', 'counts a mirror’s copy that comes late', '11 mirror'),
  ...of([18_092], 'miscount', 'counts a mirror’s copy that comes late', '8'),
  ...of([881_475], 'hidden-pass', 'passes, as a tunnel of somebody else hid that only UDP 4789 was let through', '3'),
  ...of([881_845], 'false-violation', 'blames the sender for what the receiver’s node sends on', 'unknown'),
];

function of(seeds: readonly number[], kind: LieKind, what: string, rule = 'delivery'): NamedSeed[] {
  return seeds.map((seed) => ({ seed, rule, kind, what, delivery: true }));
}
