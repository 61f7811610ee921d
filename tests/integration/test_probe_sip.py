"""fo-probe's sip prober: a real Kamailio, and peers that misbehave."""

import socket
import time
import unittest

from support import tool
from support.kamailio import Kamailio
from support.probing import check
from support.server import free_port
from support.sip_peer import SipPeer, answer, header
from support.tcp_peer import TcpPeer


class RealServer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pbx = Kamailio()
        cls.addClassCleanup(cls.pbx.close)
        cls.pbx.start()

    def test_up(self):
        finished = tool.run("fo-probe", self.pbx.target)
        self.assertEqual(finished.status, 0, finished)
        self.assertRegex(finished.stdout, r"^PROBE OK - 1 of 1 up: .* up: 200 OK \| 'sip'=0\.\d+s;;\n$")

    def test_every_transport_over_ipv6(self):
        with Kamailio("::1") as pbx:
            for target in (pbx.target, pbx.target + "?transport=tcp", pbx.tls_target):
                one, finished = check(target)
                self.assertEqual(one["health"], "up", finished)

    def test_a_thousand_targets_over_tcp_leave_no_descriptor_behind(self):
        lines = "".join(f"{self.pbx.target}?transport=tcp&name=pbx{number}.example\n" for number in range(1000))
        finished = tool.run("fo-probe", "--json", "--targets-from", "-", stdin=lines, wrapper=["prlimit", "--nofile=200:200"])
        ups = [one for one in finished.objects if one["type"] == "check" and one["health"] == "up"]
        self.assertEqual((finished.status, len(ups)), (0, 1000), finished.stderr)

    def test_503_is_down(self):
        one, finished = check(f"sip://127.0.0.1:{self.pbx.unavailable_port}", "800ms")
        self.assertEqual((one["health"], finished.status), ("down", 2), finished)
        self.assertIn("503", one["detail"])

    def test_silence_is_down_at_the_deadline(self):
        one, finished = check(f"sip://127.0.0.1:{self.pbx.silent_port}", "800ms")
        self.assertEqual((one["health"], finished.status), ("down", 2), finished)
        self.assertLess(finished.seconds, 1.5)

    def test_bounded_a_stopped_server_is_down_at_the_deadline(self):
        self.pbx.freeze()
        self.addCleanup(self.pbx.thaw)
        one, finished = check(self.pbx.target, "800ms")
        self.assertEqual(one["health"], "down", finished)
        self.assertAlmostEqual(one["rtt_s"], 0.8, delta=0.1)

    def test_a_name_of_etc_hosts(self):
        one, finished = check(f"sip://localhost:{self.pbx.port}", "2s")
        self.assertEqual(one["health"], "up", finished)

    def test_a_thousand_targets_in_one_process(self):
        # One server under a thousand names.
        lines = "".join(f"{self.pbx.target}?name=pbx{number}.example\n" for number in range(1000))
        finished = tool.run("fo-probe", "--json", "--targets-from", "-", stdin=lines)
        ups = [one for one in finished.objects if one["type"] == "check" and one["health"] == "up"]
        self.assertEqual((finished.status, len(ups)), (0, 1000), finished.stderr)
        self.assertEqual([one["target"] for one in ups], lines.split())


