"""A share of a real smbd as a source."""

import shutil
import unittest

from conformance.source_driver import Driven
from conformance.source_faults import FetchFaults
from conformance.source_suite import AWKWARD, SourceSuite
from support import tool
from support.breaking_relay import BreakingRelay
from support.fetching import FetchCase
from support.server import free_port
from support.smbd import Smbd

# SMB has no way to say these in a name.
UNSPEAKABLE = set('*?"<>|\\:')


class SmbSource(SourceSuite, unittest.TestCase):
    server = Smbd
    share = "backups"
    awkward = tuple(name for name in AWKWARD if not UNSPEAKABLE & set(name)) + ("hash#%41.zip", "quote'.zip")

    @classmethod
    def setUpClass(cls):
        cls.smbd = cls.server()
        cls.addClassCleanup(cls.smbd.close)
        cls.smbd.start()

    def setUp(self):
        self.store = self.smbd.store
        shutil.rmtree(self.store)
        self.store.mkdir(mode=0o755)

    def location(self, path):
        return self.smbd.url(path, self.share)

    def options(self):
        return {"password-file": self.smbd.password_file}

    def forbidden(self):
        return Driven(self, self.smbd.url("a.zip", "closed"), self.options())

    def wrong_credentials(self):
        wrong = tool.temporary_folder(self) / "password"
        wrong.write_text("no such\n", encoding="ascii")
        wrong.chmod(0o600)
        yield "a wrong password", {"password-file": wrong}


class EncryptedShare(SmbSource):
    share = "encrypted"

    def options(self):
        return {"smb-encryption": "yes", **super().options()}


class OpenShare(SmbSource):
    """Without a user: unsigned, and only because we were told to."""

    share = "open"

    def location(self, path):
        return self.smbd.url(path, self.share, user="")

    def options(self):
        return {"smb-guest": "yes"}

    def forbidden(self):
        return Driven(self, self.smbd.url("a.zip", "backups", user=""), self.options())

    def wrong_credentials(self):
        return []


class SmbFaults(FetchFaults, FetchCase):
    def start_store(self):
        self.smbd = Smbd()
        self.addCleanup(self.smbd.close)
        self.smbd.start()
        self.store = self.smbd.store
        self.port = free_port()
        self.relay = BreakingRelay((("127.0.0.1", self.port), ("127.0.0.1", self.smbd.port)))
        self.addCleanup(self.relay.close)

    def location(self, path=""):
        return self.smbd.url(path, port=self.port)

    def options(self):
        return {"password-file": self.smbd.password_file}


if __name__ == "__main__":
    unittest.main()
