// What a header is, stated once: name, bit position, width and meaning of every field. Hot reads, the object view,
// the RFC bit diagram, the protocol page and the encoder of the tests all come from the one definition.
// Guarantee: fields lie inside the header and have the width their kind demands, checked when a definition is made.
import { ipv4Meaning } from './address-meaning.ts';
import { u16, u16LE, u24, u32, u32LE } from './bytes.ts';

/** Says in words what a value means (`TCP`, `request`); null when there is nothing to say. */
export type Meaning = (value: number) => string | null;

export interface FieldOptions {
  /** The field counts in units of this many (IHL: 4 bytes): values shown are `read() * unit + plus`. Default 1. */
  unit?: number;
  /** What Wireshark adds (the length of a Geneve option: its own header). Default 0. */
  plus?: number;
  /** Shown in hexadecimal, as Wireshark does. */
  hex?: boolean;
  meaning?: Meaning;
  /** Repeats the bits of the fields that follow it (`ip.flags` over its three flags): not part of the tiling. */
  group?: boolean;
  /** Least significant byte first (WireGuard). */
  littleEndian?: boolean;
  /** Whether Wireshark has a filter name for it; text: the name where it is not the header's. Default: not for reserved bits. */
  named?: boolean | string;
}

interface FieldBase {
  /** Wireshark's display filter name (`vxlan.vni`); null for reserved bits that have none. */
  readonly name: string | null;
  /** What the RFC or Wireshark calls it. */
  readonly label: string;
  /** Position of the first bit, counted from the header's first; RFC order (bit 0 is the most significant). */
  readonly bit: number;
  /** Width in bits. */
  readonly width: number;
  readonly group: boolean;
}

/** A field of at most 32 bits that is read as a number. */
export interface NumberField extends FieldBase {
  readonly kind: 'uint' | 'flag' | 'reserved' | 'ipv4';
  readonly unit: number;
  readonly plus: number;
  readonly hex: boolean;
  readonly littleEndian: boolean;
  readonly meaning: Meaning | null;
  /** The raw value (not multiplied by `unit`) in the header that starts at `at`. Allocates nothing, checks nothing. */
  readonly read: (bytes: Uint8Array, at: number) => number;
}

/** A field that is found, not read: addresses longer than a number, keys, 64-bit counters (`uint64`: little-endian). */
export interface BytesField extends FieldBase {
  readonly kind: 'mac' | 'ipv6' | 'bytes' | 'base64' | 'uint64';
  /** Offset of its first byte in the header. */
  readonly byte: number;
  readonly lengthBytes: number;
}

export type Field = NumberField | BytesField;

/** A field before it knows its header and so its full name. */
export interface FieldSpec<F extends Field> {
  readonly make: (name: string) => F;
}

export interface HeaderInfo {
  /** Wireshark's filter prefix: `vxlan` in `vxlan.vni`. */
  readonly headerName: string;
  /** Where it is specified: `RFC 7348 §5`. */
  readonly spec: string;
  /** Bytes of the fixed part. */
  readonly headerLength: number;
  /** In order of position; a group stands before its members. */
  readonly headerFields: readonly Field[];
}

/** A header at a place: what a layer with options is made of. `at` is absolute. */
export interface Part {
  readonly header: HeaderInfo;
  readonly at: number;
}

export type Header<S> = HeaderInfo & { readonly [K in keyof S]: S[K] extends FieldSpec<infer F> ? F : never };

/**
 * Defines a header. Keys are Wireshark's names without the protocol: `vni` in VXLAN is `vxlan.vni`, `'flags.df'` in IPv4
 * is `ip.flags.df`. `lengthBytes` is the fixed part. Throws RangeError when a field leaves the header.
 */
export function defineHeader<S extends Record<string, FieldSpec<Field>>>(
  headerName: string,
  spec: string,
  lengthBytes: number,
  specs: S,
): Header<S> {
  const named: Record<string, Field> = {};
  for (const [key, field] of Object.entries(specs)) {
    const made = field.make(`${headerName}.${key}`);
    if (made.bit < 0 || made.width < 1 || made.bit + made.width > lengthBytes * 8) {
      throw new RangeError(
        `${headerName}.${key}: bits ${made.bit}+${made.width} leave a header of ${lengthBytes} bytes`,
      );
    }
    named[key] = made;
  }
  const headerFields = Object.values(named);
  return { headerName, spec, headerLength: lengthBytes, headerFields, ...named } as Header<S>;
}

/**
 * One field of bytes whose length only the packet knows (an option's payload), as a header of its own; `key: null` when
 * Wireshark has no name for it.
 */
