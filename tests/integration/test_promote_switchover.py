"""A planned switchover: the data comes over, the old host is told to stop, and gets back what it had when that fails."""

import json
import os
import unittest

from integration.test_promote import PromoteCase
from support import tool
from support.backup_files import write_backup
from support.named import SERVICE
from support.pair import NEW, OLD
from support.server import wait_until

FENCER = """#!/bin/sh
echo "$*" >> {d}/audit
[ -e {d}/fencer-broken-$1 ] && exit 1
case $1 in
  status) if [ -e {d}/serving-old ]; then echo on; else echo off; fi ;;
  fence) rm -f {d}/serving-old ;;
  give-back) [ -e {d}/serving-new ] && echo "VIOLATION: both serve" >> {d}/audit; touch {d}/serving-old ;;
  *) exit 2 ;;
esac
"""

START = """#!/bin/sh
[ -e {d}/serving-old ] && echo "VIOLATION: started while the old active serves" >> {d}/audit
echo "start $FO_HOOK_EPOCH" >> {d}/audit
touch {d}/serving-new
"""

STOP = """#!/bin/sh
echo "stop" >> {d}/audit
rm -f {d}/serving-new
"""

BACKUP = """#!/bin/sh
echo "backup $FO_HOOK_PHASE" >> {d}/audit
[ -e {d}/backup-broken-$FO_HOOK_PHASE ] && exit 1
exec {d}/make-backup
"""

SYNC = """#!/bin/sh
echo "sync $FO_HOOK_PHASE" >> {d}/audit
exec {restore} --state-dir {d}/state --target {d}/data {d}/night.zip
"""


class SwitchoverCase(PromoteCase):
    def setUp(self):
        super().setUp()
        pair = self.pair
        (pair.dir / "serving-old").touch()
        (pair.dir / "data").mkdir()
        for name, text in (("fencer", FENCER), ("start", START), ("stop", STOP), ("backup", BACKUP)):
            pair.program(name, text)
        pair.program("make-backup", "#!/bin/sh\ncp {d}/live {d}/copy; touch {d}/copy\n"
                     "cd {d} && rm -f night.zip && python3 -c \"import zipfile; zipfile.ZipFile('night.zip', 'w').write('copy', 'calls')\"\n")
        sync = pair.dir / "sync"
        sync.write_text(SYNC.format(d=pair.dir, restore=tool.path("fo-restore")), encoding="utf-8")
        sync.chmod(0o700)
        (pair.dir / "live").write_text("calls until now")
        self.reconfigure(fence=[f"exec://{pair.dir}/fencer?kind=service&give-back=yes&timeout=5s"], stop_hook=[pair.dir / "stop"],
                         backup_hook=[pair.dir / "backup"], sync_hook=[sync], allow_stale_backup=["false"],
                         run_dir=[pair.dir / "run"])

    def switch(self, *arguments):
        return self.pair.promote("run", "--switchover", *arguments)

    def deeds(self):
        """What was done, without the fencer's being asked."""
        self.assertNotIn("VIOLATION", " ".join(self.pair.audit))
        return [line for line in self.pair.audit if line != "status"]

    def serving(self):
        return {name for name in ("old", "new") if (self.pair.dir / f"serving-{name}").exists()}


