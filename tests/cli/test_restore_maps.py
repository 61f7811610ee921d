"""fo-restore into several directories at once: --map, --mirror, --keep-undo, --owner."""

import json
import os
import struct
import subprocess
import unittest

from support import tool
from support.backup_files import tree_of, write_backup


class MapsCase(unittest.TestCase):
    def setUp(self):
        self.folder = tool.temporary_folder(self)
        self.state = self.folder / "state"
        self.etc = self.made("etc-pbx")
        self.var = self.made("var-pbx")
        self.maps = ["--map", f"etc/pbx={self.etc}", "--map", f"var={self.var}"]
        self.first = write_backup(self.folder / "1.zip", {"etc/pbx/a": "1", "etc/pbx/d/b": "1", "var/x": "1", "var/gone/y": "1"})
        self.second = write_backup(self.folder / "2.zip", {"etc/pbx/a": "2", "etc/pbx/d/b": "1", "var/x": "2", "var/new": "2"})
        self.first_trees = ({"a": "1", "d/b": "1"}, {"x": "1", "gone/y": "1"})
        self.second_trees = ({"a": "2", "d/b": "1"}, {"x": "2", "new": "2"})

    def made(self, name):
        path = self.folder / name
        path.mkdir()
        return path

    def mounted(self, path, options="size=4m"):
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(path)], check=True)
        self.addCleanup(subprocess.run, ["umount", str(path)], check=True)
        return path

    def run_tool(self, *arguments, **options):
        return tool.run("fo-restore", "--state-dir", self.state, *arguments, **options)

    def good(self, *arguments, **options):
        done = self.run_tool(*arguments, **options)
        self.assertEqual(done.status, 0, done)
        return done

    def bad(self, status, text, *arguments):
        done = self.run_tool(*arguments)
        self.assertEqual(done.status, status, done)
        self.assertIn(text, done.stderr)

    def trees(self):
        return tree_of(self.etc), tree_of(self.var)


class Maps(MapsCase):
    def test_several_file_systems_change_and_go_back_together(self):
        self.mounted(self.var)
        self.good(*self.maps, self.first)
        self.assertEqual(self.trees(), self.first_trees)
        self.good(*self.maps, self.second)
        self.assertEqual(self.trees(), self.second_trees)
        status = self.good("--status", "--json").result
        self.assertEqual(status["targets"], [{"prefix": "etc/pbx", "directory": str(self.etc)},
                                             {"prefix": "var", "directory": str(self.var)}])
        self.good("--rollback")
        self.assertEqual(self.trees(), self.first_trees)

    def test_one_failing_target_leaves_all_as_they_were(self):
        """Property all-or-nothing, over several file systems."""
        self.mounted(self.var, "size=64k")
        self.good(*self.maps, self.first)
        large = write_backup(self.folder / "l.zip", {"etc/pbx/a": "3", "var/x": os.urandom(100_000)})
        self.bad(1, "No space left", *self.maps, large)
        self.assertEqual(self.trees(), self.first_trees)
        hook = self.folder / "hook"
        hook.write_text('#!/bin/sh\n[ "$FO_HOOK_RESULT" != restored ]\n')
        hook.chmod(0o755)
        self.bad(1, "as it was before", *self.maps, "--post-hook", hook, self.second)
        self.assertEqual(self.trees(), self.first_trees)

    def test_the_longest_prefix_takes_it(self):
        rest, inner = self.made("rest"), self.made("inner")
        backup = write_backup(self.folder / "b.zip", {"top": "t", "var/x": "v", "var/lib/y": "l"})
        (self.var / "lib").mkdir()
        (self.var / "lib" / "hidden").write_text("by the map")
        self.good("--target", rest, "--map", f"/var/={self.var}", "--map", f"var/lib={inner}", "--take-over", "--mirror", backup)
        self.assertEqual(tree_of(rest), {"top": "t"})
        self.assertEqual(self.trees()[1], {"x": "v", "lib/hidden": "by the map"})
        self.assertEqual(tree_of(inner), {"y": "l"})

    def test_what_no_map_takes_is_refused_or_left_out(self):
        backup = write_backup(self.folder / "b.zip", {"etc/pbx/a": "1", "opt/z": "z"}, folders=["etc", "empty"])
        maps = self.maps[:2]
        self.bad(4, "no --map takes it", *maps, backup)
        self.assertEqual(self.trees(), ({}, {}))
        self.good(*maps, "--ignore-unmapped", backup)
        self.assertEqual(self.trees(), ({"a": "1"}, {}))
        file_there = write_backup(self.folder / "f.zip", {"etc/pbx": "a file"})
        self.bad(4, "--map takes directories", *maps, file_there)

    def test_targets_that_overlap_are_refused(self):
        inner = self.etc / "in"
        inner.mkdir()
        for arguments, text in (
                (["--map", f"a={self.etc}", "--map", f"b={self.etc}"], "overlap"),
                (["--map", f"a={self.etc}", "--map", f"b={inner}"], "overlap"),
                (["--map", f"a={self.etc}", "--map", f"a={self.var}"], "same part"),
                (["--map", "a"], "PREFIX=DIR"), (["--map", "a/../b=/tmp"], ".."), (["--keep-undo", "0"], "keep-undo")):
            with self.subTest(text):
                self.bad(2, text, *arguments, self.first)
        other_name = self.made("other-name")
        subprocess.run(["mount", "--bind", str(inner), str(other_name)], check=True)
        self.addCleanup(subprocess.run, ["umount", str(other_name)], check=True)
        backup = write_backup(self.folder / "b.zip", {"a/in/f": "1", "b/f": "2"})
        self.bad(4, "another target", "--map", f"a={self.etc}", "--map", f"b={other_name}", "--take-over", backup)
        self.bad(4, "second name", "--map", f"a={inner}", "--map", f"b={other_name}", backup)

    def test_no_backup_reaches_the_state_directory(self):
        self.good(*self.maps, self.first)
        backup = write_backup(self.folder / "b.zip", {"state/role": "active"})
        self.bad(4, "state directory", "--target", self.folder, "--take-over", backup)
        self.bad(4, "our state directory", "--target", self.state, "--take-over", self.first)
        self.assertFalse((self.state / "role").exists())
        self.good("--target", self.folder, "--take-over", "--mirror", self.first)
        self.assertEqual(self.good("--status", "--json").result["generation"], 2)

    def test_a_map_that_is_renamed_in_the_backup_knows_its_files(self):
        self.good(*self.maps, self.first)
        moved = write_backup(self.folder / "m.zip", {"conf/a": "1", "conf/d/b": "1", "var/x": "1", "var/gone/y": "1"})
        done = self.good("-n", "--json", "--map", f"conf={self.etc}", self.maps[2], self.maps[3], moved)
        self.assertEqual((done.result["acts"], done.result["unchanged"]), (0, 4))

    def test_an_unchanged_night_touches_nothing_and_keeps_the_way_back(self):
        self.good(*self.maps, self.first)
        self.good(*self.maps, self.second)
        same = write_backup(self.folder / "s.zip", {"etc/pbx/a": "2", "etc/pbx/d/b": "1", "var/x": "2", "var/new": "2"},
                            folders=["var"])
        journal = (self.state / "restore/journal").read_bytes()
        done = self.good(*self.maps, "--pre-hook", "/bin/false", "--json", same)
        self.assertTrue(done.result["nothing_to_do"])
        self.assertEqual((self.state / "restore/journal").read_bytes(), journal)
        status = self.good("--status", "--json").result
        self.assertEqual((status["generation"], status["backup"]), (2, str(same)))
        self.good("--rollback")
        self.assertEqual(self.trees(), self.first_trees)


