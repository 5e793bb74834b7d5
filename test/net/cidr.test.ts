import { describe, expect, it } from 'vitest';
import {
  canonicalNetwork,
  cidrContains,
  cidrsOverlap,
  enclosingNetwork,
  formatCidr,
  hasHostBits,
  networkOf,
  parseCidr,
  parseCidrOrIp,
} from '../../src/net/cidr.ts';
import { parseIp } from '../../src/net/ip.ts';

const cidr = (text: string) => parseCidrOrIp(text)!;

describe('parsing', () => {
  it('keeps host bits and can clear them', () => {
    const address = parseCidr('10.0.1.20/24')!;
    expect(formatCidr(address)).toBe('10.0.1.20/24');
    expect(hasHostBits(address)).toBe(true);
    expect(formatCidr(networkOf(address))).toBe('10.0.1.0/24');
    expect(hasHostBits(networkOf(address))).toBe(false);
  });

  it('takes a bare address as a range of one where that is asked for', () => {
    expect(parseCidr('10.48.0.130')).toBeNull();
    expect(canonicalNetwork('10.48.0.130')).toBe('10.48.0.130/32');
    expect(canonicalNetwork('FD00::1')).toBe('fd00::1/128');
  });

  it.each([
    '10.48.0.0/33',
    'fd00::/129',
    '10.48.0.0/',
    '10.48.0.0/024',
    '10.48.0.0/-1',
    '10.48.0/24',
    '/24',
    'a/24/24',
  ])('refuses %s', (text) => {
    expect(parseCidr(text)).toBeNull();
    expect(canonicalNetwork(text)).toBeNull();
  });
});

describe('ranges', () => {
  it('contains its first and last address and no other', () => {
    const block = cidr('10.48.0.192/26');
    expect(cidrContains(block, parseIp('10.48.0.192')!)).toBe(true);
    expect(cidrContains(block, parseIp('10.48.0.255')!)).toBe(true);
    expect(cidrContains(block, parseIp('10.48.0.191')!)).toBe(false);
    expect(cidrContains(block, parseIp('10.48.1.0')!)).toBe(false);
  });

  it('never mixes families', () => {
    expect(cidrContains(cidr('0.0.0.0/0'), parseIp('::1')!)).toBe(false);
    expect(cidrsOverlap(cidr('0.0.0.0/0'), cidr('::/0'))).toBe(false);
  });

  it('overlaps when one holds the other, whichever comes first', () => {
    expect(cidrsOverlap(cidr('10.48.0.0/16'), cidr('10.48.128.0/24'))).toBe(true);
    expect(cidrsOverlap(cidr('10.48.128.0/24'), cidr('10.48.0.0/16'))).toBe(true);
    expect(cidrsOverlap(cidr('10.48.0.0/24'), cidr('10.48.1.0/24'))).toBe(false);
  });

  it('finds the block of an address', () => {
    expect(formatCidr(enclosingNetwork(parseIp('10.48.0.206')!, 26))).toBe('10.48.0.192/26');
    expect(formatCidr(enclosingNetwork(parseIp('fd00:10:48::ce')!, 122))).toBe('fd00:10:48::c0/122');
    expect(formatCidr(enclosingNetwork(parseIp('10.48.0.206')!, 0))).toBe('0.0.0.0/0');
  });
});
