"""The lab's cluster for built packets: nodes, pods, headers between them, and snapshots. Used by make-built-cases.py and its neighbours.

scapy makes every header and checksum here, so that nothing of the project checks itself.
"""

import hashlib
import pathlib

import yaml
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.l2 import Ether
from scapy.layers.vxlan import VXLAN
from scapy.utils import PcapWriter

BEGIN = 1795334400  # 2026-11-22 08:00:00 UTC
GATEWAY_MAC = "02:04:7a:86:55:c1"
HOST_VETH_MAC = "ee:ee:ee:ee:ee:ee"


class Node:
    """A node as Calico knows it; `ip` decides its name, the name its tunnel MAC."""

    def __init__(self, alias, ip, prefix, mac, tunnel, block):
        self.alias, self.ip, self.prefix, self.mac, self.tunnel, self.block = alias, ip, prefix, mac, tunnel, block
        self.name = f"ip-{ip.replace('.', '-')}.eu-west-1.compute.internal"
        self.vtep_mac = self._mac(self.name)
        self.vtep_mac_v6 = self._mac(self.name + "-v6")
        number = ip.rsplit(".", 1)[1]
        self.ip6, self.tunnel6 = f"fd00:10:1::{number}", f"fd00:48::{number}:1"

    @staticmethod
    def _mac(text):
        digest = hashlib.sha1(text.encode()).hexdigest()
        return ":".join(["66"] + [digest[i : i + 2] for i in range(0, 10, 2)])


CONTROL1 = Node("control1", "10.0.1.20", 24, "02:79:d5:90:06:0b", "10.48.0.135", "10.48.0.128/26")
WORKER1 = Node("worker1", "10.0.1.30", 24, "02:85:fc:c5:96:85", "10.48.0.206", "10.48.0.192/26")
WORKER2 = Node("worker2", "10.0.1.31", 24, "02:df:0c:da:8e:b1", "10.48.0.46", "10.48.0.0/26")
FAR_WORKER2 = Node("worker2", "10.0.2.31", 24, "02:df:0c:da:8e:b1", "10.48.0.46", "10.48.0.0/26")
WEB, CART, DB, CLIENT = "10.48.0.130", "10.48.0.131", "10.48.0.200", "10.48.0.10"
WEB6, DB6 = "fd00:48::20:130", "fd00:48::30:200"
POD_MAC = {WEB: "d6:94:0c:7e:3a:6c", CART: "d6:02:5b:22:c6:8b", DB: "d6:bb:a1:98:46:64", CLIENT: "d6:5e:4c:ef:22:47"}
PODS = [
    ("yaobank/customer-687b8d8f74-lmzqz", CONTROL1, WEB),
    ("yaobank/summary-748b977d44-4w8wm", CONTROL1, CART),
    ("yaobank/database-6967b6c8d7-qc25s", WORKER1, DB),
    ("yaobank/summary-748b977d44-xg6lx", WORKER2, CLIENT),
]

# --- packets ---------------------------------------------------------------------------------------------------------


def ping(src, dst, count=2, ttl=63):
    """Echo requests and replies as they are after one hop: [(from source?, packet)]."""
    packets = []
    for seq in range(1, count + 1):
        body = ICMP(id=4711, seq=seq) / (b"overlens" * 7)
        packets.append((True, IP(src=src, dst=dst, ttl=ttl, id=100 + seq) / body))
        packets.append((False, IP(src=dst, dst=src, ttl=ttl, id=200 + seq) / ICMP(type=0, id=4711, seq=seq) / (b"overlens" * 7)))
    return packets


def http(src, dst, ttl=63, make_ip=None, sport=40000, dport=80):
    """A short TCP connection with an answer: [(from source?, packet)]."""
    make_ip = make_ip or (lambda a, b: IP(src=a, dst=b, ttl=ttl, flags="DF", id=1))

    def there(**fields):
        return make_ip(src, dst) / TCP(sport=sport, dport=dport, window=502, **fields)

    def back(**fields):
        return make_ip(dst, src) / TCP(sport=dport, dport=sport, window=509, **fields)

    request, answer = b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"
    return [
        (True, there(flags="S", seq=1000, options=[("MSS", 1410)])),
        (False, back(flags="SA", seq=5000, ack=1001, options=[("MSS", 1410)])),
        (True, there(flags="A", seq=1001, ack=5001)),
        (True, there(flags="PA", seq=1001, ack=5001) / request),
        (False, back(flags="PA", seq=5001, ack=1001 + len(request)) / answer),
        (True, there(flags="FA", seq=1001 + len(request), ack=5001 + len(answer))),
        (False, back(flags="FA", seq=5001 + len(answer), ack=1002 + len(request))),
        (True, there(flags="A", seq=1002 + len(request), ack=5002 + len(answer))),
    ]


def wire(a, b):
    """Ethernet between two NICs, over the gateway when the subnets differ."""
    direct = a.ip.rsplit(".", 1)[0] == b.ip.rsplit(".", 1)[0]
    return Ether(src=a.mac, dst=b.mac if direct else GATEWAY_MAC)


def plain(a, b, inner):
    return wire(a, b) / inner


def inner_frame(a, b):
    return Ether(src=a.vtep_mac, dst=b.vtep_mac)


