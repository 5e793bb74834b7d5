// Walk and flow table per packet, beside a bare loop: npx vitest bench --config test/vitest.config.ts test/bench/flow.bench.ts
// Three million packets in memory, 200,000 flows in random order (the worst case for caches) and 1,000 (compute only), four
// of five in VXLAN between three nodes. Vitest wraps every module: compare lines of one run here, and measure the built
// program for numbers that leave the project.
import { bench, describe } from 'vitest';
import { createBatch } from '../../src/capture/batch.ts';
import type { PacketBatch } from '../../src/capture/source.ts';
import { LayerStack } from '../../src/decode/layer-stack.ts';
import { walk } from '../../src/decode/walk.ts';
import { walkPorts } from '../../src/decode/walk-ports.ts';
import { CaptureCounters } from '../../src/flow/capture-counters.ts';
import { FlowTable } from '../../src/flow/flow-table.ts';
import { PacketFeed } from '../../src/flow/packet-feed.ts';
import { NodeAddresses } from '../../src/flow/paths/node-addresses.ts';
import { timeRange } from '../../src/flow/time-range.ts';
import { captureInfo, feedBatches } from '../flow/traffic.ts';
import { ethernet, ipv4, tcp, udp, vxlan } from '../support/packet-builder.ts';

const PACKETS = 3_000_000;
const ONCE = { iterations: 3, warmupIterations: 1, time: 0, warmupTime: 0 };
const NODES = ['10.0.1.20', '10.0.1.30', '10.0.1.31'] as const;
const ports = walkPorts();

/** One packet of each flow, in batches over one buffer; read again and again they are traffic of many flows at once. */
function batchesOf(flows: number): PacketBatch[] {
  const templates = NODES.flatMap((_, node) => [true, false].map((tunnelled) => frameOf(node, tunnelled)));
  const length = Math.max(...templates.map((frame) => frame.length));
  const bytes = new Uint8Array(flows * length);
  const view = new DataView(bytes.buffer);
  const order = shuffled(flows);
  const batches: PacketBatch[] = [];
  for (let i = 0; i < flows; i++) {
    const flow = order[i]!;
    const template = templates[(flow % 3) * 2 + (flow % 5 === 0 ? 1 : 0)]!;
    bytes.set(template, i * length);
    view.setUint32(i * length + template.length - 20, flow);
    let batch = batches.at(-1);
    if (batch === undefined || batch.count === batch.start.length) {
      batch = createBatch();
      batches.push(batch);
    }
    batch.bytes = bytes;
    batch.start[batch.count] = i * length;
    batch.captured[batch.count] = template.length;
    batch.original[batch.count] = template.length;
    batch.seconds[batch.count] = 1_700_000_000;
    batch.nanos[batch.count++] = i;
  }
  return batches;
}

function frameOf(node: number, tunnelled: boolean): Uint8Array {
  const other = (node + 1) % 3;
  const inner = ipv4({ src: `10.48.0.${node}`, dst: `10.48.0.${other}`, proto: 6 }, tcp({}));
  const [src, dst] = [`02:00:00:00:01:0${node}`, `02:00:00:00:01:0${other}`];
  if (!tunnelled) return ethernet({ src, dst }, inner);
  const frame = ethernet({ src: `66:00:00:00:01:0${node}`, dst: `66:00:00:00:01:0${other}` }, inner);
  const outer = { src: NODES[node] ?? '', dst: NODES[other] ?? '' };
  return ethernet({ src, dst }, ipv4(outer, udp({ dstport: 4789 }, vxlan({}, frame))));
}

/** The same order in every run. */
function shuffled(count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  let state = 12345;
  for (let i = count - 1; i > 0; i--) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** What cannot be done without: five-tuple by fixed offsets, a hash table, two counters; unchecked. */
function bareLoop(batches: readonly PacketBatch[], rounds: number): number {
  const mask = 2 ** 19 - 1;
  const slots = new Int32Array(mask + 1).fill(-1);
  const keys = new Int32Array((mask + 1) * 2);
  const counters = new Float64Array(mask + 1);
  let count = 0;
  for (let round = 0; round < rounds; round++) {
    for (const { bytes, start, original, count: packets } of batches) {
      for (let i = 0; i < packets; i++) {
        let at = start[i]! + 14;
        if (bytes[at + 9] === 17 && bytes[at + 22] === 0x12 && bytes[at + 23] === 0xb5) at += 50;
        const src = word(bytes, at + 12);
        const dst = word(bytes, at + 16);
        const both = word(bytes, at + 20);
        const h = Math.imul(src, 0x9e3779b1) + Math.imul(dst, 0x85ebca77) + Math.imul(both, 0xc2b2ae3d);
        let slot = (h ^ (h >>> 15)) & mask;
        let flow = slots[slot]!;
        while (flow >= 0 && (keys[flow * 4] !== src || keys[flow * 4 + 1] !== dst || keys[flow * 4 + 2] !== both)) {
          slot = (slot + 1) & mask;
          flow = slots[slot]!;
        }
        if (flow < 0) {
          flow = count++;
          slots[slot] = flow;
          keys.set([src, dst, both], flow * 4);
        }
        counters[flow * 2]!++;
        counters[flow * 2 + 1]! += original[i]!;
      }
    }
  }
  return count;
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

function walkOnly(batches: readonly PacketBatch[], rounds: number): void {
  const stack = new LayerStack();
  for (let round = 0; round < rounds; round++) {
    for (const { bytes, start, captured, original, count } of batches) {
      for (let i = 0; i < count; i++) walk(bytes, start[i]!, captured[i]!, original[i]!, 1, stack, ports);
    }
  }
}

/** The loop of trace.ts. */
function walkAndCount(batches: readonly PacketBatch[], rounds: number): number {
  const table = new FlowTable(new NodeAddresses(NODES));
  const info = captureInfo();
  const counters = new CaptureCounters(info);
  const feed = new PacketFeed(table, { capture: 0, counters, ports, range: timeRange(null, null) });
  const add = feedBatches(feed, info);
  for (let round = 0; round < rounds; round++) {
    for (const batch of batches) add(batch);
  }
  return table.flowCount;
}

for (const flows of [1_000, 200_000]) {
  const batches = batchesOf(flows);
  const rounds = PACKETS / flows;
  const expectFlows = (count: number): void => {
    if (count !== flows) throw new Error(`${count} flows instead of ${flows}`);
  };
  describe(`${PACKETS} packets of ${flows} flows`, () => {
    bench('bare loop', () => expectFlows(bareLoop(batches, rounds)), ONCE);
    bench('walk', () => walkOnly(batches, rounds), ONCE);
    bench('walk, flow table and counters', () => expectFlows(walkAndCount(batches, rounds)), ONCE);
  });
}
