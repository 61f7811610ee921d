"""fo-promote demote: the active host stops, and only then leaves the record; a failure gives back, a crash goes on."""

import signal
import time
import unittest

from integration.test_promote_arbiter_dns import DnsArbiterCase
from support import tool
from support.fenced_host import UNIT, FencedHost
from support.named import SERVICE
from support.pair import NEW, OLD
from support.server import wait_until


class DemoteCase(DnsArbiterCase):
    def setUp(self):
        super().setUp()
        self.host = FencedHost(self.pair.dir / "old", "a", OLD, {"b": [f"address = {NEW}", f"probe = {self.pair.probe(NEW)}"]})
        self.systemd = self.host.systemd
        self.host.write_config(dns=[self.pair.dns()], arbiter=["dns"], hook_timeout=["10s"])
        self.assertEqual(self.other().ask({"act": "adopt", "node": "a", "epoch": 1}), {"ok": True})
        self.host.serve(1)
        self.host.leave_note()

    def demote(self, *arguments, verb=("demote",), **options):
        return self.host.run(*verb, "--json", "--confirm", SERVICE, *arguments, **options)

    def on_record(self):
        return self.pair.mark.get("maybe", ""), self.pair.mark.get("active", "")

    def assert_demoted(self):
        self.assertEqual(self.host.role, ("standby", 1))
        self.assertEqual((self.systemd.state(UNIT), self.systemd.masked(UNIT)), ("inactive", True))
        self.assertFalse(self.host.serving.exists() or self.host.note.exists())
        self.assertEqual(self.on_record(), ("", ""))
        self.assertEqual(self.host.run("guard").status, 4)
        self.assert_nothing_open()

    def assert_nothing_open(self):
        status = self.host.run("status", "--json")
        self.assertEqual((status.status, next(each for each in status.objects if each["type"] == "status")["demoting_since"]), (0, None), status)

    def assert_serves(self):
        self.assertEqual(self.host.role, ("active", 1))
        self.assertEqual((self.systemd.state(UNIT), self.systemd.masked(UNIT)), ("active", False))
        self.assertTrue(self.host.serving.exists())
        self.assertEqual(self.on_record(), ("a", "a@1"))
        self.assertEqual(self.host.run("guard").status, 0)
        self.assert_nothing_open()

    def assert_on_record(self):
        """Whatever failed: as long as it is not known to be off it may be serving."""
        self.assertEqual(self.on_record(), ("a", "a@1"))


class Demote(DemoteCase):
    def test_the_whole_of_it_and_again(self):
        done = self.demote()
        self.assertEqual(done.status, 0, done)
        self.assertIn("fo-promote run", done.result["message"])
        self.assertEqual((done.result["node"], done.result["epoch"], len(done.result["steps"])), ("a", 1, 5))
        self.assert_demoted()
        self.assertEqual(self.systemd.changes, [f"stop {UNIT}", f"mask {UNIT}"])
        again = self.demote()
        self.assertEqual(again.status, 0, again)
        self.assertIn("nothing to do", again.result["message"])
        self.assertEqual(self.systemd.changes, [f"stop {UNIT}", f"mask {UNIT}"])

    def test_another_takes_over_and_fences_all_the_same(self):
        self.assertEqual(self.demote().status, 0)
        done = self.pair.promote()
        self.assertEqual(done.status, 3, done)
        self.assert_promoted("2")
        self.assertEqual(self.on_record(), ("b", "b@2"))
        self.assertEqual(self.demote(verb=("give-back", "a")).status, 4)
        self.assertFalse(self.host.serving.exists())

    def test_the_plan_changes_nothing(self):
        done = self.demote("--dry-run")
        self.assertEqual(done.status, 0, done)
        plan = next(each for each in done.objects if each["type"] == "plan")
        self.assertEqual((plan["node"], plan["role"], plan["epoch"]), ("a", "active", 1))
        self.assertIn(UNIT, plan["steps"][0])
        self.assertIn("leave the record", plan["steps"][-1])
        self.assertEqual(self.systemd.changes, [])
        self.assert_serves()

    def test_what_is_true_when_the_service_is_told_to_stop_and_when_it_has(self):
        """The lock is held throughout, the note goes first, the role and the record stay until nothing runs."""
        look = (f"ls {self.host.notes}; cat {self.host.state}/role; flock -n {self.host.state}/lock echo unlocked")
        self.systemd.unit(UNIT, "active", on_stop=f"({look}) > {self.host.dir}/seen; rm -f {self.host.serving}")
        self.assertEqual(self.demote().status, 0)
        seen = (self.host.dir / "seen").read_text()
        self.assertNotIn(".note", seen)
        self.assertIn('"active"', seen)
        self.assertNotIn("unlocked", seen)

    def test_what_it_served_last_is_pinned(self):
        self.assertEqual(self.demote().status, 0)
        self.assertIn("demoted", (self.host.state / "restore/pinned").read_text())

    def test_a_name_must_be_said(self):
        for arguments in ((), ("--confirm", "other.test")):
            done = self.host.run("demote", "--json", *arguments)
            self.assertEqual(done.status, 2, done)
        self.assert_serves()

    def test_refused_before_anything(self):
        for role, words in (("fenced", "fo-promote rejoin"),):
            self.host.write_role(role, 2)
            done = self.demote()
            self.assertEqual(done.status, 4, done)
            self.assertIn(words, done.result["message"])
        self.host.write_role("active", 1)
        self.other().ask({"act": "claim", "node": "b", "floor": 1, "peers": ["a"]})
        done = self.demote()
        self.assertEqual(done.status, 4, done)
        self.assertIn("b promotes", done.result["message"])
        self.assertEqual(self.systemd.changes, [])

    def test_an_open_promotion_comes_first(self):
        self.assertEqual(self.pair.promote("run", "--until", "fence").status, 9)
        for verb in (("demote",), ("give-back", "b")):
            done = self.pair.promote(*verb)
            self.assertEqual(done.status, 4, done)
            self.assertIn("type first: fo-promote abort", done.result["message"])

    def test_an_arbiter_that_cannot_be_reached_is_known_before_anything_stops(self):
        self.kill_arbiter()
        done = self.demote("-t", "5s")
        self.assertEqual(done.status, 6, done)
        self.assertEqual(self.systemd.changes, [])
        self.assertTrue(self.host.serving.exists())

    def test_a_host_that_cannot_prove_its_stop(self):
        self.host.write_config(unit=[])
        self.assertEqual(self.demote().status, 2)
        self.assert_on_record()


