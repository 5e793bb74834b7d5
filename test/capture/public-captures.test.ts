// Captures of other projects, which are not part of this one: OVERLENS_PUBLIC_CAPTURES names the folder that holds them, else nothing is
// run. What capinfos, tshark and tcpdump read of them is in test/golden/public; every difference has its reason here.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differences, readOpinion } from '../support/golden-opinion.ts';

const GOLDEN = 'test/golden/public';
const FOLDER = process.env['OVERLENS_PUBLIC_CAPTURES'] ?? '';

const KNOWN: Readonly<Record<string, readonly string[]>> = {
  // Three sections: interfaces are numbered through the file, not anew in each section; custom blocks are no packets.
  // libpcap reads one link type per file.
  'F01-le-test202.pcapng': [
    '8 packets, by tcpdump 0',
    'if 0 none null>null vni null | udp 0.0.0.0:68 > 255.255.255.255:67: 1 packets, by tshark 3',
    'if 0 none null>null vni null | udp 192.168.0.1:67 > 192.168.0.10:68: 1 packets, by tshark 3',
    'if 1 none null>null vni null | udp 192.168.1.139:17500 > 255.255.255.255:17500: 1 packets, by tshark 2',
    'if 2 none null>null vni null | udp 0.0.0.0:68 > 255.255.255.255:67: 2 packets, by tshark 0',
    'if 2 none null>null vni null | udp 192.168.0.1:67 > 192.168.0.10:68: 2 packets, by tshark 0',
    'if 4 none null>null vni null | udp 192.168.1.139:17500 > 255.255.255.255:17500: 1 packets, by tshark 0',
    '0 in no flow, by tshark 3',
  ],
  // libpcap reads one snaplen per file.
  'F03-le-test008.pcapng': ['4 packets, by tcpdump 1'],
  // Of an SCTP header that is cut off both ports are there: they are used.
  'F06-combined.pcap.gz': [
    'if null none null>null vni null | sctp 192.168.170.8:7 > 192.168.170.56:7: 3 packets, by tshark 2',
    'if null none null>null vni null | sctp 192.168.170.8:null > 192.168.170.56:null: 0 packets, by tshark 1',
  ],
  // A VXLAN header of six bytes is no tunnel: the packet counts for its UDP flow.
  'M04-05_vxlan_truncated_header.pcap': [
    'if null none null>null vni null | udp 203.0.113.40:53004 > 203.0.113.41:4789: 1 packets, by tshark 0',
    '0 in no flow, by tshark 1',
  ],
  // One byte of TCP: a fault of the packet, not a layer. The protocol of a flow is the one behind hop-by-hop options. Ports that
  // are not there are null in both.
  'M05-frag-26.pcap': [
    '6: eth:ipv6:ipv6.fraghdr, by tshark eth:ipv6:ipv6.fraghdr:tcp',
    'if null none null>null vni null | icmpv6 fe80::223:55ff:fe9c:7326:0 > ff02::16:0: 2 packets, by tshark 0',
    'if null none null>null vni null | tcp 2001:db8:1::2:-1 > 2001:db8:1::1:-1: 1 packets, by tshark 0',
    'if null none null>null vni null | 0 fe80::223:55ff:fe9c:7326:0 > ff02::16:0: 0 packets, by tshark 2',
    'if null none null>null vni null | tcp 2001:db8:1::2:null > 2001:db8:1::1:null: 0 packets, by tshark 1',
  ],
  // NSH is not opened: the packet is counted as unsupported. Calling it IP-in-IP, as the table made of tshark's layers does, would be wrong.
  'V07-nsh-over-vxlan-gpe.pcap': [
    '1: eth:ip:udp:vxlan, by tshark eth:ip:udp:ip:udp',
    'if null ipip 127.0.0.1>127.0.0.1 vni null | udp 192.168.0.1:10000 > 192.168.0.2:20000: 0 packets, by tshark 1',
    '1 in no flow, by tshark 0',
  ],
  // The first fragment ends behind the VXLAN header: what the tunnel carries is in the later ones, which are never opened. All three
  // are one datagram, so one flow: the tunnel's. An Ethernet header without a byte is no layer.
  'V09-24_vxlan_outer_ipv4_fragmentation.pcap': [
    '1: eth:ip:udp:vxlan, by tshark eth:ip:udp:vxlan:eth',
    'if null vxlan 203.0.113.80>203.0.113.81 vni 100 | udp 203.0.113.80:53240 > 203.0.113.81:4789: 3 packets, by tshark 0',
    'if null none null>null vni null | udp 203.0.113.80:0 > 203.0.113.81:0: 0 packets, by tshark 2',
    '1 in no flow, by tshark 2',
  ],
};

describe.skipIf(FOLDER === '')('public captures', () => {
  for (const name of readdirSync(GOLDEN).filter((file) => file.endsWith('.json'))) {
    const opinion = readOpinion(join(GOLDEN, name));
    it(opinion.capture, async () => {
      const path = join(FOLDER, opinion.capture);
      expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(opinion.sha256);
      expect(await differences(path, opinion)).toEqual(KNOWN[opinion.capture] ?? []);
    });
  }
});

describe('the golden texts of public captures', () => {
  it('are of the captures that differences are known of', () => {
    const golden = readdirSync(GOLDEN).filter((file) => file.endsWith('.json'));
    for (const name of Object.keys(KNOWN)) expect(golden).toContain(`${name}.json`);
    expect(golden.length).toBe(24);
  });
});
