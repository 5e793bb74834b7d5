#!/usr/bin/env python3
"""Writes test/golden/community-id/community-ids.json: the Community IDs that tshark 4.0 (its dissector communityid) has for packets of samples.

    python3 test/support/tshark-community-ids.py

Of flannel's samples tshark knows no VXLAN on port 8472 by itself; they are left out.
"""
import glob, json, re, subprocess

CAPTURES = sorted(glob.glob('samples/0[1-5]*/*.pcap') + glob.glob('samples/14*/*.pcap') + glob.glob('samples/lab/*.pcap'))

def ids(path):
    text = subprocess.run(['tshark', '-r', path, '--enable-protocol', 'communityid', '-V'],
                          capture_output=True, text=True, check=True).stdout
    return sorted(set(re.findall(r'\[Community ID: (\S+)\]', text)))

golden = {path: ids(path) for path in CAPTURES}
with open('test/golden/community-id/community-ids.json', 'w') as file:
    json.dump(golden, file, indent=1)
    file.write('\n')
