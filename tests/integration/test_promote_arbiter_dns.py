"""fo-promote with its record in the epoch mark of a real BIND: adopt, a promotion, the guard on both hosts."""

import unittest

from integration.test_promote import PromoteCase
from support import tool
from support.driven import Driven
from support.named import SERVICE
from support.pair import NEW, OLD


class DnsArbiterCase(PromoteCase):
    def setUp(self):
        super().setUp()
        self.reconfigure(arbiter=["dns"], only_standby=["false"], run_dir=[self.pair.dir / "run"],
                         min_uptime=["0s"])

    def on_old_host(self, verb, *arguments):
        """The old active's own fo-promote, with a state of its own."""
        return tool.run("fo-promote", verb, "--config", self.pair.config, "--json", "--node", "a", "--state-dir", self.pair.dir / "state-a",
                        "--run-dir", self.pair.dir / "run-a", "--self-probe", self.pair.probe(OLD), *arguments)

    def adopt(self):
        (self.pair.dir / "serving-old").touch()
        self.reconfigure(self_probe=[])
        done = self.on_old_host("adopt", "--confirm", SERVICE)
        self.assertEqual(done.status, 0, done)
        (self.pair.dir / "serving-old").unlink()
        self.reconfigure(self_probe=[self.pair.probe(NEW)])

    def other(self):
        """The arbiter of a third node."""
        return Driven(self, "conformance_arbiter", "dns", SERVICE, 0, env={"FO_MARK_DNS": self.pair.named.url()})

    def claimed_by_other(self, seconds=60):
        other = self.other()
        answer = other.ask({"act": "claim", "node": "c", "floor": 1, "peers": ["a", "b"], "seconds": seconds})
        self.assertIn("epoch", answer)
        return other

    def broken_start(self):
        self.pair.program("broken", "#!/bin/sh\nexit 1\n")
        self.reconfigure(start_hook=[self.pair.dir / "broken"])
        done = self.pair.promote()
        self.assertEqual(done.status, 9, done)
        self.reconfigure(start_hook=[self.pair.dir / "start"])

    def assert_nothing_done(self, epoch):
        self.assertTrue(self.pair.has_power)
        self.assertFalse(self.pair.started)
        self.assertEqual((self.pair.addresses, self.pair.mark["epoch"], self.pair.audit), ([OLD], epoch, []))


