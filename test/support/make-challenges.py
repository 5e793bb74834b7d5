#!/usr/bin/env python3
"""The captures and snapshots of the twelve challenges (docs/challenges.md), packet by packet with scapy.

  python3 test/support/make-challenges.py [NN...]

Writes samples/challenges/NN-name/. What each asks is its README.md, what is right is in samples/challenges/solutions/NN.json: both are
kept by hand. Run by hand; needs scapy and PyYAML.
"""

import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from built_cluster import *  # noqa: E402,F403: the vocabulary of this file
from challenge_cluster import *  # noqa: E402,F403: nodes, pods, tables and a clock
from challenge_cluster import HOST_VETH_MAC, Pod, at_veth  # noqa: E402
from scapy.layers.inet import fragment  # noqa: E402
from scapy.layers.l2 import ARP  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "samples/challenges"
THREE = (ALDER, BIRCH, CEDAR)
built = {}


def challenge(function):
    number, name = function.__name__[1:].split("_", 1)
    built[number] = (f"{number}-{name.replace('_', '-')}", function)
    return function


def replace(lines, old, new=None):
    """One line of a table is another one, or gone."""
    at = [i for i, line in enumerate(lines) if line.startswith(old)]
    assert len(at) == 1, (old, lines)
    lines[at[0] : at[0] + 1] = [] if new is None else [new]


def begin(cluster, *places):
    recording = Recording(*places)
    recording.greet(*cluster.nodes)
    return recording, cluster.snapshot()


def refuse(net, receiver, sender, sent):
    """No socket there: the kernel answers with ICMP, and quotes what it got."""
    answer = error(receiver, sender, 3, 3, sent, 68)
    answer[IP].id = round(net.now * 1000) % 65536
    net.add(answer, nic(receiver), nic(sender), gap=0.4)


@challenge
def _01_the_silent_shelf():
    """birch's FDB sends what is for cedar's tunnel to alder, which drops it."""
    lab = Cluster()
    net, files = begin(lab, *map(nic, THREE))
    replace(files["birch/bridge-fdb.txt"], CEDAR.vtep_mac, f"{CEDAR.vtep_mac} dev vxlan.calico dst {ALDER.ip} self permanent")
    for _, packet in ask(lab.orders, lab.stock, 4, answered=False):
        net.add(vxlan(BIRCH, ALDER, packet, frame=inner_frame(BIRCH, CEDAR)), nic(BIRCH), nic(ALDER), gap=0.5)
    net.between(lab, ALDER, CEDAR, http(lab.web.ip, lab.stock.ip))
    net.between(lab, BIRCH, ALDER, ask(lab.orders, lab.cart))
    for packet in syn(lab.orders.ip, lab.stock.ip):
        net.add(vxlan(BIRCH, ALDER, packet, frame=inner_frame(BIRCH, CEDAR)), nic(BIRCH), nic(ALDER), gap=1)
    return net, files


@challenge
def _02_nothing_on_the_wire():
    """cedar has no neighbour entry for alder's tunnel address: it asks by ARP on the tunnel device, which nobody hears."""
    lab = Cluster()
    veth = f"cedar-{lab.stock.veth}"
    net, files = begin(lab, nic(ALDER), nic(CEDAR), "cedar-vxlan.calico", veth)
    replace(files["cedar/ip-neigh.txt"], ALDER.tunnel)
    arp = Ether(src=CEDAR.vtep_mac, dst="ff:ff:ff:ff:ff:ff") / ARP(op=1, hwsrc=CEDAR.vtep_mac, psrc=CEDAR.tunnel, pdst=ALDER.tunnel)
    for _, packet in ask(lab.stock, lab.cart, 4, answered=False):
        net.add(at_veth(lab.stock, packet, True), veth, gap=0.0001)
        net.add(arp, "cedar-vxlan.calico", gap=1)
    for forward, packet in ask(lab.stock, lab.orders):
        a, b = (CEDAR, BIRCH) if forward else (BIRCH, CEDAR)
        inside, frame = at_veth(lab.stock, packet, forward), inner_frame(a, b) / packet
        seen = [(inside, veth), (frame, "cedar-vxlan.calico"), (vxlan(a, b, packet), nic(CEDAR))]
        for one, place in seen if forward else reversed(seen):
            net.add(one, place, gap=0.0001)
        net.wait(0.02)
    net.between(lab, ALDER, BIRCH, http(lab.web.ip, lab.orders.ip))
    return net, files


