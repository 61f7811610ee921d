"""fo-promote with its arbiter in a real etcd: adopt, a promotion, the guard on both hosts."""

import json
import signal
import unittest

from integration.recorded_cases import GuardOnRecord, PromotionOnRecord, RecordedCase, SwitchoverOnRecord
from integration.test_promote import PromoteCase
from support import tool
from support.driven import Driven
from support.etcd import Etcd
from support.named import SERVICE
from support.server import wait_until


class ArbiterCase(RecordedCase, PromoteCase):
    def setUp(self):
        super().setUp()
        self.etcd = Etcd()
        self.addCleanup(self.etcd.close)
        self.etcd.start()
        self.notes = self.pair.dir / "run"
        self.reconfigure(arbiter=[self.etcd.url()], only_standby=["false"], run_dir=[self.notes])

    def record(self):
        text = self.etcd.get(f"/failover/pbx/{SERVICE}/record")
        return json.loads(text) if text else None

    def lock(self):
        return self.etcd.get(f"/failover/pbx/{SERVICE}/lock")

    def recorded(self):
        record = self.record()
        active = record.get("active")
        return record["epoch"], record["maybe"], f"{active['node']}@{active['epoch']}" if active else None

    def claim_is_open(self):
        return self.lock() is not None

    def other(self):
        return Driven(self, "conformance_arbiter", self.etcd.url(), SERVICE, 30)

    def kill_arbiter(self):
        self.etcd.kill()

    def wipe_arbiter(self):
        self.etcd.wipe()


class Promotion(PromotionOnRecord, ArbiterCase):
    def test_an_arbiter_that_cannot_be_reached(self):
        self.adopt()
        self.etcd.kill()
        done = self.pair.promote()
        self.assertEqual(done.status, 6, done)
        self.assert_untouched()

    def test_an_unfinished_one_that_was_superseded(self):
        self.adopt()
        self.broken_start()
        wait_until(lambda: self.lock() is None, "the end of the broken run's lease", 30)
        self.assertEqual(self.other().ask({"act": "claim", "node": "c", "floor": 1, "peers": ["a", "b"]})["others"], ["b"])
        done = self.pair.promote("resume")
        self.assertEqual(done.status, 9, done)
        self.assert_not_started()

    def test_a_lease_that_ends_during_the_fence_starts_the_promotion_again(self):
        """The host stands still for longer than its lease: the claim is lost, nobody else took it, and it is taken anew."""
        self.adopt()
        self.pair.program("fencer", "#!/bin/sh\ncase $1 in\nstatus) test -e {d}/power && echo on || echo off ;;\n"
                          "fence) echo \"fence $2\" >> {d}/audit; rm -f {d}/power\n"
                          "  touch {d}/fencing; while [ ! -e {d}/go ]; do sleep 0.05; done ;;\nesac\n")
        self.reconfigure(fence=[f"exec://{self.pair.dir}/fencer?kind=power&timeout=2m"])
        process = tool.start("fo-promote", "run", "--config", self.pair.config, "--state-dir", self.pair.state, "--json",
                             "--confirm", SERVICE)
        wait_until((self.pair.dir / "fencing").exists, "the fence")
        process.send_signal(signal.SIGSTOP)
        wait_until(lambda: self.lock() is None, "the end of the lease", 40)
        (self.pair.dir / "go").touch()
        process.send_signal(signal.SIGCONT)
        done = tool.finish(process)
        self.assertEqual(done.status, 3, done)
        self.assert_promoted("3")
        self.assertEqual(self.pair.audit, ["fence 2", "fence 3", "start 3"])
        self.assertEqual((self.record()["active"], self.record()["maybe"]), ({"node": "b", "epoch": 3}, ["b"]))
        self.assertIn("starts again", done.stderr)


class Adopting(ArbiterCase):
    def test_only_what_serves_is_adopted(self):
        self.reconfigure(self_probe=[])
        done = self.on_old_host("adopt", "--confirm", SERVICE)
        self.assertEqual(done.status, 4, done)
        self.assertIsNone(self.record())

    def test_once(self):
        self.adopt()
        (self.pair.dir / "serving-old").touch()
        self.reconfigure(self_probe=[])
        done = self.on_old_host("adopt", "--confirm", SERVICE)
        self.assertEqual(done.status, 4, done)
        self.assertEqual(self.record()["epoch"], 1)

    def test_a_dry_run_writes_nothing(self):
        (self.pair.dir / "serving-old").touch()
        self.reconfigure(self_probe=[])
        done = self.on_old_host("adopt", "--dry-run")
        self.assertEqual(done.status, 0, done)
        self.assertIsNone(self.record())

    def test_the_name_must_be_given(self):
        (self.pair.dir / "serving-old").touch()
        self.reconfigure(self_probe=[])
        self.assertEqual(self.on_old_host("adopt").status, 2)
        self.assertEqual(self.on_old_host("adopt", "--confirm", "other.example").status, 2)
        self.assertIsNone(self.record())


class Switchover(SwitchoverOnRecord, ArbiterCase):
    pass


class Guard(GuardOnRecord, ArbiterCase):

    def test_the_start_hook_may_ask_the_guard(self):
        self.adopt()
        command = " ".join(map(str, self.pair.command("guard")))
        self.pair.program("guarded", f"#!/bin/sh\n{command} >/dev/null || exit 1\nexec {{d}}/start\n")
        self.reconfigure(start_hook=[self.pair.dir / "guarded"])
        self.assertEqual(self.pair.promote().status, 3)
        self.assert_promoted("2")


if __name__ == "__main__":
    unittest.main()
