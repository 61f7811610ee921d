"""What the tests of fo-fetch share: a store, an output folder, and what must be true of a run that fetched."""

import json
import unittest
from pathlib import Path

from support import tool
from support.backups import sha256


class FetchCase(unittest.TestCase):
    """self.store holds what location() names; self.out and self.state are not there yet."""

    environment = None  # of the tool, besides a clean one

    def setUp(self):
        self.folder = tool.temporary_folder(self)
        self.store = self.folder / "store"
        self.store.mkdir()
        self.out = self.folder / "out"
        self.state = self.folder / "state"

    def location(self, path=""):
        return f"file://{self.store}/{path}"

    def access(self):
        """Options that the store needs."""
        return []

    def arguments(self, path, *options):
        return [self.location(path), "-o", self.out, "--state-dir", self.state, *self.access(), *options]

    def fetch(self, path="", *options, **keywords):
        return tool.run("fo-fetch", *self.arguments(path, *options), **{"env": self.environment, **keywords})

    def fetched(self, path="", *options, status=0):
        """The path that a run prints, which must be a backup with a sidecar that is right."""
        run = self.fetch(path, *options)
        self.assertEqual(run.status, status, run)
        backup = Path(run.stdout.rstrip("\n"))
        sidecar = self.sidecar(backup)
        self.assertEqual(sidecar["sha256"], sha256(backup), run)
        self.assertEqual(sidecar["size"], backup.stat().st_size)
        self.assertTrue(sidecar["verified"])
        return backup

    @staticmethod
    def sidecar(backup):
        return json.loads(Path(f"{backup}.json").read_text(encoding="utf-8"))

    def refused(self, status, words, path="", *options):
        """A run that must fail so, print no path and leave no backup more than before."""
        run = self.fetch(path, *options)
        self.assertEqual(run.status, status, run)
        self.assertEqual(run.stdout, "", run)
        self.assertRegex(run.stderr, words)
        return run
