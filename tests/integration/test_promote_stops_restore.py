"""fo-promote asks a restore that is at work on this host to stop: before its commit it undoes, after it it finishes."""

import os
import unittest

from support import tool
from support.backup_files import tree_of, write_backup
from support.pair import Pair
from support.server import wait_until


class StopsRestore(unittest.TestCase):
    def setUp(self):
        self.folder = tool.temporary_folder(self)
        self.pair = self.enterContext(Pair(self.folder))
        self.target = self.folder / "live"
        self.target.mkdir()
        self.go = self.folder / "go"
        os.mkfifo(self.go)

    def restore(self, hook, *command):
        script = self.folder / "hook"
        script.write_text(f'#!/bin/sh\ntest "$FO_HOOK_RESULT" = aborted && exit 0\ntouch {self.folder}/started\nread line < {self.go}\n')
        script.chmod(0o755)
        backup = write_backup(self.folder / "b.zip", {"a": "new"})
        arguments = command or ("--target", self.target, f"--{hook}-hook", script, backup)
        process = tool.start("fo-restore", "--state-dir", self.pair.state, *arguments)
        wait_until((self.folder / "started").exists, "the restore to be at work")
        return process

    def promote(self):
        return tool.start("fo-promote", "run", "--config", self.pair.config, "--state-dir", self.pair.state, "--json", "--confirm",
                          self.pair.lines["service"][0])

    def test_before_its_commit_it_undoes_and_the_promotion_goes_on(self):
        running = self.restore("pre")
        promoted = tool.finish(self.promote(), timeout=60)
        self.assertEqual(promoted.status, 3, promoted)
        self.assertEqual(promoted.result["serving"], "b")
        done = tool.finish(running, timeout=20)
        self.assertEqual(done.status, 128 + 15, done)
        self.assertEqual(tree_of(self.target), {})
        self.assertTrue(self.pair.started)

    def test_after_its_commit_it_finishes_first(self):
        running = self.restore("post")
        promoting = self.promote()
        self.assertFalse(self.pair.started)
        self.go.write_text("on\n")
        done = tool.finish(running, timeout=20)
        self.assertEqual(done.status, 0, done)
        promoted = tool.finish(promoting, timeout=60)
        self.assertIn(promoted.status, (0, 3), promoted)
        self.assertEqual(tree_of(self.target), {"a": "new"})
        self.assertTrue(self.pair.started)

    def test_a_restore_that_does_not_end_keeps_the_lock(self):
        running = self.restore("post")
        done = tool.finish(tool.start("fo-promote", "run", "--config", self.pair.config, "--state-dir", self.pair.state, "--json",
                                      "--confirm", self.pair.lines["service"][0], "-t", "1s"), timeout=20)
        self.assertEqual(done.status, 8, done)
        self.assertLess(done.seconds, 5)
        self.assertFalse(self.pair.started)
        self.assertTrue(self.pair.has_power)
        self.go.write_text("on\n")
        self.assertEqual(tool.finish(running, timeout=20).status, 0)

    def test_looking_back_asks_nobody(self):
        running = self.restore("pre")
        done = self.pair.run("abort")
        self.assertEqual(done.status, 8, done)
        self.assertIsNone(running.poll())
        self.go.write_text("on\n")
        self.assertEqual(tool.finish(running, timeout=20).status, 0)


if __name__ == "__main__":
    unittest.main()
