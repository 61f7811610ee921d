"""fo-promote pause, and the quiet time after a promotion: what keeps an unattended run back, and what ends it."""

import json
import unittest

from support import tool
from support.named import SERVICE
from support.pair import NEW, OLD, Pair


class PauseCase(unittest.TestCase):
    def setUp(self):
        self.pair = self.enterContext(Pair(tool.temporary_folder(self)))

    def status(self):
        return next(each for each in self.pair.run("status").objects if each["type"] == "status")

    def assert_untouched(self):
        self.assertTrue(self.pair.has_power)
        self.assertFalse(self.pair.started)
        self.assertEqual((self.pair.addresses, self.pair.mark, self.pair.audit), ([OLD], None, []))


class Pause(PauseCase):
    def test_an_unattended_promotion_is_refused_until_it_ends(self):
        paused = self.pair.run("pause", "--for", "2h", "--reason", "the rack is moved")
        self.assertEqual(paused.status, 0, paused)
        self.assertIn("the rack is moved", paused.result["message"])
        self.assertEqual(self.status()["pause"]["reason"], "the rack is moved")
        text = tool.run("fo-promote", "status", "--state-dir", self.pair.state).stdout
        self.assertRegex(text, r"pause: +until 20.* UTC: the rack is moved")
        for done in (self.pair.promote(), self.pair.run("plan", "--confirm", SERVICE)):
            self.assertEqual(done.status, 4, done)
            self.assertIn("the rack is moved", done.result["message"])
            self.assertIn("fo-promote pause --off", done.result["message"])
            self.assert_untouched()
        off = self.pair.run("pause", "--off")
        self.assertEqual((off.status, self.status()["pause"]), (0, {"paused": False}), off)
        self.assertEqual(self.pair.run("pause", "--off").result["message"], "nothing to do: there is no pause")
        self.assertEqual(self.pair.promote().status, 3)
        self.assertEqual(self.pair.addresses, [NEW])

    def test_it_is_over_by_itself(self):
        self.assertEqual(self.pair.run("pause", "--for", "1s", "--reason", "short").status, 0)
        file = self.pair.state / "promote/pause"
        text = json.loads(file.read_text())
        text["until"] = "2026-01-01T00:00:00Z"
        file.write_text(json.dumps(text))
        self.assertEqual(self.status()["pause"], {"paused": False})
        self.assertEqual(self.pair.promote().status, 3)

    def test_a_dry_run_writes_nothing(self):
        self.assertEqual(self.pair.run("pause", "--for", "2h", "--reason", "x", "--dry-run").status, 0)
        self.assertFalse((self.pair.state / "promote/pause").exists())
        self.pair.run("pause", "--for", "2h", "--reason", "x")
        self.assertEqual(self.pair.run("pause", "--off", "-n").status, 0)
        self.assertTrue(self.status()["pause"]["paused"])

    def test_what_makes_no_sense_is_refused(self):
        for arguments in ([], ["--for", "2h"], ["--for", "0s", "--reason", "x"], ["--for", "32d", "--reason", "x"],
                          ["--for", "2h", "--off", "--reason", "x"], ["--for", "2", "--reason", "x"],
                          ["--for", "2h", "--reason", "two\nlines"]):
            done = self.pair.run("pause", *arguments)
            self.assertEqual(done.status, 2, (arguments, done))
        self.assertFalse((self.pair.state / "promote/pause").exists())


class QuietTime(PauseCase):
    def move_back(self):
        """A person has switched the old active on again and moved the name back; its mark stays."""
        (self.pair.dir / "serving-new").unlink()
        (self.pair.dir / "power").touch()
        self.pair.nsupdate(f"update delete {SERVICE}. A", f"update add {SERVICE}. 60 A {OLD}")

    def test_after_a_promotion_none_goes_unattended(self):
        self.assertEqual(self.pair.promote().status, 3)
        status = self.status()
        self.assertGreater(status["quiet_until"], status["last_promotion"])
        self.move_back()
        audit = self.pair.audit
        done = self.pair.promote()
        self.assertEqual(done.status, 4, done)
        self.assertIn("--min-uptime", done.result["message"])
        self.assertEqual((self.pair.addresses, self.pair.audit), ([OLD], audit))
        self.assertEqual(self.pair.promote("run", "--min-uptime", "0s").status, 3)
        self.assertEqual(self.pair.addresses, [NEW])

    def test_the_mark_in_dns_is_enough(self):
        self.assertEqual(self.pair.promote().status, 3)
        self.move_back()
        # Another standby, which remembers nothing.
        for path in sorted(self.pair.state.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        done = self.pair.promote()
        self.assertEqual(done.status, 4, done)
        self.assertIn("the last promotion ended", done.result["message"])


if __name__ == "__main__":
    unittest.main()
