"""fo-probe's web, tcp and tunnel probers: a real nginx with several certificates, and peers that misbehave."""

import os
import signal
import time
import unittest
from pathlib import Path

from support import tool
from support.nginx import Nginx
from support.probing import check
from support.server import free_port, wait_until
from support.tcp_peer import TcpPeer, reset, says, silent


class RealServer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.web = Nginx()
        cls.addClassCleanup(cls.web.close)
        cls.web.start()

    def test_status_2xx_to_4xx_is_up(self):
        for path, health in (("200", "up"), ("302", "up"), ("401", "up"), ("404", "up"), ("500", "down"), ("503", "down")):
            one, finished = check(f"http://127.0.0.1:{self.web.port}/{path}")
            self.assertEqual((one["health"], one["detail"]), (health, f"HTTP status {path}"), finished)

    def test_expect(self):
        base = f"http://127.0.0.1:{self.web.port}"
        self.assertEqual(check(f"{base}/404?expect=404")[0]["health"], "up")
        self.assertEqual(check(f"{base}/404?expect=200")[0]["health"], "down")
        self.assertEqual(check(f"{base}/302?expect=200,301-302")[0]["health"], "up")
        self.assertEqual(check(f"{base}/302?expect=2xx,404")[0]["health"], "down")

    def test_the_body_must_hold_a_text(self):
        base = f"http://127.0.0.1:{self.web.port}/200"
        self.assertEqual(check(f"{base}?body=ok")[0]["health"], "up")
        one, finished = check(f"{base}?body=well")
        self.assertEqual((one["health"], finished.status), ("down", 2), finished)
        self.assertIn("the expected text is not in", one["detail"])
        self.assertEqual(check(f"{base}?body=o%6B&expect=404")[0]["health"], "down")

    def test_the_name_is_the_host_header_and_the_page_keeps_its_query(self):
        check(f"http://127.0.0.1:{self.web.port}/echo?a=1&name=pbx.example&b=2")
        log = self.web.dir / "access.log"
        wait_until(lambda: f"pbx.example:{self.web.port} /echo?a=1&b=2" in log.read_text(), "nginx to log the request")

    def test_a_wrong_certificate_is_a_warning_on_an_up(self):
        # Self-signed for pbx.example: the chain is wrong, and asked by address the name too.
        one, finished = check(f"https://127.0.0.1:{self.web.tls_port}/200")
        self.assertEqual((one["health"], one["grade"], finished.status), ("up", "warning", 1), finished)
        self.assertIn("not for 127.0.0.1", one["detail"])
        one, _ = check(f"https://127.0.0.1:{self.web.tls_port}/200?name=pbx.example")
        self.assertEqual(one["grade"], "warning")
        self.assertNotIn("not for", one["detail"])

    def test_an_expired_certificate_is_critical_on_an_up(self):
        one, finished = check(f"https://127.0.0.1:{self.web.expired_port}/200?name=pbx.example")
        self.assertEqual((one["health"], one["grade"], finished.status), ("up", "critical", 2), finished)

    def test_verify_require_makes_it_down(self):
        one, finished = check(f"https://127.0.0.1:{self.web.tls_port}/200?name=pbx.example&verify=require")
        self.assertEqual((one["health"], finished.status), ("down", 2), finished)
        self.assertIn("certificate", one["detail"])

    def test_tls_on_a_plain_port_is_down(self):
        one, finished = check(f"https://127.0.0.1:{self.web.port}/")
        self.assertEqual(one["health"], "down", finished)

    def test_bounded_a_stopped_server_is_down_at_the_deadline(self):
        self.web.freeze()
        self.addCleanup(self.web.thaw)
        for target in (f"http://127.0.0.1:{self.web.port}/200", f"https://127.0.0.1:{self.web.tls_port}/200"):
            one, finished = check(target, timeout="600ms")
            self.assertEqual(one["health"], "down", finished)
            self.assertAlmostEqual(one["rtt_s"], 0.6, delta=0.1)

    def test_a_weak_up_does_not_veto(self):
        dead = f"sip://127.0.0.1:{free_port(2000, 9999)}"
        weak = f"tcp://127.0.0.1:{self.web.port}"
        self.assertEqual(tool.run("fo-probe", dead, weak).status, 2)
        self.assertEqual(tool.run("fo-probe", "--weak-counts", dead, weak).status, 1)
        self.assertEqual(tool.run("fo-probe", "--weak-counts", "--fail-when", "any", dead, weak).status, 2)
        self.assertEqual(tool.run("fo-probe", weak).status, 0)

    def test_isolation_a_dead_reference_makes_a_down_unknown(self):
        dead = [f"tcp://127.0.0.1:{free_port()}" for _ in range(2)]
        living = f"tcp://127.0.0.1:{self.web.port}"
        self.assertEqual(tool.run("fo-probe", dead[0], "--reference", dead[1]).status, 3)
        self.assertEqual(tool.run("fo-probe", dead[0], "--reference", living).status, 2)
        self.assertEqual(tool.run("fo-probe", dead[0], "--reference", living, "--reference", dead[1]).status, 2)
        self.assertEqual(tool.run("fo-probe", "--reference-when", "any", dead[0], "--reference", living, "--reference",
                                  dead[1]).status, 3)

    def test_thresholds(self):
        target = f"http://127.0.0.1:{self.web.port}/200"
        for options, grade, status in ((("-w", "0ms"), "warning", 1), (("-w", "0ms", "-c", "0ms"), "critical", 2),
                                       (("-w", "1h", "-c", "2h"), "ok", 0)):
            one, finished = check(target, "2s", *options)
            self.assertEqual((one["health"], one["grade"], finished.status), ("up", grade, status), finished)


def endless_headers(connection):
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X: " + b"y" * 1000 + b"\r\n")


