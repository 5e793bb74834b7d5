// IPv4 and IPv6 addresses as values and as text, without I/O. Text is canonical: dotted quad (RFC 791, no leading zeros)
// and RFC 5952 for IPv6. `formatIPv4` and `formatIPv6` read what packets hold; the parser reads what people wrote.

/** An address as a number: 32 bits for family 4, 128 bits for family 6. */
export interface Ip {
  family: 4 | 6;
  value: bigint;
}

/**
 * Reads an IPv4 or IPv6 address without prefix length, port or zone; surrounding blanks are not allowed.
 * Leading zeros in IPv4 are refused, since tools disagree about octal (RFC 6943 section 3.1.1).
 * @returns null when the text is no address
 */
export function parseIp(text: string): Ip | null {
  // 45 characters is the longest IPv6 text (RFC 4291 section 2.2, form 3): nothing longer needs a look.
  if (text.length > 45) return null;
  if (!text.includes(':')) {
    const value = parseIPv4(text);
    return value === null ? null : { family: 4, value: BigInt(value) };
  }
  const value = parseIPv6(text);
  return value === null ? null : { family: 6, value };
}

/** The canonical text of an address, or null when the text is no address. */
export function canonicalIp(text: string): string | null {
  const ip = parseIp(text);
  return ip === null ? null : formatIp(ip);
}

/** Text of a parsed address. */
export function formatIp(ip: Ip): string {
  if (ip.family === 4) return formatIPv4(Number(ip.value));
  const bytes = new Uint8Array(16);
  let rest = ip.value;
  for (let i = 15; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return formatIPv6(bytes, 0);
}

/** Dotted quad of an address in network order, as an unsigned (or signed) 32-bit number. */
export function formatIPv4(value: number): string {
  return `${(value >>> 24) & 0xff}.${(value >>> 16) & 0xff}.${(value >>> 8) & 0xff}.${value & 0xff}`;
}

/**
 * RFC 5952 text of the 16 bytes at `at`: lower case, the longest run of at least two zero groups (the first of equals)
 * becomes `::`. IPv4-mapped and IPv4-compatible addresses end in a dotted quad (section 5), as inet_ntop and tshark do.
 */
export function formatIPv6(bytes: Uint8Array, at: number): string {
  const group = (i: number): number => ((bytes[at + 2 * i] ?? 0) << 8) | (bytes[at + 2 * i + 1] ?? 0);
  let runStart = -1;
  let runLength = 1;
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && group(i + length) === 0) length++;
    if (length > runLength) {
      runStart = i;
      runLength = length;
    }
    i += length;
  }
  const mixed = runStart === 0 && (runLength === 6 || (runLength === 5 && group(5) === 0xffff));
  let text = '';
  for (let i = 0; i < (mixed ? 6 : 8); i++) {
    if (i === runStart) {
      text += '::';
      i += runLength - 1;
      continue;
    }
    if (text !== '' && !text.endsWith(':')) text += ':';
    text += group(i).toString(16);
  }
  if (!mixed) return text;
  if (!text.endsWith(':')) text += ':';
  return text + formatIPv4(((group(6) << 16) | group(7)) >>> 0);
}

function parseIPv4(text: string): number | null {
  const match = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/.exec(text);
  if (match === null) return null;
  let value = 0;
  for (let i = 1; i <= 4; i++) {
    const octet = Number(match[i]);
    if (octet > 255) return null;
    value = value * 256 + octet;
  }
  return value;
}

function parseIPv6(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = groupsOf(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : [];
  if (head === null || tail === null) return null;
  const count = head.length + tail.length;
  // `::` stands for at least one group (RFC 4291 section 2.2, form 2).
  if (halves.length === 1 ? count !== 8 : count > 7) return null;
  const zeros = new Array<number>(8 - count).fill(0);
  let value = 0n;
  for (const group of [...head, ...zeros, ...tail]) value = (value << 16n) | BigInt(group);
  return value;
}

/** The 16-bit groups of one side of `::`; a dotted quad may end the address only. */
function groupsOf(text: string, endsAddress: boolean): number[] | null {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [i, part] of parts.entries()) {
    if (endsAddress && i === parts.length - 1 && part.includes('.')) {
      const quad = parseIPv4(part);
      if (quad === null) return null;
      groups.push(quad >>> 16, quad & 0xffff);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
}

/** Whether an address is multicast, broadcast or link-local: no router passes it on (RFC 3927, RFC 5771, RFC 4291). */
export function isGroupAddress(address: string): boolean {
  const ip = parseIp(address);
  if (ip === null) return false;
  if (ip.family === 4) return ip.value >> 28n === 14n || ip.value === 0xffffffffn || ip.value >> 16n === 0xa9fen;
  return ip.value >> 120n === 0xffn || ip.value >> 118n === 0x3fan;
}

/** Whether an address is for private use: RFC 1918, RFC 4193. */
export function isPrivateAddress(address: string): boolean {
  const ip = parseIp(address);
  if (ip === null) return false;
  if (ip.family === 6) return ip.value >> 121n === 0x7en;
  return ip.value >> 24n === 10n || ip.value >> 20n === 0xac1n || ip.value >> 16n === 0xc0a8n;
}
