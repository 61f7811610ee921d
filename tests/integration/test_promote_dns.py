"""fo-promote dns show, set, verify and set-ttl, views and marks, against real BINDs."""

import subprocess
import unittest

from support import tool
from support.named import EPOCH_RECORD, SERVICE, ZONE, Named
from support.pair import NEW, OLD, Pair

A, B = "192.0.2.1", "192.0.2.2"
CANARY = f"failover-canary.{SERVICE}"
GRANTS = (f"{CANARY}. A AAAA", f"_failover.{CANARY}. TXT", f"alias.{ZONE}. CNAME", f"_failover.alias.{ZONE}. TXT",
          f"_sip._udp.{ZONE}. SRV", f"_failover._sip._udp.{ZONE}. TXT", "_failover.own.test. TXT")


class DnsCase(unittest.TestCase):
    def setUp(self):
        self.state = tool.temporary_folder(self) / "state"

    def start(self, **options):
        server = Named(**options)
        self.addCleanup(server.close)
        return server.start()

    def primary(self, ttl=60, records=(), **options):
        return self.start(records=[f"sip {ttl} IN A {A}", *records], grants=GRANTS, **options)

    def dns(self, verb, url, *arguments, service=SERVICE, **options):
        return tool.run("fo-promote", "dns", verb, "--state-dir", self.state, "--json", "--service", service, "--dns", url,
                        *arguments, **options)

    def dig(self, server, name, kind, *more):
        done = subprocess.run(["dig", "+short", "+tcp", f"@{server.address}", "-p", str(server.port), name, kind, *more],
                              capture_output=True, text=True, check=True, timeout=20)
        return sorted(done.stdout.split("\n")[:-1])

    def objects(self, done, kind):
        return [each for each in done.objects if each["type"] == kind]


