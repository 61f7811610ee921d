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
    @param key: a dns.tsig.Key that requests are signed with, or None. @param udp: listen there instead of TCP.
    @param together: so many requests it takes on one connection before it answers them, the last one first, and goes
    on; without it, one a connection."""

    def __init__(self, answers, key=None, udp=False, together=0, address="127.0.0.1", port=None):
        self.port = port or free_port(address=address)
        self._together = together
        self.connections = 0
        self._answers = answers
        self._key = key
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM if udp else socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((address, self.port))
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
                self.connections += 1
                threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection):
        with contextlib.suppress(OSError), connection:
            while True:
                requests = [self._receive(connection) for _ in range(self._together or 1)]
                for request in reversed(requests):
                    for answer in self._answers(request):
                        connection.sendall(struct.pack(">H", len(answer)) + answer)
                if not self._together:
                    return

    def _receive(self, connection):
        head = connection.recv(2, socket.MSG_WAITALL)
        if len(head) < 2:
            raise OSError("closed")
        return self._read(connection.recv(struct.unpack(">H", head)[0], socket.MSG_WAITALL))

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
