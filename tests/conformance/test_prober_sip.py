"""The sip prober over UDP, TCP and TLS before Kamailio and SIPp, and before peers that speak no SIP, or another's."""

import unittest

from conformance.prober_suite import Case, ProberSuite
from support.breaking_relay import BreakingRelay
from support.kamailio import Kamailio
from support.server import free_port
from support.sip_peer import SipPeer, answer, header
from support.sipp import Sipp
from support.slow_relay import SlowRelay
from support.tcp_peer import TcpPeer, reset_when_asked
from support.udp_peer import UdpPeer


class SipUdp(ProberSuite, unittest.TestCase):
    kinds = ("sip",)

    @classmethod
    def setUpClass(cls):
        cls.pbx, cls.frozen = Kamailio(), Kamailio()
        cls.slow, cls.busy, cls.foreign = Sipp(pause=300), Sipp("503 Service Unavailable"), Sipp(call_id="Call-ID: somebody@else")
        for server in (cls.pbx, cls.frozen, cls.slow, cls.busy, cls.foreign):
            cls.addClassCleanup(server.close)
            server.start()
        cls.frozen.freeze()

    def peer(self, reply):
        return self.enterContext(SipPeer(reply)).target

    def closing(self):
        """Takes the request and is gone: the retransmission meets a closed port."""
        peer = UdpPeer(lambda request: [None])
        self.addCleanup(peer.close)
        return f"sip://127.0.0.1:{peer.port}"

    def cases(self):
        def other_branch(request):
            return header(request, "Via").replace("z9hG4bK", "z9hG4bKx")
        return {
            "up": Case(self.pbx.target, "up", "200 OK", at_once=True),
            "refused": Case(f"sip://127.0.0.1:{free_port(2000, 9999)}", "down", "refused", at_once=True),
            "silent": Case(f"sip://127.0.0.1:{self.pbx.silent_port}", "down", "no answer"),
            "hung": Case(self.frozen.target, "down", "no answer"),
            "slow": Case(self.slow.target, "up", "200 OK", timeout=2),
            "garbage": Case(self.peer(lambda request: [b"\0\xff garbage\r\n\r\n"]), "down", "no valid answer"),
            "half message": Case(self.peer(lambda request: [answer(request)[:-40]]), "down", "no valid answer"),
            "reset": Case(self.closing(), "down", "refused", timeout=2),
            "wrong identity": Case(self.foreign.target, "down", "not ours"),
            "wrong branch": Case(self.peer(lambda request: [answer(request, via=other_branch(request))]), "down", "not ours"),
            "provisional": Case(self.peer(lambda request: [answer(request, "100 Trying")]), "down", "provisional"),
            "503": Case(self.busy.target, "down", "503 Service Unavailable", at_once=True),
            "404": Case(self.peer(lambda request: [answer(request, "404 Not Found")]), "up", "404 Not Found", at_once=True),
            "480": Case(self.peer(lambda request: [answer(request, "480 Not here")]), "down", "480"),
            "302": Case(self.peer(lambda request: [answer(request, "302 Moved")]), "down", "302"),
        }


def asked(connection):
    """The OPTIONS that comes over a stream."""
    text = b""
    while not text.endswith(b"\r\n\r\n"):
        text += connection.recv(4096) or b"\r\n\r\n"
    return text.decode("ascii", "replace")


