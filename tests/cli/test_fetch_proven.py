"""What was unpacked once is compared in the nights that follow, and only that: effect, good-stays-good."""

import re
import unittest
import zipfile

from support import archivers
from support.backups import set_age, sha256, stored
from support.fetching import FetchCase

ANY_AGE = ("--max-age", "30000d")


def damage(data, name):
    """Changes one bit of what is stored in an entry, and nothing that the indexes say."""
    with zipfile.ZipFile(data) as archive:
        info = archive.getinfo(name)
    raw = bytearray(data.read_bytes())
    raw[info.header_offset + 30 + len(name) + 50] ^= 0x10
    data.write_bytes(raw)


class Proven(FetchCase):
    def setUp(self):
        super().setUp()
        self.first, self.second = archivers.two_nights(self.folder, archivers.python_stored)
        with zipfile.ZipFile(self.put(self.second, 3600)) as archive:
            names = {info.filename: info.CRC for info in archive.infolist()}
        with zipfile.ZipFile(self.put(self.first, 90_000)) as archive:
            unchanged = [info.filename for info in archive.infolist() if names.get(info.filename) == info.CRC]
        self.files, self.unchanged = len(names), len(unchanged)
        self.victim = unchanged[len(unchanged) // 2]

    def put(self, data, age):
        path = self.store / "PBX.zip"
        path.write_bytes(data)
        set_age(path, age)
        return path

    def verified(self, backup):
        """How many files, and how many of them by comparison."""
        text = " ".join(self.sidecar(backup)["verified"])
        found = re.search(r"every CRC-32 of (\d+) files(?:, (\d+) of them by comparison)?", text)
        self.assertTrue(found, text)
        return tuple(map(int, found.groups(default="0")))

    def test_only_what_changed_is_unpacked(self):
        first = self.fetched("PBX.zip", *ANY_AGE)
        self.assertEqual(self.verified(first)[1], 0)
        self.put(self.second, 3600)
        second = self.fetched("PBX.zip", *ANY_AGE)
        self.assertEqual(self.verified(second), (self.files, self.unchanged))
        self.assertEqual(sha256(second), sha256(self.store / "PBX.zip"))

    def test_a_proof_is_handed_on_from_night_to_night(self):
        self.fetched("PBX.zip", *ANY_AGE)
        self.put(self.second, 3600)
        self.fetched("PBX.zip", *ANY_AGE)
        self.put(self.first, 1800)
        third = self.fetched("PBX.zip", *ANY_AGE, "--keep", "9")
        self.assertEqual(self.verified(third)[1], self.unchanged)

    def test_effect_a_base_that_was_not_unpacked_proves_nothing(self):
        bad = self.put(self.first, 90_000)
        damage(bad, self.victim)
        set_age(bad, 90_000)
        (self.store / "PBX.zip.sha256").write_text(sha256(bad) + "\n", encoding="ascii")
        quick = self.fetched("PBX.zip", *ANY_AGE, "--quick")
        self.assertIn("none unpacked", " ".join(self.sidecar(quick)["verified"]))
        (self.store / "PBX.zip.sha256").unlink()
        damage(self.put(self.second, 3600), self.victim)
        self.refused(7, f"{self.victim}.*CRC", "PBX.zip", *ANY_AGE)
        self.assertEqual(stored(self.out), [quick.name, quick.name + ".json"])

    def test_good_stays_good_a_base_that_rotted_proves_nothing(self):
        """The store has the same wrong bit, so that comparing would find nothing."""
        old = self.fetched("PBX.zip", *ANY_AGE)
        damage(old, self.victim)
        damage(self.put(self.second, 3600), self.victim)
        self.refused(7, f"{self.victim}.*CRC", "PBX.zip", *ANY_AGE)
        self.assertEqual(stored(self.out), [old.name, old.name + ".json"])


if __name__ == "__main__":
    unittest.main()
