// The places of a packet: `explain` and `path` name the same ones. Numbers are from tshark: sequence numbers, identifications of outer and
// inner headers.
import { describe, expect, it } from 'vitest';
import { walkSettings } from '../../src/packets/walked-packet.ts';
import type { PacketRef, PathPacket } from '../../src/path/path-model.ts';
import { walkPath } from '../../src/path/walk-path.ts';
import { capturesOf } from '../support/path-captures.ts';
import { CASES, explainNumber, type Opened, open, SAMPLES } from './explain-file.ts';

const LAB = 'test/fixtures/lab-faults';

function openFolder(folder: string): Promise<Opened> {
  return open(capturesOf(folder), `${folder}/topology`);
}

/** `file number` of each other place. */
async function othersOf(opened: Opened, number: number, capture: number): Promise<string[]> {
  const { related } = await explainNumber(opened, number, capture);
  return related.filter(({ kind }) => kind === 'copy').map(nameOf);
}

function nameOf({ capture, number }: PacketRef): string {
  return `${capture} ${number}`;
}

/** All packets of the captures at once, each with all its frames, as `path -p` shows them. */
async function packetsOf({ trace, topology, paths }: Opened): Promise<PathPacket[]> {
  const packets = trace.captures.flatMap(({ packets }, capture) =>
    Array.from({ length: packets }, (_, i) => ({ capture, number: i + 1 })),
  );
  const settings = () => walkSettings(topology, {}, trace.index?.table);
  const report = await walkPath({ trace, captures: paths, settings, packets, mostShown: 1e6, flowIds: null });
  return [...report.flows.slice(0, report.flows.count)].flatMap(({ shown }) => shown);
}

describe('explain and path agree', () => {
  /** Every so manieth packet of each capture is explained. */
  it.each([
    [`${SAMPLES}/06-any-interface`, 17],
    [`${SAMPLES}/03-crosssubnet`, 13],
    [`${SAMPLES}/11-outer-fragments`, 5],
    [`${SAMPLES}/15-wireguard`, 23],
    [`${LAB}/masquerade`, 31],
    [`${CASES}/mirror-gre`, 4],
  ])('on the other places of packets in %s', async (folder, step) => {
    const opened = await openFolder(folder);
    const known = new Map<string, Set<string>>();
    for (const { sightings, copies } of await packetsOf(opened)) {
      const names = [...sightings, ...copies].map(nameOf);
      for (const name of names) known.set(name, new Set([...(known.get(name) ?? []), ...names]));
    }
    for (const [capture, { packets }] of opened.trace.captures.entries()) {
      for (let number = 1 + capture; number <= packets; number += step) {
        const own = known.get(`${capture} ${number}`);
        // a later piece of a packet: its first one stands for it
        if (own === undefined) continue;
        const others = await othersOf(opened, number, capture);
        expect([`${capture} ${number}`, ...others].sort()).toEqual([...own].sort());
      }
    }
  });
});

describe('the same packet', () => {
  it('is known behind a translation of its source', async () => {
    const opened = await openFolder(`${LAB}/masquerade`);
    // captures in order of names: veth, ens5 and vxlan.calico of 1-20, then those of 1-30
    expect((await othersOf(opened, 11, 0)).sort()).toEqual(['1 12', '2 9', '3 21', '4 17', '5 13']);
  });

  it('is known by its bytes where a super-frame was split', async () => {
    const opened = await openFolder(`${SAMPLES}/03-crosssubnet`);
    expect(await othersOf(opened, 26, 0)).toEqual(['2 14']);
    expect(await othersOf(opened, 15, 2)).toEqual(['0 26']);
  });

  it('is told by one clock: what was later elsewhere is later', async () => {
    const { related } = await explainNumber(await openFolder(`${SAMPLES}/06-any-interface`), 3);
    const after = related.flatMap(({ kind, after: seconds }) => (kind === 'copy' ? [seconds ?? -1] : []));
    expect(after).toEqual(after.toSorted((a, b) => a - b));
    expect(after[0]).toBeGreaterThan(0);
  });
});
