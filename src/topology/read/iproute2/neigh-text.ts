// `ip neigh` and `bridge fdb` as text, one entry a line (ip-neighbour(8), bridge(8); lines of calico-facts 9.1).
import { canonicalIp } from '../../../net/ip.ts';
import { canonicalMac } from '../../../net/mac.ts';
import type { FdbEntry, Neighbour, SourceRef } from '../../model.ts';
import { wordAfter, wordsOf } from './words.ts';

const STATES = new Set('PERMANENT NOARP REACHABLE STALE NONE INCOMPLETE DELAY PROBE FAILED'.split(' '));

/**
 * Reads one neighbour entry.
 * @param device the device of `ip neigh show dev X`, whose lines do not repeat it
 */
export function readNeighbourLine(line: string, ref: SourceRef, device: string | null): Neighbour | null {
  const words = wordsOf(line);
  const address = canonicalIp(words[0] ?? '');
  const state = words.findLast((word) => STATES.has(word));
  const mac = canonicalMac(wordAfter(words, 'lladdr') ?? '');
  if (address === null || (state === undefined && mac === null)) return null;
  return { address, dev: wordAfter(words, 'dev') ?? device, mac, state: state ?? '', text: line.trim(), ref };
}

/** One line of `bridge fdb`; `dst` is null where it names no remote VTEP: multicast filters, bridge ports, next hop groups (`nhid`). */
export type FdbLine = Omit<FdbEntry, 'dst'> & { dst: string | null; isUnicast: boolean };

/** Reads one forwarding entry; undefined when the line is none. */
export function readFdbLine(line: string, ref: SourceRef, device: string | null): FdbLine | undefined {
  const words = wordsOf(line);
  const mac = canonicalMac(words[0] ?? '');
  if (mac === null || !/\b(self|master|dst|permanent|dev|via|static|extern_learn|nhid)\b/.test(line)) return undefined;
  const dst = canonicalIp(wordAfter(words, 'dst') ?? '');
  return { mac, dev: wordAfter(words, 'dev') ?? device, dst, text: line.trim(), ref, isUnicast: isUnicast(mac) };
}

/** The lowest bit of the first byte marks groups (IEEE 802, section 8.2); all zeros is the entry for whatever is not known. */
export function isUnicast(mac: string): boolean {
  return Number.parseInt(mac.slice(1, 2), 16) % 2 === 0 && mac !== '00:00:00:00:00:00';
}
