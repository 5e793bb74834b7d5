"""A wire between two interfaces, slow and lossy, where the kernel has no netem.

  wire.py ONE OTHER MILLISECONDS PERCENT   carries frames between them, each after that time; loses PERCENT of them, evenly

Checksums that a sender left to its device are made whole, as a real NIC would: the raw sockets give them as they are.
"""

import heapq
import select
import socket
import struct
import sys
import time

ETH_P_ALL = 3
PACKET_OUTGOING = 4
SOL_PACKET, PACKET_AUXDATA = 263, 8
TP_STATUS_CSUMNOTREADY = 8
VXLAN_PORT = struct.pack("!H", 4789)


def opened(name):
    one = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    one.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    one.bind((name, 0))
    return one


def folded(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def finished(frame):
    """With the checksum of TCP or UDP over IPv4 that the kernel leaves to the device (RFC 9293, 768), inside VXLAN and around it."""
    if frame[12:14] != b"\x08\x00":
        return frame
    header = (frame[14] & 15) * 4
    protocol, at = frame[23], 14 + header
    end = 14 + struct.unpack("!H", frame[16:18])[0]
    if protocol == 17 and frame[at + 2 : at + 4] == VXLAN_PORT:
        inner = at + 16
        frame = frame[:inner] + finished(frame[inner:])
    place = {6: at + 16, 17: at + 6}.get(protocol)
    if place is None or (protocol == 17 and frame[place : place + 2] == b"\0\0"):
        return frame
    pseudo = frame[26:34] + struct.pack("!BBH", 0, protocol, end - at)
    body = frame[at:place] + b"\0\0" + frame[place + 2 : end]
    value = 0xFFFF - folded(pseudo + body)
    return frame[:place] + struct.pack("!H", value or 0xFFFF) + frame[place + 2 :]


def main(one, other, milliseconds, percent):
    sockets = {name: opened(name) for name in (one, other)}
    there = {one: sockets[other], other: sockets[one]}
    waiting, count = [], {one: 0, other: 0}
    order = 0
    print("ready", flush=True)
    while True:
        timeout = max(0, waiting[0][0] - time.monotonic()) if waiting else None
        readable, _, _ = select.select(list(sockets.values()), [], [], timeout)
        for name, own in sockets.items():
            if own not in readable:
                continue
            frame, auxiliary, _, address = own.recvmsg(70000, 256)
            if address[2] == PACKET_OUTGOING:
                continue
            status = next((struct.unpack("I", data[:4])[0] for _, kind, data in auxiliary if kind == PACKET_AUXDATA), 0)
            count[name] += 1
            # Evenly: a run loses the same share each time.
            if percent and (count[name] * percent) % 100 < percent:
                continue
            if status & TP_STATUS_CSUMNOTREADY:
                frame = finished(frame)
            order += 1
            heapq.heappush(waiting, (time.monotonic() + milliseconds / 1000, order, name, frame))
        while waiting and waiting[0][0] <= time.monotonic():
            _, _, name, frame = heapq.heappop(waiting)
            try:
                there[name].send(frame)
            except OSError as error:  # larger than the other side's MTU
                print(error, flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