def endless_body(connection):
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"y" * 4096)


class Misbehaving(unittest.TestCase):
    def health(self, scheme, talk, timeout="1s"):
        with TcpPeer(talk) as peer:
            one, finished = check(f"{scheme}://127.0.0.1:{peer.port}", timeout=timeout)
            self.assertLess(one["rtt_s"], 1.1, finished)
            return one["health"]

    def test_web(self):
        self.assertEqual(self.health("http", endless_body), "up")
        for talk in (reset, lambda connection: connection.close(), says(b"garbage\r\n\r\n"), says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
                     says(b"SSH-2.0-x\r\n"), endless_headers, silent):
            self.assertEqual(self.health("http", talk), "down")
            self.assertEqual(self.health("https", talk), "down")

    def test_a_redirect_is_not_followed(self):
        with TcpPeer(silent) as trap:
            self.assertEqual(self.health("http", says(f"HTTP/1.1 302 x\r\nLocation: http://127.0.0.1:{trap.port}/\r\nContent-Length: 0\r\n\r\n"
                                                      .encode("ascii"))), "up")
            self.assertEqual(trap.open, [])

    def test_tcp(self):
        self.assertEqual(self.health("tcp", silent), "up")
        one, finished = check(f"tcp://127.0.0.1:{free_port()}")
        self.assertEqual((one["health"], finished.status), ("down", 2), finished)
        self.assertIn("refused", one["detail"])

    def test_tunnel_stays_open_or_is_down(self):
        self.assertEqual(self.health("tunnel", silent), "up")
        self.assertEqual(self.health("tunnel", lambda connection: connection.sendall(b"hello")), "up")
        self.assertEqual(self.health("tunnel", lambda connection: connection.close()), "down")
        self.assertEqual(self.health("tunnel", reset), "down")

    def test_nothing_is_sent_into_a_tunnel(self):
        got = []
        self.health("tunnel", lambda connection: got.append(connection.recv(10)))
        wait_until(lambda: got, "the peer to see the end")
        self.assertEqual(got, [b""])

    def test_unknown_is_not_down_a_timeout_too_short_for_a_tunnel(self):
        self.assertEqual(self.health("tunnel", silent, "200ms"), "unknown")


def unshare(*arguments):
    """A namespace of its own. Root needs no user namespace for it, and has none in a chroot; others cannot do without."""
    return ["unshare", *([] if os.geteuid() == 0 else ["--map-root-user"]), *arguments]


class OurOwnFault(unittest.TestCase):
    """unknown-is-not-down: what keeps us from asking says nothing about the peer."""

    targets = ("sip://198.51.100.1", "http://198.51.100.1/", "https://198.51.100.1/", "tcp://198.51.100.1:22", "tunnel://198.51.100.1")

    def assert_unknown(self, finished, count):
        checks = [one for one in finished.objects if one["type"] == "check"]
        self.assertEqual([one["health"] for one in checks], ["unknown"] * count, finished)
        self.assertEqual(finished.status, 3, finished)

    def test_no_network(self):
        finished = tool.run("fo-probe", "--json", *self.targets, wrapper=unshare("--net"))
        self.assert_unknown(finished, len(self.targets))

    def test_routes_that_forbid(self):
        for kind in ("unreachable", "prohibit", "blackhole"):
            script = f'ip link set lo up; ip route add {kind} 198.51.100.0/24; exec "$@"'
            finished = tool.run("fo-probe", "--json", *self.targets, wrapper=unshare("--net", "sh", "-c", script, "sh"))
            self.assert_unknown(finished, len(self.targets))

    def test_no_descriptors_left(self):
        # Enough to start and to load libcurl, not for the sockets of all.
        targets = [f"tcp://127.0.0.1:{port}" for port in range(1, 101)]
        finished = tool.run("fo-probe", "--json", *targets, wrapper=["prlimit", "--nofile=16"])
        unknown = [one for one in finished.objects if one["type"] == "check" and one["health"] == "unknown"]
        self.assertTrue(unknown, finished)
        self.assertIn("Too many open files", unknown[0]["detail"])
        self.assertEqual(finished.status, 3, finished)

    def test_a_source_address_that_is_not_ours(self):
        finished = tool.run("fo-probe", "--json", "--source-address", "198.51.100.7", *self.targets)
        self.assert_unknown(finished, len(self.targets))

    def test_a_dead_name_server_is_unknown_by_the_deadline(self):
        # In a network of its own the addresses of this host's name servers are on the loopback interface, and nobody listens.
        lines = Path("/etc/resolv.conf").read_text(encoding="utf-8").splitlines()
        servers = [line.split()[1] for line in lines if line.startswith("nameserver ")]
        script = f'ip link set lo up; for s in {" ".join(servers)}; do ip addr replace "$s" dev lo; done; exec "$@"'
        finished = tool.run("fo-probe", "--json", "-t", "1s", "sip://pbx.example", "https://pbx.example/",
                            wrapper=unshare("--net", "sh", "-c", script, "sh"))
        self.assert_unknown(finished, 2)
        self.assertLess(finished.seconds, 1.5)

    def test_we_stood_still(self):
        # Stopped over its deadline and more: that silence was ours.
        with TcpPeer(silent) as peer:
            process = tool.start("fo-probe", "--json", "-t", "500ms", f"http://127.0.0.1:{peer.port}/")
            wait_until(lambda: peer.open, "the probe to connect")
            os.kill(process.pid, signal.SIGSTOP)
            over = time.monotonic() + 1.8
            wait_until(lambda: time.monotonic() > over, "its deadline to be long over")
            os.kill(process.pid, signal.SIGCONT)
            self.assert_unknown(tool.finish(process), 1)


if __name__ == "__main__":
    unittest.main()
