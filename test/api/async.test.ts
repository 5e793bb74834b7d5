// The asynchronous forms: flows and packets in turns with everything else, packets of a blob without what stands before them, abort.
import { describe, expect, it } from 'vitest';
import {
  decodePackets,
  eachFlow,
  explainPacket,
  loadTopology,
  openInputs,
  type Trace,
  type TracedFlow,
  traceCaptures,
  tracePath,
} from '../../src/index.ts';
import { buildPcap } from '../support/capture-builder.ts';
import { capturesOf, countingBlob, elsewhere, SAMPLE, type SampleFile } from './sample-files.ts';

const CAPTURES = capturesOf(SAMPLE).map(({ name }) => name);
const topology = await loadTopology([`${SAMPLE}/topology`]);
const trace = await traceCaptures({ captures: CAPTURES, topology });

function aborted(): AbortSignal {
  return AbortSignal.abort(new Error('enough'));
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('flows one after the other', () => {
  it('are those of flows()', async () => {
    expect((await collect(eachFlow(trace))).map(({ id }) => id)).toEqual([...trace.flows()].map(({ id }) => id));
  });

  it('leave turns to everything else, however many they are', async () => {
    const slow: Pick<Trace, 'flows'> = { flows: () => slowly(trace, 40) };
    let turns = 0;
    const count = setInterval(() => turns++, 0);
    let flows = 0;
    for await (const _flow of eachFlow(slow)) flows++;
    clearInterval(count);
    expect(flows).toBe(40);
    expect(turns).toBeGreaterThan(5);
  });

  it('end with the reason when they are aborted', async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { id } of eachFlow(trace, { signal: stop.signal })) {
        seen.push(id);
        stop.abort(new Error('enough'));
      }
    })();
    await expect(reading).rejects.toThrow('enough');
    expect(seen).toHaveLength(1);
  });
});

/** Flows that take 2 ms each. */
function* slowly({ flows }: Trace, count: number): Generator<TracedFlow> {
  const [flow] = flows();
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    while (performance.now() - began < 2);
    yield flow as TracedFlow;
  }
}

describe('packets one after the other', () => {
  it('are those of the captures, in order, with their bytes and layers', async () => {
    const packets = await collect(decodePackets({ captures: CAPTURES, topology }));
    expect(packets.length).toBe(trace.summary.packets);
    expect(packets.map(({ capture }) => capture)).toEqual(packets.map(({ capture }) => capture).sort());
    const [first] = packets;
    expect(first).toMatchObject({ capture: 0, number: 1, outcome: 'notFlow', fault: null });
    expect(first?.layers[0]).toMatchObject({ protocol: 'eth', offset: 0 });
    // of each its own, though they were read into one buffer
    expect(new Set(packets.map(({ bytes }) => bytes.buffer)).size).toBe(packets.length);
  });

  it('are those with these numbers', async () => {
    const packets = await collect(decodePackets({ captures: CAPTURES.slice(0, 1), numbers: '2-3,5' }));
    expect(packets.map(({ number }) => number)).toEqual([2, 3, 5]);
    await expect(collect(decodePackets({ captures: CAPTURES, numbers: 'x' }))).rejects.toThrow('not packet numbers');
  });

  it('are read as they are asked for, and no further', async () => {
    const { blob, read } = countingBlob(largeCapture());
    for await (const packet of decodePackets({ captures: [{ name: 'large.pcap', content: blob }] })) {
      expect(packet.number).toBe(1);
      break;
    }
    expect(read()).toBeLessThan(blob.size / 2);
  });

  it('end with the reason when they are aborted, and with the error of a capture that is damaged', async () => {
    const stop = new AbortController();
    const reading = (async () => {
      for await (const _ of decodePackets({ captures: CAPTURES, signal: stop.signal })) stop.abort(new Error('enough'));
    })();
    await expect(reading).rejects.toThrow('enough');
    const damaged = buildPcap([{ data: new Uint8Array(60), seconds: 1, nanos: 0 }]);
    const content = new Uint8Array([...damaged, ...new Uint8Array(16).fill(0xff), ...new Uint8Array(64)]);
    await expect(collect(decodePackets({ captures: [{ name: 'd.pcap', content }] }))).rejects.toThrow('d.pcap');
  });
});

