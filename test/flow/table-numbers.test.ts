// The table fed with rows of numbers: behind the facts there are no bytes and no layers.

import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { PacketBatch } from '../../src/capture/source.ts';
import { FACT, FLOW_BIT, factMemory, MARK } from '../../src/decode/fact-layout.ts';
import { LayerStack } from '../../src/decode/layer-stack.ts';
import { FlowTable } from '../../src/flow/flow-table.ts';
import { hashWords } from '../../src/flow/rows/row-index.ts';
import { BIT } from '../../src/flow/rows/row-layout.ts';

import { TCP_FLAG } from '../../src/wire/tcp.ts';
import { everyRow, rowsOf } from './traffic.ts';

const CAPACITY = 64;

interface Numbers {
  source?: number;
  destination?: number;
  ports?: number;
  protocol?: number;
  path?: number;
  payload?: number;
  overhead?: number;
  length?: number;
  marks?: number;
  sequence?: number;
  acknowledgement?: number;
  original?: number;
  seconds?: number;
  nanos?: number;
}

const DEFAULTS = {
  source: 0x0a300001,
  destination: 0x0a300002,
  ports: (40000 << 16) | 53,
  protocol: 17,
  path: 0,
  payload: 8,
  overhead: 0,
  length: 28,
  marks: 64,
  sequence: 0,
  acknowledgement: 0,
  original: 42,
  seconds: 1_700_000_000,
  nanos: 0,
} satisfies Required<Numbers>;

/** A batch without bytes: its packets count as cut off, so no checksum is asked for. */
function emptyBatch(count: number): PacketBatch {
  return {
    bytes: new Uint8Array(0),
    start: new Uint32Array(count),
    captured: new Uint32Array(count),
    original: new Uint32Array(count).fill(1),
    seconds: new Float64Array(count),
    nanos: new Uint32Array(count),
    interface: new Uint32Array(count),
    count,
  };
}

const NO_LAYERS = (i: number): LayerStack => {
  throw new Error(`asked for the layers of packet ${i}`);
};

/** Adds packets in batches; returns the row of each. */
function addNumbers(table: FlowTable, packets: readonly Numbers[], firstPacket = 1, layersOf = NO_LAYERS): number[] {
  const rows: number[] = [];
  table.useFacts(factMemory(CAPACITY));
  for (let from = 0; from < packets.length; from += CAPACITY) {
    const part = packets.slice(from, from + CAPACITY);
    for (const [i, packet] of part.entries()) writeNumbers(table, i, { ...DEFAULTS, ...packet });
    table.addBatch(emptyBatch(part.length), {
      capture: 0,
      firstPacket: firstPacket + from,
      prepare: (first) => {
        const isSlow = (i: number): boolean =>
          ((table.facts.words[i * FACT.words + FACT.marks] ?? 0) & MARK.slow) !== 0;
        const rest = part.map((_, i) => i).slice(first);
        return rest.find(isSlow) ?? part.length;
      },
      layersOf,
      onOrphan(packet) {
        throw new Error(`packet ${packet} is no fragment`);
      },
    });
    rows.push(...table.rowOf.subarray(0, part.length));
  }
  return rows;
}

function writeNumbers(table: FlowTable, i: number, { seconds, ...words }: Required<Numbers>): void {
  const { facts } = table;
  for (const [name, value] of Object.entries(words)) {
    facts.words[i * FACT.words + FACT[name as keyof typeof words]] = value;
  }
  facts.doubles[(i * FACT.words) / 2 + FACT.seconds] = seconds;
}

function tableOf(...packets: Numbers[]): FlowTable {
  const table = new FlowTable(null, CAPACITY);
  addNumbers(table, packets);
  return table;
}

