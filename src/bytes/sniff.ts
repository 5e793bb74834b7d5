// What a file is, by its first bytes: a capture, a compressed stream, or something else that can be named.

export type ContentKind = 'pcap' | 'pcapng' | 'gzip' | 'zstd' | 'other';

/** Bytes that decide the kind; `describeContent` is better with `DESCRIBE_BYTES`. */
export const MAGIC_BYTES = 4;
export const DESCRIBE_BYTES = 4096;

/** What a file seems to be, for the message that it is no capture: `looks` follows "it looks like". */
export interface ContentDescription {
  looks: string | null;
  hint: string;
}

/** pcap's magic numbers as they read in the byte order of the file: micro, nano, modified (Kuznetzov). */
export const PCAP_MICRO = 0xa1b2c3d4;
export const PCAP_NANO = 0xa1b23c4d;
export const PCAP_MODIFIED = 0xa1b2cd34;
/** IXIA's test equipment, for what its hardware and its software captured; the rest of the header is pcap's. */
export const PCAP_IXIA_HARDWARE = 0x1c0001ac;
export const PCAP_IXIA_SOFTWARE = 0x1c0001ab;
const PCAP_MAGICS: readonly number[] = [PCAP_MICRO, PCAP_NANO, PCAP_MODIFIED, PCAP_IXIA_HARDWARE, PCAP_IXIA_SOFTWARE];
/** Section Header Block type: a palindrome, so that it reads the same in both byte orders. */
export const PCAPNG_SECTION = 0x0a0d0d0a;

/** The kind by the first four bytes. */
export function contentKind(head: Uint8Array): ContentKind {
  if (head.length < MAGIC_BYTES) return startsWith(head, [0x1f, 0x8b]) ? 'gzip' : 'other';
  const magic = new DataView(head.buffer, head.byteOffset, MAGIC_BYTES).getUint32(0);
  if (isPcapMagic(magic) || isPcapMagic(swapped(magic))) return 'pcap';
  if (magic === PCAPNG_SECTION) return 'pcapng';
  if (magic >>> 16 === 0x1f8b) return 'gzip';
  if (magic === 0x28b52ffd || (magic & 0xf0ffffff) >>> 0 === 0x502a4d18) return 'zstd';
  return 'other';
}

export function isPcapMagic(magic: number): boolean {
  return PCAP_MAGICS.includes(magic);
}

export function swapped(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}

const DECOMPRESS = 'overlens reads plain, gzip and zstd captures: decompress it first, for example: ';
const CONVERT = 'convert it first with Wireshark: editcap FILE new.pcapng';
const EXPECTED = 'a capture is what tcpdump -w or Wireshark writes (pcap or pcapng), plain or as .gz or .zst';
const SNAPSHOT = 'a cluster snapshot goes behind -t: overlens CAPTURE -t FILE';

/** Compressions that are not read, and what decompresses them. */
const COMPRESSIONS: readonly { bytes: readonly number[] | string; looks: string; command: string; untar: string }[] = [
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], looks: 'an xz stream', command: 'xz -d FILE', untar: 'tar -xJf FILE' },
  { bytes: 'BZh', looks: 'a bzip2 stream', command: 'bzip2 -d FILE', untar: 'tar -xjf FILE' },
  {
    bytes: [0x04, 0x22, 0x4d, 0x18],
    looks: 'an lz4 stream',
    command: 'lz4 -d FILE new.pcap',
    untar: 'lz4 -d FILE new.tar',
  },
  { bytes: [0x1f, 0x9d], looks: 'a compress (.Z) stream', command: 'gzip -d FILE', untar: 'tar -xZf FILE' },
];

/** A compression that is not read; null for all else. `hint` is the command that decompresses a file or a bundle. */
export function unreadCompression(head: Uint8Array): { looks: string; hint: string } | null {
  const found = COMPRESSIONS.find(({ bytes }) => startsWith(head, bytes));
  if (found === undefined) return null;
  return { looks: found.looks, hint: `decompress it first: ${found.command}; of a bundle: ${found.untar}` };
}

/** Formats known by their first bytes. */
const SIGNATURES: readonly { bytes: readonly number[] | string; looks: string; hint: string }[] = [
  ...COMPRESSIONS.map(({ bytes, looks, command }) => ({ bytes, looks, hint: `${DECOMPRESS}${command}` })),
  { bytes: 'PK\x03\x04', looks: 'a zip archive', hint: 'unpack it first: unzip FILE' },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], looks: 'a 7z archive', hint: 'unpack it first: 7z x FILE' },
  { bytes: 'snoop\0\0\0', looks: 'a Solaris snoop capture', hint: CONVERT },
  { bytes: 'btsnoop\0', looks: 'a Bluetooth btsnoop capture', hint: EXPECTED },
  { bytes: 'GMBU', looks: 'a Microsoft Network Monitor capture', hint: CONVERT },
  { bytes: 'RTSS', looks: 'a Microsoft Network Monitor capture', hint: CONVERT },
  { bytes: 'iptrace ', looks: 'an AIX iptrace capture', hint: CONVERT },
  { bytes: 'TRSNIFF data', looks: 'a Sniffer capture', hint: CONVERT },
  { bytes: [0x7f, 0x45, 0x4c, 0x46], looks: 'a program (ELF)', hint: EXPECTED },
  { bytes: '%PDF', looks: 'a PDF document', hint: EXPECTED },
  { bytes: [0x89, 0x50, 0x4e, 0x47], looks: 'a PNG picture', hint: EXPECTED },
  { bytes: 'SQLite format 3\0', looks: 'an SQLite database', hint: EXPECTED },
];

