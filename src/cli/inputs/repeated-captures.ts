// Captures that were given twice: the same file, a copy of it, or a cut (its first packets, or fewer bytes of each). That takes proof:
// frames that are alike to the last bit may be of two places, as those of a mirror or of a bond and its NIC are.
import { realpathSync } from 'node:fs';
import { fileSize } from '../../bytes/open-file.ts';
import { openToRead } from '../../capture/open.ts';
import type { CaptureInterface, CaptureReader, PacketBatch } from '../../capture/source.ts';
import { OverlensError } from '../../errors.ts';
import { fingerprint } from './fingerprint.ts';

export interface Repeated {
  path: string;
  /** The capture that counts. */
  of: string;
  /** `the same file as`, `a copy of`, `a cut of`. */
  is: string;
}

/** More captures are not compared pair by pair for cuts. */
const MOST_COMPARED = 64;

/**
 * @param places paths that the user says the place of: nothing but the same file is the same there
 * @returns what counts no more
 */
export async function repeatedCaptures(captures: readonly string[], places: readonly string[]): Promise<Repeated[]> {
  const found = sameFiles(captures);
  const left = (): string[] =>
    captures.filter(
      (path) => fileSize(path) !== null && !places.includes(path) && !found.some((one) => one.path === path),
    );
  found.push(...(await copies([...new Set(left())])));
  const rest = [...new Set(left())];
  if (rest.length <= MOST_COMPARED) found.push(...(await cuts(rest)));
  return found;
}

function sameFiles(captures: readonly string[]): Repeated[] {
  const known = new Map<string, string>();
  return captures.flatMap((path): Repeated[] => {
    if (fileSize(path) === null) return [];
    const real = realpathSync.native(path);
    const first = known.get(real);
    if (first === undefined) known.set(real, path);
    return first === undefined || first === path ? [] : [{ path, of: first, is: 'the same file as' }];
  });
}

/** The same bytes, with a packet at least. */
async function copies(captures: readonly string[]): Promise<Repeated[]> {
  const bySize = new Map<number, string[]>();
  for (const path of captures) {
    const size = fileSize(path) ?? 0;
    bySize.set(size, [...(bySize.get(size) ?? []), path]);
  }
  const found: Repeated[] = [];
  for (const paths of bySize.values()) {
    if (paths.length < 2) continue;
    const known = new Map<string, string>();
    for (const { path, sha256 } of await fingerprint(paths)) {
      const first = sha256 === null ? undefined : known.get(sha256);
      if (sha256 !== null && first === undefined) known.set(sha256, path);
      if (first !== undefined && (await isCutOf(path, first))) found.push({ path, of: first, is: 'a copy of' });
    }
  }
  return found;
}

/** Beside the capture that they were cut from, and called after it: `x.pcap`, `x-first100.pcap`. */
async function cuts(captures: readonly string[]): Promise<Repeated[]> {
  const found: Repeated[] = [];
  for (const path of captures)
    for (const whole of captures) {
      if (path === whole || found.some((one) => one.path === path || one.path === whole)) continue;
      if (isCalledAfter(path, whole) && (await isCutOf(path, whole))) found.push({ path, of: whole, is: 'a cut of' });
    }
  return found;
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

/** Whether every packet of the first is in the other one, in the same order from the first one on, with the same time to the last digit. */
async function isCutOf(path: string, whole: string): Promise<boolean> {
  try {
    const [part, all] = [packetsOf(await openToRead(path)), packetsOf(await openToRead(whole))];
    try {
      return await beginsWith(all, part);
    } finally {
      await part.return();
      await all.return();
    }
  } catch (error) {
    if (error instanceof OverlensError) return false;
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

async function beginsWith(all: AsyncGenerator<Packet>, part: AsyncGenerator<Packet>): Promise<boolean> {
  let packets = 0;
  for await (const packet of part) {
    const { value, done } = await all.next();
    if (done === true || !isCut(packet, value)) return false;
    packets++;
  }
  return packets > 0;
}

function isCut(a: Packet, b: Packet): boolean {
  const [one, other] = [interfaceOf(a), interfaceOf(b)];
  if (one?.linkType !== other?.linkType || one?.name !== other?.name || one?.timeDigits !== other?.timeDigits)
    return false;
  const [x, y] = [a.batch, b.batch];
  if (x.seconds[a.i] !== y.seconds[b.i] || x.nanos[a.i] !== y.nanos[b.i]) return false;
  if (x.original[a.i] !== y.original[b.i]) return false;
  const length = x.captured[a.i] ?? 0;
  if (length > (y.captured[b.i] ?? 0)) return false;
  const [at, start] = [x.start[a.i] ?? 0, y.start[b.i] ?? 0];
  for (let k = 0; k < length; k++) if (x.bytes[at + k] !== y.bytes[start + k]) return false;
  return true;
}

function interfaceOf({ reader, batch, i }: Packet): CaptureInterface | undefined {
  return reader.info.interfaces[batch.interface[i] ?? -1];
}
