"""fo-restore from the command line: what it does, refuses, and says."""

import json
import os
import socket
import struct
import subprocess
import unittest
from pathlib import Path

from support import tool
from support.backup_files import tree_of, write_backup
from support.backups import sha256


class Restore(unittest.TestCase):
    def setUp(self):
        self.folder = tool.temporary_folder(self)
        self.target = self.folder / "live"
        self.target.mkdir()
        self.state = self.folder / "state"
        self.first = write_backup(self.folder / "1.zip", {"a": "one", "d/b": "one", "gone/x": "x"}, folders=["empty"])
        self.second = write_backup(self.folder / "2.zip", {"a": "two", "d/b": "one", "d/c": "new"})

    def run_tool(self, *arguments, **options):
        return tool.run("fo-restore", "--state-dir", self.state, *arguments, **options)

    def restore(self, backup, *arguments, **options):
        return self.run_tool("--target", self.target, *arguments, backup, **options)

    def good(self, done):
        self.assertEqual(done.status, 0, done)
        return done

    def bad(self, done, status, text):
        self.assertEqual(done.status, status, done)
        self.assertIn(text, done.stderr)
        return done

    def test_restores_and_says_so(self):
        done = self.good(self.restore(self.first, "--json"))
        self.assertEqual((done.result["generation"], done.result["nothing_to_do"]), (1, False))
        self.assertEqual(tree_of(self.target), {"a": "one", "d/b": "one", "gone/x": "x"})
        self.assertTrue((self.target / "empty").is_dir())

    def test_the_next_backup_replaces_adds_removes(self):
        self.good(self.restore(self.first))
        self.good(self.restore(self.second))
        self.assertEqual(tree_of(self.target), {"a": "two", "d/b": "one", "d/c": "new"})
        self.assertFalse((self.target / "gone").exists())

    def test_again_there_is_nothing_to_do(self):
        """Property again."""
        self.good(self.restore(self.first))
        before = {path: path.stat().st_ino for path in self.target.rglob("*")}
        done = self.good(self.restore(self.first, "--json", "--pre-hook", "/bin/false"))
        self.assertTrue(done.result["nothing_to_do"])
        self.assertEqual(before, {path: path.stat().st_ino for path in self.target.rglob("*")})

    def test_a_file_changed_here_is_restored_again(self):
        self.good(self.restore(self.first))
        (self.target / "a").write_text("edited")
        self.good(self.restore(self.first))
        self.assertEqual((self.target / "a").read_text(), "one")

    def test_rollback_goes_back_whatever_happened_since(self):
        self.good(self.restore(self.first))
        (self.target / "d/b").chmod(0o600)
        self.good(self.restore(self.second))
        (self.target / "a").unlink()
        (self.target / "d/c").write_text("used")
        new = self.target / "d/b.new"
        new.write_text("rewritten by the PBX")
        new.rename(self.target / "d/b")
        done = self.good(self.run_tool("--rollback", "--json"))
        self.assertEqual(done.result["generation"], 1)
        self.assertEqual(tree_of(self.target), {"a": "one", "d/b": "one", "gone/x": "x"})
        self.bad(self.run_tool("--rollback"), 5, "undo copies")

    def test_rollback_of_the_first_restore_leaves_what_was_there(self):
        (self.target / "a").write_text("mine")
        self.good(self.restore(self.first, "--take-over"))
        done = self.good(self.run_tool("--rollback", "--json"))
        self.assertEqual(done.result["generation"], 0)
        self.assertEqual(tree_of(self.target), {"a": "mine"})
        self.assertEqual(sorted(path.name for path in self.target.iterdir()), ["a"])
        self.bad(self.run_tool("--rollback"), 5, "nothing was restored here")

    def test_a_foreign_tree_needs_take_over_once(self):
        (self.target / "mine").write_text("mine")
        self.bad(self.restore(self.first), 4, "--take-over")
        self.assertEqual(tree_of(self.target), {"mine": "mine"})
        self.good(self.restore(self.first, "--take-over"))
        self.good(self.restore(self.second))
        self.assertEqual((self.target / "mine").read_text(), "mine")

    def test_owner_mode_and_attributes_stay(self):
        live = self.target / "a"
        live.write_text("old")
        os.chown(live, 1234, 2345)
        live.chmod(0o4751)
        os.setxattr(live, "user.colour", b"blue")
        entries = ((0x01, 7, -1), (0x02, 4, 99), (0x04, 5, -1), (0x10, 5, -1), (0x20, 1, -1))
        acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in entries)
        os.setxattr(live, "system.posix_acl_access", acl)
        mode = live.stat().st_mode & 0o777  # content from a backup gets no set-id bit
        (self.target / "d").mkdir()
        os.chown(self.target / "d", 77, 88)
        backup = write_backup(self.folder / "b.zip", {"a": "new", "d/n": "n", "e/f/g": "g"}, modes={"d/n": 0o6777})
        os.chown(self.target, 11, 22)
        self.good(self.restore(backup, "--take-over"))
        info = live.stat()
        self.assertEqual((info.st_uid, info.st_gid, info.st_mode & 0o7777, live.read_text()), (1234, 2345, mode, "new"))
        self.assertEqual(os.getxattr(live, "user.colour"), b"blue")
        self.assertEqual(os.getxattr(live, "system.posix_acl_access"), acl)
        new = (self.target / "d/n").stat()
        self.assertEqual((new.st_uid, new.st_gid, new.st_mode & 0o7777), (77, 88, 0o755))
        made = (self.target / "e/f").stat()
        self.assertEqual((made.st_uid, made.st_gid), (11, 22))

    def test_logs_of_a_database_go_with_it(self):
        for name in ("db", "db-wal", "db-shm", "db-journal"):
            (self.target / name).write_text("old " + name)
        backup = write_backup(self.folder / "b.zip", {"db": "restored"})
        self.good(self.restore(backup, "--take-over"))
        self.assertEqual(tree_of(self.target), {"db": "restored"})
        (self.target / "db-wal").write_text("a new log")
        self.good(self.run_tool("--rollback"))
        self.assertEqual(tree_of(self.target), {name: "old " + name for name in ("db", "db-wal", "db-shm", "db-journal")})

    def test_nothing_is_written_through_a_link(self):
        """Property inside."""
        outside = self.folder / "outside"
        outside.mkdir()
        (self.target / "d").symlink_to(outside)
        self.bad(self.restore(self.first, "--take-over"), 4, "d is a directory in the backup")
        (self.target / "d").unlink()
        (outside / "file").write_text("safe")
        (self.target / "a").symlink_to(outside / "file")
        self.bad(self.restore(self.first, "--take-over"), 4, "symbolic link")
        self.assertEqual((outside / "file").read_text(), "safe")
        self.assertEqual([path.name for path in outside.iterdir()], ["file"])

    def test_slots_that_others_could_write_are_refused(self):
        (self.target / ".failover").mkdir(mode=0o777)
        (self.target / ".failover").chmod(0o777)
        self.bad(self.restore(self.first), 4, "not ours alone")
        (self.target / ".failover").rmdir()
        (self.target / ".failover").symlink_to(self.folder)
        self.bad(self.restore(self.first), 4, "not a directory of ours")

    def test_what_lies_in_the_way_is_named(self):
        (self.target / "a").mkdir()
        self.bad(self.restore(self.first, "--take-over"), 4, "a is a file in the backup and a directory here")
        (self.target / "a").rmdir()
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.target / "a"))
            self.bad(self.restore(self.first, "--take-over"), 4, "no regular file")

    def test_a_file_becomes_a_directory_and_back(self):
        self.good(self.restore(self.first))
        backup = write_backup(self.folder / "b.zip", {"a/below": "deep"})
        self.good(self.restore(backup))
        self.assertEqual(tree_of(self.target), {"a/below": "deep"})
        self.good(self.run_tool("--rollback"))
        self.assertEqual(tree_of(self.target), {"a": "one", "d/b": "one", "gone/x": "x"})

    def test_dry_run_shows_the_plan_and_changes_nothing(self):
        done = self.good(self.restore(self.first, "-n", "--json"))
        acts = {(item["act"], item["path"]) for item in done.objects if item["type"] == "act"}
        self.assertEqual(acts, {("mkdir", "d"), ("mkdir", "empty"), ("mkdir", "gone"), ("add", "a"), ("add", "d/b"),
                                ("add", "gone/x")})
        self.assertEqual(done.result["acts"], 6)
        self.assertEqual(list(self.target.iterdir()), [])
        self.assertFalse(self.state.exists())

    def test_verify_touches_nothing(self):
        done = self.good(self.run_tool("--verify", "--json", self.first))
        self.assertEqual(done.result["files"], 3)
        self.assertFalse(self.state.exists())

    def test_alone(self):
        """Property alone: a second run ends at once and changes nothing."""
        hook = self.folder / "hook"
        hook.write_text("#!/bin/sh\ntouch %s/started\nread line < %s/go\n" % (self.folder, self.folder))
        hook.chmod(0o755)
        os.mkfifo(self.folder / "go")
        running = tool.start("fo-restore", "--state-dir", self.state, "--target", self.target, "--pre-hook", hook, self.first)
        while not (self.folder / "started").exists():
            self.assertIsNone(running.poll())
        done = self.bad(self.restore(self.second), 8, "another run is at work")
        self.assertLess(done.seconds, 2)
        self.bad(self.run_tool("--recover"), 8, "another run")
        (self.folder / "go").write_text("on\n")
        self.good(tool.finish(running))
        self.assertEqual((self.target / "a").read_text(), "one")

    def test_only_a_standby_is_restored(self):
        self.state.mkdir(mode=0o700)
        for role, status in (("active", 4), ("promoting", 4), ("fenced", 4), ("standby", 0)):
            (self.state / "role").write_text(json.dumps({"format": 1, "role": role, "epoch": 3, "node": "n",
                                                         "since": "2026-01-01T00:00:00Z"}))
            done = self.restore(self.first)
            self.assertEqual(done.status, status, done)
        (self.state / "role").write_text("nonsense")
        self.assertEqual(self.restore(self.first).status, 7)

    def test_the_path_comes_from_stdin(self):
        self.bad(self.restore("-", stdin=""), 5, "no path")
        self.bad(self.restore("-", stdin="\n"), 5, "no path")
        self.good(self.restore("-", stdin=f"{self.first}\nmore\n"))
        self.assertEqual((self.target / "a").read_text(), "one")

    def test_a_silent_stdin_ends_by_the_deadline(self):
        """Property bounded."""
        read_end, write_end = os.pipe()
        self.addCleanup(os.close, write_end)
        process = tool.start("fo-restore", "--state-dir", self.state, "-t", "500ms", "--target", self.target, "-",
                             stdin=read_end)
        os.close(read_end)
        done = tool.finish(process, timeout=10)
        self.bad(done, 6, "stdin")
        self.assertLess(done.seconds, 2)

    def test_without_a_path_the_newest_fetched_one_is_taken(self):
        self.bad(self.run_tool("--target", self.target), 5, "run fo-fetch first")
        source = self.folder / "store"
        source.mkdir()
        self.second.rename(source / "3CX.zip")
        fetched = tool.run("fo-fetch", "--state-dir", self.state, "--max-age", "20000d", f"file://{source}/3CX.zip")
        self.assertIn(fetched.status, (0, 3), fetched)
        self.good(self.run_tool("--target", self.target))
        self.assertEqual((self.target / "a").read_text(), "two")

    def test_a_warning_of_the_sidecar_is_repeated(self):
        fetched = tool.run("fo-fetch", "--state-dir", self.state, f"file://{self.first}")
        self.assertEqual(fetched.status, 3, fetched)
        self.bad(self.restore("-", stdin=fetched.stdout), 3, "warning")
        self.assertEqual((self.target / "a").read_text(), "one")
        path = fetched.stdout.strip()
        with open(path, "ab") as stored:
            stored.write(b"x")
        self.assertEqual(self.restore(path).status, 7)

    def test_who_reads_all_of_it_holds_it_against_the_sidecars_digest(self):
        path = Path(tool.run("fo-fetch", "--state-dir", self.state, f"file://{self.first}").stdout.strip())
        digest = sha256(path)
        self.assertEqual(self.run_tool("--verify", "--json", path).result["sha256"], digest)
        sidecar = Path(f"{path}.json")
        sidecar.write_text(sidecar.read_text(encoding="utf-8").replace(digest, digest[::-1]), encoding="utf-8")
        self.bad(self.run_tool("--verify", path), 7, "SHA-256 is not the one in")
        self.bad(self.run_tool(path, "--", "/bin/true", "{}"), 7, "SHA-256 is not the one in")

    def test_an_old_backup_is_refused_on_request(self):
        self.bad(self.restore(self.first, "--max-age", "1d"), 4, "--max-age")
        self.good(self.restore(self.first, "--max-age", "20000d"))

    def test_bad_usage(self):
        for arguments, text in (
                (["--no-such-option"], "--no-such-option"), ([self.first], "--target"),
                (["--status", "--history"], "exclude each other"), (["--rollback", self.first], "makes no sense"),
                (["--target", self.target, "--pre-hook", "hook", self.first], "absolute"),
                (["--target", self.target, self.first, "--", "/bin/true", "{}"], "either"),
                ([self.first, "--", "/bin/true"], "{}"), (["--max-age", "5", "--status"], "5"),
                (["--target", self.target, "--max-ratio", "0", self.first], "--max-ratio")):
            with self.subTest(text):
                self.bad(self.run_tool(*arguments), 2, text)

    def test_what_is_not_there(self):
        self.bad(self.restore(self.folder / "none.zip"), 5, "No such file")
        self.bad(self.run_tool("--target", self.folder / "none", self.first), 5, "does not exist")
        self.bad(self.restore(self.folder), 2, "not a regular file")
        self.good(self.run_tool("--recover"))

    def test_a_newer_state_is_not_read_half(self):
        self.good(self.restore(self.first))
        current = self.state / "restore/current"
        current.write_text(current.read_text().replace('"format":1', '"format":2'))
        self.bad(self.restore(self.second), 9, "newer version")

    def test_a_damaged_journal_stops(self):
        self.good(self.restore(self.first))
        journal = self.state / "restore/journal"
        lines = journal.read_text().splitlines(keepends=True)
        journal.write_text(lines[0].replace("a", "b", 1) + "".join(lines[1:]))
        self.bad(self.restore(self.second), 7, "damaged")
        self.assertEqual((self.target / "a").read_text(), "one")

    def test_status_and_history(self):
        self.assertIn("nothing is restored", self.good(self.run_tool("--status")).stdout)
        self.good(self.restore(self.first))
        self.good(self.restore(self.second))
        status = self.good(self.run_tool("--status", "--json")).result
        self.assertEqual((status["generation"], status["previous"], status["can_roll_back"]), (2, 1, True))
        runs = [item for item in self.good(self.run_tool("--history", "--json")).objects if item["type"] == "run"]
        self.assertEqual([(run["run"], run["kind"], run["result"]) for run in runs],
                         [(1, "restore", "restored"), (2, "restore", "restored")])

    def test_mounts_below_the_target_have_slots_of_their_own(self):
        inner = self.target / "d"
        inner.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(inner)], check=True)
        self.addCleanup(subprocess.run, ["umount", str(inner)], check=True)
        self.good(self.restore(self.first, "--take-over"))
        self.good(self.restore(self.second))
        self.assertEqual(tree_of(self.target), {"a": "two", "d/b": "one", "d/c": "new"})
        self.good(self.run_tool("--rollback"))
        self.assertEqual(tree_of(self.target), {"a": "one", "d/b": "one", "gone/x": "x"})


if __name__ == "__main__":
    unittest.main()
