import { describe, expect, it } from 'vitest';
import { clockSentences } from '../../../src/render/trace/clock-lines.ts';
import type { ClockReport } from '../../../src/verdict/clocks/clock-report.ts';

const CLOCK: ClockReport = {
  ...{ name: 'worker1', node: 'worker1', captures: [1], aheadOf: 'control1', seconds: 0.3, uncertainty: 5e-5 },
  ...{ drift: 0, packets: 15, assumed: false, isMissed: false, several: null },
};

const say = (...changes: Partial<ClockReport>[]): string[] =>
  clockSentences(
    changes.map((change) => ({ ...CLOCK, ...change })),
    false,
  );

describe('what is said of clocks', () => {
  it('is how far one is off, how sure that is, and what tells it', () => {
    expect(say({}, { seconds: -3600, uncertainty: 0.0123 })).toEqual([
      "worker1's clock is 0.300 s ahead of control1's (±0.05 ms): 15 packets in both",
      "worker1's clock is 3600.000 s behind control1's (±12 ms): 15 packets in both",
    ]);
  });

  it('is about how far, where packets were seen one way only', () => {
    expect(say({ uncertainty: null, packets: 1 })).toEqual([
      "worker1's clock is about 0.300 s ahead of control1's: 1 packet in both, seen one way only",
    ]);
  });

  it('is nothing of clocks that agree, or that nobody asks for', () => {
    expect(say({ seconds: 0 }, { seconds: 0.0004 }, { seconds: null, aheadOf: null })).toEqual([]);
  });

  it('is that nothing tells, where it matters', () => {
    const unknown = { seconds: null, uncertainty: null, aheadOf: null, packets: 0 };
    expect(say({ ...unknown, assumed: true }, { ...unknown, name: 'w2', isMissed: true })).toEqual([
      "no packet of worker1 is in other nodes' captures: their clocks cannot be compared, and are taken to be right",
      'it is not known how far the clock of w2 is off: nothing is called lost on its way there',
    ]);
  });

  it('names captures by their files, and no hostile byte of a name', () => {
    expect(say({ name: '/tmp/a\u001b[2J.pcap', node: null })[0]).toBe(
      String.raw`a\x1b[2J.pcap's clock is 0.300 s ahead of control1's (±0.05 ms): 15 packets in both`,
    );
  });

  it('is counted only beyond some', () => {
    expect(say(...Array.from({ length: 9 }, () => ({})))).toHaveLength(7);
    expect(say(...Array.from({ length: 9 }, () => ({}))).at(-1)).toBe('and 3 more clocks, --all');
  });
});
