// DNS as far as it is read: what the header says, and the one question behind it, also of bytes that are none.
import { describe, expect, it } from 'vitest';
import { isDns, readQuestion, recordType, responseCode } from '../../src/wire/dns.ts';

const text = (name: string): number[] => [name.length, ...Buffer.from(name)];
const message = (name: readonly number[], { queries = 1, flags = 0x01 } = {}): Uint8Array =>
  Uint8Array.from([0, 7, flags, 0, 0, queries, 0, 0, 0, 0, 0, 0, ...name, 0, 28, 0, 1]);

describe('a DNS message', () => {
  it('has the name and the type of its question', () => {
    const bytes = message([...text('db'), ...text('shop'), 0]);
    expect(readQuestion(bytes, 0, bytes.length)).toEqual({ name: 'db.shop', type: 28 });
    expect(recordType(28)).toBe('AAAA');
    expect(recordType(999)).toBe('TYPE999');
    expect(readQuestion(message([0]), 0, 17)).toEqual({ name: '.', type: 28 });
  });

  it('has no question where it is cut off, or its name is none', () => {
    const bytes = message([...text('db'), ...text('shop'), 0]);
    for (let end = 12; end < bytes.length - 2; end++) expect(readQuestion(bytes, 0, end)).toBeNull();
    const endless = message(Array.from({ length: 200 }, () => [3, 97, 97, 97]).flat());
    expect(readQuestion(endless, 0, endless.length)).toBeNull();
    const pointer = message([0xc0, 12]);
    expect(readQuestion(pointer, 0, pointer.length)).toBeNull();
  });

  it('is told from whatever else is on its port', () => {
    const bytes = message([...text('db'), 0]);
    expect(isDns(bytes, 0, bytes.length)).toBe(true);
    expect(isDns(bytes, 0, 11)).toBe(false);
    expect(isDns(message([0], { queries: 2 }), 0, 17)).toBe(false);
    expect(isDns(message([0], { flags: 0x28 }), 0, 17)).toBe(false);
  });

  it('names the response codes that are met', () => {
    expect([0, 2, 3, 5].map(responseCode)).toEqual(['NOERROR', 'SERVFAIL', 'NXDOMAIN', 'REFUSED']);
    expect(responseCode(15)).toBeNull();
  });
});
