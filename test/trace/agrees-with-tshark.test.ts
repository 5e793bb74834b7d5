// The outside opinion: every observation's key and packet count, over all captures of the lab, the cases and the samples.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { traceCaptures } from '../../src/trace.ts';

interface GoldenRow {
  ifindex: number | null;
  encapsulation: string;
  outerSrc: string | null;
  outerDst: string | null;
  vni: number | null;
  src: string;
  dst: string;
  protocol: string;
  srcPort: number;
  dstPort: number;
  frames: number;
}

interface Golden {
  capture: string;
  frames: number;
  framesWithoutFlow: number;
  observations: GoldenRow[];
}

const GOLDEN = 'test/golden/tshark';

function goldenFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return goldenFiles(path);
    return path.endsWith('.json') ? [path] : [];
  });
}

function sumRows(rows: Iterable<[string, number]>): [string, number][] {
  const sums = new Map<string, number>();
  for (const [key, count] of rows) sums.set(key, (sums.get(key) ?? 0) + count);
  return [...sums].sort();
}

function rowKey(row: Omit<GoldenRow, 'frames'>): string {
  const { ifindex, encapsulation, outerSrc, outerDst, vni, src, dst, protocol, srcPort, dstPort } = row;
  return `if ${ifindex} ${encapsulation} ${outerSrc}>${outerDst} vni ${vni} | ${protocol} ${src}:${srcPort} > ${dst}:${dstPort}`;
}

async function tracedRows(capture: string): Promise<{ rows: [string, number][]; packets: number; inFlows: number }> {
  const trace = await traceCaptures({ captures: [capture], topology: null });
  const rows: [string, number][] = [];
  for (const flow of trace.flows()) {
    for (const o of flow.observations) {
      const ifindex = trace.captures[0]?.points[o.point]?.index ?? null;
      const { encapsulation, outerSrc, outerDst, vni } = o;
      const key = rowKey({
        ifindex,
        encapsulation,
        outerSrc,
        outerDst,
        vni,
        src: flow.src.ip,
        dst: flow.dst.ip,
        protocol: flow.protocol,
        srcPort: flow.src.port ?? -1,
        dstPort: flow.dst.port ?? -1,
      });
      rows.push([key, o.packets]);
    }
  }
  const inFlows = rows.reduce((sum, [, packets]) => sum + packets, 0);
  return { rows: sumRows(rows), packets: trace.captures[0]?.packets ?? 0, inFlows };
}

describe('observations agree with tshark', () => {
  for (const file of goldenFiles(GOLDEN)) {
    const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden;
    it(golden.capture, async () => {
      const { rows, packets, inFlows } = await tracedRows(golden.capture);
      expect(rows).toEqual(sumRows(golden.observations.map((row) => [rowKey(row), row.frames])));
      expect(packets).toBe(golden.frames);
      expect(packets - inFlows).toBe(golden.framesWithoutFlow);
    });
  }
});
