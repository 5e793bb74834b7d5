import { describe, expect, it, vi } from 'vitest';
import { defaultStages } from '../../src/cli/stages.ts';
import { FlowTable } from '../../src/flow/flow-table.ts';
import { loadTopology } from '../../src/input/load-topology.ts';
import { traceCaptures } from '../../src/trace.ts';
import { runCli } from '../support/run-cli.ts';

const SAMPLE = new URL('../../samples/08-stale-fdb/', import.meta.url).pathname;
const CAPTURE = `${SAMPLE}ip-10-0-1-20-ens5.pcap`;

describe('decode of what only whole flows can answer', () => {
  it('costs one trace, and one look-up of a flow per packet', async () => {
    const topology = await loadTopology([`${SAMPLE}topology`]);
    const whole = await traceCaptures({ captures: [CAPTURE], topology });
    const packets = whole.captures[0]?.packets ?? 0;
    const work = { traces: 0, made: 0, found: 0 };
    const counting = vi.spyOn(FlowTable.prototype, 'addBatch');
    const stages = {
      ...defaultStages,
      traceCaptures: async (options: Parameters<typeof traceCaptures>[0]) => {
        work.traces++;
        const trace = await traceCaptures(options);
        const index = trace.index;
        if (index === undefined) throw new Error('no index');
        const find = index.table.findFlow.bind(index.table);
        index.table.findFlow = (...words) => {
          work.found++;
          return find(...words);
        };
        counting.mockClear();
        return {
          ...trace,
          *flows() {
            for (const flow of trace.flows()) {
              work.made++;
              yield flow;
            }
          },
        };
      },
    };
    const argv = ['decode', CAPTURE, '-t', `${SAMPLE}topology`, '--verdict', 'violation', '-o', 'json'];
    const { stdout } = await runCli(argv, { stages });
    expect(stdout.trim().split('\n').length).toBeGreaterThan(5);
    expect(work.traces).toBe(1);
    expect(work.made).toBe(0);
    expect(work.found).toBeLessThanOrEqual(packets);
    expect(counting).not.toHaveBeenCalled();
    counting.mockRestore();
  });
});
