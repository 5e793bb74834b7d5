// Captures that were put elsewhere to be read twice: what is known of each goes with it, and what comes out has the name that was given.
import type { TracedCapture } from '../../verdict/trace-types.ts';
import type { CommonOptions } from '../declare/trace-options.ts';

/** @param paths where the captures are read from, in the order of `options.captures` */
export function readElsewhere(options: CommonOptions, paths: readonly string[]): CommonOptions {
  const { captures, places, hints, logs, pipeline } = options;
  const at = (path: string): string => paths[captures.indexOf(path)] ?? path;
  const byPath = <Known>(known: ReadonlyMap<string, Known>): Map<string, Known> =>
    new Map([...known].map(([path, one]) => [at(path), one]));
  return {
    ...options,
    captures: [...paths],
    places: places.map((place) => ({ ...place, file: at(place.file) })),
    hints: byPath(hints),
    logs: byPath(logs),
    pipeline: { ...pipeline, ...(pipeline.unfiltered && { unfiltered: pipeline.unfiltered.map(at) }) },
  };
}

/** The captures as they were given; of what was put elsewhere errors name that place. */
export function givenCaptures(
  traced: readonly TracedCapture[],
  paths: readonly string[],
  names: readonly string[],
): TracedCapture[] {
  return traced.map((capture, i) => {
    const [path, name] = [paths[i] ?? capture.path, names[i] ?? capture.path];
    if (path === name) return capture;
    const { error } = capture;
    const isUnderPath = error?.message.startsWith(`${path}:`) === true;
    const message = isUnderPath ? name + error.message.slice(path.length) : error?.message;
    return { ...capture, path: name, error: error && { ...error, message: message ?? '' } };
  });
}
