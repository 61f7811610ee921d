"""What every fencer must do, whatever stands behind it. A case has a spec, and a host that it can look at itself."""

import json
import subprocess
import time

from support import tool
from support.driven import Driven

EPOCH = 7


class FencerCalls:
    """For a unittest.TestCase: spec() is the fencer, "a" the node that it is of."""

    def fencer(self, spec=None, node="a"):
        return Driven(self, "conformance_fencer", spec or self.spec(), node, "192.0.2.1")

    def ask(self, act, node="a", spec=None, **more):
        return self.fencer(spec, node).ask({"act": act, "epoch": EPOCH, **more})

    def assert_not_off(self, answer):
        """Property fence-first: what is not a plain proof is an error."""
        self.assertNotIn("ok", answer)
        self.assertNotEqual(answer.get("state"), "off", answer)
        self.assertTrue(answer.get("state") == "on" or answer["message"], answer)

    def wrong_spec(self, spec):
        done = subprocess.run([tool.path("conformance_fencer"), spec, "a", "192.0.2.1"], stdin=subprocess.DEVNULL,
                              capture_output=True, env=tool.environment(), check=False)
        answer = json.loads(done.stdout)
        self.assertEqual(answer["error"], "usage", answer)
        return answer["message"]


class FencerSuite(FencerCalls):
    """switch_on() makes the host serve, is_off() looks at it; break_it(how) makes the way to it `dead`, `hang`, `fail` or
    `lie` (it says off and has done nothing, or says what is no answer); node "c" is another host."""

    def test_on_fence_off_and_again(self):
        self.switch_on()
        self.assertEqual(self.ask("status"), {"state": "on"})
        self.assertFalse(self.is_off())
        self.assertEqual(self.ask("fence"), {"ok": True})
        self.assertTrue(self.is_off())
        self.assertEqual(self.ask("status"), {"state": "off"})
        self.assertEqual(self.ask("fence"), {"ok": True})

    def test_what_fails_is_not_off(self):
        for how in ("fail", "lie"):
            with self.subTest(how):
                self.switch_on()
                self.break_it(how)
                self.assert_not_off(self.ask("status"))
                self.assert_not_off(self.ask("fence"))
                self.assertFalse(self.is_off())

    def test_what_hangs_is_bounded(self):
        for how in ("hang", "dead"):
            with self.subTest(how):
                self.switch_on()
                self.break_it(how)
                begun = time.monotonic()
                self.assert_not_off(self.ask("fence", seconds=2))
                self.assertLess(time.monotonic() - begun, 3)
                self.assertFalse(self.is_off())

    def test_another_node_is_not_touched(self):
        self.switch_on()
        self.assert_not_off(self.ask("status", node="c"))
        self.assert_not_off(self.ask("fence", node="c"))
        self.assertFalse(self.is_off())
