#!/usr/bin/env python3
"""Cases whose devices the lab's kernel lacks (IPIP, WireGuard, eBPF, IPv6 underlay, mirrors, VLANs), packet by packet with scapy.

  python3 test/support/make-built-cases.py [NAME...]

Writes test/fixtures/cases/<name>/: captures and topology/. Each function is a case and returns {file: packets} and the snapshot (None:
without one). What must come out is in case.json there, kept by hand. Run by hand; needs scapy and PyYAML.
"""

import json
import pathlib
import shutil
import sys
from datetime import datetime, timezone

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from built_cluster import *  # noqa: E402,F403: the vocabulary of this file
from scapy.contrib.erspan import ERSPAN_II
from scapy.contrib.geneve import GENEVE
from scapy.layers.dns import DNS, DNSQR, DNSRR
from scapy.layers.inet6 import ICMPv6EchoReply, ICMPv6EchoRequest, IPv6
from scapy.layers.l2 import GRE, Dot1Q
from scapy.packet import Raw

CASES = pathlib.Path(__file__).resolve().parents[1] / "fixtures/cases"
RAW = 101  # LINKTYPE_RAW
VXLAN_POOL = [pool(vxlanMode="Always")]
built = {}


def case(function):
    built[function.__name__.replace("_", "-")] = function
    return function


# --- IPIP ------------------------------------------------------------------------------------------------------------

IPIP_CLUSTER = cluster([pool(ipipMode="Always")], tunnel="IPv4IPIPTunnelAddr")


@case
def ipip_always():
    """3.7 row 5: IPIP Always, also from the node's tunnel address."""
    packets = arp_pair(CONTROL1, WORKER1) + between(CONTROL1, WORKER1, http(WEB, DB), ipip)
    packets += between(CONTROL1, WORKER1, ping(CONTROL1.tunnel, DB, ttl=64), ipip)
    return {"control1-ens5.pcap": packets}, IPIP_CLUSTER


@case
def ipip_crosssubnet():
    """3.7 row 6: IPIP CrossSubnet, plain inside the subnet, IPIP outside."""
    nodes = [node_object(n, "IPv4IPIPTunnelAddr") for n in (CONTROL1, WORKER1, FAR_WORKER2)]
    pods = [pod_object(name, FAR_WORKER2 if node is WORKER2 else node, ip) for name, node, ip in PODS]
    packets = arp_pair(CONTROL1, WORKER1) + between(CONTROL1, WORKER1, ping(WEB, DB), plain)
    packets += between(CONTROL1, FAR_WORKER2, http(WEB, CLIENT), ipip)
    snapshot = cluster([pool(ipipMode="CrossSubnet")], nodes, pods)
    return {"control1-ens5.pcap": packets}, snapshot


@case
def ipip_bypassed():
    """The pool asks for IPIP, worker1 answers plain."""
    packets = arp_pair(CONTROL1, WORKER1) + between(CONTROL1, WORKER1, http(WEB, DB), ipip, plain)
    return {"control1-ens5.pcap": packets}, IPIP_CLUSTER


@case
def ipip_second_nic():
    """1.2: tunl0 does not pin the outer source; the kernel took control1's second address."""
    nodes = [node_object(n, "IPv4IPIPTunnelAddr") for n in (WORKER1, WORKER2)]
    interfaces = '[{"name":"ens5","addresses":["10.0.1.20"]},{"name":"ens6","addresses":["192.168.56.20"]}]'
    nodes.append(node_object(CONTROL1, "IPv4IPIPTunnelAddr", Interfaces=interfaces))
    packets = between(CONTROL1, WORKER1, http(WEB, DB), lambda a, b, p: ipip(a, b, p, "192.168.56.20"), ipip)
    snapshot = cluster([pool(ipipMode="Always")], nodes)
    return {"control1-ens5.pcap": packets}, snapshot


@case
def ipip_tunl0():
    """Tunl0 shows raw inner packets: nothing about the overlay."""
    packets = [packet for _, packet in http(WEB, DB)]
    return {"control1-tunl0.pcap": (packets, RAW)}, IPIP_CLUSTER