export function variable(
  headerName: string,
  spec: string,
  key: string | null,
  label: string,
  lengthBytes: number,
): HeaderInfo {
  const made = octets(0, lengthBytes, label).make(`${headerName}.${key}`);
  const field = key === null ? { ...made, name: null } : made;
  return { headerName, spec, headerLength: lengthBytes, headerFields: [field] };
}

/** An unsigned integer of 1 to 32 bits. */
export function uint(bit: number, width: number, label: string, options: FieldOptions = {}): FieldSpec<NumberField> {
  return numberField('uint', bit, width, label, options);
}

/** One bit that says yes or no. */
export function flag(bit: number, label: string, options: FieldOptions = {}): FieldSpec<NumberField> {
  return numberField('flag', bit, 1, label, options);
}

/** Bits without a meaning; `named: true` when Wireshark has a filter name for them. */
export function reserved(bit: number, width: number, options: FieldOptions = {}): FieldSpec<NumberField> {
  return numberField('reserved', bit, width, 'Reserved', { hex: width > 1, ...options });
}

/** An IPv4 address, read as an unsigned 32-bit number. */
export function ipv4(bit: number, label: string): FieldSpec<NumberField> {
  return numberField('ipv4', bit, 32, label, { meaning: ipv4Meaning });
}

export function ipv6(bit: number, label: string): FieldSpec<BytesField> {
  return bytesField('ipv6', bit, 16, label);
}

export function mac(bit: number, label: string): FieldSpec<BytesField> {
  return bytesField('mac', bit, 6, label);
}

/** Whole bytes without inner structure. */
export function octets(bit: number, lengthBytes: number, label: string): FieldSpec<BytesField> {
  return bytesField('bytes', bit, lengthBytes, label);
}

/** Whole bytes that people write in base64: keys. */
export function base64(bit: number, lengthBytes: number, label: string): FieldSpec<BytesField> {
  return bytesField('base64', bit, lengthBytes, label);
}

/** A 64-bit little-endian counter. */
export function uint64LE(bit: number, label: string): FieldSpec<BytesField> {
  return bytesField('uint64', bit, 8, label);
}

function bytesField(kind: BytesField['kind'], bit: number, lengthBytes: number, label: string): FieldSpec<BytesField> {
  const width = lengthBytes * 8;
  return { make: (name) => ({ kind, name, label, bit, width, group: false, byte: bit / 8, lengthBytes }) };
}

function numberField(
  kind: NumberField['kind'],
  bit: number,
  width: number,
  label: string,
  options: FieldOptions,
): FieldSpec<NumberField> {
  const littleEndian = options.littleEndian ?? false;
  const read = littleEndian ? littleEndianReader(bit, width) : reader(bit, width);
  const hasName = options.named ?? kind !== 'reserved';
  return {
    make: (name) => ({
      kind,
      name: hasName === true ? name : hasName === false ? null : hasName,
      label,
      bit,
      width,
      group: options.group ?? false,
      unit: options.unit ?? 1,
      plus: options.plus ?? 0,
      hex: options.hex ?? false,
      littleEndian,
      meaning: options.meaning ?? null,
      read,
    }),
  };
}

type Read = (bytes: Uint8Array, at: number) => number;

/** One closure over constants for each shape of field; the optimising compiler inlines it where the header is a constant. */
function reader(bit: number, width: number): Read {
  const byte = bit >> 3;
  const lastBit = bit + width - 1;
  const span = (lastBit >> 3) - byte + 1;
  const shift = 7 - (lastBit & 7);
  const mask = width === 32 ? 0xffffffff : 2 ** width - 1;
  const whole = (bit & 7) === 0 && shift === 0;
  switch (span) {
    case 1:
      if (whole) return (bytes, at) => bytes[at + byte]!;
      return (bytes, at) => (bytes[at + byte]! >> shift) & mask;
    case 2:
      if (whole) return (bytes, at) => u16(bytes, at + byte);
      return (bytes, at) => (u16(bytes, at + byte) >> shift) & mask;
    case 3:
      if (whole) return (bytes, at) => u24(bytes, at + byte);
      return (bytes, at) => (u24(bytes, at + byte) >> shift) & mask;
    case 4:
      if (whole) return (bytes, at) => u32(bytes, at + byte);
      return (bytes, at) => (u32(bytes, at + byte) >>> shift) & mask;
    default:
      throw new RangeError(`a number of ${width} bits at bit ${bit} spans ${span} bytes`);
  }
}

function littleEndianReader(bit: number, width: number): Read {
  const byte = bit >> 3;
  if ((bit & 7) === 0 && width === 16) return (bytes, at) => u16LE(bytes, at + byte);
  if ((bit & 7) === 0 && width === 32) return (bytes, at) => u32LE(bytes, at + byte);
  throw new RangeError(`a little-endian number of ${width} bits at bit ${bit}`);
}