describe('rows of numbers', () => {
  it('become flows and rows', () => {
    const table = new FlowTable(null, CAPACITY);
    const back = { source: DEFAULTS.destination, destination: DEFAULTS.source, ports: (53 << 16) | 40000 };
    const rows = addNumbers(table, [{}, { path: 3 }, back, {}, { ports: 0 }, { protocol: 6 }, { path: 3 }]);
    expect(rows).toEqual([0, 1, 2, 0, 3, 4, 1]);
    expect(table.flowCount).toBe(4);
    expect([0, 1, 2, 3].map((flow) => rowsOf(table, flow))).toEqual([[0, 1], [2], [3], [4]]);
    expect(everyRow(table).map((row) => [table.rows.flow(row), table.rows.path(row)])).toEqual([
      [0, 0],
      [0, 3],
      [1, 0],
      [2, 0],
      [3, 0],
    ]);
    expect([0, 1, 2].map((flow) => table.reverseOf(flow))).toEqual([1, 0, -1]);
  });

  it('tell family, addresses and ports of their flow', () => {
    const table = tableOf({ source: 0xc0000201, ports: (65535 << 16) | 65534 }, { protocol: 17 | FLOW_BIT.portsCut });
    expect([table.sourceOf(0), table.destinationOf(0), table.familyOf(0)]).toEqual(['192.0.2.1', '10.48.0.2', 4]);
    expect([table.sourcePortOf(0), table.destinationPortOf(0)]).toEqual([65535, 65534]);
    expect([table.sourcePortOf(1), table.destinationPortOf(1), table.protocolOf(1)]).toEqual([null, null, 17]);
    expect(tableOf({ protocol: 58 | FLOW_BIT.ipv6 }).familyOf(0)).toBe(6);
  });

  it('add up', () => {
    const { rows } = tableOf(
      { payload: 10, overhead: 50, length: 100, original: 150, seconds: 5, nanos: 7 },
      { payload: 0, overhead: 20, length: 200, original: 250, seconds: 4, nanos: 9 },
      { payload: 5, overhead: 0, length: 150, original: 151, seconds: 5, nanos: 8 },
    );
    expect([rows.packets(0), rows.bytes(0), rows.payloadBytes(0), rows.overheadBytes(0)]).toEqual([3, 551, 15, 70]);
    expect(rows.largest(0)).toBe(200);
    expect([rows.firstPacket(0), rows.lastPacket(0)]).toEqual([1, 3]);
    expect([rows.firstSeconds(0), rows.firstNanos(0), rows.lastSeconds(0), rows.lastNanos(0)]).toEqual([4, 9, 5, 8]);
  });

  it('beyond 32 bits', () => {
    const packet = { payload: 0x7fffffff, original: 0x7fffffff };
    const { rows } = tableOf(packet, packet, packet);
    expect([rows.bytes(0), rows.payloadBytes(0)]).toEqual([3 * 0x7fffffff, 3 * 0x7fffffff]);
  });

  it('have a TTL and marks', () => {
    const { rows } = tableOf({ marks: 64 }, { marks: 62 | MARK.dontFragment }, { marks: 63 | MARK.truncated });
    expect([rows.ttlMin(0), rows.ttlMax(0)]).toEqual([62, 64]);
    expect(rows.bits(0) & ~0xffff).toBe(BIT.innerDontFragment | BIT.truncated);
    const ends = tableOf({ marks: 0 }, { marks: 255 }).rows;
    expect([ends.ttlMin(0), ends.ttlMax(0), ends.bits(0) & ~0xffff]).toEqual([0, 255, 0]);
    expect(tableOf({ marks: MARK.orphan }).rows.bits(0) & ~0xffff).toBe(BIT.fragmentWithoutFirst);
  });

  it('are requests and replies by their marks', () => {
    const { rows } = tableOf({ marks: MARK.echoRequest }, { marks: MARK.echoReply }, { marks: MARK.echoRequest }, {});
    expect([rows.requests(0), rows.replies(0)]).toEqual([2, 1]);
  });

  it('are segments of TCP by their mark', () => {
    const tcp = (flags: number, sequence: number, payload: number, acknowledgement = 0): Numbers => ({
      protocol: 6,
      marks: MARK.tcp | (flags << 8) | 64,
      sequence,
      payload,
      acknowledgement,
    });
    const { syn, ack, fin, rst } = TCP_FLAG;
    const { rows } = tableOf(
      tcp(syn, 0xffffff00, 0),
      tcp(syn | ack, 0xffffff00, 0, 7),
      tcp(ack, 0xffffff01, 1400, 7),
      tcp(ack, 0xffffff01, 1400, 8),
      tcp(fin | ack, 0x479, 0, 9),
      tcp(rst, 0x47a, 0),
      { protocol: 6, payload: 100, sequence: 0xffffff01 },
    );
    expect([rows.requests(0), rows.replies(0), rows.fin(0), rows.rst(0), rows.data(0)]).toEqual([1, 1, 1, 1, 2]);
    expect([rows.retransmissions(0), rows.largeRetransmissions(0), rows.largeSequence(0)]).toEqual([1, 1, 0xffffff01]);
    expect([rows.sequenceEnd(0), rows.acknowledged(0)]).toEqual([0x47a, 9]);
  });

  it('keep flows apart whose hashes are equal', () => {
    // What one word adds to the sum, another takes away.
    const equal = Array.from({ length: 20 }, (_, k) => ({
      source: (DEFAULTS.source + Math.imul(k, 0x85ebca77)) | 0,
      destination: (DEFAULTS.destination - Math.imul(k, 0x9e3779b1)) | 0,
    }));
    const hashes = equal.map(({ source, destination }) => hashWords(source, destination, DEFAULTS.ports, 17, 0));
    expect(new Set(hashes).size).toBe(1);
    const table = new FlowTable(null, CAPACITY);
    expect(addNumbers(table, [...equal, ...equal])).toEqual([...equal.keys(), ...equal.keys()]);
    expect(table.flowCount).toBe(20);
    for (const [flow, { source, destination }] of equal.entries()) {
      expect(table.findFlow(source, destination, DEFAULTS.ports, 17)).toBe(flow);
    }
  });

  it('that are not to be counted change nothing', () => {
    const table = new FlowTable(null, CAPACITY);
    expect(addNumbers(table, [{ marks: MARK.skipped }, {}, { marks: MARK.skipped }])).toEqual([-1, 0, -1]);
    expect([table.flowCount, table.rows.packets(0), table.rows.firstPacket(0)]).toEqual([1, 1, 2]);
    expect(table.links.count).toBe(0);
  });

  it('that are rare are asked for their layers, the others never', () => {
    const table = new FlowTable(null, CAPACITY);
    const layersOf = vi.fn(() => new LayerStack());
    expect(addNumbers(table, [{}, { marks: MARK.slow }, {}], 1, layersOf)).toEqual([0, -1, 0]);
    expect(layersOf.mock.calls).toEqual([[1]]);
  });

  it('number their packets from where the batch begins', () => {
    const table = new FlowTable(null, CAPACITY);
    addNumbers(table, [{}], 4_000_000_001);
    addNumbers(table, [{}, {}], 5_000_000_000);
    expect([table.rows.firstPacket(0), table.rows.lastPacket(0)]).toEqual([4_000_000_001, 5_000_000_001]);
  });
});

