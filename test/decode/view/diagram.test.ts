// Bit diagrams against figures typed by hand from the RFCs, not against the program's own output.
import { describe, expect, it } from 'vitest';
import { bitDiagram } from '../../../src/decode/view/diagram.ts';
import { CATALOG } from '../../../src/wire/catalog.ts';
import { ETHERNET } from '../../../src/wire/ethernet.ts';
import { IPV4 } from '../../../src/wire/ipv4.ts';
import { IPV6 } from '../../../src/wire/ipv6.ts';
import { LLC } from '../../../src/wire/llc.ts';
import { TCP } from '../../../src/wire/tcp.ts';
import { VXLAN } from '../../../src/wire/vxlan.ts';
import { WIREGUARD_INITIATION } from '../../../src/wire/wireguard.ts';
import { hex, tiles } from '../../support/packet-builder.ts';

describe('bitDiagram', () => {
  it('draws IPv4 as RFC 791 figure 4 does, with today’s names', () => {
    expect(figure(bitDiagram(IPV4))).toBe(`
 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|Version|  IHL  |   DSCP    |ECN|         Total length          |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|        Identification         |R|D|M|Fragment offset (8 bytes)|
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
| Time to live  |   Protocol    |        Header checksum        |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                        Source address                         |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                      Destination address                      |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+`);
  });

  it('draws IPv6 as RFC 8200 §3 does: an address is one box of four rows', () => {
    expect(figure(bitDiagram(IPV6))).toBe(`
 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|Version|   DSCP    |ECN|              Flow label               |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|        Payload length         |  Next header  |   Hop limit   |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                                                               |
+                                                               +
|                        Source address                         |
+                                                               +
|                                                               |
+                                                               +
|                                                               |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                                                               |
+                                                               +
|                      Destination address                      |
+                                                               +
|                                                               |
+                                                               +
|                                                               |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+`);
  });

  it('draws TCP’s flags as one letter each (RFC 9293 figure 1, RFC 9768)', () => {
    expect(bitDiagram(TCP)[9]).toBe('|hdr_len| res |A|C|E|U|A|P|R|S|F|            Window             |');
  });

  it('writes values under the labels: the VXLAN header of RFC 7348 §5 with VNI 4096', () => {
    expect(figure(bitDiagram(VXLAN, { bytes: hex('ffff 0800 0000 0010 0000'), at: 2 }))).toBe(`
 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|G|  R  |I|   R   |D| R |A|  R  |        Group policy ID        |
|0| 0x0 |1|  0x0  |0|0x0|0| 0x0 |               0               |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|        VXLAN network identifier (VNI)         |   Reserved    |
|                     4096                      |     0x00      |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+`);
  });

  it('draws Ethernet’s addresses across the rows, and a last row that is not full', () => {
    const frame = hex('0285fcc59685 0279d590060b 0800');
    expect(figure(bitDiagram(ETHERNET, { bytes: frame, at: 0 }))).toBe(`
 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                          Destination                          |
|                       02:85:fc:c5:96:85                       |
+                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                               |                               |
|                               |                               |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
|                            Source                             |
|                       02:79:d5:90:06:0b                       |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|             Type              |
|            0x0800             |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+`);
  });

  it('draws a header of less than a row', () => {
    expect(figure(bitDiagram(LLC))).toBe(`
 0                   1                   2
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|     dsap      |     ssap      |    Control    |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+`);
  });

  it('shortens a long field to its first and last row', () => {
    const lines = bitDiagram(WIREGUARD_INITIATION);
    expect(lines.slice(7, 13)).toEqual([
      '|                         Ephemeral key                         |',
      '+                                                               +',
      ':                              ...                              :',
      '+                                                               +',
      '|                                                               |',
      '+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+',
    ]);
  });

  it('gives every field of every protocol a text in its box', () => {
    for (const header of CATALOG.flatMap((page) => Object.values(page.forms))) {
      const boxes = bitDiagram(header)
        .filter((line) => line.startsWith('|'))
        .flatMap((line) => line.split('|'))
        .filter((text) => text.trim() !== '');
      expect([header.spec, boxes.length]).toEqual([header.spec, tiles(header).length]);
    }
  });

  it('is never wider than 65 columns, and ASCII only', () => {
    for (const header of CATALOG.flatMap((page) => Object.values(page.forms))) {
      for (const line of bitDiagram(header, { bytes: new Uint8Array(header.headerLength), at: 0 })) {
        expect(line).toMatch(/^[ -~]{1,65}$/);
      }
    }
  });
});

function figure(lines: readonly string[]): string {
  return `\n${lines.join('\n')}`;
}
