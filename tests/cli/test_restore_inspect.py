"""fo-restore --inspect, and what may be demanded of a backup before it is restored."""

import subprocess
import time
import unittest

from support import tool
from support.backup_files import tree_of, write_backup
from support.pbx_backups import phone_system, write_3cx, write_asterisk

LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tool.temporary_folder(self)
        self.target = self.folder / "live"
        self.target.mkdir()
        self.state = self.folder / "state"

    def run_tool(self, *arguments, **options):
        return tool.run("fo-restore", "--state-dir", self.state, *arguments, **options)

    def restore(self, backup, *arguments, **options):
        return self.run_tool("--target", self.target, *arguments, backup, **options)

    def good(self, done):
        self.assertEqual(done.status, 0, done)
        return done

    def refused(self, done, text, status=4):
        self.assertEqual(done.status, status, done)
        self.assertIn(text, done.stderr)


class Inspect(Case):
    def test_a_3cx_backup(self):
        backup = write_3cx(self.folder / "b.zip", self.folder)
        done = self.good(self.run_tool("--inspect", "--json", backup))
        found = done.result
        self.assertEqual((found["kind"], found["version"], found["fqdn"]), ("3CX", "20.0.5.551", "pbx.example"))
        self.assertEqual((found["extensions"], found["queues"], found["trunks"]), (20, 2, 1))
        self.assertEqual(found["gateways"], [{"name": "Carrier", "host": "sip.carrier.example", "port": 5060}])
        self.assertEqual(found["certificates"], [{"path": "Certificates/pbx.example.pem", "subject": "CN=pbx.example",
                                                  "expires": "2030-12-31T00:00:00Z"}])
        self.assertRegex(found["made"], "^2026-01-02T")
        lines = self.good(self.run_tool("--inspect", backup)).stdout
        self.assertIn("extensions  20\n", lines)
        self.assertIn("gateway     sip.carrier.example:5060  Carrier\n", lines)
        self.assertFalse(self.state.exists())

    def test_what_is_missing_is_unknown(self):
        backup = write_backup(self.folder / "b.zip", {"CompanyDb.xml": "<PhoneSystem/>"})
        found = self.good(self.run_tool("--inspect", "--json", backup)).result
        self.assertEqual(found["kind"], "3CX")
        for key in ("version", "extensions", "trunks", "queues", "gateways", "fqdn"):
            self.assertNotIn(key, found)
        self.assertIn("extensions  unknown\n", self.run_tool("--inspect", backup).stdout)
        self.assertIn("kind        other\n", self.run_tool("--inspect", write_backup(self.folder / "c.zip", {"a": "b"})).stdout)

    def test_however_it_is_packed(self):
        plain = write_3cx(self.folder / "b.zip", self.folder)
        files = self.folder / "files"
        subprocess.run(["unzip", "-q", plain, "-d", files], check=True)
        tar = self.folder / "b.tar.gz"
        subprocess.run(["tar", "-czf", tar, "-C", files, "."], check=True)
        sealed = self.folder / "sealed.zip"
        subprocess.run(["7z", "a", "-tzip", "-mem=AES256", "-psesame", sealed, "."], cwd=files, check=True, stdout=subprocess.DEVNULL)
        password = self.folder / "password"
        password.write_text("sesame\n")
        password.chmod(0o600)
        expected = self.good(self.run_tool("--inspect", "--json", plain)).result
        for backup, more in ((tar, ()), (sealed, ("--password-file", password))):
            with self.subTest(backup.name):
                found = self.good(self.run_tool("--inspect", "--json", *more, backup)).result
                for fact in ("kind", "version", "fqdn", "extensions", "gateways", "certificates"):
                    self.assertEqual(found[fact], expected[fact])

    def test_its_content_stays_in_the_worker(self):
        """A private key may stand beside the certificate: neither a file nor a byte of it comes out (property secret)."""
        (self.folder / "tmp").mkdir()
        key = "-----BEGIN PRIVATE KEY-----\n" + "c2VjcmV0" * 20
        backup = write_3cx(self.folder / "b.zip", self.folder, {"Certificates/other.pem": key, "pad": "x" * 70_000})
        trace = self.folder / "trace"
        # Only the tool's own calls: without -f its worker is not followed.
        watched = ["strace", "-qq", "-o", trace, "-e", "trace=openat,mkdir,mkdirat,openat2,read,pread64", "-s", "100000"]
        self.good(self.run_tool("--inspect", "--json", backup, wrapper=watched, env={"TMPDIR": str(self.folder / "tmp")}))
        calls = trace.read_text(errors="replace")
        self.assertIn("b.zip", calls)
        self.assertNotIn("c2VjcmV0c2VjcmV0", calls)
        self.assertNotIn("O_CREAT", calls)
        self.assertNotIn("mkdir", calls)

    def test_an_asterisk_tree(self):
        found = self.good(self.run_tool("--inspect", "--json", write_asterisk(self.folder / "b.zip"))).result
        self.assertEqual((found["kind"], found["extensions"], found["trunks"], found["queues"]), ("Asterisk", 5, 1, 1))
        self.assertEqual(found["gateways"], [{"name": "carrier", "host": "carrier.example", "port": 5080}])
        self.assertNotIn("version", found)

    def test_a_freepbx_backup(self):
        backup = write_backup(self.folder / "b.zip", {"metadata.json": '{"modules":[{"module":"framework","version":"16.0.40"}],"date":1700000000}'})
        found = self.good(self.run_tool("--inspect", "--json", backup)).result
        self.assertEqual((found["kind"], found["version"], found["made"]), ("FreePBX", "16.0.40", "2023-11-14T22:13:20Z"))

    def test_a_bomb_of_entities_is_refused(self):
        backup = write_3cx(self.folder / "b.zip", before=LAUGHS, after="&b;")
        self.refused(self.run_tool("--inspect", backup), "error: looking into CompanyDb.xml: a document type", 7)
        # Whoever demands nothing restores it all the same, with a warning; a demand is not met by what is unknown.
        self.refused(self.restore(backup, "--require", "kind=*"), "unknown")
        done = self.good(self.restore(backup))
        self.assertIn("unknown", done.stderr)

    def test_a_large_database_is_not_held_in_memory(self):
        big = phone_system(extensions=200_000)
        backup = write_backup(self.folder / "b.zip", {"CompanyDb.xml": big})
        done = self.run_tool("--inspect", "--json", backup, wrapper=["sh", "-c", 'ulimit -v 400000; exec "$@"', "sh"])
        self.assertEqual(self.good(done).result["extensions"], 200_000)


