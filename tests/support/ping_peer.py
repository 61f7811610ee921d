"""Runs a program in a network of its own, where nobody answers a ping to 127.0.0.1 but this: see wrapper()."""

import os
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

_ECHO_REQUEST, _ECHO_REPLY = 8, 0
NOBODY = 65534


def wrapper(behaviour, kind="raw"):
    """For tool.run(.., wrapper=wrapper("wrong payload")). `kind`: which socket the prober is allowed, raw, unprivileged or none."""
    return [*(["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]), sys.executable, "-B", __file__,
            behaviour, kind]


def _checksum(packet):
    packet += b"\0" * (len(packet) % 2)
    total = sum(struct.unpack(f">{len(packet) // 2}H", packet))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _reply(identifier, sequence, payload, code=0):
    packet = struct.pack(">BBHHH", _ECHO_REPLY, code, 0, identifier, sequence) + payload
    return packet[:2] + struct.pack(">H", _checksum(packet)) + packet[4:]


# Behaviour -> the packets that answer an echo request; a number among them is a pause in seconds.
BEHAVIOURS = {
    "silent": lambda identifier, sequence, payload: [],
    "right": lambda identifier, sequence, payload: [_reply(identifier, sequence, payload)],
    "slow": lambda identifier, sequence, payload: [0.3, _reply(identifier, sequence, payload)],
    "garbage": lambda identifier, sequence, payload: [b"\0\xff", b"\0" * 8, os.urandom(500)],
    "half": lambda identifier, sequence, payload: [_reply(identifier, sequence, payload[:len(payload) // 2])],
    "wrong identifier": lambda identifier, sequence, payload: [_reply(identifier ^ 1, sequence, payload)],
    "wrong sequence": lambda identifier, sequence, payload: [_reply(identifier, sequence ^ 0x8000, payload)],
    "wrong payload": lambda identifier, sequence, payload: [_reply(identifier, sequence, payload[:-1] + bytes([payload[-1] ^ 1]))],
    "wrong code": lambda identifier, sequence, payload: [_reply(identifier, sequence, payload, code=1)],
    "late right": lambda identifier, sequence, payload: [_reply(identifier, sequence, b"x" * len(payload)),
                                                         _reply(identifier, sequence, payload)],
}


def _serve(wire, behaviour):
    while True:
        packet, _ = wire.recvfrom(65535)
        packet = packet[(packet[0] & 15) * 4:]
        kind, _, _, identifier, sequence = struct.unpack(">BBHHH", packet[:8])
        if kind != _ECHO_REQUEST:
            continue
        for answer in BEHAVIOURS[behaviour](identifier, sequence, packet[8:]):
            if isinstance(answer, bytes):
                wire.sendto(answer, ("127.0.0.1", 0))
            else:
                threading.Event().wait(answer)


def _run(behaviour, kind, command):
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    Path("/proc/sys/net/ipv4/icmp_echo_ignore_all").write_text("0" if behaviour == "kernel" else "1", encoding="ascii")
    Path("/proc/sys/net/ipv4/ping_group_range").write_text("0 2147483647" if kind == "unprivileged" else "1 0", encoding="ascii")
    if behaviour == "nobody there":
        # A neighbour that does not answer on the link, which is soon found out.
        subprocess.run(["ip", "link", "add", "near", "type", "veth", "peer", "name", "far"], check=True)
        Path("/proc/sys/net/ipv4/neigh/near/retrans_time_ms").write_text("20", encoding="ascii")
        for words in (("link", "set", "near", "up"), ("link", "set", "far", "up"), ("addr", "add", "192.0.2.1/24", "dev", "near")):
            subprocess.run(["ip", *words], check=True)
    elif behaviour != "kernel":
        wire = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        threading.Thread(target=_serve, args=(wire, behaviour), daemon=True).start()
    if kind != "raw":
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--bounding-set=-all", *command]
    sys.exit(subprocess.run(command, check=False).returncode)


if __name__ == "__main__":
    _run(sys.argv[1], sys.argv[2], sys.argv[3:])
