import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressWords } from '../../src/flow/address-words.ts';
import { NodeAddresses, POD, type PodAnswer } from '../../src/flow/paths/node-addresses.ts';
import { PROTOCOL } from '../../src/wire/protocols.ts';
import { hex, inBuffer, ipv4, ipv6 } from '../support/packet-builder.ts';

const { ipv4: V4, ipv6: V6 } = PROTOCOL;
const BYTES16 = fc.oneof(
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  fc.array(fc.constantFrom(0, 1), { minLength: 16, maxLength: 16 }).map((bytes) => Uint8Array.from(bytes)),
);

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

describe('AddressWords', () => {
  it('reads IPv4 addresses where RFC 791 has them', () => {
    const words = new AddressWords();
    const packet = inBuffer(hex('45000014 00000000 40110000 c0a80001 fffffffe'), 5);
    expect(words.text(words.source(V4, packet, 5), 4)).toBe('192.168.0.1');
    expect(words.text(words.destination(V4, packet, 5), 4)).toBe('255.255.255.254');
    expect(words.text(words.viewedSource(V4, viewOf(packet), 5), 4)).toBe('192.168.0.1');
    expect(words.text(words.viewedDestination(V4, viewOf(packet), 5), 4)).toBe('255.255.255.254');
  });

  it('gives two IPv6 addresses one word exactly when they are the same, and their text back', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(BYTES16, BYTES16), { maxLength: 40 }), (pairs) => {
        const words = new AddressWords();
        const known = new Map<string, number>();
        for (const [src, dst] of pairs) {
          const packet = inBuffer(ipv6({ src, dst }), 3);
          const [source, destination] = [words.source(V6, packet, 3), words.destination(V6, packet, 3)];
          expect(words.viewedSource(V6, viewOf(packet), 3)).toBe(source);
          expect(words.viewedDestination(V6, viewOf(packet), 3)).toBe(destination);
          for (const [bytes, word] of [
            [src, source],
            [dst, destination],
          ] as const) {
            const key = [...bytes].join();
            expect(known.get(key) ?? word).toBe(word);
            known.set(key, word);
          }
        }
        expect(new Set(known.values()).size).toBe(known.size);
      }),
      { numRuns: 100 },
    );
  });

  it('writes IPv6 addresses as RFC 5952 does', () => {
    const words = new AddressWords();
    const packet = ipv6({
      src: hex('20010db8 00000000 00000000 00000001'),
      dst: hex('ff020000 00000000 00000001 ff00abcd'),
    });
    expect(words.text(words.source(V6, packet, 0), 6)).toBe('2001:db8::1');
    expect(words.text(words.destination(V6, packet, 0), 6)).toBe('ff02::1:ff00:abcd');
  });
});

describe('NodeAddresses', () => {
  const nodes = new NodeAddresses(['10.0.1.20', '192.168.255.1', 'fd00::1', '::a00:114', 'no address', '']);
  const both4 = (src: string, dst: string): boolean => nodes.hasBoth(V4, viewOf(ipv4({ src, dst })), 0);
  const both6 = (src: string, dst: string): boolean =>
    nodes.hasBoth(V6, viewOf(ipv6({ src: hex(src), dst: hex(dst) })), 0);
  const FD = 'fd000000 00000000 00000000 00000001';

  it('say whether both ends are nodes, of either family', () => {
    expect(both4('10.0.1.20', '192.168.255.1')).toBe(true);
    expect(both4('10.0.1.20', '10.0.1.20')).toBe(true);
    expect(both4('10.0.1.20', '10.0.1.21')).toBe(false);
    expect(both4('10.0.1.21', '10.0.1.20')).toBe(false);
    expect(both6(FD, '00000000 00000000 00000000 0a000114')).toBe(true);
    expect(both6(FD, '0a000114 00000000 00000000 00000000')).toBe(false);
  });

  it('know nothing that was not named', () => {
    const none = new NodeAddresses(['not an address']);
    expect(none.hasBoth(V4, viewOf(ipv4({ src: '0.0.0.0', dst: '0.0.0.0' })), 0)).toBe(false);
    expect(none.hasBoth(V6, viewOf(ipv6({ src: new Uint8Array(16), dst: new Uint8Array(16) })), 0)).toBe(false);
  });

  it('know the VNIs of the cluster: 4096 unless others are named', () => {
    expect([nodes.hasVni(4096), nodes.hasVni(7)]).toEqual([true, false]);
    expect(new NodeAddresses([], [7]).hasVni(4096)).toBe(false);
    expect(new NodeAddresses([], [7]).hasVni(7)).toBe(true);
  });

  it('ask once whose an address is, of either family', () => {
    const asked: string[] = [];
    const isPod = (address: string): PodAnswer =>
      asked.push(address) > 0 && address.endsWith('1') ? POD.surely : POD.no;
    const known = new NodeAddresses([], [], { isPod });
    const v4 = viewOf(ipv4({ src: '10.48.0.1', dst: '10.48.0.2' }));
    const v6 = viewOf(ipv6({ src: hex(FD), dst: hex('00000000 00000000 00000000 00000002') }));
    for (let i = 0; i < 2; i++) {
      expect([known.isPodSource(V4, v4, 0), known.isPodDestination(V4, v4, 0)]).toEqual([POD.surely, POD.no]);
      expect([known.isPodSource(V6, v6, 0), known.isPodDestination(V6, v6, 0)]).toEqual([POD.surely, POD.no]);
    }
    expect(asked).toEqual(['10.48.0.1', '10.48.0.2', 'fd00::1', '::2']);
  });

  it('forget what they were told, but answer the same', () => {
    let asked = 0;
    const known = new NodeAddresses([], [], {
      isPod: (address) => (++asked > 0 && address === '0.0.0.7' ? POD.surely : POD.no),
    });
    const view = new DataView(new ArrayBuffer(20));
    for (let i = 0; i < 140_000; i++) {
      view.setUint32(12, i);
      known.isPodSource(V4, view, 0);
    }
    view.setUint32(12, 7);
    expect(known.isPodSource(V4, view, 0)).toBe(POD.surely);
    expect(asked).toBe(140_001);
  });
});
