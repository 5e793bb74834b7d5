// Ways in which packets stop, each made in the lab (samples/lab/make-faults.sh) and captured at every place: the first cause named is
// the true one, with all captures and with those of the NICs alone. What is true is what the script broke.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { traceCaptures } from '../../src/trace.ts';
import type { Trace } from '../../src/verdict/trace-types.ts';
import { topologyIn } from '../support/loaded-topology.ts';
import { IS_WHOLE } from '../support/whole-matrix.ts';
import { writeAnew } from '../support/write-anew.ts';

const FAULTS = 'test/fixtures/lab-faults';

const NICS = /ens5\.pcap$/;
const EVERYWHERE = /\.pcap$/;

async function traceOf(captures: readonly string[], fault: string): Promise<Trace> {
  return traceCaptures({ captures, topology: await topologyIn(join(FAULTS, fault, 'topology')) });
}

function capturesOf(fault: string, wanted = EVERYWHERE): string[] {
  return readdirSync(join(FAULTS, fault))
    .filter((name) => name.endsWith('.pcap') && wanted.test(name))
    .map((name) => join(FAULTS, fault, name));
}

const traces = new Map<string, Promise<Trace>>();

/** Of a fault's own captures: several tests ask about the same. */
function traceAt(fault: string, wanted: RegExp): Promise<Trace> {
  const key = `${fault} ${wanted}`;
  let trace = traces.get(key);
  if (trace === undefined) {
    trace = traceOf(capturesOf(fault, wanted), fault);
    traces.set(key, trace);
  }
  return trace;
}

/** What was broken -> the code of the first cause, with every place captured, and with the nodes' NICs alone. */
const TRUTH: readonly [fault: string, everywhere: string | null, nics: string | null][] = [
  ['drop-in-node', 'lost-in-node', 'no-reply'],
  ['drop-one-direction', 'lost-on-underlay', 'lost-on-underlay'],
  ['drop-tcp', 'lost-in-node', 'icmp-only'],
  ['reject', 'overlay-rejected', 'overlay-rejected'],
  ['reject-prohibited', 'overlay-rejected', 'overlay-rejected'],
  ['device-down', 'overlay-rejected', 'overlay-rejected'],
  // the route that was changed is in the snapshot, and is why the filter drops
  ['rp-filter', 'snapshot-conflict', 'snapshot-conflict'],
  ['masquerade', 'source-translated', 'source-translated'],
  ['half-open', 'lost-in-node', 'half-open'],
  ['vip-moved', 'wrong-next-hop', 'wrong-next-hop'],
  ['dns-silent', 'dns-trouble', 'dns-trouble'],
  ['policy-drop', 'lost-in-node', 'no-reply'],
  ['routing-loop', 'routing-loop', 'routing-loop'],
  ['loss', 'lost-on-underlay', 'lost-on-underlay'],
  ['snat', 'wrong-source-vtep', 'wrong-source-vtep'],
  ['blocked-port', 'lost-on-underlay', 'lost-on-underlay'],
  // what the kernel swallows before it is in a tunnel is on no NIC
  ['missing-neighbour', 'missing-neighbour', null],
  ['stale-fdb', 'wrong-destination-vtep', 'wrong-destination-vtep'],
];

