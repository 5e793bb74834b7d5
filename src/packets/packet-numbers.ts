// Packet numbers as people give them: `44`, `1-20`, `3,5,9-`. Counted from 1 in each capture.

/** Closed ranges in rising order that neither touch nor overlap; `to` is Infinity where the end is open. */
export type PacketNumbers = readonly { from: number; to: number }[];

/** Null when the text is no list of numbers. */
export function parsePacketNumbers(text: string): PacketNumbers | null {
  const ranges: { from: number; to: number }[] = [];
  for (const part of text.split(',')) {
    const match = /^(\d{1,15})(-(\d{1,15})?)?$/.exec(part.trim());
    if (match === null) return null;
    const from = Number(match[1]);
    const to = match[2] === undefined ? from : match[3] === undefined ? Number.POSITIVE_INFINITY : Number(match[3]);
    if (from < 1 || to < from) return null;
    ranges.push({ from, to });
  }
  ranges.sort((a, b) => a.from - b.from);
  const merged: { from: number; to: number }[] = [];
  for (const range of ranges) {
    const last = merged.at(-1);
    if (last !== undefined && range.from <= last.to + 1) last.to = Math.max(last.to, range.to);
    else merged.push({ ...range });
  }
  return merged;
}

/** Whether a number is among them; ranges are few, so they are tried one by one. */
export function hasNumber(numbers: PacketNumbers, number: number): boolean {
  for (const { from, to } of numbers) if (number >= from && number <= to) return true;
  return false;
}

/** The largest number asked for. */
export function lastNumber(numbers: PacketNumbers): number {
  return numbers.at(-1)?.to ?? 0;
}
