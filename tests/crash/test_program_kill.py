"""The fast part of the campaign with a program that restores: killed at some of the calls."""

import os
import unittest

from crash import program_campaign
from support import tool
from support.host_user import host_user


class KilledProgram(unittest.TestCase):
    def test_killed_anywhere_it_is_finished_or_undone_and_never_two_at_once(self):
        """Properties all-or-nothing, alone."""
        folder = tool.temporary_folder(self)
        os.chmod(folder, 0o755)
        user = self.enterContext(host_user())
        tallies = program_campaign.kill_everywhere(folder, user, most=6)
        self.assertEqual([text for tally in tallies.values() for text in tally.wrong], [])
        for name, tally in tallies.items():
            self.assertGreater(tally.points, 3, name)


if __name__ == "__main__":
    unittest.main()
