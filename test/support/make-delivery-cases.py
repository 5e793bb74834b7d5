#!/usr/bin/env python3
"""Cases of packets that stop somewhere: on the underlay, inside a node, in a circle. Built packet by packet with scapy.

  python3 test/support/make-delivery-cases.py [NAME...]

Writes test/fixtures/cases/<name>/ as make-built-cases.py does; what must come out is in case.json there, kept by hand.
"""

import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from built_cluster import *  # noqa: E402,F403: the vocabulary of this file

CASES = pathlib.Path(__file__).resolve().parents[1] / "fixtures/cases"
from scapy.layers.l2 import ARP  # noqa: E402

VXLAN_POOL = [pool(vxlanMode="Always")]
built = {}


def case(function):
    built[function.__name__.replace("_", "-")] = function
    return function


@case
def overlay_rejected():
    """worker1's firewall has a REJECT rule before UDP 4789: each VXLAN packet is answered by ICMP host prohibited, which quotes it."""
    packets = talk(CONTROL1, WORKER1) + talk(CONTROL1, WORKER2)
    for one in syn(WEB, DB):
        sent = vxlan(CONTROL1, WORKER1, one)
        packets += [sent, error(WORKER1, CONTROL1, 3, 10, sent)]
    return {"control1-ens5.pcap": packets}, cluster(VXLAN_POOL)


@case
def half_open():
    """At the receiver: SYN and SYN/ACK, four times each. The answers never get back to the node that asks."""
    packets = talk(WORKER1, CONTROL1) + talk(WORKER1, WORKER2)
    there = [vxlan(CONTROL1, WORKER1, one) for one in syn(WEB, DB, 4)]
    back = [vxlan(WORKER1, CONTROL1, one) for one in synack(WEB, DB, 4)]
    return {"worker1-ens5.pcap": packets + alternating(there, back)}, cluster(VXLAN_POOL)


@case
def tcp_lost_on_underlay():
    """Both NICs: pings arrive and are answered, every TCP packet is lost between them."""
    pings = between(CONTROL1, WORKER1, ping(WEB, DB, 4), vxlan)
    lost = [vxlan(CONTROL1, WORKER1, one) for one in syn(WEB, DB, 4)]
    gap = [None] * len(lost)
    return {
        "control1-ens5.pcap": around(CONTROL1, pings + lost, WORKER1, WORKER2),
        "worker1-ens5.pcap": around(WORKER1, pings + gap, CONTROL1, WORKER2),
    }, cluster(VXLAN_POOL)


@case
def lost_in_node():
    """worker1's NIC gets the SYNs for a pod whose veth was captured too and shows only what the kubelet asks: a policy drops them."""
    arrived = [vxlan(CONTROL1, WORKER1, one) for one in syn(WEB, DB, 4)]
    probes = [packet for number in range(3) for packet in http(WORKER1.ip, DB, ttl=64, sport=42000 + number)]
    veth = [Ether(src=HOST_VETH_MAC, dst=POD_MAC[DB]) / packet if there else Ether(src=POD_MAC[DB], dst=HOST_VETH_MAC) / packet for there, packet in probes]
    return {
        "worker1-ens5.pcap": around(WORKER1, arrived, CONTROL1, WORKER2),
        "worker1-cali0123456789a.pcap": veth[:8] + [None] * 8 + veth[8:16] + [None] * 8 + veth[16:],
    }, cluster(VXLAN_POOL)


@case
def pods_masqueraded():
    """3.6: web to db leaves control1 with control1's tunnel address: same ports and sequence numbers, one hop less."""
    inside, outside = http(WEB, DB, ttl=64), http(CONTROL1.tunnel, DB, ttl=63)
    veth = [
        Ether(src=POD_MAC[WEB], dst=HOST_VETH_MAC) / packet if there else Ether(src=HOST_VETH_MAC, dst=POD_MAC[WEB]) / packet
        for there, packet in inside
    ]
    sent = between(CONTROL1, WORKER1, outside, vxlan)
    return {
        "control1-cali0123456789a.pcap": [None] * 20 + veth,
        "control1-ens5.pcap": around(CONTROL1, sent, WORKER1, WORKER2),
    }, cluster(VXLAN_POOL)


