"""The target's side of a service fence: fo-promote serve-fence, as sshd runs it for the key of a fencer."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import time
import unittest
from pathlib import Path

from support import tool
from support.fenced_host import SERVICE, UNIT, FencedHost


def identity(pid):
    """What tells a process from a later one with its number."""
    started = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[19]
    return {"pid": pid, "started": int(started), "boot": Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()}


class HostCase(unittest.TestCase):
    def setUp(self):
        self.host = FencedHost(tool.temporary_folder(self) / "a")
        self.systemd = self.host.systemd

    def ask(self, request, answer, *arguments):
        done = self.host.ask(request, *arguments)
        self.assertEqual((done.status, done.stdout), (0, answer + "\n"), done)

    def refused(self, request, status, words, **options):
        done = self.host.ask(request, **options)
        self.assertEqual((done.status, done.stdout), (status, ""), done)
        self.assertIn(words, done.stderr)
        return done

    def assert_fenced(self, epoch):
        self.assertEqual(self.host.role, ("fenced", epoch))
        self.assertFalse(self.host.note.exists())
        self.assertTrue(self.systemd.masked(UNIT))
        self.assertEqual(self.systemd.state(UNIT), "inactive")
        self.assertFalse(self.host.serving.exists())


class Requests(HostCase):
    def test_nothing_else_is_served(self):
        self.host.serve(3)
        for request in ("", "fence", "fence ", "fence 0", "fence -1", "fence +4", "fence 04", "fence 4 ", " fence 4", "fence  4",
                        "fence 4x", "fence 4;reboot", "fence 4\nstatus", "fence 18446744073709551616", "status 1", "stop now",
                        "mask *", "give-back", "give-back 0", "Fence 4", "unfence 4", "scp -t /", "fence 4\u00a0"):
            with self.subTest(request):
                self.refused(request, 2, "only status, fence EPOCH, stop, mask and give-back EPOCH are served here")
        self.assertEqual(self.systemd.calls, [])
        self.assertEqual(self.host.role, ("active", 3))

    def test_it_is_for_sshd(self):
        done = self.host.run("serve-fence")
        self.assertEqual(done.status, 2, done)
        self.assertIn("SSH_ORIGINAL_COMMAND", done.stderr)

    def test_status(self):
        self.ask("status", "on node=a role=unset epoch=0")
        self.host.write_role("standby", 2)
        self.ask("status", "off node=a role=standby epoch=2")
        self.host.serve(running=True)
        self.ask("status", "on node=a role=standby epoch=2")
        self.host.write_role("fenced", 2)
        self.ask("status", "on node=a role=fenced epoch=2")
        self.systemd.unit(UNIT, "failed")
        self.ask("status", "on node=a role=fenced epoch=2")  # the self-probe still is up
        self.host.serving.unlink()
        self.ask("status", "off node=a role=fenced epoch=2")
        self.systemd.unit(UNIT, "activating")
        self.ask("status", "on node=a role=fenced epoch=2")
        self.systemd.unit(UNIT, "inactive")
        for role in ("active", "promoting"):
            self.host.write_role(role, 2)
            self.ask("status", f"on node=a role={role} epoch=2")

    def test_what_is_not_known_is_no_answer(self):
        self.host.write_role("fenced", 2)
        self.host.write_config(unit=["misspelt.service"])
        self.refused("status", 2, "there is no unit misspelt.service")
        self.host.write_config(unit=["-H evil"])
        self.refused("status", 2, "--unit '-H evil'")
        self.host.write_config(unit=[], self_probe=[])
        self.refused("status", 2, "--unit or --stop-hook")
        self.host.write_config(stop_hook=[self.host.program("halt", "exit 0")])
        self.refused("status", 2, "nothing would prove")
        self.host.write_config(self_probe=["http://no-such-host.invalid:80/"])
        self.ask("status", "on node=a role=fenced epoch=2")
        (self.host.state / "role").write_text("damaged")
        self.refused("status", 7, "damaged")

    def test_dry_run_changes_nothing(self):
        self.host.serve(3)
        self.assertEqual(self.host.ask("fence 4", "-n").status, 2)
        self.assertEqual(self.host.role, ("active", 3))
        self.ask("status", "on node=a role=active epoch=3", "-n")


class Fence(HostCase):
    def setUp(self):
        super().setUp()
        self.host.serve(3)
        self.host.leave_note()

    def test_the_whole_fence_and_again(self):
        self.ask("fence 4", "off node=a role=fenced epoch=4")
        self.assert_fenced(4)
        self.assertEqual(self.systemd.changes, [f"stop {UNIT}", f"mask {UNIT}"])
        self.ask("fence 4", "off node=a role=fenced epoch=4")
        self.ask("fence 5", "off node=a role=fenced epoch=5")
        self.assert_fenced(5)
        guard = self.host.run("guard")
        self.assertEqual(guard.status, 4, guard)
        self.assertIn("fenced", guard.stderr)

    def test_what_is_true_when_the_service_is_told_to_stop(self):
        """The lock is held, the role is written, and the note is gone before anything is stopped."""
        self.systemd.unit(UNIT, "active", on_stop=f"cat {self.host.state}/role > {self.host.dir}/seen; ls {self.host.notes} >> "
                          f"{self.host.dir}/seen; flock -n {self.host.state}/lock echo unlocked >> {self.host.dir}/seen; "
                          f"rm -f {self.host.serving}")
        self.ask("fence 4", "off node=a role=fenced epoch=4")
        seen = (self.host.dir / "seen").read_text()
        self.assertIn('"fenced"', seen)
        self.assertIn('"epoch":4', seen)
        self.assertNotIn(".note", seen)
        self.assertNotIn("unlocked", seen)

    def test_a_late_command_is_refused_and_touches_nothing(self):
        for request in ("fence 2", "fence 3"):
            self.refused(request, 4, "is past: this host has the role active of epoch 3")
        self.assertEqual(self.systemd.changes, [])
        self.assertEqual(self.host.role, ("active", 3))
        self.assertTrue(self.host.note.exists())

    def test_a_late_command_ends_nobody(self):
        with subprocess.Popen(["sleep", "60"]) as holder, open(self.host.state / "lock", "w") as lock:
            self.addCleanup(holder.kill)
            fcntl.flock(lock, fcntl.LOCK_EX)
            lock.write(f"{holder.pid}\n" + json.dumps({**identity(holder.pid), "format": 1, "purpose": "promotion"}) + "\n")
            lock.flush()
            self.refused("fence 2", 4, "is past")
            self.assertIsNone(holder.poll())
            # With an epoch of its own it does end him, though what he has left behind keeps the lock.
            self.assertNotEqual(self.host.ask("fence 4", "-t", "2s").status, 0)
            self.assertEqual(holder.wait(10), -signal.SIGTERM)

    def test_services_that_do_not_end_are_not_off(self):
        self.systemd.flag(UNIT, "stubborn")
        self.host.write_config(hook_timeout=["3s"])
        self.refused("fence 4", 6, f"{UNIT} is active")
        self.assertEqual(self.host.role, ("fenced", 4))

    def test_a_service_that_still_answers_is_not_off(self):
        self.systemd.unit(UNIT, "active", on_stop="exit 0")
        self.host.write_config(hook_timeout=["3s"])
        self.refused("fence 4", 6, "is-serving is up")

    def test_a_stop_or_a_mask_that_fails(self):
        self.systemd.unit(UNIT, "active", on_stop="exit 1")
        self.refused("fence 4", 1, "systemctl stop")
        self.assertTrue(self.systemd.masked(UNIT))
        self.systemd.unit(UNIT, "active", on_stop=f"rm -f {self.host.serving}")
        self.systemd.flag(UNIT, "in-etc")
        self.refused("fence 4", 1, "already exists")

    def test_a_systemd_that_hangs(self):
        (self.systemd.dir / "deaf").touch()
        self.host.write_config(hook_timeout=["1s"])
        self.assertLess(self.refused("fence 4", 6, "did not end in time").seconds, 8)

    def test_a_stop_hook(self):
        self.host.write_config(unit=[], stop_hook=[self.host.program(
            "halt", f"env | grep ^FO_HOOK > {self.host.dir}/seen; rm -f {self.host.serving}")])
        self.ask("fence 4", "off node=a role=fenced epoch=4")
        seen = (self.host.dir / "seen").read_text()
        self.assertIn("FO_HOOK=stop\n", seen)
        self.assertIn("FO_HOOK_EPOCH=4\n", seen)
        self.assertEqual(self.systemd.calls, [])

    def test_a_configuration_that_cannot_stop_anything_is_refused_before_anything(self):
        self.host.write_config(unit=[])
        self.refused("fence 4", 2, "--stop-hook")
        self.assertEqual(self.host.role, ("active", 3))


class OthersAtWork(HostCase):
    """A promotion is at work on the host that is fenced, or its fo-promote was killed and left a hook behind."""

    def setUp(self):
        super().setUp()
        self.host.nodes["b"] = ["address = 127.0.0.12", f"probe = exec://{self.host.program('down', 'exit 2')}",
                                "fence = operator"]
        self.ready = self.host.dir / "starting"
        self.hook = self.host.program("start", f"echo $$ > {self.host.dir}/pid; touch {self.ready}; sleep 3; "
                                      f"touch {self.host.dir}/woke; {self.systemd.systemctl} start {UNIT}; touch {self.host.serving}")
        hosts = self.host.dir / "hosts"
        hosts.write_text(f"127.0.0.12 {SERVICE}\n")
        references = [self.enterContext(socket.create_server((address, 0))) for address in ("127.0.0.13", "127.0.0.14")]
        self.host.write_config(start_hook=[self.hook], dns=[f"hosts://{hosts}"],
                               reference=["tcp://%s:%d" % server.getsockname() for server in references],
                               allow_stale_backup=["true"], assume_was_up=["true"], tries=["1"])

    def promote(self):
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        process = tool.start(*self.host.arguments("run"), "--confirm", SERVICE, "--i-have-powered-off", f"b@{when}")
        self.addCleanup(process.kill)
        deadline = time.monotonic() + 20
        while not self.ready.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                self.fail(str(tool.finish(process)))
            time.sleep(0.02)
        return process

    def assert_hook_is_gone(self):
        pid = int((self.host.dir / "pid").read_text())
        self.assertFalse(Path(f"/proc/{pid}").exists() and
                         Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX")
        self.assertFalse((self.host.dir / "woke").exists())
        time.sleep(3.5)
        self.assertFalse((self.host.dir / "woke").exists())
        self.assertFalse(self.host.serving.exists())

    def test_a_running_promotion_is_ended(self):
        process = self.promote()
        self.ask("fence 7", "off node=a role=fenced epoch=7")
        self.assertEqual(tool.finish(process).status, 9)
        self.assert_fenced(7)
        self.assert_hook_is_gone()

    def test_one_that_was_halted_too(self):
        process = self.promote()
        process.send_signal(signal.SIGSTOP)
        self.ask("fence 7", "off node=a role=fenced epoch=7")
        self.assertEqual(tool.finish(process).status, 9)
        self.assert_hook_is_gone()

    def test_a_hook_that_outlived_its_promotion_starts_nothing_after_the_answer(self):
        process = self.promote()
        process.kill()
        process.wait()
        self.ask("fence 7", "off node=a role=fenced epoch=7")
        self.assert_fenced(7)
        self.assert_hook_is_gone()

    def test_resume_starts_nothing_beside_the_hook_of_a_killed_run(self):
        self.host.program("start", f"echo $$ > {self.host.dir}/pid; touch {self.ready}; sleep 1.5; echo $$ >> {self.host.dir}/woken; "
                          f"{self.systemd.systemctl} start {UNIT}; touch {self.host.serving}")
        process = self.promote()
        process.kill()
        process.wait()
        first = (self.host.dir / "pid").read_text()
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        done = tool.finish(tool.start(*self.host.arguments("resume"), "--confirm", SERVICE, "--i-have-powered-off", f"b@{when}"))
        self.assertIn(done.status, (0, 3), done)
        second = (self.host.dir / "pid").read_text()
        self.assertNotEqual(first, second)
        self.assertEqual((self.host.dir / "woken").read_text(), second)

    def test_what_a_dead_hook_has_left_of_its_group(self):
        """The hook is killed like its fo-promote; a part of it still is at work."""
        self.host.program("start", f"(sleep 3; touch {self.host.dir}/woke; touch {self.host.serving}) & echo $$ > {self.host.dir}/pid; "
                          f"touch {self.ready}; sleep 60")
        process = self.promote()
        process.kill()
        process.wait()
        os.kill(int((self.host.dir / "pid").read_text()), signal.SIGKILL)
        self.ask("fence 7", "off node=a role=fenced epoch=7")
        self.assert_hook_is_gone()

    def test_a_daemon_of_a_hook_that_has_ended_lives_on_and_holds_nobody_up(self):
        self.host.program("start", f"sleep 300 & echo $! > {self.host.dir}/daemon; touch {self.ready} {self.host.serving}")
        self.host.write_config(unit=[], stop_hook=[self.host.program("halt", f"rm -f {self.host.serving}")])
        self.assertIn(tool.finish(self.promote()).status, (0, 3))
        self.assertFalse((self.host.state / "promote" / "hook").exists())
        self.ask("fence 7", "off node=a role=fenced epoch=7")
        daemon = int((self.host.dir / "daemon").read_text())
        os.kill(daemon, 0)
        os.kill(daemon, signal.SIGKILL)

    def test_a_number_that_was_used_again_is_nobodys_hook(self):
        bystander = subprocess.Popen(["sleep", "60"], start_new_session=True)
        self.addCleanup(bystander.kill)
        self.host.serve(3)
        (self.host.state / "promote").mkdir(mode=0o700)
        note = self.host.state / "promote" / "hook"
        note.write_text(json.dumps({**identity(bystander.pid), "format": 1, "started": 1}), encoding="ascii")
        self.ask("fence 4", "off node=a role=fenced epoch=4")
        self.assertIsNone(bystander.poll())
        self.assertFalse(note.exists())

    def test_resume_below_the_fence_starts_nothing(self):
        process = self.promote()
        process.kill()
        process.wait()
        self.ask("fence 7", "off node=a role=fenced epoch=7")
        self.systemd.forget_calls()
        self.host.program("start", f"touch {self.host.dir}/woke")
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        done = self.host.run("resume", "--confirm", SERVICE, "--i-have-powered-off", f"b@{when}")
        self.assertNotIn(done.status, (0, 3), done)
        self.assertFalse((self.host.dir / "woke").exists())
        self.assertEqual(self.systemd.changes, [])

    def test_what_cannot_be_ended_is_not_off(self):
        self.host.serve(3)
        with open(self.host.state / "lock", "w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            done = self.host.ask("fence 4", "-t", "1s")
        self.assertNotEqual(done.status, 0, done)
        self.assertEqual(done.stdout, "")
        self.assertEqual(self.host.role, ("active", 3))


class GiveBack(HostCase):
    def test_the_host_serves_again(self):
        self.host.serve(3)
        self.ask("fence 4", "off node=a role=fenced epoch=4")
        self.refused("give-back 3", 4, "is past")
        self.assertTrue(self.systemd.masked(UNIT))
        self.systemd.unit(UNIT, condition=f"{tool.path('fo-promote')} guard --config {self.host.config} --state-dir {self.host.state}")
        self.ask("give-back 4", "on node=a role=active epoch=4")
        self.assertEqual(self.systemd.state(UNIT), "active")
        self.assertTrue(self.host.serving.exists())
        self.ask("give-back 4", "on node=a role=active epoch=4")

    def test_one_that_does_not_come_up(self):
        self.host.write_role("fenced", 4)
        self.systemd.unit(UNIT, on_start="exit 1")
        self.refused("give-back 4", 1, "systemctl start")
        self.host.write_config(hook_timeout=["3s"])
        self.systemd.unit(UNIT, on_start="exit 0")
        self.refused("give-back 4", 6, "does not answer here")

    def test_stop_and_mask(self):
        self.host.serve(3)
        self.ask("stop", "on node=a role=active epoch=3")  # stopped, yet it may start again
        self.assertFalse(self.host.serving.exists())
        self.ask("mask", "on node=a role=active epoch=3")
        self.assertTrue(self.systemd.masked(UNIT))
        self.assertEqual(self.systemd.changes, [f"stop {UNIT}", f"mask {UNIT}"])

    def test_beside_another_run_only_status_and_fence_are_served(self):
        self.host.serve(3)
        with open(self.host.state / "lock", "w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            for request in ("stop", "mask", "give-back 4"):
                self.refused(request, 8, "another run is at work")
            self.ask("status", "on node=a role=active epoch=3")
        self.assertEqual(self.systemd.changes, [])


if __name__ == "__main__":
    unittest.main()
