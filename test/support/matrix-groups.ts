// What the matrix runs: captures with their snapshot, from the samples, the lab and the single cases, each file alone and all
// together; and what the original must show, as its maker wrote it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BROKEN_PATHS, type FindingCode } from '../../src/verdict/codes.ts';
import { everyNth } from './whole-matrix.ts';

export interface Group {
  name: string;
  files: readonly string[];
  snapshot: string;
  /** Violations that the whole group has by its maker's word, and whether `verify` may pass it. */
  violations: readonly string[];
  mayPass: boolean;
}

const CAPTURE = /\.(pcap|pcapng)\d*(\.gz)?$/;
const CASES = 'test/fixtures/cases';
/** Sample -> what is wrong in it. The others are healthy. */
const FAULTY_SAMPLES: Record<string, readonly string[]> = {
  '04-overlay-bypassed': ['overlay-bypassed'],
  '08-stale-fdb': ['wrong-destination-vtep'],
  '10-missing-neighbour': [],
  '13-flannel-stale-fdb': ['wrong-destination-vtep'],
};

export function sampleGroups(): Group[] {
  const names = readdirSync('samples').filter((name) => /^\d\d-/.test(name));
  return names.map((name) => {
    const folder = join('samples', name);
    const violations = FAULTY_SAMPLES[name];
    const mayPass = violations === undefined;
    return {
      name,
      files: capturesIn(folder),
      snapshot: join(folder, 'topology'),
      violations: violations ?? [],
      mayPass,
    };
  });
}

/** One group per role, and one per node's NIC and its other captures. */
export function labGroup(): Group {
  const folder = 'test/fixtures/lab';
  const files = capturesIn(folder);
  return { name: 'lab', files, snapshot: join(folder, 'topology'), violations: [], mayPass: true };
}

export function caseGroups(): Group[] {
  return readdirSync(CASES)
    .filter((name) => existsSync(join(CASES, name, 'case.json')))
    .flatMap((name) => {
      const folder = join(CASES, name);
      const { snapshot, expect } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8'));
      const path = join(folder, snapshot?.[0] ?? 'topology');
      if (snapshot?.length === 0 || !existsSync(path)) return [];
      const passes = expect.violations.length === 0 && (expect.exit === 0 || expect.exits?.includes(0) === true);
      // its encapsulation was right, and something did not get through: a pass must say so
      const broken = expect.warnings?.some((code: FindingCode) => BROKEN_PATHS.has(code)) === true;
      const mayPass = passes && !broken;
      return [{ name, files: capturesIn(folder), snapshot: path, violations: expect.violations, mayPass }];
    });
}

function capturesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => CAPTURE.test(file))
    .sort()
    .map((file) => join(folder, file));
}

/** Files alone, in `npm test` every third one, and all together. */
export function filesets(files: readonly string[]): string[][] {
  return files.length > 1 ? [...everyNth(files, 3).map((file) => [file]), [...files]] : [[...files]];
}
