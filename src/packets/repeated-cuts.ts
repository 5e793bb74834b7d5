// Captures that are others given again: a copy, or a cut (some of their packets, or fewer bytes of each). That takes proof: frames that are
// alike to the last bit may be of two places, as those of a mirror or of a bond and its NIC are.
import { baseName } from '../attribution/points/points-input.ts';
import { isReadAgain } from '../bytes/open-path.ts';
import { openToRead } from '../capture/open.ts';
import { type CaptureSpan, captureSpan } from '../capture/plan.ts';
import type { CaptureInterface, CaptureReader, PacketBatch } from '../capture/source.ts';
import { looksLikeTunnelDevice, useOfDeviceName } from '../cluster/device.ts';
import { OverlensError } from '../errors.ts';
import { isBefore, type Moment } from '../net/time.ts';

export interface Repeated {
  path: string;
  /** The capture that counts. */
  of: string;
  /** `the same file as`, `a copy of`, `a cut of`. */
  is: string;
}

/** Whether a path is an argument, or of a file in it: a folder or an archive. */
function isIn(argument: string, path: string): boolean {
  return (
    path === argument ||
    path.startsWith(argument.endsWith('/') ? argument : `${argument}/`) ||
    path.startsWith(`${argument}!`)
  );
}

/** Each argument with what of it counts no more. */
export function withRepeats<T extends { argument: string; repeated?: readonly Repeated[] }>(
  taken: readonly T[],
  repeats: readonly Repeated[],
): T[] {
  return taken.map((one) => {
    const own = repeats.filter(({ path }) => isIn(one.argument, path));
    return own.length === 0 ? one : { ...one, repeated: own };
  });
}

/** More captures are not compared pair by pair for cuts. */
const MOST_COMPARED = 64;

/** What counts no more, of captures that can be read more than once; of very many nothing is told. */
export async function repeatedCuts(captures: readonly string[]): Promise<Repeated[]> {
  const asked = [...new Set(captures)].filter(isReadAgain);
  return asked.length < 2 || asked.length > MOST_COMPARED ? [] : cuts(asked);
}

/** Parts of others: what is called after it, and what is called anything else unless its name says another place. */
async function cuts(captures: readonly string[]): Promise<Repeated[]> {
  const spans = new Map<string, Span>();
  for (const path of captures) spans.set(path, await spanOf(path));
  const found: Repeated[] = [];
  for (const [at, path] of captures.entries())
    for (const [before, whole] of captures.entries()) {
      if (path === whole || found.some((one) => one.path === path || one.path === whole)) continue;
      if (!mayHold(spans.get(whole), spans.get(path))) continue;
      const is = await relationOf(path, whole);
      // of two that are alike the one that was given first counts
      if ((is === 'copy' && before < at) || (is === 'cut' && !saysAnotherPlace(path, whole)))
        found.push({ path, of: whole, is: `a ${is} of` });
    }
  return found;
}

type Span = Pick<CaptureSpan, 'first' | 'last'>;

async function spanOf(path: string): Promise<Span> {
  const span = await captureSpan(path);
  if (span !== null) return span;
  try {
    for await (const packet of packetsOf(await openToRead(path))) return { first: momentOf(packet), last: null };
  } catch (error) {
    if (!(error instanceof OverlensError)) throw error;
  }
  return { first: null, last: null };
}

/** Where nobody knows when one of them ends (in an archive, compressed), only what begins with the same packet is looked for. */
function mayHold(whole: Span | undefined, part: Span | undefined): boolean {
  if (whole?.first == null || part?.first == null) return false;
  // one of them may have been written with fewer digits
  const isSooner = (a: Moment, b: Moment): boolean => a.seconds < b.seconds;
  if (isSooner(part.first, whole.first)) return false;
  if (whole.last === null || part.last === null) return !isSooner(whole.first, part.first);
  return !isSooner(whole.last, part.last);
}

/** How NICs are called, and what stands for them in a file's name. */
const NIC = /^(any|mirror|span|(eth|bond|team|br|vlan|wg|wlan|ib)\d{1,5}|en[opsx][a-z0-9]{0,15})$/;

function isDevice(word: string): boolean {
  return NIC.test(word) || looksLikeTunnelDevice(word) || useOfDeviceName(word) !== 'nic';
}

/**
 * A bond and its NIC have packets in common to the last bit: who names a device that the other name does not means another place, as does
 * who names both by one pattern (`n1-nic`, `n2-nic`).
 */
