#!/usr/bin/env python3
"""Captures that hold every header and option overlens decodes, made by scapy: an encoder that is not the project's own.

  python3 test/support/make-header-captures.py      writes test/fixtures/headers/*.pcap (scapy 2.5 and 2.7 write the same)

Run by hand after a header was added; then run test/support/tshark-fields.py. Frames are deterministic.
"""

import logging
import pathlib
import struct

logging.getLogger("scapy.runtime").setLevel(logging.ERROR)

from scapy.all import *  # noqa: E402,F403
from scapy.contrib.erspan import ERSPAN_II, ERSPAN_III  # noqa: E402
from scapy.contrib.geneve import GENEVE, GeneveOptions  # noqa: E402
from scapy.contrib.igmp import IGMP  # noqa: E402
from scapy.contrib.mpls import MPLS  # noqa: E402
from scapy.contrib.ospf import OSPF_Hdr, OSPF_Hello  # noqa: E402
from scapy.layers.ipsec import AH, ESP  # noqa: E402
from scapy.layers.l2 import GRE, LLC, SNAP, STP, Dot1AD, Dot1Q, Dot3  # noqa: E402
from scapy.layers.ppp import PPP, PPPoE, PPPoED  # noqa: E402
from scapy.layers.sctp import SCTP, SCTPChunkInit  # noqa: E402
from scapy.layers.vxlan import VXLAN  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "fixtures/headers"
TEXT = b"overlens"
MAC = bytes.fromhex("66c9eeb19b47")


def inner(**fields):
    return Ether(src="66:c9:ee:b1:9b:47", dst="66:14:9d:f4:2c:1f", **fields)


def outer(**fields):
    return Ether(src="02:79:d5:90:06:0b", dst="02:85:fc:c5:96:85", **fields)


def pod(**fields):
    return IP(src="10.48.0.130", dst="10.48.0.200", **fields)


def node(**fields):
    return IP(src="10.0.1.20", dst="10.0.1.30", **fields)


def pod6(**fields):
    return IPv6(src="fd00:48::82", dst="fd00:48::c8", **fields)


def datagram(**fields):
    return UDP(**{"sport": 1, "dport": 2, **fields}) / TEXT


def tunnel(dport):
    return outer() / node() / UDP(sport=57218, dport=dport, chksum=0)


def in_gre(**fields):
    return outer() / node() / GRE(**fields)


def ethernet_frames():
    yield from link_layers()
    yield from ipv4_packets()
    yield from icmp_messages()
    yield from tcp_segments()
    yield from ipv6_packets()
    yield from icmpv6_messages()
    yield from fragments()
    yield from tunnels()


def link_layers():
    yield inner() / ARP(op=1, hwsrc="66:c9:ee:b1:9b:47", psrc="10.48.0.130", pdst="10.48.0.206")
    yield inner() / ARP(op=2, hwsrc="66:c9:ee:b1:9b:47", psrc="10.48.0.130", hwdst="66:14:9d:f4:2c:1f", pdst="10.48.0.206") / Padding(bytes(18))
    yield inner() / Dot1Q(vlan=100, prio=5, id=1) / pod() / datagram()
    yield inner() / Dot1AD(vlan=200, prio=3) / Dot1Q(vlan=100) / pod6() / datagram()
    yield Dot3(src="66:c9:ee:b1:9b:47", dst="01:80:c2:00:00:00") / LLC(dsap=0x42, ssap=0x42, ctrl=3) / STP()
    yield Dot3(src="66:c9:ee:b1:9b:47", dst="01:00:0c:cc:cc:cc") / LLC(dsap=0xAA, ssap=0xAA, ctrl=3) / SNAP(OUI=0, code=0x800) / pod() / datagram()
    yield Dot3(src="66:c9:ee:b1:9b:47", dst="01:00:0c:cc:cc:cc") / LLC(dsap=0xAA, ssap=0xAA, ctrl=3) / SNAP(OUI=0xC, code=0x2000) / Raw(b"\x02\xb4\0\0")
    yield inner(type=0x88CC) / Raw(bytes.fromhex("0207040102030405060403030405060200780000"))


