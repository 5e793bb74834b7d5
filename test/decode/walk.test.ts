// What the walk finds in well-formed packets of every kind: layers, ends, the flow's header, tunnels, outcome.
import { describe, expect, it } from 'vitest';
import { NUMBER_SPACE } from '../../src/decode/faults.ts';
import { LayerStack } from '../../src/decode/layer-stack.ts';
import { walk } from '../../src/decode/walk.ts';
import { walkPorts } from '../../src/decode/walk-ports.ts';
import { PROTOCOL } from '../../src/wire/protocols.ts';
import {
  arp,
  ethernet,
  ethernet8023,
  geneve,
  gre,
  hex,
  icmpEcho,
  ipv4,
  ipv6,
  tcp,
  udp,
  vlan,
  vxlan,
  vxlanFrame,
} from '../support/packet-builder.ts';
import { walkPacket } from '../support/walk-packet.ts';

const INNER = ethernet({}, ipv4({ src: '10.48.0.1', dst: '10.48.0.2', proto: 6 }, tcp({})));

describe('a VXLAN packet', () => {
  const { stack, start, path, outcome, fault } = walkPacket(vxlanFrame(INNER));

  it('has all its layers at their places', () => {
    expect([path, outcome, fault]).toEqual(['eth:ip:udp:vxlan:eth:ip:tcp', 'complete', 'none']);
    expect([...stack.start.subarray(0, stack.depth)].map((at) => at - start)).toEqual([0, 14, 34, 42, 50, 64, 84]);
    expect([...stack.end.subarray(0, stack.depth)].map((at) => at - start)).toEqual([
      104, 104, 104, 104, 104, 104, 104,
    ]);
  });

  it('has one tunnel, and the flow is the inner one', () => {
    expect([stack.tunnels, stack.tunnel[0], stack.network, stack.transport, stack.ipProtocol]).toEqual([1, 3, 5, 6, 6]);
    expect(stack.portsAt - start).toBe(84);
  });

  it('has no fault, and says nothing of one', () => {
    expect([stack.fault, stack.faultLayer, stack.faultAt, stack.need, stack.have, stack.limit]).toEqual([
      0, 0, 0, 0, 0, 0,
    ]);
    expect([stack.unsupported, stack.unsupportedSpace, stack.cut]).toEqual([-1, 0, false]);
    expect([stack.firstFragment, stack.laterFragment]).toEqual([-1, -1]);
  });

  it('leaves nothing behind in a stack that is used again', () => {
    const again = new LayerStack();
    const frame = vxlanFrame(INNER);
    walk(frame, 0, 60, 200, 1, again, walkPorts());
    walk(frame, 0, frame.length, frame.length, 1, again, walkPorts());
    const fresh = new LayerStack();
    walk(frame, 0, frame.length, frame.length, 1, fresh, walkPorts());
    expect(again).toEqual(fresh);
  });
});

describe('link types', () => {
  const packet = ipv4({}, udp({}));
  const packet6 = ipv6({}, udp({}));
  const cooked = hex('0000 0001 0006 66c9eeb19b47 0000 0800');
  const cooked2 = hex('86dd 0000 00000005 0001 00 06 66c9eeb19b47 0000');
  it.each([
    ['Ethernet', 1, ethernet({}, packet), 'eth:ip:udp'],
    ['Linux cooked v1', 113, new Uint8Array([...cooked, ...packet]), 'sll:ip:udp'],
    ['Linux cooked v2', 276, new Uint8Array([...cooked2, ...packet6]), 'sll:ipv6:udp'],
    ['raw IP 101', 101, packet, 'raw:ip:udp'],
    ['raw IP 12', 12, packet6, 'raw:ipv6:udp'],
    ['raw IP 14', 14, packet, 'raw:ip:udp'],
    ['raw IPv4', 228, packet, 'raw:ip:udp'],
    ['raw IPv6', 229, packet6, 'raw:ipv6:udp'],
    ['loopback, big-endian', 0, new Uint8Array([0, 0, 0, 2, ...packet]), 'null:ip:udp'],
    ['loopback, little-endian macOS', 0, new Uint8Array([30, 0, 0, 0, ...packet6]), 'null:ipv6:udp'],
    ['OpenBSD loopback', 108, new Uint8Array([0, 0, 0, 24, ...packet6]), 'null:ipv6:udp'],
  ])('%s', (_, linkType, bytes, path) => {
    const walked = walkPacket(bytes, { linkType });
    expect([walked.path, walked.outcome, walked.fault]).toEqual([path, 'complete', 'none']);
  });

  it('an unknown link type is unsupported, with its number', () => {
    const { stack, outcome, path } = walkPacket(packet, { linkType: 105 });
    expect([outcome, path, stack.unsupported, stack.unsupportedSpace]).toEqual([
      'unsupported',
      '',
      105,
      NUMBER_SPACE.linkType,
    ]);
  });

  it('Netlink in a cooked capture is unsupported, whatever its protocol number', () => {
    const netlink = new Uint8Array([...hex('0004 0338 0000 0000000000000000 0800'), ...packet]);
    expect(walkPacket(netlink, { linkType: 113 }).outcome).toBe('unsupported');
  });
});

