"""fo-fetch --smb-kerberos: every way in which there is no ticket that counts, and nobody is let in, not even where everybody may; and
who gets to see the ticket."""

import base64
import shutil
import socket
import subprocess
import sysconfig
import unittest
from pathlib import Path

from integration.test_fetch_smb import worker_of
from support import ticket_smbd, tool
from support.backups import make_backup, stored
from support.breaking_relay import BreakingRelay
from support.fetching import FetchCase
from support.process_watch import Watch
from support.server import free_port, runs, wait_until
from support.smbd import Smbd
from support.ticket_smbd import FOREIGN_NAME, OTHER_NAME, OWNER, SERVER_NAME, USER, TicketCase, TicketSmbd, by_name

setUpModule = ticket_smbd.begin


def clock(shift):
    """What makes a program believe another time."""
    library = f"/usr/lib/{sysconfig.get_config_var('MULTIARCH')}/faketime/libfaketime.so.1"
    return ["env", f"LD_PRELOAD={library}", f"FAKETIME={shift}", "FAKETIME_DONT_FAKE_MONOTONIC=1"]


class OpenToGuests(TicketCase, FetchCase):
    """On a share that is open to guests: whoever fell back to being nobody would be let in."""

    settings = ()

    @classmethod
    def setUpClass(cls):
        cls.smbd = TicketSmbd(cls.settings)
        cls.addClassCleanup(cls.smbd.close)
        cls.smbd.start()
        cls.content = make_backup(cls.smbd.store / "PBX.zip", files=20, size=100_000).read_bytes()
        (cls.smbd.store / "PBX.zip").chmod(0o644)

    def setUp(self):
        super().setUp()
        self.get_ticket()
        self.port = None
        self.host = SERVER_NAME

    def location(self, path=""):
        return by_name(self.smbd, path, self.host, "open", self.port)

    def access(self):
        return ["--smb-kerberos", "--retries", "0"]

    def refused_with(self, status, words, *options):
        run = self.refused(status, words, "PBX.zip", *options)
        self.assertEqual(stored(self.out), [])
        return run


