// Captures with one fault each, and what is said about it. The files of test/fixtures/bad are these bytes:
// written by `npx tsx test/support/write-bad-captures.ts`, checked by test/capture/bad-captures.test.ts.
import { gzipSync } from 'node:zlib';
import {
  buildPcap,
  buildPcapng,
  interfaceBlock,
  joinBytes,
  obsoletePacketBlock,
  otherBlock,
  packetBlock,
  pcapHeader,
  pcapRecord,
  sectionBlock,
  simplePacketBlock,
} from './capture-builder.ts';
import { storedZstd, zstdBlock } from './zstd-builder.ts';

interface Thrown {
  code: string;
  message: string;
  hint: string;
}

export interface BadCapture {
  bytes: Uint8Array;
  /** What openCapture throws; `FILE` stands for the path. */
  thrown?: Thrown;
  /** What `info.error` is in the end: always E_CORRUPT_CAPTURE. */
  error?: string;
  /** The one warning; the capture is incomplete then, unless `complete`. */
  warning?: { code: string; message: string };
  complete?: boolean;
  /** Packets delivered. */
  packets?: number;
}

const DATA = new Uint8Array(60).fill(0x5a);
const GOOD = pcapRecord({ data: DATA, seconds: 1_700_000_000 });
const TWO = joinBytes([pcapHeader(), GOOD, GOOD]);
const NG = [sectionBlock(), interfaceBlock({ name: 'eth0' }), packetBlock({ data: DATA })];
/** Offset of the block after those of NG. */
const NEXT = 152;

const EXPECTED = 'a capture is what tcpdump -w or Wireshark writes (pcap or pcapng), plain or as .gz or .zst';
const SNAPSHOT = 'a cluster snapshot goes behind -t: overlens CAPTURE -t FILE';
const CONVERT = 'convert it first with Wireshark: editcap FILE new.pcapng';
const AGAIN = 'copy the file again or capture again';

function notACapture(looks: string, hint: string): Thrown {
  return { code: 'E_NOT_A_CAPTURE', message: `FILE: not a capture: ${looks}`, hint };
}

function text(lines: string): Uint8Array {
  return new TextEncoder().encode(lines);
}

function tarOf(bytes: Uint8Array): Uint8Array {
  const header = new Uint8Array(512);
  header.set(text('a.pcap'));
  header.set(text('ustar\x0000'), 257);
  return joinBytes([header, bytes]);
}

/** A stored gzip stream whose checksum is wrong: everything is there, but one bit of it was another. */
function damagedGzip(): Uint8Array {
  const bytes = gzipSync(buildPcap(Array.from({ length: 9 }, () => ({ data: DATA }))), { level: 0 });
  bytes[bytes.length - 8] = (bytes.at(-8) ?? 0) ^ 1;
  return bytes;
}

