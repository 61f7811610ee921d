"""A line on which every packet takes its time, TCP's handshakes too: a TUN device and a thread. Needs root, and a network
namespace of its own. What goes to 10.77.0.N arrives after `delay` seconds at 10.77.1.N, an address of this very host,
and the answers come back as late."""

import fcntl
import heapq
import itertools
import os
import select
import struct
import subprocess
import threading
import time

_TUNSETIFF = 0x400454CA
_IFF_TUN_NO_PI = 0x1001
FAR, NEAR = "10.77.0", "10.77.1"


def _adjusted(checksum, old, new):
    """RFC 1624: the checksum after one 16-bit word has changed."""
    value = (~checksum & 0xFFFF) + (~old & 0xFFFF) + new
    value = (value & 0xFFFF) + (value >> 16)
    value = (value & 0xFFFF) + (value >> 16)
    return ~value & 0xFFFF


def _turned(packet):
    """The packet as it comes out at the other end: both addresses are in the other of the two networks."""
    packet = bytearray(packet)
    if packet[0] >> 4 != 4 or packet[9] not in (6, 17):
        return None
    place = (packet[0] & 15) * 4 + (16 if packet[9] == 6 else 6)
    for at in (12, 16):
        old = struct.unpack_from(">H", packet, at + 2)[0]
        packet[at + 2] ^= 1
        new = struct.unpack_from(">H", packet, at + 2)[0]
        for checksum in (10, place):
            struct.pack_into(">H", packet, checksum, _adjusted(struct.unpack_from(">H", packet, checksum)[0], old, new))
    return bytes(packet)


class SlowLine:
    """`hosts` are the last numbers of the addresses that lie behind it."""

    def __init__(self, delay, hosts=(2,)):
        self.delay = delay
        self._tun = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
        fcntl.ioctl(self._tun, _TUNSETIFF, struct.pack("16sH14x", b"slowline", _IFF_TUN_NO_PI))
        for address in (f"{FAR}.1/24", *(f"{NEAR}.{host}/24" for host in hosts)):
            subprocess.run(["ip", "address", "add", address, "dev", "slowline"], check=True)
        subprocess.run(["ip", "link", "set", "slowline", "up"], check=True)
        self._end, self._close = os.pipe2(os.O_CLOEXEC)
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def _carry(self):
        waiting, number = [], itertools.count()
        while True:
            timeout = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
            ready = select.select([self._tun, self._end], [], [], timeout)[0]
            if self._end in ready:
                return
            if self._tun in ready and (packet := _turned(os.read(self._tun, 65536))):
                heapq.heappush(waiting, (time.monotonic() + self.delay, next(number), packet))
            while waiting and waiting[0][0] <= time.monotonic():
                os.write(self._tun, heapq.heappop(waiting)[2])

    def close(self):
        os.write(self._close, b"x")
        self._thread.join()
        for fd in (self._tun, self._end, self._close):
            os.close(fd)
