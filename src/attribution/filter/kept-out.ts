// What a capture may lack without a sign: packets unlike all that it holds, which an expression may have kept out. Enough to say
// nothing of their absence, where it would be too little to suspect a filter.

import { type ExpressionFrame, parseCaptureExpression } from '../../net/capture-expression.ts';
import { parseIp } from '../../net/ip.ts';
import { isFileOf } from '../points/points-input.ts';
import type { AddressBook } from '../who/address-book.ts';
import { type OutermostPacket, type Shape, type ShapeInput, shapesOf } from './capture-shape.ts';

export interface KeptOut {
  /** Whether packets like this one may have gone by where a capture was taken, and not be in it nor in another piece of it. */
  mayLack(capture: number, packet: OutermostPacket): boolean;
}

export interface KeptOutInput extends ShapeInput {
  book: AddressBook;
  /** Captures that somebody vouches for, by path or base name. */
  unfiltered: readonly string[];
}

export function keptOut(input: KeptOutInput): KeptOut {
  const { captures, points, book, unfiltered } = input;
  const { ringOf } = points.rings;
  const shapes = shapesOf(input, ringOf);
  const recorded = captures.map(({ info }) => [...new Set(info.interfaces.map(({ filter }) => filter ?? ''))]);
  return {
    mayLack(capture, packet) {
      const expressions = (recorded[capture] ?? []).filter((text) => text !== '');
      if (expressions.some((text) => parseCaptureExpression(text)?.(frameOf(packet)) !== true)) return true;
      const { path = '', log } = captures[capture]?.info ?? {};
      if (log?.expression === '' || unfiltered.some((file) => isFileOf(file, path))) return false;
      const shape = shapes[ringOf[capture] ?? -1];
      const isOwn = (address: string): boolean => {
        const node = book.nodeOf(address);
        return node !== null && (points.ofCapture[capture] ?? []).some(({ topologyNode }) => topologyNode === node);
      };
      return shape !== undefined && isUnlikeAll(shape, packet, isOwn);
    },
  };
}

/**
 * Whether something that all frames have in common is not in a packet. One frame that does not have it is enough against that.
 * @param isOwn of an address: the node's that the capture was taken on, which most packets there have anyway
 */
function isUnlikeAll(shape: Shape, packet: OutermostPacket, isOwn: (address: string) => boolean): boolean {
  const { frames, packets, mirrored, arp, versions, protocols } = shape;
  const { protocol, ends, ports } = packet;
  if (packets === 0 || mirrored) return false;
  // `host` keeps the ARP that speaks of the address; all that a node hears speaks of its own
  const inAll = both(shape.common, arp.common).filter((address) => !isOwn(address));
  if (arp.packets > 0) return packets + arp.packets === frames && lacksOne(inAll, ends);
  if (packets !== frames) return false;
  const version = ends.some((end) => end.includes(':')) ? 6 : 4;
  if (versions.size === 1 && !versions.has(version)) return true;
  if (protocols.size === 1 && !protocols.has(protocol)) return true;
  return lacksOne([...(shape.commonPorts ?? [])], ports) || lacksOne([...(shape.common ?? [])], ends);
}

function lacksOne<T>(common: readonly T[], own: readonly T[]): boolean {
  return common.some((one) => !own.includes(one));
}

function both(one: ReadonlySet<string> | null, other: ReadonlySet<string> | null): string[] {
  return [...(one ?? [])].filter((address) => other?.has(address));
}

function frameOf({ protocol, ends: [source = '', destination = ''], ports }: OutermostPacket): ExpressionFrame {
  const [from = null, to = null] = ports.length > 1 ? ports : [null, ...ports];
  return {
    source: parseIp(source),
    destination: parseIp(destination),
    version: source.includes(':') ? 6 : 4,
    protocol,
    sourcePort: from,
    destinationPort: to,
  };
}