@case
def wrong_encapsulation():
    """The pool asks for VXLAN, worker1 still answers in IPIP."""
    packets = arp_pair(CONTROL1, WORKER1) + between(CONTROL1, WORKER1, http(WEB, DB), vxlan, ipip)
    return {"control1-ens5.pcap": packets}, cluster(VXLAN_POOL)


# --- WireGuard -------------------------------------------------------------------------------------------------------

KEYS = {
    CONTROL1: "jlkVyQYooZYzI2wFfNhSZez5eWh44yfq1wKVjLvSXgY=",
    WORKER1: "LhKmXuzI0wPVUnUJTgSgdeexWXd9vcXd2nRuo3W1Yls=",
    WORKER2: "wGpTTqqiiCbrXuTYoLgG1Y0ixGnDGI1aQi2VJfNCUlg=",
}


def keyed(keys):
    nodes = [node_object(n, **({"WireguardPublicKey": keys[n]} if n in keys else {})) for n in (CONTROL1, WORKER1, WORKER2)]
    return cluster(VXLAN_POOL, nodes)


def wireguard(a, b, inner):
    """Transport data: type 4, receiver index, counter, then what nobody can read."""
    size = (len(inner) + 15) // 16 * 16 + 16
    body = b"\x04\0\0\0" + b"\x2a\0\0\0" + bytes([inner.id % 256]) + bytes(7) + bytes(range(256))[:size].ljust(size, b"\x5a")
    return wire(a, b) / IP(src=a.ip, dst=b.ip, flags="DF", id=9) / UDP(sport=51820, dport=51820) / Raw(body)


@case
def wireguard_both_keys():
    """3.8: both nodes have keys; the NIC shows WireGuard between nodes, wireguard.cali what is in it."""
    packets = arp_pair(CONTROL1, WORKER1) + between(CONTROL1, WORKER1, ping(WEB, DB), wireguard)
    inside = [packet for _, packet in ping(WEB, DB)]
    captures = {"control1-ens5.pcap": packets, "control1-wireguard.cali.pcap": (inside, RAW)}
    return captures, keyed(KEYS)


@case
def unencrypted():
    """3.8: both nodes publish keys, and their VXLAN is in clear text."""
    packets = arp_pair(CONTROL1, WORKER1) + between(CONTROL1, WORKER1, http(WEB, DB), vxlan)
    return {"control1-ens5.pcap": packets}, keyed(KEYS)


@case
def wireguard_one_key():
    """3.8: only control1 has a key: the pool's mode holds."""
    packets = arp_pair(CONTROL1, WORKER1) + between(CONTROL1, WORKER1, http(WEB, DB), vxlan)
    return {"control1-ens5.pcap": packets}, keyed({CONTROL1: KEYS[CONTROL1]})


@case
def wireguard_shared_key():
    """3.8: worker1 and worker2 claim one key: nobody uses it, the pool's mode holds."""
    packets = arp_pair(CONTROL1, WORKER1) + between(CONTROL1, WORKER1, http(WEB, DB), vxlan)
    keys = KEYS | {WORKER2: KEYS[WORKER1]}
    return {"control1-ens5.pcap": packets}, keyed(keys)


# --- other tunnels, other CNIs ---------------------------------------------------------------------------------------


def geneve(a, b, inner):
    outer = IP(src=a.ip, dst=b.ip, id=3) / UDP(sport=50001, dport=6081, chksum=0)
    return wire(a, b) / outer / GENEVE(vni=7, proto=0x6558) / inner_frame(a, b) / inner


@case
def geneve_between_nodes():
    """Another CNI: Geneve."""
    packets = between(CONTROL1, WORKER1, http(WEB, DB), geneve)
    return {"control1-ens5.pcap": packets}, None


@case
def gre_between_nodes():
    """IP in GRE."""
    packets = between(CONTROL1, WORKER1, http(WEB, DB), lambda a, b, p: wire(a, b) / IP(src=a.ip, dst=b.ip, id=3) / GRE() / p)
    return {"control1-ens5.pcap": packets}, None


