"""RFC 2136 updates with GSS-TSIG: against the DNS server of a domain controller of Samba's, and against BIND with the same
Kerberos. The suite of every updater, and what only Kerberos can meet."""

import os
import shutil
import socket
import subprocess
import unittest

from conformance.dns_key_cases import dig
from conformance.dns_updater_suite import DRIVER, EPOCH_RECORD, NEW, OLD, SERVICE, THIRD, DnsChecks, DnsUpdaterSuite, act
from support import tool
from support.named import ZONE, Named
from support.samba_dc import BIND_NAME, REALM, SERVER_NAME, SambaDc
from support.server import free_port
from support.tool import temporary_folder

_dc = []


def setUpModule():
    dc = SambaDc()
    unittest.addModuleCleanup(dc.close)
    dc.start()
    _dc.append(dc)


class KerberosTest(DnsChecks, unittest.TestCase):
    @property
    def dc(self):
        return _dc[0]

    def silent_kdc(self):
        """A krb5.conf whose Kerberos server takes what it is sent and never says a word."""
        silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        return self.krb5_config(f"127.0.0.1:{silent.getsockname()[1]}")

    def krb5_config(self, kdc):
        path = temporary_folder(self) / "krb5.conf"
        path.write_text(self.dc.krb5_config.read_text().replace("127.0.0.1:88", kdc), encoding="ascii")
        return path


class OnSamba(KerberosTest):
    """Each test begins with the one address OLD and no mark, written by nsupdate."""

    def setUp(self):
        self.server = self
        self.address, self.port = "127.0.0.1", 53
        self.dc.nsupdate(f"update delete {SERVICE}", f"update delete {EPOCH_RECORD}", f"update add {SERVICE} 60 A {OLD}")
        self.assertEqual(self.seen(), [OLD])
        self.url = self.dc.url(verify="127.0.0.1")

    def seen(self):
        return dig(self, SERVICE, "A") + dig(self, SERVICE, "AAAA")


class ActiveDirectory(DnsUpdaterSuite, OnSamba):
    """The suite of every updater, against Samba."""


class HalfProvenAnswers(OnSamba):
    """Samba 4.17 signs what it has done in a way of its own, and what it has not done with our own signature."""

    def test_what_was_done_is_read_back(self):
        done = act(self.url, "replace", OLD, f"{NEW};1:a")
        self.assertTrue(done["ok"], done)
        self.assertEqual((len(done["remarks"]), done["warnings"]), (1, []), done)
        for word in ("(NOERROR)", "as Samba before 4.21 does it", "reading back shows that the update was done"):
            self.assertIn(word, done["remarks"][0])

    def test_such_a_server_is_told_of_and_no_alarm(self):
        done = tool.run("fo-promote", "dns", "set", "--state-dir", temporary_folder(self) / "state", "--json", "--service", SERVICE, "--dns",
                        self.url, "--from", OLD, "--to", NEW)
        self.assertEqual(done.status, 0, done)
        self.assertIn("as Samba before 4.21 does it", done.result["message"])

    def test_what_was_not_done_is_not_reported_as_done(self):
        self.assert_error(act(self.url, "replace", THIRD, f"{NEW};1:a"), "conflict", f"it now has {OLD}")
        self.assert_holds([OLD])

    def test_what_is_read_is_proven(self):
        self.assertEqual(act(self.url, "current")["warnings"], [])


class Refusals(OnSamba):
    def refused(self, url, kind, *words, **options):
        result = act(url, "replace", OLD, f"{NEW};1:a", timeout=20.0, **options)
        self.assert_error(result, kind, *words)
        self.assert_holds([OLD])

    def test_account_without_the_right(self):
        # Samba says SERVFAIL, where Windows says REFUSED.
        for arguments in (("prove",), ("replace", OLD, f"{NEW};1:a")):
            result = act(self.dc.url("fo-plain"), *arguments)
            self.assertIn(result.get("kind"), ("permission", "unreachable"), result)
        self.assert_holds([OLD])

    def test_unknown_zone(self):
        names = {"service": "sip.other.test", "epoch_record": "_failover.sip.other.test"}
        self.refused(self.dc.url(zone="other.test"), "not_found", "NOTAUTH", "other.test", **names)

    def test_skewed_clock(self):
        # Half a minute more, since a second may end between two looks at a clock.
        for offset, word in ((3630, "it is 1 h behind"), (-3630, "it is 1 h ahead")):
            self.refused(self.dc.url(), "integrity", "out of its time", word, clock_offset=offset)

    def test_account_that_is_not_there(self):
        self.refused(self.dc.url(principal="nobody"), "config", "nobody")

    def test_principal_by_name(self):
        self.assertTrue(act(self.dc.url(principal=f"fo-dns@{REALM}"), "prove")["ok"])

    def test_server_name_that_does_not_fit(self):
        self.refused(self.dc.url(server_name=f"dc2.{ZONE}"), "config", f"DNS/dc2.{ZONE}", "server-name=")

    def test_the_name_of_another_service(self):
        """Kerberos knows it, but the name server has another key."""
        self.refused(self.dc.url(server_name=BIND_NAME), "permission", "does not accept our Kerberos ticket")

    def test_an_address_needs_a_name(self):
        self.assert_error(act(self.dc.url(host="127.0.0.1"), "view"), "usage", "server-name=")
        self.assertTrue(act(self.dc.url(host="127.0.0.1", server_name=SERVER_NAME), "prove")["ok"])

    def test_keytab_that_is_none(self):
        path = temporary_folder(self) / "keytab"
        path.write_text("nothing of the kind", encoding="ascii")
        path.chmod(0o600)
        self.refused(self.dc.url(keytab=path), "config", "the file is no keytab")

    def test_keytab_that_others_may_read_is_refused(self):
        path = temporary_folder(self) / "keytab"
        shutil.copy(self.dc.keytab("fo-dns"), path)
        path.chmod(0o644)
        self.assert_error(act(self.dc.url(keytab=path), "view"), "config", "can be read by others")

    def test_keytab_of_an_old_password(self):
        self.dc.new_password("fo-plain")
        self.refused(self.dc.url("fo-plain"), "permission", "export its keytab again")

    def test_parameters_that_do_not_go_together(self):
        for more, word in (({"key_file": "x"}, "key-file"), ({"transport": "udp"}, "TCP only"), ({"keytab": None}, "keytab=FILE"),
                           ({"auth": "gss"}, "auth is given twice")):
            self.assert_error(act(self.dc.url(**more), "view"), "usage", word)


