// The promise of the hot path: a million packets through the walk, the flow table and the counters leave the heap where it
// was, and so does the memory outside it. Only new flows cost anything, and not much.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { PacketBatch } from '../src/capture/source.ts';
import { LayerStack } from '../src/decode/layer-stack.ts';
import { walk } from '../src/decode/walk.ts';
import { walkPorts } from '../src/decode/walk-ports.ts';
import { CaptureCounters } from '../src/flow/capture-counters.ts';
import { FlowTable } from '../src/flow/flow-table.ts';
import { NodeAddresses } from '../src/flow/node-addresses.ts';
import { timeRange } from '../src/flow/time-range.ts';
import { batchOf, captureInfo, type Frame } from './flow/traffic.ts';
import {
  arp,
  ethernet,
  geneve,
  gre,
  hex,
  icmpEcho,
  ipv4,
  ipv6,
  tcp,
  udp,
  vxlanFrame,
} from './support/packet-builder.ts';

const ROUNDS = 10;
/** Per round. Young objects stay on the heap until the next collection, and these would fit. */
const PACKETS = 100_000;
/** No object is smaller. */
const LEAST_OBJECT = 16;
/** What the runtime itself may leave behind: compiled code, feedback, the test runner's timers. */
const NOISE = 4_000_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Everything that has a path of its own through the table; errors of ICMP are objects, and bounded. */
function everyKind(): Frame[] {
  const inner = ethernet({}, ipv4({ proto: 6 }, tcp({}, new Uint8Array(40))));
  const fragments = [
    ipv4({ id: 7, 'flags.mf': true }, udp({}, new Uint8Array(8))),
    ipv4({ id: 7, frag_offset: 2 }, udp({})),
  ];
  const sll2 = hex('0800 0000 00000003 0001 04 06 020000000001 0000');
  const frames = [
    inner,
    vxlanFrame(inner),
    vxlanFrame(ethernet({ type: 0x86dd }, ipv6({ nxt: 6 }, tcp({})))),
    vxlanFrame(vxlanFrame(inner)),
    vxlanFrame(ethernet({ type: 0x0806 }, arp())),
    ethernet({ type: 0x0806 }, arp()),
    ethernet({}, ipv4({ proto: 1 }, icmpEcho())),
    ethernet({}, ipv4({ proto: 4 }, inner.subarray(14))),
    ethernet({}, ipv4({ proto: 47 }, gre({ proto: 0x6558 }, inner))),
    ethernet({}, ipv4({}, udp({ dstport: 6081 }, geneve({}, inner)))),
    ...fragments.map((packet) => ethernet({}, packet)),
    ...fragments.map((packet) => vxlanFrame(ethernet({}, packet))),
    ethernet({}, ipv4({ id: 9, frag_offset: 3 }, new Uint8Array(8))),
    inner.subarray(0, 30),
  ];
  const cooked = Uint8Array.from([...sll2, ...inner.subarray(14)]);
  return [...frames.map((data) => ({ data })), { data: cooked, linkType: 276 }];
}

function pipeline(
  nodes: NodeAddresses | null,
): (batch: PacketBatch, linkTypes: readonly number[], packets: number) => void {
  const table = new FlowTable(nodes);
  const counters = new CaptureCounters(captureInfo());
  const [stack, ports, range] = [new LayerStack(), walkPorts(), timeRange('0', '99h')];
  return (batch, linkTypes, packets) => {
    for (let n = 0; n < packets; n++) {
      const i = n % batch.count;
      if (!range.includes(batch.seconds[i]!, batch.nanos[i]!)) continue;
      walk(batch.bytes, batch.start[i]!, batch.captured[i]!, batch.original[i]!, linkTypes[i]!, stack, ports);
      table.add(batch, i, stack, 0, n + 1);
      counters.count(batch, i, stack, table.fragmentWithoutFirst, n + 1);
    }
  };
}

it.each([
  ['without a snapshot', null],
  ['with node addresses', new NodeAddresses(['10.0.1.20', '10.0.1.30', 'fd00::1'])],
])('a million packets of known flows allocate nothing, %s', (_name, nodes) => {
  const frames = everyKind();
  const batch = batchOf(frames);
  const linkTypes = frames.map((frame) => frame.linkType ?? 1);
  const run = pipeline(nodes);
  run(batch, linkTypes, 2 * PACKETS);
  collect();
  const start = process.memoryUsage();
  const grown = Array.from({ length: ROUNDS }, () => {
    collect();
    const before = process.memoryUsage().heapUsed;
    run(batch, linkTypes, PACKETS);
    return process.memoryUsage().heapUsed - before;
  });
  // One object per packet of a single kind would show; a round in which the runtime compiles something does not matter.
  const median = grown.sort((a, b) => a - b)[ROUNDS / 2];
  expect(median).toBeLessThan((PACKETS / frames.length) * LEAST_OBJECT);
  collect();
  const end = process.memoryUsage();
  expect(end.arrayBuffers - start.arrayBuffers).toBeLessThan(NOISE);
  expect(end.heapUsed - start.heapUsed).toBeLessThan(NOISE);
});

it('a new flow costs less than 600 bytes, all of them outside the heap', () => {
  const flows = 100_000;
  const batch = batchOf([{ data: vxlanFrame(ethernet({}, ipv4({ proto: 6 }, tcp({})))) }]);
  const ports = 50 + 14 + 20;
  const view = new DataView(batch.bytes.buffer);
  const run = pipeline(null);
  run(batch, [1], 1);
  collect();
  const before = process.memoryUsage();
  for (let flow = 0; flow < flows; flow++) {
    view.setUint32(ports, flow);
    run(batch, [1], 1);
  }
  collect();
  const after = process.memoryUsage();
  expect((after.arrayBuffers - before.arrayBuffers) / flows).toBeLessThan(600);
  expect(after.heapUsed - before.heapUsed).toBeLessThan(NOISE);
});
