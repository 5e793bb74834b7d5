import { describe, expect, it } from 'vitest';
import { walkPorts } from '../../src/decode/walk-ports.ts';
import { CaptureCounters } from '../../src/flow/capture-counters.ts';
import { FlowTable } from '../../src/flow/flow-table.ts';
import { PacketFeed } from '../../src/flow/packet-feed.ts';
import { timeRange } from '../../src/flow/time-range.ts';
import { arp, ethernet, ipv4, ipv6, tcp, udp, vxlanFrame } from '../support/packet-builder.ts';
import { batchOf, captureInfo, countFrames, type Frame, feedBatches, told } from './traffic.ts';

const FLOW = '17 10.0.0.1:40000 > 10.0.0.2:53';
const PLAIN = ethernet({}, ipv4({}, udp({})));
const LATER = ethernet({}, ipv4({ id: 7, frag_offset: 4 }, new Uint8Array(24)));
const FIRST = ethernet({}, ipv4({ id: 7, 'flags.mf': true }, udp({}, new Uint8Array(24))));
const KINDS = [
  PLAIN,
  vxlanFrame(PLAIN),
  LATER,
  FIRST,
  LATER,
  vxlanFrame(vxlanFrame(PLAIN)),
  ethernet({ type: 0x0806 }, arp()),
  ethernet({}, ipv4({ proto: 6 }, tcp({}))),
];

const frame = (data: Uint8Array, seconds = 1_700_000_000): Frame => ({ data, seconds });

interface Options {
  since?: string;
  until?: string;
  linkTypes?: readonly number[];
  table?: FlowTable;
  capture?: number;
}

/** Feeds batches of frames to a table. */
function feedOf(
  { since, until, linkTypes = [1], table = new FlowTable(), capture = 0 }: Options,
  ...batches: Frame[][]
) {
  const info = captureInfo(linkTypes.map(() => 6));
  info.interfaces.forEach((one, i) => {
    one.linkType = linkTypes[i]!;
  });
  const counters = new CaptureCounters(info);
  const range = timeRange(since ?? null, until ?? null);
  const feed = new PacketFeed(table, { capture, counters, ports: walkPorts(), range });
  const add = feedBatches(feed, info);
  const rows = batches.map((frames) => {
    add(batchOf(frames));
    return [...table.rowOf.subarray(0, frames.length)];
  });
  return { feed, table, counters, rows };
}

