// A capture that is called another node's: what its frames show against the snapshot may as well be the wrong name.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CaptureHints } from '../../../src/attribution/points/points-input.ts';
import { traceCaptures } from '../../../src/trace.ts';
import { filterFrames, readCaptureFile, writeCaptureFile } from '../../support/capture-rewriter.ts';
import { snapshotParts, topologyOf } from '../../support/snapshot-subsets.ts';
import { writeAnew } from '../../support/write-anew.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-sender-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** CrossSubnet: two nodes in one subnet, whose packets are plain, and one in another. */
const SAMPLE = 'samples/03-crosssubnet';
const [FIRST, SECOND, BEYOND] = ['ip-10-0-1-20', 'ip-10-0-1-30', 'ip-10-0-2-31'] as const;

/** Violations of a node's pings (`tcpdump icmp`), written to a file of that name, with parts of the snapshot. */
async function violations(of: string, name: string, parts: readonly string[], hint: string | null = null) {
  const file = filterFrames(readCaptureFile(`${SAMPLE}/${of}-ens5.pcap`), ({ protocol }) => protocol === 1);
  expect(file.frames.length).toBeGreaterThan(0);
  const path = join(folder, name);
  writeAnew(path, writeCaptureFile(file));
  const topology = topologyOf(snapshotParts(`${SAMPLE}/topology`), parts);
  const node = topology.nodes.find((one) => one.name.startsWith(hint ?? '?'))?.name ?? null;
  const said = { source: 'layout', nodeAtEnd: null, interface: null, pod: null, detail: 'its folder is' } as const;
  const hints: CaptureHints = new Map(node === null ? [] : [[path, [{ ...said, node }]]]);
  const { causes } = await traceCaptures({ captures: [path], topology, hints });
  return causes.filter(({ severity }) => severity === 'violation').map(({ code }) => code);
}

describe('plain packets on a NIC that is said to be of a node in another subnet', () => {
  it.each([FIRST, SECOND])('are no bypass where only the name of %s says so', async (of) => {
    expect(await violations(of, `${BEYOND}-eth0.pcap`, ['pods'])).toEqual([]);
  });

  it('are no bypass where the frames say otherwise', async () => {
    expect(await violations(SECOND, `${BEYOND}-eth0.pcap`, ['pods', 'ip-link'])).toEqual([]);
  });

  it('are no bypass where only the bundle says so', async () => {
    expect(await violations(SECOND, 'x.pcap', ['pods'], BEYOND)).toEqual([]);
  });
});
