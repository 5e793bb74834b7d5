// Classic pcap as other and older writers wrote it: three packets each, cut off at 110 bytes. The files of test/fixtures/pcap-variants
// are these bytes (`npx tsx test/support/write-pcap-variants.ts`); what capinfos makes of them is in test/golden/pcap-variants.
import { buildPcap, joinBytes, type PcapOptions, pcapHeader, pcapRecord } from './capture-builder.ts';
import { ethernet, ipv4, tcp, udp, vxlanFrame } from './packet-builder.ts';

const FRAMES = [
  vxlanFrame(ethernet({}, ipv4({ proto: 6 }, tcp({}, new Uint8Array(30))))),
  ethernet({}, ipv4({}, udp({}, new Uint8Array(40)))),
  ethernet({}, ipv4({ src: '10.0.0.2', dst: '10.0.0.1' }, udp({ srcport: 53, dstport: 40000 }, new Uint8Array(8)))),
];
const PACKETS = FRAMES.map((frame, i) => ({
  data: frame.subarray(0, 110),
  original: frame.length,
  seconds: 1_700_000_000 + i,
  nanos: 250_000_000 + i * 1000,
}));

const OPTIONS: Readonly<Record<string, PcapOptions>> = {
  'version-2.0': { version: [2, 0], originalFirst: true },
  'version-2.1': { version: [2, 1], originalFirst: true, bigEndian: true },
  'version-2.2': { version: [2, 2], originalFirst: true },
  'version-2.2-modified': { version: [2, 2], originalFirst: true, modified: true },
  'version-2.2-nanoseconds': { version: [2, 2], originalFirst: true, precision: 'nano' },
  'version-2.2-lengths-as-in-2.4': { version: [2, 2] },
  'version-2.3': { version: [2, 3] },
  'version-2.3-original-first': { version: [2, 3], originalFirst: true, bigEndian: true },
  'version-2.4-original-first': { originalFirst: true },
  'version-2.5': { version: [2, 5] },
  'version-1.2': { version: [1, 2] },
  'version-543.0-dg-ux': { version: [543, 0], originalFirst: true, bigEndian: true },
  'aix-ethernet': { version: [2, 2], originalFirst: true, bigEndian: true, linkType: 6, precision: 'micro' },
  'aix-fddi': { version: [2, 2], originalFirst: true, bigEndian: true, linkType: 15 },
  modified: { modified: true },
  'modified-suse-6.3': { modified: true, extra: 12, bigEndian: true },
  'red-hat-6.1': { extra: 8 },
  nokia: { extra: 4, bigEndian: true },
  'nokia-version-2.3': { extra: 4, version: [2, 3] },
  nanoseconds: { precision: 'nano', bigEndian: true },
  'ixia-hardware': { ixia: 'hardware', bigEndian: true },
  'ixia-software': { ixia: 'software' },
};

/** Damage in formats that are not the usual one: what stands before it must be found. */
const DAMAGED: Readonly<Record<string, Uint8Array>> = {
  'nokia-one-packet': buildPcap(PACKETS.slice(0, 1), { extra: 4 }),
  'nokia-cut-off': buildPcap(PACKETS, { extra: 4 }).subarray(0, -7),
  'modified-cut-off': buildPcap(PACKETS, { modified: true }).subarray(0, -70),
  'version-2.2-forged-length': joinBytes([
    buildPcap(PACKETS, { version: [2, 2], originalFirst: true }),
    pcapRecord({ data: new Uint8Array(9), captured: 0x7ffffff0, seconds: 1_700_000_009 }, { originalFirst: true }),
  ]),
  'standard-damaged-second-header': joinBytes([
    pcapHeader(),
    ...PACKETS.slice(0, 1).map((packet) => pcapRecord(packet)),
    pcapRecord({ data: new Uint8Array(60), captured: 0x00ffffff, seconds: 1_700_000_001 }),
  ]),
  'ixia-header-cut-off': pcapHeader({ ixia: 'hardware' }).subarray(0, 26),
};

/** Names without ending. */
export const PCAP_VARIANTS: Readonly<Record<string, Uint8Array>> = {
  ...Object.fromEntries(Object.entries(OPTIONS).map(([name, options]) => [name, buildPcap(PACKETS, options)])),
  ...DAMAGED,
};