describe('a feed', () => {
  it('counts in the table and in the capture', () => {
    const { table, counters, rows } = feedOf(
      {},
      [PLAIN, vxlanFrame(PLAIN), PLAIN].map((data) => frame(data)),
    );
    expect(told(table)).toEqual([`${FLOW} [none] 2`, `${FLOW} [vxlan 4096 10.0.1.20 > 10.0.1.30] 1`]);
    expect(rows).toEqual([[0, 1, 0]]);
    expect([counters.packets, [...counters.outcomes]]).toEqual([3, [3, 0, 0, 0]]);
  });

  it('numbers packets through all batches', () => {
    const { feed, table } = feedOf({}, [frame(PLAIN)], [], [frame(FIRST), frame(PLAIN)]);
    expect(feed.packets).toBe(3);
    expect([table.rows.firstPacket(0), table.rows.lastPacket(0)]).toEqual([1, 3]);
  });

  it('makes the same of packets in one batch and in many', () => {
    const frames = [...KINDS, ...KINDS].map((data, i) => frame(data, 1_700_000_000 + i));
    const summary = ({ table, counters }: { table: FlowTable; counters: CaptureCounters }) => ({
      told: told(table),
      links: Array.from({ length: table.links.count }, (_, i) => table.links.record(i)),
      faults: counters.faults(),
      outcomes: [...counters.outcomes],
      packets: table.rows.firstPacket(0),
    });
    const whole = summary(feedOf({}, frames));
    expect(summary(feedOf({}, ...frames.map((one) => [one])))).toEqual(whole);
    expect(summary(countFrames(frames))).toEqual(whole);
  });

  it('passes over what is outside the time range, and counts it as that', () => {
    const { feed, table, counters, rows } = feedOf(
      { since: '1', until: '2' },
      [0, 1, 3].map((i) => frame(PLAIN, 100 + i)),
      [frame(LATER, 104), frame(PLAIN, 102)],
    );
    expect(rows).toEqual([
      [-1, 0, -1],
      [-1, 0],
    ]);
    expect([counters.packets, counters.outsideRange, feed.packets]).toEqual([2, 3, 5]);
    expect(told(table)).toEqual([`${FLOW} [none] 2`]);
    expect([table.rows.firstPacket(0), table.rows.lastPacket(0)]).toEqual([2, 5]);
    expect(table.links.record(0).packets).toBe(2);
    expect(counters.faults()).toEqual([]);
  });

  it('tells the capture of later fragments without their first one, by their number', () => {
    const { counters } = feedOf({}, [frame(PLAIN)], [frame(PLAIN), frame(LATER), frame(LATER)]);
    expect(counters.faults()).toEqual([{ code: 'fragment-without-first', count: 2, firstPacket: 3 }]);
  });

  it('walks a packet of the batch once more, and again with the link type of its interface', () => {
    const raw: Frame = { data: PLAIN.subarray(14), interface: 1 };
    const { feed, table } = feedOf({ linkTypes: [1, 101] }, [frame(vxlanFrame(PLAIN)), raw]);
    expect(table.rows.count).toBe(2);
    expect([feed.layersOf(0).depth, feed.layersOf(0).tunnels]).toEqual([7, 1]);
    expect([feed.layersOf(1).depth, feed.layersOf(1).tunnels]).toEqual([3, 0]);
  });

  it('counts packets of an interface that the capture does not name as of no flow', () => {
    const { table, counters } = feedOf({}, [{ data: PLAIN, interface: 9 }]);
    expect([table.flowCount, counters.packets]).toEqual([0, 1]);
  });

  it('of another capture counts on links of its own', () => {
    const table = new FlowTable();
    feedOf({ table }, [frame(PLAIN)]);
    feedOf({ table, capture: 1 }, [frame(PLAIN), frame(LATER)]);
    expect([0, 1].map((link) => table.links.record(link).capture)).toEqual([0, 1]);
    expect(told(table)).toEqual([`${FLOW} [none] 1`, `${FLOW} [none] 1`, '17 10.0.0.1:0 > 10.0.0.2:0 [none] 1']);
  });

  describe('keeps of the packets by which captures are compared', () => {
    const kept = (...frames: (Frame | Uint8Array)[]): number[] => {
      const { counters } = feedOf(
        {},
        frames.map((one) => (one instanceof Uint8Array ? frame(one) : one)),
      );
      return [counters.sample.packets.size, counters.sketch.size];
    };
    const cut = (data: Uint8Array, length: number): Frame => ({
      ...frame(data.subarray(0, length)),
      original: data.length,
    });
    const v6 = ethernet({ type: 0x86dd }, ipv6({ nxt: 17 }, udp({}, new Uint8Array(40))));
    const v6Headers = 14 + 40 + 8;

    it('those that can be known again', () => {
      expect(kept(v6, PLAIN, cut(v6, v6Headers + 16))).toEqual([2, 2]);
    });

    it('none of which the snaplen left nothing that tells it from one that was asked again', () => {
      expect(kept(cut(v6, v6Headers + 4))).toEqual([0, 0]);
      expect(kept(cut(v6, 14 + 40))).toEqual([0, 0]);
    });

    it('those with an identification, wherever they were cut off', () => {
      const numbered = ethernet({}, ipv4({ id: 7 }, udp({}, new Uint8Array(40))));
      expect(kept(cut(numbered, 14 + 20 + 8 + 4))).toEqual([1, 1]);
    });
  });
});
