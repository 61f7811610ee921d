"""Handing a backup over to the PBX's own restore: as another user, with its log, a password, and a look afterwards. The program is a
stand-in for 3CXRestoreCmd, since no original was at hand."""

import os
import re
import signal
import unittest

from support import fake_3cx_restore, tool
from support.backup_files import tree_of, write_backup
from support.host_user import host_user
from support.pbx_backups import write_3cx
from support.server import free_port, wait_until

EXPECT = ("--expect-log", "completed successfully$")


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tool.temporary_folder(self)
        self.folder.chmod(0o755)
        self.state = self.folder / "state"
        self.user = self.enterContext(host_user())
        self.program, self.out = fake_3cx_restore.install(self.folder, self.user.pw_uid, self.user.pw_gid)
        self.place = self.folder / "place"
        self.place.mkdir()
        self.place.chmod(0o1777)
        self.first = write_3cx(self.folder / "1.zip")
        self.second = write_3cx(self.folder / "2.zip", extensions=30)

    def command(self, backup, *options, arguments=("--failover",), run_as=None):
        return ("--state-dir", self.state, "--run-as", run_as or self.user.pw_name, "--handover-dir", self.place, *options, backup, "--",
                self.program, "--file={}", "--log={log}", *arguments)

    def restore(self, backup, *options, wrapper=(), **others):
        return tool.run("fo-restore", *self.command(backup, *options, **others), wrapper=wrapper)

    def run_tool(self, *arguments):
        return tool.run("fo-restore", "--state-dir", self.state, *arguments)

    def good(self, done):
        self.assertEqual(done.status, 0, done)
        return done

    def bad(self, done, status, text):
        self.assertEqual(done.status, status, done)
        self.assertIn(text, done.stderr)
        return done

    def nothing_left(self):
        self.assertEqual(list(self.place.iterdir()), [])

    def log(self, run=1):
        return self.state / f"restore/program-log.{run}"


