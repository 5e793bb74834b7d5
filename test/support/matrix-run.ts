// Runs captures through variants, names and subsets of their snapshot, in one process, and tells what came out of each.

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Topology } from '../../src/topology/model.ts';
import { traceCaptures } from '../../src/trace.ts';
import type { Trace } from '../../src/verdict/trace-types.ts';
import { verifyTrace } from '../../src/verdict/verify/verify.ts';
import type { VerifyReport } from '../../src/verdict/verify/verify-report.ts';
import { readCaptureFile, writeCaptureFile } from './capture-rewriter.ts';
import { captureVariants } from './capture-variants.ts';
import { asTheyAre, everyCombination, inTurn, meetsVariant, type Naming, turnOf } from './matrix-turns.ts';
import { edgeSubsetsOf, snapshotParts, topologyOf } from './snapshot-subsets.ts';
import { IS_WHOLE } from './whole-matrix.ts';
import { writeAnew } from './write-anew.ts';

/** What a group is to the matrix. */
interface MatrixGroup {
  name: string;
  files: readonly string[];
  snapshot: string;
}

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
 * Outcomes of captures of a group, the first one as they are, by their own names and with all of the snapshot.
 * @param files one of the group's, or all
 */
export async function* outcomes(files: readonly string[], group: MatrixGroup): AsyncGenerator<Outcome> {
  const parts = snapshotParts(group.snapshot);
  const subsets = edgeSubsetsOf(parts.parts);
  const full = topologyOf(parts, parts.parts);
  const read = files.map(readCaptureFile);
  const folder = mkdtempSync(join(tmpdir(), 'overlens-matrix-'));
  const share =
    files.length === group.files.length ? null : { index: group.files.indexOf(files[0] ?? ''), of: group.files.length };
  const turn = turnOf(group.name);
  const done = new Set<string>();
  try {
    for (const { name, apply } of captureVariants((address) => isPod(full, address), IS_WHOLE)) {
      const changed = apply(read)?.map(writeCaptureFile) ?? null;
      if (changed === null || !isNew(changed, done)) continue;
      const nth = done.size - 1;
      const met = IS_WHOLE
        ? everyCombination(subsets)
        : nth === 0
          ? asTheyAre(subsets, turn, share)
          : meetsVariant(turn, share, nth)
            ? [inTurn(subsets, turn, share, nth)]
            : [];
      let [written, paths]: [Naming | null, string[]] = [null, []];
      for (const [naming, subset] of met) {
        if (naming !== written) paths = write(changed, files, naming, folder, full);
        written = naming;
        const told = `${name}, ${files.map((f) => basename(f)).join(' ')}, ${naming}, [${subset.join(' ')}]`;
        yield { name: told, variant: name, naming, ...(await judge(paths, topologyOf(parts, subset))) };
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function isPod(topology: Topology, address: string): boolean {
  return topology.poolsOf(address).length > 0 && topology.nodeByAddress(address) === null;
}

function isNew(files: readonly Uint8Array[], done: Set<string>): boolean {
  const hash = createHash('sha1');
  for (const bytes of files) hash.update(bytes);
  const before = done.size;
  return done.add(hash.digest('hex')).size > before;
}

/** Into one folder, in place of what was there: each capture is read before the next one is written. */
function write(
  changed: readonly Uint8Array[],
  files: readonly string[],
  naming: Naming,
  folder: string,
  topology: Topology,
): string[] {
  const names = files.map((file, i) => fileName(basename(file).replace(/\.gz$/, ''), i, naming, topology));
  return changed.map((bytes, i) => {
    const path = join(folder, names.indexOf(names[i] ?? '') === i ? (names[i] ?? '') : `${i}-${names[i]}`);
    writeAnew(path, bytes);
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