@case
def flannel():
    """Flannel: VNI 1 on UDP 8472."""
    frame = Ether(src="ce:41:3a:9d:10:01", dst="ce:41:3a:9d:10:02")
    packets = between(CONTROL1, WORKER1, http(WEB, DB), lambda a, b, p: vxlan(a, b, p, vni=1, port=8472, frame=frame))
    return {"control1-ens5.pcap": packets}, None


# --- eBPF ------------------------------------------------------------------------------------------------------------


def pod_frame(inner):
    """eBPF from 3.31 on redirects the frame as the pod sent it."""
    return Ether(src=POD_MAC.get(inner.src, "d6:00:00:00:00:01"), dst=HOST_VETH_MAC)


def external_link(node):
    return f"""2: ens5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9001 qdisc mq state UP mode DEFAULT group default qlen 1000
    link/ether {node.mac} brd ff:ff:ff:ff:ff:ff promiscuity 0 addrgenmode eui64 numtxqueues 2 numrxqueues 2
17: vxlan.calico: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 8951 qdisc noqueue state UNKNOWN mode DEFAULT group default
    link/ether {node.vtep_mac} brd ff:ff:ff:ff:ff:ff promiscuity 0 minmtu 68 maxmtu 65535
    vxlan external id 0 srcport 0 0 dstport 4789 nolearning ttl auto ageing 300 addrgenmode eui64
"""


@case
def ebpf_pod_frame():
    """10.21 and 4.7: eBPF 3.31: the inner frame has the pod's MACs, and the device is external; not a wrong tunnel MAC."""
    packets = arp_pair(CONTROL1, WORKER1) + between(CONTROL1, WORKER1, http(WEB, DB), lambda a, b, p: vxlan(a, b, p, frame=pod_frame(p)))
    snapshot = cluster(VXLAN_POOL) | {f"{n.name}/ip-link.txt": external_link(n) for n in (CONTROL1, WORKER1)}
    return {"control1-ens5.pcap": packets}, snapshot


@case
def ebpf_vni_zero():
    """10.22: eBPF 3.31.0 to 3.31.3 sends VNI 0: both ends are nodes and both pods are theirs, so it is Calico's own."""
    packets = arp_pair(CONTROL1, WORKER1)
    packets += between(CONTROL1, WORKER1, ping(WEB, DB), lambda a, b, p: vxlan(a, b, p, vni=0, frame=pod_frame(p)), vxlan)
    return {"control1-ens5.pcap": packets}, cluster(VXLAN_POOL)


@case
def ebpf_nodeport():
    """3.7 row 15: eBPF NodePort forwarding, VNI 0xca11c0, in a cluster without overlay: its own kind."""
    client, null = "198.51.100.7", Ether(src="00:00:00:00:00:00", dst="00:00:00:00:00:00")

    def tunnel(a, b, inner):
        outer = IP(src=a.ip, dst=b.ip, ttl=inner.ttl + 1, id=inner.id, flags=inner.flags) / UDP(sport=40080, dport=4789, chksum=0)
        return wire(a, b) / outer / VXLAN(flags=8, vni=0xCA11C0) / null / inner

    request = [packet for forward, packet in http(client, DB, ttl=60) if forward]
    answer = [packet for forward, packet in http(client, CONTROL1.ip, dport=30080) if not forward]
    packets = [tunnel(CONTROL1, WORKER1, p) for p in request] + [tunnel(WORKER1, CONTROL1, p) for p in answer]
    snapshot = cluster([pool()], [node_object(n, None) for n in (CONTROL1, WORKER1, WORKER2)])
    return {"control1-ens5.pcap": packets}, snapshot


@case
def ebpf_raw_frame():
    """10.23: eBPF with two pools: the answer leaves the NIC as a raw frame for ee:ee:ee:ee:ee:ee."""
    packets = arp_pair(CONTROL1, WORKER1)
    packets += between(CONTROL1, WORKER1, ping(WEB, DB), vxlan, lambda a, b, p: Ether(src=POD_MAC[p.src], dst=HOST_VETH_MAC) / p)
    return {"worker1-ens5.pcap": packets}, cluster(VXLAN_POOL)


# --- IPv6 ------------------------------------------------------------------------------------------------------------


