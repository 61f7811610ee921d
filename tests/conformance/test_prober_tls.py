"""The tls prober before openssl s_server with every kind of certificate, and before peers that speak no TLS, or half of it."""

import unittest

from conformance.prober_suite import Case, ProberSuite
from support.breaking_relay import BreakingRelay
from support.server import free_port
from support.slow_relay import SlowRelay
from support.tcp_peer import TcpPeer, reset_when_asked, says, silent
from support.tls_server import TlsServer


class Tls(ProberSuite, unittest.TestCase):
    kinds = ("tls",)

    @classmethod
    def serve(cls, server):
        cls.addClassCleanup(server.close)
        return server.start()

    @classmethod
    def setUpClass(cls):
        cls.good = cls.serve(TlsServer())
        cls.expired = cls.serve(TlsServer(dates=("20200101", "20210101")))
        # RFC 5280 section 4.1.2.5: the year 9999 stands for "no end".
        cls.endless = cls.serve(TlsServer(dates=("20200101", "99991231")))
        cls.other = cls.serve(TlsServer("other.example"))
        cls.frozen = cls.serve(TlsServer())
        cls.frozen.freeze()

    def peer(self, talk):
        return self.enterContext(TcpPeer(talk)).port

    def half(self):
        here = free_port()
        relay = BreakingRelay((("127.0.0.1", here), ("127.0.0.1", self.good.port)))
        self.addCleanup(relay.close)
        relay.arm("close", 100)
        return here

    def slow(self):
        relay = SlowRelay(self.good.port)
        self.addCleanup(relay.close)
        return relay.port

    def target(self, port, query="?name=pbx.example"):
        return f"tls://127.0.0.1:{port}{query}"

    def cases(self):
        require = "?name=pbx.example&verify=require"
        self_signed = "self-signed certificate"
        return {
            "up": Case(self.target(self.good.port), "up", self_signed, "warning"),
            "refused": Case(self.target(free_port()), "down", "refused", at_once=True),
            "silent": Case(self.target(self.peer(silent)), "down", "timed out"),
            "hung": Case(self.target(self.frozen.port), "down", "timed out"),
            "slow": Case(self.target(self.slow()), "up", "handshake completed", "warning", timeout=2),
            "garbage": Case(self.target(self.peer(says(b"SIP/2.0 400 Bad Request\r\n\r\n"))), "down", at_once=True),
            "half message": Case(self.target(self.half()), "down", at_once=True),
            "reset": Case(self.target(self.peer(reset_when_asked)), "down", at_once=True),
            "wrong identity": Case(self.target(self.other.port), "up", "not for pbx.example", "warning"),
            "wrong identity, required": Case(self.target(self.other.port, require), "down", "not for pbx.example", at_once=True),
            "by address": Case(self.target(self.good.port, ""), "up", "not for 127.0.0.1", "warning"),
            "self-signed, required": Case(self.target(self.good.port, require), "down", self_signed, at_once=True),
            "expired": Case(self.target(self.expired.port), "up", "certificate", "critical"),
            "expired, required": Case(self.target(self.expired.port, require), "down", "certificate", at_once=True),
            "never ends": Case(self.target(self.endless.port), "up", self_signed, "warning"),
            "ends in 30 days": Case(self.target(self.good.port), "up", self_signed, "critical", options=("--cert-warning", "60d",
                                                                                                         "--cert-critical", "40d")),
        }


if __name__ == "__main__":
    unittest.main()