class Switchover(SwitchoverCase):
    def test_the_whole_of_it(self):
        done = self.switch()
        self.assertEqual(done.status, 0, done)
        self.assertEqual(self.deeds(), ["backup before", "sync before", "fence 1", "backup last", "sync last", "start 1"])
        self.assertEqual((self.serving(), self.pair.addresses), ({"new"}, [NEW]))
        self.assertEqual((self.pair.dir / "data/calls").read_text(), "calls until now")
        self.assertEqual(self.status()["role"], "active")

    def test_what_the_old_host_wrote_last_comes_over(self):
        self.pair.program("fencer", FENCER.replace("rm -f {d}/serving-old ;;", "rm -f {d}/serving-old; echo ' and the last' >> {d}/live ;;"))
        done = self.switch()
        self.assertEqual(done.status, 0, done)
        self.assertEqual((self.pair.dir / "data/calls").read_text(), "calls until now and the last\n")

    def test_a_host_that_is_down_is_no_switchover(self):
        (self.pair.dir / "serving-old").unlink()
        done = self.switch()
        self.assertEqual(done.status, 4, done)
        self.assertIn("fo-promote run", done.result["message"])
        self.assertEqual(self.deeds(), [])

    def test_without_one_who_can_give_back_nothing_is_touched(self):
        self.reconfigure(fence=[f"exec://{self.pair.dir}/fencer?kind=service&timeout=5s"])
        done = self.switch()
        self.assertEqual(done.status, 4, done)
        self.assertEqual((self.deeds(), self.serving()), ([], {"old"}))

    def test_power_is_not_taken_from_a_host_that_serves(self):
        self.pair.program("power", "#!/bin/sh\n[ $1 = status ] && echo on && exit 0\necho POWER >> {d}/audit\n")
        self.reconfigure(fence=[f"exec://{self.pair.dir}/power?kind=power&timeout=2s",
                                f"exec://{self.pair.dir}/fencer?kind=service&give-back=yes&timeout=5s"])
        self.assertEqual(self.switch().status, 0)
        self.assertNotIn("POWER", self.pair.audit)

    def test_no_backup_no_switchover(self):
        (self.pair.dir / "backup-broken-before").touch()
        done = self.switch()
        self.assertEqual(done.status, 1, done)
        self.assertIn("backup-hook", done.result["message"])
        self.assertEqual((self.deeds(), self.serving()), (["backup before"], {"old"}))

    def test_an_old_backup_does_not_do(self):
        self.pair.program("make-backup", "#!/bin/sh\nexit 0\n")
        write_backup(self.pair.dir / "night.zip", {"calls": "of last night"})
        self.reconfigure(hook_timeout=["2s"])
        done = self.switch()
        self.assertEqual(done.status, 6, done)
        self.assertIn("no backup newer than", done.result["message"])
        self.assertEqual(self.serving(), {"old"})


