"""The cluster of the challenges: other nodes, pods and addresses than the samples', the tables that Calico would write there, and a clock
by which one packet is in the captures of all places that it passed. Used by make-challenges.py."""

import hashlib
import struct

import built_cluster
from built_cluster import BEGIN, GATEWAY_MAC, HOST_VETH_MAC, IP, TCP, Ether, Node, arp_pair, ipip, items, node_object, ping, plain, pool, vxlan

# Enough of each packet for every header of a tunnel; more would only make the package larger.
SNAPLEN = 134
# What a tunnel takes (docs/course/05-mtu.md).
VXLAN_BYTES, IPIP_BYTES = 50, 20


class Host(Node):
    """A node by a name of its own, with the block of addresses that its pods have. Its tunnel has the block's first one."""

    def __init__(self, name, ip, mac, block):
        super().__init__(name, ip, 24, mac, block.split("/")[0], block)
        self.name = name
        self.vtep_mac = self._mac(name)


class Pod:
    def __init__(self, namespace, name, node, ip):
        self.namespace, self.name, self.node, self.ip = namespace, name, node, ip
        self.app = name.split("-")[0]
        digest = hashlib.sha1(f"{namespace}.{name}".encode()).hexdigest()
        self.veth, self.mac = "cali" + digest[:11], ":".join(["a2"] + [digest[i : i + 2] for i in range(12, 22, 2)])


ALDER = Host("alder", "172.20.8.11", "52:54:00:8a:11:0b", "10.60.17.0/26")
BIRCH = Host("birch", "172.20.8.12", "52:54:00:8a:12:0c", "10.60.92.64/26")
CEDAR = Host("cedar", "172.20.8.13", "52:54:00:8a:13:0d", "10.60.203.128/26")
FAR_CEDAR = Host("cedar", "172.20.9.13", "52:54:00:8a:13:0d", "10.60.203.128/26")