class Misbehaving(unittest.TestCase):
    def peer(self, reply):
        return self.enterContext(SipPeer(reply))

    def test_a_good_peer_is_up_after_one_request(self):
        peer = self.peer(lambda request: [answer(request)])
        one, finished = check(peer.target, "800ms")
        self.assertEqual(one["health"], "up", finished)
        self.assertEqual(len(peer.requests), 1)
        self.assertTrue(peer.requests[0].startswith("OPTIONS "))
        self.assertNotIn("Authorization", peer.requests[0])

    def test_what_a_peer_says_steers_no_terminal(self):
        peer = self.peer(lambda request: [answer(request, "503 \x1b]0;owned\x07\x1b[2J no")])
        finished = tool.run("fo-probe", "--verbose", "-t", "800ms", peer.target)
        self.assertIn("503 ?]0;owned??[2J", finished.stdout)
        self.assertRegex(finished.stdout + finished.stderr, r"\A[\n -~]*\Z")

    def test_refused_is_down_at_once(self):
        one, finished = check(f"sip://127.0.0.1:{free_port(2000, 9999)}", "5s")
        self.assertEqual(one["health"], "down", finished)
        self.assertLess(one["rtt_s"], 0.5)

    def test_foreign_answers_are_not_up(self):
        changes = {
            "branch": lambda request: {"via": header(request, "Via").replace("z9hG4bK", "z9hG4bKx")},
            "call-id": lambda request: {"call_id": "other"},
            "cseq": lambda request: {"cseq": "1 OPTIONS"},
            "method": lambda request: {"cseq": header(request, "CSeq").replace("OPTIONS", "INVITE")},
            "from tag": lambda request: {"from_": header(request, "From") + "x"},
        }
        for name, change in changes.items():
            with self.subTest(name):
                peer = self.peer(lambda request, change=change: [answer(request, **change(request))])
                one, finished = check(peer.target, "300ms")
                self.assertEqual(one["health"], "down", finished)

    def test_an_answer_from_elsewhere_does_not_count(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as elsewhere:
            def reply(request):
                place, port = header(request, "Via").split()[1].split(";")[0].rsplit(":", 1)
                elsewhere.sendto(answer(request), (place, int(port)))
                return []
            peer = self.peer(reply)
            one, finished = check(peer.target, "300ms")
        self.assertEqual(len(peer.requests), 1)
        self.assertEqual((one["health"], one["detail"]), ("down", "no answer to OPTIONS"), finished)

    def test_a_late_answer_of_an_earlier_check_does_not_count(self):
        peer = self.peer(lambda request: [] if len(peer.requests) == 1 else [answer(peer.requests[0])])
        self.assertEqual(check(peer.target, "300ms")[0]["health"], "down")
        one, finished = check(peer.target, "300ms")
        self.assertEqual(len(peer.requests), 2)
        self.assertEqual(one["health"], "down", finished)
        self.assertIn("not ours", one["detail"])

    def test_retransmissions_double_and_slow_down_after_a_provisional_answer(self):
        times = []
        peer = self.peer(lambda request: times.append(time.monotonic()) or [])
        check(peer.target, "1700ms")
        self.assertEqual(len(times), 3, times)
        self.assertAlmostEqual(times[1] - times[0], 0.5, delta=0.15)
        self.assertAlmostEqual(times[2] - times[1], 1.0, delta=0.15)
        peer = self.peer(lambda request: [answer(request, "100 Trying")])
        check(peer.target, "1700ms")
        self.assertEqual(len(peer.requests), 2)

    def test_nothing_is_retransmitted_over_a_stream(self):
        got = []

        def talk(connection):
            connection.settimeout(5)
            while data := connection.recv(4096):
                got.append(data)
        with TcpPeer(talk) as peer:
            one, finished = check(f"sip://127.0.0.1:{peer.port}?transport=tcp", "700ms")
        self.assertEqual(one["health"], "down", finished)
        self.assertEqual(b"".join(got).count(b"OPTIONS sip:"), 1)
        self.assertIn(b"Via: SIP/2.0/TCP ", b"".join(got))

    def test_foreign_answers_before_do_not_hide_the_right_one(self):
        peer = self.peer(lambda request: [b"", b"garbage", answer(request, call_id="other"), answer(request, "100 Trying"),
                                          answer(request)])
        one, finished = check(peer.target, "800ms")
        self.assertEqual((one["health"], one["detail"]), ("up", "200 OK"), finished)

    def test_garbage_and_provisional_answers_are_not_up(self):
        for reply in (b"garbage\r\n\r\n", b"\x00" * 65000, b"SIP/2.0 200 OK\r\n" * 500, b"HTTP/1.1 200 OK\r\n\r\n"):
            peer = self.peer(lambda request, reply=reply: [reply])
            one, finished = check(peer.target, "300ms")
            self.assertEqual(one["health"], "down", finished)
        peer = self.peer(lambda request: [answer(request, "180 Ringing")])
        one, finished = check(peer.target, "300ms")
        self.assertEqual(one["health"], "down", finished)
        self.assertIn("provisional", one["detail"])

    def test_retransmission_is_the_same_request_after_500_ms(self):
        peer = self.peer(lambda request: [answer(request)] if len(peer.requests) == 2 else [])
        one, finished = check(peer.target, "3s")
        self.assertEqual(one["health"], "up", finished)
        self.assertEqual(len(peer.requests), 2)
        self.assertEqual(peer.requests[0], peer.requests[1])
        self.assertGreater(one["rtt_s"], 0.49)
        self.assertLess(one["rtt_s"], 1.0)

    def test_the_name_goes_into_the_request(self):
        peer = self.peer(lambda request: [answer(request)])
        check(peer.target + "?name=pbx.example", "800ms")
        self.assertTrue(peer.requests[0].startswith(f"OPTIONS sip:pbx.example:{peer.port} SIP/2.0\r\n"), peer.requests)


if __name__ == "__main__":
    unittest.main()
