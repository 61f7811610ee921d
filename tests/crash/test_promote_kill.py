"""The fast part of the kill campaign over fo-promote: every call of a run that changes something on disk, and some others;
and some calls of a resume."""

import tempfile
import unittest

from crash import promote_campaign
from crash.promote_case import PromoteCase
from crash.restore_campaign import spread

CHANGING = ("rename", "fsync", "pwrite64", "unlink", "mkdir", "clone3", "vfork", "clone")


class KilledPromotion(unittest.TestCase):
    """Properties all-or-nothing, fence-first and epoch."""

    def setUp(self):
        self.case = self.enterContext(PromoteCase(self.enterContext(tempfile.TemporaryDirectory(prefix="fo-promote-kill."))))

    def test_a_promotion_killed_anywhere_is_finished_by_the_next_run(self):
        points = promote_campaign.points_of(self.case)
        changing = [point for point in points if point.call in CHANGING]
        self.assertGreater(len(changing), 20)
        chosen = list(dict.fromkeys(spread(changing, 30) + spread(points, 30)))
        tally = promote_campaign.kill_promotion(self.case, chosen)
        self.assertGreater(tally.killed, 40)
        self.assertEqual(tally.wrong, [])

    def test_a_resume_killed_anywhere_is_finished_by_the_next_one(self):
        points = promote_campaign.points_of(self.case)
        moments = promote_campaign.interrupted_moments(self.case, spread(promote_campaign.journal_writes(points), 16))
        self.assertGreater(len(moments), 3, moments)
        tally = promote_campaign.kill_resumes(self.case, moments, parts=len(points) * len(moments) // 30)
        self.assertGreater(tally.killed, 20)
        self.assertEqual(tally.wrong, [])


if __name__ == "__main__":
    unittest.main()
