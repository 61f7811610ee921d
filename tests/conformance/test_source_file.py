"""Files of this host as a source."""

import os
import unittest

from conformance.source_faults import FetchFaults
from conformance.source_suite import SourceSuite
from support import tool
from support.fetching import FetchCase


class FileSource(SourceSuite, unittest.TestCase):
    def setUp(self):
        self.store = tool.temporary_folder(self) / "store"
        self.store.mkdir()

    def location(self, path):
        return f"file://{self.store}/{path}"

    def forbidden(self):
        (self.store / "a.zip").chmod(0)
        return self.source("a.zip", self.without_power())

    @staticmethod
    def without_power():
        """Root may read everything; without these two it is like everybody else."""
        return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []

    def wrong_credentials(self):
        return []


class FileFaults(FetchFaults, FetchCase):
    def start_store(self):
        """The folder is there."""


if __name__ == "__main__":
    unittest.main()