class Mirror(MapsCase):
    def test_what_is_not_in_the_backup_goes_and_comes_back(self):
        (self.etc / "extra").write_text("extra")
        (self.etc / "deep/er").mkdir(parents=True)
        (self.etc / "deep/er/file").write_text("deep")
        os.chown(self.etc / "deep", 12, 34)
        (self.etc / "deep").chmod(0o751)
        os.symlink("/nowhere", self.etc / "link")
        before = {path: path.lstat().st_ino for path in self.etc.rglob("*") if not path.is_dir() or path.is_symlink()}
        self.good(*self.maps, "--take-over", self.first)
        self.assertTrue((self.etc / "extra").exists())
        self.good(*self.maps, "--mirror", self.first)
        self.assertEqual(self.trees(), self.first_trees)
        self.assertEqual(sorted(path.name for path in self.etc.iterdir()), [".failover", "a", "d"])
        self.good("--rollback")
        after = {path: path.lstat().st_ino for path in before}
        self.assertEqual(before, after)
        info = (self.etc / "deep").stat()
        self.assertEqual((info.st_uid, info.st_gid, info.st_mode & 0o7777), (12, 34, 0o751))

    def test_mounts_and_what_cannot_be_kept_stay(self):
        (self.etc / "lost+found").mkdir()
        (self.etc / "sub/mnt").mkdir(parents=True)
        self.mounted(self.etc / "sub/mnt")
        (self.etc / "sub/mnt/data").write_text("of another file system")
        os.mkfifo(self.etc / "fifo")
        self.good(*self.maps, "--take-over", "--mirror", self.first)
        self.assertEqual((self.etc / "sub/mnt/data").read_text(), "of another file system")
        self.assertTrue((self.etc / "lost+found").is_dir())
        self.assertTrue((self.etc / "fifo").exists())
        done = self.good("-n", "--json", *self.maps, "--mirror", self.first)
        self.assertEqual(done.result["acts"], 0)


