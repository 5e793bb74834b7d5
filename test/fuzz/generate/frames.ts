// Stacks of headers, of which each announces the next one, or something else: the walk goes deep, and then wrong.
import fc from 'fast-check';
import { joinBytes } from '../../support/capture-builder.ts';
import * as build from '../../support/packet-builder.ts';

type LayerName = keyof typeof FOLLOWS;

/** What may stand in what; a name that occurs twice is more likely. */
const FOLLOWS = {
  eth: ['ip4', 'ip4', 'ip4', 'ip6', 'vlan', 'mpls', 'pppoe', 'arp', 'data'],
  vlan: ['ip4', 'ip6', 'vlan', 'mpls', 'pppoe', 'arp'],
  mpls: ['mpls', 'ip4', 'ip6', 'word', 'data'],
  word: ['eth'],
  pppoe: ['ip4', 'ip6', 'mpls', 'data'],
  ip4: ['udp', 'udp', 'tcp', 'tcp', 'icmp', 'gre', 'ip4', 'ip6', 'sctp', 'data'],
  ip6: ['udp', 'tcp', 'icmp6', 'gre', 'ip4', 'ip6', 'hop', 'frag', 'data'],
  hop: ['frag', 'hop', 'udp', 'tcp', 'icmp6'],
  frag: ['udp', 'tcp', 'hop', 'data'],
  udp: ['vxlan', 'vxlan', 'vxlan', 'geneve', 'wg', 'data'],
  vxlan: ['eth', 'eth', 'eth', 'data'],
  geneve: ['eth', 'ip4', 'data'],
  gre: ['ip4', 'ip6', 'eth', 'erspan', 'data'],
  erspan: ['eth'],
  icmp: ['ip4', 'data'],
  icmp6: ['ip6', 'data'],
  tcp: ['data'],
  sctp: ['data'],
  arp: ['data'],
  wg: ['data'],
  data: [],
} as const;

const ETHERTYPE: Partial<Record<LayerName, number>> = {
  ...{ ip4: 0x0800, ip6: 0x86dd, vlan: 0x8100, mpls: 0x8847, pppoe: 0x8864, arp: 0x0806, eth: 0x6558, erspan: 0x88be },
};
const IP_PROTOCOL: Partial<Record<LayerName, number>> = {
  ...{ udp: 17, tcp: 6, icmp: 1, icmp6: 58, gre: 47, ip4: 4, ip6: 41, sctp: 132, hop: 0, frag: 44 },
};
const UDP_PORT: Partial<Record<LayerName, number>> = { vxlan: 4789, geneve: 6081, wg: 51820, data: 53 };

/** Numbers that decide a header: from a small set, so that two packets are of one flow now and then. */
interface Choices {
  hosts: [number, number];
  port: number;
  /** Forged fields, by their place in the stack; -1 forges nothing. */
  forged: number;
  value: number;
  options: Uint8Array;
}

const CHOICES: fc.Arbitrary<Choices> = fc.record({
  hosts: fc.tuple(fc.nat(3), fc.nat(3)),
  port: fc.constantFrom(80, 53, 5201, 40000, 4789),
  forged: fc.integer({ min: -8, max: 8 }),
  value: fc.oneof(fc.nat(64), fc.nat(0xffff)),
  options: fc.uint8Array({ maxLength: 12 }),
});

/** Link types that a stack can begin with, and its first layer there. */
const LINKS: readonly [linkType: number, first: LayerName, head: number][] = [
  [1, 'eth', 0],
  [1, 'eth', 0],
  [1, 'eth', 0],
  [101, 'ip4', 0],
  [12, 'ip6', 0],
  [228, 'ip4', 0],
  [229, 'ip6', 0],
  [113, 'ip4', 16],
  [276, 'ip4', 20],
  [0, 'ip4', 4],
  [108, 'ip6', 4],
];

export interface GeneratedFrame {
  data: Uint8Array;
  original: number;
}

/** Frames of one link type. */
export function frames(maxLength: number): fc.Arbitrary<{ linkType: number; frames: GeneratedFrame[] }> {
  return fc
    .tuple(fc.constantFrom(...LINKS), fc.array(fc.tuple(STEPS, CHOICES, ENDS), { minLength: 1, maxLength }))
    .map(([[linkType, first, head], built]) => ({
      linkType,
      frames: built.map(([steps, choices, end]) => ended(linkHead(linkType, first, head), steps, choices, first, end)),
    }));
}

/** Which of the possible followers is taken, layer by layer. */
const STEPS = fc.array(fc.nat(99), { maxLength: 18 });
/** Payload, bytes cut off at the end, bytes that the original had more, single bytes changed. */
const ENDS = fc.tuple(
  fc.uint8Array({ maxLength: 40 }),
  fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(120)),
  fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(70_000)),
  fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { maxLength: 3 }),
);

