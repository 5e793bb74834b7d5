#!/usr/bin/env python3
"""The outside opinion: what tshark sees in a capture, as the observation table that trace must agree with.

  python3 test/support/tshark-golden.py                 every capture of samples/ and test/fixtures/
  python3 test/support/tshark-golden.py FILE...         only these (paths inside the repository)

Run by hand after a capture was added or made anew; tests only read the result, test/golden/tshark/<path of the capture>.json:
one row per (interface index, encapsulation, outer addresses, VNI, inner five-tuple) with its number of frames. tshark runs with
reassembly off; layers are taken from its PDML in order, and what an ICMP error quotes is nested there, so it is never counted.
Later fragments carry no ports: they are counted with the first fragment of the same addresses, protocol and IP identification.
"""

import gzip
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import Counter

ROOT = pathlib.Path(__file__).resolve().parents[2]
OPTIONS = (
    ["-n", "-T", "pdml"]
    + [f"-o{name}:FALSE" for name in ("ip.defragment", "ipv6.defragment", "tcp.desegment_tcp_streams")]
    + ["-dudp.port==8472,vxlan"]
)
VXLAN_PORTS = {4789, 8472}
PROTOCOLS = {1: "icmp", 2: "igmp", 6: "tcp", 17: "udp", 47: "gre", 50: "esp", 51: "ah", 58: "icmpv6", 89: "ospf", 132: "sctp"}
WITH_PORTS = {6: "tcp", 17: "udp", 132: "sctp"}
# What may stand between the link layer and IP, or between a tunnel and IP.
TUNNELS = {"vxlan": "vxlan", "geneve": "geneve", "gre": "gre"}


def main(arguments):
    version = subprocess.run(["tshark", "--version"], capture_output=True, text=True, check=True).stdout.split("\n")[0]
    for path in map(pathlib.Path, arguments) if arguments else all_captures():
        path = path.resolve().relative_to(ROOT)
        golden = ROOT / "test/golden/tshark" / golden_name(path)
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(render(path, version, *observe(ROOT / path)))
        print(golden.relative_to(ROOT))


def all_captures():
    for folder in ("samples", "test/fixtures/lab", "test/fixtures/cases"):
        for path in sorted((ROOT / folder).rglob("*.pcap*")):
            if path.suffix in (".pcap", ".pcapng", ".gz"):
                yield path


def golden_name(path):
    """samples/01-x/a.pcap -> samples/01-x/a.pcap.json, test/fixtures/lab/a.pcap.gz -> lab/a.pcap.json"""
    text = str(path).removeprefix("test/fixtures/").removesuffix(".gz")
    return text + ".json"


def observe(path):
    """Counter of rows, number of frames, number of frames without IP."""
    rows, firsts, frames, without_ip = Counter(), {}, 0, 0
    for layers in dissect(path):
        frames += 1
        row = classify(layers, firsts, path.suffix == ".pcapng")
        if row is None:
            without_ip += 1
        else:
            rows[row] += 1
    return rows, frames, without_ip


