import { afterEach, describe, expect, it, vi } from 'vitest';
import { AddressWords } from '../../../src/flow/address-words.ts';
import { Links } from '../../../src/flow/paths/links.ts';
import { NodeAddresses } from '../../../src/flow/paths/node-addresses.ts';
import { NOT_USUAL, PathKeys } from '../../../src/flow/paths/path-keys.ts';
import { Paths } from '../../../src/flow/paths/paths.ts';
import { Selection } from '../../../src/flow/paths/selection.ts';
import { Tunnels } from '../../../src/flow/paths/tunnels.ts';
import { WordTable } from '../../../src/flow/word-table.ts';
import { joinBytes } from '../../support/capture-builder.ts';
import {
  arp,
  ethernet,
  geneve,
  gre,
  hex,
  ipv4,
  ipv6,
  ipv6Bytes,
  tcp,
  udp,
  vxlan,
} from '../../support/packet-builder.ts';
import { walkPacket } from '../../support/walk-packet.ts';
import { countFrames } from '../traffic.ts';

const NODES = new NodeAddresses(['10.0.1.20', '10.0.1.30']);
const OUTER = { src: '10.0.1.20', dst: '10.0.1.30' } as const;
const MIRROR = { src: '192.0.2.1', dst: '192.0.2.2' } as const;
const PACKET = ipv4({}, udp({}));
const PLAIN = ethernet({}, PACKET);
const WIREGUARD = udp({ dstport: 51820 }, hex(`04000000 ${'00'.repeat(28)}`));

interface Way {
  outer?: Parameters<typeof ipv4>[0];
  datagram?: Parameters<typeof udp>[0];
  vni?: number;
  frame?: Parameters<typeof ethernet>[0];
  packet?: Uint8Array;
}

/** A VXLAN packet between two nodes, changed in one respect. */
function tunnelled({ outer = {}, datagram = {}, vni = 4096, frame = {}, packet = PACKET }: Way): Uint8Array {
  const inside = vxlan({ vni }, ethernet(frame, packet));
  return ethernet({}, ipv4({ ...OUTER, ...outer }, udp({ dstport: 4789, ...datagram }, inside)));
}

interface Seen {
  linkType?: number;
  capture?: number;
  interface?: number;
}

/** Paths of a table of its own. */
class Found {
  readonly links = new Links();
  readonly addresses = new AddressWords();
  readonly tunnels = new Tunnels(this.addresses);
  readonly selection: Selection;
  readonly paths: Paths;

  constructor(nodes: NodeAddresses | null = null) {
    this.selection = new Selection(this.tunnels, nodes);
    this.paths = new Paths(this.links, this.addresses, this.selection);
  }

  of(packet: Uint8Array, { linkType = 1, capture = 0, interface: on = 0 }: Seen = {}): number {
    const { bytes, stack } = walkPacket(packet, { linkType });
    return this.paths.find(bytes, new DataView(bytes.buffer), stack, capture, on);
  }
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a path', () => {
  it('is the same for the same headers, in order of first appearance', () => {
    const found = new Found();
    const frames = [PLAIN, tunnelled({}), PLAIN, tunnelled({})];
    expect(frames.map((frame) => found.of(frame))).toEqual([0, 1, 0, 1]);
    expect(found.paths.count).toBe(2);
  });

  it('names its link and its tunnel', () => {
    const found = new Found();
    const [plain, inVxlan] = [found.of(PLAIN), found.of(tunnelled({}))];
    const { link, tunnel } = found.paths;
    expect(found.links.record(link[plain]!)).toMatchObject({ src: '02:00:00:00:00:0a', dst: '02:00:00:00:00:0b' });
    expect(link[inVxlan]).toBe(link[plain]);
    expect(tunnel[plain]).toBe(0);
    expect(found.tunnels.record(tunnel[inVxlan]!)).toMatchObject({ encapsulation: 'vxlan', vni: 4096, carriers: [] });
  });

  it('does not depend on what a flow or a packet has of its own', () => {
    const found = new Found();
    const path = found.of(tunnelled({}));
    const others = [
      { outer: { ttl: 3, id: 9, 'flags.df': true } },
      { datagram: { srcport: 1 } },
      { packet: ipv4({ src: '10.9.9.9', dst: '10.8.8.8', proto: 6 }, tcp({}, new Uint8Array(30))) },
    ];
    expect(others.map((other) => found.of(tunnelled(other)))).toEqual([path, path, path]);
    expect(found.of(ethernet({}, ipv4({ src: '1.2.3.4' }, udp({}))))).toBe(found.of(PLAIN));
  });

