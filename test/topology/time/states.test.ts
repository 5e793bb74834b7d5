import { describe, expect, it } from 'vitest';
import { LAB_NODES, poolYaml, topologyOf } from '../documents.ts';

const lab = (dates: readonly (string | null)[]): string =>
  ['Never', 'Always', 'Never']
    .map((mode, i) => {
      const date = dates[i] ?? null;
      const asked = date === null ? '' : `control1$ date\n${date}\n`;
      return `${asked}control1$ kubectl get ippool default -o yaml\n${poolYaml('default', '10.48.0.0/24', `vxlanMode: ${mode}`)}`;
    })
    .join('\n');

const DATES = ['Mon Nov  2 08:30:00 UTC 2026', 'Mon Nov  2 08:40:00 UTC 2026', 'Mon Nov  2 08:50:00 UTC 2026'];
const AT = Date.UTC(2026, 10, 2, 8, 30) / 1000;

describe('a text that shows its states and their times', () => {
  const topology = topologyOf({ 'lab.txt': lab(DATES), nodes: LAB_NODES });

  it('is as many snapshots as it has states, each completed by the other files', () => {
    const { snapshots } = topology.timeline ?? { snapshots: [] };
    expect(snapshots.map(({ time, name }) => [time.first - AT, time.from, name])).toEqual([
      [0, 'paste', 'state 1 of lab.txt'],
      [600, 'paste', 'state 2 of lab.txt'],
      [1200, 'paste', 'state 3 of lab.txt'],
    ]);
    expect(snapshots.map((one) => one.topology.pools.map(({ vxlanMode }) => vxlanMode))).toEqual([
      ...[['Never'], ['Always'], ['Never']],
    ]);
    for (const one of snapshots) expect(one.topology.nodes).toHaveLength(3);
  });

  it('of which the one is valid that was seen nearest', () => {
    const modes = (after: number): string =>
      (topology.timeline?.at(AT + after, AT + after) ?? []).map((one) => one.topology.pools[0]?.vxlanMode ?? '').join();
    expect([modes(-60), modes(300), modes(600), modes(700), modes(5000)]).toEqual([
      ...['Never', 'Never,Always', 'Always', 'Always,Never', 'Never'],
    ]);
  });
});

it('states without all of their times are chosen by --at-step alone, as ever', () => {
  for (const dates of [
    [null, null, null],
    [DATES[0] ?? '', null, DATES[2] ?? ''],
    [DATES[2] ?? '', DATES[1] ?? '', null],
  ]) {
    const topology = topologyOf({ 'lab.txt': lab(dates), nodes: LAB_NODES });
    expect(topology.timeline).toBeNull();
    expect(topology.states).toHaveLength(3);
    expect(topology.pools[0]?.vxlanMode).toBe('Never');
  }
});
