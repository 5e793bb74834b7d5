// `overlens decode -w`: the packets that were chosen, byte for byte and to the unit of their clocks, read back by a parser of its own.
import { copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  buildPcap,
  buildPcapng,
  interfaceBlock,
  obsoletePacketBlock,
  type PcapngBlock,
  packetBlock,
  sectionBlock,
  simplePacketBlock,
} from '../support/capture-builder.ts';
import { hex, ipv4, udp } from '../support/packet-builder.ts';
import { blocksOf, packetsOf, sectionsIn, textOf } from '../support/plain-pcapng.ts';
import { readCapture } from '../support/read-packets.ts';
import { runCli } from '../support/run-cli.ts';
import { fails, plain, saved, scratch, slice } from '../support/slices.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const SAMPLE = `${ROOT}samples/08-stale-fdb`;
const CAPTURE = `${SAMPLE}/ip-10-0-1-20-ens5.pcap`;
const SNAPSHOT = ['-t', `${SAMPLE}/topology`];
const DATA = hex('00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee');

describe('a pcap', () => {
  it('that is written as it is has the very bytes of the one that was read', async () => {
    expect(readFileSync(await slice('all.pcap', CAPTURE)).equals(readFileSync(CAPTURE))).toBe(true);
  });

  it('has the magic number of nanoseconds where the capture had nanoseconds', async () => {
    const input = buildPcap([{ data: DATA, original: 99, seconds: 1_700_000_000, nanos: 123_456_789 }], {
      precision: 'nano',
    });
    const [path, swapped] = [
      saved('n.pcap', input),
      saved('b.pcap', buildPcap([{ data: DATA, nanos: 1 }], { precision: 'nano', bigEndian: true })),
    ];
    expect(readFileSync(await slice('n.pcap', path)).equals(input)).toBe(true);
    expect(readFileSync(await slice('b.pcap', swapped)).readUInt32LE(0)).toBe(0xa1b23c4d);
  });

  it('is named by its ending: .cap is one too, all else is pcapng', async () => {
    expect(readFileSync(await slice('a.cap', CAPTURE)).readUInt32LE(0)).toBe(0xa1b2c3d4);
    expect(readFileSync(await slice('a.slice', CAPTURE)).readUInt32LE(0)).toBe(0x0a0d0d0a);
  });

  it('has one link type: what does not fit is said, and no half of a file is left', async () => {
    const raw = saved('raw.pcap', buildPcap([{ data: ipv4({ proto: 17 }, udp({})), seconds: 5 }], { linkType: 101 }));
    const path = join(scratch(), 'mixed.pcap');
    const stderr = await fails(CAPTURE, raw, '--each', '-w', path);
    expect(stderr).toBe(
      `overlens: ${path}: packet 1 of ${raw} is raw IP, and those before are Ethernet: a pcap has one link type\n` +
        '  a pcapng holds them all: give a name that ends in .pcapng\n',
    );
    expect(existsSync(path)).toBe(false);
  });

  it('has no place for a packet without a time', async () => {
    const path = saved('s.pcapng', buildPcapng([sectionBlock(), interfaceBlock(), simplePacketBlock(DATA)]));
    expect(await fails(path, '-w', join(scratch(), 'x.pcap'))).toContain('packet 1 of');
  });

  it('without a packet is a capture too', async () => {
    const path = join(scratch(), 'none.pcap');
    await runCli(['decode', CAPTURE, '-p', '900', '-w', path]);
    expect(readFileSync(path)).toHaveLength(24);
  });
});

