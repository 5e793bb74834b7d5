import { describe, expect, it } from 'vitest';
import { buildTopology } from '../../../src/topology/build.ts';
import type { SnapshotDocument } from '../../../src/topology/read/read-documents.ts';
import { memberTime, type Taken } from '../../../src/topology/time/taken.ts';

const POOL = (created: string): string => `apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: default, creationTimestamp: "${created}"}
spec: {cidr: 10.48.0.0/16, vxlanMode: Always}
`;

function document(file: string, text: string, taken?: Taken): SnapshotDocument {
  return { file, text, named: true, ...(taken === undefined ? {} : { taken }) };
}

const archive = (seconds: number, file: string): Taken => ({ seconds, from: 'archive', file });

describe('when a snapshot was taken', () => {
  it('the newest time of its objects is the least, where nothing else tells', () => {
    // of large YAML what is below `conditions` is not looked at: JSON has it all
    const node = {
      ...{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', creationTimestamp: '2026-10-01T00:00:00Z' } },
      status: {
        addresses: [{ type: 'InternalIP', address: '10.0.1.20' }],
        conditions: [{ type: 'Ready', lastHeartbeatTime: '2026-11-02T08:29:00Z' }],
      },
    };
    const nodes = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [node] }, null, 1);
    const { taken } = buildTopology([document('p', POOL('2026-11-02T08:20:00Z')), document('n', nodes)]);
    expect(taken).toEqual({
      ...{ first: Date.UTC(2026, 10, 2, 8, 29) / 1000, last: Date.UTC(2026, 10, 2, 8, 29) / 1000 },
      ...{ from: 'objects', isLeast: true, ref: { file: 'n', line: 5 } },
    });
  });

  it('what a bundle says outranks it, from its first text to its last', () => {
    const { taken } = buildTopology([
      document('p', POOL('2026-11-02T08:20:00Z'), archive(2000, 'b.tar!p')),
      document('q', POOL('2026-11-02T08:20:00Z'), { seconds: 1000, from: 'date file', file: 'b.tar!date' }),
    ]);
    expect(taken).toMatchObject({ first: 1000, last: 2000, from: 'date file', isLeast: false });
    expect(taken?.ref).toEqual({ file: 'b.tar!date', line: null });
  });

  it('files of which nothing was used tell nothing', () => {
    const other: SnapshotDocument = { file: 'd/README', text: 'hello', named: false, taken: archive(9000, 'd/README') };
    expect(buildTopology([document('p', POOL('no time')), other]).taken).toBeNull();
  });

  it('an archive made without times tells none', () => {
    expect(memberTime(null, 'a')).toBeNull();
    expect(memberTime(0, 'a')).toBeNull();
    expect(memberTime(Date.UTC(1980, 0, 1), 'a')).toBeNull();
    expect(memberTime(Date.UTC(2026, 0, 1), 'a')).toEqual(archive(Date.UTC(2026, 0, 1) / 1000, 'a'));
  });
});
