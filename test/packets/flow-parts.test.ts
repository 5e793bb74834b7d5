// Packets of flows read where they may stand are those that reading everything finds, in the same order, and with the same times to be relative
// to.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { overlayPorts } from '../../src/attribution/overlay-settings.ts';
import { PacketLocator } from '../../src/flow/packet-locator.ts';
import { FlowSelector } from '../../src/packets/flow-selector.ts';
import { type PacketRequest, readPackets } from '../../src/packets/read-packets.ts';
import { traceCaptures } from '../../src/trace.ts';
import { type BuiltPacket, buildPcap, pcapngTwin } from '../support/capture-builder.ts';
import * as build from '../support/packet-builder.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-parts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const BEGIN = 1_700_000_000;
const COUNT = 5000;
/** Between the packets of the flow that is asked for there is none of it for a while. */
const OWN = [1200, 1201, 2600];

/** 6 MB, 50 packets a second: many flows, and one of three packets. */
function packets(delay: (i: number) => number): BuiltPacket[] {
  return Array.from({ length: COUNT }, (_, i) => {
    const srcport = OWN.includes(i) ? 7 : 1000 + (i % 90);
    const transport = build.udp({ srcport, dstport: 9 }, new Uint8Array(1200));
    const data = build.ethernet({}, build.ipv4({ src: '10.1.0.1', dst: '10.2.0.2', id: i }, transport));
    return { data, seconds: BEGIN + Math.floor(i / 50) + delay(i), nanos: (i % 50) * 1000 };
  });
}

/** A datagram's first fragment in the middle, and the rest of it far behind. */
function withFragments(list: BuiltPacket[]): BuiltPacket[] {
  const header = { src: '10.1.0.1', dst: '10.2.0.2', id: 77 };
  const first = build.ipv4(
    { ...header, 'flags.mf': true, proto: 17 },
    build.udp({ srcport: 7, dstport: 9 }, new Uint8Array(16)),
  );
  const rest = build.ipv4({ ...header, proto: 17, frag_offset: 3 }, new Uint8Array(24));
  return list.map((one, i) => {
    const data = i === 1300 ? first : i === 3900 ? rest : null;
    return data === null ? one : { ...one, data: build.ethernet({}, data) };
  });
}

function written(name: string, list: readonly BuiltPacket[]): string {
  const path = join(folder, name);
  writeFileSync(path, buildPcap(list));
  return path;
}

const steady = written(
  'steady.pcap',
  packets(() => 0),
);
const late = written(
  'late.pcap',
  packets((i) => (i < 900 ? 500 : 0)),
);
const early = written(
  'early.pcap',
  packets((i) => (i > 2000 && i < 2500 ? -30 : 0)),
);
const ng = join(folder, 'ng.pcapng');
writeFileSync(ng, pcapngTwin(withFragments(packets(() => 0))));
const pieces = written('pieces.pcap', withFragments(packets(() => 0)));

async function found(captures: readonly string[], isWhole: boolean): Promise<{ shown: string[]; read: number }> {
  const { index } = await traceCaptures({ captures, topology: null, filter: { port: [7] } });
  if (index === undefined) throw new Error('a trace has an index');
  const selector = new FlowSelector(index, new PacketLocator(null, index.table));
  const request: PacketRequest = { captures, ports: overlayPorts(null, []), merged: true, tests: [selector] };
  const shown: string[] = [];
  const { packets: read } = await readPackets(isWhole ? request : { ...request, partly: selector.partly }, {
    packet({ capture, number, seconds, firstSeconds, firstNanos }) {
      shown.push([capture, number, seconds, firstSeconds, firstNanos].join(' '));
      return true;
    },
  });
  return { shown, read };
}

it.each([
  ['one capture', [steady], 3],
  ['a capture with fragments', [pieces], 5],
  ['a pcapng', [ng], 5],
  ['a capture whose first packets have later times', [late], 3],
  ['a capture that goes back in time', [early], 3],
  ['several captures, merged', [steady, early, late], 9],
])('%s', async (_name, captures, count) => {
  const [part, whole] = [await found(captures, false), await found(captures, true)];
  expect(whole.shown).toHaveLength(count);
  expect(part.shown).toEqual(whole.shown);
  expect(whole.read).toBe(COUNT * captures.length);
  expect(part.read).toBeLessThan(0.9 * whole.read);
});
