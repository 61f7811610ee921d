"""Files of a real sshd as a source."""

import unittest

from conformance.source_faults import FetchFaults
from conformance.source_suite import SourceSuite
from support import tool
from support.breaking_relay import BreakingRelay
from support.fetching import FetchCase
from support.server import free_port
from support.sshd import Sshd, make_key


class SftpSource(SourceSuite, unittest.TestCase):
    settings = ()

    def setUp(self):
        self.sshd = Sshd(settings=self.settings)
        self.addCleanup(self.sshd.close)
        self.sshd.start()
        self.store = self.sshd.store

    def location(self, path):
        return self.sshd.url(path)

    def options(self):
        return {"identity-file": self.sshd.identity, "known-hosts": self.sshd.known_hosts}

    def forbidden(self):
        self.sshd.stop()
        self.sshd.settings.append("ForceCommand internal-sftp -P open")
        self.sshd.start()
        return self.source("a.zip")

    def wrong_credentials(self):
        folder = tool.temporary_folder(self)
        stranger = make_key(folder / "stranger")
        password = folder / "password"
        password.write_text("no such\n", encoding="ascii")
        password.chmod(0o600)
        known = {"known-hosts": self.sshd.known_hosts}
        yield "a key that is not authorized", {"identity-file": stranger, **known}
        yield "a password where none is taken", {"password-file": password, **known}
        yield "a host key that is not known", {"identity-file": self.sshd.identity, "known-hosts": "/dev/null"}


class SftpFaults(FetchFaults, FetchCase):
    def start_store(self):
        self.sshd = Sshd()
        self.addCleanup(self.sshd.close)
        self.sshd.start()
        self.store = self.sshd.store
        self.port = free_port()
        self.relay = BreakingRelay((("127.0.0.1", self.port), ("127.0.0.1", self.sshd.port)))
        self.addCleanup(self.relay.close)
        with open(self.sshd.known_hosts, "a", encoding="ascii") as file:
            file.writelines(self.sshd.known_hosts_line(key, f"[127.0.0.1]:{self.port}") for key in self.sshd.host_keys)

    def location(self, path=""):
        return self.sshd.url(path).replace(f":{self.sshd.port}/", f":{self.port}/")

    def options(self):
        return {"identity-file": self.sshd.identity, "known-hosts": self.sshd.known_hosts}


if __name__ == "__main__":
    unittest.main()
