import { describe, expect, it } from 'vitest';
import { contentKind, describeContent } from '../../src/bytes/sniff.ts';
import { linkTypeName, linkTypeOf } from '../../src/capture/link-type.ts';

const text = (content: string) => new TextEncoder().encode(content);

describe('contentKind', () => {
  it('goes by the first bytes', () => {
    const kinds = [
      [[0xa1, 0xb2, 0xc3, 0xd4], 'pcap'],
      [[0xd4, 0xc3, 0xb2, 0xa1], 'pcap'],
      [[0xa1, 0xb2, 0x3c, 0x4d], 'pcap'],
      [[0x4d, 0x3c, 0xb2, 0xa1], 'pcap'],
      [[0xa1, 0xb2, 0xcd, 0x34], 'pcap'],
      [[0x34, 0xcd, 0xb2, 0xa1], 'pcap'],
      [[0x0a, 0x0d, 0x0d, 0x0a], 'pcapng'],
      [[0x1f, 0x8b, 8, 0], 'gzip'],
      [[0x1f, 0x8b], 'gzip'],
      [[0x28, 0xb5, 0x2f, 0xfd], 'zstd'],
      [[0x50, 0x2a, 0x4d, 0x18], 'zstd'],
      [[0x5f, 0x2a, 0x4d, 0x18], 'zstd'],
      [[0x60, 0x2a, 0x4d, 0x18], 'other'],
      [[0xa1, 0xb2, 0xc3], 'other'],
      [[], 'other'],
    ] as const;
    for (const [bytes, kind] of kinds) expect(contentKind(Uint8Array.from(bytes)), String(bytes)).toBe(kind);
  });
});

describe('describeContent', () => {
  it('names what is given instead of a capture', () => {
    const looks = [
      ['kind: Pod\nmetadata:\n  name: web\n', 'YAML'],
      ['- apiVersion: projectcalico.org/v3\n', 'YAML'],
      ['# pools of the lab\n---\napiVersion: v1\n', 'YAML'],
      ['[{"kind":"Pod"}]', 'JSON'],
      ['  {}', 'JSON'],
      ['NAME      STATUS   ROLES\ncontrol1  Ready', 'a table that kubectl prints'],
      ['10.48.0.206 dev vxlan.calico lladdr 66:14:9d:f4:2c:1f PERMANENT', 'what ip route or ip neigh prints'],
      ['blackhole 10.48.0.128/26 proto 80', 'what ip route or ip neigh prints'],
      [
        '08:29:50.212345 vxlan.calico Out IP 10.48.0.130 > 10.48.0.200: ICMP echo request',
        'what tcpdump prints, not the packets',
      ],
      [
        '2026-11-22 08:29:50.212345 IP6 fe80::1 > ff02::1: ICMP6, router advertisement',
        'what tcpdump prints, not the packets',
      ],
      ['hello', 'text'],
      ['r\u00e9sum\u00e9', 'text'],
    ] as const;
    for (const [content, name] of looks) expect(describeContent(text(content)).looks, content).toBe(name);
    expect(describeContent(Uint8Array.of(0xff, 0xfe, 0x61, 0x00)).looks).toBe('text');
    expect(describeContent(Uint8Array.of(1, 2, 3, 4)).looks).toBeNull();
  });
});

describe('link types', () => {
  it('have names for messages, known or not', () => {
    expect([1, 113, 276, 101, 12, 127, 163].map(linkTypeName)).toEqual([
      'Ethernet',
      'Linux cooked v1',
      'Linux cooked v2',
      'raw IP',
      'raw IP',
      'IEEE 802.11 with radiotap',
      'link type 163',
    ]);
  });

  it('are the lower 16 bits of the header field', () => {
    expect([0x00000001, 0x40000001, 0x04000114, 0x02000071].map(linkTypeOf)).toEqual([1, 1, 276, 113]);
  });
});
