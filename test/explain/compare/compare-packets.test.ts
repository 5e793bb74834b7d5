// Two packets side by side: how they belong together, what differs, and the reason given.
import { describe, expect, it } from 'vitest';
import { comparePackets, secondsBetween } from '../../../src/explain/compare/compare-packets.ts';
import type { Comparison } from '../../../src/explain/compare/comparison.ts';
import { explainNumber, open, SAMPLES } from '../explain-file.ts';

async function compared(
  folder: string,
  files: readonly string[],
  a: [number, number],
  b: [number, number],
): Promise<Comparison> {
  const opened = await open(
    files.map((file) => `${SAMPLES}/${folder}/${file}`),
    `${SAMPLES}/${folder}/topology`,
  );
  const first = await explainNumber(opened, a[1], a[0]);
  const second = await explainNumber(opened, b[1], b[0]);
  const copy = first.related.some((one) => one.kind === 'copy' && one.capture === b[0] && one.number === b[1]);
  return comparePackets(first, second, copy);
}

function difference(comparison: Comparison, label: string) {
  return comparison.differences.find((one) => one.label === label);
}

describe('one packet on the veth and on the NIC', () => {
  it('differs in TTL, MACs, checksum and by all outer headers, each with its reason', async () => {
    const comparison = await compared('06-any-interface', ['ip-10-0-1-20-any.pcap'], [0, 3], [0, 7]);
    expect(comparison.relation).toBe('same-packet');
    expect(comparison.differences.map((one) => one.label)).toEqual([
      'inner from MAC',
      'inner to MAC',
      'direction',
      'interface',
      'inner TTL',
      'inner IP checksum',
      'outer headers',
    ]);
    expect(difference(comparison, 'inner TTL')).toMatchObject({ first: '64', second: '63' });
    expect(difference(comparison, 'inner TTL')?.why).toMatch(/routed it: the one with 64 comes first$/);
    expect(difference(comparison, 'inner IP checksum')?.why).toBe('it covers the TTL, and changes with it');
    expect(difference(comparison, 'outer headers')).toMatchObject({
      first: null,
      second: 'vxlan 4096, 10.0.1.20 → 10.0.1.30',
      why: "on a pod's veth there are none yet, or no more",
    });
    expect(comparison.same.map((one) => one.label)).toContain('inner IP id');
  });

  it('says how much later the second is', async () => {
    const { story } = await compared('06-any-interface', ['ip-10-0-1-20-any.pcap'], [0, 3], [0, 7]);
    expect(story[0]).toBe('The second is 64 µs later.');
  });
});

describe('one packet on two NICs of one link', () => {
  it('does not differ at all', async () => {
    const files = ['ip-10-0-1-20-ens5.pcap', 'ip-10-0-1-31-ens5.pcap'];
    const opened = await open(
      files.map((file) => `${SAMPLES}/08-stale-fdb/${file}`),
      `${SAMPLES}/08-stale-fdb/topology`,
    );
    const first = await explainNumber(opened, 3);
    const copy = first.related.find((one) => one.kind === 'copy' && one.capture === 1);
    const second = await explainNumber(opened, copy?.number ?? 0, 1);
    expect(comparePackets(first, second, true).differences).toEqual([]);
  });
});

describe('a request and its answer', () => {
  it('are exchanged ends; two pools may treat them differently', async () => {
    const file = 'ip-10-0-1-31-ens5.pcap';
    const opened = await open(
      [`${SAMPLES}/01-vxlan-between-nodes/${file}`],
      `${SAMPLES}/01-vxlan-between-nodes/topology`,
    );
    const request = await explainNumber(opened, 28);
    const answer = request.related.find((one) => one.kind === 'answer');
    const comparison = comparePackets(request, await explainNumber(opened, answer?.number ?? 0), false);
    expect(comparison.relation).toBe('answer');
    expect(comparison.headline).toBe('Two directions of one conversation: plain and in VXLAN.');
    expect(comparison.story.join(' ')).toContain('Each direction is decided by the pool of its own destination');
    expect(difference(comparison, 'inner from IP')?.why).toBe('the answer goes back: the two are exchanged');
  });
});

describe('times', () => {
  it('keep their nanoseconds apart from their seconds', () => {
    const at = (time: string | null) => ({ time });
    expect(secondsBetween(at('2026-11-22T09:50:41.868651123Z'), at('2026-11-22T09:50:41.868651124Z'))).toBeCloseTo(
      1e-9,
      12,
    );
    expect(secondsBetween(at('2026-11-22T09:50:41Z'), at('2026-11-22T09:50:43.5Z'))).toBe(2.5);
    expect(secondsBetween(at(null), at('2026-11-22T09:50:43.5Z'))).toBeNull();
  });
});
