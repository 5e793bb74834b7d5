// HOT: per packet. No allocation.
// What the parts of a line share: where it is written, and what must stand before the next word.
import type { LayerStack } from '../../decode/layer-stack.ts';
import type { WalkPorts } from '../../decode/walk-ports.ts';
import type { AddressTexts } from './address-texts.ts';
import { asBytes, type LineBuffer } from './line-buffer.ts';

/** What stands before the next word: nothing yet, a word, an encapsulation. */
export const GAP = { none: 0, blank: 1, bar: 2 } as const;

export interface LineContext {
  readonly out: LineBuffer;
  readonly addresses: AddressTexts;
  readonly ports: WalkPorts;
  /** For packets quoted in ICMP errors. */
  readonly quoted: LayerStack;
  /** GAP value. */
  gap: number;
}

const BAR = asBytes(' | ');

/** Before a word within a segment. */
export function separate(context: LineContext): void {
  if (context.gap === GAP.blank) context.out.byte(0x20);
  else if (context.gap === GAP.bar) context.out.put(BAR);
  context.gap = GAP.blank;
}

/** Before an encapsulating header, behind which a bar stands too. */
export function bar(context: LineContext): void {
  if (context.gap !== GAP.none) context.out.put(BAR);
  context.gap = GAP.bar;
}