/** Kinds of text, the first that fits. */
const TEXTS: readonly { pattern: RegExp; looks: string; hint: string }[] = [
  { pattern: /^\s*<(!doctype\s+html|html|head|body)\b/i, looks: 'an HTML page', hint: EXPECTED },
  { pattern: /^\s*<\?xml|^\s*<\w/, looks: 'XML', hint: EXPECTED },
  { pattern: /^version https:\/\/git-lfs/, looks: 'a Git LFS pointer', hint: 'fetch the file itself: git lfs pull' },
  { pattern: /^\s*[{[]\s*["{[\]}]/, looks: 'JSON', hint: SNAPSHOT },
  {
    pattern: /^(\S+ )?\d\d:\d\d:\d\d\.\d+ (\S+ +(In|Out|B|M|P) +)?(IP6?|ARP|[0-9a-f:]{17})[ ,]/m,
    looks: 'what tcpdump prints, not the packets',
    hint: 'have tcpdump write the packets: tcpdump -w FILE',
  },
  {
    pattern: /^[ \t]{0,40}(?:---[ \t]{0,4}|- )?(apiVersion|kind|items|metadata|spec):/m,
    looks: 'YAML',
    hint: SNAPSHOT,
  },
  {
    pattern: /^(default|blackhole|unreachable|\d+\.\d+\.\d+\.\d+(\/\d+)?) (via|dev|lladdr|proto|\d)/m,
    looks: 'what ip route or ip neigh prints',
    hint: SNAPSHOT,
  },
  { pattern: /^\d+: \S+: <[A-Z,_-]+> mtu /m, looks: 'what ip link prints', hint: SNAPSHOT },
  { pattern: /^([0-9a-f]{2}:){5}[0-9a-f]{2} dev /m, looks: 'what bridge fdb prints', hint: SNAPSHOT },
  { pattern: /^(NAMESPACE +)?NAME +[A-Z]/, looks: 'a table that kubectl prints', hint: SNAPSHOT },
];

/** Says what bytes that are no capture look like; `looks` is null when nothing is recognised. */
export function describeContent(head: Uint8Array): ContentDescription {
  for (const { bytes, looks, hint } of SIGNATURES) if (startsWith(head, bytes)) return { looks, hint };
  if (startsWith(head.subarray(257), 'ustar')) {
    return { looks: 'a tar archive', hint: 'unpack it first: tar -xf FILE' };
  }
  if (head.every((byte) => byte === 0)) return { looks: 'nothing but zero bytes', hint: EXPECTED };
  const text = asText(head);
  if (text === null) return { looks: null, hint: EXPECTED };
  for (const { pattern, looks, hint } of TEXTS) if (pattern.test(text)) return { looks, hint };
  return { looks: 'text', hint: EXPECTED };
}

function startsWith(head: Uint8Array, bytes: readonly number[] | string): boolean {
  if (head.length < bytes.length) return false;
  for (let i = 0; i < bytes.length; i++) {
    if (head[i] !== (typeof bytes === 'string' ? bytes.charCodeAt(i) : bytes[i])) return false;
  }
  return true;
}

/** Whether bytes, cut anywhere, are the beginning of a text. */
export function isText(head: Uint8Array): boolean {
  return asText(head) !== null;
}

const NOT_TEXT = /[\0-\x08\x0e-\x1a\x1c-\x1f]/;
/** A terminal's recording (`script`) has its bells, backspaces and shifts between escape sequences. */
const NOT_TYPED = /[\0-\x06\x10-\x1a\x1c-\x1f]/;
/** Bytes that decide the encoding. */
const ENCODING_BYTES = 4096;

/** The encoding of a text, by its first bytes: a mark, or what only that encoding has. */
export function textEncoding(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' {
  if (startsWith(bytes, [0xff, 0xfe])) return 'utf-16le';
  if (startsWith(bytes, [0xfe, 0xff])) return 'utf-16be';
  const head = bytes.subarray(0, ENCODING_BYTES);
  return unmarkedUtf16(head) ?? (isCodePage(head) ? 'windows-1252' : 'utf-8');
}

/** UTF-16 without a mark, of text that is mostly ASCII: every other byte is zero, and none of the others. */
function unmarkedUtf16(head: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const zeros = [0, 0];
  for (let i = 0; i < head.length; i++) if (head[i] === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const most = (head.length >> 1) * 0.7;
  if (head.length < 8 || Math.max(even, odd) < most || Math.min(even, odd) > 0) return null;
  return odd > even ? 'utf-16le' : 'utf-16be';
}

/** Text of an old Windows: not UTF-8, but nearly all of it letters, digits and signs of ASCII. */
function isCodePage(head: Uint8Array): boolean {
  const text = new TextDecoder().decode(head);
  if (!text.slice(0, -1).includes('\ufffd')) return false;
  const high = head.reduce((count, byte) => count + (byte >= 0x80 ? 1 : 0), 0);
  return head.length >= 16 && high <= head.length * 0.1;
}

/** The bytes as text, null when they hold what text does not. */
function asText(head: Uint8Array): string | null {
  const encoding = textEncoding(head);
  const text = new TextDecoder(encoding).decode(head);
  if (encoding.startsWith('utf-16') && startsWithMark(head)) return text;
  // The last character may be cut; any other that is no UTF-8 is not text, nor are control characters but a few.
  const isTyped = text.includes('\x1b[') || text.includes('\x1b]');
  if ((isTyped ? NOT_TYPED : NOT_TEXT).test(text) || text.slice(0, -1).includes('\ufffd')) return null;
  return text;
}

function startsWithMark(head: Uint8Array): boolean {
  return startsWith(head, [0xff, 0xfe]) || startsWith(head, [0xfe, 0xff]);
}
