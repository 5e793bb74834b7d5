// HOT: per packet. No allocation but one mark per MiB.
// Where packets stand in a plain file, and when they were captured: noted as it is read, so that a later question reads what it needs.

import type { CaptureInfo, PacketBatch } from '../../capture/source.ts';
import type { Stretch } from '../../capture/stretches.ts';
import { type Fields, must, type SavedFields } from '../../store/saved.ts';

/** Bytes of a stretch, at least. */
const STRETCH = 1 << 20;
/** Numbers of a mark. */
const DOUBLES = 5;

export class CaptureMarks {
  /** Null where packets cannot be found again: the capture is compressed, or a part of its packets was passed over. */
  #stretches: Stretch[] | null = [];
  readonly #info: Pick<CaptureInfo, 'interfaces'> | null;
  /** Described before the first packet. */
  #interfaces = -1;

  /** @param info of a capture whose packets need it to be understood (pcapng) */
  constructor(info: Pick<CaptureInfo, 'interfaces'> | null = null) {
    this.#info = info;
  }

  /** Notes a batch whose first packet has number `packet`. */
  note({ base = -1, start, seconds, count }: PacketBatch, packet: number, hasFragments: boolean): void {
    const stretches = this.#stretches;
    if (stretches === null || count === 0) return;
    if (base < 0 || (this.#info !== null && !this.#isToldBefore(this.#info, seconds, count))) {
      this.giveUp();
      return;
    }
    const offset = base + start[0]!;
    let current = stretches.at(-1);
    if (current === undefined || offset - current.offset >= STRETCH) {
      current = { packet, offset, first: seconds[0]!, last: seconds[0]!, hasFragments: false };
      stretches.push(current);
    }
    let { first, last } = current;
    for (let i = 0; i < count; i++) {
      const second = seconds[i]!;
      if (second < first) first = second;
      if (second > last) last = second;
    }
    current.first = first;
    current.last = last;
    current.hasFragments ||= hasFragments;
  }

  /** Whether all that these packets need stands before the first packet of the file, and where each begins is certain: it has a time. */
  #isToldBefore({ interfaces }: Pick<CaptureInfo, 'interfaces'>, seconds: Float64Array, count: number): boolean {
    if (this.#interfaces < 0) this.#interfaces = interfaces.length;
    if (interfaces.length !== this.#interfaces) return false;
    for (let i = 0; i < count; i++) if (Number.isNaN(seconds[i])) return false;
    return true;
  }

  /** Packets are not where they are thought to be, or not all were seen. */
  giveUp(): void {
    this.#stretches = null;
  }

  /** Empty where the capture can be read as a whole only. */
  get stretches(): readonly Stretch[] {
    return this.#stretches ?? [];
  }

  save(): SavedFields {
    const numbers = this.stretches.flatMap(({ packet, offset, first, last, hasFragments }) => [
      ...[packet, offset, first, last],
      hasFragments ? 1 : 0,
    ]);
    return { numbers: Float64Array.from(numbers) };
  }

  restore(saved: Fields): void {
    const numbers = saved.doubles('numbers');
    must(numbers.length % DOUBLES === 0, 'a mark is cut off');
    const stretches: Stretch[] = [];
    for (let at = 0; at < numbers.length; at += DOUBLES) {
      const [packet = 0, offset = 0, first = 0, last = 0, fragments = 0] = numbers.subarray(at, at + DOUBLES);
      const before = stretches.at(-1);
      const isBehind = packet > (before?.packet ?? 0) && offset > (before?.offset ?? 0);
      must(isBehind && Number.isSafeInteger(packet) && Number.isSafeInteger(offset), 'a mark is out of turn');
      stretches.push({ packet, offset, first, last, hasFragments: fragments !== 0 });
    }
    this.#stretches = stretches;
  }
}
