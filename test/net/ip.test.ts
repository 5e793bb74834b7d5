import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalIp, formatIPv4, formatIPv6, parseIp } from '../../src/net/ip.ts';

describe('parseIp', () => {
  it('reads both families as numbers', () => {
    expect(parseIp('10.0.1.20')).toEqual({ family: 4, value: 0x0a000114n });
    expect(parseIp('2001:db8::1')).toEqual({ family: 6, value: 0x20010db8000000000000000000000001n });
    expect(parseIp('::ffff:10.0.1.20')).toEqual({ family: 6, value: 0xffff0a000114n });
  });

  it.each([
    ['', 'empty'],
    ['10.0.1', 'three octets'],
    ['10.0.1.256', 'octet above 255'],
    ['10.0.1.020', 'leading zero'],
    ['10.0.1.20/24', 'prefix length'],
    [' 10.0.1.20', 'blank'],
    ['1:2:3:4:5:6:7', 'seven groups'],
    ['1:2:3:4:5:6:7:8:9', 'nine groups'],
    ['1:2:3:4:5:6:7::8', ':: that stands for nothing'],
    ['1::2::3', 'two ::'],
    ['::12345', 'five digits'],
    ['1.2.3.4::', 'dotted quad in front'],
    ['fe80::1%eth0', 'zone'],
    [':1::', 'lone colon'],
  ])('refuses %j (%s)', (text) => {
    expect(parseIp(text)).toBeNull();
  });
});

describe('canonical text', () => {
  // Expected values: RFC 5952 sections 2 and 4, and what inet_ntop of glibc prints.
  it.each([
    ['2001:0db8:0000:0000:0001:0000:0000:0001', '2001:db8::1:0:0:1'],
    ['2001:DB8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1:2:3:4:5:6:0:0', '1:2:3:4:5:6::'],
    ['::ffff:a00:114', '::ffff:10.0.1.20'],
    ['::102:304', '::1.2.3.4'],
    ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
    ['255.255.255.255', '255.255.255.255'],
  ])('%s is %s', (written, canonical) => {
    expect(canonicalIp(written)).toBe(canonical);
  });

  it('reads an address in the middle of other bytes', () => {
    const bytes = new Uint8Array(30).fill(0xaa);
    bytes.set([0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 7);
    expect(formatIPv6(bytes, 7)).toBe('2001:db8::1');
  });

  it('reads signed and unsigned 32-bit numbers alike', () => {
    expect(formatIPv4(0xc0a80001)).toBe('192.168.0.1');
    expect(formatIPv4(0xc0a80001 | 0)).toBe('192.168.0.1');
  });

  it('returns to the same bytes for every IPv6 address', () => {
    const sparse = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 })), {
      minLength: 16,
      maxLength: 16,
    });
    fc.assert(
      fc.property(sparse, (octets) => {
        const text = formatIPv6(Uint8Array.from(octets), 0);
        const value = octets.reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n);
        expect(parseIp(text)).toEqual({ family: 6, value });
        expect(canonicalIp(text)).toBe(text);
      }),
    );
  });
});
