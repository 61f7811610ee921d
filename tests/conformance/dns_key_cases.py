"""What every server that takes updates signed with a key says no to. A test class gives self.server (started; address, port,
url()), self.url, seen() and `says`: of each case the kind of the error and a word in it. SERVICE has the one address OLD."""

import subprocess

from conformance.dns_updater_suite import NEW, OLD, DnsChecks, act


def dig(server, name, kind):
    done = subprocess.run(["dig", "+short", "+tcp", "+norecurse", "-p", str(server.port), f"@{server.address}", name, kind],
                          capture_output=True, text=True, check=True, timeout=20)
    return sorted(done.stdout.split())


class KeyCases(DnsChecks):
    def refused(self, case, url, **options):
        """Nobody changes anything, and the error is the one that this server is known for."""
        for arguments in (("prove",), ("replace", OLD, f"{NEW};1:a")):
            self.assert_error(act(url, *arguments, **options), *self.says[case])
        self.assert_holds([OLD])

    def test_wrong_secret(self):
        self.refused("wrong secret", self.server.url("wrong"))

    def test_unknown_key(self):
        self.refused("unknown key", self.server.url("unknown"))

    def test_key_without_the_right(self):
        self.refused("no right", self.server.url("plain"))

    def test_skewed_clock(self):
        for offset in (3600, -3600):
            self.refused("skewed clock", self.server.url(), clock_offset=offset)

    def test_unknown_zone(self):
        names = {"service": "sip.other.test", "epoch_record": "_failover.sip.other.test"}
        self.refused("unknown zone", self.server.url(zone="other.test"), **names)

    def test_over_udp(self):
        url = self.server.url(transport="udp")
        self.assertTrue(act(url, "prove")["ok"])
        done = act(url, "replace", OLD, f"{NEW},2001:db8::2;1:a")
        self.assertTrue(done["ok"], done)
        self.assert_holds([NEW, "2001:db8::2"], 1, "a")
        self.assert_error(act(url, "replace", OLD, f"{NEW};2:a"), "conflict")

    def test_server_down(self):
        self.server.kill()
        result = act(self.server.url(), "replace", OLD, f"{NEW};1:a", timeout=3.0)
        self.assert_error(result, "unreachable")

    def test_server_hangs(self):
        self.server.freeze()
        result = act(self.server.url(), "replace", OLD, f"{NEW};1:a", timeout=1.0)
        self.assert_error(result, "timeout", "whether the update was done is not known")
        self.assertLess(result["seconds"], 1.5)
