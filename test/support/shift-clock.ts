// Captures whose clock was another one: every time in them moved, as `editcap -t` does. Classic pcap, little endian.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { writeAnew } from './write-anew.ts';

const NANOSECONDS = 0xa1b23c4d;

/** Writes a capture as it would be if its clock had been `seconds` ahead of what it was. */
export function shiftClock(from: string, to: string, seconds: number): void {
  const file = readFileSync(from);
  const bytes = Buffer.from(file[0] === 0x1f ? gunzipSync(file) : file);
  const units = bytes.readUInt32LE(0) === NANOSECONDS ? 1_000_000_000n : 1_000_000n;
  const by = BigInt(Math.round(seconds * 1e6)) * (units / 1_000_000n);
  for (let at = 24; at + 16 <= bytes.length; at += 16 + bytes.readUInt32LE(at + 8)) {
    const time = BigInt(bytes.readUInt32LE(at)) * units + BigInt(bytes.readUInt32LE(at + 4)) + by;
    bytes.writeUInt32LE(Number(time / units), at);
    bytes.writeUInt32LE(Number(time % units), at + 4);
  }
  writeAnew(to, bytes);
}