describe('between Ethernet and IP', () => {
  const packet = ipv4({}, udp({}));
  it.each([
    ['802.1Q', ethernet({ type: 0x8100 }, vlan({}, packet)), 'eth:vlan:ip:udp'],
    ['802.1ad', ethernet({ type: 0x88a8 }, vlan({ etype: 0x8100 }, vlan({}, packet))), 'eth:vlan:vlan:ip:udp'],
    ['SNAP', ethernet8023(hex('aaaa03 000000 0800'), packet), 'eth:llc:ip:udp'],
    ['LLC with the IP service access point', ethernet8023(hex('060603'), packet), 'eth:llc:ip:udp'],
  ])('%s is stepped over', (_, bytes, path) => {
    expect([walkPacket(bytes).path, walkPacket(bytes).outcome]).toEqual([path, 'complete']);
  });
});

describe('not a flow by design', () => {
  it.each([
    ['ARP', ethernet({ type: 0x0806 }, arp()), 'eth:arp'],
    ['ARP with padding', ethernet({ type: 0x0806 }, arp(), new Uint8Array(18)), 'eth:arp'],
    ['ARP in VXLAN', vxlanFrame(ethernet({ type: 0x0806 }, arp())), 'eth:ip:udp:vxlan:eth:arp'],
    ['spanning tree', ethernet8023(hex('424203 0000000000')), 'eth:llc:data'],
    ['LLDP', ethernet({ type: 0x88cc }, hex('0207040102030405')), 'eth:data'],
    ['CDP', ethernet8023(hex('aaaa03 00000c 2000 02b4')), 'eth:llc:data'],
  ])('%s', (_, bytes, path) => {
    const walked = walkPacket(bytes);
    expect([walked.path, walked.outcome, walked.fault]).toEqual([path, 'notFlow', 'none']);
  });
});

describe('what IP carries', () => {
  it.each([
    ['ICMP', 1, icmpEcho(), 'icmp', true],
    ['SCTP', 132, hex('0001 0002 00000000 00000000'), 'sctp', true],
    ['ESP', 50, hex('00000001 00000002 ffff'), 'esp', true],
    ['IGMP', 2, hex('16000000 e0000001'), 'igmp', true],
    ['OSPF', 89, hex('0201002c 01010101 00000000 0000'), 'ospf', true],
    ['an unknown protocol', 253, hex('0102'), 'data', true],
    ['an unknown protocol without a byte', 253, hex(''), '', false],
    [
      'AH around UDP',
      51,
      new Uint8Array([...hex('11040000 00000001 00000002 000000000000000000000000'), ...udp({})]),
      'ah:udp',
      true,
    ],
    ['GRE that is not followed', 47, hex('0000 880b 0102'), 'gre:data', true],
  ])('%s makes a flow', (_, proto, payload, above, hasTransport) => {
    const walked = walkPacket(ethernet({}, ipv4({ proto }, payload)));
    expect([walked.path, walked.outcome, walked.fault]).toEqual([
      above === '' ? 'eth:ip' : `eth:ip:${above}`,
      'complete',
      'none',
    ]);
    expect(walked.stack.transport >= 0).toBe(hasTransport);
  });

  it('stops at ICMP: the quoted packet is no traffic', () => {
    const quote = ipv4({ proto: 17 }, udp({}));
    const { path, stack } = walkPacket(ethernet({}, ipv4({ proto: 1 }, hex('0304 0000 00000578'), quote)));
    expect([path, stack.network]).toEqual(['eth:ip:icmp', 1]);
  });

  it('IPv6 extension headers lead to the upper layer, whose number is the flow’s', () => {
    const hopByHop = hex('3c00 0502 0000 0100'); // router alert, PadN
    const destination = hex('2b00 0104 00000000');
    const routing = hex('1102 0400 0000 0000 fd000000000000000000000000000001');
    const packet = ipv6({ nxt: 0 }, hopByHop, destination, routing, udp({}));
    const { path, stack } = walkPacket(ethernet({ type: 0x86dd }, packet));
    expect(path).toBe('eth:ipv6:ipv6.hopopts:ipv6.dstopts:ipv6.routing:udp');
    expect([stack.network, stack.transport, stack.ipProtocol]).toEqual([1, 5, 17]);
  });

  it('no next header ends an IPv6 packet', () => {
    const { path, outcome, stack } = walkPacket(
      ethernet({ type: 0x86dd }, ipv6({ nxt: 59, plen: 0 }), new Uint8Array(6)),
    );
    expect([path, outcome, stack.transport, stack.ipProtocol]).toEqual(['eth:ipv6', 'complete', -1, 59]);
  });
});

