"""Property fence-first against fences that lie, hang, fail or name the wrong host: twelve kinds, and no promotion by any of them.

Each kind is tried as a program and as a fence agent; what is counted is that nothing started here and the name stayed.
"""

import time
import unittest

from integration.test_promote import PromoteCase
from support.fence_agents import DockerDevice, ScriptedAgent
from support.pair import NEW, OLD

# What a fence may do wrong: as a program's cases for status and fence, and as an agent's cases. {d} is its folder, {power} the file
# that stands for the power of the old active.
KINDS = {
    "says off, and the host goes on": ("status) echo off;; fence) touch {serving};;", "status) exit 2 ;;\noff) touch {serving} ;;"),
    "says that it is done, and the host stays on": ("fence) ;;", "off) ;;"),
    "hangs": ("fence) sleep 60;;", "off) sleep 60 ;;"),
    "hangs after it has acted": ("fence) rm -f {power}; sleep 60;;", "off) rm -f {power}; sleep 60 ;;"),
    "leaves a child and hangs": ("fence) sleep 71 & sleep 72;;", "off) sleep 71 & sleep 72 ;;"),
    "fails": ("fence) echo no route >&2; exit 1;;", "off) echo no route >&2; exit 1 ;;"),
    "fails after it has acted": ("fence) rm -f {power}; exit 1;;", "off) rm -f {power}; exit 1 ;;"),
    "dies by a signal": ("fence) kill -9 $$;;", "off) kill -9 $$ ;;"),
    "does not know afterwards": ("status) test -e {d}/did && echo unknown || echo on;; fence) touch {d}/did;;",
                                 "status) [ ! -e {d}/did ] || exit 1 ;;\noff) touch {d}/did ;;"),
    "contradicts itself": ("status) test -e {d}/did && {{ echo off; exit 1; }} || echo on;; fence) touch {d}/did;;",
                           "status) [ ! -e {d}/did ] || {{ echo 'Status: ON'; exit 2; }} ;;\noff) touch {d}/did ;;"),
    "floods": ("fence) yes;;", "off) yes ;;"),
    "hangs when it is asked": ("status) test -e {d}/did && sleep 60; echo on;; fence) touch {d}/did;;",
                               "status) [ ! -e {d}/did ] || sleep 60 ;;\noff) touch {d}/did ;;"),
}

_PROGRAM = """#!/bin/sh
case $1 in
{wrong}
esac
case $1 in
status) [ -e {power} ] && echo on || echo off ;;
fence) rm -f {power} ;;
esac
"""


class FencesThatLie(PromoteCase):
    def assert_no_promotion(self, done):
        self.assertEqual(done.status, 9, done)
        self.assertEqual((done.result["step"], done.result["serving"]), ("fence", "unknown"))
        self.assertIn("fo-promote resume", done.result["next"])
        self.assertIn("--i-have-powered-off a@", done.result["next"])
        self.assertFalse(self.pair.started)
        self.assertEqual((self.pair.addresses, self.pair.mark), ([OLD], None))

    def names(self):
        return {"d": self.pair.dir / "agent", "power": self.pair.dir / "power", "serving": self.pair.dir / "serving-old"}

    def program(self, wrong):
        (self.pair.dir / "agent").mkdir(exist_ok=True)
        # The first case that matches is the only one: the wrong ones go before the good ones.
        body = _PROGRAM.replace("esac\ncase $1 in\n", "").replace("{wrong}", wrong.format(**self.names()))
        path = self.pair.dir / "lying"
        path.write_text(body.replace("{power}", str(self.pair.dir / "power")), encoding="utf-8")
        path.chmod(0o700)
        return f"exec://{path}?kind=power&timeout=1500ms"

    def agent(self, wrong):
        return ScriptedAgent(self.pair.dir / "agent", wrong.replace("{serving}", str(self.pair.dir / "serving-old")),
                             self.pair.dir / "power").spec(timeout="1500ms")

    def try_all(self, spec_of):
        stopped = 0
        for kind, wrong in KINDS.items():
            with self.subTest(kind):
                self.pair.reset()
                (self.pair.dir / "agent" / "did").unlink(missing_ok=True)
                self.reconfigure(fence=[spec_of(wrong)])
                begun = time.monotonic()
                self.assert_no_promotion(self.pair.promote("run", "-t", "8s"))
                self.assertLess(time.monotonic() - begun, 8.6)
                stopped += 1
        self.assertEqual(stopped, 12)

    def test_programs_that_lie_hang_or_fail(self):
        self.try_all(lambda wrong: self.program(wrong[0]))

    def test_agents_that_lie_hang_or_fail(self):
        self.try_all(lambda wrong: self.agent(wrong[1]))

    def test_the_same_fences_without_their_fault_promote(self):
        for spec in (self.program("no-such-verb) ;;"), self.agent("no-such-action) ;;")):
            self.pair.reset()
            self.reconfigure(fence=[spec])
            self.assertEqual(self.pair.promote().status, 3)
            self.assertEqual(self.pair.addresses, [NEW])


class FencesOfTheWrongHost(PromoteCase):
    """What can be seen before anything is touched stops the run there."""

    def refused(self, status, words):
        done = self.pair.promote()
        self.assertEqual(done.status, status, done)
        self.assertIn(words, done.result["message"])
        self.assert_untouched()

    def test_a_plug_that_the_device_does_not_have(self):
        agent = ScriptedAgent(self.pair.dir / "agent", power=self.pair.dir / "power")
        self.reconfigure(fence=[agent.spec("9")])
        self.refused(4, "no plug '9'; it has 7, 8")
        self.assertNotIn("off", agent.actions)

    def test_a_device_with_other_hosts(self):
        device = DockerDevice(self.pair.dir, {"4f7c": ["another", True]})
        self.addCleanup(device.close)
        self.reconfigure(fence=[device.spec("77aa")])
        self.refused(4, "no plug '77aa'; it has 4f7c")
        self.assertTrue(device.containers["4f7c"][1])

    def test_one_fencer_of_two_nodes(self):
        """That of this very host among them."""
        agent = ScriptedAgent(self.pair.dir / "agent", power=self.pair.dir / "power")
        self.reconfigure(fence=[agent.spec("7", ip="192.0.2.9")])
        for section in (f"\n[node.c]\naddress = 127.0.0.15\nprobe = {self.pair.probe('127.0.0.15')}\n", ""):
            text = self.pair.config.read_text()
            self.pair.config.write_text(text + section + f"fence = agent:{agent.file}?ip=192.0.2.9&plug=7\n")
            self.refused(2, "have the same fencer")
            self.pair.config.write_text(text)

    def test_a_plug_that_switches_another_host_off(self):
        """No device can tell; the host that answers all the same does."""
        agent = ScriptedAgent(self.pair.dir / "agent", power=self.pair.dir / "power-of-another")
        agent.power.touch()
        agent.file.write_text(agent.file.read_text().replace("off) rm -f", f"off) touch {self.pair.dir}/serving-old; rm -f"))
        self.reconfigure(fence=[agent.spec()])
        done = self.pair.promote("run", "-t", "6s")
        self.assertEqual((done.status, done.result["step"]), (9, "fence"), done)
        self.assert_not_started()


if __name__ == "__main__":
    unittest.main()