class Cluster:
    """Pods and tables of three nodes. `pools` are IPPools, `mode` what the first one asks for: Always, CrossSubnet or Never."""

    def __init__(self, nodes=(ALDER, BIRCH, CEDAR), pools=None, mode="Always", tunnel="vxlan", mtu=1500):
        self.nodes, self.mode, self.tunnel, self.mtu = nodes, mode, tunnel, mtu
        self.pools = pools or [pool("main-pool", "10.60.0.0/16", **{f"{'vxlan' if tunnel == 'vxlan' else 'ipip'}Mode": mode})]
        alder, birch, cedar = nodes
        self.web = Pod("shop", "web-7d5c9f6b84-h2xkq", alder, "10.60.17.9")
        self.cart = Pod("shop", "cart-58b6dd7f9-vz4tn", alder, "10.60.17.14")
        self.orders = Pod("shop", "orders-6f9c7b5d6c-p8rjm", birch, "10.60.92.70")
        self.stock = Pod("shop", "stock-84d99c6f55-9wlds", cedar, "10.60.203.133")
        self.dns = Pod("kube-system", "coredns-5c69dbb7bd-t6g2x", cedar, "10.60.203.140")
        self.pods = [self.web, self.cart, self.orders, self.stock, self.dns]

    def is_tunnelled(self, a, b):
        return self.mode == "Always" or (self.mode == "CrossSubnet" and a.ip.rsplit(".", 1)[0] != b.ip.rsplit(".", 1)[0])

    def wrap(self, a, b, inner, **options):
        if not self.is_tunnelled(a, b):
            return plain(a, b, inner)
        return (vxlan if self.tunnel == "vxlan" else ipip)(a, b, inner, **options)

    # --- what `ip` and `bridge` print on a node ---

    def route(self, node):
        others = [other for other in self.nodes if other is not node]
        lines = [f"default via {node.ip.rsplit('.', 1)[0]}.1 dev eth0 proto static", f"{node.ip.rsplit('.', 1)[0]}.0/24 dev eth0 proto kernel scope link src {node.ip}"]
        lines += [self.route_to(node, other) for other in others]
        lines += [f"blackhole {node.block} proto {'80' if self.tunnel == 'vxlan' else 'bird'}"]
        return lines + [f"{pod.ip} dev {pod.veth} scope link" for pod in self.pods if pod.node is node]

    def route_to(self, node, other):
        if not self.is_tunnelled(node, other):
            return f"{other.block} via {other.ip} dev eth0 proto {'80 onlink' if self.mode == 'CrossSubnet' else 'bird'}"
        if self.tunnel == "ipip":
            return f"{other.block} via {other.ip} dev tunl0 proto bird onlink"
        return f"{other.block} via {other.tunnel} dev vxlan.calico onlink"

    def neigh(self, node):
        others = [other for other in self.nodes if other is not node]
        lines = [f"{other.ip} dev eth0 lladdr {other.mac} REACHABLE" for other in others if other.ip.rsplit(".", 1)[0] == node.ip.rsplit(".", 1)[0]]
        if self.has_vxlan():
            lines += [f"{other.tunnel} dev vxlan.calico lladdr {other.vtep_mac} PERMANENT" for other in others]
        return lines + [f"{pod.ip} dev {pod.veth} lladdr {pod.mac} STALE" for pod in self.pods if pod.node is node]

    def fdb(self, node):
        lines = ["33:33:00:00:00:01 dev eth0 self permanent", "01:00:5e:00:00:01 dev eth0 self permanent"]
        others = [other for other in self.nodes if other is not node and self.has_vxlan()]
        return lines + [f"{other.vtep_mac} dev vxlan.calico dst {other.ip} self permanent" for other in others]

    def has_vxlan(self):
        return self.tunnel == "vxlan" and any(one["spec"]["vxlanMode"] != "Never" for one in self.pools)

    def link(self, node):
        inner = self.mtu - (VXLAN_BYTES if self.tunnel == "vxlan" else IPIP_BYTES)
        lines = device(1, "lo", 65536, "loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00", "LOOPBACK,UP,LOWER_UP")
        lines += device(2, "eth0", self.mtu, ethernet(node.mac))
        for number, pod in enumerate([pod for pod in self.pods if pod.node is node], 7):
            lines += [*device(number, f"{pod.veth}@if3", inner, ethernet(HOST_VETH_MAC) + f" link-netnsid {number - 7}"), "    veth"]
        if self.has_vxlan():
            lines += [*device(12, "vxlan.calico", inner, ethernet(node.vtep_mac)), f"    vxlan id 4096 local {node.ip} dev eth0 srcport 0 0 dstport 4789 nolearning ttl auto ageing 300 udpcsum"]
        if self.tunnel == "ipip":
            lines += [*device(12, "tunl0@NONE", inner, "ipip 0.0.0.0 brd 0.0.0.0", "NOARP,UP,LOWER_UP"), "    ipip any remote any local any ttl inherit nopmtudisc"]
        return lines

    def snapshot(self):
        """{file: lines or object}; a challenge breaks what it wants of it."""
        kind = "IPv4VXLANTunnelAddr" if self.tunnel == "vxlan" else "IPv4IPIPTunnelAddr"
        kind = kind if self.tunnel == "ipip" or self.has_vxlan() else None
        files = {"ippools.yaml": items(self.pools), "nodes.yaml": items([node_object(node, kind) for node in self.nodes])}
        files["pods.yaml"] = items([pod_object(pod) for pod in self.pods])
        for node in self.nodes:
            tables = {"ip-route": self.route, "ip-neigh": self.neigh, "bridge-fdb": self.fdb, "ip-link": self.link}
            files |= {f"{node.name}/{name}.txt": table(node) for name, table in tables.items()}
        return files


def ethernet(mac):
    return f"ether {mac} brd ff:ff:ff:ff:ff:ff"


def device(number, name, mtu, link, flags="BROADCAST,MULTICAST,UP,LOWER_UP"):
    return [f"{number}: {name}: <{flags}> mtu {mtu} qdisc noqueue state UP mode DEFAULT group default qlen 1000", f"    link/{link}"]


def pod_object(pod):
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"creationTimestamp": "2026-11-21T06:30:00Z", "labels": {"app": pod.app}, "name": pod.name, "namespace": pod.namespace},
        "spec": {"nodeName": pod.node.name},
        "status": {"hostIP": pod.node.ip, "phase": "Running", "podIP": pod.ip, "podIPs": [{"ip": pod.ip}]},
    }


