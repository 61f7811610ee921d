"""Files of a real ProFTPD as a source, in the clear and by both kinds of TLS, and an FTP server that lies."""

import itertools
import os
import shutil
import unittest

from conformance.source_driver import Driven
from conformance.source_faults import Fault, FetchFaults
from conformance.source_suite import SourceSuite
from support import tool
from support.breaking_relay import BreakingRelay
from support.certificates import Authority, server_context
from support.fetching import FetchCase
from support.proftpd import Proftpd
from support.scripted_ftp import FEATURES, ScriptedFtp, dos_line, unix_line


class FtpSource(SourceSuite, unittest.TestCase):
    tls = None
    settings = ()
    protocol = "TLSv1.2 TLSv1.3"

    @classmethod
    def setUpClass(cls):
        cls.server = Proftpd(cls.tls, protocol=cls.protocol)
        cls.addClassCleanup(cls.server.close)
        cls.server.settings += cls.settings
        cls.server.start()

    def setUp(self):
        self.store = self.server.store
        shutil.rmtree(self.store)
        self.store.mkdir(mode=0o755)

    def location(self, path):
        return self.server.url(path)

    def options(self):
        trust = {"ca-file": self.server.authority.certificate} if self.tls else {}
        return {"username": self.server.user, "password-file": self.server.password_file, **trust}

    def forbidden(self):
        (self.store / "a.zip").chmod(0)
        return self.source("a.zip")

    def wrong_credentials(self):
        known = self.options()
        yield "another password", {**known, "password-file": self.server.secret("wrong", "no such")}
        yield "another user", {**known, "username": "somebody"}
        yield "nobody", {name: value for name, value in known.items() if name == "ca-file"}
        if self.tls:
            yield "an authority that we do not know", {**known, "ca-file": "/etc/ssl/certs/ca-certificates.crt"}

    def test_a_path_from_home(self):
        self.put("a.zip", b"12345")
        for path in ("/~/store/a.zip", "/~/store/"):
            source = Driven(self, self.server.root_url(path), self.options())
            self.assertEqual(source.read(source.only()["path"], 0, 10), b"12345")


class FtpsSource(FtpSource):
    """ProFTPD by default takes a data connection only when it resumes the session of its control connection."""

    tls = "explicit"

    def test_a_certificate_for_another_name(self):
        self.put("a.zip")
        answer = Driven(self, self.server.url("a.zip").replace("127.0.0.1", "localhost"), self.options()).list()
        self.assertEqual(answer["error"], "refused")
        self.assertIn("does not prove", answer["message"])


class FtpsSourceOfTls12(FtpSource):
    tls = "explicit"
    protocol = "TLSv1.2"


class ListedFtpSource(FtpSource):
    """A server without MLSD."""

    settings = ("FactsAdvertise off",)

    def test_names_that_hold_no_surprise(self):
        # What LIST leaves open is not guessed: links are looked through, folders left out.
        self.put("a -> b.zip", b"123")
        found = self.source("").list()["objects"]
        self.assertEqual([(one["name"], one["size"]) for one in found], [("a -> b.zip", 3)])


class ImplicitFtps(FtpSource):
    """TLS from the first byte is spoken on port 990 and there only."""

    tls = "implicit"


class AnonymousFtp(unittest.TestCase):
    def test_without_a_user(self):
        server = Proftpd()
        self.addCleanup(server.close)
        server.anonymous = True
        server.start()
        (server.store / "a.zip").write_bytes(b"12345")
        source = Driven(self, server.root_url("/store/"), {})
        self.assertEqual(source.read(source.only()["path"], 1, 3), b"234")


class FtpsFaults(FetchFaults, FetchCase):
    def start_store(self):
        self.server = Proftpd("explicit", address="127.0.0.2")
        self.addCleanup(self.server.close)
        self.server.start()
        self.store = self.server.store
        ports = [self.server.port, *self.server.data]
        self.relay = BreakingRelay(*((("127.0.0.1", port), ("127.0.0.2", port)) for port in ports))
        self.addCleanup(self.relay.close)

    def location(self, path=""):
        return self.server.url(path)

    def options(self):
        return {"username": self.server.user, "password-file": self.server.password_file, "ca-file": self.server.authority.certificate}


