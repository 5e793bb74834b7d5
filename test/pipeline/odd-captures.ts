// Captures that are hard to cut in parts, and packets of every kind that is not counted by its facts alone.
import { gzipSync } from 'node:zlib';
import {
  type BuiltPacket,
  buildPcap,
  buildPcapng,
  interfaceBlock,
  joinBytes,
  obsoletePacketBlock,
  packetBlock,
  pcapHeader,
  pcapRecord,
  sectionBlock,
  simplePacketBlock,
  statisticsBlock,
} from '../support/capture-builder.ts';
import {
  arp,
  ethernet,
  hex,
  icmpEcho,
  ipv4,
  ipv6,
  ipv6Bytes,
  tcp,
  udp,
  vxlanFrame,
} from '../support/packet-builder.ts';

const BEGIN = 1_700_000_000;
const NODE = { src: '10.0.1.20', dst: '10.0.1.30' } as const;

/** Packet `i` of a mix of kinds, of which some are rare. */
function packetOf(i: number): Uint8Array {
  const [a, b] = [`10.1.0.${(i * 7) % 200}`, `10.2.0.${(i * 3) % 50}`];
  const id = i & 0xffff;
  switch (i % 17) {
    case 0:
      return ethernet({ type: 0x0806 }, arp());
    case 1:
      return ethernet(
        {},
        ipv4({ src: a, dst: b, id, 'flags.mf': true }, udp({ srcport: 4000, dstport: 5000 }, new Uint8Array(24))),
      );
    case 2: // the rest of the one before
      return ethernet(
        {},
        ipv4(
          {
            src: `10.1.0.${((i - 1) * 7) % 200}`,
            dst: `10.2.0.${((i - 1) * 3) % 50}`,
            id: id - 1,
            proto: 17,
            frag_offset: 4,
          },
          new Uint8Array(24),
        ),
      );
    case 3:
      return ethernet(
        {},
        ipv6(
          { src: ipv6Bytes(i % 90), dst: ipv6Bytes(200 - (i % 40)), nxt: 6 },
          tcp({ srcport: i & 0xffff, dstport: 443 }, new Uint8Array(i % 60)),
        ),
      );
    case 4:
      return ethernet(
        {},
        ipv4({ src: b, dst: a, proto: 1 }, hex('0301 0000 00000000'), ipv4({ src: a, dst: b, proto: 17 }, udp({}))),
      );
    case 5:
      return vxlanFrame(vxlanFrame(ethernet({}, ipv4({ src: a, dst: b }, udp({}, new Uint8Array(12))))));
    case 6:
      return ethernet({}, ipv4({ src: a, dst: b }, udp({ srcport: 40_000 + (i % 500), dstport: 53 }, dnsQuery(i))));
    case 7:
      return ethernet({}, ipv4({ src: a, dst: b, proto: 1 }, icmpEcho({})));
    case 8: // an EtherType that nobody reads, with IP in it
      return ethernet({ type: 0x8909 }, hex('0001'), ipv4({ src: a, dst: b }, udp({})));
    case 9:
      return ethernet({}, ipv4({ src: a, dst: b, proto: 6 }, tcp({}, new Uint8Array(30)))).subarray(0, 14 + 20 + 10);
    case 10:
      return ethernet(
        {},
        ipv4(
          { ...NODE, id, 'flags.mf': true },
          udp(
            { dstport: 4789 },
            hex('08000000 00100000'),
            ethernet({}, ipv4({ src: a, dst: b }, udp({}, new Uint8Array(40)))),
          ),
        ),
      );
    case 11: // the rest of the outer datagram
      return ethernet({}, ipv4({ ...NODE, id: id - 1, proto: 17, frag_offset: 12 }, new Uint8Array(16)));
    default: {
      const segment = tcp(
        { srcport: 30_000 + (i % 300), dstport: 80, seq_raw: i * 11, ack_raw: i, 'flags.ack': true },
        new Uint8Array(i % 130),
      );
      const frame = ethernet(
        { src: hex(`0200000000${(i % 9).toString(16).padStart(2, '0')}`) },
        ipv4({ src: a, dst: b, proto: 6, id }, segment),
      );
      return i % 3 === 0 ? vxlanFrame(frame) : frame;
    }
  }
}

function dnsQuery(i: number): Uint8Array {
  const answer = i % 2 === 0 ? '8180' : '0100';
  return joinBytes([
    hex(`${(i & 0xff).toString(16).padStart(4, '0')} ${answer} 0001 0000 0000 0000`),
    hex('03777777 03 616263 00 0001 0001'),
  ]);
}

function packets(count: number): BuiltPacket[] {
  return Array.from({ length: count }, (_, i) => {
    const data = packetOf(i);
    const original = i % 17 === 9 ? data.length + 20 : data.length;
    return { data, original, seconds: BEGIN + Math.floor(i / 50), nanos: (i % 50) * 1_000_000 };
  });
}

/** A payload of record headers that a chain of would be believed, of packets of `size` bytes. */
function chainOf(records: number, size: number): Uint8Array {
  const data = new Uint8Array(size);
  return joinBytes(Array.from({ length: records }, (_, i) => pcapRecord({ data, seconds: BEGIN + i })));
}

function carrying(payload: Uint8Array, i = 0): BuiltPacket {
  const data = ethernet({}, ipv4({ src: `10.3.0.${i % 250}`, proto: 17 }, udp({ dstport: 9000 }, payload)));
  return { data, seconds: BEGIN + i };
}