def ipv4_packets():
    yield inner() / pod(options=[IPOption_RR(routers=["10.0.0.1", "0.0.0.0"], pointer=8), IPOption_NOP()]) / datagram()
    yield inner() / IP(src="10.48.0.130", dst="224.1.2.3", ttl=1, tos=0xC0, options=[IPOption_Router_Alert()]) / IGMP(type=0x16, gaddr="224.1.2.3")
    yield inner() / pod(options=[IPOption_Timestamp(flg=0, timestamp=5)]) / datagram()
    yield inner() / pod() / IGMP(type=0x11, gaddr="0.0.0.0")
    yield inner() / IP(src="10.0.1.20", dst="224.0.0.5", ttl=1) / OSPF_Hdr(src="1.1.1.1", area="0.0.0.5") / OSPF_Hello()
    yield inner() / pod() / AH(nh=17, payloadlen=4, spi=0x1001, seq=5, icv=b"\x01" * 12) / datagram()
    yield inner() / pod() / ESP(spi=0x2002, seq=6, data=b"\x55" * 32)
    yield inner() / pod() / SCTP(sport=2905, dport=2906, tag=0x11223344) / SCTPChunkInit()
    yield inner() / pod(proto=253) / Raw(TEXT)
    yield inner() / pod(tos=0x03, id=0xBEEF, flags="DF+evil", ttl=255) / UDP(sport=5353, dport=53) / DNS(qd=DNSQR(qname="db.shop.svc"))


def icmp_messages():
    quote = pod(flags="DF") / datagram()
    yield inner() / pod() / ICMP(id=0x1234, seq=9) / TEXT
    yield inner() / pod() / ICMP(type=0, id=0x1234, seq=9) / TEXT
    yield inner() / pod() / ICMP(type=3, code=4, nexthopmtu=8951) / quote
    yield inner() / pod() / ICMP(type=3, code=3) / quote
    yield inner() / pod() / ICMP(type=5, code=1, gw="10.0.0.254") / quote
    yield inner() / pod() / ICMP(type=11, code=0) / quote
    yield inner() / pod() / ICMP(type=12, code=0, ptr=20) / quote
    yield inner() / pod() / ICMP(type=13, id=3, seq=4, ts_ori=1, ts_rx=2, ts_tx=3)


def tcp_segments():
    syn = [("MSS", 8911), ("SAckOK", b""), ("Timestamp", (2848111, 0)), ("NOP", None), ("WScale", 7)]
    syn_ack = [("MSS", 1410), ("NOP", None), ("NOP", None), ("SAckOK", b""), ("NOP", None), ("WScale", 14), ("EOL", None)]
    sack = [("NOP", None), ("NOP", None), ("SAck", (100, 200, 300, 400))]
    rare = [(28, b"\x80\x05"), (19, b"0123456789abcdef"), (77, b"\x01\x02")]
    yield inner() / pod(flags="DF") / TCP(sport=35624, dport=5201, flags="S", seq=0xFEDCBA98, window=62377, options=syn)
    yield inner() / pod(flags="DF") / TCP(sport=5201, dport=35624, flags="SAEC", seq=1, ack=0xFEDCBA99, options=syn_ack)
    yield inner() / pod() / TCP(sport=5201, dport=35624, flags="A", seq=1, ack=2, options=sack) / TEXT
    yield inner() / pod() / TCP(sport=5201, dport=35624, flags="FPU", seq=1, ack=2, urgptr=3, options=rare) / TEXT
    yield inner() / pod() / TCP(sport=1, dport=2, flags="RN")


def ipv6_packets():
    yield inner() / pod6(tc=0x2E, fl=0xABCDE, hlim=63) / TCP(sport=443, dport=50000, flags="PA", seq=3, ack=4) / TEXT
    yield inner() / pod6() / IPv6ExtHdrHopByHop(options=[RouterAlert(value=0)]) / ICMPv6MLReport2()
    yield inner() / pod6() / IPv6ExtHdrDestOpt(options=[PadN(optdata=bytes(4))]) / datagram()
    yield inner() / pod6() / IPv6ExtHdrRouting(type=0, addresses=["fd00::1"], segleft=0) / datagram()
    yield inner() / pod6() / IPv6ExtHdrSegmentRouting(addresses=["fd00::1", "fd00::2"], segleft=1) / datagram()
    yield inner() / pod6(nh=59)


