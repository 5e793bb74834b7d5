// Work is counted: what is read, opened, looked up and made for a trace grows with what is asked, not with what is kept.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { FlowRows } from '../../src/flow/rows/flow-rows.ts';
import { loadTopology } from '../../src/input/load-topology.ts';
import { DEFAULT_TOP } from '../../src/render/text/render-options.ts';
import { renderSummary } from '../../src/render/trace/trace-summary.ts';
import { renderTable } from '../../src/render/trace/trace-table.ts';
import { traceCaptures } from '../../src/trace.ts';
import { TableBrief } from '../../src/verdict/flow-brief.ts';
import type { Trace } from '../../src/verdict/trace-types.ts';
import { verifyTrace } from '../../src/verdict/verify/verify.ts';
import { clusterDocuments, ip, POD, traceFrames, vxlan } from '../support/cluster-frames.ts';
import { cluster } from '../support/cluster-text.ts';
import { countFiles, files } from '../support/open-files.ts';
import * as build from '../support/packet-builder.ts';
import { splitCapture } from '../support/split-capture.ts';

countFiles();

const LAB = 'test/fixtures/lab';
const folder = mkdtempSync(join(tmpdir(), 'overlens-work-'));
afterAll(() => rmSync(folder, { recursive: true }));

const NICS = ['control1-ens5', 'worker1-ens5', 'worker2-ens5'].map((name) => {
  const path = join(folder, `${name}.pcap`);
  writeFileSync(path, gunzipSync(readFileSync(`${LAB}/${name}.pcap.gz`)));
  return path;
});
const topology = await loadTopology([`${LAB}/topology`]);

/** What was reported as read of each capture, all readings together. */
async function readOf(captures: readonly string[]) {
  const read = new Map<string, number>();
  let last = { path: '', packets: 0 };
  const trace = await traceCaptures({
    captures,
    topology,
    onProgress: ({ captures: paths, capture, packets }) => {
      const path = paths[capture] ?? '';
      const isSame = last.path === path && packets >= last.packets;
      read.set(path, (read.get(path) ?? 0) + packets - (isSame ? last.packets : 0));
      last = { path, packets };
    },
  });
  return { trace, read };
}

describe('NICs of several nodes', () => {
  it('are read once: arrivals need no second reading', async () => {
    const { trace, read } = await readOf(NICS);
    expect(trace.window).not.toBeNull();
    expect(trace.captures.map(({ path, packets }) => read.get(path) === packets)).toEqual(NICS.map(() => true));
  });

  it('say the same where the window was not to be expected, in any order', async () => {
    const said = async (captures: readonly string[]) => {
      const { window, flows } = await traceCaptures({ captures, topology });
      const all = [...flows()].map((f) =>
        JSON.stringify([f.src.ip, f.src.port, f.dst.ip, f.dst.port, f.packets, f.arrival]),
      );
      return { first: window?.first, last: window?.last, nodes: [...(window?.nodes ?? [])].sort(), flows: all.sort() };
    };
    const expected = await said(NICS);
    expect(expected.flows.filter((flow) => flow.includes('arrived')).length).toBeGreaterThan(0);
    expect(await said([...NICS].reverse())).toEqual(expected);
    expect(await said(NICS.map((path) => `${LAB}/${path.slice(folder.length + 1)}.gz`))).toEqual(expected);
  });
});

describe('a capture in hundreds of pieces', () => {
  it('opens each a bounded number of times, one at a time', async () => {
    const pieces = splitCapture(NICS[1] ?? '', 1, folder, (i) => `many_${String(i).padStart(5, '0')}.pcap`);
    // the split read the capture itself
    files.opened = 0;
    const { trace } = await readOf(pieces);
    expect(trace.captures.length).toBeGreaterThan(100);
    expect(files.opened).toBeLessThanOrEqual(pieces.length * 2);
    // a file of the test before may be closed only now, so that fewer seem open
    expect(files.most).toBeLessThanOrEqual(1);
  });
});

describe('a healthy trace of many flows', () => {
  const FLOWS = 600;
  const { pools, nodes, pods } = clusterDocuments();
  const snapshot = cluster(pools, nodes, pods);
  const udp = (port: number) => build.udp({ srcport: port, dstport: 53 }, new Uint8Array(4));
  const look = { width: 100, fit: true, color: false, all: false, top: DEFAULT_TOP, sort: 'problem' } as const;

  async function many() {
    const frames = Array.from({ length: FLOWS }, (_, i) =>
      vxlan(ip({ src: POD.a, dst: POD.b, proto: 17, transport: udp(10_000 + i) })),
    );
    const trace = await traceFrames([{ name: 'a-x.pcap', frames }], snapshot);
    expect(trace.flowCount).toBe(FLOWS);
    return trace;
  }

  /** The trace, and how many objects of flows were made of it. */
  function counting(trace: Trace): { counted: Trace; made: () => number } {
    let made = 0;
    const whole = vi.spyOn(TableBrief.prototype, 'whole');
    const counted: Trace = {
      ...trace,
      flow(id) {
        made++;
        return trace.flow(id);
      },
      flows: Object.assign(function* () {
        for (const flow of trace.flows()) {
          made++;
          yield flow;
        }
      }, trace.flows),
    };
    return { counted, made: () => made + whole.mock.calls.length };
  }

  it('is verified by the flows that it has, also where they were replaced', async () => {
    const trace = await many();
    const kept = [...trace.flows()].slice(0, 3);
    const options = { expect: 'config', pools: [], strict: false, topology: snapshot } as const;
    expect(verifyTrace(trace, options).flows).toBe(FLOWS);
    expect(verifyTrace({ ...trace, flows: () => kept }, options).flows).toBe(3);
  });

  it('makes flows for what is shown, not for what there is', async () => {
    const { counted, made } = counting(await many());
    [...renderSummary(counted, look)];
    expect(made()).toBeLessThan(DEFAULT_TOP);
    const options = { expect: 'config', pools: [], strict: false, topology: snapshot } as const;
    verifyTrace(counted, options);
    expect(made()).toBeLessThan(DEFAULT_TOP);
    [...renderTable(counted, look)];
    expect(made()).toBeLessThan(4 * DEFAULT_TOP);
    [...counted.flows()];
    expect(made(), 'that the counter counts').toBeGreaterThanOrEqual(FLOWS);
    vi.restoreAllMocks();
  });

  it('looks up the other direction once a flow', async () => {
    const find = vi.spyOn(FlowRows.prototype, 'findReverse');
    await many();
    expect(find.mock.calls.length).toBeGreaterThan(0);
    expect(find.mock.calls.length).toBeLessThanOrEqual(FLOWS);
    find.mockRestore();
  });
});