export const NOT_CAPTURES: Readonly<Record<string, BadCapture>> = {
  'empty.pcap': {
    bytes: new Uint8Array(0),
    thrown: notACapture(
      'it is empty (zero bytes)',
      'tcpdump that was killed before it wrote its file header leaves such a file: capture again',
    ),
  },
  'three-bytes.pcap': {
    bytes: Uint8Array.of(0xd4, 0xc3, 0xb2),
    thrown: notACapture('it begins like no format that is known', EXPECTED),
  },
  'header-cut-off.pcap': {
    bytes: pcapHeader().subarray(0, 20),
    thrown: notACapture('it ends inside its file header, after 20 of 24 bytes', AGAIN),
  },
  'section-header-cut-off.pcapng': {
    bytes: buildPcapng([sectionBlock()]).subarray(0, 12),
    thrown: notACapture('it ends inside its file header, after 12 of 28 bytes', AGAIN),
  },
  'snapshot.yaml': {
    bytes: text('apiVersion: v1\nitems:\n- apiVersion: projectcalico.org/v3\n  kind: IPPool\n'),
    thrown: notACapture('it looks like YAML', SNAPSHOT),
  },
  'snapshot.json': {
    bytes: text('{\n  "apiVersion": "v1",\n  "items": []\n}\n'),
    thrown: notACapture('it looks like JSON', SNAPSHOT),
  },
  'pods-wide.txt': {
    bytes: text('NAMESPACE   NAME   READY   STATUS    RESTARTS   AGE   IP\ndefault     web    1/1     Running   0\n'),
    thrown: notACapture('it looks like a table that kubectl prints', SNAPSHOT),
  },
  'ip-route.txt': {
    bytes: text('default via 10.0.1.1 dev ens5\n10.48.0.192/26 via 10.48.0.206 dev vxlan.calico onlink\n'),
    thrown: notACapture('it looks like what ip route or ip neigh prints', SNAPSHOT),
  },
  'ip-link.txt': {
    bytes: text('1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT\n'),
    thrown: notACapture('it looks like what ip link prints', SNAPSHOT),
  },
  'bridge-fdb.txt': {
    bytes: text('66:14:9d:f4:2c:1f dev vxlan.calico dst 10.0.1.30 self permanent\n'),
    thrown: notACapture('it looks like what bridge fdb prints', SNAPSHOT),
  },
  'tcpdump-text.txt': {
    bytes: text('08:29:50.212345 IP 10.48.0.130.35624 > 10.48.0.200.5201: Flags [S], seq 1, length 0\n'),
    thrown: notACapture(
      'it looks like what tcpdump prints, not the packets',
      'have tcpdump write the packets: tcpdump -w FILE',
    ),
  },
  'page.html': {
    bytes: text('<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head></html>\n'),
    thrown: notACapture('it looks like an HTML page', EXPECTED),
  },
  'packets.pdml': {
    bytes: text('<?xml version="1.0" encoding="utf-8"?>\n<pdml version="0"></pdml>\n'),
    thrown: notACapture('it looks like XML', EXPECTED),
  },
  'git-lfs-pointer.pcap': {
    bytes: text('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n'),
    thrown: notACapture('it looks like a Git LFS pointer', 'fetch the file itself: git lfs pull'),
  },
  'notes.txt': { bytes: text('captured on control1\n'), thrown: notACapture('it looks like text', EXPECTED) },
  'zeros.pcap': {
    bytes: new Uint8Array(100),
    thrown: notACapture('it looks like nothing but zero bytes', EXPECTED),
  },
  'random.pcap': {
    bytes: Uint8Array.of(0x9e, 0x01, 0xf3, 0x80, 0x00, 0x11, 0xfe, 0x05),
    thrown: notACapture('it begins like no format that is known', EXPECTED),
  },
  'solaris.snoop': {
    bytes: joinBytes([text('snoop\0\0\0'), new Uint8Array(8)]),
    thrown: notACapture('it looks like a Solaris snoop capture', CONVERT),
  },
  'inside-tar.pcap': {
    bytes: tarOf(TWO),
    thrown: notACapture('it looks like a tar archive', 'unpack it first: tar -xf FILE'),
  },
  'inside-tar.pcap.gz': {
    bytes: gzipSync(tarOf(TWO)),
    thrown: notACapture('it looks like a tar archive inside gzip', 'unpack it first: tar -xf FILE'),
  },
  'inside-xz.pcap.xz': {
    bytes: Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4),
    thrown: notACapture(
      'it looks like an xz stream',
      'overlens reads plain, gzip and zstd captures: decompress it first, for example: xz -d FILE',
    ),
  },
  'inside-bzip2.pcap.bz2': {
    bytes: text('BZh91AY&SY'),
    thrown: notACapture(
      'it looks like a bzip2 stream',
      'overlens reads plain, gzip and zstd captures: decompress it first, for example: bzip2 -d FILE',
    ),
  },
  'gzip-in-gzip.pcap.gz': {
    bytes: gzipSync(gzipSync(TWO)),
    thrown: notACapture(
      'it looks like another gzip stream inside gzip',
      'it was compressed twice: decompress it once first',
    ),
  },
  'gzip-empty.pcap.gz': {
    bytes: gzipSync(new Uint8Array(0)),
    thrown: notACapture(
      'the gzip stream has no content',
      'tcpdump that was killed before it wrote its file header leaves such a file: capture again',
    ),
  },
  'gzip-header-cut-off.pcap.gz': {
    bytes: gzipSync(TWO).subarray(0, 8),
    thrown: notACapture('the gzip stream is cut off after 8 bytes, before anything could be decompressed', AGAIN),
  },
  'gzip-damaged-at-once.pcap.gz': {
    bytes: Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff, 0xff, 0xff),
    thrown: {
      code: 'E_CORRUPT_CAPTURE',
      message: 'FILE: the gzip stream is damaged at or before compressed byte 14 (zlib: invalid block type)',
      hint: 'what could be decompressed before it was read; copy the file again to get the rest',
    },
  },
  'zstd-window-too-large.pcap.zst': {
    bytes: storedZstd(TWO, { window: 0xa0 }),
    thrown: {
      code: 'E_UNSUPPORTED_CAPTURE',
      message: 'FILE: the zstd stream needs a window of 1073741824 bytes, more than the limit of 134217728',
      hint: 'decompress it first: zstd -d --long=31 FILE',
    },
  },
  'zstd-with-dictionary.pcap.zst': {
    bytes: joinBytes([Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 1, 0x38, 7), zstdBlock(0, TWO.length, true), TWO]),
    thrown: {
      code: 'E_UNSUPPORTED_CAPTURE',
      message: 'FILE: the zstd stream was made with a dictionary',
      hint: 'decompress it first: zstd -d --long=31 FILE',
    },
  },
  'old-version.pcap': {
    bytes: pcapHeader({ version: [9, 4] }),
    thrown: {
      code: 'E_UNSUPPORTED_CAPTURE',
      message: 'FILE: pcap version 9.4 is not known (2.4 is what tools write)',
      hint: 'if the file is whole, convert it with Wireshark: editcap FILE new.pcapng',
    },
  },
  'future-version.pcapng': {
    bytes: buildPcapng([sectionBlock({ version: [2, 0] })]),
    thrown: {
      code: 'E_UNSUPPORTED_CAPTURE',
      message: 'FILE: pcapng version 2.0 is not known (1.0 is what tools write)',
      hint: 'if another tool reads the file, convert it with Wireshark: editcap FILE new.pcapng',
    },
  },
  'byte-order-magic-wrong.pcapng': {
    bytes: joinBytes([Uint8Array.of(0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0), new Uint8Array(20)]),
    thrown: {
      code: 'E_UNSUPPORTED_CAPTURE',
      message: 'FILE: its byte-order magic is 0x00000000, neither 0x1a2b3c4d nor 0x4d3c2b1a',
      hint: 'if another tool reads the file, convert it with Wireshark: editcap FILE new.pcapng',
    },
  },
};

