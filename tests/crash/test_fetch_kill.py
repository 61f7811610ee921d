"""fo-fetch, killed before a sample of the calls by which it changes something; tests/crash/run fetch takes all of them."""

import unittest

from crash.fetch_case import CHANGES, SCENARIOS, FetchCase
from support import tool

POINTS = 24


class Killed(unittest.TestCase):
    def test_every_scenario(self):
        for scenario in SCENARIOS:
            with self.subTest(scenario):
                case = FetchCase(tool.temporary_folder(self), scenario)
                points = case.points(CHANGES)
                # Towards the end a run publishes: there every point is tried.
                early, late = points[:-POINTS // 2], points[-POINTS // 2:]
                chosen = early[::max(1, 2 * len(early) // POINTS)] + late
                killed = sum(case.try_point(point) for point in chosen)
                self.assertGreater(killed, POINTS // 2)


if __name__ == "__main__":
    unittest.main()
