// Nothing is lost and nothing counted twice: the packets of all rows and those of no flow are the packets read, whatever the
// bytes. And the outcomes of a capture add up to its packets.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NodeAddresses } from '../../src/flow/paths/node-addresses.ts';
import { LINK_TYPES, mutated, randomBytes } from '../support/arbitraries.ts';
import {
  arp,
  ethernet,
  geneve,
  gre,
  hex,
  icmpEcho,
  ipv4,
  ipv6,
  tcp,
  udp,
  vlan,
  vxlanFrame,
} from '../support/packet-builder.ts';
import { countFrames, everyRow, type Frame, rowsOf } from './traffic.ts';

const NODES = new NodeAddresses(['10.0.1.20', '10.0.1.30']);
const INNER = ethernet({}, ipv4({ proto: 6 }, tcp({}, new Uint8Array(20))));
const FRAGMENTS = [
  ipv4({ id: 7, 'flags.mf': true }, udp({}, new Uint8Array(24))),
  ipv4({ id: 7, frag_offset: 4 }, new Uint8Array(24)),
];
const OUTER = vxlanFrame(INNER).subarray(14);
const PACKETS = [
  INNER,
  vxlanFrame(INNER),
  vxlanFrame(vxlanFrame(INNER)),
  ethernet({ type: 0x0806 }, arp()),
  vxlanFrame(ethernet({ type: 0x0806 }, arp())),
  ethernet({ type: 0x8100 }, vlan({ etype: 0x86dd }, ipv6({ nxt: 58 }, hex('0200 0000 00000500'), ipv6({}, udp({}))))),
  ethernet({}, ipv4({ proto: 1 }, hex('0304 0000 000005aa'), ipv4({ proto: 6 }, tcp({})))),
  ethernet({}, ipv4({ proto: 1 }, icmpEcho())),
  ethernet({}, ipv4({ proto: 47 }, gre({ proto: 0x6558 }, vxlanFrame(INNER)))),
  ethernet({}, ipv4({ proto: 4 }, ipv4({ proto: 41 }, ipv6({ nxt: 44 }, hex('11 00 0001 00000007'), udp({}))))),
  ethernet({}, ipv4({}, udp({ dstport: 6081 }, geneve({}, INNER)))),
  ethernet({}, ipv4({}, udp({ dstport: 51820 }, hex(`04000000 ${'00'.repeat(28)}`)))),
  ...FRAGMENTS.map((packet) => ethernet({}, packet)),
  ...FRAGMENTS.map((packet) => vxlanFrame(ethernet({}, packet))),
  ethernet({}, ipv4({ src: '10.0.1.20', dst: '10.0.1.30', id: 3, 'flags.mf': true }, OUTER.subarray(20, 60))),
  ethernet({}, ipv4({ src: '10.0.1.20', dst: '10.0.1.30', id: 3, frag_offset: 5 }, OUTER.subarray(60))),
];

const FRAME: fc.Arbitrary<Frame> = fc
  .tuple(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...PACKETS) },
      { weight: 5, arbitrary: mutated(PACKETS) },
      randomBytes(),
    ),
    fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, fc.constantFrom(...LINK_TYPES)),
    fc.nat({ max: 100 }),
    fc.nat({ max: 1 }),
  )
  .map(([data, linkType, more, capture]) => ({ data, linkType, original: data.length + more, capture }));

describe.each([
  ['without node addresses', null],
  ['with node addresses', NODES],
])('any traffic, %s', (_name, nodes) => {
  it('is counted once', () => {
    fc.assert(
      fc.property(fc.array(FRAME, { maxLength: 60 }), (frames) => {
        const { table, rows: rowOf } = countFrames(frames, nodes);
        const { rows, links } = table;
        const all = everyRow(table);
        const sum = (numbers: readonly number[]): number => numbers.reduce((total, count) => total + count, 0);
        const withoutFlow = rowOf.filter((row) => row < 0).length;
        expect(sum(all.map((row) => rows.packets(row))) + withoutFlow).toBe(frames.length);
        expect(sum(Array.from({ length: links.count }, (_, i) => links.record(i).packets))).toBe(frames.length);
        const inFlows = frames.filter((_, i) => rowOf[i]! >= 0);
        expect(sum(all.map((row) => rows.bytes(row)))).toBe(sum(inFlows.map((frame) => frame.original ?? 0)));
        // Every row is reached from exactly one flow, and says so itself.
        const reached: number[] = [];
        for (let flow = 0; flow < table.flowCount; flow++) {
          const own = rowsOf(table, flow);
          expect(own.every((row) => rows.flow(row) === flow)).toBe(true);
          expect(own.length).toBeGreaterThan(0);
          reached.push(...own);
        }
        expect(reached.sort((a, b) => a - b)).toEqual(all);
        for (const row of all) {
          expect(rows.packets(row)).toBe(rowOf.filter((one) => one === row).length);
          expect(rows.outerFragments(row)).toBeLessThanOrEqual(rows.packets(row));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('ends in one outcome per packet', () => {
    fc.assert(
      fc.property(fc.array(FRAME, { maxLength: 40 }), (frames) => {
        const { counters, orphans } = countFrames(frames, nodes);
        expect([...counters.outcomes].reduce((total, count) => total + count, 0)).toBe(frames.length);
        expect(counters.packets).toBe(frames.length);
        const orphaned = counters.faults().find((fault) => fault.code === 'fragment-without-first')?.count ?? 0;
        expect(orphaned).toBe(orphans.filter((orphan) => orphan).length);
      }),
      { numRuns: 100 },
    );
  });
});