/** Between the usual packets of a list, others. */
function mixed(count: number, other: (i: number) => BuiltPacket, every: number): BuiltPacket[] {
  return packets(count).flatMap((packet, i) => (i % every === every - 1 ? [packet, other(i)] : [packet]));
}

const MIX = packets(900);
const WHOLE = buildPcap(MIX);
const INSIDE = buildPcap(mixed(300, (i) => carrying(buildPcap(packets(60)), i), 10));
const CHAINS = buildPcap(mixed(300, (i) => carrying(chainOf(80, i % 5), i), 6));

/** Bytes with what stands at an offset overwritten. */
function damaged(bytes: Uint8Array, at: number, by: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy.set(by, at);
  return copy;
}

/** Where record number `index` of a built capture begins. */
function recordAt(list: readonly BuiltPacket[], index: number): number {
  return list.slice(0, index).reduce((at, { data }) => at + 16 + data.length, 24);
}

function pcapng(): Uint8Array {
  const some = packets(400);
  const block = ({ data, seconds = 0, nanos = 0, original }: BuiltPacket, on: number) =>
    packetBlock({
      interface: on,
      data,
      ...(original === undefined ? {} : { original }),
      units: BigInt(seconds) * 1_000_000n + BigInt(Math.floor(nanos / 1000)),
      options: nanos === 0 ? [[1, 'a comment']] : [],
    });
  return buildPcapng([
    sectionBlock(),
    interfaceBlock({ name: 'eth0' }),
    ...some.slice(0, 100).map((one) => block(one, 0)),
    interfaceBlock({ name: 'late', linkType: 1, filter: 'udp' }),
    ...some.slice(100, 200).map((one, i) => block(one, i % 2)),
    statisticsBlock({ interface: 1, ifdrop: 5n }),
    sectionBlock({ bigEndian: true }),
    interfaceBlock({ name: 'raw', linkType: 101 }),
    interfaceBlock({ name: 'ens5' }),
    ...some.slice(200, 300).map((one) => block(one, 1)),
    simplePacketBlock(ipv4({}, udp({}))),
    obsoletePacketBlock({ interface: 1, data: packetOf(20) }),
    ...some.slice(300).map((one) => block(one, 1)),
  ]);
}

const JOINT = 4096;
const cutInRecord = recordAt(MIX, 500) + 30;

/** Packets of every kind, a few of each, where it is not about parts and places. */
export const FEW_PACKETS = buildPcap(MIX.slice(0, 170));
/** The same kinds, other packets, as another machine writes them. */
export const OTHER_FEW_PACKETS = buildPcap(MIX.slice(170, 340), { bigEndian: true, precision: 'nano' });

/** By name: the bytes of a file. */
export const ODD_CAPTURES: Readonly<Record<string, Uint8Array>> = {
  'packets of every kind': WHOLE,
  'big-endian, nanoseconds': buildPcap(MIX, { bigEndian: true, precision: 'nano' }),
  'the modified format': buildPcap(MIX, { modified: true }),
  'payloads that are captures': INSIDE,
  'payloads that are chains of record headers': CHAINS,
  'records longer than a part': buildPcap(mixed(100, (i) => carrying(new Uint8Array(30_000).fill(i), i), 9)),
  'records longer than a slot, with chains in them': buildPcap(mixed(60, (i) => carrying(chainOf(2500, 4), i), 20)),
  'packets of no bytes': buildPcap(
    Array.from({ length: 6000 }, (_, i) => ({ data: new Uint8Array(0), original: 60, seconds: BEGIN + i })),
  ),
  'cut off in a record': WHOLE.subarray(0, cutInRecord),
  'cut off in a record header': WHOLE.subarray(0, recordAt(MIX, 500) + 9),
  'cut off behind a record': WHOLE.subarray(0, recordAt(MIX, 500)),
  'cut off in a record, with a chain behind the cut in it': INSIDE.subarray(0, INSIDE.length - 2000),
  'damage in the middle': damaged(WHOLE, recordAt(MIX, 450) + 8, hex('ffffff7f')),
  'damage at the first record': damaged(WHOLE, 24 + 8, hex('ffffff7f')),
  'damage in the last record': damaged(WHOLE, recordAt(MIX, 899) + 8, hex('ffffff7f')),
  'zeros to the end': joinBytes([WHOLE.subarray(0, recordAt(MIX, 600)), new Uint8Array(9000)]),
  'two captures in one file': joinBytes([WHOLE, WHOLE]),
  'damage near a joint': damaged(WHOLE, nearJoint(JOINT) + 8, hex('ffffff7f')),
  'no packets': pcapHeader(),
  'one packet': buildPcap(MIX.slice(0, 1)),
  'times that jump': buildPcap(
    MIX.map((packet, i) => ({ ...packet, seconds: i % 7 === 0 ? 5 : (packet.seconds ?? 0) })),
  ),
  'pcapng, two sections, late interfaces': pcapng(),
  'pcapng cut off': pcapng().subarray(0, 30_000),
  'gzip of several members': joinBytes([gzipSync(WHOLE.subarray(0, 20_000)), gzipSync(WHOLE.subarray(20_000))]),
  'gzip cut off': gzipSync(WHOLE).subarray(0, 5000),
  'gzip of a pcapng': gzipSync(pcapng()),
};

function nearJoint(joint: number): number {
  let at = 24;
  for (const { data } of MIX) {
    if (at >= joint) break;
    at += 16 + data.length;
  }
  return at;
}