@challenge
def _03_ten_past_eight():
    """Somebody edits the pool from Always to Never: the nodes follow one after the other, and in between packets are lost."""
    before, lab = Cluster(), Cluster(mode="Never")
    net, files = begin(lab, *map(nic, THREE))
    edited = {ALDER: 3, BIRCH: 4.3, CEDAR: 5.1}
    talks = [(lab.web, lab.stock, 4711), (lab.orders, lab.stock, 4712), (lab.cart, lab.orders, 4713)]
    for seq in range(1, 9):
        for a, b, number in talks:
            for forward, packet in ping(a.ip, b.ip, 1):
                packet[ICMP].id, packet[ICMP].seq, packet.id = number, seq, packet.id + seq
                src, dst = (a.node, b.node) if forward else (b.node, a.node)
                cluster = lab if net.now > edited[src] else before
                net.add(cluster.wrap(src, dst, packet), nic(src), nic(dst), gap=0.003)
                # a tunnel device that is gone takes nothing out of VXLAN
                if cluster is before and net.now > edited[dst]:
                    break
        net.wait(1)
    return net, files


@challenge
def _04_deaf_in_one_ear():
    """cedar's device was made with Linux's own port 8472: what it sends arrives nowhere, what is sent to it is refused."""
    lab = Cluster()
    net, files = begin(lab, *map(nic, THREE))
    link = files["cedar/ip-link.txt"]
    link[-1] = link[-1].replace("dstport 4789", "dstport 8472")
    for number, (there, back) in enumerate([(lab.web, lab.stock), (lab.orders, lab.dns)]):
        for _, packet in ask(there, back, 3, answered=False):
            sent = vxlan(there.node, CEDAR, packet)
            net.add(sent, nic(there.node), nic(CEDAR), gap=0.001)
            refuse(net, CEDAR, there.node, sent)
        for packet in syn(back.ip, there.ip, sport=40100 + number):
            sent = vxlan(CEDAR, there.node, packet, port=8472)
            net.add(sent, nic(CEDAR), nic(there.node), gap=0.001)
            refuse(net, there.node, CEDAR, sent)
    net.between(lab, ALDER, BIRCH, http(lab.web.ip, lab.orders.ip))
    return net, files


@challenge
def _05_the_long_way_round():
    """alder has cedar's tunnel MAC for birch's tunnel address: cedar gets the packets, and passes them on."""
    lab = Cluster()
    net, files = begin(lab, *map(nic, THREE))
    replace(files["alder/ip-neigh.txt"], BIRCH.tunnel, f"{BIRCH.tunnel} dev vxlan.calico lladdr {CEDAR.vtep_mac} PERMANENT")
    for a, b, talk_of in [(lab.cart, lab.orders, http(lab.cart.ip, lab.orders.ip, dport=8080)), (lab.orders, lab.web, ask(lab.orders, lab.web))]:
        for forward, packet in talk_of:
            src, dst = (a.node, b.node) if forward else (b.node, a.node)
            if src is BIRCH:
                net.add(vxlan(src, dst, packet), nic(src), nic(dst))
                continue
            net.add(vxlan(ALDER, CEDAR, packet), nic(ALDER), nic(CEDAR), gap=0.0005)
            passed_on = packet.copy()
            passed_on.ttl -= 1
            net.add(vxlan(CEDAR, BIRCH, passed_on), nic(CEDAR), nic(BIRCH))
    net.between(lab, CEDAR, BIRCH, http(lab.stock.ip, lab.orders.ip))
    net.between(lab, ALDER, CEDAR, ask(lab.web, lab.stock))
    return net, files


@challenge
def _06_it_works_but():
    """birch has a route for alder's pods that leads past the tunnel, left by somebody's script."""
    lab = Cluster()
    net, files = begin(lab, *map(nic, THREE))
    replace(files["birch/ip-route.txt"], ALDER.block, f"{ALDER.block} via {ALDER.ip} dev eth0 proto static")
    for a, b, talk_of in [(lab.web, lab.orders, http(lab.web.ip, lab.orders.ip)), (lab.orders, lab.cart, ask(lab.orders, lab.cart))]:
        for forward, packet in talk_of:
            src, dst = (a.node, b.node) if forward else (b.node, a.node)
            net.add((plain if src is BIRCH else vxlan)(src, dst, packet), nic(src), nic(dst))
    net.between(lab, BIRCH, CEDAR, http(lab.orders.ip, lab.stock.ip, sport=40300))
    net.between(lab, CEDAR, ALDER, ask(lab.stock, lab.web))
    return net, files


