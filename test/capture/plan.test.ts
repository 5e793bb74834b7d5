// The span of a capture before it is read equals what a whole reading gives, or is null where it cannot be known.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { captureSpan } from '../../src/capture/plan.ts';
import {
  type BuiltPacket,
  buildPcap,
  buildPcapng,
  interfaceBlock,
  joinBytes,
  obsoletePacketBlock,
  otherBlock,
  packetBlock,
  pcapngTwin,
  pcapRecord,
  sectionBlock,
  simplePacketBlock,
  statisticsBlock,
} from '../support/capture-builder.ts';
import { readCapture } from '../support/read-packets.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-plan-'));
afterAll(() => rmSync(folder, { recursive: true }));

const START = 1_700_000_000;
/** Packets of a megabyte: longer than what is read at the end. */
const PACKETS: BuiltPacket[] = Array.from({ length: 1500 }, (_, i) => ({
  data: Uint8Array.from({ length: 60 + ((i * 331) % 1400) }, (_, k) => (i * k) & 255),
  seconds: START + i,
  nanos: i * 123_000,
}));
const FIRST = { seconds: START, nanos: 0 };
const LAST = { seconds: START + 1499, nanos: 1499 * 123_000 };
const WHOLE = { first: FIRST, last: LAST, inOrder: null };

let made = 0;
function spanOf(bytes: Uint8Array): Promise<Awaited<ReturnType<typeof captureSpan>>> {
  const path = join(folder, `${made++}`);
  writeFileSync(path, bytes);
  return captureSpan(path);
}

function plainCaptures(): string[] {
  const files = ['samples', 'test/fixtures', 'test/matrix'].flatMap((top) =>
    readdirSync(top, { recursive: true, encoding: 'utf8' }).map((file) => join(top, file)),
  );
  return files.filter((file) => /\.pcap(ng)?$/.test(file)).sort();
}

describe('the captures of the samples and the fixtures', () => {
  const paths = plainCaptures();

  it.each(paths)('%s', async (path) => {
    const read = await readCapture(path).catch(() => null);
    const moments = (read?.packets ?? []).map(({ seconds, nanos }) => ({ seconds, nanos }));
    const span = await captureSpan(path);
    if (read === null) expect(span).toBeNull();
    else if (moments.length === 0) expect(span).toEqual({ first: null, last: null, inOrder: null });
    else {
      const known = (at: number) => (Number.isNaN(moments.at(at)?.seconds) ? null : moments.at(at));
      expect(span).toEqual({ first: known(0), last: known(-1), inOrder: null });
    }
  });

  it('were found', () => expect(paths.length).toBeGreaterThan(100));
});

describe('a long pcap', () => {
  it.each([
    {},
    { bigEndian: true },
    { precision: 'nano' },
    { precision: 'nano', bigEndian: true },
    { modified: true },
  ] as const)('is known by its two ends: %j', async (options) =>
    expect(await spanOf(buildPcap(PACKETS, options))).toEqual(WHOLE),
  );

  it('that is cut off ends with its last whole packet', async () => {
    const bytes = buildPcap(PACKETS);
    const last = PACKETS.at(-1)?.data.length ?? 0;
    const before = { seconds: START + 1498, nanos: 1498 * 123_000 };
    for (const cut of [1, 2, last - 1, last, last + 1, last + 15]) {
      expect(await spanOf(bytes.subarray(0, bytes.length - cut))).toEqual({ ...WHOLE, last: before });
    }
    expect(await spanOf(bytes.subarray(0, bytes.length - last - 16))).toEqual({ ...WHOLE, last: before });
  });

  it('whose packets hold record headers is not taken in by them', async () => {
    const decoy = pcapRecord({ data: new Uint8Array(0), seconds: START + 5, nanos: 0, captured: 48 });
    const full = joinBytes(Array.from({ length: 80 }, () => decoy));
    const packets = PACKETS.map((packet) => ({ ...packet, data: full.subarray(0, 100 + (packet.data.length % 1000)) }));
    expect(await spanOf(buildPcap(packets))).toEqual(WHOLE);
    const zero = pcapRecord({ data: new Uint8Array(0), seconds: START + 5, original: 60 });
    const chain = joinBytes(Array.from({ length: 80 }, () => zero));
    const chained = PACKETS.map((packet) => ({ ...packet, data: chain.subarray(0, 16 * (packet.data.length % 80)) }));
    expect(await spanOf(buildPcap(chained))).toEqual(WHOLE);
  });

  it('that ends with a pcap in a packet is not taken for that one', async () => {
    const inner = buildPcap(PACKETS.slice(0, 300).map((packet) => ({ ...packet, seconds: START + 9 })));
    for (const kept of [1400, 60_000, 200_000]) {
      const data = inner.subarray(inner.length - kept);
      const last = { data, seconds: START + 2000, nanos: 0 };
      expect(await spanOf(buildPcap([...PACKETS, last]))).toEqual({
        ...WHOLE,
        last: { seconds: START + 2000, nanos: 0 },
      });
      // its own header is not plausible: nothing is known, least of all what the packet holds
      expect(await spanOf(buildPcap([...PACKETS, { ...last, seconds: 5 }]))).toEqual({ ...WHOLE, last: null });
    }
  });

  it('of packets as long as the window is not guessed at', async () => {
    const packets = [0, 1, 2, 3].map((i) => ({ data: new Uint8Array(250_000), seconds: START + i }));
    const span = await spanOf(buildPcap(packets));
    expect([null, { seconds: START + 3, nanos: 0 }]).toContainEqual(span?.last);
  });

  it('with an end that holds no packets has no last moment', async () => {
    const bytes = buildPcap(PACKETS);
    expect(await spanOf(joinBytes([bytes, new Uint8Array(1_000_000)]))).toEqual({ ...WHOLE, last: null });
    expect(await spanOf(joinBytes([bytes, new Uint8Array(500).fill(0xaa)]))).toEqual({ ...WHOLE, last: null });
  });

  it('is told by its place in the file, in order or not', async () => {
    const backward = [...PACKETS].reverse();
    expect(await spanOf(buildPcap(backward))).toEqual({ first: LAST, last: FIRST, inOrder: null });
  });
});

