// Runs captures through variants, names and subsets of their snapshot, in one process, and tells what came out of each.

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Topology } from '../../src/topology/model.ts';
import { traceCaptures } from '../../src/trace.ts';
import type { Trace } from '../../src/verdict/trace-types.ts';
import { verifyTrace } from '../../src/verdict/verify/verify.ts';
import type { VerifyReport } from '../../src/verdict/verify/verify-report.ts';
import { type CaptureFile, readCaptureFile, writeCaptureFile } from './capture-rewriter.ts';
import { captureVariants } from './capture-variants.ts';
import { edgeSubsetsOf, type SnapshotParts, snapshotParts, subsetsOf, topologyOf } from './snapshot-subsets.ts';

/** Everything with everything: minutes instead of seconds. Else each variant takes its turn with names and subsets. */
const WHOLE = process.env['OVERLENS_MATRIX'] === 'whole';

export const NAMINGS = ['own', 'meaningless', 'misleading'] as const;
export type Naming = (typeof NAMINGS)[number];

export interface Outcome {
  /** `udp port 4789, ip-10-0-1-20-ens5.pcap, misleading, [pods ip-link]`: enough to run it again. */
  name: string;
  variant: string;
  naming: Naming;
  trace: Trace;
  report: VerifyReport;
  violations: string[];
}

/**
 * Every outcome of one set of files.
 * @param thin with all of the snapshot or none of it, in turn, instead of both: for many small captures
 */
export async function* outcomes(files: readonly string[], snapshot: string, thin = false): AsyncGenerator<Outcome> {
  const parts = snapshotParts(snapshot);
  const full = topologyOf(parts, parts.parts);
  const read = files.map(readCaptureFile);
  const folder = mkdtempSync(join(tmpdir(), 'overlens-matrix-'));
  const done = new Set<string>();
  let turn = 0;
  try {
    for (const { name, apply } of captureVariants((address) => isPod(full, address), WHOLE)) {
      const changed = apply(read);
      if (changed === null || !isNew(changed, done)) continue;
      turn++;
      for (const [naming, subsets] of combinations(name === 'as it is', turn, parts, thin)) {
        const paths = write(changed, files, naming, folder, full);
        for (const subset of subsets) {
          const told = `${name}, ${files.map((f) => basename(f)).join(' ')}, ${naming}, [${subset.join(' ')}]`;
          yield { name: told, variant: name, naming, ...(await judge(paths, topologyOf(parts, subset))) };
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function isPod(topology: Topology, address: string): boolean {
  return topology.poolsOf(address).length > 0 && topology.nodeByAddress(address) === null;
}

function isNew(files: readonly CaptureFile[], done: Set<string>): boolean {
  const hash = createHash('sha1');
  for (const file of files) hash.update(writeCaptureFile(file));
  const digest = hash.digest('hex');
  if (done.has(digest)) return false;
  done.add(digest);
  return true;
}

/** Which names and subsets a variant meets. The capture as it is meets the most, the others take turns. */
function combinations(
  asItIs: boolean,
  turn: number,
  { parts }: SnapshotParts,
  thin: boolean,
): [Naming, (readonly string[])[]][] {
  if (WHOLE) return NAMINGS.map((naming) => [naming, subsetsOf(parts)]);
  const naming = NAMINGS[turn % NAMINGS.length] ?? 'own';
  if (!asItIs) return [[naming, thin ? [turn % 2 === 0 ? parts : []] : [parts, []]]];
  return [
    ['own', edgeSubsetsOf(parts)],
    ['meaningless', [parts, []]],
    ['misleading', [parts, []]],
  ];
}

/** Into one folder, in place of what was there: each capture is read before the next one is written. */
function write(
  changed: readonly CaptureFile[],
  files: readonly string[],
  naming: Naming,
  folder: string,
  topology: Topology,
): string[] {
  const names = files.map((file, i) => fileName(basename(file).replace(/\.gz$/, ''), i, naming, topology));
  return changed.map((file, i) => {
    const path = join(folder, names.indexOf(names[i] ?? '') === i ? (names[i] ?? '') : `${i}-${names[i]}`);
    // a file that is written over is flushed to the disk when it is closed: twenty times as slow as a new one
    rmSync(path, { force: true });
    writeFileSync(path, writeCaptureFile(file));
    return path;
  });
}

const DEVICES = ['ens5', 'vxlan.calico', 'caliaa83cb3d2b3', 'any', 'eth0'];

/** Misleading: the next node's name, and a device of another kind. */
function fileName(own: string, index: number, naming: Naming, topology: Topology): string {
  if (naming === 'own') return own;
  if (naming === 'meaningless') return `${'xyzuvw'.charAt(index % 6)}${index}.pcap`;
  const nodes = topology.nodes.map((node) => node.name.split('.')[0] ?? '');
  const node = nodes[(nodes.findIndex((name) => own.startsWith(name)) + 1) % nodes.length];
  const device = DEVICES[(DEVICES.findIndex((name) => own.includes(name)) + 1 + index) % DEVICES.length];
  return `${node}-${device}.pcap`;
}

async function judge(
  captures: string[],
  topology: Topology,
): Promise<Pick<Outcome, 'trace' | 'report' | 'violations'>> {
  const trace = await traceCaptures({ captures, topology });
  const asked = { expect: 'config', pools: [], strict: false, topology } as const;
  const violations = trace.causes.filter((cause) => cause.severity === 'violation').map((cause) => cause.code);
  return { trace, report: verifyTrace(trace, asked), violations: [...new Set(violations)].sort() };
}
