"""The small part of the power loss campaign, and of the one on file systems."""

import argparse
import tempfile
import unittest
from pathlib import Path

from crash import restore_filesystems, restore_images


class PowerLoss(unittest.TestCase):
    """Property all-or-nothing, on a disk that lost what was not flushed."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="fo-images.", dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
        self.addCleanup(folder.cleanup)
        self.place = restore_images.Place(folder.name, 20)

    def test_every_disk_is_whole_and_without_flushes_some_are_not(self):
        _, images, bad = restore_images.campaign(self.place, 24, 5, False)
        self.assertEqual((images, bad), (24, {}))
        _, _, caught = restore_images.campaign(self.place, 40, 5, False, restore_images.NO_FLUSHES)
        self.assertTrue(caught)


class FileSystems(unittest.TestCase):
    def test_a_lower_layer_gives_files_new_identities(self):
        tally = restore_filesystems.one("overlayfs-lower", argparse.Namespace(files=16, most=8))
        self.assertGreater(tally.points, 10)
        self.assertEqual(tally.wrong, [])


if __name__ == "__main__":
    unittest.main()
