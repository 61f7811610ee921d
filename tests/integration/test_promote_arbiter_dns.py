"""fo-promote with its record in the epoch mark of a real BIND: adopt, a promotion, the guard on both hosts."""

import unittest

from integration.recorded_cases import GuardOnRecord, PromotionOnRecord, RecordedCase, SwitchoverOnRecord
from integration.test_promote import PromoteCase
from support.driven import Driven
from support.named import SERVICE
from support.pair import OLD


class DnsArbiterCase(RecordedCase, PromoteCase):
    def setUp(self):
        super().setUp()
        self.reconfigure(arbiter=["dns"], only_standby=["false"], run_dir=[self.pair.dir / "run"], min_uptime=["0s"])

    def other(self):
        """The arbiter of a third node."""
        return Driven(self, "conformance_arbiter", "dns", SERVICE, 0, env={"FO_MARK_DNS": self.pair.named.url()})

    def recorded(self):
        mark = self.pair.mark
        return int(mark["epoch"]), mark["maybe"].split(",") if "maybe" in mark else [], mark.get("active")

    def claim_is_open(self):
        return "until" in self.pair.mark

    def kill_arbiter(self):
        self.pair.named.kill()

    def wipe_arbiter(self):
        self.pair.nsupdate(f"update delete _failover.{SERVICE}. TXT")


class Promotion(PromotionOnRecord, DnsArbiterCase):
    def test_the_plan_names_no_obstacle_and_changes_nothing(self):
        self.adopt()
        before = self.pair.mark
        done = self.pair.run("plan")
        self.assertEqual(done.status, 0, done)
        self.assertEqual(self.pair.mark, before)

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


class Switchover(SwitchoverOnRecord, DnsArbiterCase):
    pass


class Guard(GuardOnRecord, DnsArbiterCase):
    pass


if __name__ == "__main__":
    unittest.main()
