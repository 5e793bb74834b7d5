// A capture of Inspektor Gadget says on which node it was taken: below all that shows more, and nothing but what it says.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CapturePoint } from '../../../src/attribution/vocabulary.ts';
import type { Topology } from '../../../src/topology/model.ts';
import { type TraceOptions, traceCaptures } from '../../../src/trace.ts';
import { buildPcapng, interfaceBlock, packetBlock, sectionBlock } from '../../support/capture-builder.ts';
import { clusterDocuments, ip, NODE, POD, POD_MAC, plain, VETH, vxlan } from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const folder = mkdtempSync(join(tmpdir(), 'overlens-gadget-'));
afterAll(() => rmSync(folder, { recursive: true }));

const STRANGE = plain(ip({ src: '192.0.2.1', dst: '192.0.2.2' }), POD_MAC, VETH);
const gadget = (node: string): { name: string; description: string } => ({
  name: 'virtual',
  description: `${node};web;shop-1;app=shop;containerd`,
});

async function pointsOf(
  frames: Uint8Array | Uint8Array[],
  interfaces: { name: string; description: string }[],
  topology: Topology | null = TOPOLOGY,
  more: Partial<TraceOptions> = {},
): Promise<CapturePoint[]> {
  const path = join(folder, 'x.pcapng');
  const packets = interfaces.flatMap((_, i) =>
    [frames].flat().map((data) => packetBlock({ data, interface: i, units: 1_700_000_000_000_000n })),
  );
  writeFileSync(path, buildPcapng([sectionBlock(), ...interfaces.map(interfaceBlock), ...packets]));
  const trace = await traceCaptures({ captures: [path], topology, ...more });
  return [...(trace.captures[0]?.points ?? [])];
}

const said = (points: CapturePoint[]): unknown =>
  points.map(({ node, evidence }) => [node, evidence.some(({ source }) => source === 'capture-metadata')]);

describe('a capture of Inspektor Gadget', () => {
  it('names its node, with a snapshot and without', async () => {
    expect(said(await pointsOf(STRANGE, [gadget('b')]))).toEqual([['b', true]]);
    expect(said(await pointsOf(STRANGE, [gadget('somewhere')], null))).toEqual([['somewhere', true]]);
  });

  it('names its pod, where all interfaces are of one', async () => {
    const details = async (...interfaces: { name: string; description: string }[]): Promise<(string | undefined)[]> =>
      (await pointsOf(STRANGE, interfaces)).map(
        ({ evidence }) => evidence.find(({ source }) => source === 'capture-metadata')?.detail,
      );
    const said = 'Inspektor Gadget says it captured on b, in the pod shop-1 (if_description)';
    expect(await details(gadget('b'))).toEqual([said]);
    const other = { ...gadget('b'), description: 'b;web;shop-2;app=shop;containerd' };
    const evil = { ...gadget('b'), description: 'b;web;shop\u001b[2J;app=shop;containerd' };
    const nodeOnly = 'Inspektor Gadget says it captured on b (if_description)';
    expect(await details(gadget('b'), other)).toEqual([nodeOnly, nodeOnly]);
    expect(await details(evil)).toEqual([nodeOnly]);
  });

  it('is below what its frames show, and below the word of the user', async () => {
    const sent = [vxlan(ip({ src: POD.a, dst: POD.b })), vxlan(ip({ src: POD.a, dst: POD.c }), { to: NODE.c })];
    expect((await pointsOf(sent, [gadget('c')]))[0]?.node).toBe('a');
    const path = join(folder, 'x.pcapng');
    const at = [{ file: path, node: 'a', interface: null }];
    expect((await pointsOf(STRANGE, [gadget('b')], TOPOLOGY, { at }))[0]?.node).toBe('a');
  });

  it.each([
    ['of two nodes in one file', [gadget('a'), gadget('b')]],
    ['with another name of the interface', [{ ...gadget('b'), name: 'eth0' }]],
    ['with fewer fields', [{ name: 'virtual', description: 'b;web' }]],
    ['with what is no name of a node', [gadget('b\u001b[31m')]],
  ])('names none: %s', async (_, interfaces) => {
    for (const [node] of said(await pointsOf(STRANGE, interfaces)) as [string | null][]) expect(node).toBeNull();
  });
});