  it('is another one by every word of the link', () => {
    const sll2 = (change: number): Uint8Array => {
      const header = hex('0800 0000 00010203 0001 03 06 66c9eeb19b47 0000');
      if (change >= 0) header[change]! ^= 1;
      return joinBytes([header, PACKET]);
    };
    const found = new Found();
    const paths = [
      found.of(PLAIN),
      found.of(PLAIN, { capture: 1 }),
      found.of(PLAIN, { interface: 1 }),
      ...Array.from({ length: 12 }, (_, i) => found.of(PLAIN.map((byte, at) => (at === i ? byte ^ 0x80 : byte)))),
      found.of(PACKET, { linkType: 101 }),
      // ifindex, packet type, address
      ...[-1, 7, 10, 12, 17].map((change) => found.of(sll2(change), { linkType: 276 })),
    ];
    expect(paths).toEqual(paths.map((_, i) => i));
    expect(found.links.count).toBe(paths.length);
  });

  it('is another one by every word of the tunnel', () => {
    const inside = ethernet({}, PACKET);
    const changed = (at: number): Uint8Array => inside.map((byte, i) => (i === at ? byte ^ 0x80 : byte));
    const frames = [
      PLAIN,
      tunnelled({}),
      tunnelled({ outer: { src: '10.0.1.21' } }),
      tunnelled({ outer: { dst: '10.0.1.21' } }),
      tunnelled({ outer: { src: OUTER.dst, dst: OUTER.src } }),
      tunnelled({ vni: 4097 }),
      tunnelled({ vni: 0 }),
      tunnelled({ datagram: { dstport: 8472 } }),
      ...Array.from({ length: 12 }, (_, i) => ethernet({}, ipv4(OUTER, udp({ dstport: 4789 }, vxlan({}, changed(i)))))),
      ethernet({}, ipv4(OUTER, udp({ dstport: 6081 }, geneve({}, inside)))),
      ethernet({}, ipv4({ ...OUTER, proto: 4 }, PACKET)),
      ethernet({}, ipv4({ ...OUTER, proto: 47 }, gre({}, PACKET))),
      ethernet({}, ipv4({ ...OUTER, proto: 47 }, gre({ proto: 0x6558 }, inside))),
      ethernet({ type: 0x86dd }, ipv6({ nxt: 4 }, PACKET)),
      ethernet({ type: 0x86dd }, ipv6({ nxt: 4, src: ipv6Bytes(7) }, PACKET)),
      ethernet({ type: 0x86dd }, ipv6({ nxt: 4, dst: ipv6Bytes(7) }, PACKET)),
    ];
    const found = new Found();
    const paths = frames.map((frame) => found.of(frame));
    expect(paths).toEqual(frames.map((_, i) => i));
    expect(frames.map((frame) => found.of(frame))).toEqual(paths);
    expect(new Set(found.paths.tunnel.subarray(0, frames.length)).size).toBe(frames.length);
    expect(found.links.count).toBe(1);
  });

  it('is found again however many there are', () => {
    const found = new Found();
    const frames = Array.from({ length: 1000 }, (_, i) => tunnelled({ vni: i }));
    const paths = frames.map((frame) => found.of(frame));
    expect(paths).toEqual(frames.map((_, i) => i));
    expect(frames.map((frame) => found.of(frame))).toEqual(paths);
    const vnis = paths.map((path) => found.tunnels.record(found.paths.tunnel[path]!).vni);
    expect(vnis).toEqual(frames.map((_, i) => i));
  });

  it('of a packet whose tunnel carries no IP that could be read is the tunnel’s all the same', () => {
    const found = new Found();
    const cut = tunnelled({}).subarray(0, 14 + 20 + 8 + 8 + 14 + 10);
    expect(found.of(cut)).toBe(found.of(tunnelled({})));
    expect(found.of(cut)).not.toBe(found.of(PLAIN));
  });

  it('is the same whether it was found by its headers or chosen', () => {
    const found = new Found();
    const path = found.of(tunnelled({}));
    expect(found.paths.of(found.paths.link[path]!, found.paths.tunnel[path]!)).toBe(path);
    expect(found.paths.of(found.paths.link[path]!, 0)).toBe(1);
    expect([found.paths.link[1], found.paths.tunnel[1]]).toEqual([found.paths.link[path], 0]);
  });
});

