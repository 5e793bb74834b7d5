// Healthy captures of the lab made faulty by hand, one pair of pods at a time: the verdict follows, with parts of the snapshot and
// without the file's name; and whatever cannot be told is at least no pass.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { traceCaptures } from '../../src/trace.ts';
import { verifyTrace } from '../../src/verdict/verify/verify.ts';
import { type CaptureFile, changeFrames, readCaptureFile, writeCaptureFile } from '../support/capture-rewriter.ts';
import { snapshotParts, topologyOf } from '../support/snapshot-subsets.ts';
import { everyNth, IS_WHOLE } from '../support/whole-matrix.ts';
import { writeAnew } from '../support/write-anew.ts';

const SAMPLE = 'samples/01-vxlan-between-nodes';
const FILES = ['20', '31'].map((last) => join(SAMPLE, `ip-10-0-1-${last}-ens5.pcap`));
/** Ethernet, IPv4, UDP, VXLAN: what stands before the inner frame, and where. */
const AT = { outerDst: 30, udp: 34, vni: 46, inner: 50, innerIp: 64 } as const;
const [WORKER1, WORKER2] = [
  [10, 0, 1, 30],
  [10, 0, 1, 31],
] as const;
const snapshot = snapshotParts(join(SAMPLE, 'topology'));
const SUBSETS = [snapshot.parts, ['ip-link', 'ip-route', 'ip-neigh', 'bridge-fdb'], []];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'overlens-mutations-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function isVxlan(data: Uint8Array): boolean {
  return data.length > AT.innerIp + 20 && data[23] === 17 && data[AT.udp + 2] === 0x12 && data[AT.udp + 3] === 0xb5;
}

const innerAddress = (data: Uint8Array, at: 12 | 16): string =>
  data.slice(AT.innerIp + at, AT.innerIp + at + 4).join('.');

/** Changes the VXLAN packets from `src` to `dst`. */
function mutate(file: CaptureFile, src: string, dst: string, change: (data: Uint8Array) => Uint8Array): CaptureFile {
  return changeFrames(file, (data) =>
    isVxlan(data) && innerAddress(data, 12) === src && innerAddress(data, 16) === dst ? change(data) : data,
  );
}

/** Ordered pairs of inner addresses in the VXLAN packets of a capture. */
function pairsOf(file: CaptureFile): [string, string][] {
  const found = new Map<string, [string, string]>();
  for (const { data } of file.frames)
    if (isVxlan(data)) {
      const pair: [string, string] = [innerAddress(data, 12), innerAddress(data, 16)];
      found.set(pair.join(), pair);
    }
  return [...found.values()];
}

interface Seen {
  violations: string[];
  exit: number;
}

async function judge(file: CaptureFile, parts: readonly string[], name = 'x.pcap'): Promise<Seen> {
  const path = join(folder, name);
  writeAnew(path, writeCaptureFile(file));
  const topology = topologyOf(snapshot, parts);
  const trace = await traceCaptures({ captures: [path], topology });
  const asked = { expect: 'config', pools: [], strict: false, topology } as const;
  const violations = trace.causes.filter((c) => c.severity === 'violation').map((c) => c.code);
  return { violations: [...new Set(violations)], exit: verifyTrace(trace, asked).exitCode };
}

/** Pairs of two nodes' NICs, mutated, with every subset: a third of them, in `npm run matrix` all. */
async function eachPair(
  change: (data: Uint8Array, src: string, dst: string) => Uint8Array,
  check: (seen: Seen, parts: readonly string[], pair: string) => void,
): Promise<number> {
  let count = 0;
  for (const path of FILES) {
    const file = readCaptureFile(path);
    for (const [src, dst] of everyNth(pairsOf(file), 3)) {
      const changed = mutate(file, src, dst, (data) => change(data, src, dst));
      for (const parts of SUBSETS)
        check(await judge(changed, parts), parts, `${path} ${src} > ${dst} [${parts.join(' ')}]`);
      count++;
    }
  }
  return count;
}