describe('a window', () => {
  const at = (seconds: number, nanos = 0, more: Numbers = {}): Numbers => ({ seconds, nanos, ...more });
  const windowed = (edge: number, ...packets: Numbers[]): number[] => {
    const table = new FlowTable(null, CAPACITY);
    table.counter.windows = new Map([[0, { first: 100.5, last: 200, edge }]]);
    addNumbers(table, packets);
    const { rows } = table;
    return [
      rows.windows.packets(0),
      rows.windows.bytes(0),
      rows.windows.edgePackets(0),
      rows.windows.edgeBytes(0),
      rows.windows.edgeLargest(0),
    ];
  };

  it('counts what is inside, both ends included', () => {
    const packets = [at(100, 499_999_999), at(100, 500_000_000), at(150), at(200), at(200, 1)];
    expect(windowed(0, ...packets)).toEqual([3, 24, 3, 24, 28]);
  });

  it('counts apart what is inside or at its edges', () => {
    const packets = [
      at(98, 499_999_999, { length: 9000 }),
      at(98, 500_000_000, { length: 300 }),
      at(150, 0, { payload: 100, length: 200 }),
      at(202, 0, { payload: 1000 }),
      at(202, 1_000, { length: 9000 }),
    ];
    expect(windowed(2, ...packets)).toEqual([1, 100, 3, 1108, 300]);
  });

  it('counts no packet without a time', () => {
    expect(windowed(2, at(Number.NaN), at(150))).toEqual([1, 8, 1, 8, 28]);
  });

  it('leaves the other counts as they are', () => {
    const table = new FlowTable(null, CAPACITY);
    table.counter.windows = new Map([[0, { first: 1, last: 2, edge: 0 }]]);
    addNumbers(table, [at(50), at(1)]);
    expect([table.rows.packets(0), table.rows.payloadBytes(0)]).toEqual([2, 16]);
  });
});

it('counts what a Map over the numbers would count, through growth', () => {
  const word = fc.integer({ min: 0, max: 5 });
  const packet = fc.record({ source: word, destination: word, ports: word, path: word, original: fc.nat(9000) });
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 1500, size: 'max' }), (packets) => {
      const table = new FlowTable(null, CAPACITY);
      const rows = addNumbers(table, packets);
      const model = new Map<string, { row: number; packets: number; bytes: number }>();
      const flows = new Map<string, number>();
      for (const [i, { source, destination, ports, path, original }] of packets.entries()) {
        const flow = `${source} ${destination} ${ports}`;
        if (!flows.has(flow)) flows.set(flow, flows.size);
        const key = `${flow} ${path}`;
        const known = model.get(key) ?? { row: model.size, packets: 0, bytes: 0 };
        known.packets++;
        known.bytes += original;
        model.set(key, known);
        if (rows[i] !== known.row) expect([i, rows[i]]).toEqual([i, known.row]);
      }
      expect([table.rows.count, table.flowCount]).toEqual([model.size, flows.size]);
      for (const { row, ...counts } of model.values()) {
        expect({ packets: table.rows.packets(row), bytes: table.rows.bytes(row) }).toEqual(counts);
      }
      for (let flow = 0; flow < table.flowCount; flow++) {
        expect(rowsOf(table, flow).every((row) => table.rows.flow(row) === flow)).toBe(true);
      }
    }),
    { numRuns: 30 },
  );
});
