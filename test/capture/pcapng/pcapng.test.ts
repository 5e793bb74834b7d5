import { describe, expect, it } from 'vitest';
import {
  buildPcap,
  buildPcapng,
  interfaceBlock,
  joinBytes,
  obsoletePacketBlock,
  otherBlock,
  type PcapngBlock,
  packetBlock,
  pcapngTwin,
  sectionBlock,
  simplePacketBlock,
  statisticsBlock,
} from '../../support/capture-builder.ts';
import { readBytes } from '../../support/read-packets.ts';

const DATA = Uint8Array.of(1, 2, 3, 4, 5);
const PACKETS = Array.from({ length: 40 }, (_, i) => ({
  data: new Uint8Array(i * 3).fill(i),
  original: i * 5,
  seconds: 1_700_000_000 + (i >> 2),
  nanos: (i & 3) * 250_000_001,
}));

const readBlocks = (...blocks: PcapngBlock[]) => readBytes(buildPcapng(blocks));

describe('pcapng', () => {
  it('gives the packets of its classic twin, in both byte orders', async () => {
    const classic = await readBytes(buildPcap(PACKETS, { precision: 'nano' }));
    for (const bigEndian of [false, true]) {
      const twin = await readBytes(pcapngTwin(PACKETS, { bigEndian }));
      expect(twin.packets).toEqual(classic.packets);
      expect(twin.info).toMatchObject({ format: 'pcapng', complete: true, warnings: [], error: null });
    }
  });

  it('describes its interfaces', async () => {
    const { info } = await readBlocks(
      sectionBlock(),
      interfaceBlock({
        linkType: 276,
        snaplen: 96,
        name: 'vxlan.calico',
        description: 'der Übergang',
        filter: 'udp port 4789',
        resolution: 9,
      }),
    );
    expect(info.interfaces).toEqual([
      {
        index: 0,
        name: 'vxlan.calico',
        description: 'der Übergang',
        linkType: 276,
        snaplen: 96,
        filter: 'udp port 4789',
        timeDigits: 9,
        dropped: null,
      },
    ]);
  });

  it('reads every form of if_filter', async () => {
    const program = Uint8Array.of(1, ...new Uint8Array(24));
    const bare = new TextEncoder().encode('tcp port 80');
    const { info } = await readBlocks(
      sectionBlock(),
      interfaceBlock({ filter: 'host 10.0.1.20' }),
      interfaceBlock({ filter: program }),
      interfaceBlock({ filter: bare }),
      interfaceBlock({ filter: Uint8Array.of(2, 1, 1) }),
      interfaceBlock({ filter: '' }),
      interfaceBlock(),
    );
    expect(info.interfaces.map(({ filter }) => filter)).toEqual([
      'host 10.0.1.20',
      'BPF program of 3 instructions',
      'tcp port 80',
      'filter of unknown kind 2',
      null,
      null,
    ]);
  });

  it('takes names that end with a zero byte, and the first of two', async () => {
    const { info } = await readBlocks(
      sectionBlock(),
      interfaceBlock({ name: 'eth0\0', description: 'first', options: [] }),
      interfaceBlock({
        options: [
          [2, 'one'],
          [2, 'two'],
        ],
      }),
    );
    expect(info.interfaces.map(({ name }) => name)).toEqual(['eth0', 'one']);
  });

  it('cuts names that are endless, and keeps no filter that it would have to cut', async () => {
    const { info } = await readBlocks(
      sectionBlock(),
      interfaceBlock({ name: 'n'.repeat(60_000), description: 'd'.repeat(1024), filter: `host ${'1'.repeat(60_000)}` }),
      interfaceBlock({ name: `${'\0'.repeat(60_000)}x` }),
      interfaceBlock({ name: '\0'.repeat(60_000) }),
    );
    expect(info.interfaces.map(({ name }) => name?.length ?? null)).toEqual([1025, 1025, null]);
    expect(info.interfaces[0]?.description).toBe('d'.repeat(1024));
    expect(info.interfaces[0]?.filter).toBe('filter of 60006 bytes, more than are kept');
    expect(info.complete).toBe(true);
  });

  it('leaves texts out where thousands of interfaces have long ones', async () => {
    const text = 'x'.repeat(1000);
    const one = interfaceBlock({ name: text, description: text, filter: `host ${text}` });
    const blocks = Array.from({ length: 3000 }, () => one);
    const { info, packets } = await readBlocks(sectionBlock(), ...blocks, packetBlock({ data: DATA }));
    const kept = info.interfaces.filter(({ name }) => name !== null).length;
    expect(kept).toBeGreaterThan(1000);
    expect(kept).toBeLessThan(2000);
    expect(info.interfaces.at(-1)).toMatchObject({ name: null, description: null, filter: 'filter that is not kept' });
    expect(info.warnings.map(({ code }) => code)).toEqual(['interface-texts']);
    expect(packets.length).toBe(1);
  });

  it('numbers interfaces on over sections in mixed byte orders', async () => {
    const { info, packets } = await readBlocks(
      sectionBlock({ options: [[4, 'a test']] }),
      interfaceBlock({ name: 'a' }),
      interfaceBlock({ name: 'b', resolution: 9 }),
      packetBlock({ data: DATA, interface: 1, units: 1_000_000_001n }),
      sectionBlock({ bigEndian: true }),
      interfaceBlock({ name: 'c', linkType: 113 }),
      packetBlock({ data: DATA, interface: 0, units: 1_000_001n, original: 99 }),
      sectionBlock(),
      interfaceBlock({ name: 'd', offset: -5n }),
      packetBlock({ data: DATA, interface: 0, units: 7_000_000n }),
    );
    expect(info.error).toBeNull();
    expect(info.interfaces.map(({ index, name, linkType }) => [index, name, linkType])).toEqual([
      [0, 'a', 1],
      [1, 'b', 1],
      [2, 'c', 113],
      [3, 'd', 1],
    ]);
    expect(packets.map((packet) => [packet.interface, packet.seconds, packet.nanos, packet.original])).toEqual([
      [1, 1, 1, 5],
      [2, 1, 1000, 99],
      [3, 2, 0, 5],
    ]);
  });

  it('reads simple packet blocks: no time, as long as the snaplen of interface 0 allows', async () => {
    const { info, packets } = await readBlocks(
      sectionBlock(),
      interfaceBlock({ snaplen: 4 }),
      interfaceBlock({ snaplen: 2 }),
      simplePacketBlock(Uint8Array.of(1, 2, 3, 4), 1500),
      simplePacketBlock(Uint8Array.of(9), 1),
    );
    expect(info).toMatchObject({ complete: true, error: null });
    expect(packets).toEqual([
      { seconds: Number.NaN, nanos: 0, original: 1500, interface: 0, data: '01020304' },
      { seconds: Number.NaN, nanos: 0, original: 1, interface: 0, data: '09' },
    ]);
  });

  it('reads the obsolete packet block', async () => {
    for (const bigEndian of [false, true]) {
      const { packets } = await readBlocks(
        sectionBlock({ bigEndian }),
        interfaceBlock(),
        interfaceBlock(),
        obsoletePacketBlock({ data: DATA, interface: 1, units: 2_000_003n, original: 60 }),
      );
      expect(packets).toEqual([{ seconds: 2, nanos: 3000, original: 60, interface: 1, data: '0102030405' }]);
    }
  });

  it('steps over options of packets and over blocks it does not read', async () => {
    const { info, packets } = await readBlocks(
      sectionBlock(),
      otherBlock(4, new Uint8Array(20)),
      interfaceBlock(),
      packetBlock({
        data: DATA,
        options: [
          [1, 'a comment'],
          [2, new Uint8Array(4)],
        ],
      }),
      otherBlock(0xbad, new Uint8Array(3_000_000)),
      packetBlock({ data: Uint8Array.of(6) }),
      otherBlock(0x40000bad, new Uint8Array(0)),
    );
    expect(info).toMatchObject({ complete: true, error: null, warnings: [] });
    expect(packets.map(({ data }) => data)).toEqual(['0102030405', '06']);
  });

  it('takes the drop counts of the last statistics: isb_ifdrop, else isb_osdrop', async () => {
    const { info } = await readBlocks(
      sectionBlock(),
      interfaceBlock(),
      interfaceBlock(),
      interfaceBlock(),
      statisticsBlock({ interface: 0, ifdrop: 3n, osdrop: 9n }),
      statisticsBlock({ interface: 1, osdrop: 5n }),
      statisticsBlock({ interface: 2 }),
      packetBlock({ data: DATA }),
      statisticsBlock({ interface: 0, ifdrop: 4n }),
    );
    expect(info.interfaces.map(({ dropped }) => dropped)).toEqual([4, 5, null]);
  });

  it('warns once of statistics for interfaces that nobody described', async () => {
    const { info } = await readBlocks(
      sectionBlock(),
      interfaceBlock(),
      statisticsBlock({ interface: 1, ifdrop: 3n }),
      statisticsBlock({ interface: 2, ifdrop: 3n }),
    );
    expect(info).toMatchObject({ complete: true, error: null });
    expect(info.warnings).toEqual([
      {
        code: 'unknown-interface',
        message: 'interface statistics at byte offset 48: they are of interface 1, which no block before describes',
      },
    ]);
  });

  it('reads a file without packets, with and without an interface', async () => {
    for (const blocks of [[sectionBlock()], [sectionBlock(), interfaceBlock()]]) {
      const { info, packets } = await readBytes(buildPcapng(blocks));
      expect(packets).toEqual([]);
      expect(info).toMatchObject({ complete: true, warnings: [], error: null });
    }
  });

  it('believes a larger snaplen, per interface', async () => {
    const large = new Uint8Array(700_000).fill(5);
    const { info, packets } = await readBlocks(
      sectionBlock(),
      interfaceBlock({ snaplen: 1_000_000 }),
      interfaceBlock(),
      packetBlock({ data: large, interface: 0 }),
      packetBlock({ data: large, interface: 1 }),
    );
    expect(packets.map(({ data }) => data.length)).toEqual([1_400_000]);
    expect(info.error?.message).toBe(
      'stdin: packet 2 at byte offset 700100: its captured length of 700000 bytes is above the limit of 262144',
    );
  });

  it('warns of a block that is cut off, wherever it is cut', async () => {
    const before = buildPcapng([sectionBlock(), interfaceBlock(), packetBlock({ data: DATA })]);
    const whole = joinBytes([before, buildPcapng([packetBlock({ data: DATA })])]);
    for (let length = before.length + 1; length < whole.length; length++) {
      const { info, packets } = await readBytes(whole.subarray(0, length));
      const there = length - before.length;
      const place = there < 8 ? 'block at byte offset 88 (before packet 2)' : 'packet 2 at byte offset 88';
      const rest = there < 8 ? `${there} bytes of it` : `${there} of its 40 bytes`;
      expect(packets.length).toBe(1);
      expect(info).toMatchObject({ complete: false, error: null });
      expect(info.warnings).toEqual([
        { code: 'cut-off-block', message: `${place} is cut off: the capture ends after ${rest}` },
      ]);
    }
  });

  it('warns of other blocks that are cut off', async () => {
    const start = buildPcapng([sectionBlock(), interfaceBlock()]);
    const cases = [
      [otherBlock(4, new Uint8Array(500_000)), 300_000, 'name resolution block', '300000 of its 500012 bytes'],
      [interfaceBlock({ name: 'eth1' }), 20, 'interface description block', '20 of its 32 bytes'],
      [statisticsBlock({ ifdrop: 1n }), 20, 'interface statistics block', '20 of its 40 bytes'],
      [otherBlock(77, new Uint8Array(8)), 19, 'block of type 0x4d', '19 of its 20 bytes'],
    ] as const;
    for (const [block, length, name, rest] of cases) {
      const { info } = await readBytes(joinBytes([start, buildPcapng([block]).subarray(0, length)]));
      expect(info.warnings).toEqual([
        {
          code: 'cut-off-block',
          message: `${name} at byte offset 48 (before packet 1) is cut off: the capture ends after ${rest}`,
        },
      ]);
    }
    const section = buildPcapng([sectionBlock({ bigEndian: true })]);
    for (const length of [14, 27]) {
      const { info } = await readBytes(joinBytes([start, section.subarray(0, length)]));
      expect(info.warnings[0]?.message).toBe(
        `section header block at byte offset 48 (before packet 1) is cut off: the capture ends after ${length} bytes of it`,
      );
    }
  });
});
