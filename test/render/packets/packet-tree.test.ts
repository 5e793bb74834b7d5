// Every field of every header with its meaning, and what is to be thought of checksums.
import { describe, expect, it } from 'vitest';
import { IPV4 } from '../../../src/wire/ipv4.ts';
import { joinBytes } from '../../support/capture-builder.ts';
import { decodeText, walkedPacket } from '../../support/decode-text.ts';
import { HOSTILE, harmfulCharacters } from '../../support/hostile.ts';
import { checksum, encodeField, ethernet, hex, ipv4, tcp, udp, vxlanFrame } from '../../support/packet-builder.ts';

function treeOf(data: Uint8Array, look: Parameters<typeof decodeText>[1] = {}, original = data.length): string {
  return decodeText([walkedPacket({ data, original })], { verbose: true, ...look });
}

/** `label` -> value and meaning, of the first line with that label. */
function fieldOf(tree: string, label: string): string | undefined {
  const line = tree.split('\n').find((text) => text.trim().startsWith(`${label}  `));
  return line?.trim().slice(label.length).trim().replaceAll(/ {2,}/g, '  ');
}

describe('the tree', () => {
  const tree = treeOf(
    vxlanFrame(ethernet({}, ipv4({ proto: 6 }, tcp({ dstport: 443, options: hex('02 04 05 b4 01') })))),
  );

  it('has every layer with its place', () => {
    const titles = tree
      .split('\n')
      .slice(1)
      .filter((line) => /^ {4}\S/.test(line));
    expect(titles.map((line) => line.trim())).toEqual([
      'Frame  112 bytes',
      'Ethernet  bytes 0-13',
      'IPv4  bytes 14-33',
      'UDP  bytes 34-41',
      'VXLAN  bytes 42-49',
      'Ethernet  bytes 50-63',
      'IPv4  bytes 64-83',
      'TCP  bytes 84-111',
    ]);
  });

  it('says what values mean: protocols, ports, flags', () => {
    expect(fieldOf(tree, 'Type')).toBe('0x0800  IPv4');
    expect(fieldOf(tree, 'Protocol')).toBe('17  UDP');
    expect(tree).toMatch(/Destination port +443 +HTTPS/);
    expect(tree).toMatch(/ {8}VNI is valid \(I\) +yes/);
  });

  it('shows options one by one, their fields deeper', () => {
    expect(tree).toMatch(
      /\n {6}Option +2 +maximum segment size\n {8}Option length +4\n {8}Maximum segment size +1460\n/,
    );
    expect(tree).toMatch(/\n {6}Option +1 +no operation\n/);
  });

  it('leaves out reserved bits that are zero, and shows them when they are not', () => {
    const odd = vxlanFrame(ethernet({}, ipv4({}, udp({}))));
    expect(treeOf(odd)).not.toMatch(/Reserved +0x0\n/);
    odd[42] = odd[42]! | 0x70;
    expect(treeOf(odd)).toMatch(/Reserved +0x7\n/);
  });

  it('names addresses by the snapshot, harmlessly', () => {
    const named = treeOf(ethernet({}, ipv4({}, udp({}))), {
      names: (address) => (address === '10.0.0.1' ? `shop/cart${HOSTILE}` : null),
      macNames: (mac) => (mac === '02:00:00:00:00:0a' ? "control1's NIC" : null),
    });
    expect(fieldOf(named, 'Source')).toBe("02:00:00:00:00:0a  control1's NIC");
    expect(named).toMatch(/Source address +10\.0\.0\.1 +shop\/cart/);
    expect(harmfulCharacters(named)).toEqual([]);
  });

  it('says what stands behind the headers', () => {
    const padded = joinBytes([ethernet({}, ipv4({}, udp({}, hex('0102')))), new Uint8Array(6)]);
    expect(treeOf(padded)).toContain('Payload  bytes 42-43, 2 bytes');
    expect(treeOf(padded)).toContain('Trailer  bytes 44-49, behind the packet');
  });

  it('shows what there is of a header that is cut off, and what is missing', () => {
    const whole = ethernet({}, ipv4({ proto: 6 }, tcp({ srcport: 35624 })));
    const cut = treeOf(whole.subarray(0, 40), {}, whole.length);
    expect(cut).toContain('54 bytes on the wire, 40 captured');
    expect(cut).toContain('TCP  bytes 34-39, cut off');
    expect(fieldOf(cut, 'Source port')).toBe('35624');
    expect(fieldOf(cut, 'Sequence number')).toBeUndefined();
    expect(cut).toMatch(
      /tcp-truncated {2}the TCP header is cut off: needs 20 bytes, has 6 .*at byte 34 \(RFC 9293 §3\.1\)/,
    );
  });

  it('keeps to the width of a terminal, the rest under the value', () => {
    for (const line of treeOf(vxlanFrame(ethernet({}, ipv4({}, udp({})))), { width: 60 }).split('\n')) {
      expect(line.length).toBeLessThanOrEqual(60);
    }
  });
});

describe('checksums', () => {
  const datagram = (values: Parameters<typeof udp>[0]): Uint8Array => ethernet({}, ipv4({}, udp(values, hex('0102'))));
  const udpSum = (data: Uint8Array): number => {
    const pseudo = joinBytes([data.subarray(26, 34), Uint8Array.of(0, 17, 0, 10), data.subarray(34)]);
    return checksum(pseudo);
  };
  const right = udpSum(datagram({}));

  it.each<[string, Uint8Array, RegExp]>([
    ['valid', datagram({ checksum: right }), /Checksum +0x\w{4} +valid/],
    [
      'zero and allowed',
      datagram({ checksum: 0 }),
      /Checksum +0x0000 +zero and allowed: none was computed, as RFC 768 allows/,
    ],
    ['wrong', datagram({ checksum: right ^ 1 }), /Checksum +0x\w{4} +wrong: .*, should be 0x\w{4}/],
    ['unfinished', datagram({ checksum: 0xffff - udpPseudo() }), /Checksum +0x\w{4} +unfinished: left to the NIC/],
  ])('are %s', (_state, data, line) => {
    expect(treeOf(data)).toMatch(line);
  });

  it('cannot be checked when bytes are missing', () => {
    const data = datagram({ checksum: right });
    expect(treeOf(data.subarray(0, 43), {}, data.length)).toMatch(
      /Checksum +0x\w{4} +not checkable: bytes are missing/,
    );
  });

  it('of IPv4 are judged by themselves', () => {
    const data = datagram({});
    expect(treeOf(data)).toMatch(/Header checksum +0x\w{4} +valid/);
    encodeField(data.subarray(14), IPV4.ttl, 1);
    expect(treeOf(data)).toMatch(/Header checksum +0x\w{4} +wrong/);
  });
});

/** The complement of what offload leaves for 10.0.0.1 to 10.0.0.2, UDP, 10 bytes: the sum of the pseudo header. */
function udpPseudo(): number {
  return checksum(hex('0a000001 0a000002 0011 000a'));
}
