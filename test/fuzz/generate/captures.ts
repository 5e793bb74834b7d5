// Capture files: pcap of every version and variant, pcapng of blocks in any order, and frames of deep stacks; whole or damaged, packed or not.
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import {
  buildPcap,
  buildPcapng,
  interfaceBlock,
  obsoletePacketBlock,
  otherBlock,
  type PcapngBlock,
  type PcapngOption,
  type PcapOptions,
  packetBlock,
  sectionBlock,
  simplePacketBlock,
  statisticsBlock,
} from '../../support/capture-builder.ts';
import { storedZstd } from '../../support/zstd-builder.ts';
import type { FuzzInput } from '../input.ts';
import { type Damage, damaged, damages, isDamaged } from './damage.ts';
import { frames, type GeneratedFrame } from './frames.ts';

const CHOICE = fc.nat(1_000_000);

type Packing = 'plain' | 'gzip' | 'zstd' | 'gzip twice';
const PACKING = fc.constantFrom<Packing>('plain', 'plain', 'plain', 'gzip', 'zstd', 'gzip twice');

interface Finish {
  inner: Damage[];
  packing: Packing;
  outer: Damage[];
  choice: number;
}

const FINISH: fc.Arbitrary<Finish> = fc.record({
  inner: damages(3),
  packing: PACKING,
  outer: fc.oneof({ weight: 3, arbitrary: fc.constant<Damage[]>([]) }, damages(2)),
  choice: CHOICE,
});

const PCAP_OPTIONS: fc.Arbitrary<PcapOptions> = fc.record(
  {
    bigEndian: fc.boolean(),
    precision: fc.constantFrom('micro', 'nano'),
    modified: fc.boolean(),
    snaplen: fc.constantFrom(0, 60, 96, 65535, 262144, 1_000_000, 0xffffffff),
    version: fc.constantFrom<[number, number]>([2, 4], [2, 4], [2, 4], [2, 3], [2, 2], [2, 0], [543, 0], [1, 2]),
    originalFirst: fc.boolean(),
    extra: fc.constantFrom(0, 0, 4, 8, 12),
    ixia: fc.constantFrom('hardware', 'software'),
  },
  { requiredKeys: [] },
);

/** pcap files. */
export const CAPTURES: fc.Arbitrary<FuzzInput> = fc
  .tuple(frames(12), PCAP_OPTIONS, fc.nat(0xffffffff), FINISH)
  .map(([{ linkType, frames: list }, options, second, finish]) =>
    finished(buildPcap(list.map(timed(second)), { linkType, ...options }), finish),
  );

/** One pcap of many frames, undamaged: the walk has all of them. */
export const HEADERS: fc.Arbitrary<FuzzInput> = fc
  .tuple(frames(60), CHOICE)
  .map(([{ linkType, frames: list }, choice]) => {
    const bytes = buildPcap(list.map(timed(1_700_000_000)), { linkType });
    return { files: [{ name: 'headers.pcap', bytes }], content: [bytes], choice };
  });

/** pcapng files. */
export const BLOCKS: fc.Arbitrary<FuzzInput> = fc
  .tuple(fc.boolean(), frames(12), fc.array(blockSketch(), { maxLength: 25 }), fc.nat(0x7fffffff), FINISH)
  .map(([bigEndian, { linkType, frames: list }, sketches, time, finish]) => {
    const made = sketches.map((sketch, i) => blockOf(sketch, list[i % list.length], linkType, time + i));
    return finished(buildPcapng([sectionBlock({ bigEndian }), interfaceBlock({ linkType }), ...made]), finish);
  });

function timed(second: number) {
  return ({ data, original }: GeneratedFrame, i: number) => ({
    data,
    original,
    seconds: second + (i >> 2),
    nanos: i * 1e6,
  });
}

interface Sketch {
  type: 'packet' | 'packet ' | 'packet  ' | 'simple' | 'obsolete' | 'interface' | 'statistics' | 'section' | 'other';
  number: number;
  interface: number;
  options: PcapngOption[];
  /** Forged lengths. */
  length: number | null;
  captured: number | null;
}

function blockSketch(): fc.Arbitrary<Sketch> {
  const rarely = (value: fc.Arbitrary<number>) => fc.oneof({ weight: 20, arbitrary: fc.constant(null) }, value);
  const option: fc.Arbitrary<PcapngOption> = fc.tuple(
    fc.oneof(fc.nat(20), fc.constantFrom(2988, 2989, 32767)),
    fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.string({ maxLength: 12 })),
  );
  return fc.record({
    type: fc.constantFrom(
      ...([
        'packet',
        'packet ',
        'packet  ',
        'simple',
        'obsolete',
        'interface',
        'statistics',
        'section',
        'other',
      ] as const),
    ),
    number: fc.nat(0xffff),
    interface: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.nat(3)),
    options: fc.array(option, { maxLength: 3 }),
    length: rarely(fc.oneof(fc.nat(200), fc.nat(0xffffffff))),
    captured: rarely(fc.oneof(fc.nat(3000), fc.nat(0xffffffff))),
  });
}

function blockOf(sketch: Sketch, frame: GeneratedFrame | undefined, linkType: number, time: number): PcapngBlock {
  const { number, options } = sketch;
  const data = frame?.data ?? new Uint8Array(0);
  const captured = sketch.captured === null ? {} : { captured: sketch.captured };
  const fields = {
    ...{ data, original: frame?.original ?? 0, interface: sketch.interface, options },
    ...{ units: BigInt(time) * 1_000_000n, ...captured },
  };
  const block = ((): PcapngBlock => {
    switch (sketch.type.trim()) {
      case 'simple':
        return simplePacketBlock(data);
      case 'obsolete':
        return obsoletePacketBlock(fields);
      case 'interface':
        return interfaceBlock({ linkType, snaplen: number, resolution: number & 255, offset: BigInt(number) - 9n });
      case 'statistics':
        return statisticsBlock({ interface: sketch.interface, ifdrop: BigInt(number) });
      case 'section':
        return sectionBlock({ bigEndian: (number & 1) === 1, options });
      case 'other':
        return otherBlock(number & 0x1f, data);
      default:
        return packetBlock(fields);
    }
  })();
  return sketch.length === null ? block : { ...block, length: sketch.length };
}

function finished(whole: Uint8Array, { inner, packing, outer, choice }: Finish): FuzzInput {
  const content = damaged(whole, inner);
  const packed = damaged(pack(content, packing), outer);
  const isGuess = packing !== 'plain' && isDamaged(outer);
  return {
    files: [{ name: 'a.pcap', bytes: packed }],
    content: isGuess ? null : [packing === 'plain' ? packed : content],
    choice,
  };
}

function pack(content: Uint8Array, packing: Packing): Uint8Array {
  switch (packing) {
    case 'plain':
      return content;
    case 'gzip':
      return gzipSync(content);
    case 'zstd':
      return storedZstd(content, { blockLength: 700 });
    case 'gzip twice':
      return Buffer.concat([gzipSync(content.subarray(0, 300)), gzipSync(content.subarray(300))]);
  }
}
