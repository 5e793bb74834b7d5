// A piece of a rotated capture that was given and cannot be read hides packets as one does that was not given.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { traceCaptures } from '../../../../src/trace.ts';
import { buildPcap } from '../../../support/capture-builder.ts';
import { clusterDocuments, flowBetween, ip, POD, vxlan } from '../../../support/cluster-frames.ts';
import { cluster } from '../../../support/cluster-text.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const START = 1_700_000_000;
const folder = mkdtempSync(join(tmpdir(), 'overlens-lost-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** One packet a second to another pod of the same node each; the fifth is the one that is asked for. */
const ASKED = 4;
const packet = (second: number) => ({
  data: vxlan(ip({ src: POD.a, dst: `10.48.0.${140 + second}`, id: second })),
  seconds: START + second,
});
const pieceOf = (...times: number[]): Uint8Array => buildPcap(times.map(packet));

/** How the packet fared that node a's NIC sent, and node b's pieces do not show; and what is said of the pieces. */
async function fate(pieces: Record<string, Uint8Array | null>): Promise<{ outcome: string; notes: string[] }> {
  const write = (name: string, bytes: Uint8Array | null): string => {
    const path = join(folder, name);
    rmSync(path, { force: true });
    if (bytes !== null) writeFileSync(path, bytes);
    return path;
  };
  const sent = write('sender.pcap', pieceOf(0, 1, 2, 3, 4, 5, 6, 7));
  const captures = [sent, ...Object.entries(pieces).map(([name, bytes]) => write(name, bytes))];
  const at = captures.map((file) => ({ file, node: file === sent ? 'a' : 'b', interface: 'eth0' }));
  const trace = await traceCaptures({ captures, topology: TOPOLOGY, at, unfiltered: captures });
  const flow = flowBetween({ all: [...trace.flows()] }, POD.a, `10.48.0.${140 + ASKED}`);
  return { outcome: flow.outcome ?? 'none', notes: trace.captures.flatMap(({ warnings }) => warnings) };
}

const [first, last] = [pieceOf(0, 1, 2), pieceOf(6, 7)];
const LOST = 'sent-never-arrived';

describe('a packet that the receiver did not capture', () => {
  it('is lost where its pieces are whole', async () => {
    expect((await fate({ 'x.pcap0': first, 'x.pcap1': pieceOf(3, 5), 'x.pcap2': last })).outcome).toBe(LOST);
    expect((await fate({ 'x.pcap0': first, 'x.pcap1': buildPcap([]), 'x.pcap2': last })).outcome).toBe(LOST);
  });

  const whole = pieceOf(3, 4, 5);
  const damaged: Record<string, Uint8Array | null> = {
    'cut off in its second packet': whole.subarray(0, 24 + (whole.length - 24) / 3 + 30),
    'of zero bytes': new Uint8Array(),
    'a text': new TextEncoder().encode('tcpdump: listening on ens5\n'),
    'that is not there': null,
    'compressed and cut off': gzipSync(whole).subarray(0, 60),
    'with a corrupt record': whole.map((byte, i) => (i >= 32 && i < 40 ? 255 : byte)),
  };
  const names = [
    ['x.pcap0', 'x.pcap1', 'x.pcap2'],
    ['x_00009_20231114221320.pcap', 'x_00010_20231114221323.pcap', 'x_00011_20231114221326.pcap'],
    ['x-20231114-221320.pcap', 'x-20231114-221323.pcap', 'x-20231114-221326.pcap'],
    ['b8.pcap', 'b9.pcap', 'b10.pcap'],
  ] as const;
  for (const [is, bytes] of Object.entries(damaged)) {
    it.each(names)(`may have arrived where a piece is ${is}: %s, %s, %s`, async (a, b, c) => {
      const { outcome, notes } = await fate({ [a]: first, [b]: bytes, [c]: last });
      expect(outcome).not.toBe(LOST);
      expect(notes.filter((note) => note.includes(b) && /read/.test(note))).toHaveLength(1);
    });
  }

  it('is lost in spite of a piece that cannot be read at another time, or is of another capture', async () => {
    const pieces = { 'x.pcap0': first, 'x.pcap1': pieceOf(3, 5), 'x.pcap2': last };
    expect((await fate({ ...pieces, 'x.pcap3': new Uint8Array() })).outcome).toBe(LOST);
    expect((await fate({ ...pieces, 'y.pcap1': new Uint8Array() })).outcome).toBe(LOST);
  });

  it('is lost where a full ring goes on at its beginning, in a piece that nothing was written to yet', async () => {
    const ring = { 'x.pcap2': first, 'x.pcap3': pieceOf(3, 5), 'x.pcap0': last, 'x.pcap1': new Uint8Array() };
    expect((await fate(ring)).outcome).toBe(LOST);
  });
});
