"""Undo copies by their names, and those that are pinned."""

import json
import os
import unittest

from support import tool
from support.backup_files import tree_of, write_backup


class Undo(unittest.TestCase):
    def setUp(self):
        self.folder = tool.temporary_folder(self)
        self.target = self.folder / "live"
        self.target.mkdir()
        self.state = self.folder / "state"
        self.out = self.folder / "out"

    def run_tool(self, *arguments):
        return tool.run("fo-restore", "--state-dir", self.state, *arguments)

    def restore(self, number, **files):
        backup = write_backup(self.folder / f"{number}.zip", {name.replace("__", "/"): text for name, text in files.items()})
        done = self.run_tool("--target", self.target, backup)
        self.assertEqual(done.status, 0, done)

    def pin(self, after):
        pin = {"format": 1, "after": after, "reason": "it has served until epoch 7", "since": "2026-11-23T03:12:00Z"}
        (self.state / "restore").mkdir(parents=True, exist_ok=True)
        (self.state / "restore/pinned").write_text(json.dumps(pin), encoding="utf-8")

    def status(self):
        done = self.run_tool("--status", "--json")
        self.assertEqual(done.status, 0, done)
        return done.result

    def copied(self):
        done = self.run_tool("--copy-undo", self.out, "--json")
        self.assertEqual(done.status, 0, done)
        return done.result

    def test_what_was_replaced_and_removed_comes_back_by_its_name(self):
        self.restore(1, a="one", d__b="voicemail", gone="x", same="s")
        os.chmod(self.target / "d/b", 0o640)
        os.utime(self.target / "d/b", (1e9, 1e9))
        self.restore(2, a="two", d__b="other", same="s", new="n")
        result = self.copied()
        self.assertEqual(tree_of(self.out), {"a": "one", "d/b": "voicemail", "gone": "x"})
        self.assertEqual((result["files"], result["bytes"]), (3, 13))
        info = (self.out / "d/b").stat()
        self.assertEqual((info.st_mode & 0o7777, info.st_mtime), (0o640, 1e9))

    def test_pinned_copies_outlive_the_nights(self):
        self.restore(1, a="one")
        (self.target / "a").write_text("of the last minutes")
        self.pin(after=1)
        self.assertEqual(self.status()["pinned"]["generation"], 0)
        for night in range(2, 6):
            self.restore(night, a=str(night))
        self.assertEqual(self.status()["pinned"]["generation"], 2)
        self.copied()
        self.assertEqual(tree_of(self.out), {"a": "of the last minutes"})
        self.assertEqual(self.run_tool("--rollback").status, 0)
        self.assertEqual(tree_of(self.target), {"a": "4"})

    def test_dropped_they_go(self):
        self.restore(1, a="one")
        self.pin(after=1)
        for night in range(2, 5):
            self.restore(night, a=str(night))
        slots = self.target / ".failover"
        self.assertEqual(sorted(os.listdir(slots)), ["2", "4"])
        self.assertEqual(self.run_tool("--drop-undo").status, 0)
        self.assertEqual(os.listdir(slots), ["4"])
        self.assertNotIn("pinned", self.status())
        again = self.run_tool("--drop-undo", "--json")
        self.assertEqual((again.status, again.result["dropped"]), (0, False))

    def test_a_damaged_pin_keeps_everything(self):
        self.restore(1, a="one")
        self.pin(after=1)
        self.restore(2, a="2")
        (self.state / "restore/pinned").write_text("{}", encoding="utf-8")
        self.restore(3, a="3")
        self.assertEqual(sorted(os.listdir(self.target / ".failover")), ["2", "3"])
        self.assertEqual(self.run_tool("--status").status, 7)
        self.assertEqual(self.run_tool("--drop-undo").status, 0)
        self.assertEqual(os.listdir(self.target / ".failover"), ["3"])

    def test_what_was_rolled_back_is_no_undo_copy(self):
        self.restore(1, a="one")
        self.restore(2, a="two")
        self.assertEqual(self.run_tool("--rollback").status, 0)
        done = self.run_tool("--copy-undo", self.out)
        self.assertEqual(done.status, 5, done)

    def test_a_directory_with_something_in_it_is_refused(self):
        self.restore(1, a="one")
        self.restore(2, a="two")
        self.out.mkdir()
        (self.out / "mine").touch()
        self.assertEqual(self.run_tool("--copy-undo", self.out).status, 4)
        self.assertEqual(os.listdir(self.out), ["mine"])

    def test_nothing_was_restored(self):
        self.assertEqual(self.run_tool("--copy-undo", self.out).status, 5)
        self.pin(after=0)
        self.assertEqual(self.run_tool("--copy-undo", self.out).status, 5)
        self.assertFalse(self.out.exists())
