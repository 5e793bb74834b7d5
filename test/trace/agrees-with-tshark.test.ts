// The outside opinion: every observation's key and packet count, over all captures of the lab, the cases and the samples.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { traceCaptures } from '../../src/trace.ts';
import { observationRows, rowKey, sumRows, type TsharkRow } from '../support/observation-rows.ts';

interface Golden {
  capture: string;
  frames: number;
  framesWithoutFlow: number;
  observations: TsharkRow[];
}

const GOLDEN = 'test/golden/tshark';

function goldenFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return goldenFiles(path);
    return path.endsWith('.json') ? [path] : [];
  });
}

async function tracedRows(capture: string): Promise<{ rows: [string, number][]; packets: number; inFlows: number }> {
  const trace = await traceCaptures({ captures: [capture], topology: null });
  const rows = observationRows(trace);
  const inFlows = rows.reduce((sum, [, packets]) => sum + packets, 0);
  return { rows, packets: trace.captures[0]?.packets ?? 0, inFlows };
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
