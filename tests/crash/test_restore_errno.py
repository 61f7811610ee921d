"""System calls that fail in the middle of a restore, once and from then on, and disks that are full."""

import os
import subprocess
import tempfile
import unittest

from crash import restore_campaign, strace_kill
from crash.restore_case import RestoreCase
from support import tool

FAILING = {"write": "ENOSPC", "fsync": "EIO", "syncfs": "EIO", "renameat2": "EIO", "rename": "ENOSPC", "mkdirat": "ENOSPC",
           "fchown": "EPERM", "utimensat": "EIO", "pread64": "EIO", "openat": "EMFILE", "ftruncate": "EIO", "unlinkat": "EIO",
           "unlink": "EIO", "pipe2": "EMFILE"}


class FailingCalls(unittest.TestCase):
    """Property all-or-nothing: exit 1 = as before; exit 0 or 3 = done; anything else is taken up by the next run."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="fo-errno.", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
        self.addCleanup(folder.cleanup)
        self.case = RestoreCase(folder.name, files=16)

    def check(self, point, error, onwards):
        case = self.case
        case.reset()
        status, output = strace_kill.fail_at(point, error, case.command, case.env, onwards)
        what = f"{point} {error}{' onwards' if onwards else ''}: status {status}\n{output}"
        # 127: the dynamic loader failed, the tool never began.
        self.assertIn(status, (0, 1, 2, 3, 4, 5, 6, 7, 9, 127), what)
        tree = case.state_of_tree()
        if status in (0, 3):
            self.assertEqual(tree, "new", what)
        elif status != 9:
            self.assertEqual(tree, "old", what)
        if tree == "mixed":
            self.assertTrue(case.marked, what)
        self.assertEqual(restore_campaign.audit_after(case, what), [])

    def points(self):
        points, status, output = strace_kill.points_of(self.case.command, self.case.env, list(FAILING))
        self.assertEqual(status, 0, output)
        by_call = {}
        for point in points:
            by_call.setdefault(point.call, []).append(point)
        return [point for call, some in by_call.items() for point in restore_campaign.spread(some, 8)]

    def test_once(self):
        for point in self.points():
            self.check(point, FAILING[point.call], onwards=False)

    def test_from_then_on(self):
        for point in self.points():
            if point.call in ("write", "fsync", "syncfs", "renameat2", "rename", "unlink", "pipe2"):
                self.check(point, FAILING[point.call], onwards=True)


class FullDisk(unittest.TestCase):
    def setUp(self):
        self.folder = tool.temporary_folder(self)
        self.disk = self.folder / "disk"
        self.disk.mkdir()

    def mount(self, options):
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.disk)], check=True)
        self.addCleanup(subprocess.run, ["umount", str(self.disk)], check=True)

    def check(self, text):
        case = RestoreCase(self.folder / "case", files=16)
        before = {"mine": "left alone"}
        target = self.disk / "live"
        target.mkdir()
        (target / "mine").write_text("left alone")
        done = tool.run("fo-restore", "--state-dir", self.folder / "state", "--target", target, "--take-over", "--symlinks", "inside",
                        case.backups / "2.zip")
        self.assertEqual(done.status, 1, done)
        self.assertIn(text, done.stderr)
        self.assertEqual({path.name: path.read_text() for path in target.iterdir()}, before)

    def test_no_room(self):
        self.mount("size=24k")
        self.check("No space left on device")

    def test_no_inodes(self):
        self.mount("nr_inodes=12")
        self.check("No space left on device")

    def test_read_only(self):
        case = RestoreCase(self.folder / "case", files=16)
        self.mount("size=1m")
        subprocess.run(["mount", "-o", "remount,ro", str(self.disk)], check=True)
        done = tool.run("fo-restore", "--state-dir", self.folder / "state", "--target", self.disk, "--symlinks", "inside",
                        case.backups / "2.zip")
        self.assertEqual(done.status, 1, done)
        self.assertIn("Read-only file system", done.stderr)


if __name__ == "__main__":
    unittest.main()