class Demands(Case):
    def test_a_wrong_backup_is_refused_before_anything_is_touched(self):
        hook = self.folder / "hook"
        hook.write_text(f"#!/bin/sh\ntouch {self.folder}/ran\n")
        hook.chmod(0o755)
        backup = write_3cx(self.folder / "b.zip", self.folder)
        for demand in ("version=18.*", "kind=FreePBX", "fqdn=other.example"):
            self.refused(self.restore(backup, "--require", demand, "--pre-hook", hook), "--require")
            self.refused(self.restore(backup, "--require", demand, "-n"), "--require")
        self.refused(self.restore(backup, "--min-extensions", "21"), "has 20 extensions")
        self.assertEqual(tree_of(self.target), {})
        self.assertFalse((self.folder / "ran").exists())
        self.good(self.restore(backup, "--require", "version=20.*", "--require", "fqdn=pbx.*", "--min-extensions", "20"))

    def test_unknown_never_passes(self):
        backup = write_3cx(self.folder / "b.zip", version=None)
        self.refused(self.restore(backup, "--require", "version=*"), "unknown")
        self.refused(self.restore(write_backup(self.folder / "c.zip", {"a": "b"}), "--min-extensions", "0"), "unknown")

    def test_a_half_empty_backup_is_refused(self):
        self.good(self.restore(write_3cx(self.folder / "1.zip", extensions=100), "--max-shrink", "0%"))
        half = write_3cx(self.folder / "2.zip", extensions=79)
        self.refused(self.restore(half, "--max-shrink", "20%"), "79 extensions, the last restored one had 100")
        self.good(self.restore(write_3cx(self.folder / "3.zip", extensions=80), "--max-shrink", "25%"))
        self.refused(self.restore(write_backup(self.folder / "4.zip", {"a": "b"}), "--max-shrink", "99%"), "unknown")
        # After a rollback the one that is restored then counts.
        self.good(self.run_tool("--rollback"))
        self.refused(self.restore(half, "--max-shrink", "20%"), "had 100")

    def test_bad_usage(self):
        backup = write_3cx(self.folder / "b.zip")
        for arguments, text in ((["--require", "version"], "KEY=GLOB"), (["--require", "colour=red"], "knows kind"),
                                (["--max-shrink", "20"], "percentage"), (["--max-shrink", "101%"], "percentage"),
                                (["--window", "1-5"], "part of a day"), (["--inspect", "--status"], "exclude each other")):
            self.refused(self.restore(backup, *arguments), text, 2)


class Window(Case):
    def setUp(self):
        super().setUp()
        self.now = time.time()

    def at(self, shift):
        """A time of day in so many hours, local time of a zone that is not the machine's."""
        return time.strftime("%H:%M", time.gmtime(self.now + (5 + shift) * 3600))

    def window(self, first, last):
        return self.restore(self.backup, "--window", f"{self.at(first)}-{self.at(last)}", env={"TZ": "XXX-5"})

    def test_outside_nothing_is_touched(self):
        self.backup = write_backup(self.folder / "b.zip", {"a": "b"})
        self.refused(self.window(2, 3), "opens at " + self.at(2))
        self.refused(self.window(-3, -2), "opens at " + self.at(-3))
        self.assertEqual(tree_of(self.target), {})
        self.assertFalse(self.state.exists())
        self.good(self.window(-1, 1))


if __name__ == "__main__":
    unittest.main()
