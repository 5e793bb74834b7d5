"""The kernel's tunl0 in a few lines, for kernels that have no ipip module: IP-in-IP (RFC 2003) between a TUN device and a raw socket.

  tunl0.py MTU NODE_ADDRESS...   makes the device tunl0 in this network namespace and carries its packets;
                                 NODE_ADDRESS: the other nodes, the only ones from which packets are taken (Felix's all-hosts-net)

As on tunl0, the outer destination is the gateway of the route ("via 10.0.1.30 dev tunl0"), the outer source is the kernel's choice
for the way there, TTL and DF are those of the inner packet, DSCP is 0, ECN is copied (RFC 6040).
Unlike the kernel, it gets packets from the TUN device with checksums done and cut to the MTU: no super-frames.
"""

import fcntl
import functools
import itertools
import json
import os
import select
import socket
import struct
import subprocess
import sys

TUNSETIFF, TUNSETLINK = 0x400454CA, 0x400454CD
IFF_TUN_NO_PI = 0x0001 | 0x1000
ARPHRD_TUNNEL = 768  # what the kernel's tunl0 is: `link/ipip`, 768 in cooked captures
IPPROTO_IPIP = 4
DONT_FRAGMENT = 0x4000
identification = itertools.count(0x3A01)


def open_tunnel():
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", b"tunl0", IFF_TUN_NO_PI))
    fcntl.ioctl(device, TUNSETLINK, ARPHRD_TUNNEL)
    return device


@functools.cache  # the lab's routes are written before its packets
def gateway(destination):
    """Where the route of this network namespace leads: the node that has the block."""
    output = subprocess.run(["ip", "-j", "route", "get", destination], capture_output=True, check=True).stdout
    return json.loads(output)[0].get("gateway", destination)


def encapsulate(inner):
    """The packet as IP-in-IP. The kernel fills in source (0), length and checksum of a raw socket's header."""
    ecn = inner[1] & 3
    inner_fragment = struct.unpack("!H", inner[6:8])[0]
    outer = struct.pack("!BBHHHBBH4s4s", 0x45, 2 if ecn == 3 else ecn, 20 + len(inner), next(identification) & 0xFFFF,
                        inner_fragment & DONT_FRAGMENT, inner[8], IPPROTO_IPIP, 0, bytes(4),
                        socket.inet_aton(gateway(socket.inet_ntoa(inner[16:20]))))
    return outer + inner


def main(mtu, nodes):
    tunnel = open_tunnel()
    subprocess.run(["ip", "link", "set", "tunl0", "mtu", mtu, "up"], check=True)
    wire = socket.socket(socket.AF_INET, socket.SOCK_RAW, IPPROTO_IPIP)
    wire.setsockopt(socket.IPPROTO_IP, socket.IP_HDRINCL, 1)
    while True:
        ready, _, _ = select.select([tunnel, wire], [], [])
        if tunnel in ready:
            inner = os.read(tunnel, 65535)
            if inner[0] >> 4 == 4:
                outer = encapsulate(inner)
                wire.sendto(outer, (socket.inet_ntoa(outer[16:20]), 0))
        if wire in ready:
            outer, (sender, _) = wire.recvfrom(65535)
            if sender in nodes:
                os.write(tunnel, outer[(outer[0] & 15) * 4:])


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2:])
