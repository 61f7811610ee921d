"""The fast part of the kill campaign: a smaller restore, killed at every call that changes something and at some others."""

import os
import tempfile
import unittest
from pathlib import Path

from crash import restore_campaign, strace_kill
from crash.restore_case import RestoreCase

CHANGING = ("renameat2", "rename", "renameat", "mkdirat", "mkdir", "unlinkat", "unlink", "fsync", "syncfs", "fchown",
            "fchmod", "ftruncate")


class KilledRestore(unittest.TestCase):
    """Property all-or-nothing."""

    def setUp(self):
        # In memory: a kill is no power loss, so the disk would only make it slow.
        folder = tempfile.TemporaryDirectory(prefix="fo-kill.", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.case = RestoreCase(self.folder / "case", files=16)

    def check(self, tally):
        self.assertGreater(tally.points, 0)
        self.assertEqual(tally.wrong, [])

    def test_a_restore_killed_anywhere_is_finished_or_undone(self):
        points, status, output = strace_kill.points_of(self.case.command, self.case.env)
        self.assertEqual(status, 0, output)
        changing = [point for point in points if point.call in CHANGING]
        self.check(restore_campaign.kill_restore(self.case, restore_campaign.spread(changing, 110)))
        self.check(restore_campaign.kill_restore(self.case, restore_campaign.spread(points, 40)))

    def test_a_way_back_killed_anywhere_is_finished_or_undone(self):
        case = RestoreCase(self.folder / "back", files=16, rollback=True)
        points, status, output = strace_kill.points_of(case.command, case.env)
        self.assertEqual(status, 0, output)
        changing = [point for point in points if point.call in CHANGING]
        self.check(restore_campaign.kill_restore(case, restore_campaign.spread(changing, 40)))

    def test_a_recovery_killed_anywhere_is_taken_up_again(self):
        points, _, _ = strace_kill.points_of(self.case.command, self.case.env)
        acts = [point for point in points if point.call == "renameat2"]
        self.case.reset()
        middle = acts[len(acts) // 2]
        self.assertTrue(strace_kill.kill_at(middle, self.case.command, self.case.env))
        restore_campaign.settle(self.case)
        recovery, status, output = strace_kill.points_of(self.case.recovery, self.case.env)
        self.assertEqual(status, 0, output)
        changing = [point for point in recovery if point.call in CHANGING]
        self.check(restore_campaign.kill_recovery(self.case, middle, restore_campaign.spread(changing, 30)))


if __name__ == "__main__":
    unittest.main()
