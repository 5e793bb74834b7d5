#!/usr/bin/env python3
"""The outside opinion on decode: every field value and layer that tshark sees, as decode must show them.

  python3 test/support/tshark-fields.py             all captures of samples/, test/fixtures/headers, lab and cases
  python3 test/support/tshark-fields.py FILE...     only these (paths inside the repository)
  python3 test/support/tshark-fields.py --print FILE    to stdout, for test/support/compare-with-tshark.ts: any capture, nothing is written

Run by hand after a capture was added or made anew; tests only read test/golden/decode/<path of the capture>.json.gz. One packet a
line: [[protocol, offset, {name: [values]}], ...], kept to the field names that overlens uses (test/golden/wire/wireshark-fields.txt).
Reassembly and relative sequence numbers are off, VXLAN is decoded on port 8472 too; what an ICMP error quotes is left out.
"""

import gzip
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
NAMES = set((ROOT / "test/golden/wire/wireshark-fields.txt").read_text().split())
OFF = ("ip.defragment", "ipv6.defragment", "tcp.desegment_tcp_streams", "tcp.relative_sequence_numbers", "tcp.analyze_sequence_numbers")
COMMAND = ["tshark", "-n", "-T", "pdml", "-dudp.port==8472,vxlan"] + [f"-o{name}:FALSE" for name in OFF]
# Layers above the ones that overlens decodes, and tshark's own additions.
SKIPPED = {"geninfo", "frame", "raw", "data", "fake-field-wrapper"}


def main(arguments):
    if arguments[:1] == ["--print"]:
        for packet in dissect(pathlib.Path(arguments[1])):
            print(json.dumps(packet))
        return
    for path in map(pathlib.Path, arguments) if arguments else all_captures():
        path = path.resolve().relative_to(ROOT)
        golden = ROOT / "test/golden/decode" / golden_name(path)
        golden.parent.mkdir(parents=True, exist_ok=True)
        lines = "".join(json.dumps(packet, separators=(",", ":")) + "\n" for packet in dissect(ROOT / path))
        with golden.open("wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as packed:
            packed.write(lines.encode())
        print(golden.relative_to(ROOT), golden.stat().st_size)


def all_captures():
    yield from sorted((ROOT / "samples").rglob("*.pcap"))
    for folder in ("headers", "lab", "cases"):
        for path in sorted((ROOT / "test/fixtures" / folder).rglob("*.pcap*")):
            if re.search(r"\.pcap(ng|\d+)?(\.gz)?$", path.name):
                yield path


def golden_name(path):
    """samples/01-x/a.pcap -> samples/01-x/a.json.gz, test/fixtures/lab/a.pcap.gz -> lab/a.json.gz"""
    text = str(path).removeprefix("test/fixtures/")
    return re.sub(r"\.pcap(ng)?(\.gz)?$", "", text) + ".json.gz"


def dissect(path):
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    with tempfile.NamedTemporaryFile(suffix=".pcap") as plain:
        plain.write(data)
        plain.flush()
        # Status 2: the file is cut off; what came before counts.
        run = subprocess.run(COMMAND + ["-r", plain.name], capture_output=True)
        if run.returncode not in (0, 2) or run.stdout == b"":
            sys.exit(run.stderr.decode())
        pdml = run.stdout
    for _, packet in ElementTree.iterparse(io.BytesIO(pdml)):
        if packet.tag == "packet":
            yield [layer for proto in packet.findall("proto") for layer in layers(proto)]
            packet.clear()


def layers(proto):
    """A layer, and the IPv6 extension headers that tshark nests in it."""
    if proto.get("name") in SKIPPED:
        return
    values = {}
    collect(proto, values)
    yield [proto.get("name"), int(proto.get("pos")), values]
    for nested in proto.iter("proto"):
        if nested is not proto and nested.get("name", "").startswith("ipv6."):
            yield from layers(nested)


def collect(element, values):
    for child in element.findall("field"):
        name, shown = child.get("name"), child.get("show")
        if name in NAMES and shown:
            values.setdefault(name, []).append(shown)
        collect(child, values)


main(sys.argv[1:])
