#!/usr/bin/env python3
"""The outside opinion on whole files: what capinfos, tshark and tcpdump read of them.

  python3 test/support/capinfos-golden.py                   the crafted captures of test/fixtures/pcap-variants, into test/golden/pcap-variants
  python3 test/support/capinfos-golden.py --public FOLDER   captures of other projects, which are not part of this one, into test/golden/public

Run by hand; tests only read the result, one JSON per capture. `capinfos`: type and number of packets, `damage` what it says of them.
`tcpdump`: packets that it reads, and what it says. `packets`: [seconds, bytes on the wire, bytes in the file, protocols] by tshark,
reassembly off, VXLAN on port 8472 too. `observations`: conversations, as in test/golden/tshark (test/support/tshark-golden.py). Of a
public capture nothing else is kept, and its SHA-256, so that the test knows that it has the same one.
"""

import gzip
import hashlib
import importlib.util
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIELDS = ["frame.time_epoch", "frame.len", "frame.cap_len", "frame.protocols"]


def tshark_golden():
    spec = importlib.util.spec_from_file_location("tshark_golden", ROOT / "test/support/tshark-golden.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TSHARK = tshark_golden()


def main(arguments):
    public = arguments[:1] == ["--public"]
    folder = pathlib.Path(arguments[1]) if public else ROOT / "test/fixtures/pcap-variants"
    goldens = ROOT / "test/golden" / ("public" if public else "pcap-variants")
    goldens.mkdir(parents=True, exist_ok=True)
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix != ".md":
            (goldens / f"{path.name}.json").write_text(render(path, opinion(path)))
            print(path.name)


def opinion(path):
    data = path.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        content = gzip.decompress(data) if path.suffix == ".gz" else data
        plain = pathlib.Path(folder) / ("a.pcapng" if content[:4] == b"\n\r\r\n" else "a.pcap")
        plain.write_bytes(content)
        packets = [line.split("\t") for line in run(packet_command(plain))[0].splitlines()]
        rows, _, without_flow = TSHARK.observe(plain) if packets else ({}, 0, 0)
        return {
            "capture": path.name,
            "sha256": hashlib.sha256(data).hexdigest(),
            "capinfos": capinfos(plain),
            "tcpdump": tcpdump(plain),
            "framesWithoutFlow": without_flow,
        }, packets, rows


def packet_command(path):
    fields = [part for field in FIELDS for part in ("-e", field)]
    return ["tshark", *[option for option in TSHARK.OPTIONS if option not in ("-T", "pdml")], "-r", str(path), "-T", "fields", *fields]


def capinfos(path):
    text, said = run(["capinfos", "-t", "-c", "-M", str(path)])
    kind, packets = (re.search(f"^{name}: +(.*)$", text, re.M) for name in ("File type", "Number of packets"))
    # without a whole file capinfos prints no number unless told to go on
    found = re.search(r"after reading (\d+) packets", said)
    number = packets.group(1) if packets else found.group(1) if found else "0"
    return {"type": kind.group(1) if kind else None, "packets": int(number), "damage": reason(said, path)}


def tcpdump(path):
    text, said = run(["tcpdump", "-n", "-tt", "--number", "-r", str(path)])
    numbers = re.findall(r"^ *(\d+)  ", text, re.M)
    errors = [line for line in said.splitlines() if line.startswith("tcpdump: ")]
    return {"packets": int(numbers[-1]) if numbers else 0, "damage": errors[-1].removeprefix("tcpdump: ") if errors else None}


def reason(said, path):
    """The last sentence without the names of temporary files."""
    lines = [line for line in said.replace(str(path), "FILE").splitlines() if line.strip() and "Running as" not in line]
    return " ".join(line.removeprefix("capinfos: ").strip() for line in lines[-2:] if "will continue" not in line) or None


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout, done.stderr


def render(path, found):
    head, packets, rows = found
    shown = [[time, int(length), int(captured), protocols] for time, length, captured, protocols in packets]
    names = [dict(zip(TSHARK.NAMES, row)) | {"frames": count} for row, count in sorted(rows.items(), key=lambda item: json.dumps(item[0]))]
    parts = [f'"{key}": {json.dumps(value)}' for key, value in head.items()]
    for key, values in (("packets", shown), ("observations", names)):
        lines = ",\n    ".join(json.dumps(value) for value in values)
        parts.append(f'"{key}": [' + (f"\n    {lines}\n  ]" if values else "]"))
    return "{\n  " + ",\n  ".join(parts) + "\n}\n"


if __name__ == "__main__":
    main(sys.argv[1:])
