// DNS: the header of a message, and the question behind it. Answers are counted, not read.
import { u16 } from './bytes.ts';
import { defineHeader, flag, reserved, uint } from './header.ts';

export const DNS_PORT = 53;

/** @param ports source port in the upper half */
export function isDnsPort(ports: number): boolean {
  return (ports & 0xffff) === DNS_PORT || ports >>> 16 === DNS_PORT;
}

export const DNS = defineHeader('dns', 'RFC 1035 §4.1.1', 12, {
  id: uint(0, 16, 'Identification', { hex: true }),
  'flags.response': flag(16, 'Response'),
  'flags.opcode': uint(17, 4, 'Operation'),
  'flags.authoritative': flag(21, 'Authoritative'),
  'flags.truncated': flag(22, 'Truncated'),
  'flags.recdesired': flag(23, 'Recursion desired'),
  'flags.recavail': flag(24, 'Recursion available'),
  'flags.z': reserved(25, 1),
  'flags.authenticated': flag(26, 'Authenticated'),
  'flags.checkdisable': flag(27, 'Checking disabled'),
  'flags.rcode': uint(28, 4, 'Response code', { meaning: responseCode }),
  'count.queries': uint(32, 16, 'Questions'),
  'count.answers': uint(48, 16, 'Answers'),
  'count.auth_rr': uint(64, 16, 'Authority records'),
  'count.add_rr': uint(80, 16, 'Additional records'),
});

const CODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED', 'YXDOMAIN', 'YXRRSET', 'NXRRSET'];

/** Null for codes that hardly anybody meets. */
export function responseCode(code: number): string | null {
  return CODES[code] ?? null;
}

const TYPES = new Map([
  [1, 'A'],
  [2, 'NS'],
  [5, 'CNAME'],
  [6, 'SOA'],
  [12, 'PTR'],
  [15, 'MX'],
  [16, 'TXT'],
  [28, 'AAAA'],
  [33, 'SRV'],
  [35, 'NAPTR'],
  [64, 'SVCB'],
  [65, 'HTTPS'],
  [255, 'ANY'],
]);

export function recordType(type: number): string {
  return TYPES.get(type) ?? `TYPE${type}`;
}

/** Labels of a name take this many bytes at most (RFC 1035 §2.3.4). */
const LONGEST_NAME = 255;
const LONGEST_LABEL = 63;

/** Where the type of the first question stands, behind its name; -1 when the packet ends before, or the name is none. */
export function questionEnd(bytes: Uint8Array, message: number, end: number): number {
  let at = message + DNS.headerLength;
  const last = Math.min(end, at + LONGEST_NAME);
  while (at < last) {
    const length = bytes[at]!;
    if (length > LONGEST_LABEL) return -1;
    at += 1 + length;
    if (length === 0) return at + 4 <= end ? at : -1;
  }
  return -1;
}

/** Name and type of the first question. `name` holds whatever bytes the packet has: escape it. */
export function readQuestion(bytes: Uint8Array, message: number, end: number): { name: string; type: number } | null {
  const typeAt = questionEnd(bytes, message, end);
  if (typeAt < 0) return null;
  const labels: string[] = [];
  for (let at = message + DNS.headerLength; bytes[at]! > 0; at += 1 + bytes[at]!)
    labels.push(String.fromCharCode(...bytes.subarray(at + 1, at + 1 + bytes[at]!)));
  return { name: labels.join('.') || '.', type: u16(bytes, typeAt) };
}

/** Whether the bytes look like a query or a standard response with one question, not merely something on port 53. */
export function isDns(bytes: Uint8Array, at: number, end: number): boolean {
  return (
    end - at >= DNS.headerLength &&
    DNS['flags.opcode'].read(bytes, at) === 0 &&
    DNS['count.queries'].read(bytes, at) === 1
  );
}
