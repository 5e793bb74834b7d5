// HOT: per packet. No allocation.
// The time of a packet at the start of its line: as the user wants it, with all the digits that the capture has.
import type { Packet } from '../../decode/packet.ts';
import { asBytes, type LineBuffer } from './line-buffer.ts';

export const TIME_STYLES = ['none', 'epoch', 'delta', 'relative', 'date', 'utc'] as const;
export type TimeStyle = (typeof TIME_STYLES)[number];

const DAY = 86_400;
const BLANK = 0x20;
const ZERO = 0x30;
const DOT = 0x2e;
const COLON = 0x3a;
const MINUS = 0x2d;
const UNKNOWN = asBytes('no time');
/** Columns of whole seconds in `delta` and `relative`. */
const SECONDS_WIDTH = 4;

/** Writes times; remembers the last one. */
export class TimeColumn {
  readonly #style: TimeStyle;
  #lastSeconds = Number.NaN;
  #lastNanos = 0;
  /** The text of the second that was written last: most packets share it with the one before. */
  #shownSecond = Number.NaN;
  #shownText: Uint8Array = new Uint8Array(0);

  constructor(style: TimeStyle) {
    this.#style = style;
  }

  /** Writes the time and two blanks; nothing with `none`. */
  write(out: LineBuffer, packet: Packet): void {
    const { seconds, nanos } = packet;
    const digits = packet.interface?.timeDigits ?? 6;
    if (this.#style === 'none') return;
    if (Number.isNaN(seconds)) out.put(UNKNOWN);
    else if (this.#style === 'relative') this.#difference(out, packet.firstSeconds, packet.firstNanos, packet, digits);
    else if (this.#style === 'delta') this.#delta(out, packet, digits);
    else if (this.#style === 'epoch') this.#difference(out, 0, 0, packet, digits);
    else {
      if (seconds !== this.#shownSecond) this.#show(seconds);
      out.put(this.#shownText);
      fraction(out, nanos, digits);
    }
    out.byte(BLANK);
    out.byte(BLANK);
  }

  #delta(out: LineBuffer, packet: Packet, digits: number): void {
    if (Number.isNaN(this.#lastSeconds)) {
      this.#lastSeconds = packet.seconds;
      this.#lastNanos = packet.nanos;
    }
    this.#difference(out, this.#lastSeconds, this.#lastNanos, packet, digits);
    this.#lastSeconds = packet.seconds;
    this.#lastNanos = packet.nanos;
  }

  #difference(out: LineBuffer, fromSeconds: number, fromNanos: number, packet: Packet, digits: number): void {
    let seconds = packet.seconds - fromSeconds;
    let nanos = packet.nanos - fromNanos;
    const isNegative = seconds < 0 || (seconds === 0 && nanos < 0);
    if (isNegative) {
      seconds = -seconds;
      nanos = -nanos;
    }
    if (nanos < 0) {
      seconds--;
      nanos += 1_000_000_000;
    }
    let width = 1;
    for (let bound = 10; seconds >= bound; bound *= 10) width++;
    for (let i = width; i < SECONDS_WIDTH - (isNegative ? 1 : 0); i++) out.byte(BLANK);
    if (isNegative) out.byte(MINUS);
    out.decimal(seconds);
    fraction(out, nanos, digits);
  }

  #show(seconds: number): void {
    this.#shownSecond = seconds;
    const isDate = this.#style === 'date';
    const date = new Date(seconds * 1000);
    const isCommon = seconds >= -62_135_596_800 && seconds < 253_402_300_800;
    if (isDate && isCommon) this.#shownText = asBytes(date.toISOString().slice(0, 19).replace('T', ' '));
    else if (isDate) this.#shownText = asBytes(`day ${Math.floor(seconds / DAY)} ${clock(seconds)}`);
    else this.#shownText = asBytes(clock(seconds));
  }
}

/** `.544526`: what stands behind the second, as far as the capture knows it. */
function fraction(out: LineBuffer, nanos: number, digits: number): void {
  if (digits === 0) return;
  out.byte(DOT);
  if (digits === 6) {
    const micros = (nanos / 1000) | 0;
    const head = (micros / 100) | 0;
    out.fourDigits(head);
    out.twoDigits(micros - head * 100);
    return;
  }
  let unit = 100_000_000;
  let rest = nanos;
  for (let i = 0; i < digits && i < 9; i++) {
    const digit = (rest / unit) | 0;
    out.byte(ZERO + digit);
    rest -= digit * unit;
    unit = (unit / 10) | 0;
  }
}

/** The time of day, UTC. */
function clock(seconds: number): string {
  const second = ((seconds % DAY) + DAY) % DAY;
  const parts = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(String.fromCharCode(COLON));
}
