"""observe://: a name that somebody else moves. Its name servers are real BINDs or a stand-in whose answers the test chooses; the epoch mark
lives in a BIND zone of its own."""

import json
import subprocess
import threading
import unittest

from conformance.dns_updater_suite import DRIVER, EPOCH_RECORD, NEW, OLD, SERVICE, THIRD, DnsChecks, act
from support.fake_dns import dns
from support.named import Named
from support.private_host import PrivateHost
from support.provider_zone import ProviderZone

MARKED = ("replace", OLD, f"{NEW};1:a")


class ObserveTest(DnsChecks, unittest.TestCase):
    def setUp(self):
        self.zone = ProviderZone(self)
        self.plain = f"observe://?verify=127.0.0.1:{self.zone.dns.port}"
        self.marks = Named(records=[])
        self.addCleanup(self.marks.close)
        self.marks.start()
        self.url = f"{self.plain} {self.marks.url(verify=f'{self.marks.address}:{self.marks.port}')}"

    def seen(self):
        return self.zone.seen()

    def pbx_moves(self, *addresses, after=0.0, zone=None):
        """The PBX moves its own name."""
        zone = zone or self.zone

        def move():
            with zone.lock:
                zone.sets[SERVICE, "A"] = (60, list(addresses))

        timer = threading.Timer(after, move)
        timer.start()
        self.addCleanup(timer.join)

    def mark(self):
        now = act(self.url, "current")
        return now["epoch"], now["node"]

    def test_says_how_sure_it_is(self):
        view = act(self.url, "view")
        self.assertEqual(view["swap"], "checked")
        self.assertIn("its epoch mark apart (rfc2136", view["describe"])

    def test_reads_addresses_and_mark(self):
        self.assert_holds([OLD])
        self.assertTrue(act(self.url, "prove")["ok"])

    def test_waits_for_the_move_and_marks_it_then(self):
        self.pbx_moves(NEW, after=1.0)
        result = act(self.url, *MARKED, timeout=15)
        self.assertTrue(result["ok"], result)
        self.assertGreaterEqual(result["seconds"], 0.9)
        self.assert_holds([NEW], 1, "a")
        self.assertTrue(act(self.url, "wait", f"{NEW};1:a")["ok"])
        again = act(self.url, "replace", f"{NEW};1:a", f"{NEW};1:a")
        self.assertTrue(again["ok"], again)

    def test_waits_for_every_server_and_changes_nothing_itself(self):
        other = ProviderZone(self)
        url = f"{self.plain},127.0.0.1:{other.dns.port}"
        self.pbx_moves(NEW, after=0.3)
        self.pbx_moves(NEW, after=1.5, zone=other)
        result = act(url, "replace", OLD, NEW, timeout=15)
        self.assertTrue(result["ok"], result)
        self.assertGreaterEqual(result["seconds"], 1.4)
        asked = [*self.zone.dns.requests, *other.dns.requests]
        self.assertEqual({request.opcode() for request in asked}, {dns.opcode.QUERY})

    def test_one_server_that_stays_behind_is_named(self):
        other = ProviderZone(self)
        self.pbx_moves(NEW, after=0.3)
        result = act(f"{self.plain},127.0.0.1:{other.dns.port}", "replace", OLD, NEW, timeout=2.0)
        self.assert_error(result, "timeout", "1 of 2", f"127.0.0.1:{other.dns.port} still says {OLD}")

    def test_the_new_address_beside_the_old_one_is_not_the_move(self):
        self.pbx_moves(OLD, NEW, after=0.3)
        self.pbx_moves(NEW, after=1.5)
        result = act(self.plain, "replace", OLD, NEW, timeout=15)
        self.assertTrue(result["ok"], result)
        self.assertGreaterEqual(result["seconds"], 1.4)

    def test_what_it_is_asked_to_wait_for_must_make_sense(self):
        self.assert_error(act(self.plain, "replace", OLD, "-"), "refused", "without an address")
        with self.zone.lock:
            self.zone.sets[SERVICE, "AAAA"] = (60, ["2001:db8::2"])
            del self.zone.sets[SERVICE, "A"]
        self.assertTrue(act(self.plain, "replace", "2001:DB8:0::2", "2001:DB8:0:0::2")["ok"])
        # The address that is there, in other words, is no conflict.
        self.assert_error(act(self.plain, "replace", "2001:DB8:0::2", NEW, timeout=1.0), "timeout", "waiting for whoever moves it")

    def test_a_name_that_does_not_move_in_time(self):
        """The mark is written first; what a second try finds is the old address with its own mark, and it goes on."""
        result = act(self.url, *MARKED, timeout=2.0)
        self.assert_error(result, "timeout", "waiting for whoever moves it", f"still says {OLD}")
        self.assertLess(result["seconds"], 2.6)
        self.assert_holds([OLD], 1, "a")
        self.pbx_moves(NEW)
        self.assertTrue(act(self.url, "replace", f"{OLD};1:a", f"{NEW};1:a")["ok"])
        self.assert_holds([NEW], 1, "a")

    def test_another_address_is_a_conflict(self):
        self.pbx_moves(THIRD)
        self.assert_error(act(self.url, *MARKED), "conflict", THIRD, "is written already")

    def test_an_epoch_that_is_taken_is_not_overwritten(self):
        self.pbx_moves(NEW)
        self.assertTrue(act(self.url, "replace", NEW, f"{NEW};5:b")["ok"])
        self.assert_error(act(self.url, *MARKED), "conflict", "epoch=5")
        self.assert_error(act(self.url, "replace", f"{NEW};5:b", f"{NEW};4:a"), "refused", "epoch 5")
        self.assertEqual(self.mark(), (5, "b"))

    def test_of_many_at_once_one_marks(self):
        """All see the name at their own address already; the mark's zone lets one of them write."""
        self.pbx_moves(NEW)
        results = []
        threads = [threading.Thread(target=lambda node=node: results.append(act(self.url, "replace", NEW, f"{NEW};1:{node}", timeout=20)))
                   for node in "abcdefgh"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(result.get("kind", "won") for result in results), ["conflict"] * 7 + ["won"], results)

    def test_without_a_place_for_marks(self):
        self.assertEqual(act(self.plain, "current")["addresses"], [OLD])
        for arguments in (("prove",), MARKED):
            self.assert_error(act(self.plain, *arguments), "config", "--epoch-dns")
        self.pbx_moves(NEW, after=0.5)
        self.assertTrue(act(self.plain, "replace", OLD, NEW, timeout=15)["ok"])

    def test_servers_that_do_not_agree(self):
        other = ProviderZone(self)
        other.sets[SERVICE, "A"] = (60, [NEW])
        url = f"{self.plain},127.0.0.1:{other.dns.port}"
        self.assert_error(act(url, "current"), "unreachable", "do not agree")
        wait = act(url, "wait", NEW, timeout=1.0)
        self.assert_error(wait, "timeout", "1 of 2", f"still says {OLD}")

    def test_no_server_answers(self):
        self.zone.dns.close()
        self.assert_error(act(self.url, "current", timeout=3), "unreachable")
        self.assert_error(act(self.url, *MARKED, timeout=3), "unreachable")

    def test_the_marks_server_is_down(self):
        self.marks.kill()
        for arguments in (("current",), ("prove",), MARKED):
            self.assert_error(act(self.url, *arguments, timeout=3), "unreachable")

    def test_urls(self):
        view = act(f"{self.plain}&from={OLD}&to={THIRD},{NEW}&ttl=30", "view")
        self.assertEqual((view["from"], view["to"], view["ttl"]), ([OLD], [NEW, THIRD], 30))
        for url, word in (("observe://x", "observe://"), (self.plain + "&colour=red", "'colour'"), (self.plain + " observe://", "carries no epoch mark")):
            self.assert_error(act(url, "view"), "usage", word)


