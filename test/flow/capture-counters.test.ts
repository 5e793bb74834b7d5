import { describe, expect, it } from 'vitest';
import { CaptureCounters } from '../../src/flow/capture-counters.ts';
import { arp, ethernet, ipv4, tcp, udp, vxlanFrame } from '../support/packet-builder.ts';
import { captureInfo, countFrames, type Frame } from './traffic.ts';

const COMPLETE = ethernet({}, ipv4({}, udp({})));
const NOT_FLOW = ethernet({ type: 0x0806 }, arp());
const UNSUPPORTED = ethernet({ type: 0x9999 }, new Uint8Array(4));
const CUT: Frame = { data: COMPLETE.subarray(0, 20), original: COMPLETE.length };
/** A notice: the packet counts as complete. */
const FLAG_CLEAR = ethernet({}, ipv4({}, udp({ dstport: 4789 }, new Uint8Array(20))));
const LATER = ethernet({}, ipv4({ id: 1, frag_offset: 9 }, new Uint8Array(8)));

describe('the counters of a capture', () => {
  it('add up: every packet has one outcome', () => {
    const { counters } = countFrames([COMPLETE, NOT_FLOW, UNSUPPORTED, CUT, COMPLETE, FLAG_CLEAR, LATER]);
    // complete, unsupported, faulty, notFlow
    expect([...counters.outcomes]).toEqual([4, 1, 1, 1]);
    expect(counters.packets).toBe(7);
  });

  it('count original lengths', () => {
    const { counters } = countFrames([COMPLETE, CUT]);
    expect(counters.bytes).toBe(2 * COMPLETE.length);
  });

  it('name faults and notices with the first packet that had them', () => {
    const { counters } = countFrames([COMPLETE, CUT, FLAG_CLEAR, CUT, LATER, LATER]);
    expect(counters.faults()).toEqual([
      { code: 'ipv4-header-truncated', count: 2, firstPacket: 2 },
      { code: 'vxlan-flag-clear', count: 1, firstPacket: 3 },
      { code: 'fragment-without-first', count: 2, firstPacket: 5 },
    ]);
  });

  it('count a later fragment’s own notice beside its missing first one', () => {
    const beyond = ethernet({}, ipv4({ id: 1, frag_offset: 9, len: 500 }, new Uint8Array(8)));
    expect(
      countFrames([beyond])
        .counters.faults()
        .map((fault) => fault.code),
    ).toEqual(['ipv4-length-beyond-frame', 'fragment-without-first']);
  });

  it('span the earliest to the latest time, to the nanosecond', () => {
    const at = (seconds: number, nanos: number): Frame => ({ data: COMPLETE, seconds, nanos });
    const { counters } = countFrames([at(5, 3), at(5, 2), at(7, 1), at(7, 9), at(6, 0), at(Number.NaN, 0)]);
    expect(counters.first).toEqual({ seconds: 5, nanos: 2 });
    expect(counters.last).toEqual({ seconds: 7, nanos: 9 });
  });

  it('have no span without a time, or without a packet', () => {
    const { counters } = countFrames([{ data: COMPLETE, seconds: Number.NaN }]);
    expect([counters.first, counters.last]).toEqual([null, null]);
    const empty = new CaptureCounters(captureInfo());
    expect([empty.first, empty.last, empty.faults(), empty.outsideRange]).toEqual([null, null, [], 0]);
  });

  it('show times with as many digits as the finest interface', () => {
    expect(new CaptureCounters(captureInfo([6, 9])).timeDigits).toBe(9);
    expect(new CaptureCounters(captureInfo([0])).timeDigits).toBe(6);
    expect(new CaptureCounters(captureInfo([])).timeDigits).toBe(6);
  });

  it('know a frame whose inner packet was cut off as faulty, though it has a flow', () => {
    const inner = vxlanFrame(ethernet({}, ipv4({ proto: 6 }, tcp({}))));
    const { counters, rows } = countFrames([{ data: inner.subarray(0, 90), original: inner.length }]);
    expect([...counters.outcomes]).toEqual([0, 0, 1, 0]);
    expect(rows).toEqual([0]);
  });
});
