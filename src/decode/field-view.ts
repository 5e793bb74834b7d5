// layers -> objects: the fields of one header as values and text. For people and JSON, never on the hot path.
import { formatIPv4, formatIPv6 } from '../net/ip.ts';
import { formatMac } from '../net/mac.ts';
import { u32LE } from '../wire/bytes.ts';
import type { BytesField, Field, HeaderInfo, NumberField } from '../wire/header.ts';

export interface FieldView {
  /** Wireshark's display filter name; null for reserved bits and what Wireshark has no name for. */
  name: string | null;
  label: string;
  /** First bit counted from the start of the *layer*, and width in bits. */
  bit: number;
  width: number;
  /** Flags are booleans; addresses and plain bytes text; all else numbers, in the unit Wireshark shows. */
  value: number | boolean | string;
  /** The value as people write it: `10.0.1.20`, `0x0800`, `yes`, `20`. */
  text: string;
  /** What the value means: `TCP`, `echo request`; null when there is nothing to say. */
  meaning: string | null;
  /** Reserved bits: shown only when they are not zero, or with everything. */
  reserved: boolean;
  /** True when the fields that follow repeat its bits. */
  group: boolean;
}

/** The fields of a header at absolute offset `at`; `layerAt` is where its layer starts. Header bytes must be there. */
export function viewHeader(header: HeaderInfo, bytes: Uint8Array, at: number, layerAt: number = at): FieldView[] {
  const shift = (at - layerAt) * 8;
  return header.headerFields.map((field) => viewField(field, bytes, at, shift));
}

function viewField(field: Field, bytes: Uint8Array, at: number, shift: number): FieldView {
  const { name, label, width, group } = field;
  const shown = isBytesField(field) ? viewBytes(field, bytes, at) : viewNumber(field, bytes, at);
  return { name, label, bit: field.bit + shift, width, group, reserved: field.kind === 'reserved', ...shown };
}

type Shown = Pick<FieldView, 'value' | 'text' | 'meaning'>;

function viewNumber(field: NumberField, bytes: Uint8Array, at: number): Shown {
  const raw = field.read(bytes, at);
  const meaning = field.meaning?.(raw) ?? null;
  if (field.kind === 'flag') return { value: raw === 1, text: raw === 1 ? 'yes' : 'no', meaning };
  if (field.kind === 'ipv4') {
    const text = formatIPv4(raw);
    return { value: text, text, meaning };
  }
  const value = raw * field.unit + field.plus;
  const text = field.hex ? `0x${value.toString(16).padStart(Math.ceil(field.width / 4), '0')}` : String(value);
  return { value, text, meaning };
}

function viewBytes(field: BytesField, bytes: Uint8Array, at: number): Shown {
  const start = at + field.byte;
  switch (field.kind) {
    case 'mac':
      return sameText(formatMac(bytes, start));
    case 'ipv6':
      return sameText(formatIPv6(bytes, start));
    case 'uint64': {
      const value = u32LE(bytes, start) + u32LE(bytes, start + 4) * 0x100000000;
      return { value, text: String(value), meaning: null };
    }
    case 'base64':
      return sameText(btoa(String.fromCharCode(...bytes.subarray(start, start + field.lengthBytes))));
    case 'bytes':
      return sameText(hexBytes(bytes, start, field.lengthBytes));
  }
}

/** `0a:0b:0c`, as tshark writes bytes. */
export function hexBytes(bytes: Uint8Array, start: number, length: number): string {
  const pairs: string[] = [];
  for (let i = start; i < start + length; i++) pairs.push(bytes[i]!.toString(16).padStart(2, '0'));
  return pairs.join(':');
}

function sameText(text: string): Shown {
  return { value: text, text, meaning: null };
}

function isBytesField(field: Field): field is BytesField {
  return 'byte' in field;
}
