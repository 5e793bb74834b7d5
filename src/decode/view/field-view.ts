// layers -> objects: the fields of one header as values and text. For people and JSON, never on the hot path.
import { calicoAddressMeaning, calicoFieldMeaning } from '../../cluster/field-meanings.ts';
import { formatIPv4, formatIPv6 } from '../../net/ip.ts';
import { formatMac } from '../../net/mac.ts';
import { ipv6Meaning, macMeaning } from '../../wire/address-meaning.ts';
import { u32LE } from '../../wire/bytes.ts';
import type { BytesField, HeaderInfo, NumberField } from '../../wire/header.ts';

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
  const fields: FieldView[] = [];
  appendFields(fields, header, bytes, at, layerAt);
  return fields;
}

/** As `viewHeader`, into a list that is there: a layer has several headers, and decode shows many packets. */
export function appendFields(
  to: FieldView[],
  header: HeaderInfo,
  bytes: Uint8Array,
  at: number,
  layerAt: number,
): void {
  const shift = (at - layerAt) * 8;
  const fields = header.headerFields;
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i]!;
    to.push('byte' in field ? viewBytes(field, bytes, at, shift) : viewNumber(field, bytes, at, shift));
  }
}

function viewNumber(field: NumberField, bytes: Uint8Array, at: number, shift: number): FieldView {
  const raw = field.read(bytes, at);
  const value = numberValue(field, raw);
  return {
    name: field.name,
    label: field.label,
    bit: field.bit + shift,
    width: field.width,
    value,
    text: typeof value === 'string' ? value : numberText(field, value),
    meaning: numberMeaning(field, raw, value),
    reserved: field.kind === 'reserved',
    group: field.group,
  };
}

/** Calico's words go first: its gateway is a link-local address, and so on. */
function numberMeaning(field: NumberField, raw: number, value: FieldView['value']): string | null {
  const calico = field.kind === 'ipv4' ? calicoAddressMeaning(String(value)) : calicoFieldMeaning(field.name, raw);
  return calico ?? (field.meaning === null ? null : field.meaning(raw));
}

function numberValue(field: NumberField, raw: number): number | boolean | string {
  if (field.kind === 'flag') return raw === 1;
  return field.kind === 'ipv4' ? formatIPv4(raw) : raw * field.unit + field.plus;
}

function numberText(field: NumberField, value: number | boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return field.hex ? `0x${value.toString(16).padStart(Math.ceil(field.width / 4), '0')}` : String(value);
}

function viewBytes(field: BytesField, bytes: Uint8Array, at: number, shift: number): FieldView {
  const value = bytesValue(field, bytes, at + field.byte);
  return {
    name: field.name,
    label: field.label,
    bit: field.bit + shift,
    width: field.width,
    value,
    text: String(value),
    meaning: bytesMeaning(field, bytes, at + field.byte),
    reserved: false,
    group: false,
  };
}

function bytesMeaning(field: BytesField, bytes: Uint8Array, start: number): string | null {
  if (field.kind === 'mac') return calicoAddressMeaning(formatMac(bytes, start)) ?? macMeaning(bytes, start);
  return field.kind === 'ipv6' ? ipv6Meaning(bytes, start) : null;
}

function bytesValue(field: BytesField, bytes: Uint8Array, start: number): number | string {
  switch (field.kind) {
    case 'mac':
      return formatMac(bytes, start);
    case 'ipv6':
      return formatIPv6(bytes, start);
    case 'uint64':
      return u32LE(bytes, start) + u32LE(bytes, start + 4) * 0x100000000;
    case 'base64':
      return btoa(String.fromCharCode(...bytes.subarray(start, start + field.lengthBytes)));
    case 'bytes':
      return hexBytes(bytes, start, field.lengthBytes);
  }
}

/** `0a:0b:0c`, as tshark writes bytes. */
export function hexBytes(bytes: Uint8Array, start: number, length: number): string {
  const pairs: string[] = [];
  for (let i = start; i < start + length; i++) pairs.push(bytes[i]!.toString(16).padStart(2, '0'));
  return pairs.join(':');
}