describe('the first cause of a fault of the lab', () => {
  it.each(TRUTH)('%s, captured everywhere, is %s', async (fault, code) => {
    const { causes } = await traceAt(fault, EVERYWHERE);
    expect(causes.map((cause) => cause.code)[0] ?? null).toBe(code);
  });

  it.each(TRUTH)('%s, captured on the NICs alone, is %3$s', async (fault, _everywhere, code) => {
    const { causes } = await traceAt(fault, NICS);
    expect(causes.map((cause) => cause.code)[0] ?? null).toBe(code);
  });

  const LOSSES = new Set(['loss', 'masquerade']);
  it.each(TRUTH.filter(([fault]) => !LOSSES.has(fault)))('%s has no second cause of the same code', async (fault) => {
    for (const wanted of [EVERYWHERE, NICS]) {
      const { causes } = await traceAt(fault, wanted);
      const codes = causes.map(({ code }) => code);
      expect(codes).toEqual([...new Set(codes)]);
    }
  });

  it.each([
    ['routing-loop', ['routing-loop']],
    ['drop-tcp', ['lost-in-node']],
    ['missing-neighbour', ['missing-neighbour']],
    ['snat', ['wrong-source-vtep']],
    ['rp-filter', ['snapshot-conflict', 'lost-in-node']],
  ])('%s has no other cause than %j', async (fault, codes) => {
    const { causes } = await traceAt(fault, EVERYWHERE);
    expect(causes.map(({ code }) => code)).toEqual(codes);
  });

  it('takes packets in a circle neither for a bypass nor for copies', async () => {
    const { captures, summary } = await traceAt('routing-loop', EVERYWHERE);
    expect(summary.violation).toBe(0);
    expect(captures.flatMap(({ warnings }) => warnings).join()).not.toContain('copies');
  });
});

describe('the lab without a fault', () => {
  const folder = mkdtempSync(join(tmpdir(), 'overlens-clocks-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The captures with the clock of each node off by so many seconds, in classic pcap with microseconds (`tcpdump -w`). */
  function shifted(fault: string, clocks: Readonly<Record<string, number>>, wanted?: RegExp): string[] {
    return capturesOf(fault, wanted).map((path) => {
      const name = path.split('/').at(-1) ?? '';
      const node = Object.keys(clocks).find((prefix) => name.startsWith(prefix));
      const bytes = readFileSync(path);
      const by = Math.round((node === undefined ? 0 : (clocks[node] ?? 0)) * 1e6);
      for (let at = 24; at + 16 <= bytes.length; at += 16 + bytes.readUInt32LE(at + 8)) {
        const time = bytes.readUInt32LE(at) * 1e6 + bytes.readUInt32LE(at + 4) + by;
        bytes.writeUInt32LE(Math.floor(time / 1e6), at);
        bytes.writeUInt32LE(time % 1e6, at + 4);
      }
      const to = join(folder, `${Object.values(clocks).join('_')}-${name}`);
      writeAnew(to, bytes);
      return to;
    });
  }

  const CLOCKS = [0, 0.001, 0.05, 0.3, -0.9, 7, -60, 3600];

  it.each(CLOCKS)('loses nothing when the clock of a node is off by %d s', async (seconds) => {
    const clocks = [{ 'ip-10-0-1-30': seconds }, { 'ip-10-0-1-20': seconds, 'ip-10-0-1-31': -seconds / 3 }];
    const all = clocks.flatMap((off) =>
      [/./, NICS].flatMap(
        (wanted) =>
          [
            [off, wanted, 'healthy'],
            [off, wanted, 'delay'],
          ] as const,
      ),
    );
    // half of them with each time, in turn
    for (const [off, wanted, fault] of all.filter(
      (_, i) => IS_WHOLE || (i + (i >> 1) + (i >> 2) + CLOCKS.indexOf(seconds)) % 2 === 0,
    )) {
      const { causes, flows } = await traceOf(shifted(fault, off, wanted), fault);
      expect(causes.map(({ code, title }) => `${code} ${title}`)).toEqual([]);
      const lost = [...flows()].filter(
        ({ outcome, arrival }) => outcome === 'sent-never-arrived' || arrival?.lost === true,
      );
      expect(lost.map(({ src, dst }) => `${src.ip} ${dst.ip}`)).toEqual([]);
    }
  });

  it.each([[[2, 0, 1]], [[1, 2, 0]]])('says the same whatever the order of the captures (%j)', async (order) => {
    const nics = capturesOf('healthy', NICS);
    const told = async (captures: readonly string[]): Promise<string[]> =>
      [...(await traceOf(captures, 'healthy')).flows()]
        .map(({ src, dst, protocol, outcome, packets }) => `${src.ip} ${dst.ip} ${protocol} ${outcome} ${packets}`)
        .sort();
    expect(await told(order.map((index) => nics[index] ?? ''))).toEqual(await told(nics));
  });
});