class Promotion(DnsArbiterCase):
    def test_a_promotion_on_record(self):
        self.adopt()
        self.assertEqual([self.pair.mark[key] for key in ("epoch", "node", "maybe", "active")], ["1", "a", "a", "a@1"])
        done = self.pair.promote()
        self.assertEqual(done.status, 3, done)
        self.assert_promoted("2")
        self.assertEqual([self.pair.mark[key] for key in ("maybe", "active")], ["b", "b@2"])
        self.assertNotIn("until", self.pair.mark)
        self.assertIn("nothing to do", self.pair.promote().result["message"])

    def test_the_plan_names_no_obstacle_and_changes_nothing(self):
        self.adopt()
        before = self.pair.mark
        done = self.pair.run("plan")
        self.assertEqual(done.status, 0, done)
        self.assertEqual(self.pair.mark, before)

    def test_without_a_record_nothing_is_done(self):
        done = self.pair.promote()
        self.assertEqual(done.status, 4, done)
        self.assertIn("fo-promote adopt", done.result["message"])
        self.assert_untouched()

    def test_a_record_that_was_taken_away_in_the_middle(self):
        """Between commit and dns step the mark is gone: it is not written anew, and the record with it not forgotten."""
        self.adopt()
        self.pair.program("wipe", "#!/bin/sh\nexec {d}/nsupdate-wipe\n")
        script = f"server {self.pair.named.address} {self.pair.named.port}\nupdate delete _failover.{SERVICE}. TXT\nsend\n"
        (self.pair.dir / "wipe.txt").write_text(script)
        self.pair.program("nsupdate-wipe", f"#!/bin/sh\ntouch {{d}}/serving-new\nexec nsupdate -k {self.pair.named.key('sha256')} {{d}}/wipe.txt\n")
        self.reconfigure(start_hook=[self.pair.dir / "wipe"])
        done = self.pair.promote()
        self.assertEqual(done.status, 9, done)
        self.assertEqual((self.pair.addresses, self.pair.mark), ([OLD], None))

    def test_another_that_promotes(self):
        self.adopt()
        self.claimed_by_other()
        done = self.pair.promote()
        self.assertEqual(done.status, 4, done)
        self.assertIn("c promotes at this moment", done.result["message"])
        self.assert_nothing_done("2")

    def test_one_that_may_be_serving_and_is_not_known_here(self):
        self.adopt()
        other = self.claimed_by_other()
        other.ask({"act": "confirm_off", "node": "a"})
        other.ask({"act": "commit"})
        other.ask({"act": "release"})
        done = self.pair.promote()
        self.assertEqual(done.status, 4, done)
        self.assertIn("[node.c]", done.result["message"])
        # What was claimed for it was given back; the epoch stays taken.
        self.assertEqual([self.pair.mark[key] for key in ("epoch", "maybe", "active")], ["3", "c", "c@2"])
        self.assertNotIn("until", self.pair.mark)
        self.assertFalse(self.pair.started)

    def test_an_unfinished_one_goes_on(self):
        self.adopt()
        self.broken_start()
        self.assertEqual([self.pair.mark[key] for key in ("epoch", "maybe", "active")], ["2", "b", "b@2"])
        self.assertEqual(self.pair.addresses, [OLD])
        done = self.pair.promote("resume")
        self.assertIn(done.status, (0, 3), done)
        self.assert_promoted("2")
        self.assertNotIn("until", self.pair.mark)

    def test_an_unfinished_one_that_was_superseded(self):
        self.adopt()
        self.broken_start()
        other = Driven(self, "conformance_arbiter", "dns", SERVICE, 0, "attended", env={"FO_MARK_DNS": self.pair.named.url()})
        self.assertEqual(other.ask({"act": "claim", "node": "c", "floor": 1, "peers": ["a", "b"]})["others"], ["b"])
        done = self.pair.promote("resume")
        self.assertEqual(done.status, 9, done)
        self.assertFalse(self.pair.started)
        self.assertEqual((self.pair.addresses, self.pair.mark["node"]), ([OLD], "c"))

    def test_given_back_by_another_it_is_still_the_active_one(self):
        self.adopt()
        self.pair.promote()
        other = self.other()
        self.assertEqual(other.ask({"act": "claim", "node": "c", "floor": 2, "peers": ["a", "b"]})["epoch"], 3)
        self.assertEqual(other.ask({"act": "withdraw", "node": "c", "epoch": 3}), {"ok": True})
        audit = self.pair.audit
        again = self.pair.promote()
        self.assertIn("nothing to do", again.result["message"])
        self.assertEqual(self.pair.audit, audit)

    def test_abort_gives_the_claim_back(self):
        self.adopt()
        self.pair.program("fencer", "#!/bin/sh\nexit 1\n")
        self.assertEqual(self.pair.promote().status, 4)
        self.pair.program("fencer", "#!/bin/sh\n[ $1 = status ] && echo on && exit\nexit 1\n")
        self.assertEqual(self.pair.promote().status, 9)
        self.assertEqual((self.pair.mark["maybe"], "until" in self.pair.mark), ("a,b", True))
        self.assertEqual(self.pair.run("abort").status, 3)
        self.assertEqual((self.pair.mark["maybe"], "until" in self.pair.mark), ("a", False))

    def test_an_updater_without_prerequisites_cannot_arbitrate(self):
        hosts = self.pair.dir / "hosts"
        hosts.write_text(f"{OLD} {SERVICE}\n")
        self.reconfigure(dns=[f"hosts://{hosts}", self.pair.dns()])
        done = self.pair.promote()
        self.assertEqual(done.status, 2, done)
        self.assertIn("cannot decide between two hosts", done.result["message"])

    def test_the_mark_in_a_zone_of_its_own_arbitrates(self):
        self.reconfigure(epoch_dns=[self.pair.dns()])
        self.adopt()
        self.assertEqual(self.pair.promote().status, 3)
        self.assert_promoted("2")
        self.assertEqual([self.pair.mark[key] for key in ("maybe", "active")], ["b", "b@2"])


class Guard(DnsArbiterCase):
    def test_only_the_active_host_may_start(self):
        self.assertEqual(self.on_old_host("guard").status, 4)
        self.adopt()
        self.assertEqual(self.on_old_host("guard").status, 0)
        self.assertEqual(self.pair.run("guard").status, 4)
        self.pair.promote()
        refused = self.on_old_host("guard")
        self.assertEqual(refused.status, 4)
        self.assertIn("b is active", refused.result["message"])
        self.assertEqual(self.pair.run("guard").status, 0)

    def test_another_claim_keeps_it_down(self):
        self.adopt()
        self.claimed_by_other()
        self.assertEqual(self.on_old_host("guard").status, 4)

    def test_a_note_of_this_boot_bridges_the_servers_absence(self):
        self.adopt()
        self.assertEqual(self.on_old_host("guard").status, 0)
        self.pair.named.kill()
        self.assertEqual(self.on_old_host("guard").status, 0)
        (self.pair.dir / "run-a" / f"{SERVICE}.note").unlink()
        self.assertEqual(self.on_old_host("guard").status, 4)

    def test_a_mark_that_is_gone_lets_nobody_start(self):
        self.adopt()
        self.assertEqual(self.on_old_host("guard").status, 0)
        self.pair.nsupdate(f"update delete _failover.{SERVICE}. TXT")
        self.assertEqual(self.on_old_host("guard").status, 4)


if __name__ == "__main__":
    unittest.main()
