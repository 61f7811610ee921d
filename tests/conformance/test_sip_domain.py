"""RFC 3263: where the SIP servers of a domain are, by BIND's records, before Kamailio."""

import json
import subprocess
import unittest

from support import tool
from support.fake_dns import FakeDns, answer_to
from support.kamailio import Kamailio
from support.named import Named
from support.server import free_port
from support.sip_peer import SipPeer, answer

import dns.rcode  # noqa: E402 (support.fake_dns knows where it is)
import dns.rdatatype  # noqa: E402


class SipDomain(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pbx = Kamailio()
        cls.addClassCleanup(cls.pbx.close)
        cls.pbx.start()
        dead = free_port(2000, 9999)
        pbx, tls, busy = cls.pbx.port, cls.pbx.tls_port, cls.pbx.unavailable_port
        cls.asked = SipPeer(lambda request: [answer(request)])
        cls.enterClassContext(cls.asked)
        cls.named = Named(records=(
            "here IN A 127.0.0.1",
            # All three transports; the preferred one is TLS.
            'full IN NAPTR 10 20 "s" "SIPS+D2T" "" _sips._tcp.full',
            'full IN NAPTR 10 30 "s" "SIP+D2T" "" _sip._tcp.full',
            f"_sips._tcp.full IN SRV 0 0 {tls} here", f"_sip._tcp.full IN SRV 0 0 {pbx} here",
            # Only SRV.
            f"_sip._udp.srv IN SRV 0 0 {pbx} here", f"_sips._tcp.srv IN SRV 0 0 {tls} here", f"_sip._tcp.srv IN SRV 0 0 {busy} here",
            f"_sip._udp.asked IN SRV 0 0 {cls.asked.port} here",
            # The first one is dead, the second lives.
            f"_sip._udp.two IN SRV 10 0 {dead} here", f"_sip._udp.two IN SRV 20 0 {pbx} here",
            f"_sip._udp.dead IN SRV 10 0 {dead} here", f"_sip._udp.dead IN SRV 20 0 {busy} here",
            # One of its servers cannot be looked up: the zone is somebody else's, who does not answer us.
            f"_sip._udp.half IN SRV 10 0 {dead} here", f"_sip._udp.half IN SRV 20 0 {pbx} elsewhere.example.",
            # One of its servers has no address at all, which is an answer.
            f"_sip._udp.dangling IN SRV 10 0 {dead} here", f"_sip._udp.dangling IN SRV 20 0 {pbx} nowhere",
            "_sip._udp.none IN SRV 0 0 0 .", "_sip._tcp.none IN SRV 0 0 0 .", "none IN A 127.0.0.1",
            "plain IN A 127.0.0.77", "plain IN A 127.0.0.78"))
        cls.addClassCleanup(cls.named.close)
        cls.named.start()

    def check(self, target, servers=None, timeout=3000):
        driver = tool.path("conformance_sip_domain")
        servers = servers or f"127.0.0.1:{self.named.port}"
        finished = subprocess.run([driver, servers, target, str(timeout)], capture_output=True, text=True, timeout=20, check=True)
        one = json.loads(finished.stdout)
        return one["health"], one["detail"]

    def assert_found(self, target, health, says):
        found = self.check(target)
        self.assertEqual(found[0], health, found)
        self.assertIn(says, found[1])

    def test_naptr_decides_the_transport(self):
        # That it is TLS is seen by the certificate.
        self.assert_found("sip://full.pbx.test", "up", "self-signed")
        self.assert_found("sips://full.pbx.test", "up", "self-signed")

    def test_without_naptr_srv_gives_the_port(self):
        self.assert_found("sip://srv.pbx.test", "up", "200 OK")
        self.assert_found("sips://srv.pbx.test", "up", "self-signed")

    def test_a_settled_transport_is_kept(self):
        self.assert_found("sip://full.pbx.test?transport=tcp", "up", "200 OK")
        self.assert_found("sip://srv.pbx.test?transport=tcp", "down", "503")

    def test_the_request_is_for_the_domain(self):
        self.assert_found("sip://asked.pbx.test", "up", "200 OK")
        self.assertTrue(self.asked.requests[0].startswith("OPTIONS sip:asked.pbx.test SIP/2.0\r\n"), self.asked.requests)

    def test_a_port_ends_the_search(self):
        self.assert_found(f"sip://here.pbx.test:{self.pbx.port}", "up", "200 OK")
        self.assert_found(f"sip://srv.pbx.test:{self.pbx.port}", "unknown", "no address")

    def test_the_servers_are_tried_in_their_order(self):
        self.assert_found("sip://two.pbx.test", "up", "200 OK")
        self.assert_found("sip://dead.pbx.test", "down", "503")

    def test_without_records_the_name_itself_is_asked(self):
        # Nothing listens on the usual port there.
        self.assert_found("sip://plain.pbx.test", "down", "refused")

    def test_unknown_is_not_down_a_failed_look_up_of_one_server(self):
        self.assert_found("sip://half.pbx.test", "unknown", "elsewhere.example")
        self.assert_found("sip://dangling.pbx.test", "down", "refused")

    def test_unknown_is_not_down_a_failed_look_up(self):
        # BIND refuses what is not its own; nobody answers at the other port.
        self.assert_found("sip://refused.example", "unknown", "could not ask")
        for servers in (f"127.0.0.1:{free_port()}",):
            self.assertEqual(self.check("sip://full.pbx.test", servers, timeout=1000)[0], "unknown")

    def test_unknown_is_not_down_each_look_up_that_fails_alone(self):
        # Without the record that cannot be had the search would end at a port where nobody is.
        dead = free_port(2000, 9999)

        def failing(kind, name):
            def answers(request):
                question = request.question[0]
                asked, text = dns.rdatatype.to_text(question.rdtype), question.name.to_text()
                if (asked, text) == (kind, name):
                    yield answer_to(request, rcode=dns.rcode.SERVFAIL).to_wire()
                elif asked == "SRV" and text.startswith("_sip._tcp"):
                    yield answer_to(request, (text, 60, "SRV", f"0 0 {dead} here.pbx.test.")).to_wire()
                elif asked == "A":
                    yield answer_to(request, (text, 60, "A", "127.0.0.1")).to_wire()
                else:
                    yield answer_to(request).to_wire()
            server = FakeDns(answers, udp=True)
            self.addCleanup(server.close)
            return f"127.0.0.1:{server.port}"

        target = "sip://pbx.test"
        self.assertEqual(self.check(target, failing("TXT", "none."))[0], "down")
        for kind, name in (("NAPTR", "pbx.test."), ("SRV", "_sip._udp.pbx.test."), ("SRV", "_sip._tcp.pbx.test."), ("A", "here.pbx.test.")):
            with self.subTest(kind=kind, name=name):
                health, detail = self.check(target, failing(kind, name))
                self.assertEqual(health, "unknown", detail)
                self.assertIn("failed", detail)

    def test_unknown_is_not_down_no_such_domain_and_no_such_service(self):
        self.assert_found("sip://no-such.pbx.test", "unknown", "no address")
        self.assert_found("sip://none.pbx.test", "unknown", "no SIP service")

    def test_bounded_a_name_server_that_hangs(self):
        self.named.freeze()
        self.addCleanup(self.named.thaw)
        health, detail = self.check("sip://full.pbx.test", timeout=700)
        self.assertEqual(health, "unknown", detail)


if __name__ == "__main__":
    unittest.main()
