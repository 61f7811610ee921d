"""fo-fetch, killed before every call by which it changes something: good-stays-good, all-or-nothing, again.

At every moment each backup under its final name has a sidecar that is right, at least one good backup is there, and one more run
ends with the new one.
"""

import json
import shutil
import unittest
from pathlib import Path

from crash import strace_kill
from support import tool
from support.backups import make_backup, sha256, stored
from support.fetching import FetchCase

CHANGES = ("mkdir", "openat", "write", "pwrite64", "fsync", "rename", "unlink", "fchmod", "flock", "ftruncate")


class Killed(FetchCase):
    def setUp(self):
        super().setUp()
        make_backup(self.store / "PBX.zip", seed=1, age=7200)
        self.old = self.fetched("PBX.zip")
        make_backup(self.store / "PBX.zip", seed=2, age=3600)
        self.before = self.folder / "before"
        shutil.copytree(self.out, self.before)
        self.command = [tool.path("fo-fetch"), *self.arguments("PBX.zip", "--keep", "1")]

    def reset(self):
        shutil.rmtree(self.out)
        shutil.copytree(self.before, self.out)

    def audit(self, what):
        """What must hold at any moment."""
        names = stored(self.out)
        backups = [name for name in names if not name.endswith(".json") and not name.endswith(".new")]
        self.assertTrue(backups, f"{what}: no good backup is left")
        for name in backups:
            self.assertIn(name + ".json", names, f"{what}: {name} has no sidecar")
            sidecar = json.loads((self.out / f"{name}.json").read_text(encoding="utf-8"))
            self.assertEqual(sidecar["sha256"], sha256(self.out / name), f"{what}: {name} is not what its sidecar says")

    def test_every_change(self):
        points, status, output = strace_kill.points_of(self.command, calls=CHANGES)
        self.assertEqual(status, 0, output)
        new = Path(output.strip().splitlines()[-1])
        self.assertFalse(self.old.exists(), "keep 1 must remove the old one")
        killed = 0
        for point in points:
            self.reset()
            if not strace_kill.kill_at(point, self.command):
                continue
            killed += 1
            self.audit(point)
            run = self.fetch("PBX.zip", "--keep", "1")
            self.assertEqual((run.status, run.stdout.strip()), (0, str(new)), f"{point}: {run}")
            self.assertEqual(stored(self.out), [new.name, new.name + ".json"], point)
            self.audit(point)
        self.assertGreater(killed, 30)
        print(f"killed at {killed} of {len(points)} points")


if __name__ == "__main__":
    unittest.main()
