"""Hooks of fo-restore: those that fail, hang and leave daemons behind; and PROGRAM mode."""

import json
import os
import re
import signal
import time
import unittest

from support import tool
from support.backup_files import tree_of, write_backup
from support.server import wait_until


def group_lives(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


class Hooks(unittest.TestCase):
    def setUp(self):
        self.folder = tool.temporary_folder(self)
        self.target = self.folder / "live"
        self.target.mkdir()
        self.state = self.folder / "state"
        self.log = self.folder / "log"
        self.first = write_backup(self.folder / "1.zip", {"a": "one", "b": "one"})
        self.second = write_backup(self.folder / "2.zip", {"a": "two", "c": "two"})
        done = self.restore(self.first)
        self.assertEqual(done.status, 0, done)

    def script(self, name, body):
        path = self.folder / name
        path.write_text(f'#!/bin/sh\necho "$FO_HOOK_PHASE $FO_HOOK_RESULT" >> {self.log}\n{body}\n')
        path.chmod(0o755)
        return path

    def restore(self, backup, *arguments, **options):
        return tool.run("fo-restore", "--state-dir", self.state, "--target", self.target, *arguments, backup, **options)

    def run_tool(self, *arguments, **options):
        return tool.run("fo-restore", "--state-dir", self.state, *arguments, **options)

    def hooked(self, pre, post, *arguments, **options):
        return self.restore(self.second, "--pre-hook", self.script("pre", pre), "--post-hook", self.script("post", post),
                            *arguments, **options)

    def lines(self):
        return self.log.read_text().splitlines()

    def is_old(self):
        self.assertEqual(tree_of(self.target), {"a": "one", "b": "one"})
        status = self.run_tool("--status", "--json")
        self.assertEqual((status.status, status.result["generation"]), (0, 1), status)

    def test_both_run_around_the_change(self):
        done = self.hooked(f"cat {self.target}/a >> {self.log}; echo >> {self.log}",
                           f"cat {self.target}/a >> {self.log}; echo >> {self.log}")
        self.assertEqual(done.status, 0, done)
        self.assertEqual(self.lines(), ["pre ", "one", "post restored", "two"])

    def test_a_failing_pre_hook_changes_nothing(self):
        done = self.hooked("echo broken >&2; exit 4", "")
        self.assertEqual(done.status, 1, done)
        self.assertIn("exit status 4: broken", done.stderr)
        self.assertEqual(self.lines(), ["pre ", "post aborted"])
        self.is_old()

    def test_a_failing_post_hook_exchanges_back(self):
        done = self.hooked("", 'test "$FO_HOOK_RESULT" != restored')
        self.assertEqual(done.status, 1, done)
        self.assertEqual(self.lines(), ["pre ", "post restored", "post undone"])
        self.is_old()

    def test_a_missing_hook_changes_nothing(self):
        done = self.restore(self.second, "--pre-hook", "/nowhere/hook")
        self.assertEqual(done.status, 5, done)
        self.is_old()

    def test_hanging_hooks_end_by_their_timeout(self):
        """Property bounded."""
        done = self.hooked("sleep 1000", "", "--hook-timeout", "300ms")
        self.assertEqual(done.status, 6, done)
        self.assertLess(done.seconds, 5)
        self.is_old()
        done = self.hooked("", "sleep 1000", "--hook-timeout", "300ms")
        self.assertLess(done.seconds, 10)
        self.assertEqual(done.status, 1, done)
        self.is_old()

    def test_the_deadline_ends_a_pre_hook(self):
        """Property bounded."""
        done = self.hooked("sleep 1000", "", "-t", "1s")
        self.assertEqual(done.status, 6, done)
        self.assertLess(done.seconds, 3)
        self.assertEqual(self.lines(), ["pre ", "post aborted"])
        self.is_old()

    def test_a_daemon_of_a_hook_lives_on_and_holds_nobody_up(self):
        done = self.hooked("", f"sleep 1000 & echo $! > {self.folder}/pid")
        pid = int((self.folder / "pid").read_text())
        self.addCleanup(os.kill, pid, signal.SIGKILL)
        self.assertEqual(done.status, 0, done)
        self.assertLess(done.seconds, 5)
        os.kill(pid, 0)

    def test_a_signal_before_the_commit_undoes(self):
        hook = self.script("pre", f"touch {self.folder}/started; sleep 1000")
        process = tool.start("fo-restore", "--state-dir", self.state, "--target", self.target, "--pre-hook", hook,
                             "--post-hook", self.script("post", ""), self.second)
        deadline = time.monotonic() + 20
        while not (self.folder / "started").exists():
            self.assertLess(time.monotonic(), deadline)
        process.send_signal(signal.SIGTERM)
        done = tool.finish(process, timeout=20)
        self.assertEqual(done.status, 128 + signal.SIGTERM, done)
        self.assertEqual(self.lines(), ["pre ", "post aborted"])
        self.is_old()

    def test_a_signal_after_the_commit_waits_for_the_end(self):
        hook = self.script("post", f"touch {self.folder}/started; read line < {self.folder}/go")
        os.mkfifo(self.folder / "go")
        process = tool.start("fo-restore", "--state-dir", self.state, "--target", self.target, "--post-hook", hook,
                             self.second)
        deadline = time.monotonic() + 20
        while not (self.folder / "started").exists():
            self.assertLess(time.monotonic(), deadline)
        process.send_signal(signal.SIGTERM)
        (self.folder / "go").write_text("on\n")
        done = tool.finish(process, timeout=20)
        self.assertEqual(done.status, 0, done)
        self.assertEqual(tree_of(self.target), {"a": "two", "c": "two"})

    def test_hooks_may_change_the_tree(self):
        """What moves while the services stop is looked at again before the commit."""
        done = self.hooked(f"rm {self.target}/b; echo mine > {self.target}/c; mv {self.target}/a {self.target}/a2; "
                           f"cp {self.target}/a2 {self.target}/a", "")
        self.assertEqual(done.status, 0, done)
        self.assertEqual(tree_of(self.target), {"a": "two", "c": "two", "a2": "one"})

    def test_hooks_see_no_secret_environment(self):
        done = self.hooked(f"env | cut -d= -f1 | sort >> {self.log}", "", env={"PASSWORD": "x"})
        self.assertEqual(done.status, 0, done)
        self.assertNotIn("PASSWORD", self.lines())

    def test_somebody_else_in_the_middle_is_a_conflict(self):
        """Between commit and recovery: nothing more is touched, the path is named, the marker stays."""
        killed = tool.run("fo-restore", "--state-dir", self.state, "--target", self.target, self.second, wrapper=[
            "strace", "-qq", "-o", "/dev/null", "-e", "trace=renameat2", "-e", "inject=renameat2:signal=KILL:when=3"])
        self.assertEqual(killed.status, -9)
        self.assertTrue((self.state / "restore/in-progress").exists())
        (self.target / "c").write_text("foreign")
        done = self.run_tool("--recover")
        self.assertEqual(done.status, 9, done)
        self.assertIn("c is not as we left it", done.stderr)
        self.assertEqual((self.target / "c").read_text(), "foreign")
        self.assertTrue((self.state / "restore/in-progress").exists())
        self.assertEqual(self.restore(self.first).status, 9)
        (self.target / "c").unlink()
        self.assertEqual(self.run_tool("--recover").status, 0)
        self.assertEqual(tree_of(self.target), {"a": "two", "c": "two"})

    def test_a_host_that_serves_recovers_only_where_a_run_was_cut_short(self):
        """At its boot: nothing to do is no failure; half a restore is, and the PBX does not start on it."""
        role = self.state / "role"
        active = json.dumps({"format": 1, "role": "active", "epoch": 3, "node": "n", "since": "2026-01-01T00:00:00Z"})
        role.write_text(active)
        self.assertEqual(self.run_tool("--recover").status, 0)
        # Whoever left it: a PBX does not start beside it, so nobody says that all is well.
        (self.state / "restore/in-progress").touch()
        self.assertEqual(self.run_tool("--recover").status, 4)
        (self.state / "restore/in-progress").unlink()
        role.unlink()
        killed = tool.run("fo-restore", "--state-dir", self.state, "--target", self.target, self.second, wrapper=[
            "strace", "-qq", "-o", "/dev/null", "-e", "trace=renameat2", "-e", "inject=renameat2:signal=KILL:when=3"])
        self.assertEqual(killed.status, -9)
        role.write_text(active)
        done = self.run_tool("--recover")
        self.assertEqual(done.status, 4, done)
        self.assertTrue((self.state / "restore/in-progress").exists())
        role.unlink()
        self.assertEqual(self.run_tool("--recover").status, 0)

    def test_rollback_of_an_interrupted_run(self):
        tool.run("fo-restore", "--state-dir", self.state, "--target", self.target, self.second, wrapper=[
            "strace", "-qq", "-o", "/dev/null", "-e", "trace=renameat2", "-e", "inject=renameat2:signal=KILL:when=3"])
        self.assertEqual(self.run_tool("--rollback").status, 0)
        self.is_old()


class Program(unittest.TestCase):
    """The PBX restores by its own program."""

    def setUp(self):
        self.folder = tool.temporary_folder(self)
        self.state = self.folder / "state"
        self.log = self.folder / "log"
        self.first = write_backup(self.folder / "1.zip", {"a": "one"})
        self.second = write_backup(self.folder / "2.zip", {"a": "two"})
        self.program = self.folder / "pbx-restore"
        self.program.write_text(f'#!/bin/sh\nstat -c %a "$1" >> {self.log}\n'
                                f'test ! -e {self.folder}/broken || exit 3\ncp "$1" {self.folder}/applied\n')
        self.program.chmod(0o755)

    def run_tool(self, *arguments, **options):
        return tool.run("fo-restore", "--state-dir", self.state, *arguments, **options)

    def restore(self, backup, *arguments):
        return self.run_tool(*arguments, backup, "--", self.program, "{}")

    def applied(self):
        return (self.folder / "applied").read_bytes()

    def test_it_gets_a_private_copy(self):
        done = self.restore(self.first)
        self.assertEqual(done.status, 0, done)
        self.assertEqual(self.applied(), self.first.read_bytes())
        self.assertEqual(self.log.read_text(), "600\n")
        self.assertFalse((self.state / "restore/program").exists())
        self.assertFalse((self.state / "restore/in-progress").exists())

    def test_a_bad_archive_never_reaches_it(self):
        damaged = bytearray(self.first.read_bytes())
        damaged[35] ^= 1
        self.first.write_bytes(bytes(damaged))
        self.assertEqual(self.restore(self.first).status, 7)
        self.assertFalse(self.log.exists())

    def test_begun_and_not_ended_is_in_progress(self):
        self.assertEqual(self.restore(self.first).status, 0)
        (self.folder / "broken").touch()
        done = self.restore(self.second)
        self.assertEqual(done.status, 9, done)
        self.assertIn("--rollback", done.stderr)
        status = self.run_tool("--status", "--json")
        self.assertEqual((status.status, status.result["in_progress"]), (3, True))
        (self.folder / "broken").unlink()
        done = self.run_tool("--recover")
        self.assertEqual(done.status, 0, done)
        # It failed on the second one: the last good backup is the first.
        self.assertEqual(self.applied(), self.first.read_bytes())
        self.assertEqual(self.run_tool("--status", "--json").result["generation"], 1)

    def test_killed_in_the_middle_it_is_run_again(self):
        self.program.write_text(f'#!/bin/sh\ntouch {self.folder}/started\ntest -e {self.folder}/again || sleep 1000\n'
                                f'cp "$1" {self.folder}/applied\n')
        process = tool.start("fo-restore", "--state-dir", self.state, self.first, "--", self.program, "{}")
        deadline = time.monotonic() + 20
        while not (self.folder / "started").exists():
            self.assertLess(time.monotonic(), deadline)
        process.kill()
        process.communicate()
        self.assertTrue((self.state / "restore/in-progress").exists())
        (self.folder / "again").touch()
        # The program is still at work: a second one beside it would destroy what it does.
        done = self.run_tool("--recover")
        self.assertEqual(done.status, 8, done)
        group = int(re.search(r"process group (\d+)", done.stderr)[1])
        self.assertEqual(self.restore(self.second).status, 8)
        os.killpg(group, signal.SIGKILL)
        wait_until(lambda: self.run_tool("--status").status == 3 and not group_lives(group), "its end")
        self.assertEqual(self.run_tool("--recover").status, 0)
        self.assertEqual(self.applied(), self.first.read_bytes())
        self.assertFalse((self.state / "restore/in-progress").exists())

    def test_a_newer_backup_takes_over_a_failed_run(self):
        (self.folder / "broken").touch()
        self.assertEqual(self.restore(self.first).status, 9)
        (self.folder / "broken").unlink()
        self.assertEqual(self.restore(self.second).status, 0)
        self.assertEqual(self.applied(), self.second.read_bytes())
        self.assertEqual(self.run_tool("--status", "--json").result["in_progress"], False)

    def test_rollback_takes_the_one_before(self):
        self.assertEqual(self.run_tool("--rollback").status, 5)
        self.assertEqual(self.restore(self.first).status, 0)
        self.assertEqual(self.restore(self.second).status, 0)
        done = self.run_tool("--rollback")
        self.assertEqual(done.status, 0, done)
        self.assertEqual(self.applied(), self.first.read_bytes())

    def test_it_ends_by_the_deadline(self):
        """Property bounded."""
        self.program.write_text("#!/bin/sh\nsleep 1000\n")
        done = self.restore(self.first, "-t", "1s")
        self.assertEqual(done.status, 9, done)
        self.assertLess(done.seconds, 3)


if __name__ == "__main__":
    unittest.main()