describe('a pcapng', () => {
  it.each([
    ['milliseconds', 3, 1_700_000_000_123n],
    ['microseconds', 6, 1_700_000_000_123_456n],
    ['nanoseconds', 9, 1_700_000_000_123_456_789n],
    ['picoseconds', 12, 1_700_000_000_123_456_789n],
    ['units of 2^-20 seconds', 0x80 | 20, (1_700_000_000n << 20n) + 4711n],
    ['units of 2^-33 seconds', 0x80 | 33, (1_700_000_000n << 33n) + 47_110_815n],
  ])('keeps timestamps in %s as they are, in both byte orders', async (_, resolution, units) => {
    for (const bigEndian of [false, true]) {
      const described = interfaceBlock({ resolution, offset: -3600n, name: 'eth0', snaplen: 96 });
      const packets = [
        packetBlock({ data: DATA, units, original: 1500 }),
        packetBlock({ data: DATA, units: units + 1n }),
      ];
      const path = saved('t.pcapng', buildPcapng([sectionBlock({ bigEndian }), described, ...packets]));
      const { interfaces, packets: written } = await plain(await slice('t.pcapng', path));
      expect(written.map((one) => one.units)).toEqual([units, units + 1n]);
      expect(written.map(({ original, data }) => [original, data])).toEqual([
        [1500, Buffer.from(DATA).toString('hex')],
        [DATA.length, Buffer.from(DATA).toString('hex')],
      ]);
      const [{ linkType, snaplen, options } = { linkType: -1, snaplen: -1, options: [] }] = interfaces;
      expect([linkType, snaplen, textOf(options, 2)]).toEqual([1, 96, 'eth0']);
      const said = options.find(([code]) => code === 9)?.[1][0] ?? 6;
      expect(said).toBe(resolution);
      expect(options.find(([code]) => code === 14)?.[1].readBigInt64LE()).toBe(-3600n);
    }
  });

  it('keeps comments, flags and numbers of packets, turned to its own byte order', async () => {
    for (const bigEndian of [false, true]) {
      const number = (bytes: string): Uint8Array => (bigEndian ? hex(bytes) : hex(bytes).reverse());
      const options: [number, Uint8Array | string][] = [
        [1, 'first'],
        [1, 'zweiter Kommentar: ü'],
        [2, number('00 00 00 02')],
        [4, number('00 00 00 00 00 00 01 02')],
        [3, hex('02 de ad be ef')],
      ];
      const blocks = [sectionBlock({ bigEndian }), interfaceBlock(), packetBlock({ data: DATA, options })];
      const { packets } = await plain(await slice('c.pcapng', saved('c.pcapng', buildPcapng(blocks))));
      expect(packets[0]?.options.map(([code, value]) => [code, value.toString('hex')])).toEqual([
        [1, Buffer.from('first').toString('hex')],
        [1, Buffer.from('zweiter Kommentar: ü').toString('hex')],
        [2, '02000000'],
        [4, '0201000000000000'],
        [3, '02deadbeef'],
      ]);
    }
  });

  it('describes an interface with its filter once, however many packets it has', async () => {
    const filter = 'udp port 4789';
    const many = Array.from({ length: 3 }, () => packetBlock({ data: DATA, interface: 1 }));
    const blocks = [sectionBlock(), interfaceBlock({ name: 'lo' }), interfaceBlock({ filter, linkType: 113 }), ...many];
    const { interfaces, packets } = await plain(await slice('i.pcapng', saved('i.pcapng', buildPcapng(blocks))));
    expect(packets.map((one) => one.interface)).toEqual([0, 0, 0]);
    expect(interfaces).toHaveLength(1);
    expect(interfaces[0]?.linkType).toBe(113);
    expect(textOf(interfaces[0]?.options ?? [], 11)).toBe(`\0${filter}`);
  });

  it('holds packets without a time in blocks without one, those of a second interface in a section of their own', async () => {
    const second: PcapngBlock[] = [
      sectionBlock({ bigEndian: true }),
      interfaceBlock({ linkType: 101 }),
      simplePacketBlock(DATA),
    ];
    const input = buildPcapng([sectionBlock(), interfaceBlock(), packetBlock({ data: DATA, units: 7n }), ...second]);
    const output = await slice('s.pcapng', saved('s.pcapng', input));
    const { blocks } = await plain(output);
    expect(sectionsIn(blocks)).toBe(2);
    expect(blocks.at(-1)?.type).toBe(3);
    const [before, after] = [await readCapture(saved('b.pcapng', input)), await readCapture(output)];
    expect(after.packets).toEqual(before.packets);
    expect(after.info.interfaces.map((one) => one.linkType)).toEqual([1, 101]);
  });

  it('holds obsolete packet blocks with their times', async () => {
    const units = (1_700_000_000n << 24n) + 99n;
    const blocks = [
      sectionBlock(),
      interfaceBlock({ resolution: 0x80 | 24 }),
      obsoletePacketBlock({ data: DATA, units }),
    ];
    const { packets } = await plain(await slice('o.pcapng', saved('o.pcapng', buildPcapng(blocks))));
    expect(packets[0]?.units).toBe(units);
  });

  it('holds captures of different clocks and link types together, each packet with what its own has', async () => {
    const [a, b] = [
      saved('a.pcap', buildPcap([{ data: DATA, seconds: 10, nanos: 5000 }], {})),
      saved('b.pcap', buildPcap([{ data: DATA, seconds: 9, nanos: 7 }], { precision: 'nano', linkType: 101 })),
    ];
    const { interfaces, packets } = await plain(await slice('ab.pcapng', a, b));
    expect(interfaces.map((one) => one.linkType)).toEqual([101, 1]);
    expect(packets.map(({ units }) => units)).toEqual([9_000_000_007n, 10_000_005n]);
  });
});