def dissect(path):
    """Per frame the list of (protocol, {field: first value}) in wire order."""
    with tempfile.NamedTemporaryFile(suffix=".pcap") as plain:
        if path.suffix == ".gz":
            with gzip.open(path) as packed:
                shutil.copyfileobj(packed, plain)
            plain.flush()
        source = plain.name if path.suffix == ".gz" else str(path)
        tshark = subprocess.Popen(
            ["tshark", *OPTIONS, "-r", source], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        for _, element in ElementTree.iterparse(tshark.stdout):
            if element.tag == "packet":
                yield [(proto.get("name"), fields(proto)) for proto in element.findall("proto")]
                element.clear()
        tshark.wait()


def fields(proto):
    found = {}
    for field in proto.iter("field"):
        found.setdefault(field.get("name"), field.get("show"))
    return found


def classify(layers, firsts, from_pcapng):
    """The row of one frame; None if it is no flow (ARP, LLC, ...)."""
    ifindex, tunnel, address, transport = None, None, None, None
    for name, values in layers:
        if name == "frame" and from_pcapng:
            ifindex = number(values.get("frame.interface_id"))
        elif name == "sll" and values.get("sll.ifindex"):
            ifindex = number(values.get("sll.ifindex"))
        elif name in ("ip", "ipv6"):
            if values.get(f"{name}.dst") is None:  # cut off by the snaplen: the flow is what carries it
                if tunnel is None and address is not None:
                    tunnel = {"encapsulation": "ipip", "vni": None}
                if tunnel is not None:
                    tunnel.setdefault("outer", address)
                break
            if address is not None and tunnel is None:
                tunnel = {"encapsulation": "ipip", "vni": None}
            if tunnel is not None and "outer" not in tunnel:
                tunnel["outer"] = address
            address, transport = addresses(name, values), None
        elif name in ("tcp", "udp", "sctp") and address is not None:
            transport = (number(values.get(f"{name}.srcport")), number(values.get(f"{name}.dstport")))
        elif name in TUNNELS and address is not None and (name != "vxlan" or is_vxlan(transport, values)):
            tunnel = {"encapsulation": TUNNELS[name], "vni": number(values.get(f"{name}.vni"))}
        elif name == "wg" and address is not None:
            tunnel = {"encapsulation": "wireguard", "vni": None, "outer": address}
        elif name in ("icmp", "icmpv6"):
            break
    if address is None or (tunnel is not None and "outer" not in tunnel):
        return None  # no IP at all, or none in the tunnel (ARP)
    return row_of(ifindex, tunnel, address, transport, firsts)


def is_vxlan(transport, values):
    """tshark takes a source port of 4789 for VXLAN too, and anything without the I flag (RFC 7348: it MUST be set)."""
    return transport is not None and transport[1] in VXLAN_PORTS and number(values.get("vxlan.flag_i")) == 1


def addresses(name, values):
    protocol = number(values.get("ip.proto" if name == "ip" else "ipv6.nxt"))
    if name == "ip":
        offset, more = number(values.get("ip.frag_offset")), number(values.get("ip.flags.mf"))
        identification = values.get("ip.id")
    else:
        protocol = number(values.get("ipv6.fraghdr.nxt")) or protocol
        offset, more = number(values.get("ipv6.fraghdr.offset")), number(values.get("ipv6.fraghdr.more"))
        identification = values.get("ipv6.fraghdr.ident")
    return {
        "src": values.get(f"{name}.src"),
        "dst": values.get(f"{name}.dst"),
        "protocol": protocol,
        "later": bool(offset),
        "first": bool(more) and not offset,
        "fragment": (values.get(f"{name}.src"), values.get(f"{name}.dst"), protocol, identification),
    }


def row_of(ifindex, tunnel, address, transport, firsts):
    outer = tunnel.get("outer") if tunnel else None
    ports = (0, 0)
    if address["protocol"] in WITH_PORTS and not address["later"]:
        ports = transport or (None, None)
    row = (
        ifindex,
        tunnel["encapsulation"] if tunnel else "none",
        outer["src"] if outer else None,
        outer["dst"] if outer else None,
        tunnel["vni"] if tunnel else None,
        address["src"],
        address["dst"],
        PROTOCOLS.get(address["protocol"], str(address["protocol"])),
        *ports,
    )
    # A fragment is at home where its first fragment is: inner ones per outer addresses, outer ones wherever the first led.
    place = (ifindex, (outer["src"], outer["dst"]) if outer and outer is not address else None)
    if address["later"]:
        return firsts.get((place, address["fragment"]), row)
    for part in filter(None, (outer, address)):
        if part["first"]:
            nested = (outer["src"], outer["dst"]) if part is address and outer and outer is not address else None
            firsts[((ifindex, nested), part["fragment"])] = row
    return row


def number(text):
    if text is None or text == "":
        return None
    if text in ("True", "False"):
        return int(text == "True")
    return int(text, 0)


NAMES = ("ifindex", "encapsulation", "outerSrc", "outerDst", "vni", "src", "dst", "protocol", "srcPort", "dstPort")


def render(path, version, rows, frames, without_ip):
    head = {
        "capture": str(path),
        "tshark": version,
        "command": " ".join(["tshark", *OPTIONS, "-r", path.name.removesuffix(".gz")]),
        "frames": frames,
        "framesWithoutFlow": without_ip,
    }
    ordered = sorted(rows.items(), key=lambda item: json.dumps(item[0]))
    lines = [json.dumps(dict(zip(NAMES, row)) | {"frames": count}) for row, count in ordered]
    return json.dumps(head, indent=2)[:-2] + ',\n  "observations": [\n    ' + ",\n    ".join(lines) + "\n  ]\n}\n"


if __name__ == "__main__":
    main(sys.argv[1:])
