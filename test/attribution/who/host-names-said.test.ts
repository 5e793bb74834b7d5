// Names of hosts in a capture's name resolution blocks (Wireshark, editcap): beside addresses outside the cluster, nowhere else.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hostNamesOf } from '../../../src/attribution/who/host-names-said.ts';
import { readHostNames } from '../../../src/capture/pcapng/host-names.ts';
import type { CaptureInfo } from '../../../src/capture/source.ts';
import type { Topology } from '../../../src/topology/model.ts';
import { traceCaptures } from '../../../src/trace.ts';
import type { TracedFlow } from '../../../src/verdict/trace-types.ts';
import { joinBytes, otherBlock, type PcapngBlock } from '../../support/capture-builder.ts';
import { clusterDocuments, ip, NODE, POD, plain } from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';
import { commentedCapture } from '../../support/commented-capture.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-hosts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const FAR = '198.51.100.7';

/** A record of a name resolution block, little-endian, padded to four bytes. */
function record(address: string, ...names: string[]): Uint8Array {
  const value = joinBytes([
    Uint8Array.from(address.split('.'), Number),
    ...names.map((name) => new TextEncoder().encode(`${name}\0`)),
  ]);
  return joinBytes([Uint8Array.of(1, 0, value.length, 0), value, new Uint8Array(-value.length & 3)]);
}

const block = (...records: Uint8Array[]): PcapngBlock => otherBlock(4, joinBytes([...records, new Uint8Array(4)]));

/** A block with one IPv6 record, as its reader finds it. */
function viewOf(value: Uint8Array): DataView {
  const bytes = joinBytes([new Uint8Array(8), Uint8Array.of(2, 0, value.length, 0), value, new Uint8Array(4)]);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

async function flowsOf(blocks: PcapngBlock[], topology: Topology | null = TOPOLOGY): Promise<TracedFlow[]> {
  const path = join(folder, 'x.pcapng');
  const data = [plain(ip({ src: POD.a, dst: FAR })), plain(ip({ src: NODE.a, dst: NODE.b }))];
  writeFileSync(
    path,
    commentedCapture(
      data.map((one) => ({ data: one })),
      blocks,
    ),
  );
  const trace = await traceCaptures({ captures: [path], topology });
  expect(trace.captures[0]).toMatchObject({ packets: 2, error: null, complete: true });
  return [...trace.flows()];
}

async function hostNames(
  blocks: PcapngBlock[],
  topology?: Topology | null,
): Promise<Record<string, string | undefined>> {
  const ends = (await flowsOf(blocks, topology)).flatMap(({ src, dst }) => [src, dst]);
  return Object.fromEntries(ends.flatMap(({ ip: at, hostName }) => (hostName === undefined ? [] : [[at, hostName]])));
}

describe('name resolution blocks', () => {
  it('name an address outside the cluster, by the first name of its record', async () => {
    const records = [record('192.0.2.1', 'other.example'), record(FAR, 'api.example.com', 'alias.example.com')];
    expect(await hostNames([block(...records)])).toEqual({ [FAR]: 'api.example.com' });
  });

  it('name no pod and no node, and nobody where nothing says what is outside', async () => {
    const records = [record(POD.a, 'pod.example'), record(NODE.a, 'node.example'), record(FAR, 'far.example')];
    expect(await hostNames([block(...records)])).toEqual({ [FAR]: 'far.example' });
    expect(await hostNames([block(...records)], null)).toEqual({});
  });

  it('name IPv6 addresses, in whatever form', async () => {
    const far = Uint8Array.of(0x20, 1, 0xd, 0xb8, ...new Uint8Array(11), 7);
    const value = joinBytes([far, new TextEncoder().encode('six.example\0')]);
    const info = { hostNames: readHostNames(viewOf(value), 0, value.length + 16, true) };
    expect([...hostNamesOf([{ info: info as unknown as CaptureInfo }])]).toEqual([['2001:db8::7', 'six.example']]);
  });

  it('say nothing of an address with two names', async () => {
    const [one, two] = [block(record(FAR, 'one.example')), block(record(FAR, 'two.example'))];
    expect(await hostNames([one, two])).toEqual({});
    expect(await hostNames([one, one])).toEqual({ [FAR]: 'one.example' });
  });

  it.each([
    ['no name', record(FAR)],
    ['a name without its end', record(FAR).with(2, 8).subarray(0, 8)],
    ['what is no name of a host', record(FAR, 'x\u001b[2J')],
    ['a record longer than its block', record(FAR, 'far.example').with(2, 255)],
  ])('are nothing where they make no sense, and end nothing: %s', async (_, bytes) => {
    expect(await hostNames([block(bytes)])).toEqual({});
  });
});