class OneServer(DnsCase):
    def url(self, server, **parameters):
        return server.url(verify=f"{server.address}:{server.port}", **parameters)

    def test_show_warns_of_a_ttl_that_a_failover_cannot_bear(self):
        server = self.primary(ttl=3600)
        shown = self.dns("show", self.url(server))
        self.assertEqual(shown.status, 3, shown)
        self.assertIn("3600 s", shown.result["message"])
        self.assertIn("set-ttl", shown.result["message"])
        self.assertEqual(self.dns("show", self.url(server), "--max-ttl", "1h").status, 0)
        record = self.objects(shown, "record")[0]
        self.assertEqual((record["addresses"], record["ttl_s"]), ([A], 3600))
        self.assertTrue(all(each["agrees"] for each in self.objects(shown, "answer")))

    def test_set_ttl_changes_nothing_else(self):
        server = self.primary(ttl=3600, records=[f"sip 3600 IN AAAA 2001:db8::1", f'_failover.sip 3600 IN TXT "epoch=3 node=a time=2026-11-23T06:07:00Z"'])
        dry = self.dns("set-ttl", self.url(server), "--ttl", "30s", "-n")
        self.assertEqual(dry.status, 0, dry)
        self.assertEqual(self.objects(self.dns("show", self.url(server)), "record")[0]["ttl_s"], 3600)
        done = self.dns("set-ttl", self.url(server), "--ttl", "30s")
        self.assertEqual(done.status, 0, done)
        self.assertIn("caches_expire", self.objects(done, "ttl")[0])
        record = self.objects(self.dns("show", self.url(server)), "record")[0]
        self.assertEqual((record["addresses"], record["ttl_s"], record["epoch"]), ([A, "2001:db8::1"], 30, 3))
        again = self.dns("set-ttl", self.url(server), "--ttl", "30s")
        self.assertEqual((again.status, again.result["message"].split(":")[0]), (0, "nothing to do"))
        missing = self.dns("set-ttl", self.url(server), "--ttl", "30s", service=CANARY)
        self.assertEqual(missing.status, 5, missing)

    def test_set_says_what_becomes_of_caches_and_resolvers_never_decide(self):
        server = self.primary(ttl=77)
        done = self.dns("set", self.url(server), "--from", A, "--to", B, "--resolver", f"{server.address}:{server.port}",
                        "--resolver", "127.0.0.9:9")
        self.assertEqual(done.status, 0, done)
        view = self.objects(done, "view")[0]
        self.assertEqual((view["state"], view["moved"]), ("new", True))
        self.assertIn("caches_expire", view)
        resolvers = self.objects(done, "resolver")
        self.assertEqual([each["agrees"] for each in resolvers], [True, False])
        again = self.dns("set", self.url(server), "--from", A, "--to", B)
        self.assertEqual((again.status, self.objects(again, "view")[0]["moved"]), (0, False), again)
        self.assertIn("nothing to do", again.result["message"])

    def test_set_refuses_and_its_preview_says_so(self):
        server = self.primary()
        for extra in ((), ("-n",)):
            wrong = self.dns("set", self.url(server), "--from", "192.0.2.9", "--to", B, *extra)
            self.assertEqual(wrong.status, 4, wrong)
            self.assertIn(f"no longer 192.0.2.9", wrong.result["message"])
        self.assertEqual(self.dns("set", self.url(server), "--from", A, "--to", B, "-n").status, 0)
        self.assertEqual(self.dns("set", self.url(server, key="plain"), "--from", A, "--to", B, "-n").status, 1)
        self.assertEqual(self.dig(server, SERVICE, "A"), [A])
        self.assertEqual(self.dns("set", self.url(server), "--from", A, "--to", "192.0.2").status, 2)

    def test_the_canary_flies_and_leaves_the_service_alone(self):
        server = self.primary()
        dry = self.dns("set", self.url(server), "--canary", "-n")
        self.assertEqual((dry.status, self.dig(server, CANARY, "A")), (0, []), dry)
        for epoch in ("2", "4"):
            done = self.dns("set", self.url(server), "--canary")
            self.assertEqual(done.status, 0, done)
            flight = self.objects(done, "canary")[0]
            self.assertGreater(flight["there_s"], 0)
            self.assertEqual(self.dig(server, CANARY, "A"), ["192.0.2.1"])
            self.assertIn(f"epoch={epoch} node=canary", self.dig(server, f"_failover.{CANARY}", "TXT")[0])
        self.assertEqual((self.dig(server, SERVICE, "A"), self.dig(server, EPOCH_RECORD, "TXT")), ([A], []))

    def test_the_canary_touches_no_record_that_is_not_its_own(self):
        server = self.primary(records=["failover-canary.sip IN A 198.51.100.7"])
        done = self.dns("set", self.url(server), "--canary")
        self.assertEqual(done.status, 4, done)
        self.assertIn("198.51.100.7", done.result["message"])
        self.assertEqual(self.dig(server, CANARY, "A"), ["198.51.100.7"])

    def test_an_alias_moves_from_host_to_host(self):
        server = self.primary(records=[f"alias IN CNAME a.{ZONE}.", f"a IN A {A}", f"b IN A {B}"])
        name = f"alias.{ZONE}"
        by_address = self.dns("set", self.url(server), "--from", A, "--to", B, service=name)
        self.assertEqual(by_address.status, 4, by_address)
        self.assertIn("is an alias (CNAME)", by_address.result["message"])
        arguments = ("--from", f"a.{ZONE}", "--to", f"b.{ZONE}")
        preview = self.dns("set", self.url(server), *arguments, "-n", service=name)
        self.assertEqual(preview.status, 0, preview)
        done = self.dns("set", self.url(server), *arguments, service=name)
        self.assertEqual(done.status, 0, done)
        self.assertEqual(self.dig(server, name, "CNAME"), [f"b.{ZONE}."])
        self.assertEqual(self.dig(server, f"a.{ZONE}", "A"), [A])
        shown = self.dns("show", self.url(server), service=name)
        self.assertEqual(self.objects(shown, "record")[0]["targets"], [{"host": f"b.{ZONE}"}])
        self.assertEqual(self.dns("set-ttl", self.url(server), "--ttl", "20s", service=name).status, 0)
        gone = self.dns("set", self.url(server), "--from", f"a.{ZONE}", "--to", f"c.{ZONE}", service=name)
        self.assertEqual(gone.status, 4, gone)

    def test_srv_records_move_and_keep_their_numbers_and_neighbours(self):
        name = f"_sip._udp.{ZONE}"
        server = self.primary(records=[f"{name}. IN SRV 10 60 5060 a.{ZONE}.", f"{name}. IN SRV 20 0 5070 z.{ZONE}."])
        done = self.dns("set", self.url(server), "--from", f"a.{ZONE}", "--to", f"b.{ZONE}", service=name)
        self.assertEqual(done.status, 0, done)
        self.assertEqual(self.dig(server, name, "SRV"), [f"10 60 5060 b.{ZONE}.", f"20 0 5070 z.{ZONE}."])
        both = self.dns("set", self.url(server), "--from", f"b.{ZONE}", "--to", f"z.{ZONE}", service=name)
        self.assertEqual(both.status, 4, both)
        self.assertIn("name both", both.result["message"])