describe('which packets', () => {
  it('are those that decode shows by the same options', async () => {
    for (const choice of [
      ['-p', '3-5'],
      ['-c', '4'],
      ['--flow', '1'],
      ['--finding', 'A'],
      ['--protocol', 'icmp'],
      ['--verdict', 'wrong'],
    ]) {
      const { stdout } = await runCli(['decode', CAPTURE, ...SNAPSHOT, ...choice]);
      const shown = stdout === '' ? 0 : stdout.trimEnd().split('\n').length;
      const path = join(scratch(), 'x.pcapng');
      await runCli(['decode', CAPTURE, ...SNAPSHOT, ...choice, '-w', path]);
      expect(packetsOf(blocksOf(readFileSync(path)))).toHaveLength(shown);
    }
  });
});

describe('the file', () => {
  it('is stdout with -w -, and never a terminal', async () => {
    const chunks: Buffer[] = [];
    const stdout = new Writable({
      write(chunk: Buffer, _encoding, done) {
        chunks.push(chunk);
        done();
      },
    });
    expect((await runCli(['decode', CAPTURE, '-c', '2', '-w', '-'], { stdout })).code).toBe(0);
    expect(packetsOf(blocksOf(Buffer.concat(chunks)))).toHaveLength(2);
    const { code, stderr } = await runCli(['decode', CAPTURE, '-w', '-'], { stdoutIsTTY: true });
    expect([code, stderr]).toEqual([2, expect.stringContaining('stdout is a terminal')]);
  });

  it('is never one that is read, by whatever name, nor one among those that are', async () => {
    const folder = join(scratch(), 'captures');
    mkdirSync(folder);
    copyFileSync(CAPTURE, join(folder, 'a.pcap'));
    symlinkSync(join(folder, 'a.pcap'), join(folder, '../symbolic.pcap'));
    linkSync(join(folder, 'a.pcap'), join(folder, '../hard.pcap'));
    for (const [input, output] of [
      [join(folder, 'a.pcap'), join(folder, '../captures/a.pcap')],
      [join(folder, 'a.pcap'), join(folder, '../symbolic.pcap')],
      [join(folder, 'a.pcap'), join(folder, '../hard.pcap')],
      [folder, join(folder, 'new.pcap')],
    ] as const)
      expect(await fails(input, '-w', output)).toContain('is read, and would be changed by it');
    expect(readFileSync(join(folder, 'a.pcap')).equals(readFileSync(CAPTURE))).toBe(true);
    expect(existsSync(join(folder, 'new.pcap'))).toBe(false);
  });

  it('is written anew where there is one', async () => {
    const path = saved('old.pcap', new Uint8Array(1_000_000));
    await runCli(['decode', CAPTURE, '-w', path]);
    expect(readFileSync(path).equals(readFileSync(CAPTURE))).toBe(true);
  });

  it.runIf(existsSync('/dev/full'))('on a full disk says so', async () => {
    const said = 'overlens: /dev/full: cannot be written: no space left on device\n';
    expect(await fails(CAPTURE, '-w', '/dev/full')).toBe(said);
  });

  it('that cannot be made is told in the words of this program', async () => {
    expect(await fails(CAPTURE, '-w', join(scratch(), 'no/such/x.pcap'))).toContain(
      'cannot be written: no such directory',
    );
  });

  it('is not compressed, and shows nothing', async () => {
    expect(await fails(CAPTURE, '-w', 'x.pcap.gz')).toContain('packets are written plain');
    expect(await fails(CAPTURE, '-w', 'x.pcap', '-v', '-o', 'json')).toContain('written or shown, not both');
  });
});
