import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { RenderOptions } from '../../src/render/text/render-options.ts';
import { renderCsv } from '../../src/render/trace/trace-csv.ts';
import { renderJson, renderJsonLines } from '../../src/render/trace/trace-json.ts';
import { renderTable } from '../../src/render/trace/trace-table.ts';
import { renderWide } from '../../src/render/trace/wide.ts';
import type { Trace } from '../../src/verdict/trace-types.ts';
import { flow, pod, syntheticTrace } from '../support/trace-builder.ts';

const COUNT = 5000;
const LOOK: RenderOptions = { width: 100, fit: true, color: false, all: false, top: 40, sort: 'problem' };

/** 5,000 conversations of one client with one server: made when asked for, kept by nobody. */
function manyFlows(): Trace {
  const client = pod('10.48.0.130', 'shop/cart', 'control1');
  const server = pod('10.48.0.200', 'shop/db', 'worker1');
  return syntheticTrace(COUNT, (id) => {
    const conversation = Math.ceil(id / 2);
    const from = { ...client, port: 1024 + (conversation % 60_000) };
    const to = { ...server, port: 5432 };
    return id % 2 === 1 ? flow(from, to, { id, conversation }) : flow(to, from, { id, conversation });
  });
}

const OUTPUTS: Record<string, (trace: Trace) => Iterable<string>> = {
  json: renderJson,
  jsonl: renderJsonLines,
  csv: renderCsv,
  table: (trace) => renderTable(trace, LOOK),
  'table --all': (trace) => renderTable(trace, { ...LOOK, all: true }),
  wide: (trace) => renderWide(trace, LOOK),
};

/** Bytes that are really in use: everything unreachable is collected first. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

const GROWTH_LIMIT = 4 * 1024 * 1024;

describe('thousands of flows', () => {
  test.each(Object.entries(OUTPUTS))(
    '%s is made in small pieces and keeps nothing of them',
    (name, render) => {
      const before = heapInUse();
      let longest = 0;
      let pieces = 0;
      let length = 0;
      let growth = 0;
      for (const piece of render(manyFlows())) {
        longest = Math.max(longest, piece.length);
        length += piece.length;
        pieces++;
        // The last pieces: whatever is kept of the flows is there by now.
        if (pieces === COUNT / 2) growth = heapInUse() - before;
      }
      expect(longest).toBeLessThan(16_384);
      if (name === 'table') return;
      expect(pieces).toBeGreaterThanOrEqual(COUNT / 2);
      expect(length).toBeGreaterThan(COUNT * 40);
      expect(growth).toBeLessThan(GROWTH_LIMIT);
    },
    120_000,
  );

  test('the first piece is there before the last flow is made', () => {
    let made = 0;
    const trace = syntheticTrace(COUNT, (id) => {
      made = id;
      return flow(pod('10.48.0.130', 'shop/cart', 'control1'), pod('10.48.0.200', 'shop/db', 'worker1'), {
        id,
        conversation: id,
      });
    });
    const pieces = renderJson(trace)[Symbol.iterator]();
    for (let i = 0; i < 10; i++) pieces.next();
    expect(made).toBeLessThan(10);
  });

  test('one-way flows beyond the waiting room are made again, not kept', () => {
    const trace = syntheticTrace(20_000, (id) =>
      flow(
        pod('10.48.0.130', 'shop/cart', 'control1', 1024 + (id % 15_000)),
        pod('10.48.0.200', 'shop/db', 'worker1', 5432),
        {
          id,
          conversation: id,
        },
      ),
    );
    const text = [...renderTable(trace, LOOK)].join('');
    expect(text).toMatch(/tcp 5432 ×20000 {2}vxlan → - +60000 \/ 0 +answered/);
    expect(text).toContain('20,000 conversations: 0 wrong, 20,000 as configured, 0 undecided.');
  });
});
