// `decode -v`: below the line of a packet every header with its fields, values and what they mean.

import type { Packet } from '../../decode/packet.ts';
import { type ChecksumView, judgeChecksum } from '../../decode/view/checksums.ts';
import { viewCutLayer } from '../../decode/view/cut-view.ts';
import { unsupportedText, viewFault } from '../../decode/view/fault-view.ts';
import type { FieldView } from '../../decode/view/field-view.ts';
import { type LayerView, viewPacket } from '../../decode/view/packet-view.ts';
import type { WalkPorts } from '../../decode/walk-ports.ts';
import { lookupProtocol } from '../../wire/catalog.ts';
import { PROTOCOL } from '../../wire/protocols.ts';
import { escapeText } from '../text/escape.ts';
import { formatCount } from '../text/format.ts';
import type { Paint } from '../text/paint.ts';
import type { AddressNames } from './address-texts.ts';

export interface TreeLook {
  ports: WalkPorts;
  /** What the snapshot calls an IP address or a MAC. */
  names: AddressNames | null;
  macNames: AddressNames | null;
  paint: Paint;
  /** What the capture's writer noted at a packet, raw. */
  comments?(packet: Packet): readonly string[];
}

/** Columns before layers and before fields, and where values and meanings begin. */
const INDENT = '    ';
const STEP = '  ';
const VALUE_COLUMN = 40;
const VALUE_WIDTH = 18;

/** The lines below a packet's line, without newlines. */
export function* treeLines(packet: Packet, look: TreeLook): Generator<string> {
  const { bytes, start, stack } = packet;
  yield `${INDENT}${frameText(packet)}`;
  for (const comment of look.comments?.(packet) ?? [])
    for (const [i, line] of comment.split('\n').entries())
      yield `${INDENT}${i === 0 ? 'Comment' : '       '}  ${escapeText(line)}`;
  const layers = viewPacket(bytes, start, stack, look.ports);
  for (const layer of layers) {
    if (layer.number === PROTOCOL.raw) continue;
    yield `${INDENT}${look.paint('strong', titleOf(layer))}  ${placeOf(layer)}`;
    yield* fieldLines(packet, layer, look);
  }
  const cut = viewCutLayer(bytes, start, stack);
  if (cut !== null) {
    yield `${INDENT}${look.paint('strong', titleOf(cut))}  ${placeOf(cut)}, ${look.paint('warn', 'cut off')}`;
    yield* viewLines(cut.fields, null, look, 0);
  }
  yield* restLines(packet, layers, look.paint);
}

function frameText({ captured, original, interface: device }: Packet): string {
  const size =
    captured < original
      ? `${formatCount(original, 'byte')} on the wire, ${captured} captured`
      : formatCount(original, 'byte');
  return `Frame  ${size}${device?.name ? `, interface ${escapeText(device.name)}` : ''}`;
}

function titleOf(layer: LayerView): string {
  if (layer.number === PROTOCOL.data) return 'Data';
  if (layer.protocol === 'sll') return layer.number === PROTOCOL.sll2 ? 'Linux cooked, version 2' : 'Linux cooked';
  return lookupProtocol(layer.protocol)?.title ?? layer.protocol;
}

function placeOf({ offset, length }: LayerView): string {
  return length === 0 ? `at ${offset}, no header` : `bytes ${offset}-${offset + length - 1}`;
}

function* fieldLines(packet: Packet, layer: LayerView, look: TreeLook): Generator<string> {
  const checksum = judgeChecksum(packet.bytes, packet.stack, layer.index);
  if (layer.number === PROTOCOL.data) {
    yield fieldLine('Length', formatCount(layer.length, 'byte'), null, 1);
    return;
  }
  // The layer's fields are those of its parts, one after the other.
  let from = 0;
  for (const { header } of layer.parts) {
    const to = from + header.headerFields.length;
    yield* viewLines(layer.fields.slice(from, to), checksum, look, from > 0 ? 1 : 0);
    from = to;
  }
}

