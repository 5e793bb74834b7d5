import { describe, expect, it } from 'vitest';
import { explainPacket } from '../../src/explain/explain-packet.ts';
import { pickPacket } from '../../src/explain/pick.ts';
import { CASES, explainNumber, open, SAMPLES } from './explain-file.ts';

const ANY = `${SAMPLES}/06-any-interface`;
const FRAGMENTS = `${SAMPLES}/11-outer-fragments`;

describe('the flow of a packet', () => {
  it('is looked up: no other flow is made', async () => {
    const opened = await open([`${ANY}/ip-10-0-1-20-any.pcap`], `${ANY}/topology`);
    const { index } = opened.trace;
    if (index === undefined) throw new Error('no index');
    const made: number[] = [];
    const trace: typeof opened.trace = {
      ...opened.trace,
      index: {
        ...index,
        ofPacket: (id, packet) => {
          made.push(id);
          return index.ofPacket(id, packet);
        },
      },
      flow: () => {
        throw new Error('a flow was asked for beside the packet’s');
      },
      flows: () => {
        throw new Error('every flow was asked for');
      },
    };
    const explained = await explainPacket({ ...opened, trace, picked: pickPacket(trace, { number: 7, cause: null }) });
    expect(made).toEqual([explained.flow?.id]);
    expect(pickPacket(trace, { number: null, cause: null })).toMatchObject({ capture: 0, by: 'first' });
  });

  it('counts the packet where the trace did: packets per flow are those of the trace', async () => {
    const opened = await open([`${FRAGMENTS}/ip-10-0-1-20-ens5.pcap`], `${FRAGMENTS}/topology`);
    const counts = new Map<number, number>();
    const packets = opened.trace.captures[0]?.packets ?? 0;
    for (let number = 1; number <= packets; number++) {
      const { flow } = await explainNumber(opened, number);
      if (flow !== null) counts.set(flow.id, (counts.get(flow.id) ?? 0) + 1);
    }
    const counted = [...opened.trace.flows()].map(({ id, observations }): [number, number] => [
      id,
      observations.reduce((sum, { packets: seen }) => sum + seen, 0),
    ]);
    expect([...counts].sort(([a], [b]) => a - b)).toEqual(counted);
  });
});

describe('the place of a packet', () => {
  it.each([
    [`${ANY}/ip-10-0-1-20-any.pcap`, `${ANY}/topology`],
    [`${CASES}/missing-neighbour-any/ip-10-0-1-20-any.pcap`, `${CASES}/missing-neighbour-any/topology`],
    [`${CASES}/mirror-gre/mirror.pcap`, `${CASES}/mirror-gre/topology`],
  ])('is the one where the trace counted it: %s', async (path, snapshot) => {
    const opened = await open([path], snapshot);
    const [capture] = opened.trace.captures;
    const seen = new Map<string, number>();
    for (let number = 1; number <= (capture?.packets ?? 0); number++) {
      const { place } = await explainNumber(opened, number);
      const key = `${place.role} ${place.node} ${place.interface}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    const counted = (capture?.points ?? []).map(({ role, node, interface: device, packets }) => [
      `${role} ${node} ${device}`,
      packets,
    ]);
    expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(counted));
  });
});
