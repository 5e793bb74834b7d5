// Where the trace says that packets were captured, against where they were.

import type { Trace } from '../../../src/verdict/trace-types.ts';
import type { CaptureFile } from '../capture/files.ts';
import type { World } from '../world.ts';
import { isNameOf } from './check-flows.ts';
import { type Lie, lieOf } from './lies.ts';

const ROLES: Record<string, string> = { nic: 'underlay', nic2: 'underlay', tunnel: 'tunnel', veth: 'workload' };

export function checkPlaces(world: World, trace: Trace): Lie[] {
  const lies: Lie[] = [];
  trace.captures.forEach((capture, index) => {
    const file = world.files[index];
    if (file === undefined) return;
    for (const { node, role, index: local, packets } of capture.points) {
      const nodes = nodesBehind(file, packets).map((one) => world.scene.cluster.nodes[one]);
      const tell = (detail: string): void => {
        const context = { world, truth: null, traced: null, report: null };
        lies.push(lieOf('wrong-place', `${file.name}: ${detail}`, context));
      };
      if (node !== null && !nodes.some((one) => isNameOf(one, node)))
        tell(`is said to be ${node}'s, truth ${nodes.map((one) => one?.name).join()}`);
      const roles = rolesOf(file, local);
      if (role !== 'unknown' && roles.size > 0 && !roles.has(role))
        tell(`a place is ${role}, truth ${[...roles].join()}`);
    }
  });
  return lies;
}

/** Nodes on which the packets of a place were captured: what a mirror carried was seen first where it was copied. */
function nodesBehind({ written, tap }: CaptureFile, packets: number): number[] {
  const copies = new Map<number, number>();
  for (const { copied } of written.map(({ sighting }) => sighting))
    if (copied !== undefined) copies.set(copied.node, (copies.get(copied.node) ?? 0) + 1);
  return [...tap.nodes, ...[...copies].filter(([, count]) => packets <= count).map(([node]) => node)];
}

/** Roles of the devices behind a point; `local` is the ifindex of SLL2, the interface of a pcapng. */
function rolesOf({ written, tap }: CaptureFile, local: number | null): Set<string> {
  const here = written.filter(({ sighting, packet }) => {
    if (tap.kind === 'any2') return sighting.ifindex === local;
    return !tap.pcapng || packet.interface === local;
  });
  // a mirror's copies are another device's frames
  if (here.some(({ sighting }) => sighting.carried === 'copy')) return new Set();
  return new Set(here.map(({ sighting }) => ROLES[sighting.role] ?? ''));
}
