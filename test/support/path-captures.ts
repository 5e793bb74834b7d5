// Captures and snapshots for tests of `overlens path`: samples changed as if clocks, networks or tcpdump had been others, and frames made
// by hand.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { PathFlow, PathReport } from '../../src/path/path-model.ts';
import { buildPcap } from './capture-builder.ts';
import { type CaptureFile, readCaptureFile, writeCaptureFile } from './capture-rewriter.ts';
import { arpRequest, clusterDocuments, NIC, NODE, plain, tcpPacket } from './cluster-frames.ts';
import { runCli } from './run-cli.ts';

/** `overlens.path/1`. */
export type PathDocument = Omit<PathReport, 'flows' | 'nodes'> & { flows: PathFlow[] };

/** Captures of a sample, in order of their names. */
export function capturesOf(sample: string): string[] {
  return readdirSync(sample)
    .filter((name) => name.includes('.pcap'))
    .sort()
    .map((name) => join(sample, name));
}

/** What `overlens path ... -o json` prints. */
export async function pathOf(
  captures: readonly string[],
  snapshot: string,
  ...options: string[]
): Promise<PathDocument> {
  const run = await runCli(['path', ...captures, '-t', snapshot, ...options, '-o', 'json']);
  if (run.code !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}

/** Of a sample of which captures are changed. */
export function changedPath(
  sample: string,
  change: (file: CaptureFile, name: string) => CaptureFile,
  ...options: string[]
): Promise<PathDocument> {
  return withChanged(sample, change, (captures, snapshot) => pathOf(captures, snapshot, ...options));
}

/** Copies of a sample's captures, changed by one function, for as long as `use` takes. */
export async function withChanged<T>(
  sample: string,
  change: (file: CaptureFile, name: string) => CaptureFile,
  use: (captures: readonly string[], snapshot: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'overlens-path-'));
  try {
    const captures = capturesOf(sample).map((path) => {
      const changed = join(folder, basename(path));
      writeFileSync(changed, writeCaptureFile(change(readCaptureFile(path), basename(path))));
      return changed;
    });
    return await use(captures, join(sample, 'topology'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `editcap -t`: the clock of a classic pcap set forward by microseconds. */
export function shifted(file: CaptureFile, micros: number): CaptureFile {
  const frames = file.frames.map((frame) => {
    const head = frame.head.slice();
    const view = new DataView(head.buffer);
    const time = view.getUint32(0, file.little) * 1e6 + view.getUint32(4, file.little) + micros;
    view.setUint32(0, Math.floor(time / 1e6), file.little);
    view.setUint32(4, time % 1e6, file.little);
    return { ...frame, head };
  });
  return { ...file, frames };
}

/** A frame at so many microseconds after the start. */
export interface TimedFrame {
  micros: number;
  frame: Uint8Array;
}

/** Of hand-made captures by name, with the snapshot of `clusterDocuments`. */
export async function framesPath(
  files: Readonly<Record<string, readonly TimedFrame[]>>,
  ...options: string[]
): Promise<PathDocument> {
  const folder = mkdtempSync(join(tmpdir(), 'overlens-path-'));
  try {
    const captures = Object.entries(files).map(([name, frames]) => {
      const path = join(folder, name);
      const packets = [...frames]
        .sort((a, b) => a.micros - b.micros)
        .map(({ micros, frame }) => ({
          data: frame,
          seconds: 1_700_000_000 + Math.floor(micros / 1e6),
          nanos: (micros % 1e6) * 1000,
        }));
      writeFileSync(path, buildPcap(packets));
      return path;
    });
    const snapshot = join(folder, 'snapshot');
    mkdirSync(snapshot);
    for (const { file, text } of Object.values(clusterDocuments())) writeFileSync(join(snapshot, basename(file)), text);
    return await pathOf(captures, snapshot, ...options);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Of both captures from the start to `last`: with both nodes and ARP in them, no filter could have made them. */
export function unfiltered(last: number): TimedFrame[] {
  return [0, last].flatMap((micros, id) => {
    const between = (src: string, dst: string): Uint8Array =>
      tcpPacket({ src, dst, id }, { srcport: 1, dstport: 1, seq_raw: id }, new Uint8Array(4));
    return [
      { micros, frame: plain(between(NODE.a, NODE.b), NIC.a, NIC.b) },
      { micros: micros + 50, frame: plain(between(NODE.b, NODE.a), NIC.b, NIC.a) },
      { micros: micros + 60, frame: arpRequest(NODE.a, NODE.b, NIC.a) },
    ];
  });
}

/** `9 9 - 7(-2) - 7`: packets at each place, and how many were lost on the way there. */
export function funnelOf({ stops }: PathFlow): string {
  return stops
    .map(({ state, packets, lost }) => {
      if (state !== 'captured') return state === 'not-captured' ? '-' : state;
      return lost === 0 ? String(packets) : `${packets}(-${lost})`;
    })
    .join(' ');
}

export function lostIn({ flows }: PathDocument): number {
  return flows.reduce((sum, { lost }) => sum + lost, 0);
}
