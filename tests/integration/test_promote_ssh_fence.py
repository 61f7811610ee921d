"""Two hosts on one machine, each with a state directory of its own: the new one fences the old one over SSH."""

import time
import unittest

from integration.test_promote_switchover import SwitchoverCase
from support import tool
from support.fence_sshd import FenceSshd
from support.fenced_host import UNIT, FencedHost
from support.named import SERVICE
from support.pair import NEW, OLD
from support.server import wait_until
from support.sshd import make_key

OFF = "off node=a role=fenced epoch=1"


class SshFenceCase(SwitchoverCase):
    """The old host serves as its unit says; `serving-old` is what others hear of it, and an audit of who starts beside it."""

    def setUp(self):
        super().setUp()
        pair = self.pair
        self.old = FencedHost(pair.dir / "old", "a", OLD)
        self.heard = pair.dir / "serving-old"
        self.old.systemd.unit(UNIT, on_stop=f"rm -f {self.old.serving} {self.heard}",
                              on_start=f"[ -e {pair.dir}/serving-new ] && echo 'VIOLATION: both serve' >> {pair.dir}/audit\n"
                              f"touch {self.old.serving} {self.heard}")
        pair.program("start", "#!/bin/sh\n[ -e {d}/old/serving ] && echo 'VIOLATION: started beside the old active' >> {d}/audit\n"
                     "echo \"start $FO_HOOK_EPOCH\" >> {d}/audit\ntouch {d}/serving-new\n")
        self.sshd = FenceSshd(self.old)
        self.addCleanup(self.sshd.close)
        self.sshd.start()
        self.reconfigure(fence=[self.sshd.spec(timeout="8s")], allow_stale_backup=["true"])
        self.old.serve(0)
        self.old.leave_note()

    def hang(self):
        """The old host's PBX runs and answers nobody."""
        self.heard.unlink()

    def assert_fenced(self, epoch):
        self.assertEqual(self.old.role, ("fenced", epoch))
        self.assertTrue(self.old.systemd.masked(UNIT))
        self.assertEqual(self.old.systemd.state(UNIT), "inactive")
        self.assertFalse(self.old.note.exists())
        self.assertFalse(self.old.serving.exists())
        self.assertEqual(self.old.run("guard").status, 4)

    def assert_here(self):
        self.assertEqual((self.serving(), self.pair.addresses), ({"new"}, [NEW]))
        self.assertNotIn("VIOLATION", " ".join(self.pair.audit))

    def assert_no_promotion(self, done, step="fence"):
        self.assertEqual((done.status, done.result["step"]), (9, step), done)
        self.assertIn("fo-promote resume", done.result["next"])
        self.assert_not_started()


