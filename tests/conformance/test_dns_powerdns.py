"""RFC 2136 updates with TSIG against PowerDNS: the suite of every updater, and how it says no."""

import unittest

from conformance.dns_key_cases import KeyCases, dig
from conformance.dns_updater_suite import OLD, SERVICE, DnsChecks, DnsUpdaterSuite
from support.powerdns import PowerDns


class OnPowerDns(DnsChecks, unittest.TestCase):
    algorithm = "hmac-sha256"
    # It does not sign what it says to a key or a time that it does not take: nobody can tell whether it said it.
    says = {"wrong secret": ("integrity", "is not signed (it says REFUSED"), "unknown key": ("integrity", "is not signed (it says REFUSED"),
            "no right": ("permission", "REFUSED"), "skewed clock": ("integrity", "perhaps it does not take the key, or the clocks differ"),
            "unknown zone": ("not_found", "NOTAUTH")}

    def setUp(self):
        self.server = PowerDns([(SERVICE, "A", OLD)], self.algorithm)
        self.addCleanup(self.server.close)
        self.server.start()
        self.url = self.server.url(verify=f"127.0.0.1:{self.server.port}")

    def seen(self):
        return dig(self.server, SERVICE, "A") + dig(self.server, SERVICE, "AAAA")


class Updates(DnsUpdaterSuite, OnPowerDns):
    """The suite of every updater."""


class Keys(KeyCases, OnPowerDns):
    """Every way in which it says no."""


class LongKeys(KeyCases, OnPowerDns):
    algorithm = "hmac-sha512"


if __name__ == "__main__":
    unittest.main()