describe('IP in IP', () => {
  const inner4 = ipv4({}, udp({}));
  const inner6 = ipv6({}, udp({}));
  it.each([
    ['4 in 4', ethernet({}, ipv4({ proto: 4 }, inner4)), 'eth:ip:ip:udp'],
    ['6 in 4', ethernet({}, ipv4({ proto: 41 }, inner6)), 'eth:ip:ipv6:udp'],
    ['4 in 6', ethernet({ type: 0x86dd }, ipv6({ nxt: 4 }, inner4)), 'eth:ipv6:ip:udp'],
    ['6 in 6', ethernet({ type: 0x86dd }, ipv6({ nxt: 41 }, inner6)), 'eth:ipv6:ipv6:udp'],
  ])('%s: the tunnel is the inner header', (_, bytes, path) => {
    const { stack, ...walked } = walkPacket(bytes);
    expect([walked.path, walked.outcome, stack.tunnels, stack.tunnel[0], stack.network]).toEqual([
      path,
      'complete',
      1,
      2,
      2,
    ]);
  });
});

describe('other tunnels', () => {
  const packet = ipv4({}, udp({}));
  const frame = ethernet({}, packet);
  const over = (dstport: number, payload: Uint8Array) => ethernet({}, ipv4({}, udp({ dstport }, payload)));
  const inGre = (...parts: Uint8Array[]) => ethernet({}, ipv4({ proto: 47 }, ...parts));
  it.each([
    ['VXLAN on 8472', over(8472, vxlan({}, frame)), 'udp:vxlan:eth:ip:udp'],
    ['VXLAN-GPE with IPv4', over(4790, new Uint8Array([...hex('0c000001 00100000'), ...packet])), 'udp:vxlan:ip:udp'],
    [
      'VXLAN-GPE with Ethernet',
      over(4790, new Uint8Array([...hex('0c000003 00100000'), ...frame])),
      'udp:vxlan:eth:ip:udp',
    ],
    [
      'VXLAN-GPE without the P flag',
      over(4790, new Uint8Array([...hex('08000000 00100000'), ...frame])),
      'udp:vxlan:eth:ip:udp',
    ],
    ['Geneve', over(6081, geneve({}, frame)), 'udp:geneve:eth:ip:udp'],
    ['Geneve with options', over(6081, geneve({ options: hex('0102800100000001') }, frame)), 'udp:geneve:eth:ip:udp'],
    ['Geneve with IPv4', over(6081, geneve({ proto_type: 0x0800 }, packet)), 'udp:geneve:ip:udp'],
    ['GRE', inGre(gre({}, packet)), 'gre:ip:udp'],
    ['GRE with checksum, key and sequence', inGre(hex('b0000800 00000000 00000005 00000007'), packet), 'gre:ip:udp'],
    ['GRE with Ethernet', inGre(gre({ proto: 0x6558 }, frame)), 'gre:eth:ip:udp'],
    ['ERSPAN type I', inGre(hex('000088be'), frame), 'gre:erspan:eth:ip:udp'],
    ['ERSPAN type II', inGre(hex('100088be 00000001 1005000900000000'), frame), 'gre:erspan:eth:ip:udp'],
    ['ERSPAN type III', inGre(hex('100022eb 00000001 200500090000000000000000'), frame), 'gre:erspan:eth:ip:udp'],
    [
      'ERSPAN type III with subheader',
      inGre(hex('100022eb 00000001 200500090000000000000001 0000000000000000'), frame),
      'gre:erspan:eth:ip:udp',
    ],
  ])('%s', (_, bytes, above) => {
    const { stack, ...walked } = walkPacket(bytes);
    expect([walked.path, walked.outcome, stack.tunnels]).toEqual([`eth:ip:${above}`, 'complete', 1]);
    expect(stack.protocol[stack.tunnel[0]!]).toBe(
      above.startsWith('gre') ? PROTOCOL.gre : above.includes('geneve') ? PROTOCOL.geneve : PROTOCOL.vxlan,
    );
  });

  it('Geneve of a type that is not followed is Geneve from 0x0600 on, where EtherTypes begin', () => {
    const of = (proto_type: number): string => {
      const walked = walkPacket(over(6081, geneve({ proto_type }, new Uint8Array(8))));
      return `${walked.path} ${walked.outcome}`;
    };
    expect(of(0x0600)).toBe('eth:ip:udp:geneve:data unsupported');
    expect(of(0x05ff)).toBe('eth:ip:udp complete');
  });

  it('WireGuard is known by port and shape, and stays a UDP flow without a tunnel', () => {
    const data = new Uint8Array([4, 0, 0, 0, ...new Uint8Array(44)]);
    for (const ports of [{ dstport: 51820 }, { srcport: 51820 }]) {
      const { path, stack } = walkPacket(ethernet({}, ipv4({}, udp(ports, data))));
      expect([path, stack.transport, stack.tunnels]).toEqual(['eth:ip:udp:wg', 2, 0]);
    }
  });

  it.each([8941, 1420, 1400])('WireGuard that fills a device of MTU %i is not padded to 16 bytes', (mtu) => {
    const data = new Uint8Array([4, 0, 0, 0, ...new Uint8Array(12 + mtu + 16)]);
    expect(walkPacket(ethernet({}, ipv4({}, udp({ dstport: 51820 }, data)))).path).toBe('eth:ip:udp:wg');
  });

  it.each([
    ['less than a keepalive', new Uint8Array([4, 0, 0, 0, ...new Uint8Array(27)])],
    ['a wrong size', new Uint8Array([1, 0, 0, 0, ...new Uint8Array(40)])],
    ['an unknown type', new Uint8Array([5, 0, 0, 0, ...new Uint8Array(44)])],
    ['reserved bytes', new Uint8Array([4, 0, 0, 1, ...new Uint8Array(44)])],
  ])('WireGuard with %s is plain UDP', (_, payload) => {
    expect(walkPacket(ethernet({}, ipv4({}, udp({ dstport: 51820 }, payload)))).path).toBe('eth:ip:udp');
  });
});

