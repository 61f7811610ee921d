"""RFC 2136 updates with TSIG against Knot DNS: the suite of every updater, and how it says no."""

import unittest

from conformance.dns_key_cases import KeyCases, dig
from conformance.dns_updater_suite import OLD, SERVICE, DnsChecks, DnsUpdaterSuite
from support.knot import Knot


class OnKnot(DnsChecks, unittest.TestCase):
    algorithm = "hmac-sha256"
    says = {"wrong secret": ("permission", "BADSIG"), "unknown key": ("permission", "BADKEY"), "no right": ("permission", "BADKEY"),
            "skewed clock": ("permission", "BADTIME"), "unknown zone": ("integrity", "is not signed (it says NOTAUTH")}

    def setUp(self):
        self.server = Knot([f"{SERVICE}. IN A {OLD}"], self.algorithm)
        self.addCleanup(self.server.close)
        self.server.start()
        self.url = self.server.url(verify=f"127.0.0.1:{self.server.port}")

    def seen(self):
        return dig(self.server, SERVICE, "A") + dig(self.server, SERVICE, "AAAA")


class Updates(DnsUpdaterSuite, OnKnot):
    """The suite of every updater."""


class Keys(KeyCases, OnKnot):
    """Every way in which it says no."""


class LongKeys(KeyCases, OnKnot):
    algorithm = "hmac-sha384"


if __name__ == "__main__":
    unittest.main()