class KerberosServers(OnSamba):
    def ends_in_time(self, url, *words, kind="timeout", timeout=1.0):
        for arguments in (("current",), ("prove",), ("replace", OLD, f"{NEW};1:a")):
            result = act(url, *arguments, timeout=timeout)
            self.assert_error(result, kind, *words)
            self.assertLess(result["seconds"], timeout + 0.5)

    def test_silent(self):
        self.ends_in_time(self.dc.url(krb5_config=self.silent_kdc()), "does its server (KDC) answer?")

    def test_hangs(self):
        """The domain controller itself is stopped: Kerberos and DNS are silent."""
        self.dc.freeze()
        self.addCleanup(self.dc.thaw)
        self.ends_in_time(self.dc.url(), "does its server (KDC) answer?")

    def test_nobody_listens(self):
        port = free_port()
        self.ends_in_time(self.dc.url(krb5_config=self.krb5_config(f"127.0.0.1:{port}")), "no Kerberos server (KDC)",
                          kind="unreachable", timeout=20.0)

    def test_no_worker_is_left(self):
        act(self.dc.url(krb5_config=self.silent_kdc()), "current", timeout=1.0)
        left = subprocess.run(["pgrep", "-x", "-c", "fo-gss", "--ns", str(os.getpid()), "--nslist", "net"], capture_output=True, text=True)
        self.assertEqual(left.stdout.strip(), "0")

    def test_configuration_from_the_environment(self):
        self.addCleanup(os.environ.pop, "KRB5_CONFIG", None)
        url = self.dc.url(krb5_config=None)
        self.assertFalse(act(url, "prove")["ok"])
        os.environ["KRB5_CONFIG"] = str(self.dc.krb5_config)
        self.assertTrue(act(url, "prove")["ok"])

    def test_nothing_is_left_on_disk(self):
        """No ticket and no copy of the keytab in a file (property secret)."""
        trace = temporary_folder(self) / "trace"
        done = subprocess.run(["strace", "-f", "-e", "trace=openat,open,creat", "-o", trace, *self.driver(self.url)],
                              capture_output=True, text=True, timeout=60)
        self.assertIn('"ok":true', done.stdout)
        written = [line for line in trace.read_text().splitlines()
                   if ("O_WRONLY" in line or "O_RDWR" in line) and "= -1" not in line and "/dev/" not in line]
        self.assertEqual(written, [])

    @staticmethod
    def driver(url):
        return [DRIVER, url, SERVICE, EPOCH_RECORD, "20", "0", "current"]


class OnBind(KerberosTest):
    """BIND with the key of a service account of the domain."""

    def setUp(self):
        self.server = Named(records=[f"{SERVICE}. IN A {OLD}"], keytab=self.dc.keytab("fo-bind"), principals=[f"fo-dns@{REALM}"])
        self.addCleanup(self.server.close)
        os.environ["KRB5_CONFIG"] = str(self.dc.krb5_config)
        self.addCleanup(os.environ.pop, "KRB5_CONFIG", None)
        self.server.start()
        self.url = self.gss_url(verify=f"127.0.0.1:{self.server.port}")

    def gss_url(self, name="fo-dns", **parameters):
        return self.dc.url(name, host=f"{BIND_NAME}:{self.server.port}", **parameters)

    def seen(self):
        return dig(self.server, SERVICE, "A") + dig(self.server, SERVICE, "AAAA")


class Bind(DnsUpdaterSuite, OnBind):
    """The suite of every updater, against BIND with Kerberos."""

    def test_account_without_a_grant(self):
        url = self.gss_url("fo-plain")
        self.assert_error(act(url, "prove"), "permission", "REFUSED", "update-policy")
        self.assert_error(act(url, "replace", OLD, f"{NEW};1:a"), "permission", "REFUSED")
        self.assert_holds([OLD])

    def test_restarted_server(self):
        """It has forgotten every context."""
        self.server.stop()
        self.server.start()
        self.assertTrue(act(self.url, "replace", OLD, f"{NEW};1:a")["ok"])

    def test_server_down(self):
        self.server.kill()
        self.assert_error(act(self.url, "replace", OLD, f"{NEW};1:a"), "unreachable", "Connection refused")

    def test_server_hangs(self):
        self.server.freeze()
        result = act(self.url, "replace", OLD, f"{NEW};1:a", timeout=1.0)
        self.assert_error(result, "timeout")
        self.assertLess(result["seconds"], 1.5)


if __name__ == "__main__":
    unittest.main()
