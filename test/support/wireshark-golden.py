#!/usr/bin/env python3
"""The outside opinion on `overlens export wireshark`: what tshark reads in the annotated captures, with the profile.

  npm run build && python3 test/support/wireshark-golden.py

Run by hand after what is written changed; tests only read the result, test/golden/wireshark/<sample>.txt: one line per packet, its columns
separated by tabs. It fails where tshark says anything on stderr: of the capture, or of a file of the profile. Packets, times and
lengths must be those that tshark reads in the capture itself.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "test/golden/wireshark"
# The sample, and which of its captures.
CASES = {
    "06-any-interface": "ip-10-0-1-20-any",
    "08-stale-fdb": "ip-10-0-1-20-ens5",
    "13-flannel-stale-fdb": "node-1-eth0",
    "14-ip-in-ip": "ip-10-0-1-20-ens5",
}
PLAIN = ["frame.number", "frame.time_epoch", "frame.len", "frame.cap_len"]
FIELDS = PLAIN + ["frame.interface_name", "frame.interface_description", "frame.comment", "frame.coloring_rule.name", "_ws.col.Source", "_ws.col.Destination"]
# Not a word on a capture or a profile: tshark always says this to root.
ROOT_NOTICE = 'Running as user "root"'


def main():
    version = subprocess.run(["tshark", "--version"], capture_output=True, text=True, check=True).stdout.split("\n")[0]
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for sample, capture in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            export(sample, folder)
            original = ROOT / "samples" / sample / f"{capture}.pcap"
            kit = pathlib.Path(folder) / f"{capture}.overlens.pcapng"
            if tshark(original, PLAIN, ["-n"], folder) != tshark(kit, PLAIN, ["-n"], folder):
                sys.exit(f"{sample}: packets, times or lengths differ")
            rows = tshark(kit, FIELDS, ["--color", "-C", "overlens"], folder)
        command = f"WIRESHARK_CONFIG_DIR=KIT tshark --color -C overlens -r KIT/{kit.name} -T fields -e {' -e '.join(FIELDS)}"
        (GOLDEN / f"{sample}.txt").write_text(f"# {version}\n# {command}\n{rows}")
        print(f"test/golden/wireshark/{sample}.txt")


def export(sample, folder):
    captures = sorted((ROOT / "samples" / sample).glob("*.pcap"))
    snapshot = ROOT / "samples" / sample / "topology"
    command = ["node", ROOT / "dist/cli/bin.js", "export", "wireshark", *captures, "-t", snapshot, "-w", folder]
    subprocess.run(command, capture_output=True, check=True)


def tshark(path, fields, options, folder):
    command = ["tshark", *options, "-r", path, "-T", "fields"] + [part for field in fields for part in ("-e", field)]
    environment = {**os.environ, "WIRESHARK_CONFIG_DIR": folder, "TZ": "UTC"}
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    said = [line for line in run.stderr.split("\n") if line and not line.startswith(ROOT_NOTICE)]
    if said:
        sys.exit(f"{path}: {said[0]}")
    return run.stdout


if __name__ == "__main__":
    main()