def vxlan(a, b, inner, vni=4096, port=4789, frame=None):
    outer = IP(src=a.ip, dst=b.ip, ttl=64, id=4096) / UDP(sport=48000 + (vni + port) % 9000, dport=port)
    return wire(a, b) / outer / VXLAN(flags=8, vni=vni) / (frame or inner_frame(a, b)) / inner


def ipip(a, b, inner, src=None):
    return wire(a, b) / IP(src=src or a.ip, dst=b.ip, ttl=inner.ttl, flags=inner.flags, id=77) / inner


def between(a, b, conversation, there, back=None):
    """Each packet of a conversation in its wrapping: there(a, b, packet), back(b, a, packet)."""
    return [there(a, b, packet) if forward else (back or there)(b, a, packet) for forward, packet in conversation]


def arp_pair(a, b):
    """What every NIC capture holds: one node asks for the other's address."""
    from scapy.layers.l2 import ARP

    return [
        Ether(src=a.mac, dst="ff:ff:ff:ff:ff:ff") / ARP(op=1, hwsrc=a.mac, psrc=a.ip, pdst=b.ip),
        Ether(src=b.mac, dst=a.mac) / ARP(op=2, hwsrc=b.mac, psrc=b.ip, hwdst=a.mac, pdst=a.ip),
    ]


def talk(a, b, sport=41000):
    """What nodes always say: it shows that both directions are captured."""
    return arp_pair(a, b) + between(a, b, http(a.ip, b.ip, ttl=64, sport=sport, dport=6443), plain)


def around(here, packets, *others):
    """A capture of one NIC: it begins and ends with what its node says to the other nodes, by which it is known."""
    first = [packet for other in others for packet in talk(here, other)]
    last = [packet for other in others for packet in talk(here, other, sport=41001)]
    return first + packets + last


def syn(src, dst, count=3, ttl=63, sport=40000, dport=80):
    """The same SYN again and again, as Linux sends it: every time with another identification."""
    return [IP(src=src, dst=dst, ttl=ttl, flags="DF", id=300 + i) / TCP(sport=sport, dport=dport, flags="S", seq=1000, window=64240) for i in range(count)]


def synack(src, dst, count=3, ttl=63, sport=40000, dport=80):
    return [IP(src=dst, dst=src, ttl=ttl, flags="DF", id=0) / TCP(sport=dport, dport=sport, flags="SA", seq=5000, ack=1001, window=65160) for _ in range(count)]


def alternating(*lists):
    return [packet for group in zip(*lists) for packet in group]


def error(sender, receiver, type, code, quoted, length=None):
    """An ICMP error about a packet that `receiver` sent; `length` is how much of it is quoted."""
    content = bytes(quoted.payload)[:length]
    return Ether(src=sender.mac, dst=receiver.mac) / IP(src=sender.ip, dst=receiver.ip, ttl=64) / ICMP(type=type, code=code) / content


def write_capture(path, packets, linktype=1, gap=0.01):
    with PcapWriter(str(path), linktype=linktype, sync=True) as writer:
        for index, packet in enumerate(packets):
            # None: a moment in which nothing comes here
            if packet is None:
                continue
            packet.time = BEGIN + index * gap
            writer.write(packet)


# --- snapshots -------------------------------------------------------------------------------------------------------


def pool(name="default-ipv4-ippool", cidr="10.48.0.0/24", **spec):
    defaults = {
        "allowedUses": ["Workload", "Tunnel"], "blockSize": 26, "cidr": cidr, "ipipMode": "Never", "natOutgoing": True,
        "nodeSelector": "all()", "vxlanMode": "Never",
    }
    return {"apiVersion": "projectcalico.org/v3", "kind": "IPPool", "metadata": {"name": name}, "spec": defaults | spec}


def node_object(node, tunnel="IPv4VXLANTunnelAddr", **annotations):
    found = {"projectcalico.org/IPv4Address": f"{node.ip}/{node.prefix}"}
    if tunnel:
        found[f"projectcalico.org/{tunnel}"] = node.tunnel
    found |= {f"projectcalico.org/{key}": value for key, value in annotations.items()}
    return {
        "apiVersion": "v1", "kind": "Node", "metadata": {"name": node.name, "annotations": found},
        "status": {"addresses": [{"address": node.ip, "type": "InternalIP"}, {"address": node.alias, "type": "Hostname"}]},
    }


def pod_object(pod, node, ip, created="2026-11-20T08:12:44Z", phase="Running", **spec):
    namespace, name = pod.split("/")
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"creationTimestamp": created, "name": name, "namespace": namespace},
        "spec": {"nodeName": node.name} | spec,
        "status": {"hostIP": node.ip, "phase": phase, "podIP": ip, "podIPs": [{"ip": ip}]},
    }


def items(objects):
    return {"apiVersion": "v1", "items": objects, "kind": "List", "metadata": {"resourceVersion": ""}}


def cluster(pools, nodes=None, pods=None, tunnel="IPv4VXLANTunnelAddr"):
    """{file: object} of a snapshot; nodes and pods are the lab's unless given."""
    nodes = nodes if nodes is not None else [node_object(n, tunnel) for n in (CONTROL1, WORKER1, WORKER2)]
    pods = pods if pods is not None else [pod_object(*pod) for pod in PODS]
    files = {"ippools.yaml": items(pools), "nodes.yaml": items(nodes)}
    return files | ({"pods.yaml": items(pods)} if pods else {})


def write_snapshot(folder, files):
    for name, content in files.items():
        path = pathlib.Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=True, width=1000))
