"""Some seconds of the race with directories that are swapped for links; `tests/crash/run links` is a minute of it."""

import os
import unittest

from crash import link_race
from support import tool


class LinkRace(unittest.TestCase):
    def test_nothing_is_written_where_links_lead(self):
        """Property inside."""
        folder = tool.temporary_folder(self)
        os.chmod(folder, 0o755)
        race = link_race.race(folder, seconds=10, seed=1)
        self.assertEqual(race.wrong, [])
        self.assertGreater(race.swaps, 100)
        # It came to the work, and was hindered: neither a race that nobody ran nor one that ended every run at its start.
        self.assertGreater(race.statuses[0], 0)
        self.assertGreater(sum(race.statuses.values()), race.statuses[0])


if __name__ == "__main__":
    unittest.main()