class Recording:
    """Packets with the places that they pass: one list of events, and a capture of each place."""

    def __init__(self, *places):
        self.captures, self.nodes, self.now = {place: [] for place in places}, (), 0.0

    def add(self, frame, *places, gap=0.02):
        """`frame` at each of the places that are captured, some microseconds apart."""
        for hop, place in enumerate(places):
            if place in self.captures:
                seen = self.routed(frame, place) if hop > 0 and frame[Ether].dst == GATEWAY_MAC else frame
                self.captures[place].append((self.now + hop * 0.00004, seen))
        self.now += gap

    def routed(self, frame, place):
        """As the router between two subnets hands it to the node there."""
        frame = frame.copy()
        frame[Ether].src, frame[Ether].dst = GATEWAY_MAC, next(node.mac for node in self.nodes if nic(node) == place)
        frame[IP].ttl -= 1
        return frame

    def wait(self, seconds):
        self.now += seconds

    def between(self, cluster, a, b, conversation, gap=0.02):
        """A conversation from node a to node b as the pool asks for it, with both NICs on the way."""
        for forward, packet in conversation:
            src, dst = (a, b) if forward else (b, a)
            self.add(cluster.wrap(src, dst, packet), nic(src), nic(dst), gap=gap)

    def greet(self, *nodes):
        """Each pair of nodes resolves the other's address and talks to its kubelet."""
        self.nodes = nodes
        for i, a in enumerate(nodes):
            for b in nodes[i + 1 :]:
                if a.ip.rsplit(".", 1)[0] == b.ip.rsplit(".", 1)[0]:
                    for frame in arp_pair(a, b):
                        self.add(frame, nic(a), nic(b), gap=0.002)
                for forward, packet in http(a.ip, b.ip, ttl=64, sport=41000 + i, dport=10250)[:5]:
                    src, dst = (a, b) if forward else (b, a)
                    self.add(plain(src, dst, packet), nic(src), nic(dst), gap=0.002)

    def write(self, folder):
        for place, packets in self.captures.items():
            content = struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, SNAPLEN, 1)
            for at, frame in sorted(packets, key=lambda one: one[0]):
                whole, micros = bytes(frame), round((BEGIN + at) * 1_000_000)
                kept = whole[:SNAPLEN]
                content += struct.pack("<IIII", micros // 1_000_000, micros % 1_000_000, len(kept), len(whole)) + kept
            (folder / f"{place}.pcap").write_bytes(content)


def nic(node):
    return f"{node.name}-eth0"


def at_veth(pod, packet, outgoing):
    """A packet between a pod and its node: one hop before the first router, or one behind the last."""
    packet = packet.copy()
    packet.ttl = 64 if outgoing else packet.ttl - 1
    return Ether(src=pod.mac, dst=HOST_VETH_MAC) / packet if outgoing else Ether(src=HOST_VETH_MAC, dst=pod.mac) / packet


def numbered(packets):
    """TCP segments with sequence numbers of their own for each connection; http() and syn() begin all with the same."""
    for packet in packets:
        ip, tcp = packet[IP], packet[TCP]
        tcp.seq += first_number(ip.src, tcp.sport, ip.dst, tcp.dport)
        if "A" in tcp.flags:
            tcp.ack += first_number(ip.dst, tcp.dport, ip.src, tcp.sport)
    return packets


def first_number(*ends):
    return int(hashlib.sha1(repr(ends).encode()).hexdigest()[:7], 16)


def http(*ends, **options):
    talk = built_cluster.http(*ends, **options)
    numbered([packet for _, packet in talk])
    return talk


def syn(*ends, **options):
    return numbered(built_cluster.syn(*ends, **options))


def synack(*ends, **options):
    return numbered(built_cluster.synack(*ends, **options))


def ask(src, dst, count=3, answered=True):
    """Pings between pods, as they are on the way between nodes; unanswered ones without what would have come back."""
    return [one for one in ping(src.ip, dst.ip, count) if answered or one[0]]