class MarkApart(DnsCase):
    """--epoch-dns: the mark in a zone of its own."""

    def urls(self, server):
        here = f"{server.address}:{server.port}"
        return server.url(verify=here), ("--epoch-record", "_failover.own.test", "--epoch-dns",
                                         server.url(zone="own.test", verify=here))

    def test_one_zone_cannot_take_a_mark_of_another(self):
        server = self.primary(zones=(ZONE, "own.test"))
        done = self.dns("show", self.urls(server)[0], "--epoch-record", "_failover.own.test")
        self.assertEqual(done.status, 2, done)
        self.assertIn("not in the zone", done.result["message"])

    def test_show_set_and_set_ttl(self):
        server = self.primary(zones=(ZONE, "own.test"))
        url, apart = self.urls(server)
        self.assertEqual(self.dns("show", url, *apart).status, 0)
        done = self.dns("set", url, *apart, "--from", A, "--to", B)
        self.assertEqual(done.status, 0, done)
        self.assertEqual(self.dig(server, SERVICE, "A"), [B])
        self.assertEqual(self.dns("set-ttl", url, *apart, "--ttl", "20s").status, 0)


class ManyServers(DnsCase):
    """A primary and three secondaries on addresses of their own, found by the zone's NS records."""

    addresses = ("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4")

    def setUp(self):
        super().setUp()
        self.server = self.primary(servers=self.addresses)
        self.url = self.server.url(ns_port=self.server.port)

    def secondary(self, address, **options):
        return self.start(address=address, port=self.server.port, primary=self.server, **options)

    def test_verify_waits_until_all_agree(self):
        for address in self.addresses[1:]:
            self.secondary(address)
        done = self.dns("set", self.url, "--from", A, "--to", B)
        self.assertEqual(done.status, 0, done)
        verified = self.dns("verify", self.url, "--to", B)
        self.assertEqual(verified.status, 0, verified)
        self.assertEqual(len(self.objects(verified, "answer")), 4)
        # A resolver that is asked to decide; here an authoritative server plays it.
        resolver = f"{self.server.address}:{self.server.port}"
        self.assertEqual(self.dns("verify", self.url, "--to", B, "--resolver", resolver).status, 0)
        dead = self.dns("verify", self.url, "--to", B, "--resolver", "127.0.0.9:9", "-t", "2s")
        self.assertEqual(dead.status, 6, dead)
        self.assertIn("resolver 127.0.0.9:9", dead.result["message"])

    def test_one_old_one_lame_one_dead_are_named(self):
        old = self.secondary("127.0.0.2")
        self.secondary("127.0.0.3", zones=())
        old.make_deaf()
        done = self.dns("set", self.url, "--from", A, "--to", B, "-t", "4s")
        self.assertEqual(done.status, 9, done)
        view = self.objects(done, "view")[0]
        self.assertEqual((view["state"], view["moved"]), ("mixed", True))
        for words in ("3 of 4", f"ns2.{ZONE} (127.0.0.2:{self.server.port}) still says {A}",
                      f"ns3.{ZONE} (127.0.0.3", "lame delegation", f"ns4.{ZONE} (127.0.0.4", "Connection refused"):
            self.assertIn(words, view["detail"])
        verified = self.dns("verify", self.url, "-t", "2s")
        self.assertEqual(verified.status, 6, verified)
        self.assertLess(verified.seconds, 2.6)
        self.assertEqual(sorted(each["agrees"] for each in self.objects(verified, "answer")), [False, False, False, True])
        shown = self.dns("show", self.url)
        self.assertEqual(shown.status, 3, shown)
        self.assertIn("3 authoritative servers do not say", shown.result["message"])

    def test_a_hidden_primary_is_asked_too(self):
        hidden = self.primary(servers=("127.0.0.2",))
        self.start(address="127.0.0.2", port=hidden.port, primary=hidden)
        shown = self.dns("show", hidden.url(ns_port=hidden.port))
        self.assertEqual(shown.status, 0, shown)
        servers = [each["server"] for each in self.objects(shown, "answer")]
        self.assertEqual(servers, [f"ns1.{ZONE} (127.0.0.2:{hidden.port})", f"the primary (127.0.0.1:{hidden.port})"])