def six(src, dst):
    return IPv6(src=src, dst=dst, hlim=63)


def ping6(src, dst):
    return [(True, six(src, dst) / ICMPv6EchoRequest(id=1, seq=1, data=b"overlens")), (False, six(dst, src) / ICMPv6EchoReply(id=1, seq=1, data=b"overlens"))]


def vxlan6(a, b, inner):
    outer = IPv6(src=a.ip6, dst=b.ip6, hlim=64) / UDP(sport=49000, dport=4789)
    return wire(a, b) / outer / VXLAN(flags=8, vni=4096) / Ether(src=a.vtep_mac_v6, dst=b.vtep_mac_v6) / inner


def six_cluster():
    nodes = [
        node_object(n, IPv6Address=f"{n.ip6}/64", IPv6VXLANTunnelAddr=n.tunnel6) for n in (CONTROL1, WORKER1)
    ]
    pods = [pod_object(PODS[0][0], CONTROL1, WEB6), pod_object(PODS[2][0], WORKER1, DB6)]
    six_pool = pool("default-ipv6-ippool", "fd00:48::/64", blockSize=122, vxlanMode="Always")
    return cluster([*VXLAN_POOL, six_pool], nodes, pods)


@case
def vxlan_over_ipv6():
    """3.5: IPv6 VXLAN over an IPv6 underlay (70 bytes of overhead)."""
    packets = between(CONTROL1, WORKER1, ping6(WEB6, DB6) + http(WEB6, DB6, make_ip=six), vxlan6)
    return {"control1-ens5.pcap": packets}, six_cluster()


@case
def ipv6_bypassed():
    """IPv6: worker1 answers plain."""
    packets = between(CONTROL1, WORKER1, ping6(WEB6, DB6), vxlan6, plain)
    return {"control1-ens5.pcap": packets}, six_cluster()


# --- the network between, mirrors ------------------------------------------------------------------------------------


def tagged(a, b, inner):
    packet = vxlan(a, b, inner)
    return Ether(src=a.mac, dst=b.mac) / Dot1Q(vlan=100) / packet[IP]


@case
def vlan_tagged():
    """802.1Q on the underlay."""
    packets = between(CONTROL1, WORKER1, http(WEB, DB), tagged)
    return {"trunk.pcap": packets}, cluster(VXLAN_POOL)


MIRROR = Ether(src="0a:00:00:00:00:01", dst="0a:00:00:00:00:02") / IP(src="172.31.0.5", dst="172.31.0.9", ttl=255)


def mirrored(wrap):
    packets = [MIRROR / wrap / frame for frame in between(CONTROL1, WORKER1, http(WEB, DB), vxlan)]
    return {"mirror.pcap": packets}


@case
def mirror_vxlan():
    """A cloud's traffic mirror: VXLAN around the NIC's frames, stepped over."""
    captures = mirrored(UDP(sport=65466, dport=4789) / VXLAN(flags=8, vni=1234567))
    return captures, cluster(VXLAN_POOL)


@case
def mirror_gre():
    """A switch's mirror: GRE around the NIC's frames."""
    captures = mirrored(GRE(proto=0x6558))
    return captures, cluster(VXLAN_POOL)


@case
def mirror_erspan():
    """A switch's mirror: ERSPAN type II."""
    captures = mirrored(GRE(proto=0x88BE, seqnum_present=1, seqence_number=1) / ERSPAN_II(ver=1, session_id=7))
    return captures, cluster(VXLAN_POOL)


@case
def mirror_bypass():
    """A mirror of a bypass: the tunnel of the mirror is no overlay."""
    packets = [MIRROR / GRE(proto=0x6558) / frame for frame in between(CONTROL1, WORKER1, http(WEB, DB), vxlan, plain)]
    return {"mirror.pcap": packets}, cluster(VXLAN_POOL)


