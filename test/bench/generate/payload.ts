// Payload that frames are filled from: half of it text, half noise, as HTTP and TLS are, so that gzip finds what it finds in life.
// Checksums of any piece come from sums made once.
import type { Random } from '../../worlds/random.ts';

export const POOL_BYTES = 1 << 20;
/** Text and noise take turns, text first. */
export const TEXT_RUN = 2048;
/** Bytes kept behind the pool for DNS messages. */
const DNS_BYTES = 1024;
export const PAYLOAD_BYTES = POOL_BYTES + DNS_BYTES;

/** A DNS message without its ID: where it stands, and its length. */
export interface DnsMessage {
  at: number;
  length: number;
}

export class Payload {
  /** Queries for A and AAAA, then their answers. */
  readonly messages: readonly DnsMessage[];
  private readonly bytes: Uint8Array;
  private readonly base: number;
  /** One's complement sums of the 16-bit words before each. */
  private readonly sums = new Uint16Array(PAYLOAD_BYTES / 2 + 1);

  /** Fills PAYLOAD_BYTES bytes at `base`, which is even. */
  constructor(bytes: Uint8Array, base: number, random: Random) {
    this.bytes = bytes;
    this.base = base;
    for (let at = 0; at < POOL_BYTES; at += TEXT_RUN) {
      if ((at / TEXT_RUN) % 2 === 0) bytes.set(textOf(random).subarray(0, TEXT_RUN), base + at);
      else for (let i = 0; i < TEXT_RUN; i++) bytes[base + at + i] = random.int(256);
    }
    let at = base + POOL_BYTES;
    this.messages = DNS.map((message) => {
      bytes.set(message, at);
      const place = { at, length: message.length };
      at += message.length + (message.length % 2);
      return place;
    });
    let sum = 0;
    for (let i = 0; i < PAYLOAD_BYTES / 2; i++) {
      sum += (bytes[base + 2 * i]! << 8) + bytes[base + 2 * i + 1]!;
      if (sum >= 0xffff) sum -= 0xffff;
      this.sums[i + 1] = sum;
    }
  }

  /** One's complement sum of `length` bytes at `at`, an even number of bytes behind the base; the last odd byte is padded with 0. */
  sum(at: number, length: number): number {
    const first = (at - this.base) >> 1;
    const whole = this.sums[first + (length >> 1)]! - this.sums[first]! + 0xffff;
    return (length & 1) === 0 ? whole : whole + (this.bytes[at + length - 1]! << 8);
  }
}

const WORDS = [
  '{"name":"',
  '","namespace":"shop"',
  'user=guest&order=',
  'the quick brown fox ',
  '"items":[',
  '],"total":',
  'true',
  '/api/v1/orders/',
];

function textOf(random: Random): Buffer {
  let text = '';
  while (text.length < TEXT_RUN) text += random.pick(WORDS) + random.int(1_000_000);
  return Buffer.from(text);
}

const NAME = Buffer.concat(
  ['db', 'shop', 'svc', 'cluster', 'local', ''].map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
);
/** RFC 1035, behind the ID: flags, counts, question, records. */
const [A, AAAA] = [Buffer.from([0, 1, 0, 1]), Buffer.from([0, 28, 0, 1])];
const query = (type: Buffer): Buffer => Buffer.concat([Buffer.from([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]), NAME, type]);
const answer = (type: Buffer, data: number[]): Buffer =>
  Buffer.concat([
    Buffer.from([0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]),
    ...[NAME, type, Buffer.from([0xc0, 12]), type, Buffer.from([0, 0, 0, 30, 0, data.length, ...data])],
  ]);
const DNS: readonly Buffer[] = [
  query(A),
  query(AAAA),
  answer(A, [10, 96, 0, 77]),
  answer(AAAA, [0xfd, 0, 0, 0x10, 0, 0x96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x77]),
];
