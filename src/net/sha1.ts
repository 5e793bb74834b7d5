// SHA-1 (FIPS 180-4 section 6.1, RFC 3174), in plain TypeScript so that it also runs in a browser. Calico derives VTEP MACs
// and veth names from it; nothing here is about security.

/** The 20 bytes of the digest. */
export function sha1(message: Uint8Array): Uint8Array {
  const padded = padMessage(message);
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  for (let at = 0; at < padded.byteLength; at += 64) hashBlock(padded, at, state);
  const digest = new Uint8Array(20);
  const view = new DataView(digest.buffer);
  for (let i = 0; i < 5; i++) view.setUint32(4 * i, state[i]!);
  return digest;
}

/** The digest of a text's UTF-8 bytes. */
export function sha1OfText(text: string): Uint8Array {
  return sha1(new TextEncoder().encode(text));
}

/** The digest of a text's UTF-8 bytes, as 40 hex digits. */
export function sha1Hex(text: string): string {
  return Array.from(sha1OfText(text), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What fits into one block is padded here. */
const SHORT = new Uint8Array(64);
const SHORT_VIEW = new DataView(SHORT.buffer);

/** Appends the bit 1, zeros and the length in bits as 64-bit number, up to a multiple of 64 bytes (section 5.1.1). */
function padMessage(message: Uint8Array): DataView {
  const isShort = message.length + 9 <= 64;
  const padded = isShort ? SHORT.fill(0) : new Uint8Array(Math.ceil((message.length + 9) / 64) * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = isShort ? SHORT_VIEW : new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(message.length / 0x2000_0000));
  view.setUint32(padded.length - 4, (message.length * 8) >>> 0);
  return view;
}

/** The words of the block at hand. */
const w = new Int32Array(80);

function hashBlock(block: DataView, at: number, state: Uint32Array): void {
  for (let t = 0; t < 16; t++) w[t] = block.getInt32(at + 4 * t);
  for (let t = 16; t < 80; t++) w[t] = rotateLeft(w[t - 3]! ^ w[t - 8]! ^ w[t - 14]! ^ w[t - 16]!, 1);
  let a = state[0]! | 0;
  let b = state[1]! | 0;
  let c = state[2]! | 0;
  let d = state[3]! | 0;
  let e = state[4]! | 0;
  for (let t = 0; t < 80; t++) {
    const next = (rotateLeft(a, 5) + roundFunction(t, b, c, d) + e + w[t]!) | 0;
    e = d;
    d = c;
    c = rotateLeft(b, 30);
    b = a;
    a = next;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
}

/** f(t; B, C, D) + K(t) of RFC 3174 section 5. */
function roundFunction(t: number, b: number, c: number, d: number): number {
  if (t < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (t < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (t < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