describe('a long pcapng', () => {
  it('is known by its two ends', async () => {
    expect(await spanOf(pcapngTwin(PACKETS))).toEqual(WHOLE);
    expect(await spanOf(pcapngTwin(PACKETS, { bigEndian: true }))).toEqual(WHOLE);
  });

  const units = (i: number): bigint => BigInt(START + i) * 1_000_000n;
  const packets = PACKETS.map(({ data }, i) => packetBlock({ data, units: units(i), interface: i % 2 }));
  const described = [sectionBlock(), interfaceBlock({ name: 'eth0' }), interfaceBlock({ offset: 3600n })];

  it("counts in the unit and from the offset of the packet's interface", async () => {
    expect(await spanOf(buildPcapng([...described, ...packets]))).toEqual({
      first: FIRST,
      last: { seconds: START + 1499 + 3600, nanos: 0 },
      inOrder: null,
    });
  });

  it('may end with other blocks, and with obsolete packets', async () => {
    const blocks = [...described, otherBlock(4, new Uint8Array(40)), ...packets.slice(0, 1499)];
    const after = [statisticsBlock({ interface: 0, ifdrop: 3n }), otherBlock(0xbad, new Uint8Array(3))];
    const last = { seconds: START + 1498, nanos: 0 };
    expect((await spanOf(buildPcapng([...blocks, ...after])))?.last).toEqual(last);
    const data = new Uint8Array(99);
    const obsolete = obsoletePacketBlock({ data, units: units(7000), interface: 0 });
    expect((await spanOf(buildPcapng([...blocks, obsolete])))?.last).toEqual({ seconds: START + 7000, nanos: 0 });
  });

  it('has no last moment where it cannot be verified', async () => {
    const whole = buildPcapng([...described, ...packets]);
    const twoSections = buildPcapng([...described, ...packets, ...described, ...packets.slice(0, 10)]);
    const inNanos = [sectionBlock(), interfaceBlock({ resolution: 9 })];
    const finer = PACKETS.map(({ data }, i) => packetBlock({ data, units: units(i) * 1000n }));
    const odd = {
      'cut off': whole.subarray(0, whole.length - 1),
      'a section near the end': twoSections,
      'another unit in a later section': buildPcapng([...described, ...packets, ...inNanos, ...finer]),
      'a last packet without a time': buildPcapng([...described, ...packets, simplePacketBlock(new Uint8Array(60))]),
      'an interface described late': buildPcapng([
        ...described,
        ...packets,
        interfaceBlock(),
        packetBlock({ data: new Uint8Array(60), interface: 2, units: units(9) }),
      ]),
      'a block longer than the window': buildPcapng([
        ...described,
        ...packets,
        otherBlock(10, new Uint8Array(600_000)),
      ]),
    };
    for (const [name, bytes] of Object.entries(odd)) {
      expect(await spanOf(bytes), name).toEqual({ first: FIRST, last: null, inOrder: null });
    }
  });
});

describe('of other inputs', () => {
  it('a compressed capture tells its first packet only', async () => {
    expect(await spanOf(gzipSync(buildPcap(PACKETS)))).toEqual({ ...WHOLE, last: null });
  });

  it('one packet is first and last, none is neither', async () => {
    expect(await spanOf(buildPcap(PACKETS.slice(0, 1)))).toEqual({ first: FIRST, last: FIRST, inOrder: null });
    expect(await spanOf(buildPcap([]))).toEqual({ first: null, last: null, inOrder: null });
  });

  it('what is no capture, no file or not there has no span', async () => {
    expect(await spanOf(new Uint8Array(0))).toBeNull();
    expect(await spanOf(Uint8Array.of(1, 2, 3, 4, 5))).toBeNull();
    expect(await captureSpan(join(folder, 'none'))).toBeNull();
    expect(await captureSpan(folder)).toBeNull();
    expect(await captureSpan('-')).toBeNull();
    expect(await captureSpan('/dev/null')).toBeNull();
  });

  it.skipIf(process.platform === 'win32')('a pipe is neither opened nor read', async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    expect(await captureSpan(path)).toBeNull();
    const writer = spawn('sh', ['-c', `printf x > ${path}`]);
    expect(await captureSpan(path)).toBeNull();
    expect(readFileSync(path, 'utf8')).toBe('x');
    await new Promise((resolve) => (writer.exitCode === null ? writer.on('exit', resolve) : resolve(null)));
  });
});
