"""The fast part of the campaign with dying workers, and with a tool that dies while they are at work."""

import os
import tempfile
import unittest

from crash import restore_campaign
from crash.unpack_campaign import UnpackCase

CHANGING = ("openat2", "write", "unlinkat", "utimensat", "landlock_restrict_self", "pread64")


class KilledWorker(unittest.TestCase):
    def test_a_worker_that_dies_is_an_error_and_one_whose_tool_died_writes_no_more(self):
        """Property all-or-nothing."""
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="fo-kill.", dir="/dev/shm" if os.path.isdir("/dev/shm") else None))
        case = UnpackCase(folder, files=16)
        points = case.points()
        self.assertEqual({number for number, _ in points} >= {0, 1}, True)
        changing = [(number, point) for number, point in points if point.call in CHANGING]
        for tally in case.kill(restore_campaign.spread(changing, 14)):
            self.assertEqual(tally.wrong, [])
            self.assertGreater(tally.points, 7)


if __name__ == "__main__":
    unittest.main()
