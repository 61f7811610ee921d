"""The http and https probers before nginx and openssl s_server, and before peers that speak no HTTP, or half of it."""

import unittest

from conformance.prober_suite import Case, ProberSuite
from support.breaking_relay import BreakingRelay
from support.nginx import Nginx
from support.server import free_port
from support.slow_relay import SlowRelay
from support.tcp_peer import TcpPeer, dribbles, reset_when_asked, says, silent
from support.tls_server import TlsServer

_PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def begins(connection):
    """Never ends what it begins."""
    connection.recv(4096)
    connection.sendall(_PAGE[:-2])


class Web:
    @classmethod
    def setUpClass(cls):
        cls.web, cls.frozen, cls.other = Nginx(), Nginx(), TlsServer("other.example")
        for server in (cls.web, cls.frozen, cls.other):
            cls.addClassCleanup(server.close)
            server.start()
        cls.frozen.freeze()

    def target(self, port, rest="/"):
        return f"{self.kinds[0]}://127.0.0.1:{port}{rest}"

    def peer(self, talk, rest="/"):
        return self.target(self.enterContext(TcpPeer(talk)).port, rest)

    def relay(self, relay):
        self.addCleanup(relay.close)
        return relay

    def half(self, port, count):
        here = free_port()
        self.relay(BreakingRelay((("127.0.0.1", here), ("127.0.0.1", port)))).arm("close", count)
        return self.target(here, "/404")


class Http(Web, ProberSuite, unittest.TestCase):
    kinds = ("http",)

    def cases(self):
        return {
            "up": Case(self.target(self.web.port), "up", "HTTP status 200", at_once=True),
            "refused": Case(self.target(free_port()), "down", "refused", at_once=True),
            "silent": Case(self.peer(silent), "down", "timed out"),
            "hung": Case(self.target(self.frozen.port), "down", "timed out"),
            "slow": Case(self.peer(dribbles(_PAGE, 0.002)), "up", "HTTP status 200", timeout=2),
            "too slow": Case(self.peer(begins), "down", "timed out in the middle of its answer"),
            "garbage": Case(self.peer(says(b"\0\xff\0\xff\r\n\r\n")), "down", "not HTTP", at_once=True),
            "half message": Case(self.peer(says(_PAGE[:-2])), "down", "in the middle of its answer", at_once=True),
            "half a header": Case(self.half(self.web.port, 30), "down", "in the middle of its answer", at_once=True),
            "reset": Case(self.peer(reset_when_asked), "down", at_once=True),
            "wrong identity": Case(self.peer(says(b"SSH-2.0-OpenSSH_9.2\r\n")), "down", "not HTTP", at_once=True),
            "503": Case(self.target(self.web.port, "/503"), "down", "HTTP status 503", at_once=True),
            "503, expected": Case(self.target(self.web.port, "/503?expect=200,5xx"), "up", "HTTP status 503"),
            "404, not expected": Case(self.target(self.web.port, "/404?expect=200-299"), "down", "HTTP status 404"),
            "the text": Case(self.peer(says(_PAGE), "/?body=ell"), "up", "HTTP status 200"),
            "not the text": Case(self.peer(says(_PAGE), "/?body=yell"), "down", "expected text"),
            "the text, too late": Case(self.peer(says(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 65536 + b"hello"), "/?body=hello"), "down",
                                       "first 64 KiB"),
        }


class Https(Web, ProberSuite, unittest.TestCase):
    kinds = ("https",)

    def slow(self):
        return self.target(self.relay(SlowRelay(self.web.tls_port)).port, "/?name=pbx.example")

    def cases(self):
        name, require = "/?name=pbx.example", "/?name=pbx.example&verify=require"
        return {
            "up": Case(self.target(self.web.tls_port, name), "up", "HTTP status 200, certificate: self-signed", "warning"),
            "refused": Case(self.target(free_port()), "down", "refused", at_once=True),
            "silent": Case(self.peer(silent), "down", "timed out"),
            "hung": Case(self.target(self.frozen.tls_port), "down", "timed out"),
            "slow": Case(self.slow(), "up", "HTTP status 200", "warning", timeout=2),
            "garbage": Case(self.peer(says(b"\0\xff\0\xff\r\n\r\n")), "down", "handshake", at_once=True),
            "half message": Case(self.half(self.web.tls_port, 100), "down", at_once=True),
            "reset": Case(self.peer(reset_when_asked), "down", at_once=True),
            "wrong identity": Case(self.target(self.other.port, name), "up", "not for pbx.example", "warning"),
            "wrong identity, required": Case(self.target(self.other.port, require), "down", "not for pbx.example", at_once=True),
            "self-signed, required": Case(self.target(self.web.tls_port, require), "down", "self-signed", at_once=True),
            "expired": Case(self.target(self.web.expired_port, name), "up", "certificate", "critical"),
            "expired, required": Case(self.target(self.web.expired_port, require), "down", "certificate", at_once=True),
            "a plain port": Case(self.target(self.web.port), "down", at_once=True),
        }


if __name__ == "__main__":
    unittest.main()