class GivenBack(SwitchoverCase):
    def test_when_the_last_changes_do_not_come_over(self):
        (self.pair.dir / "backup-broken-last").touch()
        done = self.switch()
        self.assertEqual(done.status, 1, done)
        self.assertIn("a serves again", done.result["message"])
        self.assertEqual((done.result["serving"], done.result["next"]), ("a", ""))
        self.assertEqual(self.deeds()[-1], "give-back 2")
        self.assertEqual((self.serving(), self.pair.addresses), ({"old"}, [OLD]))
        self.assertIn(self.status()["role"], ("standby", "unset"))

    def test_one_that_cannot_be_given_back_says_what_to_type(self):
        (self.pair.dir / "backup-broken-last").touch()
        (self.pair.dir / "fencer-broken-give-back").touch()
        done = self.switch()
        self.assertEqual(done.status, 9, done)
        # It was told to start and did not say that it has.
        self.assertEqual(done.result["serving"], "unknown")
        self.assertIn("give-back", done.result["next"])
        (self.pair.dir / "fencer-broken-give-back").unlink()
        done = self.pair.promote("give-back", "a")
        self.assertEqual(done.status, 0, done)
        self.assertEqual(self.serving(), {"old"})

    def test_by_hand_after_a_good_one(self):
        self.assertEqual(self.switch().status, 0)
        done = self.pair.promote("give-back", "a")
        self.assertEqual(done.status, 0, done)
        self.assertEqual(self.deeds()[-2:], ["stop", "give-back 2"])
        self.assertEqual((self.serving(), self.pair.addresses), ({"old"}, [OLD]))
        self.assertEqual((self.pair.mark["epoch"], self.pair.mark["node"]), ("2", "a"))
        self.assertEqual(self.status()["role"], "standby")
        self.assertEqual(self.switch().status, 0)
        self.assertEqual(self.pair.mark["epoch"], "3")

    def test_nothing_is_stopped_while_the_other_cannot_be_told(self):
        self.assertEqual(self.switch().status, 0)
        (self.pair.dir / "fencer-broken-status").touch()
        done = self.pair.promote("give-back", "a")
        self.assertEqual(done.status, 4, done)
        self.assertEqual((self.serving(), self.pair.addresses), ({"new"}, [NEW]))

    def test_nothing_to_give(self):
        (self.pair.state).mkdir(mode=0o700, exist_ok=True)
        (self.pair.state / "role").write_text(json.dumps({"format": 1, "role": "standby", "epoch": 0, "node": "b", "since": "2026-11-23T03:12:00Z"}))
        done = self.pair.promote("give-back", "a")
        self.assertEqual(done.status, 4, done)
        self.assertIn("nothing to give back", done.result["message"])
        self.assertEqual(self.deeds(), [])

    def test_a_node_must_be_named_and_known(self):
        self.assertIn("which node", self.pair.promote("give-back").result["message"])
        done = self.pair.promote("give-back", "nobody")
        self.assertEqual((done.status, self.deeds(), self.serving()), (2, [], {"old"}))

    def test_one_that_was_cut_short_goes_on(self):
        self.assertEqual(self.switch().status, 0)
        (self.pair.dir / "fencer-broken-give-back").touch()
        done = self.pair.promote("give-back", "a")
        self.assertEqual(done.status, 9, done)
        self.assertIn("give-back", done.result["message"])
        self.assertEqual(self.serving(), set())
        (self.pair.dir / "fencer-broken-give-back").unlink()
        self.assertEqual(self.pair.promote("give-back", "a").status, 0)
        self.assertEqual((self.serving(), self.pair.addresses), ({"old"}, [OLD]))


class LentLock(SwitchoverCase):
    def test_only_what_the_hook_starts_may_restore(self):
        """The lock is lent to the hook's own process group, not to anybody who comes along."""
        self.pair.program("backup", "#!/bin/sh\n[ $FO_HOOK_PHASE = last ] || exec {d}/make-backup\n"
                          f"setsid -w {tool.path('fo-restore')} --state-dir {{d}}/state --target {{d}}/data {{d}}/night.zip\n"
                          "echo \"stranger $?\" >> {d}/audit\n")
        self.assertEqual(self.switch().status, 0)
        self.assertIn("stranger 8", self.pair.audit)


    def test_a_borrower_that_outlives_its_lender_keeps_everybody_out(self):
        pair = self.pair
        pair.program("slow", "#!/bin/sh\ntouch {d}/borrowed; sleep 3\n")
        sync = pair.dir / "sync"
        sync.write_text(f"#!/bin/sh\n[ $FO_HOOK_PHASE = last ] && hook='--pre-hook {pair.dir}/slow'\n"
                        f"exec {tool.path('fo-restore')} --state-dir {pair.state} --target {pair.dir}/data $hook {pair.dir}/night.zip\n")
        pair.program("fencer", FENCER.replace("rm -f {d}/serving-old ;;", "rm -f {d}/serving-old; echo more >> {d}/live ;;"))
        process = tool.start(*pair.command("run", "--confirm", SERVICE, "--switchover"))
        wait_until((pair.dir / "borrowed").exists, "the restore with the borrowed lock")
        process.kill()
        process.wait()
        done = pair.promote("resume")
        self.assertEqual(done.status, 8, done)
        wait_until(lambda: pair.promote("abort").status != 8, "the end of that restore")
        self.assertEqual((pair.dir / "data/calls").read_text(), "calls until nowmore\n")
        self.assertEqual(pair.promote("give-back", "a").status, 0)
        self.assertEqual(self.serving(), {"old"})


