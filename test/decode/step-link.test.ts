// The first header of a frame: what its numbers lead to (pcap-linktype(7), packet(7), IEEE 802.3).
import { describe, expect, it } from 'vitest';
import { NUMBER_SPACE } from '../../src/decode/faults.ts';
import { ethernet8023, hex, ipv4, udp } from '../support/packet-builder.ts';
import { walkPacket } from '../support/walk-packet.ts';

const PACKET = ipv4({}, udp({}));
const [COOKED, COOKED2, NULL, RAW] = [113, 276, 0, 101] as const;

/** Path and outcome, and of what is not followed its number. */
function told(linkType: number, head: string, body: Uint8Array = PACKET): string {
  const { path, outcome, fault, stack } = walkPacket(new Uint8Array([...hex(head), ...body]), { linkType });
  const number = outcome === 'unsupported' ? ` ${stack.unsupported} of ${stack.unsupportedSpace}` : '';
  return `${path} ${fault === 'none' ? outcome : fault}${number}`;
}

const sll = (type: string, hardware = '0001'): string => `0000 ${hardware} 0006 66c9eeb19b470000 ${type}`;
const sll2 = (type: string, hardware = '0001'): string => `${type} 0000 00000005 ${hardware} 00 06 66c9eeb19b470000`;
const LLC = new Uint8Array([...hex('aaaa03 000000 0800'), ...PACKET]);

describe('Linux cooked frames', () => {
  it.each([
    ['ip:udp complete', '0800', '0001', PACKET],
    ['ip:udp complete', '0800', '0304', PACKET],
    ['llc:ip:udp complete', '0004', '0001', LLC],
    ['data notFlow', '0001', '0001', PACKET],
    [`:data unsupported 12 of ${NUMBER_SPACE.sllProtocol}`, '000c', '0001', PACKET],
    [`:data unsupported 2 of ${NUMBER_SPACE.sllProtocol}`, '0002', '0001', PACKET],
    [`:data unsupported 2048 of ${NUMBER_SPACE.sllProtocol}`, '0800', '0338', PACKET],
    [`:data unsupported 4 of ${NUMBER_SPACE.sllProtocol}`, '0004', '0338', LLC],
    [`:data unsupported 1535 of ${NUMBER_SPACE.sllProtocol}`, '05ff', '0001', PACKET],
    [`:data unsupported 1536 of ${NUMBER_SPACE.etherType}`, '0600', '0001', PACKET],
  ])('%s: protocol %s, hardware %s', (rest, type, hardware, body) => {
    const path = (name: string): string => (rest.startsWith(':') ? `${name}${rest}` : `${name}:${rest}`);
    expect(told(COOKED, sll(type, hardware), body)).toBe(path('sll'));
    expect(told(COOKED2, sll2(type, hardware), body)).toBe(path('sll2').replace(/^sll2/, 'sll'));
  });

  it('are cut off below sixteen bytes, and below twenty', () => {
    expect(walkPacket(hex(sll('0800')).subarray(0, 15), { linkType: COOKED }).where).toContain('need 16 have 15');
    expect(walkPacket(hex(sll2('0800')).subarray(0, 19), { linkType: COOKED2 }).where).toContain('need 20 have 19');
  });
});

describe('loopback', () => {
  // AF_INET is 2 everywhere, AF_INET6 24, 28 or 30 (BSDs, macOS), in the byte order of the machine
  it.each([
    ['null:ip:udp complete', '00000002'],
    ['null:ip:udp complete', '02000000'],
    [`null:data unsupported 7 of ${NUMBER_SPACE.family}`, '00000007'],
  ])('%s: %s', (expected, head) => {
    expect(told(NULL, head)).toBe(expected);
  });
});

describe('raw IP', () => {
  it('is of the version that its first four bits say', () => {
    expect(told(RAW, '')).toBe('raw:ip:udp complete');
    expect(told(RAW, '', hex('50000000'))).toMatch(/^ ?raw-/);
    expect(told(RAW, '', hex('70000000'))).toMatch(/^ ?raw-/);
    expect(told(RAW, '', new Uint8Array())).toMatch(/ raw.*trunc/);
  });
});

describe('802.3', () => {
  it('has a length up to 1500, which ends the packet before the padding', () => {
    const { stack, start } = walkPacket(
      new Uint8Array([...ethernet8023(hex('424203 0000000000')), ...new Uint8Array(20)]),
    );
    expect((stack.end[1] ?? 0) - start).toBe(14 + 8);
  });
});
