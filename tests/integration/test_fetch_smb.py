"""fo-fetch from a real smbd: who it lets in, what it signs and encrypts, and what becomes of the worker fo-smb."""

import os
import signal
import unittest
from pathlib import Path

from support import tool
from support.backups import make_backup, stored
from support.breaking_relay import BreakingRelay
from support.fetching import FetchCase
from support.server import free_port, runs, wait_until
from support.smbd import Smbd


class SmbCase(FetchCase):
    settings = ()

    def setUp(self):
        super().setUp()
        self.smbd = Smbd(self.settings)
        self.addCleanup(self.smbd.close)
        self.smbd.start()
        self.store = self.smbd.store
        self.port = None
        self.backup = make_backup(self.store / "PBX.zip", files=20, size=100_000)
        (self.store / "PBX.zip").chmod(0o644)

    def location(self, path="PBX.zip"):
        return self.smbd.url(path, port=self.port)

    def access(self):
        return ["--password-file", self.smbd.password_file]

    def run_at(self, location, *options):
        return tool.run("fo-fetch", location, "-o", self.out, "--state-dir", self.state, *options)

    def through_relay(self):
        self.port = free_port()
        relay = BreakingRelay(((self.smbd.address, self.port), (self.smbd.address, self.smbd.port)))
        self.addCleanup(relay.close)
        return relay


class LogIn(SmbCase):
    def assert_refused(self, run, status, words):
        self.assertEqual((run.status, run.stdout), (status, ""), run)
        self.assertRegex(run.stderr, words)
        self.assertEqual(stored(self.out), [])

    def test_who_is_let_in(self):
        self.fetched("PBX.zip")
        self.fetched("PBX*")

    def test_what_the_server_says_no_to(self):
        wrong = self.folder / "wrong"
        wrong.write_text("wrong\n", encoding="ascii")
        wrong.chmod(0o600)
        right = self.access()
        self.assert_refused(self.run_at(self.location(), "--password-file", wrong), 1, "does not let 'backup' in; look at user")
        self.assert_refused(self.run_at(self.smbd.url("PBX.zip", "closed"), *right), 1, "does not let 'backup' in")
        self.assert_refused(self.run_at(self.smbd.url("PBX.zip", "nosuch"), *right), 5, "no such file, folder or share")
        self.assert_refused(self.run_at(self.smbd.url("none.zip"), *right), 5, "no such file, folder or share")
        self.assert_refused(self.run_at(self.smbd.url("none/"), *right), 5, "no such file, folder or share")

    def test_what_is_not_even_tried(self):
        right = self.access()
        for words, location, options in (("wants a user and a password", self.smbd.url("PBX.zip", user=""), right),
                                         ("wants a user and a password", self.location(), []),
                                         ("goes with no user", self.location(), ["--smb-guest"]),
                                         ("cannot be encrypted", self.smbd.url("a", user=""), ["--smb-guest", "--smb-encryption"]),
                                         ("names no share", "smb://backup@127.0.0.1/share", right),
                                         ("names no share", "smb://backup@127.0.0.1/", right),
                                         ("names no host", "smb:///share/a", right),
                                         ("not the same", self.location(), ["--username", "other", *right])):
            with self.subTest(words):
                self.assert_refused(self.run_at(location, *options), 2, words)

    def test_a_user_is_never_silently_made_a_guest(self):
        # `map to guest` makes one of whom the server does not know, and the share is open to guests.
        run = self.run_at(self.smbd.url("PBX.zip", "open", user="nosuch"), *self.access())
        self.assert_refused(run, 1, "does not let 'nosuch' in")
        self.assertEqual(self.run_at(self.smbd.url("PBX.zip", "open", user=""), "--smb-guest").status, 0)

    def test_secret_the_password_is_nowhere(self):
        process = tool.start("fo-fetch", *self.arguments("PBX.zip", "-v", "-v", "--json", "--limit-rate", "1MiB"))
        worker = worker_of(process)
        seen = [Path(f"/proc/{pid}/{name}").read_bytes().decode(errors="replace")
                for pid in (process.pid, worker) for name in ("cmdline", "environ")]
        self.assertIn("Max core file size        0                    0", Path(f"/proc/{worker}/limits").read_text(encoding="ascii"))
        run = tool.finish(process)
        self.assertEqual(run.status, 0, run)
        seen += [run.stdout, run.stderr] + [path.read_text(errors="replace") for path in self.out.glob("*.json")]
        for text in seen:
            self.assertNotIn(Smbd.password, text)


