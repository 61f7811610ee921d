"""A name server that does what no real one would: answers() says, per request, which bytes come back."""

import contextlib
import socket
import struct
import sys
import threading

sys.path.append("/usr/lib/python3/dist-packages")  # Debian's dnspython, whichever Python runs the tests
import dns.flags  # noqa: E402
import dns.message  # noqa: E402
import dns.rcode  # noqa: E402
import dns.rrset  # noqa: E402
import dns.tsig  # noqa: E402

from support.server import free_port  # noqa: E402


class FakeDns:
    """@param answers: request (as dnspython reads it) -> an iterable of the messages to send, as bytes.
    @param key: a dns.tsig.Key that requests are signed with, or None. @param udp: listen there instead of TCP."""

    def __init__(self, answers, key=None, udp=False):
        self.port = free_port()
        self._answers = answers
        self._key = key
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if udp else socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", self.port))
        self.requests = []
        if not udp:
            self._socket.listen(64)
        threading.Thread(target=self._serve_udp if udp else self._serve_tcp, daemon=True).start()

    def _read(self, wire):
        request = dns.message.from_wire(wire, keyring={self._key.name: self._key} if self._key else None)
        self.requests.append(request)
        return request

    def _serve_udp(self):
        with contextlib.suppress(OSError):
            while True:
                wire, peer = self._socket.recvfrom(65535)
                for answer in self._answers(self._read(wire)):
                    self._socket.sendto(answer, peer)

    def _serve_tcp(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection):
        with contextlib.suppress(OSError), connection:
            length = struct.unpack(">H", connection.recv(2, socket.MSG_WAITALL))[0]
            for answer in self._answers(self._read(connection.recv(length, socket.MSG_WAITALL))):
                connection.sendall(struct.pack(">H", len(answer)) + answer)

    def close(self):
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def answer_to(request, *records, rcode=dns.rcode.NOERROR, authoritative=True):
    """The right kind of answer; for a signed request it is signed by to_wire()."""
    answer = dns.message.make_response(request)
    answer.set_rcode(rcode)
    if authoritative:
        answer.flags |= dns.flags.AA
    for name, ttl, kind, *values in records:
        answer.answer.append(dns.rrset.from_text(name, ttl, "IN", kind, *values))
    return answer
