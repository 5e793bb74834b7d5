// Whatever is in a capture, explaining it neither throws nor loses a byte: well-formed packets with bytes changed, and cut short.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameLayers } from '../../src/explain/frame-layers.ts';
import { walkPacket, walkSettings } from '../../src/packets/walked-packet.ts';
import { CASES, PACKETS, SAMPLES } from './explain-file.ts';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;

/** Packets of a little-endian classic pcap. */
function packetsOf(path: string): Uint8Array[] {
  const file = readFileSync(path);
  const packets: Uint8Array[] = [];
  for (let at = FILE_HEADER; at + RECORD_HEADER <= file.length; ) {
    const length = file.readUInt32LE(at + 8);
    packets.push(new Uint8Array(file.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length)));
    at += RECORD_HEADER + length;
  }
  return packets;
}

const SEEDS = [
  `${SAMPLES}/11-outer-fragments/ip-10-0-1-20-ens5.pcap`,
  `${CASES}/mirror-gre/mirror.pcap`,
  `${CASES}/ipip-always/control1-ens5.pcap`,
  `${CASES}/vxlan-over-ipv6/control1-ens5.pcap`,
].flatMap((path) => packetsOf(path).slice(0, 12));

describe('layers of damaged packets', () => {
  it('tile the frame from its first to its last byte', () => {
    const settings = walkSettings(null);
    const damaged = fc.record({
      seed: fc.nat({ max: SEEDS.length - 1 }),
      changes: fc.array(fc.tuple(fc.nat({ max: 160 }), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
      kept: fc.nat({ max: 200 }),
      linkType: fc.constantFrom(1, 1, 1, 101, 113, 276),
    });
    fc.assert(
      fc.property(damaged, ({ seed, changes, kept, linkType }) => {
        const bytes = (SEEDS[seed] ?? new Uint8Array(0)).slice(0, kept);
        const original = SEEDS[seed]?.length ?? 0;
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const layers = frameLayers(walkPacket(bytes, Math.max(original, bytes.length), linkType, settings));
        let end = 0;
        for (const layer of layers) {
          expect(layer.offset).toBe(end);
          expect(layer.length).toBeGreaterThan(0);
          end += layer.length;
        }
        expect(end).toBe(Math.max(original, bytes.length));
      }),
      { numRuns: 400 },
    );
  });

  it('has seeds of every kind it claims', () => {
    expect(SEEDS.length).toBeGreaterThan(30);
    expect(PACKETS.length).toBeGreaterThan(10);
  });
});