class Failures(DemoteCase):
    def given_back(self, words):
        done = self.demote()
        self.assertEqual(done.status, 1, done)
        self.assertIn("a serves again", done.result["message"])
        self.assertIn(words, done.result["message"])
        self.assert_serves()

    def test_a_stop_that_fails(self):
        self.systemd.unit(UNIT, "active", on_stop=f"rm -f {self.host.serving}; exit 1")
        self.given_back("systemctl stop")

    def test_a_service_that_does_not_end(self):
        self.host.write_config(hook_timeout=["2s"])
        self.systemd.unit(UNIT, "active", on_stop="exit 0")
        self.given_back("is-serving is up")
        self.assertNotIn(f"mask {UNIT}", self.systemd.changes)

    def test_a_unit_that_cannot_be_masked(self):
        self.systemd.flag(UNIT, "in-etc")
        self.given_back("already exists")

    def test_somebody_starts_it_between_the_look_and_the_mask(self):
        self.host.write_config(hook_timeout=["2s"])
        systemctl = self.systemd.systemctl
        systemctl.write_text(systemctl.read_text().replace("touch $u/masked", f"touch $u/masked {self.host.serving}"))
        self.given_back("is-serving is up")

    def test_one_that_does_not_start_again_says_what_to_type(self):
        self.systemd.unit(UNIT, "active", on_stop=f"rm -f {self.host.serving}; exit 1", on_start="exit 1")
        done = self.demote()
        self.assertEqual(done.status, 9, done)
        self.assertIn("fo-promote demote", done.result["message"])
        self.assertIn("fo-promote give-back", done.result["message"])
        self.assert_on_record()
        self.systemd.unit(UNIT, "failed", on_start=f"touch {self.host.serving}")
        done = self.demote(verb=("give-back", "a"))
        self.assertEqual(done.status, 0, done)
        self.assertEqual(done.result["serving"], "a")
        self.assert_serves()

    def test_a_record_that_cannot_be_left(self):
        """It is off and stays off: somebody may have read that it has left."""
        self.systemd.unit(UNIT, "active", on_stop=f"kill -9 {self.pair.named.pid}; rm -f {self.host.serving}")
        done = self.demote("-t", "6s")
        self.assertEqual(done.status, 9, done)
        self.assertIn("fo-promote demote", done.result["message"])
        self.assertFalse(self.host.serving.exists())
        self.assertEqual((self.host.role, self.systemd.masked(UNIT)), (("standby", 1), True))
        self.pair.named.stop()
        self.pair.named.start()
        self.assert_on_record()
        self.assertEqual(self.demote().status, 0)
        self.assert_demoted()

    def test_an_end_that_cannot_be_written_down_is_no_failure_that_changed_nothing(self):
        note = self.host.state / "promote/demoting"
        self.systemd.unit(UNIT, "active", on_stop=f"rm -f {self.host.serving} {note}; mkdir -p {note}/x")
        done = self.demote()
        self.assertEqual(done.status, 9, done)
        self.assertIn("this host is demoted", done.result["message"])
        self.assertEqual((self.host.role, self.on_record()), (("standby", 1), ("", "")))

    def test_what_no_unit_is_and_starts_at_the_last_moment(self):
        """Nothing can be masked there: one more look behind the role, which the guard heeds."""
        looks = self.host.dir / "looks"
        probe = self.host.program("late", f"[ -e {self.host.serving} ] && exit 0\n"
                                  f"grep -q standby {self.host.state}/role && echo x >> {looks} && exit 0\nexit 2")
        self.host.write_config(unit=[], stop_hook=[self.host.program("halt", f"rm -f {self.host.serving}")],
                               self_probe=[f"exec://{probe}"], hook_timeout=["2s"])
        done = self.demote()
        self.assertEqual(done.status, 9, done)
        self.assertTrue(looks.exists())
        self.assert_on_record()

    def test_nobody_serves_again_who_has_left(self):
        self.assertEqual(self.demote().status, 0)
        done = self.demote(verb=("give-back", "a"))
        self.assertEqual(done.status, 4, done)
        self.assertIn("fo-promote run", done.result["message"])
        self.assert_demoted()


