"""Whom fo-probe --watch tells: the hook, the metrics file, systemd, and a person at a terminal."""

import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import time
import unittest

from support import tool
from support.kamailio import Kamailio
from support.server import wait_until

FAST = ("--watch", "--interval", "300ms", "--retry-interval", "100ms", "-t", "600ms")

_HOOK = """#!/bin/sh
mkdir "$0.running" || echo overlap >> "$0.log"
echo "$FO_EVENT|$FO_TARGET|$FO_FROM|$FO_TO|$FO_VERDICT|$FO_REASON|$FO_CHANGES|$(env | grep -c SECRET)" >> "$0.log"
while [ -e "$0.hold" ]; do sleep 0.02; done
rmdir "$0.running"
"""


class Tells(unittest.TestCase):
    def setUp(self):
        self.folder = tool.temporary_folder(self)
        self.pbx = Kamailio()
        self.addCleanup(self.pbx.close)
        self.pbx.start()
        self.hook = self.folder / "hook"
        self.log = self.folder / "hook.log"

    def make_hook(self, text=_HOOK):
        self.hook.write_text(text, encoding="utf-8")
        self.hook.chmod(0o755)

    def watch(self, *arguments, env=None):
        process = tool.start("fo-probe", *FAST, "--state-dir", self.folder / "state", *arguments, self.pbx.target, env=env)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def told(self):
        return [line.split("|") for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def test_the_hook_is_told_of_every_change_up_to_the_verdict(self):
        self.make_hook()
        process = self.watch("--on-change", self.hook, env={"MY_SECRET": "x"})
        wait_until(lambda: any(one[:2] == ["verdict", ""] and one[3] == "up" for one in self.told()), "the verdict up")
        self.pbx.kill()
        finished = tool.finish(process)
        self.assertEqual(finished.status, 0, finished)
        told = self.told()
        self.assertIn(["state", self.pbx.target, "unknown", "up"], [one[:4] for one in told])
        self.assertEqual([one[:5] for one in told[-2:]], [["state", self.pbx.target, "up", "down", "up"], ["verdict", "", "up", "down", "down"]])
        self.assertEqual({one[7] for one in told}, {"0"}, "our environment reached the hook")

    def test_a_hook_that_hangs_delays_no_check_and_never_overlaps_and_what_changes_meanwhile_is_one_change(self):
        self.make_hook()
        (self.folder / "hook.hold").touch()
        process = self.watch("--on-change", self.hook, "--json", "--fail-when", "any", "-v", "tcp://127.0.0.1:1")
        checks = 0
        for line in process.stdout:
            one = json.loads(line)
            checks += one["type"] == "check"
            if checks > 20:
                break
        self.assertEqual(len(self.told()), 1, "a second one ran beside it")
        # Up, unknown by a standstill, and up again while the first run is still busy.
        for _ in range(2):
            os.kill(process.pid, signal.SIGSTOP)
            time.sleep(1.6)  # the standstill itself is what is tested
            os.kill(process.pid, signal.SIGCONT)
            for line in process.stdout:
                one = json.loads(line)
                if one["type"] == "state" and one["to"] == "up":
                    break
        (self.folder / "hook.hold").unlink()
        wait_until(lambda: any(int(one[6]) >= 3 for one in self.told()), "a change that stands for more")
        self.assertNotIn(["overlap"], self.told())
        process.send_signal(signal.SIGTERM)
        finished = tool.finish(process)
        self.assertIn("is told of them as one change", finished.stderr)

    def test_a_hook_that_fails_or_hangs_is_ended_and_said(self):
        self.make_hook('#!/bin/sh\necho gone wrong; exit 7\n')
        process = self.watch("--on-change", self.hook, "--until", "up")
        finished = tool.finish(process)
        self.assertEqual(finished.status, 0, finished)
        self.assertIn("exit status 7: gone wrong", finished.stderr)
        self.make_hook('#!/bin/sh\nsleep 600\n')
        finished = tool.finish(self.watch("--on-change", self.hook, "--hook-timeout", "200ms", "--until", "up"))
        self.assertEqual(finished.status, 0, finished)
        self.assertLess(finished.seconds, 5)
        self.assertIn("did not end in time", finished.stderr)

    def test_a_stop_does_not_wait_for_the_hook(self):
        self.make_hook('#!/bin/sh\ntrap "" TERM\ntouch "$0.log"\nwhile :; do sleep 1; done\n')
        process = self.watch("--on-change", self.hook)
        wait_until(self.log.exists, "the hook to run")
        before = time.monotonic()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(tool.finish(process).status, 128 + signal.SIGTERM)
        self.assertLess(time.monotonic() - before, 1.0)

    def test_a_hook_must_be_a_program_with_an_absolute_path(self):
        self.hook.write_text("no program", encoding="utf-8")
        for wrong in ("hook", "/no/such/hook", self.hook):
            self.assertEqual(tool.finish(self.watch("--on-change", wrong)).status, 3)
        self.assertEqual(tool.run("fo-probe", "--on-change", "/bin/true", self.pbx.target).status, 3)

    def test_metrics(self):
        metrics = self.folder / "probe.prom"
        process = self.watch("--metrics-file", metrics, "--reference", self.pbx.target.replace("127.0.0.1", "localhost"))
        wait_until(lambda: metrics.exists() and 'failover_probe_verdict{health="up"} 1' in metrics.read_text(), "the verdict")
        process.send_signal(signal.SIGTERM)
        tool.finish(process)
        text = metrics.read_text()
        label = f'target="{self.pbx.target}"'
        self.assertRegex(text, rf'failover_probe_up{{{re.escape(label)}}} 1\n')
        self.assertIn(f'failover_probe_state{{{label},state="up"}} 1', text)
        self.assertRegex(text, rf'failover_probe_checks_total{{{re.escape(label)},health="up"}} [2-9]')
        self.assertRegex(text, rf'failover_probe_response_seconds{{{re.escape(label)}}} 0\.0')
        age = time.time() - float(re.search(rf'failover_probe_checked_timestamp_seconds{{{re.escape(label)}}} (\S+)', text)[1])
        self.assertTrue(-1 < age < 60, age)
        for line in text.splitlines():
            self.assertRegex(line, r'^(# (HELP|TYPE) failover_probe_\w+ .+|failover_probe_\w+\{[^}]*\} [0-9.]+)$')

    def test_systemd_hears_of_a_reload(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(str(self.folder / "notify"))
            manager.settimeout(10)
            process = self.watch(env={"NOTIFY_SOCKET": str(self.folder / "notify")})
            while manager.recv(4096) != b"READY=1":
                pass
            before = time.monotonic_ns() // 1000
            process.send_signal(signal.SIGHUP)
            said = []
            while "READY=1" not in said:
                said += manager.recv(4096).decode().split("\n")
            self.assertIn("RELOADING=1", said)
            at = [int(line[15:]) for line in said if line.startswith("MONOTONIC_USEC=")]
            self.assertTrue(len(at) == 1 and before <= at[0] <= time.monotonic_ns() // 1000, said)
            process.send_signal(signal.SIGTERM)
            while manager.recv(4096) != b"STOPPING=1":
                pass
            tool.finish(process)


class AtATerminal(unittest.TestCase):
    """A pty in place of stderr."""

    def see(self, *arguments, env=None, until="verdict up: 1 of 1 up"):
        """What a terminal is shown until a text comes, and what came on stdout."""
        folder = tool.temporary_folder(self)
        near, far = pty.openpty()
        with Kamailio() as pbx:
            environment = tool.environment({"TERM": "xterm", "LANG": "C.UTF-8", **(env or {})})
            process = subprocess.Popen([tool.path("fo-probe"), *FAST, "--state-dir", folder, *arguments, pbx.target], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=far, env=environment, start_new_session=True)
            self.addCleanup(process.stdout.close)
            os.close(far)
            shown, said = b"", b""
            deadline = time.monotonic() + 10
            while until.encode() not in shown + said and time.monotonic() < deadline:
                for ready in select.select([near, process.stdout], [], [], 0.2)[0]:
                    if ready == near:
                        shown += os.read(near, 65536)
                    else:
                        said += os.read(ready.fileno(), 65536)
            # The view comes with the next redraw.
            end = time.monotonic() + 1.3
            while time.monotonic() < end:
                if select.select([near], [], [], 0.1)[0]:
                    shown += os.read(near, 65536)
            process.terminate()
            process.wait(10)
        os.close(near)
        return shown.decode(), said.decode(), pbx.target

    def test_a_person_sees_targets_state_and_response_time(self):
        shown, said, target = self.see()
        self.assertIn("\x1b[32mup", shown)
        self.assertRegex(shown, r"\d+\.\d ms .*" + re.escape(target) + r"  200 ")
        self.assertRegex(shown, "[▁▂▃▄▅▆▇█]")
        self.assertIn("verdict up: 1 of 1 up", shown)
        self.assertNotIn("\x1b", said)

    def test_no_color_and_no_utf8(self):
        shown, _, target = self.see(env={"NO_COLOR": "1", "LANG": "C"})
        self.assertIn(target, shown)
        self.assertNotIn("\x1b[32m", shown)
        self.assertTrue(shown.isascii())

    def test_a_log_never_sees_it(self):
        for arguments, env in ((("--json",), {}), (("--no-progress",), {}), (("-q",), {}), ((), {"TERM": "dumb"})):
            shown, said, target = self.see(*arguments, env=env, until="1 of 1 up")
            self.assertIn("1 of 1 up", said, (arguments, env))
            self.assertNotIn("\x1b", shown, (arguments, env))
            self.assertNotIn(target, shown, (arguments, env))


if __name__ == "__main__":
    unittest.main()
