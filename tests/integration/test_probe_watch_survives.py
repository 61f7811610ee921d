"""What a watch must survive without a false word: clock jumps, being stopped, a link that goes. And its bound, measured."""

import json
import os
import signal
import time
import unittest
from pathlib import Path

from support import tool
from support.kamailio import Kamailio

_FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
INTERVAL, RETRY, TIMEOUT, FALL = 1.0, 0.4, 0.3, 3
SLACK = 0.25  # for the end of the process on a busy machine
TIMES = ("--interval", "1s", "--retry-interval", "400ms", "-t", "300ms", "--fall", "3")


def unshare(*arguments):
    """A network of its own; as an ordinary user, too."""
    return ["unshare", *([] if os.geteuid() == 0 else ["--map-root-user"]), *arguments]


class Survives(unittest.TestCase):
    def setUp(self):
        self.folder = tool.temporary_folder(self)
        self.pbx = Kamailio()
        self.addCleanup(self.pbx.close)
        self.pbx.start()

    def watch(self, *arguments, env=None):
        process = tool.start("fo-probe", "--json", "--watch", *TIMES, "--state-dir", self.folder / "state", *arguments, self.pbx.target, env=env)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def until(self, process, wanted):
        seen = []
        for line in process.stdout:
            seen.append(json.loads(line))
            if wanted(seen[-1]):
                return seen
        self.fail(f"the watch ended with {process.wait()}: {process.stderr.read()}")

    def up(self, process):
        return self.until(process, lambda one: one["type"] == "state" and one["to"] == "up")

    def verdict_after(self, process, death):
        began = time.monotonic()
        death()
        finished = tool.finish(process)
        took = time.monotonic() - began
        self.assertEqual((finished.status, finished.result["health"]), (0, "down"), finished)
        return took

    def test_kill_9_to_verdict_is_within_the_bound(self):
        process = self.watch()
        self.up(process)
        # Just checked, so that the death waits for a whole interval.
        self.until(process, lambda one: one["type"] == "check")
        took = self.verdict_after(process, self.pbx.kill)
        self.assertLessEqual(took, INTERVAL + (FALL - 1) * RETRY + TIMEOUT + SLACK)
        self.assertGreater(took, 2 * RETRY)
        print(f"kill -9 to verdict: {took:.3f} s, bound {INTERVAL + (FALL - 1) * RETRY + TIMEOUT:.3f} s")

    def test_a_silent_server_too(self):
        process = self.watch()
        self.up(process)
        self.until(process, lambda one: one["type"] == "check")
        took = self.verdict_after(process, self.pbx.freeze)
        self.pbx.thaw()
        self.assertLessEqual(took, INTERVAL + (FALL - 1) * RETRY + TIMEOUT + SLACK)
        print(f"silence to verdict: {took:.3f} s, bound {INTERVAL + (FALL - 1) * RETRY + TIMEOUT:.3f} s")

    def test_the_time_of_day_may_jump(self):
        self.assertTrue(_FAKETIME.exists(), "libfaketime is not installed")
        when = self.folder / "when"
        when.write_text("+0\n", encoding="utf-8")
        process = self.watch(env={"LD_PRELOAD": str(_FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(when), "FAKETIME_NO_CACHE": "1",
                                  "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
        self.up(process)
        for jump in ("+3600d\n", "-3600d\n", "+2h\n"):
            when.write_text(jump, encoding="utf-8")
            for _ in range(2):
                check = self.until(process, lambda one: one["type"] in ("check", "state"))[-1]
                self.assertEqual((check["type"], check["health"]), ("check", "up"), check)
        year = int(check["time"][:4])
        self.assertIn(year, (time.gmtime().tm_year, time.gmtime().tm_year + 1), "the last jump was not seen, so neither were the others")
        self.verdict_after(process, self.pbx.kill)

    def test_stopped_while_a_check_is_under_way_counts_for_nothing(self):
        process = self.watch()
        self.up(process)
        self.pbx.freeze()
        # Two downs: the third would be the verdict.
        for _ in range(2):
            self.until(process, lambda one: one["type"] == "check" and one["health"] == "down")
        os.kill(process.pid, signal.SIGSTOP)
        self.pbx.kill()
        self.pbx.start()
        time.sleep(2)  # the standstill itself is what is tested
        os.kill(process.pid, signal.SIGCONT)
        seen = self.up(process)
        self.assertTrue(any(one["type"] == "note" and "stood still" in one["message"] for one in seen), seen)
        self.assertFalse([one for one in seen if one["type"] == "check" and one["health"] == "down"], seen)
        self.assertTrue([one for one in seen if one["type"] == "state" and one["to"] == "unknown"], seen)
        self.verdict_after(process, self.pbx.kill)


class Links(unittest.TestCase):
    """unknown-is-not-down: a silence while our own link is gone says nothing about the peer."""

    SETUP = ("ip link add near type veth peer name far; ip addr add 10.9.0.1/24 dev near; ip link set near up; ip link set far up;"
             " ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev near; ")

    def look(self, script):
        folder = tool.temporary_folder(self)
        return tool.run("fo-probe", "--json", "-t", "400ms", "--state-dir", folder, "sip://10.9.0.2",
                        wrapper=unshare("--net", "sh", "-c", self.SETUP + script + 'exec "$@"', "sh"))

    def test_a_silent_peer_is_down_but_without_a_link_it_is_unknown(self):
        self.assertEqual(self.look("").result["health"], "down")
        for script in ("ip link set far down; ", "ip link set near down; ", "ip addr flush dev near; "):
            finished = self.look(script)
            self.assertEqual(finished.result["health"], "unknown", f"{script}: {finished}")

    def test_a_link_that_goes_during_the_check(self):
        # The shell is a job beside the tool: it takes the link away while the tool waits for an answer.
        finished = self.look("(sleep 0.2; ip link set far down) & ")
        self.assertEqual(finished.result["health"], "unknown", finished)
        self.assertIn("no link", finished.stdout)

    def test_a_watch_calls_it_unknown_and_goes_on(self):
        folder = tool.temporary_folder(self)
        script = self.SETUP + '"$@" & watch=$!; sleep 1; ip link set far down; sleep 3; kill $watch; wait $watch'
        finished = tool.run("fo-probe", "--json", "--watch", "--assume-was-up", "--fall", "9", "--interval", "300ms", "--retry-interval", "200ms", "-t", "150ms",
                            "--state-dir", folder, "sip://10.9.0.2", wrapper=unshare("--net", "sh", "-c", script, "sh"))
        self.assertEqual(finished.status, 128 + signal.SIGTERM, finished)
        healths = [one["health"] for one in finished.objects if one["type"] == "check"]
        self.assertIn("down", healths)
        gone = healths.index("unknown")
        self.assertEqual(set(healths[gone:]), {"unknown"}, finished)


if __name__ == "__main__":
    unittest.main()
