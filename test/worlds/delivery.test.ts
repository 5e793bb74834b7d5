// Faults of delivery in the worlds: kinds of them, and a packet that was lost is seen nowhere behind the place that lost it.
import { describe, expect, it } from 'vitest';
import { makeCluster } from './cluster/cluster.ts';
import { drawDelivery } from './delivery/delivery.ts';
import { Random } from './random.ts';
import type { Sighting } from './traffic/scene.ts';
import { makeWorld, type World } from './world.ts';

const DELIVERY = new Set(['delivery', 'routers'] as const);

function placesOf({ scene }: World, packet: number): Pick<Sighting, 'node' | 'role' | 'outgoing'>[] {
  return scene.sightings.filter((one) => one.packet === packet && one.carried !== 'copy');
}

describe('a fault of delivery', () => {
  it('is of many kinds', () => {
    const kinds = new Set<string>();
    for (let seed = 0; seed < 250; seed++) {
      const random = new Random(seed);
      const fault = drawDelivery(random, DELIVERY, makeCluster(random.fork('cluster'), DELIVERY));
      if (fault !== null) kinds.add(fault.kind);
    }
    expect(kinds.size).toBeGreaterThan(14);
  });

  it('takes packets where the truth says, and they are seen nowhere behind', () => {
    const stages = new Set<string>();
    for (const seed of [22, 49, 64, 107, 175]) {
      const world = makeWorld(seed);
      for (const [packet, { death, circle }] of world.scene.fates.all) {
        if (death === null || death.why === 'fault' || circle.length > 0) continue;
        stages.add(death.stage);
        const places = placesOf(world, packet);
        const isIn = (role: string): boolean =>
          places.some((one) => one.node === death.node && one.role.startsWith(role));
        if (death.stage === 'wire') {
          expect(isIn('nic')).toBe(true);
          expect(places.every(({ node }) => node === death.node)).toBe(true);
        } else if (death.stage === 'leaving' || death.stage === 'device') expect(isIn('nic')).toBe(false);
        else {
          expect(places.some((one) => one.node === death.node && one.role === 'nic' && !one.outgoing)).toBe(true);
          expect(isIn('veth')).toBe(false);
        }
      }
    }
    expect(stages.size).toBeGreaterThan(2);
  });

  it('tells what became of a flow’s own questions from what became of the other side’s', () => {
    // all requests of one pod bounce, and those of the other one are answered
    const { flows } = makeWorld(1557).scene;
    const [one, other] = ['icmp 10.100.6.50 10.100.12.141 0 0', 'icmp 10.100.12.141 10.100.6.50 0 0'].map((key) => {
      const { answered, replied } = flows.get(key) ?? {};
      return { answered, replied };
    });
    expect(one).toEqual({ answered: true, replied: false });
    expect(other).toEqual({ answered: true, replied: true });
    for (const { kind, replied, answered } of flows.values())
      if (kind === 'tcp' && replied !== null) expect(replied).toBe(answered);
    expect([...flows.values()].some(({ replied }) => replied === null)).toBe(true);
  });

  it('leaves the cluster alone', () => {
    const world = makeWorld(147);
    const without = makeWorld(147, new Set([...world.features].filter((name) => name !== 'delivery')));
    expect(without.scene.cluster).toEqual(world.scene.cluster);
    expect(without.scene.delivery).toBeNull();
  });
});
