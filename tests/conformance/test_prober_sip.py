"""The sip prober over UDP before Kamailio and SIPp, and before peers that speak no SIP, or another's."""

import unittest

from conformance.prober_suite import Case, ProberSuite
from support.kamailio import Kamailio
from support.server import free_port
from support.sip_peer import SipPeer, answer, header
from support.sipp import Sipp
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


if __name__ == "__main__":
    unittest.main()