class Failover(SshFenceCase):
    def setUp(self):
        super().setUp()
        self.hang()

    def test_the_whole_of_it(self):
        done = self.pair.promote()
        self.assertEqual(done.status, 3, done)
        self.assert_here()
        self.assert_fenced(1)
        self.assertIn("ssh://", (self.pair.state / "promote" / "journal").read_text())

    def test_a_failover_that_goes_on_behind_its_commit_asks_whether_it_still_is_off(self):
        self.assertEqual(self.pair.promote("run", "--until", "commit").status, 9)
        self.old.systemd.forget_calls()
        self.assertIn(self.pair.promote("resume").status, (0, 3))
        self.assertEqual(self.old.systemd.changes, [])
        self.assert_here()

    def test_a_wrong_host_is_refused_before_anything(self):
        self.old.nodes = {"c": ["address = 127.0.0.15"]}
        self.old.write_config(node=["c"])
        done = self.pair.promote()
        self.assertEqual(done.status, 4, done)
        self.assertIn("is the node c, not a", done.result["message"])
        self.assert_not_started()
        self.assertEqual((self.old.role, self.old.systemd.changes), (("active", 0), []))

    def test_a_host_whose_key_is_not_known_is_refused_before_anything(self):
        stranger = self.pair.dir / "stranger"
        stranger.write_text(self.sshd.known_hosts_line(make_key(self.pair.dir / "key")), encoding="ascii")
        self.reconfigure(fence=[self.sshd.spec(known_hosts=stranger)])
        done = self.pair.promote()
        self.assertEqual(done.status, 4, done)
        self.assert_not_started()
        self.assertEqual((self.old.role, self.old.systemd.calls), (("active", 0), []))

    def test_a_host_with_a_newer_epoch_is_not_fenced(self):
        self.old.serve(3)
        done = self.pair.promote()
        self.assert_no_promotion(done)
        self.assertIn("is past", done.result["message"])
        self.assertTrue(self.old.serving.exists())

    def test_services_that_do_not_end(self):
        self.old.systemd.flag(UNIT, "stubborn")
        self.old.write_config(hook_timeout=["2s"])
        self.assert_no_promotion(self.pair.promote())
        self.assertEqual(self.old.role, ("fenced", 1))

    def test_targets_that_lie_hang_or_fail(self):
        on = OFF.replace("off", "on").replace("fenced epoch=1", "active epoch=0")
        said = self.pair.dir / "said"
        for wrong in ("fence*) exit 1", "fence*) sleep 60", f"fence*) echo {OFF.replace('epoch=1', 'epoch=0')}",
                      f"fence*) echo {on}", f"fence*) echo {OFF.replace('node=a', 'node=c')}", "fence*) yes", "fence*) kill -9 $$",
                      f"fence*) printf '{OFF}'", f"fence*) echo {OFF}; exit 5",
                      # It says that it is done, and nothing was done.
                      f"fence*) echo {OFF}", f"fence*) touch {said}; echo {OFF} ;; status) [ -e {said} ] && sleep 60; echo {on}",
                      f"fence*) touch {said}; echo {OFF} ;; status) [ -e {said} ] && echo {OFF.replace('fenced', 'standby')} || echo {on}"):
            with self.subTest(wrong):
                self.pair.reset()
                said.unlink(missing_ok=True)
                self.reconfigure(fence=[self.sshd.spec(timeout="3s")])
                self.sshd.force(f"case $SSH_ORIGINAL_COMMAND in {wrong} ;; *) echo {on} ;; esac")
                begun = time.monotonic()
                self.assert_no_promotion(self.pair.promote("run", "-t", "15s"))
                self.assertLess(time.monotonic() - begun, 15.6)

    def test_one_that_says_off_and_is_heard(self):
        """The second path: the fencer's word is not enough while the host answers."""
        self.sshd.force(f"case $SSH_ORIGINAL_COMMAND in fence*) touch {self.heard} ;; esac; echo {OFF}")
        self.assert_no_promotion(self.pair.promote("run", "-t", "5s"))

    def test_a_connection_that_is_killed_half_way(self):
        ready = self.pair.dir / "stopping"
        self.old.systemd.unit(UNIT, "active", on_stop=f"touch {ready}; sleep 1; rm -f {self.old.serving}")
        process = tool.start(*self.pair.command("run", "--confirm", SERVICE))
        wait_until(ready.exists, "the stop", 20)
        self.sshd.break_connections()
        self.assert_no_promotion(tool.finish(process))
        # The next run fences anew, with a new epoch.
        self.assertEqual(self.pair.promote("resume").status, 3)
        self.assert_here()
        self.assert_fenced(2)

    def test_a_dark_host_leaves_it_to_the_next_fencer(self):
        self.pair.program("power-switch", "#!/bin/sh\ncase $1 in\nstatus) [ -e {d}/power ] && echo on || echo off ;;\n"
                          f"fence) rm -f {{d}}/power {self.old.serving} ;;\nesac\n")
        self.reconfigure(fence=[self.sshd.spec(timeout="2s"), f"exec://{self.pair.dir}/power-switch?kind=power&timeout=3s"])
        self.sshd.freeze()
        self.addCleanup(self.sshd.thaw)
        done = self.pair.promote()
        self.assertEqual(done.status, 3, done)
        self.assert_here()


if __name__ == "__main__":
    unittest.main()