def icmpv6_messages():
    quote = pod6() / datagram()
    yield inner() / pod6() / ICMPv6EchoRequest(id=0xBEEF, seq=2, data=TEXT)
    yield inner() / pod6() / ICMPv6PacketTooBig(mtu=1430) / quote
    yield inner() / pod6() / ICMPv6DestUnreach(code=4) / quote
    yield inner() / pod6() / ICMPv6TimeExceeded(code=0) / quote
    yield inner() / pod6() / ICMPv6ParamProblem(code=1, ptr=40) / quote
    yield inner() / IPv6(src="fe80::1", dst="ff02::1:ff00:c8", hlim=255) / ICMPv6ND_NS(tgt="fd00:48::c8") / ICMPv6NDOptSrcLLAddr(lladdr="66:c9:ee:b1:9b:47")
    yield inner() / IPv6(src="fe80::2", dst="fe80::1", hlim=255) / ICMPv6ND_NA(tgt="fd00:48::c8", R=1, S=1, O=1) / ICMPv6NDOptDstLLAddr(lladdr="66:14:9d:f4:2c:1f")
    yield inner() / IPv6(src="fe80::2", dst="ff02::2", hlim=255) / ICMPv6ND_RS()
    yield inner() / IPv6(src="fe80::2", dst="ff02::1", hlim=255) / ICMPv6ND_RA(chlim=64, M=1, O=1, routerlifetime=1800) / ICMPv6NDOptMTU(mtu=8951)


def fragments():
    yield inner() / pod6() / IPv6ExtHdrFragment(id=0xCAFE, m=1, offset=0) / UDP(sport=7, dport=8, len=2000) / (TEXT * 4)
    yield inner() / pod6() / IPv6ExtHdrFragment(id=0xCAFE, m=0, offset=185, nh=17) / (TEXT * 4)
    yield inner() / pod6() / IPv6ExtHdrFragment(id=1, m=0, offset=0) / datagram()
    yield inner() / pod(flags="MF", id=77) / UDP(sport=7, dport=8, len=2000) / (TEXT * 4)
    yield inner() / pod(frag=185, id=77, proto=17) / (TEXT * 4)


def tunnels():
    frame, packet = inner() / pod() / datagram(), pod() / datagram()
    options = [GeneveOptions(classid=0x102, type=0x80, data=b"\x00\x01\x00\x02"), GeneveOptions(classid=0x103, type=1, data=b"")]
    yield tunnel(4789) / VXLAN(vni=4096, flags=8) / inner() / pod() / TCP(sport=35624, dport=5201, flags="S")
    yield tunnel(8472) / VXLAN(vni=1, flags=8) / inner() / pod6() / datagram()
    yield tunnel(4789) / VXLAN(vni=0xFFFFFF, flags=0x88, gpid=0x1234, gpflags=0x48) / inner() / ARP(psrc="10.48.0.130", pdst="10.48.0.206")
    yield tunnel(4790) / Raw(bytes.fromhex("0c00000100100000")) / packet
    yield tunnel(4790) / Raw(bytes.fromhex("0c00000300100000")) / frame
    yield tunnel(6081) / GENEVE(vni=4096, proto=0x6558, critical=1, options=options) / frame
    yield tunnel(6081) / GENEVE(vni=1, proto=0x800) / packet
    yield outer() / node() / packet
    yield outer() / node() / pod6() / datagram()
    yield outer() / pod6() / packet
    yield outer() / pod6() / pod6() / datagram()
    yield in_gre() / packet
    yield in_gre(chksum_present=1, key_present=1, key=0xDEADBEEF, seqnum_present=1, sequence_number=7) / pod6() / datagram()
    yield in_gre(proto=0x6558, key_present=1, key=5) / frame
    yield in_gre(proto=0x88BE, seqnum_present=1, sequence_number=1) / ERSPAN_II(ver=1, vlan=5, session_id=9) / frame
    yield in_gre(proto=0x88BE) / frame
    yield in_gre(proto=0x22EB, seqnum_present=1, sequence_number=1) / ERSPAN_III(ver=2, vlan=5, session_id=9) / frame
    yield in_gre(proto=0x8847) / Raw(TEXT)
    for message in wireguard_messages():
        yield outer() / node() / UDP(sport=51820, dport=51820) / Raw(message)


def label(number, last=1, **fields):
    return MPLS(label=number, s=last, **{"ttl": 64, **fields})


def session(**fields):
    return inner(type=0x8864) / PPPoE(sessionid=0x11, **fields)


