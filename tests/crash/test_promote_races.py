"""A few races of two standbys (tests/crash/run races has many), and that the audit sees what it is there for."""

import time
import unittest
from pathlib import Path

from crash import race_audit
from crash.race_world import World
from crash.races_campaign import race_on
from support.tool import temporary_folder

_SECONDS = 25


class Races(unittest.TestCase):
    def race(self, arbiter):
        """As many as there is time for; at least two."""
        with World(temporary_folder(self), arbiter) as world:
            seed, promotions = int(time.time()), 0
            ends = time.monotonic() + _SECONDS
            for number in range(1000):
                tally = race_on(world, 1, seed + number)
                self.assertEqual(tally.wrong, [])
                promotions += tally.promotions
                if time.monotonic() > ends and number > 0 and promotions:
                    break
            self.assertGreater(promotions, 0)

    def test_with_three_members_of_etcd(self):
        self.race("etcd")

    def test_with_the_mark_in_dns(self):
        self.race("dns")


class Audit(unittest.TestCase):
    """What each look would say if it happened."""

    def test_versions_of_the_record(self):
        good = [{"epoch": 1, "claim": "x", "active": {"epoch": 1}}, {"epoch": 2, "claim": "y", "active": {"epoch": 1}},
                {"epoch": 2, "claim": "y", "active": {"epoch": 2}}]
        self.assertEqual(race_audit.wrong_in_versions(good), [])
        self.assertEqual(len(race_audit.wrong_in_versions([good[1], good[0]])), 1)
        self.assertEqual(len(race_audit.wrong_in_versions([good[2], good[1]])), 1)
        self.assertEqual(len(race_audit.wrong_in_versions([good[1], good[1] | {"claim": "z"}])), 1)

    def test_dns(self):
        self.assertEqual(race_audit.wrong_in_dns([1, 2, 2, 3]), [])
        self.assertEqual(len(race_audit.wrong_in_dns([1, 3, 2])), 1)

    def test_journals(self):
        class Host:
            def __init__(self, folder, name, *epochs):
                self.name, self.dir = name, Path(folder) / name
                (self.dir / "state" / "promote").mkdir(parents=True)
                lines = (f'00000000 {{"type":"begin","time":"2026-11-23T06:07:00.000Z","epoch":{epoch}}}\n' for epoch in epochs)
                (self.dir / "state" / "promote" / "journal").write_text("".join(lines))

        folder = temporary_folder(self)
        b = Host(folder, "b", 2, 4)
        self.assertEqual(race_audit.wrong_in_journals([b, Host(folder, "c", 3)]), [])
        self.assertEqual(len(race_audit.wrong_in_journals([b, Host(folder, "d", 4)])), 1)
        self.assertEqual(len(race_audit.wrong_in_journals([Host(folder, "e", 4, 2)])), 1)
        self.assertIsNotNone(race_audit.claimed_at(b.dir, 4))
        self.assertIsNone(race_audit.claimed_at(b.dir, 3))


if __name__ == "__main__":
    unittest.main()