class SipTcp(ProberSuite, unittest.TestCase):
    kinds = ("sip",)

    @classmethod
    def setUpClass(cls):
        cls.pbx, cls.frozen = Kamailio(), Kamailio()
        cls.slow, cls.busy = Sipp(pause=300, tcp=True), Sipp("503 Service Unavailable", tcp=True)
        for server in (cls.pbx, cls.frozen, cls.slow, cls.busy):
            cls.addClassCleanup(server.close)
            server.start()
        cls.frozen.freeze()

    def peer(self, talk):
        return f"sip://127.0.0.1:{self.enterContext(TcpPeer(talk)).port}?transport=tcp"

    def says(self, reply, close=False):
        """A peer that sends reply(request), in one piece, and stays or closes."""
        def talk(connection):
            connection.sendall(reply(asked(connection)))
            if close:
                connection.close()
        return self.peer(talk)

    def in_pieces(self, size):
        def talk(connection):
            text = answer(asked(connection)).replace(b"Content-Length: 0", b"Content-Length: 4") + b"body"
            for begin in range(0, len(text), size):
                connection.sendall(text[begin:begin + size])
        return self.peer(talk)

    def cases(self):
        def other_branch(request):
            return header(request, "Via").replace("z9hG4bK", "z9hG4bKx")
        bad_length = (b"Content-Length: 0", b"Content-Length: 99999999")
        return {
            "up": Case(self.pbx.target + "?transport=tcp", "up", "200 OK", at_once=True),
            "refused": Case(f"sip://127.0.0.1:{free_port(2000, 9999)}?transport=tcp", "down", "refused", at_once=True),
            "silent": Case(f"sip://127.0.0.1:{self.pbx.silent_port}?transport=tcp", "down", "no answer"),
            "hung": Case(self.frozen.target + "?transport=tcp", "down", "no answer"),
            "slow": Case(self.slow.target, "up", "200 OK", timeout=2),
            "garbage": Case(self.says(lambda request: b"\0\xff garbage\r\n\r\n"), "down", "no valid answer", at_once=True),
            "half message": Case(self.says(lambda request: answer(request)[:-20]), "down", "middle of its answer"),
            "half message, closed": Case(self.says(lambda request: answer(request)[:-20], close=True), "down", "closed in the middle",
                                         at_once=True),
            "reset": Case(self.peer(reset_when_asked), "down", "reset", at_once=True),
            "closed": Case(self.says(lambda request: b"", close=True), "down", "closed before an answer", at_once=True),
            "wrong identity": Case(self.says(lambda request: answer(request, call_id="somebody@else")), "down", "not ours"),
            "wrong branch": Case(self.says(lambda request: answer(request, via=other_branch(request))), "down", "not ours"),
            "provisional": Case(self.says(lambda request: answer(request, "100 Trying")), "down", "provisional"),
            "provisional, then final": Case(self.says(lambda request: answer(request, "100 Trying") + answer(request)), "up", "200 OK",
                                            at_once=True),
            "others' messages first": Case(self.says(lambda request: answer(request, call_id="a@b") + request.encode() + answer(request)),
                                           "up", "200 OK", at_once=True),
            "keep-alives": Case(self.says(lambda request: b"\r\n\r\n\r\n" + answer(request) + b"\r\n"), "up", "200 OK", at_once=True),
            "piece by piece": Case(self.in_pieces(7), "up", "200 OK", at_once=True),
            "answer, then closed": Case(self.says(answer, close=True), "up", "200 OK", at_once=True),
            "length beyond the limit": Case(self.says(lambda request: answer(request).replace(*bad_length)), "down", "Content-Length",
                                            at_once=True),
            "without length": Case(self.says(lambda request: answer(request).replace(b"Content-Length: 0\r\n", b"")), "down",
                                   "Content-Length", at_once=True),
            "endless": Case(self.says(lambda request: b"SIP/2.0 200 OK\r\nX: " + b"x" * 200000), "down", "too long", at_once=True),
            "503": Case(self.busy.target, "down", "503 Service Unavailable", at_once=True),
        }


class SipTls(ProberSuite, unittest.TestCase):
    kinds = ("sips",)

    @classmethod
    def setUpClass(cls):
        cls.pbx, cls.frozen = Kamailio(), Kamailio()
        for server in (cls.pbx, cls.frozen):
            cls.addClassCleanup(server.close)
            server.start()
        cls.frozen.freeze()

    def peer(self, talk):
        return f"sips://127.0.0.1:{self.enterContext(TcpPeer(talk)).port}"

    def slow(self):
        relay = SlowRelay(self.pbx.tls_port)
        self.addCleanup(relay.close)
        return f"sips://127.0.0.1:{relay.port}?name=pbx.example"

    def half_a_hello(self):
        here = free_port()
        relay = BreakingRelay((("127.0.0.1", here), ("127.0.0.1", self.pbx.tls_port)))
        self.addCleanup(relay.close)
        relay.arm("close", 100)
        return f"sips://127.0.0.1:{here}"

    def cases(self):
        other = "self-signed certificate"
        return {
            "up": Case(self.pbx.tls_target + "?name=pbx.example", "up", other, "warning", timeout=2),
            "refused": Case(f"sips://127.0.0.1:{free_port(2000, 9999)}", "down", "refused", at_once=True),
            "silent": Case(self.peer(lambda connection: None), "down", "handshake timed out"),
            "hung": Case(self.frozen.tls_target, "down", "handshake timed out"),
            "slow": Case(self.slow(), "up", other, "warning", timeout=2),
            "garbage": Case(self.peer(lambda connection: connection.sendall(b"\0\xff garbage\r\n\r\n")), "down", "TLS handshake failed",
                            at_once=True),
            "half message": Case(self.half_a_hello(), "down", "TLS", at_once=True),
            "reset": Case(self.peer(reset_when_asked), "down", "TLS", at_once=True),
            "wrong identity": Case(self.pbx.tls_target, "up", "it is not for 127.0.0.1", "warning", timeout=2),
            "wrong identity, refused": Case(self.pbx.tls_target + "?verify=require", "down", "certificate refused", timeout=2),
            "no TLS at all": Case(f"sips://127.0.0.1:{self.pbx.silent_port}", "down"),
        }


if __name__ == "__main__":
    unittest.main()