def tagged_frames():
    """What stands between a link header and the packet it brings: MPLS, PPPoE."""
    packet, packet6, mpls = pod() / datagram(), pod6() / datagram(), inner(type=0x8847)
    yield mpls / label(16) / packet
    yield mpls / label(1048575, 0, cos=7, ttl=255) / label(3, 0, ttl=1) / label(200, cos=5) / packet6
    yield inner(type=0x8848) / label(2) / packet6
    yield mpls / label(100) / Raw(bytes.fromhex("00001234")) / inner() / packet
    yield mpls / label(100) / Raw(bytes(4)) / inner() / Dot1Q(vlan=7) / packet6
    yield mpls / label(13) / Raw(bytes.fromhex("10000007") + TEXT)
    yield inner() / Dot1Q(vlan=100, type=0x8847) / label(16) / packet
    yield in_gre(proto=0x8847) / label(16) / packet
    yield in_gre(proto=0x8848) / label(16, 0) / label(17) / packet6
    yield session() / PPP(proto=0x21) / packet / Padding(bytes(9))
    yield session() / PPP(proto=0x57) / packet6
    yield session() / PPP(proto=0xC021) / Raw(bytes.fromhex("0901000800000000"))
    yield session() / PPP(proto=0x281) / Raw(bytes(label(99))) / packet
    yield inner() / Dot1Q(vlan=100, type=0x8864) / PPPoE(sessionid=0xFFFE) / PPP(proto=0x21) / packet
    yield inner(type=0x8863) / PPPoED(code=9) / Raw(bytes.fromhex("01010000"))
    yield tunnel(4790) / Raw(bytes.fromhex("0c00000500100000")) / label(16) / packet


def wireguard_messages():
    yield b"\x01\0\0\0" + struct.pack("<I", 0x11223344) + bytes(range(140))
    yield b"\x02\0\0\0" + struct.pack("<II", 0x55667788, 0x11223344) + bytes(range(80))
    yield b"\x03\0\0\0" + struct.pack("<I", 0x11223344) + bytes(range(56))
    yield b"\x04\0\0\0" + struct.pack("<IQ", 0x11223344, 260) + bytes(range(96))


def cooked():
    """Packet type, ARPHRD, address length, address, protocol, payload."""
    address = MAC + b"\0\0"
    yield 0, 1, 6, address, 0x800, pod() / datagram()
    yield 4, 1, 6, address, 0x86DD, pod6() / datagram()
    yield 0, 65534, 0, bytes(8), 0x800, pod() / datagram()
    yield 3, 1, 6, address, 0x806, ARP(hwsrc="66:c9:ee:b1:9b:47", psrc="10.48.0.130", pdst="10.48.0.206")
    yield 1, 1, 6, address, 0x8100, Raw(b"\x00\x64\x08\x00") / pod() / datagram()
    yield 2, 1, 6, address, 4, Raw(b"\x42\x42\x03") / STP()
    yield 0, 776, 4, b"\x0a\x00\x01\x14" + bytes(4), 0x800, pod() / datagram()
    yield 4, 1, 6, address, 0x8847, label(16) / pod() / datagram()
    yield 0, 1, 6, address, 0x8864, PPPoE(sessionid=0x11) / PPP(proto=0x21) / pod() / datagram()


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    packet, packet6 = bytes(pod() / datagram()), bytes(pod6() / datagram())
    write("ethernet", 1, [bytes(frame) for frame in ethernet_frames()])
    write("tags", 1, [bytes(frame) for frame in tagged_frames()])
    write("sll", 113, [struct.pack(">HHH", kind, arphrd, length) + address + struct.pack(">H", protocol) + bytes(payload)
                       for kind, arphrd, length, address, protocol, payload in cooked()])
    write("sll2", 276, [struct.pack(">HHIHBB", protocol, 0, 5, arphrd, kind, length) + address + bytes(payload)
                        for kind, arphrd, length, address, protocol, payload in cooked()])
    write("raw", 101, [packet, packet6])
    write("null", 0, [struct.pack("<I", 2) + packet, struct.pack("<I", 30) + packet6, struct.pack(">I", 2) + packet])
    write("loop", 108, [struct.pack(">I", 2) + packet, struct.pack(">I", 24) + packet6])


def write(name, link_type, frames):
    records = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, link_type)]
    for number, frame in enumerate(frames):
        records.append(struct.pack("<IIII", 1795336190 + number, 0, len(frame), len(frame)) + frame)
    (FOLDER / f"{name}.pcap").write_bytes(b"".join(records))


main()
