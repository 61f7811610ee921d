"""RFC 2136 updates with TSIG against BIND: the suite of every updater, and what only this kind can meet."""

import re
import shutil
import subprocess
import threading
import unittest

from conformance.dns_key_cases import dig
from conformance.dns_updater_suite import EPOCH_RECORD, NEW, OLD, SERVICE, THIRD, DnsChecks, DnsUpdaterSuite, act
from support.named import ZONE, Named
from support.server import free_port


class BindTest(DnsChecks, unittest.TestCase):
    """Gives a primary in which SERVICE has the address OLD."""

    def start(self, **options):
        server = Named(**options)
        self.addCleanup(server.close)
        return server.start()

    def start_primary(self, **options):
        return self.start(records=[f"{SERVICE}. IN A {OLD}", f"alias IN CNAME {SERVICE}.", "sub IN NS ns.elsewhere.test."], **options)


class OnePrimary(BindTest):
    def setUp(self):
        self.primary = self.start_primary()
        self.url = self.primary.url(verify=f"{self.primary.address}:{self.primary.port}")

    def seen(self):
        return dig(self.primary, SERVICE, "A") + dig(self.primary, SERVICE, "AAAA")


class Rfc2136Suite(DnsUpdaterSuite, OnePrimary):
    """The suite of every updater."""


class KeysAndRefusals(OnePrimary):
    """Every way in which the server says no. Nothing may have changed after any of them."""

    def refused(self, url, kind, *words, **options):
        for arguments in (("prove",), ("replace", OLD, f"{NEW};1:a")):
            self.assert_error(act(url, *arguments, **options), kind, *words)
        self.assert_holds([OLD])

    def test_each_algorithm_over_tcp_and_udp(self):
        had = OLD
        for number, key in enumerate(("sha256", "sha384", "sha512"), start=1):
            for transport in ("tcp", "udp"):
                url = self.primary.url(key, transport=transport)
                self.assertTrue(act(url, "prove")["ok"])
                wanted = f"{NEW if transport == 'tcp' else THIRD};{number}:a"
                self.assertTrue(act(url, "replace", had, wanted)["ok"])
                had = wanted
        self.assert_holds([THIRD], 3, "a")

    def test_wrong_secret(self):
        for transport in ("tcp", "udp"):
            self.refused(self.primary.url("wrong", transport=transport), "permission", "BADSIG", "fo-sha256")

    def test_unknown_key(self):
        self.refused(self.primary.url("unknown"), "permission", "BADKEY", "fo-unknown")

    def test_key_without_the_right(self):
        self.refused(self.primary.url("plain"), "permission", "REFUSED", "update-policy", "fo-plain")

    def test_skewed_clock(self):
        # Half a minute more, since a second may end between two looks at a clock.
        for offset, word in ((3630, "it is 1 h behind"), (-3630, "it is 1 h ahead")):
            for transport in ("tcp", "udp"):
                self.refused(self.primary.url(transport=transport), "permission", "BADTIME", word, clock_offset=offset)

    def test_unknown_zone(self):
        url = self.primary.url(zone="other.test")
        names = {"service": "sip.other.test", "epoch_record": "_failover.sip.other.test"}
        self.refused(url, "not_found", "NOTAUTH", "other.test", **names)

    def test_name_outside_the_zone(self):
        self.assert_error(act(self.primary.url(), "current", service="sip.other.test"), "usage", "not in the zone")

    def test_alias(self):
        names = {"service": f"alias.{ZONE}", "epoch_record": EPOCH_RECORD}
        now = act(self.primary.url(), "current", **names)
        self.assertEqual((now["addresses"], now["targets"]), ([], [SERVICE]))
        # Addresses are never put beside an alias, nor in its place.
        server = self.start(records=[f"alias IN CNAME {SERVICE}."], grants=[f"alias.{ZONE}. A AAAA"])
        self.assert_error(act(server.url(), "replace", "-", f"{NEW};1:a", **names), "conflict", "nothing was changed")

    def test_name_below_a_delegation(self):
        names = {"service": f"sip.sub.{ZONE}", "epoch_record": EPOCH_RECORD}
        self.assert_error(act(self.primary.url(), "current", **names), "protocol", "not authoritative")

    def test_text_that_is_no_mark(self):
        server = self.start(records=[f"{SERVICE}. IN A {OLD}", f'{EPOCH_RECORD}. IN TXT "v=spf1 -all"'])
        self.assert_error(act(server.url(), "current"), "protocol", "v=spf1 -all", "epoch mark")
        self.assert_error(act(server.url(), "replace", OLD, f"{NEW};1:a"), "conflict")