class KeepUndo(MapsCase):
    def generation(self, number):
        return write_backup(self.folder / f"g{number}.zip", {"etc/pbx/a": str(number), f"var/only{number}": str(number)})

    def test_rollback_goes_back_one_generation_each_time(self):
        for number in range(1, 6):
            self.good(*self.maps, "--keep-undo", "3", self.generation(number))
        for number in (4, 3, 2):
            self.good("--rollback")
            self.assertEqual(self.trees(), ({"a": str(number)}, {f"only{number}": str(number)}))
        self.bad(5, "undo copies", "--rollback")
        self.good(*self.maps, self.generation(7))
        self.assertEqual(self.trees(), ({"a": "7"}, {"only7": "7"}))

    def test_one_that_failed_costs_no_undo_copy(self):
        """Property good-stays-good: old undo copies go after the commit."""
        for number in (1, 2, 3):
            self.good(*self.maps, "--keep-undo", "2", self.generation(number))
        self.bad(1, "pre-hook", *self.maps, "--pre-hook", "/bin/false", self.generation(4))
        self.good("--rollback")
        self.good("--rollback")
        self.assertEqual(self.trees(), ({"a": "1"}, {"only1": "1"}))

    def test_undo_copies_that_are_not_wanted_go(self):
        for number in (1, 2, 3):
            self.good(*self.maps, "--keep-undo", "2", self.generation(number))
        self.assertEqual(sorted(path.name for path in (self.etc / ".failover").iterdir()), ["2", "3"])
        self.good(*self.maps, self.generation(4))
        self.assertEqual([path.name for path in (self.etc / ".failover").iterdir()], ["4"])
        self.assertEqual([path.name for path in (self.var / ".failover").iterdir()], ["4"])


class Owners(MapsCase):
    def test_new_files_get_the_owner_that_is_named(self):
        os.chown(self.etc, 11, 22)
        (self.etc / "a").write_text("old")
        os.chown(self.etc / "a", 33, 44)
        self.good(*self.maps, "--take-over", "--owner", "55:66", self.first)
        for path, owner in (("a", (33, 44)), ("d", (55, 66)), ("d/b", (55, 66))):
            info = (self.etc / path).stat()
            self.assertEqual((info.st_uid, info.st_gid), owner, path)
        self.bad(2, "no user", *self.maps, "--owner", "nobody-of-that-name", self.second)
        self.bad(2, "no group", *self.maps, "--owner", "root:no-such-group", self.second)
        self.good(*self.maps, "--owner", "daemon", self.second)
        self.assertEqual((self.var / "new").stat().st_uid, 1)

    def test_no_content_of_a_backup_gets_special_rights(self):
        live = self.etc / "a"
        live.write_text("old")
        live.chmod(0o6755)
        os.setxattr(live, "security.capability", struct.pack("<IIIII", 0x02000001, 1 << 10, 0, 0, 0))
        backup = write_backup(self.folder / "b.zip", {"etc/pbx/a": "new", "etc/pbx/n": "n"}, modes={"etc/pbx/n": 0o6755})
        self.good(*self.maps[:2], "--take-over", backup)
        self.assertEqual(live.stat().st_mode & 0o7777, 0o755)
        self.assertNotIn("security.capability", os.listxattr(live))
        self.assertEqual((self.etc / "n").stat().st_mode & 0o7777, 0o755)

    def test_times_come_from_the_backup(self):
        self.good(*self.maps, self.first)
        self.assertEqual({(self.etc / name).stat().st_mtime for name in ("a", "d/b")}, {1767323046.0})

    def test_immutable_and_read_only_stop_before_the_first_change(self):
        self.mounted(self.var)
        self.good(*self.maps, self.first)
        subprocess.run(["mount", "-o", "remount,ro", str(self.var)], check=True)
        self.bad(1, "Read-only file system", *self.maps, self.second)
        self.assertEqual(self.trees(), self.first_trees)
        self.assertFalse((self.state / "restore/in-progress").exists())


class DryRun(MapsCase):
    def test_it_counts_what_would_change(self):
        self.good(*self.maps, self.first)
        done = self.good("-n", "--json", *self.maps, self.second)
        kinds = {(item["act"], item["live"]): item["size"] for item in done.objects if item["type"] == "act"}
        self.assertEqual(kinds[("replace", str(self.etc / "a"))], 1)
        self.assertEqual(kinds[("remove", str(self.var / "gone/y"))], 1)
        changes = done.result["changes"]
        self.assertEqual(changes, {"added": {"files": 1, "bytes": 1}, "changed": {"files": 2, "bytes": 2},
                                   "removed": {"files": 1, "bytes": 1}, "unchanged": {"files": 1, "bytes": 1}})
        human = self.good("-n", *self.maps, self.second)
        self.assertIn("1 added (1 bytes), 2 changed (2 bytes), 1 removed (1 bytes), 1 unchanged (1 bytes)", human.stdout)
        self.assertIn(str(self.var / "gone/y"), human.stdout)

    def test_history_names_every_target(self):
        self.good(*self.maps, self.first)
        run = json.loads(self.good("--history", "--json").stdout.splitlines()[0])
        self.assertEqual([root["directory"] for root in run["targets"]], [str(self.etc), str(self.var)])
        self.assertIn(f"var -> {self.var}", self.good("--status").stdout)


if __name__ == "__main__":
    unittest.main()