class Views(unittest.TestCase):
    """The dns step of a promotion over several views."""

    def setUp(self):
        self.pair = self.enterContext(Pair(tool.temporary_folder(self)))
        self.second = Named(address="127.0.0.2", records=[f"sip 60 IN A {OLD}"])
        self.addCleanup(self.second.close)
        self.second.start()
        self.pair.lines["dns"] = [self.pair.dns(), self.second.url(ns_port=self.second.port)]
        self.pair.write_config()

    def states(self, done):
        return [each["state"] for each in done.result["views"]]

    def test_each_view_says_what_its_callers_see_and_resume_does_the_open_one(self):
        self.pair.program("start", "#!/bin/sh\ntouch {d}/serving-new\nkill -STOP -%d\n" % self.second.pid)
        done = self.pair.promote("run", "-t", "8s")
        self.second.thaw()
        self.assertEqual(done.status, 9, done)
        self.assertEqual(self.states(done), ["new", "unknown"], done)
        self.assertIn("get the new address; what callers of", done.result["message"])
        mark = self.pair.mark
        resumed = self.pair.promote("resume")
        self.assertEqual(resumed.status, 0, resumed)
        self.assertEqual(self.states(resumed), ["new", "new"])
        # The second server may have found the first run's update in its queue when it woke up.
        self.assertFalse(resumed.result["views"][0]["moved"])
        self.assertEqual(self.pair.mark, mark)
        # The first view's caches expire by what was there before the interrupted run.
        self.assertTrue(all("caches_expire" in each for each in resumed.result["views"]), resumed)

    def test_a_view_that_somebody_else_moved_is_left_alone(self):
        self.pair.program("start", "#!/bin/sh\ntouch {d}/serving-new\nnsupdate -v -k %s <<E\nserver 127.0.0.2 %d\nzone %s\n"
                          "update delete %s. A\nupdate add %s. 60 A 192.0.2.99\nsend\nE\n"
                          % (self.second.key("sha256"), self.second.port, ZONE, SERVICE, SERVICE))
        done = self.pair.promote()
        self.assertEqual(done.status, 9, done)
        self.assertEqual(self.states(done), ["new", "unknown"], done)
        self.assertIn("192.0.2.99", done.result["message"])
        self.assertEqual(self.pair.addresses, [NEW])


class Apart(unittest.TestCase):
    def test_a_promotion_whose_mark_lives_apart(self):
        pair = self.enterContext(Pair(tool.temporary_folder(self)))
        own = Named(address="127.0.0.2", zones=("own.test",), grants=GRANTS)
        self.addCleanup(own.close)
        own.start()
        pair.lines["epoch-record"] = ["_failover.own.test"]
        pair.lines["epoch-dns"] = [own.url(zone="own.test", verify=f"127.0.0.2:{own.port}")]
        pair.write_config()
        plan = next(each for each in pair.run("plan", "--confirm", SERVICE).objects if each["type"] == "plan")
        self.assertFalse(plan["views"][0]["one_update"])
        self.assertIn("in two updates", next(each["what"] for each in plan["steps"] if each["step"] == "dns"))
        done = pair.promote()
        self.assertEqual(done.status, 3, done)
        self.assertEqual(pair.addresses, [NEW])
        self.assertIsNone(pair.mark)
        texts = subprocess.run(["dig", "+short", "+tcp", "@127.0.0.2", "-p", str(own.port), "_failover.own.test", "TXT"],
                               capture_output=True, text=True, check=True, timeout=20).stdout
        self.assertIn("epoch=1 node=b", texts)
        # What a crash between the two updates leaves: our mark, the old address. The next run moves the address.
        pair.nsupdate(f"update delete {SERVICE}. A", f"update add {SERVICE}. 60 A {OLD}")
        self.assertEqual(pair.run("dns", "set", "--from", OLD, "--to", NEW).status, 0)


if __name__ == "__main__":
    unittest.main()