class Handover(Case):
    def test_it_runs_as_that_user_and_nobody_else(self):
        ours = ["setpriv", "--groups", "0,4"]  # none of them must be his
        done = self.good(self.restore(self.first, *EXPECT, wrapper=ours))
        self.assertEqual((self.out / "applied").read_bytes(), self.first.read_bytes())
        seen = (self.out / "circumstances").read_text()
        self.assertRegex(seen, rf"^uid={self.user.pw_uid}\({self.user.pw_name}\) gid={self.user.pw_gid}\({self.user.pw_name}\) "
                               rf"groups={self.user.pw_gid}\({self.user.pw_name}\)\n")
        self.assertRegex(seen, rf"\ndrwx------ .* {self.user.pw_name} .*/fo-restore\.1\.")
        self.assertRegex(seen, rf"\n-r-------- .* {self.user.pw_name} .*/1\.zip\n")
        for kind in ("Inh", "Prm", "Eff", "Amb"):
            self.assertRegex(seen, rf"Cap{kind}:\s0+\n")
        self.assertIn(f"\nUSER={self.user.pw_name}\n", seen)
        self.assertNotIn("SUDO", seen)
        self.nothing_left()
        self.assertNotIn(str(self.place), done.stdout)
        said = self.log().read_text()
        self.assertIn("services started: yes\n", said)
        self.assertIn("Restore completed successfully\n", said)
        self.assertEqual(self.log().stat().st_mode & 0o777, 0o600)

    def test_a_configuration_may_hold_it_a_word_a_line(self):
        config = self.folder / "failover.conf"
        words = [self.program, "--file={}", "--log={log}", "--failover"]
        config.write_text("[restore]\n" + "".join(f"program = {word}\n" for word in words), encoding="utf-8")
        given = ("--config", config, "--run-as", self.user.pw_name, "--handover-dir", self.place, self.first)
        self.good(self.run_tool(*given))
        self.assertEqual((self.out / "applied").read_bytes(), self.first.read_bytes())
        self.bad(self.run_tool(*given, "--", "/bin/false", "{}"), 9, "/bin/false")  # what follows -- displaces it

    def test_root_and_nobody_are_refused_before_anything_happens(self):
        self.bad(self.restore(self.first, run_as="root"), 4, "is root")
        self.bad(self.restore(self.first, run_as="no-such-user"), 2, "does not exist")
        self.assertFalse((self.out / "circumstances").exists())
        self.nothing_left()

    def test_exit_status_0_is_not_enough_when_a_line_is_expected(self):
        (self.out / "fails").touch()
        done = self.bad(self.restore(self.first, *EXPECT), 9, "no line that it wrote fits")
        self.assertIn(str(self.log()), done.stderr)
        self.assertIn("Restore failed\n", self.log().read_text())
        status = self.run_tool("--status", "--json").result
        self.assertTrue(status["in_progress"])
        self.nothing_left()
        (self.out / "fails").unlink()
        self.good(self.run_tool("--recover"))
        self.assertIn("Restore completed successfully\n", self.log().read_text())
        self.nothing_left()

    def test_a_stale_lock_of_the_pbx_is_told(self):
        (self.out / "3cxpbx.sync").touch()
        done = self.bad(self.restore(self.first), 9, "another restore is at work")
        self.assertIn("--recover", done.stderr)

    def test_a_bad_pattern_is_wrong_usage(self):
        self.bad(self.restore(self.first, "--expect-log", "(oops"), 2, "no pattern")

    def test_a_log_that_became_something_else_is_not_read(self):
        secret = self.folder / "secret"
        secret.write_text("Restore completed successfully\n")
        secret.chmod(0o600)
        text = self.program.read_text()
        self.program.write_text(text.replace('echo "services', f'rm "$log"; ln -s {secret} "$log"; echo "services'))
        done = self.restore(self.first, *EXPECT)
        self.assertEqual(done.status, 9, done)
        self.assertNotIn("completed", self.log().read_text())

    def test_the_deadline_ends_the_whole_group_and_nothing_is_left(self):
        """Property bounded."""
        (self.out / "hangs").touch()
        done = self.bad(self.restore(self.first, "-t", "4s"), 9, "did not end in time")
        self.assertLess(done.seconds, 8)
        self.nothing_left()

    def test_killed_in_the_middle_recover_cleans_up_and_finishes(self):
        (self.out / "hangs").touch()
        process = tool.start("fo-restore", *self.command(self.first, *EXPECT))
        wait_until((self.out / "applied").exists, "the program to be at work")
        process.kill()
        process.communicate()
        left = list(self.place.iterdir())
        self.assertEqual([entry.stat().st_mode & 0o777 for entry in left], [0o700])
        done = self.bad(self.run_tool("--recover"), 8, "still at work")
        os.killpg(int(re.search(r"process group (\d+)", done.stderr)[1]), signal.SIGKILL)
        for name in ("hangs", "3cxpbx.sync"):
            (self.out / name).unlink()
        self.good(wait_until(lambda: (again := self.run_tool("--recover")).status != 8 and again, "the end of the group"))
        self.nothing_left()
        self.assertEqual((self.out / "applied").read_bytes(), self.first.read_bytes())

    def test_killed_before_it_began_nothing_is_left(self):
        hook = self.folder / "hook"
        hook.write_text(f"#!/bin/sh\ntouch {self.folder}/started\nsleep 30\n")
        hook.chmod(0o755)
        process = tool.start("fo-restore", *self.command(self.first, "--pre-hook", hook))
        wait_until((self.folder / "started").exists, "the hook")
        process.kill()
        process.communicate()
        self.assertEqual(len(list(self.place.iterdir())), 1)
        self.good(self.run_tool("--recover"))
        self.nothing_left()
        self.assertFalse((self.out / "applied").exists())

    def test_a_program_never_begins_without_its_record(self):
        """Property alone: killed at any write before, no program is at work that nobody knows of."""
        for when in range(1, 80):
            tool.run("fo-restore", *self.command(self.first), wrapper=[
                "strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=write", "-e", f"inject=write:signal=KILL:when={when}"])
            if (self.out / "circumstances").exists():
                self.assertIn("program-started", (self.state / "restore/journal").read_text())
                return
        self.fail("the program never began")

    def test_rollback_runs_as_that_user_too(self):
        self.good(self.restore(self.first))
        self.good(self.restore(self.second))
        self.good(self.run_tool("--rollback"))
        self.assertEqual((self.out / "applied").read_bytes(), self.first.read_bytes())
        self.assertIn(f"uid={self.user.pw_uid}", (self.out / "circumstances").read_text())
        self.nothing_left()

    def test_old_logs_go_and_long_ones_are_cut(self):
        text = self.program.read_text()
        self.program.write_text(text + "\nyes filler | head -c 4000000\necho the end\n")
        for run in range(1, 10):
            self.good(self.restore(self.first if run % 2 else self.second))
        self.assertEqual(sorted(self.state.glob("restore/program-log.*")), sorted(self.log(run) for run in range(3, 10)))
        said = self.log(9).read_text()
        self.assertLess(len(said), 2_000_000)
        self.assertIn("bytes are left out]", said)
        self.assertTrue(said.endswith("the end\n") or "the end\n" in said[-200:])