class Interchange(OnePrimary):
    """nsupdate and knsupdate change what we wrote, and we what they wrote: each demands exactly what the other left."""

    def client(self, program, *lines):
        script = "\n".join([f"server {self.primary.address} {self.primary.port}", f"zone {ZONE}.", *lines, "send", ""])
        key = ["-k", self.primary.key("sha384")] if program == "nsupdate" else self.knot_key()
        done = subprocess.run([program, *key], input=script, capture_output=True, text=True, timeout=30)
        self.assertEqual((done.returncode, done.stderr), (0, ""), script)

    def knot_key(self):
        text = (self.primary.dir / "sha384.key").read_text()
        name, algorithm, secret = (re.search(pattern, text)[1] for pattern in (r'key "(.*?)"', r"algorithm (.*?);", r'secret "(.*?)"'))
        return ["-y", f"{algorithm}:{name}:{secret}"]

    def test_one_after_the_other(self):
        had, epoch = OLD, 0
        for program in ("nsupdate", "knsupdate"):
            epoch += 1
            ours = f"{NEW};{epoch}:a"
            self.assertTrue(act(self.url, "replace", had, ours)["ok"])
            mark = f'"epoch={epoch} node=a time=2026-11-23T06:07:00Z"'
            self.client(program, f"prereq yxrrset {SERVICE}. A {NEW}", f"prereq yxrrset {EPOCH_RECORD}. TXT {mark}",
                        f"update delete {SERVICE}. A", f"update add {SERVICE}. 60 A {THIRD}")
            had = f"{THIRD};{epoch}:a"
            self.assert_holds([THIRD], epoch, "a")


class DeadServers(BindTest):
    def test_nobody_listens(self):
        server = self.start_primary()
        server.kill()
        for arguments in (("current",), ("prove",), ("replace", OLD, f"{NEW};1:a")):
            result = act(server.url(), *arguments, timeout=3.0)
            self.assert_error(result, "unreachable", "Connection refused")
            self.assertLess(result["seconds"], 1.0)
        wait = act(server.url(), "wait", NEW, timeout=1.0)
        self.assert_error(wait, "timeout", "finding its authoritative servers")
        self.assertLess(wait["seconds"], 1.5)

    def test_a_server_that_hangs(self):
        server = self.start_primary()
        server.freeze()
        for arguments in (("current",), ("prove",), ("replace", OLD, f"{NEW};1:a"), ("wait", NEW)):
            result = act(server.url(), *arguments, timeout=1.0)
            self.assert_error(result, "timeout")
            self.assertLess(result["seconds"], 1.5)
            if arguments[0] == "replace":
                self.assertIn("whether the update was done is not known", result["message"])

    def test_an_update_whose_answer_is_lost_is_read_back(self):
        """The server hangs while the update is sent and goes on within the second half of the deadline (property effect)."""
        server = self.start_primary()
        server.freeze()
        timer = threading.Timer(2.5, server.thaw)
        timer.start()
        self.addCleanup(timer.join)
        result = act(server.url(), "replace", OLD, f"{NEW};1:a", timeout=4.0)
        self.assertTrue(result["ok"], result)
        self.assertEqual(dig(server, SERVICE, "A"), [NEW])