function saysAnotherPlace(path: string, whole: string): boolean {
  if (isCalledAfter(path, whole)) return false;
  const [own, known] = [wordsOf(path), wordsOf(whole)];
  if (own.some((word) => isDevice(word) && !known.includes(word))) return true;
  const withoutNumber = (word = ''): string => word.replace(/\d{1,9}$/, '');
  return own.length === known.length && own.some((word, i) => withoutNumber(word) === withoutNumber(known[i]));
}

function wordsOf(path: string): string[] {
  return stemOf(baseName(path))
    .toLowerCase()
    .split(/[^a-z0-9]/);
}

/** Either is called after the other: who cuts may rename what was cut. */
function isCalledAfter(a: string, b: string): boolean {
  const [one, other] = [stemOf(a), stemOf(b)];
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return long.startsWith(short) && /^($|[-_. (])/.test(long.slice(short.length));
}

function stemOf(path: string): string {
  return path.replace(/(\.(gz|zst))?$/i, '').replace(/\.(pcap|pcapng|cap|dmp)$/i, '');
}

/**
 * Whether every packet of the first is in the other one, in the same order, with the same time to the last digit that both have: `copy`
 * where the other has no more, neither packets nor bytes.
 */
export async function relationOf(path: string, whole: string): Promise<'copy' | 'cut' | null> {
  try {
    const [part, all] = [packetsOf(await openToRead(path)), packetsOf(await openToRead(whole))];
    try {
      return await relation(part, all);
    } finally {
      await part.return();
      await all.return();
    }
  } catch (error) {
    if (error instanceof OverlensError) return null;
    throw error;
  }
}

interface Packet {
  reader: CaptureReader;
  batch: PacketBatch;
  i: number;
}

async function* packetsOf(reader: CaptureReader): AsyncGenerator<Packet, void, void> {
  for await (const batch of reader.batches()) for (let i = 0; i < batch.count; i++) yield { reader, batch, i };
  // of what is not sound nothing is proven
  if (reader.info.error !== null) throw reader.info.error;
}

/** Packets that are passed over in search of a cut's: the search must not take longer than the reading. */
const MOST_PASSED = 2_000_000;

async function relation(part: AsyncGenerator<Packet>, all: AsyncGenerator<Packet>): Promise<'copy' | 'cut' | null> {
  let [packets, passed] = [0, 0];
  let isWhole = true;
  for await (const packet of part) {
    for (;;) {
      const { value, done } = await all.next();
      if (done === true) return null;
      if (isCut(packet, value)) {
        isWhole &&= packet.batch.captured[packet.i] === value.batch.captured[value.i];
        break;
      }
      const digits = digitsOfBoth(packet, value);
      if (++passed > MOST_PASSED || isBefore(momentOf(packet, digits), momentOf(value, digits))) return null;
    }
    packets++;
  }
  if (packets === 0) return null;
  return isWhole && passed === 0 && (await all.next()).done === true ? 'copy' : 'cut';
}

/** @param digits behind the second: what converts a capture to microseconds leaves out those behind them */
function momentOf({ batch, i }: Packet, digits = 9): Moment {
  const step = 10 ** Math.max(0, 9 - digits);
  return { seconds: batch.seconds[i] ?? Number.NaN, nanos: Math.floor((batch.nanos[i] ?? 0) / step) * step };
}

function digitsOfBoth(a: Packet, b: Packet): number {
  return Math.min(...[a, b].map((one) => interfaceOf(one)?.timeDigits ?? 9));
}

function isCut(a: Packet, b: Packet): boolean {
  const [one, other] = [interfaceOf(a), interfaceOf(b)];
  if (one?.linkType !== other?.linkType || !isOneName(one?.name, other?.name)) return false;
  const [x, y] = [a.batch, b.batch];
  const digits = one?.timeDigits === other?.timeDigits ? 9 : digitsOfBoth(a, b);
  const [when, then] = [momentOf(a, digits), momentOf(b, digits)];
  if (when.seconds !== then.seconds || when.nanos !== then.nanos) return false;
  if (x.original[a.i] !== y.original[b.i]) return false;
  const length = x.captured[a.i] ?? 0;
  if (length > (y.captured[b.i] ?? 0)) return false;
  const [at, start] = [x.start[a.i] ?? 0, y.start[b.i] ?? 0];
  for (let k = 0; k < length; k++) if (x.bytes[at + k] !== y.bytes[start + k]) return false;
  return true;
}

/** What was converted to a classic capture has no name any more. */
function isOneName(a: string | null | undefined, b: string | null | undefined): boolean {
  return a == null || b == null || a === b;
}

function interfaceOf({ reader, batch, i }: Packet): CaptureInterface | undefined {
  return reader.info.interfaces[batch.interface[i] ?? -1];
}
