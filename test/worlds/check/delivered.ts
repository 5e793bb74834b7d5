// What became of each flow's packets: where they were seen, and where they were lost.
import type { Death, Fate } from '../delivery/fates.ts';
import type { FlowTruth, Sighting } from '../traffic/scene.ts';
import type { World } from '../world.ts';

export interface Course {
  /** Its packets at all places, captured or not; copies of mirrors aside. */
  sightings: readonly Sighting[];
  deaths: readonly Death[];
  fates: readonly Fate[];
}

export interface Courses {
  of(key: string): Course;
  /** Every packet of the conversation arrived, and was answered where it asks. */
  isHealthy(truth: FlowTruth): boolean;
  /** Packets of the conversation that a capture should have had were dropped by the kernel, unsaid, or kept out by a filter that nobody can guess. */
  isMissed(key: string): boolean;
  /** A packet of the flow is in a capture, and whose it is was not cut off. */
  isCaptured(key: string): boolean;
}

const NOTHING: Course = { sightings: [], deaths: [], fates: [] };

export function reverseOf(key: string): string {
  const [protocol, src, dst, from, to] = key.split(' ');
  return `${protocol} ${dst} ${src} ${to} ${from}`;
}

export function coursesOf({ scene, taps, files }: World): Courses {
  const { fates } = scene;
  const numbers = new Map<string, Set<number>>();
  const sightings = new Map<string, Sighting[]>();
  const add = (key: string, packet: number): void => {
    numbers.set(key, (numbers.get(key) ?? new Set()).add(packet));
  };
  for (const [packet, { flow }] of fates.all) add(flow, packet);
  for (const one of scene.sightings) {
    if (one.flow === null || one.carried === 'copy') continue;
    add(one.flow, one.packet);
    const known = sightings.get(one.flow);
    if (known === undefined) sightings.set(one.flow, [one]);
    else known.push(one);
  }
  const known = new Map<string, Course>();
  const of = (key: string): Course => {
    const packets = numbers.get(key);
    if (packets === undefined) return NOTHING;
    const own = [...packets].map((packet) => fates.all.get(packet)).filter((fate) => fate !== undefined);
    const course = known.get(key) ?? {
      sightings: sightings.get(key) ?? [],
      deaths: own.map(({ death }) => death).filter((death) => death !== null),
      fates: own,
    };
    known.set(key, course);
    return course;
  };
  const missed = new Set(
    taps
      .flatMap((tap) => (tap.filter?.guessable === false ? [...tap.missed, ...tap.filtered] : tap.missed))
      .map(({ flow }) => flow),
  );
  const legible = files.flatMap((file) => file.written).filter(({ readable }) => readable);
  const captured = new Set(legible.map(({ sighting }) => sighting.flow));
  const isUnharmed = (key: string): boolean =>
    of(key).fates.every(({ death, circle }) => death === null && circle.length === 0) &&
    !fates.troubled.has(key) &&
    !isTranslated(key);
  // as a pod has it, a packet of a service has other addresses than on its way
  const onWay = (key: string): string[] => [key, ...new Set(of(key).fates.map(({ flow }) => flow))];
  const isTranslated = (key: string): boolean => fates.translated.has(key.split(' ').slice(1, 3).join(' '));
  return {
    of,
    isHealthy: ({ key }) =>
      [key, reverseOf(key)].flatMap(onWay).every((one) => isUnharmed(one) && isUnharmed(reverseOf(one))),
    isMissed: (key) => missed.has(key) || missed.has(reverseOf(key)),
    isCaptured: (key) => captured.has(key),
  };
}
