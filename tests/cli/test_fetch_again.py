"""fo-fetch a second time: nothing to do, nothing lost, nothing good removed, never two at once."""

import fcntl
import json
import os
import shutil
import unittest

from support.backups import make_backup, set_age, sha256, stored
from support.fetching import FetchCase

DAY = 86400.0


class Again(FetchCase):
    def test_the_same_object_is_not_downloaded_again(self):
        make_backup(self.store / "PBX.zip")
        first = self.fetched("PBX.zip")
        before = first.stat()
        run = self.fetch("PBX.zip", "--json")
        self.assertEqual((run.status, run.result["downloaded"], run.result["path"]), (0, False, str(first)), run)
        self.assertEqual(first.stat().st_ino, before.st_ino)
        self.assertEqual(len(stored(self.out)), 2)

    def test_another_object_of_the_same_size_and_time_is_another_one(self):
        make_backup(self.store / "PBX.zip", seed=1)
        moment = (self.store / "PBX.zip").stat()
        first = self.fetched("PBX.zip")
        other = make_backup(self.folder / "new.zip", seed=2).read_bytes()
        # In place, so that inode, size and time stay as they were.
        (self.store / "PBX.zip").write_bytes(other.ljust(moment.st_size, b"\0")[:moment.st_size])
        os.utime(self.store / "PBX.zip", ns=(moment.st_atime_ns, moment.st_mtime_ns))
        self.assertEqual((self.store / "PBX.zip").stat().st_size, len(other), "the test needs two archives of one size")
        self.assertNotEqual(self.fetched("PBX.zip"), first)

    def test_effect_a_stored_copy_that_rotted_is_fetched_again(self):
        make_backup(self.store / "PBX.zip")
        first = self.fetched("PBX.zip")
        rotten = bytearray(first.read_bytes())
        rotten[len(rotten) // 2] ^= 1
        first.write_bytes(rotten)
        again = self.fetched("PBX.zip", status=3)
        self.assertEqual(again.read_bytes(), (self.store / "PBX.zip").read_bytes())

    def test_alone_a_second_run_ends_at_once(self):
        make_backup(self.store / "PBX.zip")
        self.out.mkdir()
        with open(self.out / ".fo-fetch.lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            run = self.refused(8, "another run", "PBX.zip")
        self.assertLess(run.seconds, 2)
        self.assertEqual(stored(self.out), [])


class Keeping(FetchCase):
    def nights(self, *ages, keep):
        paths = []
        for seed, age in enumerate(ages):
            make_backup(self.store / "PBX.zip", seed=seed + 100 * int(age), age=age * DAY)
            paths.append(self.fetched("PBX.zip", "--keep", str(keep), "--max-age", "30d"))
        return paths

    def assert_stored(self, *backups):
        self.assertEqual(stored(self.out), sorted(name for path in backups for name in (path.name, path.name + ".json")))

    def test_as_many_stay_as_asked(self):
        paths = self.nights(10, 9, 8, 7, keep=2)
        self.assert_stored(*paths[2:])

    def test_good_stays_good_when_the_next_one_is_bad(self):
        first = self.nights(2, keep=1)[0]
        bad = bytearray(make_backup(self.store / "PBX.zip", seed=2).read_bytes())
        bad[len(bad) // 2] ^= 1
        (self.store / "PBX.zip").write_bytes(bad)
        set_age(self.store / "PBX.zip", 3600)
        self.refused(7, "CRC", "PBX.zip", "--keep", "1")
        self.assert_stored(first)

    def test_what_is_restored_stays(self):
        restored = self.nights(9, keep=1)[0]
        record = {"format": 1, "generation": 1, "backup": str(restored), "backup_time": "2026-11-20T00:00:00Z",
                  "restored": "2026-11-20T01:00:00Z", "sha256": sha256(restored),
                  "roots": [{"prefix": "", "directory": "/srv"}], "previous": 0, "previous_backup": ""}
        current = self.state / "restore" / "current"
        current.parent.mkdir(parents=True)
        current.write_text(json.dumps(record) + "\n", encoding="utf-8")
        second = self.nights(8, keep=1)[0]
        self.assert_stored(restored, second)
        third = self.nights(7, keep=1)[0]
        self.assert_stored(restored, third)
        # A record that cannot be read protects everything.
        current.write_text("garbage", encoding="ascii")
        make_backup(self.store / "PBX.zip", seed=4, age=6 * DAY)
        fourth = self.fetched("PBX.zip", "--keep", "1", "--max-age", "30d", status=3)
        self.assert_stored(restored, third, fourth)

    def test_an_orphaned_sidecar_is_swept_and_others_files_are_left_alone(self):
        make_backup(self.store / "PBX.zip")
        backup = self.fetched("PBX.zip")
        (self.out / "notes.txt").write_text("mine", encoding="ascii")
        (self.out / "settings.json").write_text("{}", encoding="ascii")
        orphan = self.out / "gone.zip.json"
        shutil.copy(f"{backup}.json", orphan)
        self.fetched("PBX.zip")
        self.assertFalse(orphan.exists())
        self.assertTrue((self.out / "notes.txt").exists() and (self.out / "settings.json").exists())


if __name__ == "__main__":
    unittest.main()