export const DAMAGED_CAPTURES: Readonly<Record<string, BadCapture>> = {
  'captured-length-forged.pcap': {
    bytes: joinBytes([TWO, pcapRecord({ data: DATA, captured: 0x7fffffff })]),
    packets: 2,
    error: 'FILE: packet 3 at byte offset 176: its captured length of 2147483647 bytes is above the limit of 262144',
  },
  'captured-length-forged.pcap.gz': {
    bytes: gzipSync(joinBytes([TWO, pcapRecord({ data: DATA, captured: 0x7fffffff })])),
    packets: 2,
    error:
      'FILE: packet 3 at byte offset 176 (uncompressed): its captured length of 2147483647 bytes is above the limit of 262144',
  },
  'zero-filled.pcap': {
    bytes: joinBytes([TWO, new Uint8Array(500)]),
    packets: 2,
    error:
      'FILE: packet 3 at byte offset 176: only zero bytes stand where a packet should be: the file was never written to its end',
  },
  'zero-filled.pcapng': {
    bytes: joinBytes([buildPcapng(NG), new Uint8Array(500)]),
    packets: 1,
    error: `FILE: block of type 0x0 at byte offset ${NEXT} (before packet 2): its length of 0 bytes is shorter than the 12 that such a block needs`,
  },
  'joined-with-cat.pcap': {
    bytes: joinBytes([TWO, TWO]),
    packets: 2,
    error:
      'FILE: packet 3 at byte offset 176: another pcap file header stands where a packet should be: these are several captures in one file',
  },
  'record-header-cut-off.pcap': {
    bytes: TWO.subarray(0, 100 + 9),
    packets: 1,
    warning: {
      code: 'cut-off-record',
      message: 'packet 2 at byte offset 100 is cut off: the capture ends after 9 of the 16 bytes of its record header',
    },
  },
  'record-cut-off.pcap': {
    bytes: TWO.subarray(0, TWO.length - 1),
    packets: 1,
    warning: {
      code: 'cut-off-record',
      message: 'packet 2 at byte offset 100 is cut off: the capture ends after 59 of its 60 captured bytes',
    },
  },
  'gzip-cut-off.pcap.gz': {
    bytes: gzipSync(TWO, { level: 0 }).subarray(0, -30),
    packets: 1,
    warning: {
      code: 'cut-off-stream',
      message:
        'the gzip stream is cut off after 169 bytes; packet 2 at byte offset 100 (uncompressed) is cut off: the capture ends after 38 of its 60 captured bytes',
    },
  },
  'gzip-trailer-cut-off.pcap.gz': {
    bytes: gzipSync(TWO).subarray(0, -3),
    packets: 2,
    warning: { code: 'cut-off-stream', message: 'the gzip stream is cut off after 44 bytes' },
  },
  'gzip-damaged.pcap.gz': {
    bytes: damagedGzip(),
    packets: 8,
    error: 'FILE: the gzip stream is damaged at or before compressed byte 731 (zlib: incorrect data check)',
  },
  'zstd-cut-off.pcap.zst': {
    bytes: storedZstd(TWO, { blockLength: 50 }).subarray(0, -10),
    packets: 1,
    warning: {
      code: 'cut-off-stream',
      message:
        'the zstd stream is cut off after 184 bytes; packet 2 at byte offset 100 (uncompressed) is cut off: the capture ends after 34 of its 60 captured bytes',
    },
  },
  'zstd-block-impossible.pcap.zst': {
    bytes: joinBytes([storedZstd(TWO, { blockLength: 110 }).subarray(0, 6 + 3 + 110), zstdBlock(3, 40, true)]),
    packets: 1,
    error: 'FILE: the zstd stream is damaged near compressed byte 119 (a block header makes no sense)',
  },
  'zstd-trailing-bytes.pcap.zst': {
    bytes: joinBytes([storedZstd(TWO), text('something else')]),
    packets: 2,
    complete: true,
    warning: {
      code: 'trailing-bytes',
      message: 'bytes that are no zstd stand behind the zstd stream; they were not read',
    },
  },
  'block-length-odd.pcapng': {
    bytes: buildPcapng([...NG, { ...packetBlock({ data: DATA }), length: 93 }]),
    packets: 1,
    error: `FILE: packet 2 at byte offset ${NEXT}: its length of 93 bytes is no multiple of 4`,
  },
  'block-length-short.pcapng': {
    bytes: buildPcapng([...NG, { ...packetBlock({ data: DATA }), length: 28 }]),
    packets: 1,
    error: `FILE: packet 2 at byte offset ${NEXT}: its length of 28 bytes is shorter than the 32 that such a block needs`,
  },
  'block-length-below-12.pcapng': {
    bytes: buildPcapng([...NG, { ...otherBlock(4, new Uint8Array(8)), length: 8 }]),
    packets: 1,
    error: `FILE: name resolution block at byte offset ${NEXT} (before packet 2): its length of 8 bytes is shorter than the 12 that such a block needs`,
  },
  'block-length-huge.pcapng': {
    bytes: buildPcapng([...NG, { ...otherBlock(77, new Uint8Array(8)), length: 0xfffffffc }]),
    packets: 1,
    error: `FILE: block of type 0x4d at byte offset ${NEXT} (before packet 2): its length of 4294967292 bytes is above the limit of 16777216`,
  },
  'block-trailer-differs.pcapng': {
    bytes: buildPcapng([...NG, { ...packetBlock({ data: DATA }), trailer: 96 }]),
    packets: 1,
    error: `FILE: packet 2 at byte offset ${NEXT}: it begins with the length 92 but ends with 96`,
  },
  'skipped-block-trailer-differs.pcapng': {
    bytes: buildPcapng([...NG, { ...otherBlock(4, new Uint8Array(8)), trailer: 24 }]),
    packets: 1,
    error: `FILE: name resolution block at byte offset ${NEXT} (before packet 2): it begins with the length 20 but ends with 24`,
  },
  'captured-length-beyond-block.pcapng': {
    bytes: buildPcapng([...NG, packetBlock({ data: DATA, captured: 65536 })]),
    packets: 1,
    error: `FILE: packet 2 at byte offset ${NEXT}: its captured length of 65536 bytes does not fit into the block's 92`,
  },
  'captured-length-forged.pcapng': {
    bytes: buildPcapng([...NG, packetBlock({ data: DATA, captured: 0xffffffff })]),
    packets: 1,
    error: `FILE: packet 2 at byte offset ${NEXT}: its captured length of 4294967295 bytes is above the limit of 262144`,
  },
  'packet-options-huge.pcapng': {
    bytes: buildPcapng([...NG, { ...packetBlock({ data: DATA }), length: 0x7ffffffc }]),
    packets: 1,
    error: `FILE: packet 2 at byte offset ${NEXT}: its length of 2147483644 bytes leaves more than 1048576 for options`,
  },
  'packet-option-overrun.pcapng': {
    bytes: buildPcapng([
      ...NG,
      {
        type: 6,
        body: (little) =>
          joinBytes([packetBlock({ data: DATA }).body(little), Uint8Array.of(1, 0, 255, 255, 0x78, 0x78, 0x78, 0x78)]),
      },
    ]),
    packets: 1,
    error: `FILE: packet 2 at byte offset ${NEXT}: one of its options is longer than the block`,
  },
  'section-option-overrun.pcapng': {
    bytes: buildPcapng([
      {
        ...sectionBlock(),
        body: (little) => joinBytes([sectionBlock().body(little), Uint8Array.of(4, 0, 0x30, 0x30, 0x41, 0, 0, 0)]),
      },
    ]),
    packets: 0,
    error: 'FILE: section header block at byte offset 0 (before packet 1): one of its options is longer than the block',
  },
  'interface-option-overrun.pcapng': {
    bytes: buildPcapng([
      sectionBlock(),
      { type: 1, body: (little) => joinBytes([interfaceBlock().body(little), Uint8Array.of(2, 0, 9, 0)]) },
    ]),
    packets: 0,
    error:
      'FILE: interface description block at byte offset 28 (before packet 1): one of its options is longer than the block',
  },
  'interface-unknown.pcapng': {
    bytes: buildPcapng([...NG, packetBlock({ data: DATA, interface: 1 })]),
    packets: 1,
    error: `FILE: packet 2 at byte offset ${NEXT}: it is of interface 1, but only 1 is described before it`,
  },
  'interface-unknown-obsolete.pcapng': {
    bytes: buildPcapng([...NG, interfaceBlock(), obsoletePacketBlock({ data: DATA, interface: 9 })]),
    packets: 1,
    error: `FILE: packet 2 at byte offset ${NEXT + 20}: it is of interface 9, but only 2 are described before it`,
  },
  'interface-of-other-section.pcapng': {
    bytes: buildPcapng([...NG, sectionBlock({ bigEndian: true }), packetBlock({ data: DATA })]),
    packets: 1,
    error: `FILE: packet 2 at byte offset ${NEXT + 28}: it is of interface 0, but no interface is described before it`,
  },
  'simple-packet-without-interface.pcapng': {
    bytes: buildPcapng([sectionBlock(), simplePacketBlock(DATA)]),
    packets: 0,
    error: 'FILE: packet 1 at byte offset 28: no interface is described before it',
  },
  'simple-packet-beyond-block.pcapng': {
    bytes: buildPcapng([...NG, simplePacketBlock(DATA, 1500)]),
    packets: 1,
    error: `FILE: packet 2 at byte offset ${NEXT}: its captured length of 1500 bytes does not fit into the block's 76`,
  },
  'second-section-damaged.pcapng': {
    bytes: joinBytes([
      buildPcapng(NG),
      Uint8Array.of(0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 1, 2, 3, 4),
      new Uint8Array(16),
    ]),
    packets: 1,
    error: `FILE: section header block at byte offset ${NEXT} (before packet 2): its byte-order magic is 0x01020304, neither 0x1a2b3c4d nor 0x4d3c2b1a`,
  },
  'block-cut-off.pcapng': {
    bytes: buildPcapng([...NG, packetBlock({ data: DATA })]).subarray(0, NEXT + 91),
    packets: 1,
    warning: {
      code: 'cut-off-block',
      message: `packet 2 at byte offset ${NEXT} is cut off: the capture ends after 91 of its 92 bytes`,
    },
  },
};
