// Whoever writes facts, and however they are cut into blocks, a table counts the same.
import { describe, expect, it } from 'vitest';
import { walkPorts } from '../../src/decode/walk-ports.ts';
import { CaptureCounters } from '../../src/flow/capture-counters.ts';
import { factBlock } from '../../src/flow/fact-block.ts';
import { FactWriter } from '../../src/flow/fact-writer.ts';
import { FlowTable } from '../../src/flow/flow-table.ts';
import { ForeignNumbers } from '../../src/flow/foreign-numbers.ts';
import { PacketFeed } from '../../src/flow/packet-feed.ts';
import { NodeAddresses } from '../../src/flow/paths/node-addresses.ts';
import type { NotedPackets } from '../../src/flow/rows/noted-packets.ts';
import { timeRange } from '../../src/flow/time-range.ts';
import { ethernet, hex, ipv4, ipv6, ipv6Bytes, tcp, udp, vxlanFrame } from '../support/packet-builder.ts';
import { batchOf, captureInfo, type Frame } from './traffic.ts';

const NODES = new NodeAddresses(['10.0.1.20', '10.0.1.30']);
const RANGE = timeRange(null, null);

/** What one thread, or several by turns, made of frames in blocks of a size. */
function counted(
  frames: readonly Frame[],
  { size, writers = 1, most }: { size: number; writers?: number; most?: number },
) {
  const info = captureInfo();
  const [table, counters] = [new FlowTable(NODES), new CaptureCounters(info)];
  const feed = new PacketFeed(table, { capture: 0, counters, ports: walkPorts(), range: RANGE });
  const threads = Array.from({ length: writers }, () => ({
    writer: new FactWriter(walkPorts(), most),
    numbers: new ForeignNumbers(),
  }));
  for (let from = 0, turn = 0; from < frames.length; from += size, turn++) {
    const { writer, numbers } = threads[turn % writers]!;
    const block = factBlock(batchOf(frames.slice(from, from + size)));
    writer.write(block, 0, info.interfaces);
    feed.add(block, numbers);
  }
  const { rows, links, paths } = table;
  return {
    rows: Array.from({ length: rows.count }, (_, row) => [
      ...Array.from({ length: 32 }, (_word, place) => rows.word(row, place)),
      table.sourceOf(rows.flow(row)),
      table.destinationOf(rows.flow(row)),
    ]),
    links: Array.from({ length: links.count }, (_, link) => links.record(link)),
    tunnels: Array.from({ length: paths.count }, (_, path) => [paths.link[path], paths.tunnel[path]]),
    first: noted(counters.edges.first),
    last: noted(counters.edges.last),
    sample: [...counters.sample.packets],
    faults: counters.faults(),
    packets: counters.packets,
  };
}

function noted({ count, row, around, words }: NotedPackets) {
  return [count, [...row], [...around], [...words]];
}

const mac = (i: number): Uint8Array => hex(`0200000000${(i % 200).toString(16).padStart(2, '0')}`);

/** Many addresses and links, copies, fragments, and packets of no flow. */
const FRAMES: Frame[] = Array.from({ length: 700 }, (_, i) => {
  const copy = i % 5 === 1 ? i - 1 : i;
  const own = { srcport: 1000 + (copy % 40), dstport: 80, seq_raw: copy * 10, 'flags.ack': true };
  const v6 = ipv6(
    { src: ipv6Bytes(copy % 250), dst: ipv6Bytes(255 - (copy % 70)), nxt: 6 },
    tcp(own, new Uint8Array(5)),
  );
  const v4 = ipv4({ id: copy, src: `10.4.0.${copy % 200}`, proto: 6 }, tcp(own, new Uint8Array(5)));
  const kinds = [
    v6,
    v4,
    ipv4({ id: 7, 'flags.mf': true }, udp({ dstport: 9000 }, new Uint8Array(8))),
    ipv4({ id: 7, frag_offset: 2 }, v4),
  ];
  const frame = ethernet({ src: mac(i) }, kinds[copy % 4]!);
  return { data: i % 6 === 0 ? vxlanFrame(frame) : frame, seconds: 1_700_000_000, nanos: copy * 1000 };
});

describe('what is counted', () => {
  const expected = counted(FRAMES, { size: FRAMES.length });

  it.each([1, 2, 7, 63, 64, 65, 250])('does not depend on blocks: of %i packets', (size) => {
    expect(counted(FRAMES, { size })).toEqual(expected);
  });

  it.each([2, 3])('does not depend on who writes: %i by turns', (writers) => {
    expect(counted(FRAMES, { size: 10, writers })).toEqual(expected);
  });

  it('does not depend on when a writer begins its numbers anew', () => {
    for (const most of [0, 3, 50]) expect(counted(FRAMES, { size: 20, writers: 2, most })).toEqual(expected);
  });
});
