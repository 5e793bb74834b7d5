#!/usr/bin/env python3
"""The outside opinion on the times of conversations: what tshark measures between packets.

  python3 test/support/tshark-conversations.py                 every capture of samples/, of the lab, and of the case dns-trouble
  python3 test/support/tshark-conversations.py FILE...         only these (paths inside the repository)

Run by hand after a capture was made anew; tests only read the result, test/golden/conversations/<path of the capture>.json: one row per
measured packet, [kind, source, destination, source port, destination port, seconds]. `handshake`: from the last SYN to the ACK that ends
the handshake (tcp.analysis.initial_rtt); `echo`: from an echo request to its reply (icmp.resptime); `dns`: from query to answer (dns.time).
The innermost addresses and ports count: tshark lists them last.
"""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "test/golden/conversations"
FIELDS = ["ip.src", "ip.dst", "tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport"]
KINDS = {"handshake": "tcp.analysis.initial_rtt", "echo": "icmp.resptime", "dns": "dns.time"}


def measured(path):
    # a refusal ends no handshake, though tshark measures to it
    asked = f"({' or '.join(KINDS.values())}) and not tcp.flags.reset == 1"
    # a fragmented message is timed by its first piece, as it is here
    command = ["tshark", "-n", "-o", "ip.defragment:FALSE", "-r", str(path), "-T", "json", "-Y", asked]
    for field in [*FIELDS, *KINDS.values()]:
        command += ["-e", field]
    packets = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout or "[]")
    seen, rows = set(), []
    for packet in packets:
        layers = packet["_source"]["layers"]
        last = {name: values[-1] for name, values in layers.items()}
        ports = ("tcp.srcport", "tcp.dstport") if "tcp.srcport" in last else ("udp.srcport", "udp.dstport")
        for kind, field in KINDS.items():
            if field not in last:
                continue
            ends = [int(last[name]) for name in ports] if kind != "echo" else [0, 0]
            seconds = float(last[field]) / (1000 if kind == "echo" else 1)
            row = [kind, last["ip.src"], last["ip.dst"], *ends, round(seconds, 9)]
            # every later packet of a connection repeats its handshake's time
            key = tuple(sorted([row[1], row[2]]) + sorted(ends)) if kind == "handshake" else len(rows)
            if key not in seen:
                rows.append(row)
                seen.add(key)
    return rows


def main(arguments):
    paths = [ROOT / one for one in arguments] or [
        *sorted(path for path in ROOT.glob("samples/[0-9]*/*.pcap")),
        *sorted(ROOT.glob("test/fixtures/cases/dns-trouble/*.pcap")),
        *sorted(ROOT.glob("test/fixtures/lab/*.pcap.gz")),
    ]
    for path in paths:
        golden = GOLDEN / f"{path.relative_to(ROOT)}.json"
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text("[" + ",".join(f"\n  {json.dumps(row)}" for row in measured(path)) + "\n]\n")
        print(golden.relative_to(ROOT))


if __name__ == "__main__":
    main(sys.argv[1:])
