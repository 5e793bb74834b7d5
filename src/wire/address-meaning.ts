// What an address says by itself: broadcast, multicast, link-local.

/** For 6 bytes at `at`: `broadcast`, `multicast`, `none`; null for a plain one. */
export function macMeaning(bytes: Uint8Array, at: number): string | null {
  const first = bytes[at]!;
  if (isAll(bytes, at, 6, 0xff)) return 'broadcast';
  if (isAll(bytes, at, 6, 0)) return 'none';
  return (first & 1) === 1 ? 'multicast' : null;
}

/** For an address as a number. */
export function ipv4Meaning(value: number): string | null {
  const first = value >>> 24;
  if (value === 0xffffffff) return 'broadcast';
  if (value === 0) return 'unspecified';
  if (first === 127) return 'loopback';
  if (value >>> 16 === 0xa9fe) return 'link-local';
  return first >= 224 && first < 240 ? 'multicast' : null;
}

/** For 16 bytes at `at`. */
export function ipv6Meaning(bytes: Uint8Array, at: number): string | null {
  const first = bytes[at]!;
  if (first === 0xff) return 'multicast';
  if (first === 0xfe && (bytes[at + 1]! & 0xc0) === 0x80) return 'link-local';
  if (!isAll(bytes, at, 15, 0)) return null;
  const last = bytes[at + 15]!;
  return last === 0 ? 'unspecified' : last === 1 ? 'loopback' : null;
}

function isAll(bytes: Uint8Array, at: number, length: number, value: number): boolean {
  for (let i = at; i < at + length; i++) if (bytes[i] !== value) return false;
  return true;
}
