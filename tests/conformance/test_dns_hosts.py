"""A hosts file: the suite of every updater, and that everything but the service's lines stays byte for byte."""

import fcntl
import os
import unittest

from conformance.dns_updater_suite import EPOCH_RECORD, NEW, OLD, SERVICE, THIRD, DnsChecks, DnsUpdaterSuite, act
from support.tool import temporary_folder

BEFORE = b"127.0.0.1\tlocalhost\r\n# by hand \xff\n\n  "
AFTER = b"\n::1 ip6-localhost ip6-loopback\n192.0.2.7 mail.pbx.test mail # sip.pbx.test\n10.0.0.1 end"
MARK = "epoch=1 node=a time=2026-11-23T06:07:00Z"


class HostsTest(unittest.TestCase):
    def setUp(self):
        self.folder = temporary_folder(self)
        self.file = self.folder / "hosts"
        self.url = f"hosts://{self.file}"
        self.write(f"{OLD} {SERVICE}\n".encode())

    def write(self, content):
        self.file.write_bytes(content)
        self.file.chmod(0o644)

    def seen(self):
        """As the C library reads a hosts file: the name is a word behind an address, comments are cut off."""
        found = []
        for line in self.file.read_text(encoding="latin-1").splitlines():
            words = line.split("#")[0].split()
            if SERVICE in words[1:]:
                found.append(words[0])
        return sorted(found, key=lambda address: (":" in address, address))


class HostsSuite(HostsTest, DnsUpdaterSuite):
    """Under its lock, exactly one wins; but it is one host's file, and editors know no lock."""

    swap = "checked"


class HostsFile(HostsTest, DnsChecks):
    def test_everything_else_stays_byte_for_byte(self):
        self.write(BEFORE + f"{OLD}   {SERVICE}  # the PBX".encode() + AFTER)
        self.assertTrue(act(self.url, "replace", OLD, f"{NEW};1:a")["ok"])
        # The file has lines of both kinds; ours that are new end as its first ones do.
        self.assertEqual(self.file.read_bytes(),
                         BEFORE[:-2] + f"# {EPOCH_RECORD} {MARK}\r\n".encode() + b"  " + f"{NEW}   {SERVICE}  # the PBX".encode() + AFTER)
        before = self.file.read_bytes()
        self.assertTrue(act(self.url, "replace", f"{NEW};1:a", f"{THIRD};1:a")["ok"])
        self.assertEqual(self.file.read_bytes(), before.replace(NEW.encode(), THIRD.encode()))
        self.assertTrue(act(self.url, "replace", f"{THIRD};1:a", f"{THIRD},2001:db8::1;1:a")["ok"])
        self.assertEqual(self.seen(), [THIRD, "2001:db8::1"])
        self.assertTrue(act(self.url, "replace", f"{THIRD},2001:db8::1;1:a", f"{NEW};1:a")["ok"])
        self.assertEqual(self.file.read_bytes(), before)

    def test_a_last_line_without_end(self):
        self.write(b"10.0.0.1 end")
        self.assertTrue(act(self.url, "replace", "-", f"{NEW};1:a")["ok"])
        self.assertEqual(self.file.read_bytes(), f"10.0.0.1 end\n# {EPOCH_RECORD} {MARK}\n{NEW}\t{SERVICE}\n".encode())

    def test_a_line_that_names_others_is_refused(self):
        self.write(f"{OLD} {SERVICE} pbx\n".encode())
        for arguments in (("current",), ("prove",), ("replace", OLD, f"{NEW};1:a")):
            self.assert_error(act(self.url, *arguments), "config", "line 1", "pbx", "line of its own")
        self.assertEqual(self.file.read_bytes(), f"{OLD} {SERVICE} pbx\n".encode())

    def test_a_mark_that_cannot_be_read(self):
        self.write(f"# {EPOCH_RECORD} epoch=x\n{OLD} {SERVICE}\n".encode())
        self.assert_error(act(self.url, "current"), "config", "line 1", "epoch=x")
        self.write(f"# {EPOCH_RECORD} {MARK}\n# {EPOCH_RECORD} {MARK}\n{OLD} {SERVICE}\n".encode())
        self.assert_error(act(self.url, "current"), "config", "two epoch marks")

    def test_mode_and_owner_stay(self):
        self.file.chmod(0o640)
        if os.geteuid() == 0:
            os.chown(self.file, 1, 2)
        before = self.file.stat()
        self.assertTrue(act(self.url, "replace", OLD, f"{NEW};1:a")["ok"])
        after = self.file.stat()
        self.assertEqual((after.st_mode, after.st_uid, after.st_gid), (before.st_mode, before.st_uid, before.st_gid))
        self.assertNotEqual(after.st_ino, before.st_ino, "replaced, not written into")
        self.assertEqual([path.name for path in self.folder.iterdir() if not path.name.startswith(".")], ["hosts"])

    def test_what_others_may_write_is_not_believed(self):
        for mode in (0o664, 0o646):
            self.file.chmod(mode)
            self.assert_error(act(self.url, "current"), "config", "chmod go-w")

    def test_a_symbolic_link_is_not_followed(self):
        link = self.folder / "link"
        link.symlink_to(self.file)
        for arguments in (("current",), ("replace", OLD, f"{NEW};1:a")):
            self.assert_error(act(f"hosts://{link}", *arguments), "config", "symbolic link")
        self.assertEqual(self.seen(), [OLD])

    def test_what_a_crash_left_behind_is_no_obstacle(self):
        (self.folder / ".hosts.failover-new").write_text("half", encoding="ascii")
        self.assertTrue(act(self.url, "replace", OLD, f"{NEW};1:a")["ok"])
        self.assertFalse((self.folder / ".hosts.failover-new").exists())

    def test_a_lock_that_does_not_open_ends_in_time(self):
        with open(self.folder / ".hosts.failover-lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            result = act(self.url, "replace", OLD, f"{NEW};1:a", timeout=1.0)
        self.assert_error(result, "locked")
        self.assertLess(result["seconds"], 1.6)
        self.assertEqual(self.seen(), [OLD])

    def test_no_such_file(self):
        self.file.unlink()
        self.assert_error(act(self.url, "current"), "not_found", "hosts")

    def test_urls(self):
        for url, word in (("hosts://x/y", "hosts:///FILE"), ("hosts:///", "hosts:///FILE"), (self.url + "?colour=red", "'colour'"),
                          (self.url + "?verify=127.0.0.1", "verify")):
            self.assert_error(act(url, "view"), "usage", word)


if __name__ == "__main__":
    unittest.main()
