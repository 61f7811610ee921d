"""--suspect-for with real peers: SIP that hangs alone is what a PBX's block list looks like."""

import json
import signal
import socket
import time
import unittest

from support import tool
from support.kamailio import Kamailio
from support.sip_peer import SipPeer, answer

FAST = ("--json", "--watch", "--interval", "300ms", "--retry-interval", "100ms", "-t", "200ms", "--fail-when", "any")


class Suspects(unittest.TestCase):
    def setUp(self):
        self.folder = tool.temporary_folder(self)
        self.pbx = Kamailio()
        self.addCleanup(self.pbx.close)
        self.pbx.start()
        self.web = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.addCleanup(self.web.close)
        self.other = f"tcp://127.0.0.1:{self.web.getsockname()[1]}"

    def watch(self, *arguments):
        process = tool.start("fo-probe", *FAST, "--state-dir", self.folder / "state", *arguments, self.pbx.target, self.other)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        self.until(process, lambda one: one["type"] == "verdict" and one["reason"] == "2 of 2 up")
        return process

    def until(self, process, wanted):
        for line in process.stdout:
            one = json.loads(line)
            if wanted(one):
                return one
        self.fail(f"the watch ended with {process.wait()}: {process.stderr.read()}")

    def test_silence_of_sip_alone_is_unknown_with_an_alarm_and_then_down(self):
        process = self.watch("--suspect-for", "2s")
        began = time.monotonic()
        self.pbx.freeze()
        alarm = self.until(process, lambda one: one["type"] == "note" and one["level"] == "alarm")
        self.assertIn("block list", alarm["message"])
        self.assertIn(self.pbx.target, alarm["message"])
        finished = tool.finish(process)
        took = time.monotonic() - began
        self.pbx.thaw()
        self.assertEqual((finished.status, finished.result["health"]), (0, "down"), finished)
        self.assertGreaterEqual(took, 2.0)
        self.assertLess(took, 2.0 + 0.3 + 0.25)
        self.assertTrue([one for one in finished.objects if one["type"] == "check" and "block list" in one.get("detail", "")], finished)

    def test_an_answer_ends_the_suspicion(self):
        process = self.watch("--suspect-for", "30s")
        self.pbx.freeze()
        self.until(process, lambda one: one["type"] == "state" and one["to"] == "unknown")
        self.pbx.thaw()
        self.until(process, lambda one: one["type"] == "state" and one["to"] == "up")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(tool.finish(process).status, 128 + signal.SIGTERM)

    def test_a_refusal_and_a_silence_of_everything_are_no_suspicion(self):
        process = self.watch("--suspect-for", "60s")
        self.pbx.kill()
        finished = tool.finish(process, timeout=20)
        self.assertEqual(finished.status, 0, finished)

    def test_a_single_look_says_that_it_cannot_tell(self):
        self.pbx.freeze()
        look = ("--json", "-t", "300ms", "--fail-when", "any", self.pbx.target, self.other)
        finished = tool.run("fo-probe", *look)
        self.assertEqual((finished.status, finished.result["health"]), (3, "unknown"), finished)
        self.assertIn("a single look cannot tell", finished.stdout)
        self.assertEqual(tool.run("fo-probe", "--suspect-for", "0s", *look).status, 2)
        self.pbx.thaw()

    def test_who_says_trying_and_no_more_does_not_block_us(self):
        with SipPeer(lambda request: [answer(request, "100 Trying")]) as hanging:
            finished = tool.run("fo-probe", "--json", "-t", "300ms", "--fail-when", "any", hanging.target, self.other)
        self.assertEqual((finished.status, finished.result["health"]), (2, "down"), finished)


if __name__ == "__main__":
    unittest.main()