describe('the overhead', () => {
  it('is that of the packet looked up last', () => {
    const keys = new PathKeys(new AddressWords());
    const overhead = (frame: Uint8Array): number => {
      const { bytes, stack } = walkPacket(frame);
      keys.find(new DataView(bytes.buffer), stack, 0, 0);
      return keys.overheadBytes;
    };
    expect(overhead(tunnelled({}))).toBe(50);
    expect(overhead(tunnelled({ outer: { options: hex('94040000') } }))).toBe(54);
    expect(overhead(PLAIN)).toBe(0);
    expect(overhead(ethernet({}, ipv4({ ...OUTER, proto: 4 }, PACKET)))).toBe(20);
  });
});

describe('the packets of no usual path', () => {
  const NOT_FLOWS = [
    ethernet({ type: 0x0806 }, arp()),
    ethernet({}, ipv4({ id: 3, 'flags.mf': true }, udp({}))),
    ethernet({}, ipv4({}, WIREGUARD)),
    ethernet({}, ipv4({ ...MIRROR, proto: 47 }, gre({ proto: 0x6558 }, tunnelled({})))),
  ];
  const CARRIED = [
    ethernet({}, ipv4({ ...MIRROR, proto: 47 }, gre({ proto: 0x6558 }, PLAIN))),
    tunnelled({ outer: MIRROR, vni: 7 }),
  ];

  it('are those of nested tunnels, WireGuard, fragments and no flow: nothing is counted or kept', () => {
    for (const nodes of [null, NODES]) {
      const found = new Found(nodes);
      expect(NOT_FLOWS.map((frame) => found.of(frame))).toEqual(NOT_FLOWS.map(() => NOT_USUAL));
      expect([found.links.count, found.tunnels.count, found.paths.count]).toEqual([0, 1, 0]);
    }
  });

  it('are those inside a carrier, as soon as node addresses tell carriers', () => {
    const [told, untold] = [new Found(NODES), new Found(null)];
    for (const frame of CARRIED) {
      expect([told.of(frame), told.of(frame), untold.of(frame) >= 0]).toEqual([NOT_USUAL, NOT_USUAL, true]);
    }
    expect(told.of(tunnelled({}))).toBeGreaterThanOrEqual(0);
  });

  it('are counted once on the link where they were seen', () => {
    const frames = [...NOT_FLOWS, ...CARRIED, PLAIN, tunnelled({})];
    for (const nodes of [null, NODES]) {
      const { table } = countFrames([...frames, ...frames], nodes);
      const links = Array.from({ length: table.links.count }, (_, i) => table.links.record(i));
      expect(links.reduce((sum, link) => sum + link.packets, 0)).toBe(2 * frames.length);
      expect(links.filter((link) => link.packets === 0)).toEqual([]);
      expect(links.some((link) => link.carried)).toBe(true);
    }
  });
});

describe('the number of look-ups', () => {
  it('is one by the headers: what they mean is asked for the first packet only', () => {
    const found = new Found(NODES);
    const select = vi.spyOn(found.selection, 'select');
    const intern = vi.spyOn(found.links, 'intern');
    const add = vi.spyOn(found.tunnels, 'add');
    const of = vi.spyOn(found.paths, 'of');
    const calls = (): number[] => [select, intern, add, of].map((spy) => spy.mock.calls.length);
    const carried = tunnelled({ outer: MIRROR, vni: 7 });
    for (const frame of [PLAIN, tunnelled({}), carried]) found.of(frame);
    const once = calls();
    // A carrier's link and path are chosen with every packet, by the table's slow way.
    expect(once).toEqual([3, 2, 2, 2]);
    for (let i = 0; i < 10; i++) for (const frame of [PLAIN, tunnelled({}), carried]) found.of(frame);
    expect(calls()).toEqual(once);
  });

  it('is in no other table, but for the addresses of an IPv6 tunnel', () => {
    const found = new Found();
    const inIPv6 = ethernet({ type: 0x86dd }, ipv6({ nxt: 4 }, PACKET));
    for (const frame of [PLAIN, tunnelled({}), inIPv6]) found.of(frame);
    const intern = vi.spyOn(WordTable.prototype, 'intern');
    const find = vi.spyOn(WordTable.prototype, 'find');
    for (const frame of [PLAIN, tunnelled({})]) found.of(frame);
    expect(intern.mock.calls.length + find.mock.calls.length).toBe(0);
    found.of(inIPv6);
    expect(intern.mock.calls.length + find.mock.calls.length).toBe(2);
  });
});