@case
def bad_checksum_at_receiver():
    """10.13: worker1's NIC receives segments with a checksum that is really wrong: pings pass, TCP does not."""
    def broken(a, b, inner):
        inner = inner.copy()
        inner[TCP].chksum = 0xDEAD
        return vxlan(a, b, inner)

    packets = arp_pair(CONTROL1, WORKER1) + [broken(CONTROL1, WORKER1, p) for forward, p in http(WEB, DB) if forward and p[TCP].flags == "S"] * 3
    packets += between(CONTROL1, WORKER1, ping(WEB, DB), vxlan)
    return {"ip-10-0-1-30-ens5.pcap": packets}, cluster(VXLAN_POOL)


@case
def source_port_4789():
    """10.20: UDP masqueraded onto port 4789: the answer to it is no VXLAN."""
    dns = Raw(b"\x12\x34\x81\x80\0\x01\0\0\0\0\0\0\x03www\x07example\x03com\0\0\x01\0\x01")
    out = Ether(src=CONTROL1.mac, dst=GATEWAY_MAC) / IP(src=CONTROL1.ip, dst="8.8.8.8") / UDP(sport=4789, dport=53) / dns
    back = Ether(src=GATEWAY_MAC, dst=CONTROL1.mac) / IP(src="8.8.8.8", dst=CONTROL1.ip) / UDP(sport=53, dport=4789) / dns
    packets = [out, back, *between(CONTROL1, WORKER1, http(WEB, DB), vxlan)]
    return {"control1-ens5.pcap": packets}, cluster(VXLAN_POOL)


@case
def local_on_underlay():
    """Two pods of one node talk over the gateway."""
    packets = arp_pair(CONTROL1, WORKER1)
    packets += [Ether(src=CONTROL1.mac, dst=GATEWAY_MAC) / p if forward else Ether(src=GATEWAY_MAC, dst=CONTROL1.mac) / p for forward, p in http(WEB, CART)]
    packets += between(CONTROL1, WORKER1, ping(WEB, DB), vxlan)
    return {"control1-ens5.pcap": packets}, cluster(VXLAN_POOL)


# --- who owns an address, what is expected ---------------------------------------------------------------------------

HEALTHY = arp_pair(CONTROL1, WORKER1) + between(CONTROL1, WORKER1, http(WEB, DB), vxlan)


@case
def nested_pools():
    """3.3: the most specific pool that has a mode counts; pools for load balancers have none."""
    pools = [pool("wide", "10.48.0.0/16", blockSize=26), pool(vxlanMode="Always"), pool("vips", "10.48.0.192/28", allowedUses=["LoadBalancer"])]
    return {"control1-ens5.pcap": HEALTHY}, cluster(pools)


@case
def disabled_pool():
    """3.5: disabled and nodeSelector are for IPAM: the mode still counts."""
    pools = [pool(vxlanMode="Always", disabled=True, nodeSelector="kubernetes.io/os == 'windows'")]
    return {"control1-ens5.pcap": HEALTHY}, cluster(pools)


@case
def bare_pool():
    """One pool alone does not prove that there are no others."""
    snapshot = cluster(VXLAN_POOL, pods=[]) | {"ippools.yaml": pool("flat-ippool", "10.48.128.0/24")}
    return {"control1-ens5.pcap": HEALTHY}, snapshot


@case
def annotations_only():
    """IPPools and node annotations alone are enough."""
    return {"x.pcap": HEALTHY}, cluster(VXLAN_POOL, pods=[])


@case
def felix_settings():
    """4.1: FelixConfiguration says VNI 5000 and UDP 14789, and so it is."""
    felix = {"apiVersion": "projectcalico.org/v3", "kind": "FelixConfiguration", "metadata": {"name": "default"}, "spec": {"vxlanPort": 14789, "vxlanVNI": 5000}}
    packets = arp_pair(CONTROL1, WORKER1) + between(CONTROL1, WORKER1, http(WEB, DB), lambda a, b, p: vxlan(a, b, p, vni=5000, port=14789))
    snapshot = cluster(VXLAN_POOL) | {"felixconfigurations.yaml": items([felix])}
    return {"control1-ens5.pcap": packets}, snapshot