class Rejoining(SwitchoverCase):
    def on_old_host(self, verb, *arguments):
        return tool.run("fo-promote", verb, "--config", self.pair.config, "--json", "--node", "a", "--confirm", SERVICE,
                        "--state-dir", self.pair.dir / "state-a", "--run-dir", self.pair.dir / "run-a",
                        "--stop-hook", self.pair.dir / "stop-old", "--sync-hook", self.pair.dir / "sync-old", *arguments)

    def setUp(self):
        super().setUp()
        self.pair.program("stop-old", "#!/bin/sh\nrm -f {d}/serving-old\necho stop-old >> {d}/audit\n")
        (self.pair.dir / "data-a").mkdir()
        (self.pair.dir / "data-a/calls").write_text("voicemail of the last minute")
        sync = self.pair.dir / "sync-old"
        sync.write_text(f"#!/bin/sh\n{self.pair.dir}/make-backup && exec {tool.path('fo-restore')} --state-dir {self.pair.dir}/state-a "
                        f"--target {self.pair.dir}/data-a --take-over {self.pair.dir}/night.zip\n", encoding="utf-8")
        sync.chmod(0o700)
        # What the nodes say of each other: node a probes itself at OLD, node b is its peer at NEW.
        text = self.pair.config.read_text().replace(f"self-probe = {self.pair.probe(NEW)}\n", "")
        self.pair.config.write_text(text + f"probe = {self.pair.probe(NEW)}\n", encoding="utf-8")

    def rejoin(self, *arguments):
        return self.on_old_host("rejoin", "--self-probe", self.pair.probe(OLD), *arguments)

    def promoted(self):
        done = self.pair.promote("run", "--switchover", "--self-probe", self.pair.probe(NEW))
        self.assertEqual(done.status, 0, done)

    def test_the_old_host_becomes_the_standby(self):
        self.promoted()
        (self.pair.dir / "serving-old").touch()
        done = self.rejoin()
        self.assertEqual(done.status, 0, done)
        self.assertEqual((done.result["active"], done.result["epoch"]), ("b", 1))
        self.assertEqual(self.serving(), {"new"})
        self.assertEqual((self.pair.dir / "data-a/calls").read_text(), "calls until now")
        role = json.loads((self.pair.dir / "state-a/role").read_text())
        self.assertEqual((role["role"], role["epoch"]), ("standby", 1))

    def test_what_it_held_last_is_pinned(self):
        self.promoted()
        self.assertEqual(self.rejoin().status, 0)
        for night in range(3):
            (self.pair.dir / "live").write_text(f"night {night}")
            self.assertEqual(self.rejoin().status, 0)
        out = self.pair.dir / "out"
        done = tool.run("fo-restore", "--state-dir", self.pair.dir / "state-a", "--copy-undo", out)
        self.assertEqual(done.status, 0, done)
        self.assertEqual((out / "calls").read_text(), "voicemail of the last minute")

    def test_the_one_that_serves_does_not_rejoin(self):
        done = self.rejoin()
        self.assertEqual(done.status, 4, done)
        self.assertEqual(self.serving(), {"old"})
        self.assertEqual((self.pair.dir / "data-a/calls").read_text(), "voicemail of the last minute")

    def test_nothing_is_given_up_for_one_that_does_not_serve(self):
        self.promoted()
        os.unlink(self.pair.dir / "serving-new")
        done = self.rejoin()
        self.assertEqual(done.status, 4, done)
        self.assertIn("fo-promote run", done.result["message"])
        self.assertFalse((self.pair.dir / "state-a/role").exists())

    def test_one_that_does_not_stop_is_no_standby(self):
        self.promoted()
        (self.pair.dir / "serving-old").touch()
        self.pair.program("stop-old", "#!/bin/sh\nexit 0\n")
        done = self.rejoin("--hook-timeout", "1s")
        self.assertNotEqual(done.status, 0, done)
        self.assertEqual((self.pair.dir / "data-a/calls").read_text(), "voicemail of the last minute")


if __name__ == "__main__":
    unittest.main()