class Password(Case):
    def setUp(self):
        super().setUp()
        self.secret = self.folder / "secret"
        self.secret.write_text("s3cret word\n")
        self.secret.chmod(0o600)

    def everything_kept(self):
        return b"".join(path.read_bytes() for path in self.state.rglob("*") if path.is_file())

    def test_a_file_that_the_user_can_read(self):
        self.good(self.restore(self.first, "--password-file", self.secret, arguments=("--pwd-file={password-file}",)))
        self.assertEqual((self.out / "password").read_text(), "s3cret word")
        self.assertNotIn(b"s3cret", self.everything_kept())
        self.nothing_left()

    def test_in_argv_only_when_it_is_allowed_and_with_a_warning(self):
        """Property secret."""
        arguments = ("--pwd={password}",)
        self.bad(self.restore(self.first, "--password-file", self.secret, arguments=arguments), 4, "--allow-password-in-argv")
        self.assertFalse((self.out / "password").exists())
        done = self.bad(self.restore(self.first, "--password-file", self.secret, "--allow-password-in-argv", arguments=arguments), 3,
                        "every user of this host could read it")
        self.assertEqual((self.out / "password").read_text(), "s3cret word")
        self.assertNotIn("s3cret", done.stdout + done.stderr)
        self.assertNotIn(b"s3cret", self.everything_kept())

    def test_a_password_that_is_not_there(self):
        self.bad(self.restore(self.first, arguments=("--pwd-file={password-file}",)), 2, "--password-file")
        self.secret.chmod(0o644)
        self.assertEqual(self.restore(self.first, "--password-file", self.secret, arguments=("--pwd-file={password-file}",)).status, 2)


