import { describe, expect, it } from 'vitest';
import { PacketSample } from '../../src/flow/packet-sample.ts';

const number = (i: number): number => Math.imul(i + 1, 0x9e3779b1) >>> 0;

function sample(first: number, count: number): PacketSample {
  const made = new PacketSample();
  for (let i = first; i < first + count; i++) made.add(number(i), i, 1000 + i, 500);
  made.end();
  return made;
}

describe('a sample of packets', () => {
  it('keeps all of few packets, with their rows and times', () => {
    expect([...sample(0, 3).packets]).toEqual([
      [number(0), { row: 0, seconds: 1000, nanos: 500, isOnce: true, again: null }],
      [number(1), { row: 1, seconds: 1001, nanos: 500, isOnce: true, again: null }],
      [number(2), { row: 2, seconds: 1002, nanos: 500, isOnce: true, again: null }],
    ]);
  });

  it('keeps of many as many as of more, and of two captures the same ones of what both hold', () => {
    const [one, other] = [sample(0, 100_000), sample(50_000, 100_000)];
    expect([one.packets.size, other.packets.size]).toEqual([512, 512]);
    const shared = [...one.packets.keys()].filter((packet) => other.packets.has(packet));
    expect(shared.length).toBeGreaterThan(150);
  });

  it('tells what came again later from copies at other places of a node', () => {
    const made = sample(0, 2);
    made.add(number(0), 7, 1000, 20_500);
    made.add(number(1), 1, 1002, 0);
    expect([...made.packets.values()].map(({ isOnce }) => isOnce)).toEqual([true, false]);
    const again = (): (number | null)[] => [...made.packets.values()].map((packet) => packet.again);
    expect(again()).toEqual([null, expect.closeTo(1, 4)]);
    made.add(number(1), 1, 1002, 9000);
    expect(again()).toEqual([null, expect.closeTo(1, 4)]);
    made.add(number(1), 1, 1009, 0);
    expect(again()).toEqual([null, Number.NaN]);
  });

  it('gives up packets that come again and again, which would cost and tell nothing', () => {
    const made = new PacketSample();
    for (let i = 0; i < 200_000; i++) made.add(number(i % 50), 0, i, 0);
    expect(made.packets.size).toBeLessThan(3);
  });

  it('takes no packet without a time, which would take away what other captures have', () => {
    const made = new PacketSample();
    made.add(1, 0, Number.NaN, 0);
    expect(made.packets.size).toBe(0);
  });
});