describe('ends', () => {
  it('Ethernet padding is not payload', () => {
    const { stack, start } = walkPacket(ethernet({}, ipv4({}, udp({})), new Uint8Array(18)));
    expect([...stack.end.subarray(0, 3)].map((end) => end - start)).toEqual([60, 42, 42]);
  });

  it('a UDP length of 0 is a notice without a need where a length could be said, and none beyond 65535 bytes', () => {
    const zero = walkPacket(ethernet({}, ipv4({}, udp({ length: 0 }, new Uint8Array(20)))));
    expect([zero.path, zero.fault, zero.where]).toEqual([
      'eth:ip:udp',
      'udp-length-zero',
      'need 0 have 28 at 34 (ip.len)',
    ]);
    const jumbo = (payload: number): string =>
      walkPacket(ethernet({}, ipv4({ len: 0 }, udp({ length: 0 }, new Uint8Array(payload))))).fault;
    expect(jumbo(0xffff - 8)).toBe('udp-length-zero');
    expect(jumbo(0xffff - 7)).toBe('none');
  });

  it('a UDP length less than the IP packet ends the payload', () => {
    const { stack, start } = walkPacket(ethernet({}, ipv4({}, udp({ length: 12 }, new Uint8Array(20)))));
    expect(stack.end[2]! - start).toBe(14 + 20 + 12);
  });

  it('an IPv4 total length of 0 (segmentation offload) reaches to the end of the frame', () => {
    const { stack, start, ...walked } = walkPacket(
      ethernet({}, ipv4({ len: 0, proto: 6 }, tcp({}, new Uint8Array(100)))),
    );
    expect([walked.path, walked.fault, stack.end[2]! - start]).toEqual(['eth:ip:tcp', 'none', 14 + 20 + 20 + 100]);
  });

  it('an IPv6 payload length of 0 (BIG TCP, jumbogram) reaches to the end of the frame', () => {
    const { stack, start, path } = walkPacket(
      ethernet({ type: 0x86dd }, ipv6({ plen: 0, nxt: 6 }, tcp({}, new Uint8Array(9)))),
    );
    expect([path, stack.end[2]! - start]).toEqual(['eth:ipv6:tcp', 14 + 40 + 20 + 9]);
  });
});