class FtpLies(FetchFaults, FetchCase):
    """Rows of what a server may say instead of the truth."""

    tls = False

    def start_store(self):
        self.authority = Authority(self.folder)
        context = server_context(self.authority.issue("store")) if self.tls else None
        self.server = ScriptedFtp(self, self.store, context)

    def location(self, path=""):
        return self.server.url(path)

    def options(self):
        return {"ca-file": self.authority.certificate} if self.tls else {}

    def of_the_object(self):
        return []

    def test_an_object_that_is_replaced_half_way_is_never_mixed(self):
        """Proven with the real server."""

    def says(self, verb, reply, status, words=None, **more):
        return Fault(f"{verb}: {reply}", status, words or (reply or "ended")[:3], lambda: self.server.replies.update({verb: reply}),
                     self.server.replies.clear, **more)

    def sends(self, name, verb, data, status, words, end="226 done"):
        def begin():
            self.server.data[verb] = data
            self.server.replies["END"] = end

        def back():
            self.server.data.clear()
            self.server.replies.clear()
        return Fault(name, status, words, begin, back)

    def faults(self):
        def endless(piece):
            return lambda truth: itertools.chain([truth], itertools.repeat(piece))

        rows = [self.says("RETR", f"{code} so", status) for code, status in ((421, 6), (425, 6), (426, 6), (450, 6), (451, 6), (550, 1), (552, 1))]
        rows += [self.says("GREETING", "421 too many", 6), self.says("GREETING", "530 go away", 1), self.says("USER", "530 no", 1),
                 self.says("PASS", "530 Sorry, the maximum number of clients is connected", 6), self.says("PASS", "332 account", 1),
                 self.says("EPSV", "425 no port", 6), self.says("EPSV", "229 (|||0|)", 1), self.says("EPSV", "229 nothing", 1),
                 self.says("SIZE", "550 no such file", 5), self.says("SIZE", "550 Permission denied", 1), self.says("SIZE", "213 many", 1, "neither"),
                 self.says("MDTM", "213 20261399000000", 1, "neither"), self.says("TYPE", "504 no", 1), self.says("REST", "502 no", 1),
                 self.says("RETR", None, 6), self.says("USER", "HTTP/1.1 400 Bad Request", 1, "does not speak FTP"),
                 self.says("FEAT", "211-" + "x" * 300_000, 1, "does not end"),
                 self.sends("endless", "RETR", endless(b"x" * 65536), 7, "longer|still being written"),
                 self.sends("longer", "RETR", lambda truth: [truth, b"x" * 100], 7, "longer|still being written"),
                 self.sends("shorter", "RETR", lambda truth: [truth[:-10]], 7, "before it should|still being written"),
                 self.sends("cut off", "RETR", lambda truth: [truth[:-10]], 6, "426", end="426 lost"),
                 self.sends("all of it, and then an error", "RETR", lambda truth: [truth], 6, "451", end="451 disk")]
        return rows

    def test_listings(self):
        rows = [self.sends("endless", "MLSD", lambda truth: itertools.repeat(b"type=dir; x\r\n" * 5000), 1, "does not end"),
                self.sends("no line", "MLSD", lambda truth: [truth + b"what is this\r\n"], 1, "what is this"),
                self.sends("not whole", "MLSD", lambda truth: [truth[:20].rpartition(b"\n")[0]], 6, "426", end="426 lost"),
                self.sends("a path", "MLSD", lambda truth: [b"type=file;size=1;modify=20260101000000; ../x.zip\r\n"], 1, "cannot be read"),
                self.says("MLSD", "550 no such folder", 5)]
        for fault in rows:
            with self.subTest(fault.name):
                fault.begin()
                run = self.fetch("*.zip", "--retries", "0")
                fault.end()
                self.assertEqual((run.status, run.stdout), (fault.status, ""), run)
                self.assertRegex(run.stderr, fault.words)
                self.assert_unharmed()

    def test_a_data_connection_goes_to_nobody_else(self):
        trap = ScriptedFtp(self, self.store, address="127.0.0.2")
        self.server.features = [one for one in FEATURES if one != "EPSV"]
        for host in ("127.0.0.2", "192.0.2.77"):
            self.server.passive = host
            self.begin_anew()
            self.assertEqual(self.fetched("PBX.zip").read_bytes(), self.new)
        self.assertEqual(trap.asked, [])
        self.assertIn("PASV", self.server.asked)

    def test_a_line_end_in_a_name_is_no_command(self):
        for name in ("a%0D%0ADELE%20PBX.zip", "a%0ADELE%20PBX.zip", "%0D/*.zip"):
            run = self.fetch(name)
            self.assertEqual(run.status, 2, run)
        self.assertFalse([line for line in self.server.asked if line.startswith("DELE")])

    def test_what_is_not_read_to_its_end(self):
        """The control connection goes on after a range, whatever the server says to the hang-up, also if it says nothing."""
        content = os.urandom(3_000_000)
        (self.store / "a.zip").write_bytes(content)
        source = Driven(self, self.location("a.zip"), self.options())
        self.server.asked.clear()
        path = source.only()["path"]
        pairs = [(begin, 1000) for begin in range(0, 3_000_000, 500_000)]
        self.assertEqual(source.ranges(path, pairs), b"".join(content[begin:begin + 1000] for begin, _ in pairs))
        self.assertEqual(sum(line.startswith("USER") for line in self.server.asked), 1)
        # Close to each other they are one.
        before = sum(line.startswith("RETR") for line in self.server.asked)
        pairs = [(begin, 1000) for begin in range(0, 1_000_000, 10_000)]
        self.assertEqual(source.ranges(path, pairs), b"".join(content[begin:begin + 1000] for begin, _ in pairs))
        self.assertEqual(sum(line.startswith("RETR") for line in self.server.asked) - before, 1)

    def test_listings_of_both_styles(self):
        self.server.features = [one for one in FEATURES if not one.startswith("MLST")]
        (self.store / "folder.zip").mkdir()
        (self.store / " blank first.zip").write_bytes(b"123")
        for line in (unix_line, dos_line):
            self.server.line = line
            found = Driven(self, self.location("*.zip"), self.options()).list()["objects"]
            sizes = {one["name"]: one["size"] for one in found}
            self.assertEqual(sizes, {"PBX.zip": len(self.new), " blank first.zip": 3})
        self.server.line = lambda path: "a sentence about " + path.name
        self.assertEqual(Driven(self, self.location("*.zip"), self.options()).list()["error"], "protocol")