function ended(
  link: Uint8Array,
  steps: readonly number[],
  choices: Choices,
  first: LayerName,
  [payload, cut, more, changes]: [Uint8Array, number, number, [number, number][]],
): GeneratedFrame {
  const names = stack(first, steps);
  let inner = payload;
  for (let i = names.length - 1; i >= 0; i--)
    inner = wrap(names[i] ?? 'data', names[i + 1] ?? 'data', inner, choices, i);
  const whole = joinBytes([link, inner]);
  for (const [at, value] of changes) if (whole.length > 0 && cut > 60) whole[at % whole.length] = value;
  const data = whole.subarray(0, Math.max(0, whole.length - cut));
  return { data, original: data.length + cut + more };
}

function stack(first: LayerName, steps: readonly number[]): LayerName[] {
  const names: LayerName[] = [first];
  for (const step of steps) {
    const follows: readonly LayerName[] = FOLLOWS[names.at(-1) ?? 'data'];
    const next = follows[step % Math.max(1, follows.length)];
    if (next === undefined) break;
    names.push(next);
  }
  return names;
}

/** Linux cooked and BSD loopback headers before the first layer. */
function linkHead(linkType: number, first: LayerName, length: number): Uint8Array {
  const head = new Uint8Array(length);
  const view = new DataView(head.buffer);
  const etherType = ETHERTYPE[first] ?? 0;
  if (linkType === 113) view.setUint16(14, etherType);
  if (linkType === 276) view.setUint16(0, etherType);
  if (linkType === 0) view.setUint32(0, 2, true);
  if (linkType === 108) view.setUint32(0, 24);
  return head;
}

/** Around `inner`, which is `next`. */
function wrap(name: LayerName, next: LayerName, inner: Uint8Array, choices: Choices, place: number): Uint8Array {
  const { hosts, port, value, options } = choices;
  const forged = choices.forged === place;
  const [from, to] = [hosts[place & 1] ?? 0, (hosts[(place + 1) & 1] ?? 0) + 4];
  const net = place < 4 ? '10.0.1' : '10.48.0';
  const etherType = forged ? value : (ETHERTYPE[next] ?? 0x9999);
  const protocol = forged ? value & 255 : (IP_PROTOCOL[next] ?? 253);
  const six = options.length > 4 ? build.ipv6Bytes(from + 1) : build.ipv6Bytes(to);
  switch (name) {
    case 'eth':
      return build.ethernet({ type: etherType }, inner);
    case 'vlan':
      return build.vlan({ etype: etherType }, inner);
    case 'mpls':
      return build.mpls({ bottom: next !== 'mpls' }, inner);
    case 'word':
    case 'erspan':
      return joinBytes([new Uint8Array(name === 'word' ? 4 : 8), inner]);
    case 'pppoe':
      return build.pppoe({ protocol: next === 'ip4' ? 0x21 : next === 'ip6' ? 0x57 : value }, inner);
    case 'ip4': {
      const piece = forged ? { 'flags.mf': (value & 1) === 1, frag_offset: value & 0x1fff } : {};
      const length = forged && value < 200 ? { len: value } : {};
      const ends = { src: `${net}.${from + 20}`, dst: `${net}.${to + 20}` };
      return build.ipv4({ ...ends, proto: protocol, id: value & 7, options, ...piece, ...length }, inner);
    }
    case 'ip6':
      return build.ipv6({ nxt: protocol, src: six, ...(forged ? { plen: value } : {}) }, inner);
    case 'hop':
      return joinBytes([Uint8Array.of(protocol, forged ? value & 7 : 0, 1, 4, 0, 0, 0, 0), inner]);
    case 'frag':
      return joinBytes([Uint8Array.of(protocol, 0, 0, forged ? value & 255 : 0, 0, 0, 0, value & 7), inner]);
    case 'udp':
      return build.udp({ srcport: port, dstport: UDP_PORT[next] ?? 9, ...(forged ? { length: value } : {}) }, inner);
    case 'vxlan':
      return build.vxlan({ vni: forged ? value : 4096, flag_i: !forged || value > 30 }, inner);
    case 'geneve':
      return build.geneve({ proto_type: etherType, options: new Uint8Array(options.length & 12) }, inner);
    case 'gre':
      return build.gre({ proto: etherType, ...(forged ? { 'flags.key': true } : {}) }, inner);
    case 'icmp':
      return joinBytes([Uint8Array.of(next === 'ip4' ? 3 : 8, value & 15, 0, 0, 0, 7, 0, 1), inner]);
    case 'icmp6':
      return joinBytes([Uint8Array.of(next === 'ip6' ? 1 : 128, 0, 0, 0, 0, 7, 0, 1), inner]);
    case 'tcp':
      return build.tcp({ srcport: 40000, dstport: port, options, ...(forged ? { hdr_len: value & 15 } : {}) }, inner);
    case 'sctp':
      return joinBytes([Uint8Array.of(0, 7, 0, port & 255, 0, 0, 0, 0, 0, 0, 0, 0), inner]);
    case 'arp':
      return joinBytes([build.arp({ 'src.proto_ipv4': `${net}.${from + 20}` }), inner]);
    case 'wg':
      return joinBytes([Uint8Array.of(forged ? value & 255 : 4, 0, 0, 0), new Uint8Array(28), inner]);
    case 'data':
      return inner;
  }
}
