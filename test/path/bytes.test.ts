// Segments are joined and split on the way: which bytes arrived decides, not how many frames they came in.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { POD, tcpPacket, vxlan } from '../support/cluster-frames.ts';
import { framesPath, type TimedFrame, unfiltered } from '../support/path-captures.ts';

const FIRST_ID = 100;
const SMALLEST = 100;
/** Microseconds after the start. */
const SENT = 100_000;

/** A stream cut at `cuts`, each piece a frame with the identification of its first segment; joined ones come with their last bytes. */
function stream(cuts: readonly number[], micros: number, isThere: (from: number, to: number) => boolean): TimedFrame[] {
  return cuts.slice(1).flatMap((to, i) => {
    const from = cuts[i] ?? 0;
    if (!isThere(from, to)) return [];
    const id = FIRST_ID + Math.floor(from / SMALLEST);
    const ends = { src: POD.a, dst: POD.b, id };
    const values = {
      srcport: 40000,
      dstport: 80,
      seq_raw: 0xffffff00 + from > 0xffffffff ? from - 0x100 : 0xffffff00 + from,
    };
    const inner = tcpPacket(ends, values, new Uint8Array(to - from).fill(from & 255));
    return [{ micros: micros + 100 * (micros === SENT ? from : to), frame: vxlan(inner) }];
  });
}

const EDGES = unfiltered(9_000_000);

const cutsOf = (length: number) =>
  fc
    .uniqueArray(fc.integer({ min: 1, max: length / SMALLEST - 1 }), { maxLength: 8 })
    .map((cuts) => [0, ...cuts.map((cut) => cut * SMALLEST).sort((a, b) => a - b), length]);

describe('a stream cut one way here and another way there', () => {
  it('loses the packets of which bytes are missing, no others', async () => {
    await fc.assert(
      fc.asyncProperty(cutsOf(3000), cutsOf(3000), fc.integer({ min: -1, max: 8 }), async (here, there, missing) => {
        const hole = missing < 0 || missing + 1 >= there.length ? null : [there[missing] ?? 0, there[missing + 1] ?? 0];
        const isThere = (from: number): boolean => hole === null || from !== hole[0];
        const report = await framesPath({
          'a-nic.pcap': [...EDGES, ...stream(here, SENT, () => true)],
          'b-nic.pcap': [...EDGES, ...stream(there, SENT + 30, isThere)],
        });
        const sent = here.slice(1).map((to, i) => [here[i] ?? 0, to] as const);
        const lost = sent.filter(([from, to]) => hole !== null && from < (hole[1] ?? 0) && to > (hole[0] ?? 0));
        const flow = report.flows.find(({ src }) => src.ip === POD.a);
        expect({ packets: flow?.stops[2]?.packets, lost: flow?.lost }).toEqual({
          packets: sent.length,
          lost: lost.length,
        });
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});
