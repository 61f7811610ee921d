"""The model of the promotion: no way to two serving hosts with the rules, and one without each of them."""

import unittest

from model import rules
from model.search import Search
from support.tool import temporary_folder


class Model(unittest.TestCase):
    def search(self, *options, **more):
        return Search(temporary_folder(self), *options, **more)

    def test_two_standbys_and_any_fault(self):
        found = self.search("-DSTANDBYS=2", "-DFAULTS=1", optimise="-O2")
        self.assertTrue(found.whole, found.output)
        self.assertGreater(found.states, 100_000)

    def test_three_standbys(self):
        """Two of the three promote. Small enough to be searched whole; tests/model/run 3 2 goes further."""
        found = self.search("-DSTANDBYS=3", "-DFAULTS=1", "-DCLAIMS=2", "-DBOOTS=0", "-DBY_POWER=5", optimise="-O2")
        self.assertTrue(found.whole, found.output)
        self.assertGreater(found.states, 100_000)

    def test_two_standbys_with_the_record_in_dns(self):
        found = self.search("-DSTANDBYS=2", "-DFAULTS=1", "-DIN_DNS", optimise="-O2")
        self.assertTrue(found.whole, found.output)
        self.assertGreater(found.states, 100_000)

    def test_one_standby_and_three_faults(self):
        found = self.search("-DSTANDBYS=1", "-DFAULTS=3", optimise="-O2")
        self.assertTrue(found.whole, found.output)

    def test_somebody_is_promoted(self):
        """The search is not empty: forbidding success is found guilty."""
        self.assertTrue(self.search("-DSTANDBYS=1", "-DFAULTS=1", "-DNOBODY_IS_PROMOTED").guilty)

    def test_each_rule_is_needed(self):
        for rule, without in rules.GUILTY.items():
            with self.subTest(rule):
                self.assertTrue(self.search("-DFAULTS=2", rules.option(rule)).guilty, f"nothing happens when {without}")

    def test_each_rule_is_needed_with_the_record_in_dns(self):
        for rule, without in rules.GUILTY_IN_DNS.items():
            with self.subTest(rule):
                self.assertTrue(self.search("-DFAULTS=2", "-DIN_DNS", rules.option(rule)).guilty, f"nothing happens when {without}")


if __name__ == "__main__":
    unittest.main()
