// Whether bytes on a tunnel's port are a tunnel, field by field: RFC 7348 section 5, the group policy draft, IEEE 802.
import { describe, expect, it } from 'vitest';
import { LayerStack } from '../../src/decode/layer-stack.ts';
import { asSendersWriteIt, holdsKnownFrame, isTunnelled, looksLikeVxlan } from '../../src/decode/plausible.ts';
import { hex } from '../support/packet-builder.ts';

const MACS = '02000000000b 02000000000a';

describe('a VXLAN header as senders write it', () => {
  it.each([
    [true, 'with the I flag alone', '0800 0000 001000 00'],
    [true, 'with any VNI', '0800 0000 ffffff 00'],
    [false, 'without the I flag', '0000 0000 001000 00'],
    [false, 'with another flag', '0c00 0000 001000 00'],
    [false, 'with a flag of the second byte', '0801 0000 001000 00'],
    [false, 'with something in the group, which no flag announces', '0800 0001 001000 00'],
    [false, 'with something in the last byte', '0800 0000 001000 01'],
    [true, 'with group policy and a group', '8800 1234 001000 00'],
    [true, 'with group policy, and its flags D and A', '8848 1234 001000 00'],
    [true, 'with group policy, and its flag D', '8840 0000 001000 00'],
    [true, 'with group policy, and its flag A', '8808 0000 001000 00'],
    [false, 'with group policy and another flag', '8810 0000 001000 00'],
    [false, 'with group policy without the I flag', '8000 0000 001000 00'],
    [false, 'with group policy and something in the last byte', '8800 1234 001000 80'],
  ])('%s: %s', (written, _, header) => {
    expect(asSendersWriteIt(hex(header), 0)).toBe(written);
    expect(asSendersWriteIt(hex(`ffffff ${header} ff`), 3)).toBe(written);
  });
});

describe('a frame that is known', () => {
  const known = (after: string, missing = 0): boolean => {
    const bytes = hex(`ff ${MACS} ${after}`);
    return holdsKnownFrame(bytes, 1, bytes.length - missing);
  };
  it.each([
    [true, 'IPv4', '0800 45000054'],
    [true, 'IPv4 with options', '0800 4f000054'],
    [false, 'IPv4 with a header of less than 20 bytes', '0800 44000054'],
    [false, 'IPv4 of another version', '0800 55000054'],
    [true, 'IPv6', '86dd 60000000'],
    [true, 'IPv6 with a traffic class', '86dd 6f000000'],
    [false, 'IPv6 of another version', '86dd 45000000'],
    [false, 'IPv6 of another version, one above', '86dd 70000000'],
    [true, 'ARP', '0806 00010800'],
    [false, 'an unknown type', '1234 45000054'],
    [false, 'a length', '0040 45000054'],
    [true, 'IPv4 behind a tag', '8100 0005 0800 45'],
    [true, 'IPv6 behind a service tag', '88a8 0005 86dd 60'],
    [true, 'ARP behind a tag', '8100 0005 0806 00'],
    [false, 'IPv4 of another version behind a tag', '8100 0005 0800 65'],
    [false, 'nothing behind a tag', '8100 0005 0800'],
    [false, 'a length behind a tag', '8100 0005 05ff 45'],
    [false, 'an unknown type behind a tag', '8100 0005 1234 45'],
  ])('%s: %s', (is, _, after) => {
    expect(known(after)).toBe(is);
  });

  it('has four bytes behind its header', () => {
    expect(known('0800 45000054', 1)).toBe(false);
    expect(known('0806 00010800', 1)).toBe(false);
    expect(holdsKnownFrame(hex(MACS), 0, 12)).toBe(false);
  });
});

describe('VXLAN by header and frame', () => {
  const looks = (header: string, frame: string): boolean => {
    const bytes = hex(`${header} ${frame}`);
    const stack = new LayerStack();
    stack.bound = bytes.length;
    return looksLikeVxlan(bytes, stack);
  };
  const FRAME = `${MACS} 0800 45000054`;
  const NOISE = 'ff'.repeat(20);
  it.each([
    [true, 'as senders write it, whatever is inside', '0800 0000 001000 00', NOISE],
    [true, 'with reserved bits, around a frame: they are ignored on receipt', '08ff ffff 001000 ff', FRAME],
    [false, 'with reserved bits, around anything else', '08ff ffff 001000 ff', NOISE],
    [false, 'without the I flag, around a frame', 'f700 0000 001000 00', FRAME],
  ])('%s: %s', (is, _, header, frame) => {
    expect(looks(header, frame)).toBe(is);
  });
});

describe('what is followed inside GRE and Geneve', () => {
  // EtherTypes of IANA and IEEE
  it.each([0x0800, 0x86dd, 0x6558, 0x88be, 0x22eb, 0x8100, 0x88a8, 0x0806, 0x8847, 0x8848])('0x%s', (type) => {
    expect(isTunnelled(type)).toBe(true);
  });
  it.each([0, 0x880b, 0x0801, 0x8035, 0x8863])('not 0x%s', (type) => {
    expect(isTunnelled(type)).toBe(false);
  });
});
