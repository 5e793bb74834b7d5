// What explain is made of besides the view: quoted packets, pieces of a frame, remarks, and two packets compared.
import { describe, expect, it } from 'vitest';
import { compareLayers } from '../../src/decode/compare.ts';
import { LayerStack } from '../../src/decode/layer-stack.ts';
import { walkQuoted } from '../../src/decode/quoted.ts';
import { frameRegions } from '../../src/decode/regions.ts';
import { remarks } from '../../src/decode/remarks.ts';
import { protocolPath } from '../../src/decode/view/fault-view.ts';
import { viewPacket } from '../../src/decode/view/packet-view.ts';
import { walkPorts } from '../../src/decode/walk-ports.ts';
import {
  checksum,
  ethernet,
  hex,
  icmpEcho,
  ipv4,
  ipv6,
  tcp,
  udp,
  vxlan,
  vxlanFrame,
} from '../support/packet-builder.ts';
import { type WalkOptions, walkPacket } from '../support/walk-packet.ts';

const PORTS = walkPorts();
const over4 = (proto: number, ...payload: Uint8Array[]) => ethernet({}, ipv4({ proto }, ...payload));

function view(packet: Uint8Array, options: WalkOptions = {}) {
  const { bytes, start, stack } = walkPacket(packet, options);
  return viewPacket(bytes, start, stack, PORTS);
}

describe('walkQuoted', () => {
  const quoted = new LayerStack();

  it('finds the packet that an ICMP error quotes, cut as routers cut it', () => {
    const error = over4(
      1,
      hex('0304 0000 0000 0596'),
      ipv4({ proto: 6, len: 1500, src: '10.48.0.1' }, tcp({}).subarray(0, 8)),
    );
    const { bytes, stack } = walkPacket(error);
    expect(walkQuoted(bytes, stack, quoted, PORTS)).toBe(true);
    expect([protocolPath(quoted), quoted.portsAt - quoted.start[0]!, quoted.ipProtocol]).toEqual(['raw:ip', 20, 6]);
  });

  it('and what an ICMPv6 error quotes', () => {
    const error = ethernet({ type: 0x86dd }, ipv6({ nxt: 58 }, hex('0200 0000 0000 0596'), ipv6({}, udp({}))));
    const { bytes, stack } = walkPacket(error);
    expect(walkQuoted(bytes, stack, quoted, PORTS)).toBe(true);
    expect(protocolPath(quoted)).toBe('raw:ipv6:udp');
  });

  it.each([
    ['an echo quotes nothing', over4(1, icmpEcho({}, hex('4500')))],
    ['an error without a quote', over4(1, hex('0303 0000 0000 0000'))],
    ['another packet', over4(17, udp({}))],
    ['bytes that are no packet', over4(1, hex('0303 0000 0000 0000 00010203'))],
  ])('%s', (_, packet) => {
    const { bytes, stack } = walkPacket(packet);
    expect(walkQuoted(bytes, stack, quoted, PORTS)).toBe(false);
  });
});

describe('frameRegions', () => {
  it('tiles the frame: headers, payload, trailer', () => {
    const frame = new Uint8Array([...over4(17, udp({}, hex('0102'))), ...new Uint8Array(16)]);
    expect(frameRegions(view(frame), 60, 60)).toEqual([
      { kind: 'header', layer: 0, offset: 0, length: 14 },
      { kind: 'header', layer: 1, offset: 14, length: 20 },
      { kind: 'header', layer: 2, offset: 34, length: 8 },
      { kind: 'payload', layer: 2, offset: 42, length: 2 },
      { kind: 'trailer', layer: null, offset: 44, length: 16 },
    ]);
  });

  it('shows what the capture cut off', () => {
    const frame = vxlanFrame(over4(6, tcp({}, new Uint8Array(1000))));
    const regions = frameRegions(view(frame.subarray(0, 96), { original: frame.length }), 96, frame.length);
    expect(regions.slice(-2)).toEqual([
      { kind: 'payload', layer: 5, offset: 84, length: 12 },
      { kind: 'cut', layer: null, offset: 96, length: frame.length - 96 },
    ]);
    expect(regions.reduce((sum, region) => sum + region.length, 0)).toBe(frame.length);
  });

  it('gives unknown bytes as payload of the data layer', () => {
    expect(frameRegions(view(over4(253, hex('010203'))), 37, 37).at(-1)).toEqual({
      kind: 'payload',
      layer: 2,
      offset: 34,
      length: 3,
    });
  });
});