@challenge
def _07_only_small_answers():
    """cedar's tunnel device has its NIC's MTU: large packets of its pods leave in fragments, and the network drops fragments."""
    lab = Cluster()
    net, files = begin(lab, nic(ALDER), nic(CEDAR))
    link = files["cedar/ip-link.txt"]
    for i, line in enumerate(link):
        if "mtu 1450" in line:
            link[i] = line.replace("mtu 1450", "mtu 1500")
    talk_of = http(lab.web.ip, lab.stock.ip, dport=8080)
    net.between(lab, ALDER, CEDAR, talk_of[:4])
    net.between(lab, ALDER, CEDAR, ask(lab.web, lab.stock))
    request = talk_of[3][1]
    reply = IP(src=lab.stock.ip, dst=lab.web.ip, ttl=63, flags="DF", id=1) / TCP(
        sport=8080, dport=40000, flags="A", seq=request[TCP].ack, ack=request[TCP].seq + len(request[TCP].payload), window=509)
    net.between(lab, ALDER, CEDAR, [(False, reply)])
    for attempt in range(5):
        large = reply.copy() / (b"stock " * 250)[:1460]
        large.id = 10 + attempt
        whole = vxlan(CEDAR, ALDER, large)
        whole[IP].flags, whole[IP].id = 0, 700 + attempt
        for part in fragment(IP(bytes(whole[IP])), 1480):
            net.add(wire(CEDAR, ALDER) / part, nic(CEDAR), gap=0.0001)
        net.wait(0.2 * 2**attempt)
    net.between(lab, ALDER, CEDAR, http(lab.cart.ip, lab.stock.ip, sport=40400, dport=8080))
    return net, files


@challenge
def _08_not_on_the_guest_list():
    """A NetworkPolicy lets web in and nobody else: cart's packets reach cedar, and stop before the pod's veth."""
    lab = Cluster()
    veth = f"cedar-{lab.stock.veth}"
    net, files = begin(lab, nic(ALDER), nic(BIRCH), nic(CEDAR), veth)
    rule = {"from": [{"podSelector": {"matchLabels": {"app": "web"}}}], "ports": [{"port": 8080, "protocol": "TCP"}]}

    def policy(name, app, rules):
        return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": name, "namespace": "shop"},
                "spec": {"ingress": rules, "podSelector": {"matchLabels": {"app": app}}, "policyTypes": ["Ingress"]}}

    files["networkpolicies.yaml"] = items([policy("orders-open", "orders", [{}]), policy("stock-from-web", "stock", [rule])])
    for forward, packet in http(lab.web.ip, lab.stock.ip, dport=8080):
        a, b = (ALDER, CEDAR) if forward else (CEDAR, ALDER)
        frame, tunnel = at_veth(lab.stock, packet, not forward), vxlan(a, b, packet)
        net.add(frame, veth, gap=0.0001) if not forward else None
        net.add(tunnel, nic(a), nic(b), gap=0.0002)
        net.add(frame, veth) if forward else None
    for packet in syn(lab.cart.ip, lab.stock.ip, 4, sport=40500, dport=8080):
        net.add(vxlan(ALDER, CEDAR, packet), nic(ALDER), nic(CEDAR), gap=0.5)
    for forward, packet in http(CEDAR.ip, lab.stock.ip, ttl=64, sport=40600, dport=8080):
        net.add(Ether(src=HOST_VETH_MAC, dst=lab.stock.mac) / packet if forward else Ether(src=lab.stock.mac, dst=HOST_VETH_MAC) / packet, veth)
    net.between(lab, ALDER, BIRCH, http(lab.cart.ip, lab.orders.ip, sport=40700))
    return net, files


@challenge
def _09_who_is_calling():
    """A rule on alder translates the source of what its pods send to other nodes' pods into its tunnel address."""
    lab = Cluster()
    veth = f"alder-{lab.cart.veth}"
    net, files = begin(lab, nic(ALDER), nic(BIRCH), nic(CEDAR), veth)
    for receiver, sport in [(lab.orders, 40800), (lab.stock, 40801)]:
        for forward, packet in http(lab.cart.ip, receiver.ip, sport=sport, dport=8080):
            translated = packet.copy()
            setattr(translated[IP], "src" if forward else "dst", ALDER.tunnel)
            a, b = (ALDER, receiver.node) if forward else (receiver.node, ALDER)
            net.add(at_veth(lab.cart, packet, True), veth, gap=0.0001) if forward else None
            net.add(vxlan(a, b, translated), nic(a), nic(b), gap=0.0002)
            net.add(at_veth(lab.cart, packet, False), veth) if not forward else net.wait(0.01)
    net.between(lab, BIRCH, CEDAR, http(lab.orders.ip, lab.stock.ip, sport=40802, dport=8080))
    return net, files


