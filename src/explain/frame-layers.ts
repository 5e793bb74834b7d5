// The walked layers as pieces that tile the frame: headers, payload, padding behind a layer's own length, what the capture
// did not keep, and the packet that an ICMP error quotes. Guarantee: no gap, no overlap, the sum is the length on the wire.

import { LayerStack } from '../decode/layer-stack.ts';
import { judgeChecksum } from '../decode/view/checksums.ts';
import { viewFault } from '../decode/view/fault-view.ts';
import { type LayerView, viewPacket } from '../decode/view/packet-view.ts';
import { walk } from '../decode/walk.ts';
import { isIp, type WalkedPacket } from '../packets/walked-packet.ts';
import { icmpQuotes } from '../wire/icmp.ts';
import { PROTOCOL, protocolRow } from '../wire/protocols.ts';
import type { ExplainedField, ExplainedLayer, Side } from './explanation.ts';

const LINKTYPE_RAW = 101;

type Piece = Omit<ExplainedLayer, 'id'>;

/** All pieces in order of place, numbered from 1. */
export function frameLayers(walked: WalkedPacket): ExplainedLayer[] {
  const pieces: Piece[] = [];
  for (const layer of walked.layers) {
    if (layer.number === PROTOCOL.data || layer.length === 0) continue;
    pieces.push(headerPiece(walked.bytes, walked.stack, layer, sideOf(walked, layer.index)));
  }
  pieces.push(...restPieces(walked, pieces.at(-1)));
  return pieces.sort((a, b) => a.offset - b.offset).map((piece, i) => ({ id: i + 1, ...piece }));
}

/** Whose layer `index` of the stack is. */
export function sideOf(walked: WalkedPacket, index: number): Side {
  if (index < walked.first) return 'carrier';
  if (walked.tunnel < 0) return 'only';
  const innerFrom = walked.encapsulation === 'ipip' ? walked.tunnel : walked.tunnel + 1;
  return index < innerFrom ? 'outer' : 'inner';
}

function headerPiece(bytes: Uint8Array, stack: LayerStack, layer: LayerView, side: Side): Piece {
  const { title, short } = protocolRow(layer.number);
  const judged = side === 'quoted' ? null : judgeChecksum(bytes, stack, layer.index);
  const fields: ExplainedField[] = layer.fields.map((field) => ({
    ...field,
    checksum: judged !== null && field.name === judged.field ? judged : null,
  }));
  return {
    protocol: layer.protocol,
    kind: 'header',
    title,
    short,
    side,
    offset: layer.offset,
    length: layer.length,
    spec: layer.parts[0]?.header.spec ?? null,
    fields,
    parts: layer.parts,
  };
}

/** What is behind the last header: payload, then from inside out what lies beyond each layer's own length. */
function restPieces(walked: WalkedPacket, last: Piece | undefined): Piece[] {
  const { layers, bytes, original } = walked;
  const pieces: Piece[] = [];
  const side = last?.side ?? 'only';
  let at = last === undefined ? 0 : last.offset + last.length;
  const innermost = layers.at(-1);
  const payloadEnd = innermost === undefined ? bytes.length : Math.max(innermost.end, at);
  const quoted = innermost === undefined ? null : quotedPieces(bytes, innermost, payloadEnd);
  if (quoted !== null) {
    pieces.push(...quoted.pieces);
    at = quoted.end;
  }
  if (payloadEnd > at) {
    pieces.push(
      plainPiece('payload', payloadName(walked, innermost), quoted === null ? side : 'quoted', at, payloadEnd - at),
    );
    at = payloadEnd;
  }
  for (const layer of [...layers].reverse()) {
    if (layer.end <= at) continue;
    pieces.push(plainPiece('padding', 'Padding', sideOf(walked, layer.index), at, layer.end - at));
    at = layer.end;
  }
  if (at < bytes.length) pieces.push(plainPiece('padding', 'Padding', sideOf(walked, 0), at, bytes.length - at));
  if (original > bytes.length) {
    pieces.push(plainPiece('missing', 'Not captured', side, bytes.length, original - bytes.length));
  }
  return pieces;
}

function plainPiece(
  kind: 'payload' | 'padding' | 'missing',
  title: string,
  side: Side,
  offset: number,
  length: number,
): Piece {
  const short = { payload: 'Data', padding: 'Pad', missing: 'cut' }[kind];
  return { protocol: kind, kind, title, short, side, offset, length, spec: null, fields: [], parts: [] };
}

function payloadName(walked: WalkedPacket, innermost: LayerView | undefined): string {
  if (innermost === undefined) return 'Payload';
  if (walked.isOuterRest) return 'Rest of the outer packet';
  const unread = viewFault(walked.stack, 0);
  if (unread !== null && !unread.notice) return unread.limit === 'captured' ? 'Cut off' : 'Unreadable';
  if (innermost.number === PROTOCOL.wireguard) return 'Encrypted';
  if (isIp(innermost.number) || innermost.number === PROTOCOL.fragment) return 'IP payload';
  return 'Payload';
}

/** The packet inside an ICMP error, walked by itself; null when there is none. */
function quotedPieces(bytes: Uint8Array, icmp: LayerView, end: number): { pieces: Piece[]; end: number } | null {
  const at = icmp.offset + icmp.length;
  if (!isIcmpError(bytes, icmp) || end - at < 20) return null;
  const stack = new LayerStack();
  const quote = quotedPacket(bytes, icmp, end);
  walk(quote, 0, quote.length, quote.length, LINKTYPE_RAW, stack, NO_TUNNELS);
  const pieces = viewPacket(quote, 0, stack, NO_TUNNELS)
    .filter((layer) => layer.length > 0 && layer.number !== PROTOCOL.data)
    .map((layer) => headerPiece(quote, stack, layer, 'quoted'))
    .map((piece) => ({
      ...piece,
      offset: piece.offset + at,
      parts: piece.parts.map((part) => ({ ...part, at: part.at + at })),
    }));
  const last = pieces.at(-1);
  return last === undefined ? null : { pieces, end: last.offset + last.length };
}

const NO_TUNNELS = { kind: new Uint8Array(0x10000), vnis: new Set<number>() };

/** The bytes that an ICMP error quotes. */
export function quotedPacket(bytes: Uint8Array, icmp: LayerView, end: number): Uint8Array {
  return bytes.slice(icmp.offset + icmp.length, end);
}

/** True for ICMP and ICMPv6 messages that quote the packet they are about. */
export function isIcmpError(bytes: Uint8Array, layer: LayerView): boolean {
  const type = bytes[layer.offset] ?? 255;
  if (layer.number === PROTOCOL.icmp) return icmpQuotes(type);
  return layer.number === PROTOCOL.icmpv6 && type < 128;
}
