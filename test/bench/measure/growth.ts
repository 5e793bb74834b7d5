// How time and memory grow along one axis, everything else alike: what one more unit costs, and whether that rises.
import { digits, mebibytes, whole } from './spread.ts';
import { markdownTable } from './table.ts';

/** One size of an axis with the least of its rounds: other work on the machine only ever adds. */
export interface Point {
  size: number;
  /** CPU seconds. */
  seconds: number;
  /** Bytes. */
  memory: number;
}

export interface Step extends Point {
  /** Of one more unit since the size before; null for the first. */
  secondsPerUnit: number | null;
  bytesPerUnit: number | null;
  /** What grew more than linearly since then. */
  above: ('time' | 'memory')[];
}

/** A unit may cost so many times what one cost in the step before; what a step costs is uncertain by so much: seconds, bytes. */
const [TOLERANCE, NOISE_SECONDS, NOISE_BYTES] = [1.5, 0.3, 32 * 1024 ** 2];

/** Points in order of size. The first two say what a unit costs; a later one is above when its units cost much more. */
export function growthSteps(points: readonly Point[]): Step[] {
  const steps: Step[] = [];
  for (const [i, point] of points.entries()) {
    const before = points[i - 1];
    if (before === undefined) {
      steps.push({ ...point, secondsPerUnit: null, bytesPerUnit: null, above: [] });
      continue;
    }
    const units = point.size - before.size;
    const [seconds, bytes] = [point.seconds - before.seconds, point.memory - before.memory];
    const above: Step['above'] = [];
    const [first, last] = [points[i - 2], steps[i - 1]];
    if (first !== undefined && last !== undefined) {
      const most = (perUnit: number | null, noise: number): number =>
        TOLERANCE * units * (Math.max(0, perUnit ?? 0) + noise / (before.size - first.size));
      if (seconds > most(last.secondsPerUnit, NOISE_SECONDS)) above.push('time');
      if (bytes > most(last.bytesPerUnit, NOISE_BYTES)) above.push('memory');
    }
    steps.push({ ...point, secondsPerUnit: seconds / units, bytesPerUnit: bytes / units, above });
  }
  return steps;
}

/** `unit` is what grows: packets, flows, nodes, pods. */
export function growthTable(unit: string, points: readonly Point[]): string[] {
  const header = [unit, 'CPU s', 'µs per unit more', 'peak MiB', 'bytes per unit more', 'more than linear'];
  return markdownTable(
    header,
    growthSteps(points).map(({ size, seconds, memory, secondsPerUnit, bytesPerUnit, above }, index) => [
      ...[whole(size), digits(seconds), secondsPerUnit === null ? '-' : digits(secondsPerUnit * 1e6)],
      ...[mebibytes(memory), bytesPerUnit === null ? '-' : whole(bytesPerUnit)],
      index < 2 ? '-' : above.length === 0 ? 'no' : above.join(', '),
    ]),
  );
}
