// The promise of the hot path: a million packets through the walk, the flow table and the counters leave the heap where it
// was, and so does the memory outside it. Only new flows cost anything, and not much.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { BATCH_CAPACITY } from '../src/capture/batch.ts';
import type { PacketBatch } from '../src/capture/source.ts';
import { walkPorts } from '../src/decode/walk-ports.ts';
import { CaptureCounters } from '../src/flow/capture-counters.ts';
import { FlowTable } from '../src/flow/flow-table.ts';
import { PacketFeed } from '../src/flow/packet-feed.ts';
import { NodeAddresses } from '../src/flow/paths/node-addresses.ts';
import { timeRange } from '../src/flow/time-range.ts';
import { batchOf, captureInfo, type Frame, feedBatches } from './flow/traffic.ts';
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

/** Feeds a batch as often as it takes to have fed `packets`. Its packets name their link type by their interface. */
function pipeline(
  nodes: NodeAddresses | null,
  linkTypes: readonly number[],
): (batch: PacketBatch, packets: number) => void {
  const info = captureInfo(linkTypes.map(() => 6));
  info.interfaces.forEach((one, i) => {
    one.linkType = linkTypes[i]!;
  });
  const [counters, range] = [new CaptureCounters(info), timeRange('0', '99h')];
  const feed = new PacketFeed(new FlowTable(nodes), { capture: 0, counters, ports: walkPorts(), range });
  const add = feedBatches(feed, info);
  return (batch, packets) => {
    const end = feed.packets + packets;
    while (feed.packets < end) add(batch);
  };
}

/** As many copies as fit into a batch, as a reader fills it. */
function fullBatch(frames: readonly Frame[], linkTypes: readonly number[]): PacketBatch {
  const copies = Math.floor(BATCH_CAPACITY / frames.length);
  const named = frames.map((frame) => ({ ...frame, interface: linkTypes.indexOf(frame.linkType ?? 1) }));
  return batchOf(Array.from({ length: copies }, () => named).flat());
}

it.each([
  ['without a snapshot', null],
  ['with node addresses', new NodeAddresses(['10.0.1.20', '10.0.1.30', 'fd00::1'])],
])('a million packets of known flows allocate nothing, %s', (_name, nodes) => {
  const frames = everyKind();
  const linkTypes = [1, 276];
  const batch = fullBatch(frames, linkTypes);
  const run = pipeline(nodes, linkTypes);
  run(batch, 2 * PACKETS);
  collect();
  const start = process.memoryUsage();
  const grown = Array.from({ length: ROUNDS }, () => {
    collect();
    const before = process.memoryUsage().heapUsed;
    run(batch, PACKETS);
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
  const run = pipeline(null, [1]);
  run(batch, 1);
  collect();
  const before = process.memoryUsage();
  for (let flow = 0; flow < flows; flow++) {
    view.setUint32(ports, flow);
    run(batch, 1);
  }
  collect();
  const after = process.memoryUsage();
  expect((after.arrayBuffers - before.arrayBuffers) / flows).toBeLessThan(600);
  expect(after.heapUsed - before.heapUsed).toBeLessThan(NOISE);
});