def block(cidr, affinity, allocations):
    """allocations: {ordinal: attributes}"""
    size = 2 ** (32 - int(cidr.split("/")[1]))
    ordinals = sorted(allocations)
    spec = {
        "allocations": [ordinals.index(i) if i in allocations else None for i in range(size)],
        "attributes": [{"handle_id": f"k8s-pod-network.{i}", "secondary": allocations[i]} for i in ordinals],
        "cidr": cidr, "deleted": False, "strictAffinity": False, "unallocated": [i for i in range(size) if i not in allocations],
    }
    if affinity:
        spec["affinity"] = f"host:{affinity.name}"
    return {"apiVersion": "crd.projectcalico.org/v1", "kind": "IPAMBlock", "metadata": {"name": cidr.replace(".", "-").replace("/", "-")}, "spec": spec}


BORROWED = "10.48.0.210"


@case
def borrowed_pod_address():
    """3.5: an address of worker1's block is used by a pod on worker2: its node is not the block's."""
    attributes = {"namespace": "yaobank", "node": WORKER2.name, "pod": "summary-748b977d44-zzzzz"}
    snapshot = cluster(VXLAN_POOL, pods=[]) | {"ipamblocks.yaml": items([block(WORKER1.block, WORKER1, {18: attributes})])}
    packets = arp_pair(CONTROL1, WORKER2) + between(CONTROL1, WORKER2, http(WEB, BORROWED), vxlan)
    return {"control1-ens5.pcap": packets}, snapshot


@case
def block_without_affinity():
    """3.5: a block without affinity: each allocation names its node."""
    attributes = {"namespace": "yaobank", "node": WORKER2.name, "pod": "summary-748b977d44-zzzzz"}
    snapshot = cluster(VXLAN_POOL, pods=[]) | {"ipamblocks.yaml": items([block("10.48.0.64/26", None, {6: attributes})])}
    packets = arp_pair(CONTROL1, WORKER2) + between(CONTROL1, WORKER2, http(WEB, "10.48.0.70"), vxlan)
    return {"control1-ens5.pcap": packets}, snapshot


@case
def address_reused():
    """7.5: a finished Job's pod still lists the address that database has now; a hostNetwork pod lists its node's."""
    pods = [pod_object(*pod) for pod in PODS] + [pod_object("yaobank/migrate-28k2p", WORKER2, DB, phase="Succeeded")]
    pods.append(pod_object("kube-system/kube-proxy-x8k2v", WORKER1, WORKER1.ip, hostNetwork=True))
    return {"control1-ens5.pcap": HEALTHY}, cluster(VXLAN_POOL, pods=pods)


@case
def pod_younger_than_capture():
    """The pod that has the address now was created after the capture, on another node: no violation from it."""
    pods = [pod_object(*pod) for pod in PODS if pod[2] != DB]
    pods.append(pod_object("yaobank/database-6967b6c8d7-young", WORKER2, DB, created="2026-11-22T11:00:00Z"))
    return {"control1-ens5.pcap": HEALTHY}, cluster(VXLAN_POOL, pods=pods)


@case
def node_names_are_aliases():
    """The names in hand do not hash to the MACs seen: a computed name only identifies."""
    nodes = []
    for node in (CONTROL1, WORKER1, WORKER2):
        renamed = node_object(node)
        renamed["metadata"]["name"] = node.alias
        nodes.append(renamed)
    pods = [pod_object(*pod) for pod in PODS]
    for pod, (_, node, _) in zip(pods, PODS):
        pod["spec"]["nodeName"] = node.alias
    return {"control1-ens5.pcap": HEALTHY}, cluster(VXLAN_POOL, nodes, pods)


DNS_POD, DNS_IP = "kube-system/coredns-668d6bf9bc-x7k2p", "10.48.0.201"


def query(src, number, name, kind="A", rcode=None, port=None):
    """A DNS query and, with a code, its answer: [(from source?, packet)]."""
    port = port or 40000 + number
    question = DNS(id=number, rd=1, qd=DNSQR(qname=name, qtype=kind))
    packets = [(True, IP(src=src, dst=DNS_IP, ttl=63, flags="DF", id=number) / UDP(sport=port, dport=53) / question)]
    if rcode is not None:
        found = DNSRR(rrname=name, rdata="10.96.0.10") if rcode == 0 and kind == "A" else None
        answer = DNS(id=number, qr=1, rd=1, ra=1, rcode=rcode, qd=DNSQR(qname=name, qtype=kind), an=found)
        packets.append((False, IP(src=DNS_IP, dst=src, ttl=63, flags="DF", id=900 + number) / UDP(sport=53, dport=port) / answer))
    return packets


