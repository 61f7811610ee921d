"""fo-fetch from a folder of this host: what it chooses, how it verifies, what it says of bad input."""

import os
import re
import subprocess
import unittest

from support import tool
from support.backups import make_backup, set_age, sha256, stored
from support.fetching import FetchCase

DAY = 86400.0
STORED_NAME = re.compile(r"^\w+\.\d{8}T\d{6}Z-[0-9a-f]{8}\.zip$")


class Choosing(FetchCase):
    def test_the_path_of_the_backup_is_the_only_output(self):
        original = make_backup(self.store / "PBX.zip")
        backup = self.fetched("PBX.zip")
        self.assertRegex(backup.name, STORED_NAME)
        self.assertEqual(backup.read_bytes(), original.read_bytes())
        self.assertEqual(backup.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.out.stat().st_mode & 0o777, 0o700)

    def test_the_newest_of_a_folder_and_of_a_glob(self):
        make_backup(self.store / "PBX.1.zip", seed=1, age=2 * DAY)
        new = make_backup(self.store / "PBX.2.zip", seed=2, age=3600)
        make_backup(self.store / "other.zip", seed=3, age=60)
        self.assertEqual(self.fetched("PBX*.zip").read_bytes(), new.read_bytes())
        self.assertTrue(self.fetched("").name.startswith("other."))

    def test_the_sidecar_has_the_digests_that_others_compute(self):
        make_backup(self.store / "PBX.zip", seed=1, age=3600)
        backup = self.fetched("PBX.zip")
        sidecar = self.sidecar(backup)
        said = subprocess.run(["7z", "h", "-scrcCRC64", str(backup)], check=True, capture_output=True, text=True).stdout
        self.assertEqual((sidecar["sha256"], sidecar["crc64"]), (sha256(backup), re.search(r"CRC64  for data: +([0-9A-F]{16})", said)[1].lower()))

    def test_a_copy_that_rotation_dated_anew_is_not_the_newest(self):
        make_backup(self.store / "PBX.1.zip", seed=1, age=60, content_age=30 * DAY)
        new = make_backup(self.store / "PBX.zip", seed=2, age=3600)
        self.assertEqual(self.fetched("PBX*").read_bytes(), new.read_bytes())

    def test_good_stays_good_an_incomplete_newer_one_is_passed_over_with_a_warning(self):
        good = make_backup(self.store / "PBX.1.zip", seed=1, age=3600)
        cut = make_backup(self.store / "PBX.2.zip", seed=2, age=60)
        os.truncate(cut, cut.stat().st_size // 2)
        set_age(cut, 60)
        backup = self.fetched("PBX*", status=3)
        self.assertEqual(backup.read_bytes(), good.read_bytes())
        self.assertIn("PBX.2.zip", self.sidecar(backup)["warnings"][0])

    def test_a_hostile_name_steers_no_terminal(self):
        make_backup(self.store / "PBX.1.zip", seed=1, age=3600)
        evil = make_backup(self.store / "PBX.2\x1b[2J\u009b31m\nstored and verified.zip", seed=2, age=60)
        os.truncate(evil, evil.stat().st_size // 2)
        set_age(evil, 60)
        for asked in (("--list",), ("--dry-run",), ("--verbose",)):
            run = self.fetch("PBX*", *asked)
            self.assertRegex(run.stdout + run.stderr, r"\A[\n -~]*\Z")
            self.assertIn("PBX.2?[2J?31m?stored", run.stdout + run.stderr)

    def test_an_old_backup_is_stored_and_printed_all_the_same(self):
        make_backup(self.store / "PBX.zip", age=30 * 3600)
        self.assertTrue(self.fetched("PBX.zip", status=3).exists())
        self.fetched("PBX.zip", "--max-age", "31h")
        run = self.fetch("PBX.zip", "--max-age", "29h", "--json")
        self.assertEqual(run.status, 3, run)
        self.assertIn("--max-age", run.result["message"])

    def test_what_cannot_be_chosen(self):
        self.refused(5, "no backup", "")
        self.refused(5, "No such file", "none.zip")
        (self.store / "tree").mkdir()
        self.refused(5, "not a regular file", "tree")
        (self.store / "notes.zip").write_text("no archive at all", encoding="ascii")
        self.refused(7, "neither a zip archive nor a tar", "notes.zip")
        (self.store / "empty.zip").touch()
        self.refused(7, "empty", "empty.zip")
        self.assertEqual(stored(self.out), [])

    def test_the_list_has_size_age_and_state_newest_first(self):
        make_backup(self.store / "old.zip", seed=1, age=3 * DAY)
        make_backup(self.store / "new.zip", seed=2, age=7300)
        (self.store / "cut.zip").write_bytes((self.store / "new.zip").read_bytes()[:900])
        run = self.fetch("", "--list")
        self.assertEqual(run.status, 0, run)
        self.assertEqual([line.split()[-2:] for line in run.stdout.splitlines()[1:]],
                         [["incomplete", "cut.zip"], ["complete", "new.zip"], ["complete", "old.zip"]])
        objects = self.fetch("", "--list", "--json").objects
        self.assertEqual([item["name"] for item in objects[:-1]], ["cut.zip", "new.zip", "old.zip"])
        self.assertEqual(objects[1]["size"], (self.store / "new.zip").stat().st_size)
        self.assertFalse(self.out.exists())

    def test_a_dry_run_shows_the_plan_and_changes_nothing(self):
        make_backup(self.store / "PBX.zip")
        run = self.fetch("PBX.zip", "-n", "--json")
        self.assertEqual(run.status, 0, run)
        self.assertEqual(run.objects[0]["type"], "plan")
        self.assertEqual(run.objects[0]["to_download"], (self.store / "PBX.zip").stat().st_size)
        self.assertFalse(self.out.exists())
        self.assertFalse(self.state.exists())


class Verifying(FetchCase):
    def test_damage_anywhere_is_found_and_leaves_nothing(self):
        good = make_backup(self.store / "PBX.zip").read_bytes()
        for place in (40, len(good) // 3, len(good) // 2, len(good) - 30):
            with self.subTest(place=place):
                damaged = bytearray(good)
                damaged[place] ^= 0x10
                (self.store / "PBX.zip").write_bytes(damaged)
                set_age(self.store / "PBX.zip", 3600)
                self.refused(7, "PBX.zip", "PBX.zip")
                self.assertEqual(stored(self.out), [])
                self.assertFalse((self.out / ".fo-fetch.part").exists())

    def test_the_digest_that_was_asked_for(self):
        digest = sha256(make_backup(self.store / "PBX.zip"))
        wrong = "0" * 64
        self.refused(7, "SHA-256", "PBX.zip", "--sha256", wrong)
        self.refused(2, "64 hex digits", "PBX.zip", "--sha256", "abc")
        self.assertEqual(stored(self.out), [])
        self.fetched("PBX.zip", "--sha256", digest.upper())
        # What is here already does not escape the digest either.
        self.refused(7, "SHA-256", "PBX.zip", "--sha256", wrong)
        sums = self.folder / "SHA256SUMS"
        sums.write_text(f"{wrong}  other.zip\n{digest}  PBX.zip\n", encoding="ascii")
        self.fetched("PBX.zip", "--sha256-file", sums)
        sums.write_text(f"{digest}  other.zip\n", encoding="ascii")
        self.refused(2, "no line", "PBX.zip", "--sha256-file", sums)
        self.refused(5, "--sha256-file", "PBX.zip", "--sha256-file", self.folder / "none")

    def test_the_digest_that_lies_beside_it(self):
        digest = sha256(make_backup(self.store / "PBX.zip"))
        beside = self.store / "PBX.zip.sha256"
        beside.write_text(f"{'0' * 64}  PBX.zip\n", encoding="ascii")
        self.refused(7, "PBX.zip.sha256", "")
        beside.write_text("this is no digest\n", encoding="ascii")
        self.refused(7, "PBX.zip.sha256", "")
        self.assertEqual(stored(self.out), [])
        beside.write_text(f"{digest}  PBX.zip\n", encoding="ascii")
        self.assertIn("SHA-256 of PBX.zip.sha256", self.sidecar(self.fetched(""))["verified"])


class Limits(FetchCase):
    def test_a_full_disk_is_seen_before_the_download(self):
        make_backup(self.store / "PBX.zip", size=60_000)
        self.out.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", self.out], check=True)
        self.addCleanup(subprocess.run, ["umount", str(self.out)], check=True)
        self.refused(1, "make room", "PBX.zip")
        self.assertEqual(stored(self.out), [])

    def test_a_disk_that_fills_up_leaves_nothing_behind(self):
        make_backup(self.store / "PBX.zip")
        for first in range(1, 20):
            wrapper = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=write,pwrite64", "-e",
                       f"inject=write,pwrite64:error=ENOSPC:when={first}"]
            run = self.fetch("PBX.zip", wrapper=wrapper)
            if run.status in (0, 3):
                break
            if "fo-unpack" in run.stderr or not run.stderr:
                # strace fails the worker's pipe and our own message, too, which no disk could.
                self.assertEqual(stored(self.out), [], run)
                continue
            self.assertEqual((run.status, run.stdout), (1, ""), run)
            self.assertIn("No space left", run.stderr)
            self.assertEqual(stored(self.out), [], run)
        # Lock, note, bytes, map and sidecar can fail; after them only the report can, which is a warning.
        self.assertGreaterEqual(first, 5)
        self.assertEqual(self.fetch("PBX.zip").status, 0)

    def test_the_rate_is_kept(self):
        make_backup(self.store / "PBX.zip", files=5, size=40_000)
        self.assertGreater(self.fetch("PBX.zip", "--limit-rate", "100KiB").seconds, 1.8)

    def test_bounded_the_deadline_ends_a_slow_download(self):
        make_backup(self.store / "PBX.zip", files=5, size=40_000)
        run = self.refused(6, "deadline", "PBX.zip", "--limit-rate", "20KiB", "-t", "1500ms")
        self.assertLess(run.seconds, 1.9)
        self.assertEqual(stored(self.out), [])
        # What came is not lost.
        run = self.fetch("PBX.zip", "--json")
        self.assertEqual(run.status, 0, run)
        self.assertGreater(run.result["resumed_at"], 0)

    def test_an_output_folder_that_cannot_be_made(self):
        # Not status 5, which is about the backup.
        make_backup(self.store / "PBX.zip")
        run = tool.run("fo-fetch", self.location("PBX.zip"), "-o", "/proc/no", "--state-dir", self.state)
        self.assertEqual(run.status, 1, run)
        self.assertIn("cannot make directory /proc/no", run.stderr)

    def test_bad_usage(self):
        for arguments, words in ((["nonsense"], "usable URL"), (["gopher://x/y"], "known are: file, "),
                                 ([self.location("a*/b.zip")], "wildcard"), (["sftp://u:secret@h/x"], "password"),
                                 (["file://elsewhere/x"], "three slashes"), ([], "SOURCE"),
                                 ([self.location("x"), "--limit-rate", "5"], "limit-rate"),
                                 ([self.location("x"), "--keep", "0"], "at least 1"),
                                 ([self.location("x"), "--keep", "-1"], "'-1' is not a number"),
                                 ([self.location("x"), "--retries", "many"], "'many' is not a number"),
                                 ([self.location("x"), "--retries", "4294967296"], "too large"),
                                 ([self.location("x"), "--connections", "0"], "--connections must be"),
                                 ([self.location("x"), "--nonsense"], "nonsense")):
            with self.subTest(arguments=arguments):
                run = tool.run("fo-fetch", *arguments, "-o", self.out, "--state-dir", self.state)
                self.assertEqual((run.status, run.stdout), (2, ""), run)
                self.assertRegex(run.stderr, words)
                self.assertNotIn("secret", run.stderr)


if __name__ == "__main__":
    unittest.main()