/** The inner packet behind the outer Ethernet header. */
function decapsulated(data: Uint8Array): Uint8Array {
  const plain = new Uint8Array(data.length - AT.inner);
  plain.set(data.subarray(0, 14));
  plain.set(data.subarray(AT.innerIp), 14);
  return plain;
}

describe('packets of one pair', () => {
  it('without their outer headers are a bypass, whatever the snapshot lacks', async () => {
    const pairs = await eachPair(decapsulated, (seen, _parts, told) => {
      expect(seen, told).toEqual({ violations: ['overlay-bypassed'], exit: 1 });
    });
    expect(pairs).toBeGreaterThan(IS_WHOLE ? 10 : 3);
  });

  it('with another VNI are wrong-vni', async () => {
    const change = (data: Uint8Array): Uint8Array => {
      data.set([0, 0x10, 1], AT.vni);
      return data;
    };
    await eachPair(change, (seen, _parts, told) => expect(seen, told).toEqual({ violations: ['wrong-vni'], exit: 1 }));
  });

  it('to another node are wrong-destination-vtep where pods are known, and never a pass', async () => {
    const change = (data: Uint8Array): Uint8Array => {
      const last = data[AT.outerDst + 3];
      data.set(last === WORKER1[3] ? WORKER2 : WORKER1, AT.outerDst);
      return data;
    };
    await eachPair(change, (seen, parts, told) => {
      if (parts.includes('pods')) expect(seen.violations, told).toContain('wrong-destination-vtep');
      expect(seen.exit, told).not.toBe(0);
    });
  });

  it('from another node are wrong-source-vtep where pods are known, and never a pass', async () => {
    const change = (data: Uint8Array): Uint8Array => {
      const source = AT.outerDst - 4;
      data.set(data[source + 3] === WORKER1[3] ? WORKER2 : WORKER1, source);
      return data;
    };
    await eachPair(change, (seen, parts, told) => {
      if (parts.includes('pods')) expect(seen.violations, told).toContain('wrong-source-vtep');
      expect(seen.exit, told).not.toBe(0);
    });
  });

  it('for another inner MAC are wrong-tunnel-mac where the devices are known, and never a pass where their owner is heard', async () => {
    const change = (data: Uint8Array): Uint8Array => {
      data.set([0x66, 0x01, 0x02, 0x03, 0x04, 0x05], AT.inner);
      return data;
    };
    await eachPair(change, (seen, parts, told) => {
      if (parts.includes('ip-link')) expect(seen, told).toEqual({ violations: ['wrong-tunnel-mac'], exit: 1 });
      else expect(seen.exit, told).not.toBe(0);
    });
  });

  it("on a port that nobody named are the cluster's tunnel all the same, on the wrong port", async () => {
    const change = (data: Uint8Array): Uint8Array => {
      data.set([0x13, 0x88], AT.udp + 2);
      return data;
    };
    await eachPair(change, (seen, _parts, told) => {
      expect(seen, told).toEqual({ violations: ['wrong-udp-port'], exit: 1 });
    });
  });
});

describe('what changes nothing', () => {
  it('other NIC MACs, as behind a gateway', async () => {
    const change = (data: Uint8Array): Uint8Array => {
      data.set([2, 0, 0, 0, 0, 0xfe]);
      return data;
    };
    await eachPair(change, (seen, _parts, told) => expect(seen, told).toEqual({ violations: [], exit: 0 }));
  });

  it('an outer TTL, an ECN mark, a source port', async () => {
    const change = (data: Uint8Array): Uint8Array => {
      data[22] = 5;
      data[15] = 3;
      data.set([0x1b, 0xbf], AT.udp);
      return data;
    };
    await eachPair(change, (seen, _parts, told) => expect(seen, told).toEqual({ violations: [], exit: 0 }));
  });
});