class CutShort(DemoteCase):
    def interrupted(self, where, number):
        """demote is sent `number` when `where` is done: stop or mask."""
        reached = self.host.dir / "reached"
        systemctl = self.systemd.systemctl
        good = systemctl.read_text()
        systemctl.write_text(good.replace("exit $status", f"[ $verb = {where} ] && touch {reached} && sleep 1\nexit $status"))
        process = tool.start(*self.host.arguments("demote"), "--json", "--confirm", SERVICE)
        wait_until(reached.exists, where, 20)
        process.send_signal(number)
        if number == signal.SIGKILL:
            process.wait()
        done = None if number == signal.SIGKILL else tool.finish(process)
        systemctl.write_text(good)
        reached.unlink()
        self.assert_on_record()
        self.assertEqual(self.host.role, ("active", 1))
        self.assert_told_by_status()
        return done

    def assert_told_by_status(self):
        status = self.host.run("status", "--json")
        self.assertEqual(status.status, 9, status)
        self.assertRegex(status.result["message"], "demotion of this host is unfinished.*fo-promote demote.*fo-promote give-back a")
        self.assertIsNotNone(next(each for each in status.objects if each["type"] == "status")["demoting_since"])

    def test_killed_and_run_again(self):
        for where in ("stop", "mask"):
            with self.subTest(where):
                self.interrupted(where, signal.SIGKILL)
                self.assertEqual(self.demote().status, 0)
                self.assert_demoted()
                self.wipe_arbiter()
                self.assertEqual(self.other().ask({"act": "adopt", "node": "a", "epoch": 1}), {"ok": True})
                self.systemd.unit(UNIT, "active")
                (self.systemd.dir / "units" / UNIT / "masked").unlink()
                self.host.serve(1)

    def test_killed_and_given_back(self):
        self.interrupted("mask", signal.SIGKILL)
        self.assertEqual(self.systemd.state(UNIT), "inactive")
        self.assertEqual(self.demote(verb=("give-back", "a")).status, 0)
        self.assert_serves()

    def test_a_signal_ends_it_without_starting_anything(self):
        done = self.interrupted("stop", signal.SIGTERM)
        self.assertEqual(done.status, 9, done)
        self.assertIn("fo-promote give-back", done.result["message"])
        self.assertNotIn("does not serve again", done.result["message"])
        self.assertNotIn(f"start {UNIT}", self.systemd.changes)
        self.assertEqual(self.demote().status, 0)
        self.assert_demoted()

    def test_alone(self):
        self.systemd.unit(UNIT, "active", on_stop=f"touch {self.host.dir}/stopping; sleep 2; rm -f {self.host.serving}")
        process = tool.start(*self.host.arguments("demote"), "--json", "--confirm", SERVICE)
        wait_until((self.host.dir / "stopping").exists, "the stop", 20)
        begun = time.monotonic()
        self.assertEqual(self.demote().status, 8)
        self.assertEqual(self.demote(verb=("give-back", "a")).status, 8)
        self.assertLess(time.monotonic() - begun, 2)
        self.assertEqual(tool.finish(process).status, 0)
        self.assert_demoted()


if __name__ == "__main__":
    unittest.main()