@challenge
def _10_the_far_rack():
    """CrossSubnet, and birch has a /16 written down: it takes cedar, behind a router, for a neighbour, and asks for its MAC in vain."""
    nodes = (ALDER, BIRCH, FAR_CEDAR)
    lab = Cluster(nodes, mode="CrossSubnet")
    net, files = begin(lab, nic(ALDER), nic(BIRCH), nic(FAR_CEDAR))
    annotations = files["nodes.yaml"]["items"][1]["metadata"]["annotations"]
    annotations["projectcalico.org/IPv4Address"] = f"{BIRCH.ip}/16"
    replace(files["birch/ip-route.txt"], FAR_CEDAR.block, f"{FAR_CEDAR.block} via {FAR_CEDAR.ip} dev eth0 proto 80 onlink")
    for packet in syn(lab.stock.ip, lab.orders.ip, 4, sport=40900):
        net.add(vxlan(FAR_CEDAR, BIRCH, packet), nic(FAR_CEDAR), nic(BIRCH), gap=0.001)
        net.add(Ether(src=BIRCH.mac, dst="ff:ff:ff:ff:ff:ff") / ARP(op=1, hwsrc=BIRCH.mac, psrc=BIRCH.ip, pdst=FAR_CEDAR.ip), nic(BIRCH), nic(ALDER), gap=0.9)
    net.between(lab, ALDER, FAR_CEDAR, http(lab.web.ip, lab.stock.ip))
    net.between(lab, BIRCH, ALDER, ask(lab.orders, lab.cart))
    return net, files


@challenge
def _11_after_the_hardening():
    """IP-in-IP: birch's security group lets in TCP, UDP and ICMP, and not protocol 4."""
    lab = Cluster(tunnel="ipip")
    net, files = begin(lab, *map(nic, THREE))
    for a, b in [(lab.web, lab.orders), (lab.stock, lab.orders)]:
        for _, packet in ask(a, b, 3, answered=False):
            net.add(ipip(a.node, BIRCH, packet), nic(a.node), gap=0.4)
    for packet in syn(lab.orders.ip, lab.dns.ip, 3, sport=41200, dport=53):
        net.add(ipip(BIRCH, CEDAR, packet), nic(BIRCH), nic(CEDAR), gap=0.001)
        net.add(ipip(CEDAR, BIRCH, synack(lab.orders.ip, lab.dns.ip, 1, sport=41200, dport=53)[0]), nic(CEDAR), gap=0.9)
    net.between(lab, ALDER, CEDAR, http(lab.web.ip, lab.stock.ip))
    return net, files


@challenge
def _12_one_way_tunnel():
    """Nothing is wrong: ledger's pool is never encapsulated, web's always; the pool of the destination decides, each way."""
    pools = [pool("main-pool", "10.60.0.0/16", vxlanMode="Always"), pool("rack-pool", "10.61.0.0/16")]
    lab = Cluster(pools=pools)
    ledger, archive = Pod("books", "ledger-7c8f6d9b5-m2snx", BIRCH, "10.61.4.8"), Pod("books", "archive-0", CEDAR, "10.61.9.130")
    lab.pods += [ledger, archive]
    net, files = begin(lab, *map(nic, THREE))
    blocks = {BIRCH: "10.61.4.0/26", CEDAR: "10.61.9.128/26"}
    for node in THREE:
        files[f"{node.name}/ip-route.txt"] += [f"{block} via {other.ip} dev eth0 proto bird" for other, block in blocks.items() if other is not node]
    for a, b, talk_of in [(lab.web, ledger, http(lab.web.ip, ledger.ip, dport=8080)), (ledger, lab.stock, ask(ledger, lab.stock)),
                          (ledger, archive, http(ledger.ip, archive.ip, sport=41300, dport=5432))]:
        for forward, packet in talk_of:
            src, dst, to = (a.node, b.node, b) if forward else (b.node, a.node, a)
            net.add((plain if to in (ledger, archive) else vxlan)(src, dst, packet), nic(src), nic(dst))
    net.between(lab, BIRCH, CEDAR, http(lab.orders.ip, lab.stock.ip, sport=41400))
    return net, files


def main(numbers):
    for number in numbers or built:
        name, make = built[number]
        recording, files = make()
        folder = FOLDER / name
        folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(folder / "topology", ignore_errors=True)
        for old in folder.glob("*.pcap"):
            old.unlink()
        recording.write(folder)
        texts = {file: "\n".join(content) + "\n" if isinstance(content, list) else content for file, content in files.items()}
        write_snapshot(folder / "topology", texts)
        print(name)


if __name__ == "__main__":
    main(sys.argv[1:])
