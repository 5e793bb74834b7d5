// A header that is cut off -> the fields that are there all the same: after `tcpdump -s 96` the inner TCP header of a VXLAN
// packet ends in the middle, and its ports and sequence number are what people look for.
import { protocolRow } from '../../wire/protocols.ts';
import { TRUNCATED } from '../faults.ts';
import type { LayerStack } from '../layer-stack.ts';
import { viewHeader } from './field-view.ts';
import type { LayerView } from './packet-view.ts';

/** Bytes before which tshark and people alike see no header at all. */
const LEAST = 1;

/**
 * The header that ended the walk, with the fields that lie wholly before the end; null where none was cut off or no byte of it
 * is there. Its `length` is what there is of it.
 */
export function viewCutLayer(bytes: Uint8Array, start: number, stack: LayerStack): LayerView | null {
  const number = stack.fault === 0 ? -1 : TRUNCATED.indexOf(stack.fault);
  if (number < 0 || stack.have < LEAST) return null;
  const { name, layout } = protocolRow(number);
  const { header } = layout;
  if (header === null) return null;
  const at = stack.faultAt;
  const end = at + stack.have;
  // Reads beyond what is there never leave this copy.
  const padded = new Uint8Array(header.headerLength);
  padded.set(bytes.subarray(at, Math.min(end, at + header.headerLength)));
  const fields = viewHeader(header, padded, 0).filter((field) => field.bit + field.width <= stack.have * 8);
  if (fields.length === 0) return null;
  return {
    index: stack.faultLayer,
    number,
    protocol: name,
    offset: at - start,
    length: stack.have,
    end: end - start,
    fields,
    parts: [{ header, at }],
  };
}