@case
def dns_trouble():
    """One pod's questions are not answered, another one's with SERVFAIL; a third is told that a name does not exist, which is no trouble."""
    silent = [packet for i in range(1, 5) for packet in query(WEB, i, "db.shop.svc.cluster.local", "A" if i % 2 else "AAAA")]
    failing = query(CART, 11, "example.org", rcode=2) + query(CART, 12, "kubernetes.default.svc.cluster.local", rcode=0)
    unknown = query(CLIENT, 21, "db.shop.svc.cluster.local.", rcode=3) + query(CLIENT, 22, "db.shop", rcode=0)
    asked = between(CONTROL1, WORKER1, silent + failing, vxlan) + between(WORKER2, WORKER1, unknown, vxlan)
    pods = [pod_object(*pod) for pod in PODS] + [pod_object(DNS_POD, WORKER1, DNS_IP)]
    rest = between(CONTROL1, WORKER1, http(WEB, DB) + http(CART, DB), vxlan)
    return {"worker1-ens5.pcap": arp_pair(WORKER1, CONTROL1) + asked + rest}, cluster(VXLAN_POOL, pods=pods)


def logged(action, reporter, source, policy, start=0, port=5432):
    """A record of Calico's flow log as its server answers: pods of a workload together, no addresses, no nodes."""
    at = [datetime.fromtimestamp(BEGIN + start + seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") for seconds in (0, 15)]
    hit = {"kind": "CalicoNetworkPolicy", "name": policy, "namespace": "yaobank", "tier": "default", "action": action}
    return {
        "start_time": at[0], "end_time": at[1], "action": action, "reporter": reporter, "protocol": "tcp", "dest_port": port,
        "source_name": source, "source_namespace": "yaobank", "source_labels": "app=customer",
        "dest_name": "database-6967b6c8d7-*", "dest_namespace": "yaobank", "dest_labels": "app=database",
        "policies": {"enforced": [hit | {"policy_index": 0, "rule_index": 0, "trigger": None}], "pending": []},
        "packets_in": 4, "packets_out": 0, "bytes_in": 240, "bytes_out": 0,
    }


@case
def denied_by_policy():
    """SYNs arrive at worker1's NIC and nobody answers; the flow log of the receiver says which policy denied them."""
    syn = [IP(src=WEB, dst=DB, ttl=63, flags="DF", id=300 + i) / TCP(sport=40000, dport=5432, flags="S", seq=1000) for i in range(4)]
    others = between(WORKER2, WORKER1, http(CLIENT, DB, dport=5432), vxlan)
    records = [
        logged("Allow", "Src", "customer-687b8d8f74-*", "all-out"),
        logged("Deny", "Dst", "customer-687b8d8f74-*", "database-from-summary"),
        logged("Allow", "Dst", "summary-748b977d44-*", "database-from-summary"),
    ]
    asked = [vxlan(CONTROL1, WORKER1, one) for one in syn] + between(CONTROL1, WORKER1, ping(WEB, DB), vxlan)
    packets = arp_pair(CONTROL1, WORKER1) + others + asked + arp_pair(CONTROL1, WORKER1)
    log = json.dumps({"total": {"totalPages": 1}, "items": records}, indent=1) + "\n"
    return {"worker1-ens5.pcap": packets}, cluster(VXLAN_POOL) | {"flows.json": log}


def main(names):
    for name in names or built:
        (captures, snapshot), folder = built[name](), CASES / name
        folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(folder / "topology", ignore_errors=True)
        for file, packets in captures.items():
            packets, linktype = packets if isinstance(packets, tuple) else (packets, 1)
            write_capture(folder / file, packets, linktype)
        if snapshot:
            write_snapshot(folder / "topology", snapshot)
        print(name)


if __name__ == "__main__":
    main(sys.argv[1:])
