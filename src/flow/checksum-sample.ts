// Checksums of the first packets of every row: enough to tell a NIC or kernel that gets them wrong from one unlucky packet,
// and few enough to cost nothing. What a state means depends on where it was captured: verdict/flow/warnings.ts decides.

import type { LayerStack } from '../decode/layer-stack.ts';
import { judgeChecksum } from '../decode/view/checksums.ts';
import { PROTOCOL } from '../wire/protocols.ts';
import type { ObservationColumns } from './observation-columns.ts';

/** Packets judged per row at most: until one of them is right. */
export const SAMPLED = 4;
/** Larger ones are super-frames, which are never final. */
const LARGEST = 9216;

/** Judges the outer UDP and the flow's own transport checksum of a packet that is whole. */
export function sampleChecksums(columns: ObservationColumns, row: number, bytes: Uint8Array, stack: LayerStack): void {
  if (stack.depth === 0 || stack.end[0]! - stack.start[0]! > LARGEST) return;
  let right = false;
  for (let layer = 1; layer < stack.depth; layer++) {
    const protocol = stack.protocol[layer]!;
    if (protocol !== PROTOCOL.udp && protocol !== PROTOCOL.tcp) continue;
    const state = judgeChecksum(bytes, stack, layer)?.state;
    if (state === 'wrong') {
      columns.checksumsWrong[row]!++;
      return;
    }
    right ||= state === 'valid';
  }
  if (right) columns.checksumsRight[row]!++;
}
