// `decode -o json`: the keys of docs/decode.md, on every line.
import { describe, expect, it } from 'vitest';
import { decodeText, walkedPacket } from '../../support/decode-text.ts';
import { HOSTILE, harmfulCharacters } from '../../support/hostile.ts';
import { ethernet, ipv4, tcp, udp, vxlanFrame } from '../../support/packet-builder.ts';

interface Line {
  layers: { protocol: string; offset: number; length: number; fields: Record<string, unknown>; cut?: boolean }[];
  faults: { code: string }[];
  [key: string]: unknown;
}

function jsonOf(data: Uint8Array, look: Parameters<typeof decodeText>[1] = {}, original = data.length): Line {
  const text = decodeText([walkedPacket({ data, original, number: 7 })], { output: 'json', ...look });
  expect(text.endsWith('\n')).toBe(true);
  expect(text.trimEnd()).not.toContain('\n');
  return JSON.parse(text) as Line;
}

describe('-o json', () => {
  it('is one object a line with all its keys', () => {
    const data = vxlanFrame(ethernet({}, ipv4({ proto: 6 }, tcp({ 'flags.syn': true }))));
    const { layers, ...rest } = jsonOf(data, { timeText: () => '2026-11-22T08:29:52.544526Z' });
    expect(rest).toEqual({
      capture: 0,
      number: 7,
      time: '2026-11-22T08:29:52.544526Z',
      captured: 104,
      original: 104,
      outcome: 'complete',
      faults: [],
      unsupported: null,
      path: 'a.pcap',
      interface: null,
    });
    expect(layers.map(({ protocol, offset, length }) => [protocol, offset, length])).toEqual([
      ['eth', 0, 14],
      ['ip', 14, 20],
      ['udp', 34, 8],
      ['vxlan', 42, 8],
      ['eth', 50, 14],
      ['ip', 64, 20],
      ['tcp', 84, 20],
    ]);
    expect(layers[3]?.fields).toMatchObject({ 'vxlan.vni': 4096, 'vxlan.flag_i': true });
    expect(layers[5]?.fields).toMatchObject({ 'ip.src': '10.0.0.1', 'ip.id': 0, 'ip.flags.df': false });
    expect(layers[6]?.fields).toMatchObject({ 'tcp.srcport': 40000, 'tcp.flags.syn': true });
  });

  it('judges checksums beside their layer', () => {
    const layers = jsonOf(ethernet({}, ipv4({}, udp({ checksum: 0 })))).layers as unknown as { checksum?: string }[];
    expect(layers.map(({ checksum }) => checksum)).toEqual([undefined, 'valid', 'zero-allowed']);
  });

  it('names addresses where a snapshot does, and carries hostile names unharmed and harmless', () => {
    const name = `shop/cart${HOSTILE}`;
    const names = (address: string): string | null => (address === '10.0.0.1' ? name : null);
    const packet = walkedPacket({ data: ethernet({}, ipv4({}, udp({}))) });
    const text = decodeText([packet], { output: 'json', names });
    expect(harmfulCharacters(text)).toEqual([]);
    const { layers } = JSON.parse(text) as { layers: { names?: Record<string, string> }[] };
    expect(layers.map((layer) => layer.names)).toEqual([undefined, { 'ip.src': name }, undefined]);
  });

  it('shows the fields that are there of a header that is cut off', () => {
    const whole = ethernet({}, ipv4({ proto: 6 }, tcp({ srcport: 35624 })));
    const { layers, faults, outcome } = jsonOf(whole.subarray(0, 40), {}, whole.length);
    expect(outcome).toBe('faulty');
    expect(faults.map((fault) => fault.code)).toEqual(['tcp-truncated']);
    expect(layers.at(-1)).toEqual({
      protocol: 'tcp',
      offset: 34,
      length: 6,
      fields: { 'tcp.srcport': 35624, 'tcp.dstport': 80 },
      cut: true,
    });
  });

  it('says what is not supported', () => {
    const { outcome, unsupported } = jsonOf(ethernet({ type: 0x894f }, new Uint8Array(8)));
    expect([outcome, unsupported]).toEqual(['unsupported', 'EtherType 0x894f (NSH)']);
  });
});
