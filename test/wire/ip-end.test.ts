// Where IP packets end by their own length, with bytes typed by hand.
import { describe, expect, it } from 'vitest';
import { ipEnd } from '../../src/wire/ip-end.ts';
import { hex, inBuffer } from '../support/packet-builder.ts';

const IPV4 = '4500 LLLL 0001 0000 40 11 0000 0a000001 0a000002';
const IPV6 = '60000000 LLLL 11 40 fd000000000000000000000000000001 fd000000000000000000000000000002';
const withLength = (header: string, length: string) => inBuffer(hex(header.replace('LLLL', length)), 7);

describe('ipEnd', () => {
  it('counts the header of IPv4, not that of IPv6', () => {
    expect(ipEnd(withLength(IPV4, '05dc'), 7, false)).toBe(7 + 1500);
    expect(ipEnd(withLength(IPV6, '05dc'), 7, true)).toBe(7 + 40 + 1500);
  });

  it('is 0 where the length field is: more than it can say', () => {
    expect([ipEnd(withLength(IPV4, '0000'), 7, false), ipEnd(withLength(IPV6, '0000'), 7, true)]).toEqual([0, 0]);
  });
});