class NamedThere(Named):
    """BIND on the port that resolvers ask, on a host of its own."""

    def __init__(self, host, port=53, **options):
        super().__init__(port=port, **options)
        self.host = host

    def command(self):
        return [*self.host.wrapper, *super().command()]

    def ready(self):
        done = subprocess.run([*self.host.wrapper, "dig", "+short", "+tcp", "+time=1", "+tries=1", "@127.0.0.1", "-p", str(self.port),
                               "pbx.test", "SOA"],
                              capture_output=True, text=True, check=False)
        return "hostmaster" in done.stdout


class ObserveFindsServers(unittest.TestCase):
    def start(self, host, port, records):
        server = NamedThere(host, port=port, records=records)
        self.addCleanup(server.close)
        server.start()

    def ask(self, host, url, service):
        done = subprocess.run([*host.wrapper, DRIVER, url, service, EPOCH_RECORD, "5", "0", "ask"], capture_output=True, text=True,
                              check=True, timeout=30)
        result = json.loads(done.stdout)
        self.assertTrue(result["ok"], result)
        return [(one["server"], one.get("addresses")) for one in result["servers"]]

    def test_the_zone_above_the_name_is_found(self):
        host = PrivateHost(self, [], {})
        self.start(host, 53, [f"{SERVICE}. IN A {OLD}", f"deep.below.{SERVICE}. IN A {NEW}"])
        for service, address in ((SERVICE, OLD), (f"deep.below.{SERVICE}", NEW)):
            self.assertEqual(self.ask(host, "observe://", service), [("ns1.pbx.test (127.0.0.1:53)", [address])])

    def test_its_servers_are_asked_at_the_port_that_is_given(self):
        host = PrivateHost(self, [], {})
        self.start(host, 53, [f"{SERVICE}. IN A {OLD}"])
        self.start(host, 5300, [f"{SERVICE}. IN A {NEW}"])
        self.assertEqual(self.ask(host, "observe://?ns-port=5300", SERVICE), [("ns1.pbx.test (127.0.0.1:5300)", [NEW])])


if __name__ == "__main__":
    unittest.main()
