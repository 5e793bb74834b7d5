// Observations as rows that tshark's can be compared with (test/support/tshark-golden.py).
import type { Trace } from '../../src/verdict/trace-types.ts';

export interface TsharkRow {
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

/** Rows of one key summed up, in the order of their keys. */
export function sumRows(rows: Iterable<[string, number]>): [string, number][] {
  const sums = new Map<string, number>();
  for (const [key, count] of rows) sums.set(key, (sums.get(key) ?? 0) + count);
  return [...sums].sort();
}

export function rowKey(row: Omit<TsharkRow, 'frames'>): string {
  const { ifindex, encapsulation, outerSrc, outerDst, vni, src, dst, protocol, srcPort, dstPort } = row;
  return `if ${ifindex} ${encapsulation} ${outerSrc}>${outerDst} vni ${vni} | ${protocol} ${src}:${srcPort} > ${dst}:${dstPort}`;
}

/** The observations of a trace of one capture, by key. */
export function observationRows(trace: Trace): [string, number][] {
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
  return sumRows(rows);
}