class NoTicketThatCounts(OpenToGuests):
    def test_the_share_is_open(self):
        self.assertEqual(self.fetched("PBX.zip").read_bytes(), self.content)
        run = tool.run("fo-fetch", "--list", "--smb-guest", self.location("PBX.zip"))
        self.assertEqual(run.status, 0, run)

    def test_no_ticket(self):
        self.cache.unlink()
        self.refused_with(1, "there is no Kerberos ticket; type: kinit USER@REALM")

    def test_a_ticket_for_nothing_else(self):
        """The cache is there, and of the right owner, but holds nothing to ask the Kerberos server with."""
        self.realm.ticket(self.cache, "-S", f"cifs/{FOREIGN_NAME}", name=USER)
        self.refused_with(1, f"there is no Kerberos ticket; type: kinit {OWNER}")

    def test_an_expired_ticket(self):
        self.realm.ticket(self.cache, "-l", "1s", name=USER)
        wait_until(lambda: subprocess.run(["klist", "-s", str(self.cache)], timeout=5).returncode != 0, "the ticket to end")
        self.refused_with(1, f"the Kerberos ticket has expired; type: kinit {OWNER}")

    def test_a_ticket_that_expired_long_ago(self):
        self.realm.ticket(self.cache, "-l", "10m", name=USER, wrapper=clock("-1h"))
        self.refused_with(1, f"the Kerberos ticket has expired; type: kinit {OWNER}|the clocks differ too much")

    def test_a_cache_of_rubbish(self):
        for content in (b"nothing of the kind", b"", b"\5\4\0\0"):
            with self.subTest(content):
                self.cache.write_bytes(content)
                self.refused_with(2, "KRB5CCNAME names is no ticket cache")

    def test_a_cache_that_is_cut_off(self):
        self.cache.write_bytes(self.cache.read_bytes()[:100])
        self.refused_with(1, f"there is no Kerberos ticket; type: kinit {OWNER}")

    def test_a_cache_that_is_no_file(self):
        run = self.fetch("PBX.zip", env={**self.environment, "KRB5CCNAME": "MEMORY:x"})
        self.assertEqual((run.status, run.stdout), (2, ""), run)
        self.assertIn("set KRB5CCNAME=FILE:PATH, for kinit too", run.stderr)

    def test_a_cache_in_a_folder_of_several(self):
        folder = self.folder / "caches"
        folder.mkdir(mode=0o700)
        shutil.copy(self.cache, folder / "tkt")
        (folder / "primary").write_text("tkt\n", encoding="ascii")
        run = self.fetch("PBX.zip", env={**self.environment, "KRB5CCNAME": f"DIR:{folder}"})
        self.assertEqual(run.status, 0, run)

    def test_a_name_that_kerberos_does_not_know(self):
        self.host = OTHER_NAME
        self.refused_with(2, f"cifs/{OTHER_NAME}.*no such service; give the server by the full name")

    def test_the_ticket_of_another_server(self):
        """Kerberos knows the name, but this server has another key: it cannot read the ticket, and nothing else is tried."""
        self.host = FOREIGN_NAME
        self.refused_with(1, f"does not let {OWNER} in by its Kerberos ticket; .*cifs/{FOREIGN_NAME}")

    def test_a_server_without_kerberos(self):
        plain = Smbd()
        self.addCleanup(plain.close)
        plain.start()
        shutil.copy(self.smbd.store / "PBX.zip", plain.store)
        self.port = plain.port
        run = self.refused_with(1, "Kerberos ticket|cannot use the ticket")
        self.assertNotIn("password", run.stderr)

    def test_what_is_not_even_tried(self):
        named = self.location("PBX.zip")
        for words, location, options in (("ticket is for a name", "smb://127.0.0.1/open/a.zip", []),
                                         ("no user and no password", f"smb://{USER}@{SERVER_NAME}/open/a.zip", []),
                                         ("no user and no password", named, ["--username", USER]),
                                         ("do not go together", named, ["--smb-guest"]),
                                         ("no user and no password", named, ["--password-file", self.cache])):
            with self.subTest(words):
                run = tool.run("fo-fetch", "--list", "--smb-kerberos", location, *options, env=self.environment)
                self.assertEqual((run.status, run.stdout), (2, ""), run)
                self.assertRegex(run.stderr, words)

    def test_nothing_is_tried_without_being_asked(self):
        run = tool.run("fo-fetch", "--list", self.location("PBX.zip"), env=self.environment)
        self.assertEqual((run.status, run.stdout), (2, ""), run)
        self.assertIn("--smb-kerberos", run.stderr)


class Clocks(OpenToGuests):
    def test_ours_was_wrong(self):
        """kinit noted by how much; since it was set right what it noted is what is wrong."""
        self.realm.ticket(self.cache, name=USER, wrapper=clock("+1h"))
        self.refused_with(1, "the clocks differ too much; set them right")

    def test_that_of_the_server_is_wrong(self):
        """It says by how much, and is asked again; unless the ticket's time is over by then, or has not begun."""
        for shift, status in (("+2h", 0), ("-2h", 1), ("+3d", 1)):
            with self.subTest(shift):
                smbd = TicketSmbd(wrapper=clock(shift))
                self.addCleanup(smbd.close)
                smbd.start()
                shutil.copy(self.smbd.store / "PBX.zip", smbd.store)
                run = tool.run("fo-fetch", "--list", "--smb-kerberos", by_name(smbd, "PBX.zip"), env=self.environment)
                self.assertEqual(run.status, status, run)
                if status:
                    self.assertRegex(run.stderr, "look at .*clock")