def worker_of(process, name="fo-smb"):
    """The process number of a worker that a run has started."""
    def child():
        for task in Path(f"/proc/{process.pid}/task").iterdir():
            for pid in (task / "children").read_text(encoding="ascii").split():
                if Path(f"/proc/{pid}/comm").read_text(encoding="ascii") == f"{name}\n":
                    return int(pid)
        return None
    return wait_until(child, "a worker")


class InBetween(SmbCase):
    """Somebody on the line who changes a byte."""

    def test_a_falsified_answer_is_noticed_by_its_signature(self):
        relay = self.through_relay()
        marker = self.backup.read_bytes()[700_000:700_020]
        relay.falsify(marker)
        run = self.fetch("PBX.zip", "--retries", "0")
        relay.wait_broken(0.1)
        # Without signatures it would only be the archive's own checksum (status 7) that tells.
        self.assertIn(run.status, (1, 6), run)
        self.assertEqual(stored(self.out), [])

    def test_what_is_encrypted_cannot_be_read_on_the_line(self):
        relay = self.through_relay()
        relay.falsify(self.backup.read_bytes()[700_000:700_020])
        run = self.fetch("PBX.zip", "--smb-encryption")
        self.assertEqual(run.status, 0, run)
        self.assertRaises(AssertionError, relay.wait_broken, 0.1)


class NoEncryption(SmbCase):
    settings = ("server smb encrypt = off",)

    def test_a_server_that_does_not_encrypt_is_refused_when_it_must(self):
        self.assertEqual(self.fetch("PBX.zip").status, 0)
        self.refused(1, "does not encrypt, which --smb-encryption asks for", "PBX.zip", "--smb-encryption")


class OldServer(SmbCase):
    settings = ("server min protocol = NT1", "server max protocol = NT1")

    def test_smb_1_is_not_spoken(self):
        run = self.fetch("PBX.zip", "--retries", "0")
        self.assertIn(run.status, (1, 6), run)
        self.assertEqual(run.stdout, "")


class Breaking(SmbCase):
    def slow(self, *options):
        """A download under way, of which some bytes have come."""
        process = tool.start("fo-fetch", *self.arguments("PBX.zip", "--limit-rate", "1MiB", *options))
        part = self.out / ".fo-fetch.part"
        wait_until(lambda: part.exists() and part.stat().st_blocks * 512 > 200_000, "some bytes to come")
        return process

    def test_a_server_that_dies(self):
        process = self.slow("--retries", "0")
        self.smbd.kill()
        run = tool.finish(process)
        self.assertEqual((run.status, run.stdout), (6, ""), run)
        self.assertEqual(stored(self.out), [])
        run = self.refused(6, "Connection refused", "PBX.zip", "--retries", "0")
        self.smbd.start()
        self.assertEqual(self.fetched("PBX.zip").read_bytes(), self.backup.read_bytes())

    def test_bounded_a_server_that_hangs(self):
        process = self.slow("-t", "3s")
        self.smbd.freeze()
        run = tool.finish(process)
        self.smbd.thaw()
        self.assertEqual((run.status, run.stdout), (6, ""), run)
        self.assertLess(run.seconds, 3.2)
        self.smbd.freeze()
        run = self.fetch("PBX.zip", "--stall-timeout", "1s", "--retries", "0")
        self.smbd.thaw()
        self.assertEqual((run.status, run.stdout), (6, ""), run)
        self.assertLess(run.seconds, 3)
        self.assertRegex(run.stderr, "silent for 1 s")

    def test_a_worker_that_is_killed_is_started_again(self):
        process = self.slow("-v", "--connections", "1")
        os.kill(worker_of(process), signal.SIGKILL)
        run = tool.finish(process)
        self.assertEqual(run.status, 0, run)
        self.assertRegex(run.stderr, r"fo-smb ended before its answer \(signal 9\).*trying again")
        self.assertEqual(Path(run.stdout.strip()).read_bytes(), self.backup.read_bytes())

    def test_a_worker_does_not_outlive_the_run(self):
        for number in (signal.SIGKILL, signal.SIGTERM):
            process = self.slow()
            worker = worker_of(process)
            process.send_signal(number)
            tool.finish(process)
            wait_until(lambda: not runs(worker), "the end of the worker", 2.0)


if __name__ == "__main__":
    unittest.main()
