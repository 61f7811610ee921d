"""Every mutant of tests/mutants has the one place that it changes: a check that was rewritten must not drop out of the campaign."""

import unittest

from mutants.build import mutated
from mutants.fetch import TABLE, Mutant


class MutantsTest(unittest.TestCase):
    def test_a_place_that_is_gone_is_seen(self):
        with self.assertRaisesRegex(AssertionError, "gone"):
            mutated([Mutant("gone", "lib/fetch/verify.cpp", "no such text", "MUT")])

    def test_the_table(self):
        self.assertGreater(len(mutated(TABLE)), 10)


if __name__ == "__main__":
    unittest.main()