class FtpsLies(FtpLies):
    tls = True

    def faults(self):
        other = Authority(tool.temporary_folder(self), "Somebody Else")
        foreign, own = server_context(other.issue("store")), self.server.tls

        def certificate(name, **contexts):
            def begin():
                for which, context in contexts.items():
                    setattr(self.server, which, context)

            def end():
                self.server.tls = self.server.data_tls = own
            return Fault(name, 4, "does not prove", begin, end)

        return [self.says("AUTH", "500 no", 4, "no TLS"), self.says("AUTH", "534 policy", 4, "no TLS"), self.says("PROT", "536 no", 4, "protect"),
                self.says("AUTH", "234 go on\r\n230 smuggled in", 1, "in the clear"), self.says("AUTH", "234 go on", 6, "silent", options=("--stall-timeout", "1s")),
                certificate("another certificate", tls=foreign, data_tls=foreign), certificate("another for the data", data_tls=foreign),
                self.sends("cut off", "RETR", lambda truth: [truth[:-10]], 6, "426", end="426 lost")]

    def test_listings(self):
        """The same as in the clear."""

    def test_an_end_that_tls_does_not_tell(self):
        """Whoever cuts a listing off hides the newest backup; a file has its size."""
        self.server.good_bye = False
        run = self.fetch("*.zip", "--retries", "0")
        self.assertEqual(run.status, 6, run)
        self.assertRegex(run.stderr, "broke")
        self.assert_unharmed()
        self.assert_next_run_brings(self.new)


if __name__ == "__main__":
    unittest.main()
