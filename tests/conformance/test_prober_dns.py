"""The dns prober before a real BIND, and before name servers that lie, stay silent or send anything but the answer."""

import unittest

from conformance.prober_suite import Case, ProberSuite
from support.fake_dns import answer_to
from support.named import ZONE, Named
from support.server import free_port
from support.tcp_peer import TcpPeer, reset_when_asked
from support.udp_peer import UdpPeer

import dns.flags
import dns.message
import dns.rcode

_NAME = "sip.pbx.test"
_RECORD = (f"{_NAME}.", 60, "A", "127.0.0.11")


def answered(request, **changes):
    """The bytes of a right answer to the bytes of a request, unless changed: id, question, flags, rcode."""
    query = dns.message.from_wire(request)
    answer = answer_to(query, *changes.get("records", (_RECORD,)), rcode=changes.get("rcode", dns.rcode.NOERROR))
    answer.id = changes.get("id", query.id)
    answer.flags |= changes.get("flags", 0)
    if "question" in changes:
        answer.question = dns.message.make_query(changes["question"], "A").question
    return answer.to_wire()


def other_id(request):
    return dns.message.from_wire(request).id ^ 1


class Dns(ProberSuite, unittest.TestCase):
    kinds = ("dns",)

    @classmethod
    def setUpClass(cls):
        text = " ".join(f'"{"x" * 200}"' for _ in range(5))
        cls.named = Named(records=("sip IN A 127.0.0.11", "alias IN CNAME sip", "broken IN CNAME nowhere", f"long IN TXT {text}",
                                   "_sip._udp IN SRV 0 0 5060 sip", "child IN NS ns1.elsewhere.test."))
        cls.frozen = Named()
        for server in (cls.named, cls.frozen):
            cls.addClassCleanup(server.close)
            server.start()
        cls.frozen.freeze()

    def target(self, port, name=_NAME, query=""):
        return f"dns://127.0.0.1:{port}/{name}{query}"

    def peer(self, reply):
        peer = UdpPeer(reply)
        self.addCleanup(peer.close)
        return self.target(peer.port)

    def truncating(self, talk):
        """Says over UDP that the answer is over TCP, and has talk(connection) there."""
        tcp = self.enterContext(TcpPeer(talk))
        udp = UdpPeer(lambda request: [answered(request, flags=dns.flags.TC)], tcp.port)
        self.addCleanup(udp.close)
        return self.target(tcp.port)

    def bind(self):
        port = self.named.port
        return {
            "up": Case(self.target(port), "up", "NOERROR, 1 A record", at_once=True),
            "hung": Case(self.target(self.frozen.port), "down", "no answer"),
            "behind an alias": Case(self.target(port, "alias.pbx.test"), "up", "1 A record"),
            "an alias to nowhere": Case(self.target(port, "broken.pbx.test"), "down", "NXDOMAIN"),
            "another type": Case(self.target(port, "_sip._udp.pbx.test", "?type=srv"), "up", "1 SRV record"),
            "no such type": Case(self.target(port, _NAME, "?type=AAAA"), "down", "no AAAA record"),
            "no such name": Case(self.target(port, "nobody.pbx.test"), "down", "NXDOMAIN", at_once=True),
            "not its zone": Case(self.target(port, "www.example"), "down", "REFUSED", at_once=True),
            "a referral": Case(self.target(port, "x.child.pbx.test"), "down", "refers elsewhere"),
            "the zone": Case(self.target(port, ZONE + ".", "?type=SOA"), "up", "1 SOA record"),
            "truncated": Case(self.target(port, "long.pbx.test", "?type=TXT"), "up", "1 TXT record"),
        }

    def cases(self):
        return self.bind() | {
            "refused": Case(self.target(free_port()), "down", "refused", at_once=True),
            "silent": Case(self.peer(lambda request: []), "down", "no answer"),
            "slow": Case(self.peer(lambda request: [0.3, answered(request)]), "up", timeout=3),
            "garbage": Case(self.peer(lambda request: [b"garbage", b"", b"\xff" * 4000]), "down", "no valid answer"),
            "half message": Case(self.peer(lambda request: [answered(request)[:-3]]), "down", "no valid answer"),
            "reset": Case(self.truncating(reset_when_asked), "down", "DNS over TCP", at_once=True),
            "wrong identity": Case(self.peer(lambda request: [answered(request, id=other_id(request))]), "down", "not ours"),
            "another question": Case(self.peer(lambda request: [answered(request, question="other.test")]), "down", "not ours"),
            "the request itself": Case(self.peer(lambda request: [request]), "down", "not ours"),
            "the right one after wrong ones": Case(
                self.peer(lambda request: [b"x", answered(request, id=other_id(request)), answered(request)]), "up", at_once=True),
            "server failure": Case(self.peer(lambda request: [answered(request, rcode=dns.rcode.SERVFAIL)]), "down", "SERVFAIL"),
            "closed in the middle": Case(self.truncating(lambda connection: (connection.recv(4096), connection.sendall(b"\1\0half"),
                                                                             connection.close())), "down", "in the middle"),
            "silent over TCP": Case(self.truncating(lambda connection: None), "down", "no answer over TCP"),
        }

    def test_a_lost_question_is_asked_again_with_another_id(self):
        peer = UdpPeer(lambda request: [answered(request)] if len(peer.requests) > 1 else [])
        self.addCleanup(peer.close)
        self.judge(Case("", "up", timeout=4), self.probe(Case(self.target(peer.port), "up", timeout=4)))
        first, second = (dns.message.from_wire(request) for request in peer.requests)
        self.assertNotEqual(first.id, second.id)
        self.assertEqual(first.question, second.question)

    def test_ids_are_random(self):
        peer = UdpPeer(lambda request: [answered(request)])
        self.addCleanup(peer.close)
        for _ in range(4):
            self.probe(Case(self.target(peer.port), "up", timeout=4))
        self.assertGreater(len({dns.message.from_wire(request).id for request in peer.requests}), 2)


if __name__ == "__main__":
    unittest.main()