/** 8 MB of packets, all alike but for their time. */
function largeCapture(): Uint8Array<ArrayBuffer> {
  const [{ bytes }] = capturesOf(SAMPLE) as [SampleFile];
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(24 + 8, true);
  const data = bytes.subarray(40, 40 + length);
  const count = Math.ceil(8e6 / (length + 16));
  const packets = Array.from({ length: count }, (_, i) => ({
    data,
    seconds: 1_790_000_000 + Math.floor(i / 100),
    nanos: (i % 100) * 1e7,
  }));
  return buildPcap(packets) as Uint8Array<ArrayBuffer>;
}

describe('a packet of a blob by its number', () => {
  const bytes = largeCapture();
  const last = Math.ceil(8e6 / (new DataView(bytes.buffer).getUint32(32, true) + 16));

  it('is read where it stands, once a trace has told where', async () => {
    const { blob, read } = countingBlob(bytes);
    const captures = [{ name: 'large.pcap', content: blob }];
    const whole = await traceCaptures({ captures, topology: null });
    expect(whole.summary.packets).toBe(last);
    const before = read();
    const [packet] = await collect(decodePackets({ captures, trace: whole, numbers: `${last}` }));
    expect(packet?.number).toBe(last);
    expect(read() - before).toBeLessThan(blob.size / 2);
  });

  it('is explained from a blob as from a file', async () => {
    const captures = elsewhere(capturesOf(SAMPLE)).map(({ name, bytes: content }) => ({
      name,
      content: new Blob([content]),
    }));
    const given = await traceCaptures({ captures, topology });
    const [one, other] = [
      await explainPacket({ trace: given, captures, topology, capture: 1, number: 2 }),
      await explainPacket({ trace, captures: CAPTURES, topology, capture: 1, number: 2 }),
    ];
    expect(one.headline).toBe(other.headline);
    expect(one.layers).toEqual(other.layers);
    expect(one.related.length).toBe(other.related.length);
  });

  it('is followed from a blob as from a file', async () => {
    const captures = elsewhere(capturesOf(SAMPLE)).map(({ name, bytes: content }) => ({
      name,
      content: new Blob([content]),
    }));
    const given = await traceCaptures({ captures, topology });
    const [one, other] = [
      await tracePath({ trace: given, captures, topology, mostShown: 3 }),
      await tracePath({ trace, captures: CAPTURES, topology, mostShown: 3 }),
    ];
    const facts = ({ flows }: typeof one): unknown => JSON.parse(JSON.stringify([...flows.slice(0, flows.count)]));
    expect(facts(one)).toEqual(facts(other));
  });
});

describe('aborted', () => {
  const captures = capturesOf(SAMPLE).map(({ name, bytes }) => new File([bytes], `given/${name}`));

  it('a trace is what was read, and says that it is not all', async () => {
    const stop = new AbortController();
    const part = await traceCaptures({ captures, topology, signal: stop.signal, onProgress: () => stop.abort() });
    expect(part.captures.map(({ complete }) => complete)).toContain(false);
    expect(part.summary.packets).toBeLessThan(trace.summary.packets);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['loadTopology', () => loadTopology([`${SAMPLE}/topology`], { signal: aborted() })],
    ['openInputs', () => openInputs([SAMPLE], { signal: aborted() })],
    ['explainPacket', () => explainPacket({ trace, captures: CAPTURES, topology, number: 1, signal: aborted() })],
    ['tracePath', () => tracePath({ trace, captures: CAPTURES, topology, signal: aborted() })],
    ['decodePackets', () => collect(decodePackets({ captures: CAPTURES, signal: aborted() }))],
  ])('%s rejects with the reason', async (_name, call) => {
    await expect(call()).rejects.toThrow('enough');
  });
});