class ManyServers(BindTest):
    """A primary and two secondaries on addresses of their own, all on one port, found through the zone's NS records."""

    def setUp(self):
        self.addresses = ("127.0.0.1", "127.0.0.2", "127.0.0.3")
        self.primary = self.start_primary(servers=self.addresses)
        self.url = self.primary.url(ns_port=self.primary.port)

    def secondary(self, address, **options):
        return self.start(address=address, port=self.primary.port, primary=self.primary, **options)

    def test_all_agree(self):
        for address in self.addresses[1:]:
            self.secondary(address)
        answers = act(self.url, "ask")["servers"]
        self.assertEqual(sorted(answer["server"] for answer in answers),
                         [f"ns{n}.{ZONE} (127.0.0.{n}:{self.primary.port})" for n in (1, 2, 3)])
        self.assertTrue(act(self.url, "replace", OLD, f"{NEW};1:a")["ok"])
        wait = act(self.url, "wait", f"{NEW};1:a", timeout=20)
        self.assertTrue(wait["ok"], wait)
        for server in act(self.url, "ask")["servers"]:
            self.assertEqual((server["addresses"], server["epoch"]), ([NEW], 1))

    def test_one_secondary_is_old(self):
        self.secondary("127.0.0.2")
        old = self.secondary("127.0.0.3")
        old.make_deaf()
        self.assertTrue(act(self.url, "replace", OLD, f"{NEW};1:a")["ok"])
        wait = act(self.url, "wait", f"{NEW};1:a", timeout=3.0)
        self.assert_error(wait, "timeout", "1 of 3", f"ns3.{ZONE} (127.0.0.3:{self.primary.port}) still says {OLD}")
        self.assertNotIn("127.0.0.2", wait["message"])

    def test_a_lame_secondary_is_named(self):
        self.secondary("127.0.0.2")
        self.secondary("127.0.0.3", zones=())
        wait = act(self.url, "wait", OLD, timeout=1.5)
        self.assert_error(wait, "timeout", "1 of 3", f"ns3.{ZONE} (127.0.0.3", "lame delegation")

    def test_a_dead_secondary_is_named(self):
        self.secondary("127.0.0.2")
        wait = act(self.url, "wait", OLD, timeout=1.5)
        self.assert_error(wait, "timeout", "1 of 3", f"ns3.{ZONE} (127.0.0.3:", "Connection refused")

    def test_a_hanging_secondary_does_not_hold_up_the_others(self):
        self.secondary("127.0.0.2").freeze()
        self.secondary("127.0.0.3")
        answers = act(self.url, "ask", timeout=1.0)
        self.assertLess(answers["seconds"], 1.5)
        self.assertEqual([server["ok"] for server in sorted(answers["servers"], key=lambda server: server["server"])],
                         [True, False, True])


class Urls(BindTest):
    def setUp(self):
        self.server = Named(records=[f"{SERVICE}. IN A {OLD}"])
        self.addCleanup(self.server.close)

    def test_parameters(self):
        view = act(self.server.url(ttl=30, to=f"{THIRD},{NEW}", **{"from": OLD}), "view")
        self.assertEqual((view["from"], view["to"], view["ttl"]), ([OLD], [NEW, THIRD], 30))

    def test_what_is_wrong_is_named(self):
        for kind, url, word in (
            ("usage", "bind://127.0.0.1/pbx.test", "rfc2136://"),
            ("usage", "rfc2136://127.0.0.1/pbx.test", "key-file"),
            ("usage", self.server.url(ttl=0), "ttl=0"),
            ("usage", self.server.url(ttls=5), "'ttls'"),
            ("usage", self.server.url(to="192.0.2"), "192.0.2"),
            ("usage", self.server.url(verify="127.0.0.1:0"), "'0' is not a port"),
            ("usage", "rfc2136:///pbx.test?key-file=x", "SERVER"),
            ("config", "rfc2136://127.0.0.1/pbx.test?key-file=/nowhere/x.key", "/nowhere/x.key"),
        ):
            self.assert_error(act(url, "view"), kind, word)

    def test_a_key_that_others_may_read_is_refused(self):
        shutil.copy(self.server.key("sha256"), self.server.key("open"))
        (self.server.dir / "open.key").chmod(0o644)
        self.assert_error(act(self.server.url("open"), "view"), "config", "can be read by others")

    def test_ipv6(self):
        server = self.start(address="::1", port=free_port(address="::1"), records=[f"{SERVICE}. IN A {OLD}"])
        url = server.url(verify=f"[::1]:{server.port}")
        self.assertTrue(act(url, "replace", OLD, f"2001:db8::2;1:a")["ok"])
        self.assertTrue(act(url, "wait", "2001:db8::2;1:a")["ok"])
        self.assertTrue(act(server.url(transport="udp"), "replace", "2001:db8::2;1:a", f"{NEW};2:a")["ok"])

    def test_a_server_named_by_name(self):
        self.server.start()
        url = self.server.url().replace("127.0.0.1", "localhost", 1)
        self.assertTrue(act(url, "prove")["ok"])


if __name__ == "__main__":
    unittest.main()
