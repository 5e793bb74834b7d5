"""The programs in the lab's pods: small servers, and a DNS client. Standard library only.

  peers.py serve [HTTP_PORT]   HTTP on HTTP_PORT (default 80), DNS on UDP 53
  peers.py ask NAME SERVER     one DNS question (type A), prints the answer
  peers.py listen PORT         takes TCP connections and reads what comes
"""

import contextlib
import http.server
import random
import socket
import struct
import sys
import threading


class Account(http.server.BaseHTTPRequestHandler):
    """GET /N answers with a body of N bytes."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        size = int(self.path.strip("/") or 200)
        line = b"balance 2389.45 EUR account 519940\n"
        body = (line * (size // len(line) + 1))[:size]
        self.send_response(200)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def question(name):
    """The question section of RFC 1035 section 4.1.2: type A, class IN."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return labels + b"\0" + struct.pack("!HH", 1, 1)


def serve_dns():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("", 53))
    while True:
        query, client = server.recvfrom(512)
        # Identification, then flags: response, recursion available; one question, one answer.
        header = query[:2] + struct.pack("!HHHHH", 0x8180, 1, 1, 0, 0)
        answer = struct.pack("!HHHIH4s", 0xC00C, 1, 1, 5, 4, socket.inet_aton("10.96.0.10"))
        with contextlib.suppress(PermissionError):  # a firewall in the pod drops it: the server goes on
            server.sendto(header + query[12:] + answer, client)


def serve(port):
    threading.Thread(target=serve_dns, daemon=True).start()
    http.server.ThreadingHTTPServer(("", port), Account).serve_forever()


def ask(name, server):
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.settimeout(1)
    client.sendto(struct.pack("!HHHHHH", random.getrandbits(16), 0x0100, 1, 0, 0, 0) + question(name), (server, 53))
    print(socket.inet_ntoa(client.recv(512)[-4:]))


def listen(port):
    server = socket.create_server(("", port))
    while True:
        connection, _ = server.accept()
        while connection.recv(65536):
            pass


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve"]:
            serve(80)
        case ["serve", port]:
            serve(int(port))
        case ["ask", name, server]:
            ask(name, server)
        case ["listen", port]:
            listen(int(port))
        case _:
            sys.exit(__doc__)