class Bounded(OpenToGuests):
    def silent(self):
        """A Kerberos server that takes what it is sent and never says a word."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        self.ask_at(listener.getsockname()[1])

    def test_a_silent_kerberos_server(self):
        self.silent()
        process = tool.start("fo-fetch", *self.arguments("PBX.zip", "--timeout", "2s"), env=self.environment)
        worker = worker_of(process, "fo-gss")
        limits = Path(f"/proc/{worker}/limits").read_text(encoding="ascii")
        run = tool.finish(process)
        self.assertEqual((run.status, run.stdout), (6, ""), run)
        self.assertRegex(run.stderr, rf"does its server \(KDC\) answer\? .*kvno cifs/{SERVER_NAME}")
        self.assertLess(run.seconds, 2.2)
        self.assertFalse(runs(worker))
        self.assertIn("Max core file size        0                    0", limits)

    def test_a_silent_server(self):
        self.smbd.freeze()
        self.addCleanup(self.smbd.thaw)
        run = self.refused_with(6, "the deadline has passed", "--timeout", "2s")
        self.assertLess(run.seconds, 2.2)
        run = self.refused_with(6, "silent for 1 s", "--stall-timeout", "1s")
        self.assertLess(run.seconds, 3)

    def test_no_kerberos_server(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        self.ask_at(port)
        self.refused_with(6, r"no Kerberos server \(KDC\) of the realm answers; look at its name in krb5.conf")

    def test_a_ticket_that_is_there_needs_no_kerberos_server(self):
        self.fetched("PBX.zip")
        self.ask_at(1)
        self.assertEqual(self.fetched("PBX.zip").read_bytes(), self.content)


class OnTheLine(OpenToGuests):
    """Somebody in between, and what the server can do against it."""

    def through_relay(self):
        self.port = free_port()
        relay = BreakingRelay(((self.smbd.address, self.port), (self.smbd.address, self.smbd.port)))
        self.addCleanup(relay.close)
        relay.falsify(self.content[700_000:700_020])
        return relay

    def test_a_falsified_answer_is_noticed_by_its_signature(self):
        relay = self.through_relay()
        run = self.fetch("PBX.zip")
        relay.wait_broken(0.1)
        # Without signatures it would only be the archive's own checksum (status 7) that tells.
        self.assertIn(run.status, (1, 6), run)
        self.assertEqual(stored(self.out), [])

    def test_what_is_encrypted_cannot_be_read_on_the_line(self):
        relay = self.through_relay()
        run = self.fetch("PBX.zip", "--smb-encryption")
        self.assertEqual(run.status, 0, run)
        self.assertRaises(AssertionError, relay.wait_broken, 0.1)


class NoEncryption(OpenToGuests):
    settings = ("server smb encrypt = off",)

    def test_a_server_that_does_not_encrypt_is_refused_when_it_must(self):
        self.fetched("PBX.zip")
        shutil.rmtree(self.out)
        self.refused_with(1, "does not encrypt, which --smb-encryption asks for", "--smb-encryption")


def spellings(secret):
    """Every stretch of fifteen bytes that is no name, as it is, in hex and in base64."""
    found = set()
    for begin in range(len(secret) - 14):
        part = secret[begin:begin + 15]
        if sum(byte >= 0x80 for byte in part) >= 4:
            found |= {part, part.hex().encode(), base64.b64encode(part)}
    return found


class Secret(OpenToGuests):
    """Keys and tickets go from the cache to the servers, and nowhere else."""

    def leaks(self, places):
        secrets = spellings(self.cache.read_bytes()) | spellings(self.realm.keytab(USER).read_bytes())
        self.assertGreater(len(secrets), 500)
        return sorted(where for where, text in places.items() if any(secret in text for secret in secrets))

    def watched(self, *options):
        process = tool.start("fo-fetch", *self.arguments("PBX.zip", "-v", "-v", "--json", *options), env=self.environment)
        watch = Watch(process)
        watch.start()
        run = tool.finish(process)
        watch.join(5)
        places = {where: text for text, where in watch.seen.items()}
        places.update({"stdout": run.stdout.encode(), "stderr": run.stderr.encode()})
        for folder in (self.out, self.state):
            places.update({str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()})
        return run, watch, places

    def test_no_ticket_is_anywhere(self):
        run, watch, places = self.watched("--limit-rate", "2MiB")
        self.assertEqual(run.status, 0, run)
        self.assertIn(b"fo-smb", b"".join(watch.seen))
        self.assertEqual(self.leaks(places), [])

    def test_a_run_that_fails_does_not_tell_either(self):
        self.host = FOREIGN_NAME
        run, _, places = self.watched()
        self.assertEqual(run.status, 1, run)
        self.assertEqual(self.leaks(places), [])

    def test_what_is_looked_for_would_be_found(self):
        ticket, key = self.cache.read_bytes()[-100:], self.realm.keytab(USER).read_bytes()[-40:]
        places = {"raw": b"x" + ticket, "hex": key.hex().encode(), "base64": b"=" + base64.b64encode(ticket), "nothing": OWNER.encode()}
        self.assertEqual(self.leaks(places), ["base64", "hex", "raw"])


if __name__ == "__main__":
    unittest.main()