describe('remarks', () => {
  function codes(packet: Uint8Array, options: WalkOptions = {}): string[] {
    const { bytes, start, stack } = walkPacket(packet, options);
    const lengths = { start, captured: packet.length, original: options.original ?? packet.length };
    return remarks(bytes, stack, lengths).map(({ code, layer }) => `${code} ${layer}`);
  }

  const echo = icmpEcho();
  const good = new Uint8Array([
    ...echo.subarray(0, 2),
    ...hex(checksum(echo).toString(16).padStart(4, '0')),
    ...echo.subarray(4),
  ]);

  it.each([
    ['nothing unusual', over4(1, good), {}, []],
    ['cut by the snaplen', over4(1, good, new Uint8Array(50)).subarray(0, 60), { original: 92 }, ['cut-by-snaplen 0']],
    ['a super-frame', over4(1, good), { original: 65000 }, ['cut-by-snaplen 0', 'super-frame 0']],
    ['padding', new Uint8Array([...over4(1, good), ...new Uint8Array(18)]), {}, ['trailing-bytes 0']],
    ['don’t fragment', ethernet({}, ipv4({ proto: 1, 'flags.df': true }, good)), {}, ['dont-fragment 1']],
    [
      'congestion and a low TTL',
      ethernet({}, ipv4({ proto: 1, 'dsfield.ecn': 3, ttl: 1 }, good)),
      {},
      ['congestion-experienced 1', 'ttl-low 1'],
    ],
    ['a first fragment', ethernet({}, ipv4({ proto: 1, 'flags.mf': true }, good)), {}, ['fragment-first 1']],
    ['a later fragment', ethernet({}, ipv4({ proto: 1, frag_offset: 1 }, good)), {}, ['fragment-later 1']],
    ['no UDP checksum', over4(17, udp({})), {}, ['checksum-zero 2']],
    ['none where one is needed', ethernet({ type: 0x86dd }, ipv6({}, udp({}))), {}, ['checksum-wrong 2']],
    ['a wrong one', over4(1, echo), {}, ['checksum-wrong 2']],
    [
      'reserved bits of VXLAN',
      over4(17, udp({ dstport: 4789 }, vxlan({ reserved1: 1 }, over4(1, good)))),
      {},
      ['checksum-zero 2', 'reserved-bits 3'],
    ],
  ] as const)('%s', (_, packet, options, expected) => {
    expect(codes(packet, options)).toEqual(expected);
  });
});

describe('compareLayers', () => {
  const packet = (ttl: number) => ipv4({ proto: 6, ttl, src: '10.48.0.1', dst: '10.48.0.2' }, tcp({}));

  it('matches a plain packet with the inside of the encapsulated one', () => {
    const plain = view(ethernet({ src: '02:00:00:00:00:01' }, packet(64)));
    const tunnelled = view(vxlanFrame(ethernet({}, packet(63))));
    const pairs = compareLayers(plain, tunnelled);
    expect(
      pairs.map(({ left, right }) => `${left?.offset ?? '-'} ${right?.offset ?? '-'} ${(left ?? right)?.protocol}`),
    ).toEqual(['- 0 eth', '- 14 ip', '- 34 udp', '- 42 vxlan', '0 50 eth', '14 64 ip', '34 84 tcp']);
    const changed = pairs.flatMap((pair) =>
      pair.differences.map(({ name, left, right }) => `${name} ${left?.text} ${right?.text}`),
    );
    expect(changed.filter((text) => !text.startsWith('ip.checksum'))).toEqual([
      'eth.src 02:00:00:00:00:01 02:00:00:00:00:0a',
      'ip.ttl 64 63',
    ]);
  });

  it('lists what only one side has, layers and options', () => {
    const left = view(ethernet({}, ipv4({ proto: 6 }, tcp({ options: hex('020422cf') }))));
    const right = view(ethernet({ type: 0x0806 }, new Uint8Array(28)));
    expect(compareLayers(left, right).map(({ left: a, right: b }) => [a?.protocol, b?.protocol])).toEqual([
      ['eth', 'eth'],
      [undefined, 'arp'],
      ['ip', undefined],
      ['tcp', undefined],
    ]);
    const [, , pair] = compareLayers(left, view(ethernet({}, ipv4({ proto: 6 }, tcp({})))));
    expect(pair!.differences.map(({ name, right: other }) => [name, other?.text])).toEqual([
      ['tcp.hdr_len', '20'],
      ['tcp.option_kind', undefined],
      ['tcp.option_len', undefined],
      ['tcp.options.mss_val', undefined],
    ]);
  });
});