class Checks(unittest.TestCase):
    """--check: what must be up afterwards."""

    def setUp(self):
        self.folder = tool.temporary_folder(self)
        self.state = self.folder / "state"
        self.target = self.folder / "live"
        self.target.mkdir()
        self.first = write_backup(self.folder / "1.zip", {"a": "one"})
        self.second = write_backup(self.folder / "2.zip", {"a": "two"})
        self.down = f"tcp://127.0.0.1:{free_port()}"

    def run_tool(self, *arguments):
        return tool.run("fo-restore", "--state-dir", self.state, *arguments)

    def restore(self, backup, *arguments):
        return self.run_tool("--target", self.target, "--check-timeout", "1s", *arguments, backup)

    def test_one_that_is_down_rolls_a_tree_back(self):
        self.assertEqual(self.restore(self.first).status, 0)
        done = self.restore(self.second, "--check", self.down)
        self.assertEqual(done.status, 1, done)
        self.assertIn("is down", done.stderr)
        self.assertEqual(tree_of(self.target), {"a": "one"})
        self.assertLess(done.seconds, 5)

    def test_one_that_comes_up_in_time_is_good(self):
        port = free_port()
        hook = self.folder / "hook"
        hook.write_text(f"#!/bin/sh\n(sleep 0.3; exec timeout 60 python3 -m http.server --bind 127.0.0.1 {port}) >/dev/null 2>&1 &\n"
                        f"echo $! > {self.folder}/pid\n")
        hook.chmod(0o755)
        self.addCleanup(lambda: os.kill(int((self.folder / "pid").read_text()), signal.SIGTERM))
        done = self.run_tool("--target", self.target, "--post-hook", hook, "--check", f"tcp://127.0.0.1:{port}",
                             "--check-timeout", "20s", self.first)
        self.assertEqual(done.status, 0, done)

    def test_one_that_cannot_be_asked_is_a_warning(self):
        """Property unknown-is-not-down."""
        done = self.restore(self.first, "--check", "tcp://no-such-host.invalid:5060")
        self.assertEqual(done.status, 3, done)
        self.assertIn("could not be made", done.stderr)
        self.assertEqual(tree_of(self.target), {"a": "one"})

    def test_after_a_program_it_is_unfinished(self):
        done = self.run_tool("--check", self.down, "--check-timeout", "1s", self.first, "--", "/bin/cp", "{}", f"{self.folder}/applied")
        self.assertEqual(done.status, 9, done)
        self.assertIn("--rollback", done.stderr)
        self.assertTrue((self.folder / "applied").exists())

    def test_recovery_makes_them_too(self):
        self.assertEqual(self.restore(self.first).status, 0)
        for when in range(1, 9):  # which of the renames is the exchange
            tool.run("fo-restore", "--state-dir", self.state, "--target", self.target, "--check", self.down, "--check-timeout", "1s",
                     self.second, wrapper=["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=renameat2", "-e",
                                           f"inject=renameat2:signal=KILL:when={when}"])
            if (self.state / "restore/in-progress").exists():
                break
        self.assertTrue((self.state / "restore/in-progress").exists())
        self.assertEqual(self.run_tool("--recover").status, 0)
        self.assertEqual(tree_of(self.target), {"a": "one"})

    def test_nonsense_is_wrong_usage(self):
        self.assertEqual(self.restore(self.first, "--check", "gopher://x").status, 2)


class Metrics(unittest.TestCase):
    def test_what_is_counted(self):
        folder = tool.temporary_folder(self)
        target, state, file = folder / "live", folder / "state", folder / "restore.prom"
        target.mkdir()
        first = write_backup(folder / "1.zip", {"a": "one", "b": "two"})

        def restore(*arguments):
            done = tool.run("fo-restore", "--state-dir", state, "--target", target, "--metrics-file", file, *arguments)
            values = dict(line.split() for line in file.read_text().splitlines() if not line.startswith("#"))
            return done.status, {name.removeprefix("failover_restore_"): float(value) for name, value in values.items()}

        status, values = restore(first)
        self.assertEqual((status, values["generation"], values["bytes_total"], values["acts_total"], values["failures_total"]), (0, 1, 6, 2, 0))
        self.assertEqual(values["backup_timestamp_seconds"], 1767323046)
        before = values["success_timestamp_seconds"]
        broken = folder / "broken.zip"
        broken.write_bytes(first.read_bytes()[:-5])
        status, values = restore(broken)
        self.assertEqual((status, values["failures_total"], values["failed"], values["generation"], values["runs_total"]), (7, 1, 1, 1, 2))
        self.assertEqual(values["success_timestamp_seconds"], before)
        status, values = restore(first)
        self.assertEqual((status, values["failed"], values["acts_total"], values["failures_total"]), (0, 0, 2, 1))


if __name__ == "__main__":
    unittest.main()
