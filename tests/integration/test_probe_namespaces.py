"""A standby and an active host in network namespaces of their own, with a real Kamailio: who is cut off from whom?"""

import json
import signal
import unittest

from support import tool
from support.kamailio import Kamailio
from support.namespaces import ACTIVE, ELSEWHERE, Network

REFERENCE = ("--reference", f"icmp://{ELSEWHERE}")


class Pbx(Kamailio):
    """Kamailio in the namespace of the active host."""

    def __init__(self, network):
        super().__init__("0.0.0.0")
        self.network = network

    def command(self):
        return [*self.network.command("active"), *super().command()]

    def ready(self):
        return tool.run("fo-probe", self.target, wrapper=self.network.command("active")).status == 0

    @property
    def target(self):
        return f"sip://{ACTIVE}:{self.port}"


class Namespaces(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.network = Network(cls)
        cls.pbx = Pbx(cls.network)
        cls.addClassCleanup(cls.pbx.close)

    def setUp(self):
        if not self.pbx.running():
            self.pbx.start()
        self.network.mend()
        self.state = tool.temporary_folder(self)

    def look(self, *options):
        return tool.run("fo-probe", "-t", "700ms", *options, self.pbx.target, wrapper=self.network.command("standby"))

    def watch(self, *options, timeout="700ms"):
        process = tool.start("fo-probe", "--json", "--watch", "--interval", "300ms", "--retry-interval", "200ms", "-t", timeout,
                             "--state-dir", self.state, *options, self.pbx.target, wrapper=self.network.command("standby"))
        self.addCleanup(lambda: process.poll() is None and process.kill())
        self.until(process, lambda one: one["type"] == "verdict" and one["health"] == "up")
        return process

    def until(self, process, wanted):
        """Reads the watch's objects up to the one that `wanted` accepts; no state and no verdict may be down before."""
        for line in process.stdout:
            one = json.loads(line)
            if wanted(one):
                return one
            self.assertNotEqual((one["type"], one.get("health")), ("verdict", "down"), one)
            self.assertNotEqual(one.get("to"), "down", one)
        self.fail(f"the watch ended with {process.wait()}: {process.stderr.read()}")

    def checks(self, process, count):
        """That many checks of the PBX; none may have made it down."""
        found = []
        while len(found) < count:
            found.append(self.until(process, lambda one: one["type"] == "check" and not one.get("reference")))
        return found

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        finished = tool.finish(process)
        self.assertEqual(finished.status, 128 + signal.SIGTERM, finished)

    def test_the_active_cut_off_alone_is_down(self):
        process = self.watch(*REFERENCE)
        self.network.cable("active", "down")
        finished = tool.finish(process, 20)
        self.assertEqual((finished.status, finished.result["health"]), (0, "down"), finished)
        self.assertEqual(self.look(*REFERENCE).status, 2)

    def test_a_standby_whose_cable_is_out_is_unknown(self):
        process = self.watch(*REFERENCE)
        self.network.cable("standby", "down")
        for one in self.checks(process, 6)[2:]:
            self.assertEqual(one["health"], "unknown", one)
        self.stop(process)
        self.assertEqual(self.look(*REFERENCE).status, 3)

    def test_isolation_a_standby_that_hears_nobody_is_unknown(self):
        # Its link is there and its packets leave: only the references can tell.
        process = self.watch(*REFERENCE, timeout="400ms")
        for address in (ACTIVE, ELSEWHERE):
            self.network.lose("standby", 1, address)
        for one in self.checks(process, 6)[2:]:
            self.assertEqual(one["health"], "unknown", one)
            self.assertIn("cut off", one["detail"])
        self.stop(process)
        self.assertEqual(self.look(*REFERENCE).status, 3)
        # Without references it cannot know better: a standby needs them.
        self.assertEqual(self.look().status, 2)

    def test_an_interface_that_goes_and_comes_is_unknown_and_then_up(self):
        process = self.watch(*REFERENCE)
        self.network.link("standby", "down")
        one = self.until(process, lambda one: one["type"] == "verdict" and one["health"] != "up")
        self.assertEqual(one["health"], "unknown", one)
        self.checks(process, 5)
        self.network.link("standby", "up")
        self.until(process, lambda one: one["type"] == "verdict" and one["health"] == "up")
        self.stop(process)

    def test_a_third_of_the_answers_lost_changes_nothing(self):
        # Too short for a retransmission: each lost answer is a check that fails.
        process = self.watch(*REFERENCE, timeout="300ms")
        self.network.lose("standby", 3, ACTIVE)
        found = self.checks(process, 15)
        downs = [one for one in found if one["health"] == "down"]
        self.assertGreaterEqual(len(downs), 3, found)
        self.assertGreaterEqual(self.network.lost("standby"), 3)
        self.stop(process)

    def test_with_time_for_a_retransmission_a_third_lost_is_up(self):
        self.network.lose("standby", 3, ACTIVE)
        for _ in range(6):
            finished = tool.run("fo-probe", "-t", "2s", self.pbx.target, wrapper=self.network.command("standby"))
            self.assertEqual(finished.status, 0, finished)
        self.assertGreaterEqual(self.network.lost("standby"), 2)

    def test_a_standby_that_comes_back_sees_a_death_that_happened_meanwhile(self):
        process = self.watch(*REFERENCE)
        self.network.link("standby", "down")
        self.until(process, lambda one: one["type"] == "verdict" and one["health"] == "unknown")
        self.pbx.kill()
        self.checks(process, 4)
        self.network.link("standby", "up")
        finished = tool.finish(process, 20)
        self.assertEqual((finished.status, finished.result["health"]), (0, "down"), finished)


if __name__ == "__main__":
    unittest.main()
