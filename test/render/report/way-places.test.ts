import { describe, expect, it } from 'vitest';
import type { CapturePoint, PointRole } from '../../../src/attribution/vocabulary.ts';
import { isSeenAtReceiver, placesOnWay } from '../../../src/render/report/way-places.ts';
import { buildTrace, capture, flow, observation, pod } from '../../support/trace-builder.ts';

const [cart, db] = [pod('10.48.0.130', 'shop/cart', 'control1'), pod('10.48.0.200', 'shop/db', 'worker1', 5432)];

function point(node: string, role: PointRole, device: string | null): CapturePoint {
  return { node, role, interface: device, index: null, evidence: [], packets: 3 };
}

/** The receiver's places come first in the captures, and each node's in an order that is not the way's. */
const RECEIVER = [
  point('worker1', 'workload', 'cali2'),
  point('worker1', 'underlay', 'ens5'),
  point('worker1', 'tunnel', 'vxlan.calico'),
];
const SENDER = [
  point('control1', 'underlay', 'ens5'),
  point('control1', 'tunnel', null),
  point('control1', 'workload', 'cali1'),
];

function way(from: typeof cart, to: typeof db, points: readonly CapturePoint[], times: readonly string[] = []) {
  const observations = points.map((_, i) => observation({ capture: 0, point: i, first: times[i] ?? null }));
  const one = flow(from, to, { observations });
  const trace = buildTrace({ conversations: [[one]], captures: [capture('a.pcap', { points })] });
  const names = placesOnWay(trace, one).map(
    ({ point: at, isSame }) => `${isSame ? '= ' : ''}${at?.node} ${at?.interface ?? at?.role}`,
  );
  return { names, arrives: isSeenAtReceiver(trace, one) };
}

describe('places on the way', () => {
  it('go from the sender outwards and to the receiver inwards, whatever the order of the captures', () => {
    const there = [
      'control1 cali1',
      'control1 tunnel',
      'control1 ens5',
      'worker1 ens5',
      'worker1 vxlan.calico',
      'worker1 cali2',
    ];
    expect(way(cart, db, [...RECEIVER, ...SENDER]).names).toEqual(there);
    expect(way(db, cart, [...RECEIVER, ...SENDER]).names).toEqual(there.toReversed());
  });

  it('have a node that is neither end between both', () => {
    const points = [point('worker9', 'underlay', 'ens5'), ...RECEIVER.slice(1, 2), ...SENDER.slice(0, 1)];
    expect(way(cart, db, points).names).toEqual(['control1 ens5', 'worker9 ens5', 'worker1 ens5']);
  });

  it('captured twice are one place, not two that follow each other', () => {
    const points = [
      point('control1', 'underlay', 'ens5'),
      point('worker1', 'underlay', 'ens5'),
      point('control1', 'underlay', null),
    ];
    expect(way(cart, db, points).names).toEqual(['control1 ens5', '= control1 underlay', 'worker1 ens5']);
  });

  it('of pods on one node are in the order of time, since both have a veth', () => {
    const near = { ...db, node: 'control1' };
    const points = [point('control1', 'workload', 'cali2'), point('control1', 'workload', 'cali1')];
    const times = ['2026-11-22T08:29:50.2Z', '2026-11-22T08:29:50.1Z'];
    expect(way(cart, near, points, times).names).toEqual(['control1 cali1', 'control1 cali2']);
  });

  it('end at the receiver only where its node saw the packets', () => {
    expect(way(cart, db, SENDER).arrives).toBe(false);
    expect(way(cart, db, [...SENDER, ...RECEIVER]).arrives).toBe(true);
  });
});