/** Bits of a group one step deeper, what follows the first field of an option too. */
function* viewLines(
  views: readonly FieldView[],
  checksum: ChecksumView | null,
  look: TreeLook,
  deeper: number,
): Generator<string> {
  let groupEnd = -1;
  for (const [index, view] of views.entries()) {
    if (view.reserved && view.name === null && Number(view.value) === 0) continue;
    const depth = (view.bit < groupEnd && !view.group ? 2 : 1) + (index > 0 ? deeper : 0);
    if (view.group) groupEnd = view.bit + view.width;
    yield fieldLine(view.label, view.text, meaningOf(view, checksum, look), depth);
  }
}

function fieldLine(label: string, value: string, meaning: string | null, depth: number): string {
  // Labels and values are ASCII: a column each.
  const head = `${INDENT}${STEP.repeat(depth)}${label}`.padEnd(VALUE_COLUMN - 1);
  return meaning === null ? `${head} ${value}` : `${head} ${value.padEnd(VALUE_WIDTH)} ${meaning}`;
}

function meaningOf(view: FieldView, checksum: ChecksumView | null, look: TreeLook): string | null {
  if (checksum !== null && view.name === checksum.field) return checksumText(checksum, look.paint);
  const name = typeof view.value === 'string' ? nameOf(view, view.value, look) : null;
  const parts = [view.meaning, name === null ? null : escapeText(name)].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(', ');
}

function nameOf(view: FieldView, value: string, look: TreeLook): string | null {
  if (view.width === 48) return look.macNames?.(value) ?? null;
  return view.width === 32 || view.width === 128 ? (look.names?.(value) ?? null) : null;
}

/** How each state is said, and shown. */
const CHECKSUM_WORDS = {
  valid: ['good', 'valid'],
  'zero-allowed': ['dim', 'zero and allowed'],
  'zero-not-allowed': ['bad', 'zero and not allowed'],
  unfinished: ['warn', 'unfinished'],
  wrong: ['bad', 'wrong'],
  'not-checkable': ['dim', 'not checkable'],
} as const;

function checksumText({ state, expected, reason }: ChecksumView, paint: Paint): string {
  const [tone, words] = CHECKSUM_WORDS[state];
  const due = state === 'wrong' && expected !== null ? `, should be 0x${expected.toString(16).padStart(4, '0')}` : '';
  return state === 'valid' ? paint(tone, words) : `${paint(tone, words)}: ${reason}${due}`;
}

/** What stands behind the headers, and what was odd. */
function* restLines(packet: Packet, layers: readonly LayerView[], paint: Paint): Generator<string> {
  const { stack, captured } = packet;
  const last = layers.at(-1);
  const payload = last === undefined || last.number === PROTOCOL.data ? 0 : last.end - last.offset - last.length;
  if (last !== undefined && payload > 0 && stack.fault === 0) {
    yield `${INDENT}${paint('strong', 'Payload')}  bytes ${last.offset + last.length}-${last.end - 1}, ${formatCount(payload, 'byte')}`;
  }
  const outermost = layers.find((layer) => layer.number === PROTOCOL.ipv4 || layer.number === PROTOCOL.ipv6);
  const end = (outermost ?? last)?.end ?? 0;
  if (end > 0 && end < captured) {
    yield `${INDENT}${paint('strong', 'Trailer')}  bytes ${end}-${captured - 1}, behind the packet: padding or a checksum`;
  }
  const fault = viewFault(stack, packet.start);
  if (fault !== null) {
    const where = fault.offset >= 0 ? ` at byte ${fault.offset}` : '';
    yield `${INDENT}${paint(fault.notice ? 'warn' : 'bad', fault.code)}  ${fault.message}${where}${fault.spec === '' ? '' : ` (${fault.spec})`}`;
  }
  const unknown = unsupportedText(stack);
  if (unknown !== null) yield `${INDENT}${paint('warn', 'unsupported')}  ${unknown}`;
}