def initiation(a, b, number):
    """WireGuard's first message, 148 bytes: type 1, three bytes of nothing, the sender's index, and what nobody can read."""
    body = b"\x01\0\0\0" + number.to_bytes(4, "little") + bytes((number * 7 + i) % 256 for i in range(140))
    return wire(a, b) / IP(src=a.ip, dst=b.ip, id=600 + number) / UDP(sport=51820, dport=51820) / body


@case
def handshake_unanswered():
    """Both nodes have WireGuard keys; control1 begins a handshake four times, worker1 never answers."""
    keys = {CONTROL1: "jlkVyQYooZYzI2wFfNhSZez5eWh44yfq1wKVjLvSXgY=", WORKER1: "LhKmXuzI0wPVUnUJTgSgdeexWXd9vcXd2nRuo3W1Yls="}
    nodes = [node_object(n, **({"WireguardPublicKey": keys[n]} if n in keys else {})) for n in (CONTROL1, WORKER1, WORKER2)]
    packets = [initiation(CONTROL1, WORKER1, number) for number in range(1, 5)]
    return {"control1-ens5.pcap": around(CONTROL1, packets, WORKER1, WORKER2)}, cluster(VXLAN_POOL, nodes)


@case
def wrong_next_hop():
    """worker1's address moved in ARP to worker2's NIC: what control1 sends to it goes there, and nobody answers."""
    moved = [Ether(src=CONTROL1.mac, dst=WORKER2.mac) / vxlan(CONTROL1, WORKER1, one).payload for one in syn(WEB, DB, 3)]
    claim = arp_pair(CONTROL1, WORKER1)[1]
    claim[ARP].hwsrc = claim[Ether].src = WORKER2.mac
    return {"control1-ens5.pcap": around(CONTROL1, [claim] + moved, WORKER1, WORKER2)}, cluster(VXLAN_POOL)


@case
def foreign_vtep():
    """10.0.1.66 is no node of the snapshot, and sends worker1 VXLAN with the cluster's VNI."""
    stranger = Node("stranger", "10.0.1.66", 24, "02:11:22:33:44:66", "10.48.0.70", "10.48.0.64/26")
    packets = between(stranger, WORKER1, ping("10.48.0.71", DB), vxlan)
    return {"worker1-ens5.pcap": around(WORKER1, packets, CONTROL1, WORKER2)}, cluster(VXLAN_POOL)


@case
def routing_loop():
    """worker1 has no pod 10.48.0.201 and no blackhole route: its packets go back to control1, which sends them again, until no hop is left."""
    packets = []
    for one in syn(WEB, "10.48.0.201", 2, ttl=63):
        for ttl in range(63, 39, -2):
            there, back = one.copy(), one.copy()
            there.ttl, back.ttl = ttl, ttl - 1
            packets += [vxlan(CONTROL1, WORKER1, there), vxlan(WORKER1, CONTROL1, back)]
    captures = {"worker1-ens5.pcap": (around(WORKER1, packets, CONTROL1, WORKER2), 0.0002)}
    return captures, cluster(VXLAN_POOL)


def main(names):
    for name in names or built:
        (captures, snapshot), folder = built[name](), CASES / name
        folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(folder / "topology", ignore_errors=True)
        for file, packets in captures.items():
            packets, gap = packets if isinstance(packets, tuple) else (packets, 0.01)
            write_capture(folder / file, packets, gap=gap)
        write_snapshot(folder / "topology", snapshot)
        print(name)


if __name__ == "__main__":
    main(sys.argv[1:])
