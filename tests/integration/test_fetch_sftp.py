"""fo-fetch from a real sshd: who it trusts, how it logs in, and what it does when the server breaks off, hangs or lies."""

import os
import re
import shutil
import signal
import subprocess
import unittest
from pathlib import Path

from support import tool
from support.backups import make_backup, set_age, stored
from support.fetching import FetchCase
from support.server import wait_until
from support.sshd import Sshd, make_key, public_key

CANARY = "Canary-7f3a-passphrase"


class SftpCase(FetchCase):
    settings = ()
    host_keys = ("ed25519", "ecdsa")

    def setUp(self):
        super().setUp()
        self.sshd = Sshd(host_keys=self.host_keys, settings=self.settings)
        self.addCleanup(self.sshd.close)
        self.sshd.start()
        self.store = self.sshd.store
        self.identity = self.sshd.identity
        self.known_hosts = self.sshd.known_hosts

    def location(self, path=""):
        return self.sshd.url(path)

    def access(self):
        return ["--identity-file", self.identity, "--known-hosts", self.known_hosts]


class HostKey(SftpCase):
    """The host key is always checked, by our own reading of known_hosts."""

    def setUp(self):
        super().setUp()
        make_backup(self.store / "PBX.zip")
        self.plain = self.known_hosts.read_text(encoding="ascii")

    def known(self, text):
        self.known_hosts.write_text(text, encoding="ascii")

    def test_an_unknown_host_is_refused_and_learns_nothing(self):
        self.known("")
        run = self.refused(4, "is not in .*SHA256:.*ask its admin", "PBX.zip")
        self.assertIn(f"ssh-keyscan -p {self.sshd.port}", run.stderr)
        fingerprint = subprocess.run(["ssh-keygen", "-l", "-f", self.sshd.host_keys[0]], capture_output=True, text=True, check=True)
        self.assertIn(fingerprint.stdout.split()[1], run.stderr)
        self.assertNotIn("publickey", self.sshd.whole_log)

    def test_another_key_is_refused(self):
        other = make_key(self.folder / "other")
        self.known(self.sshd.known_hosts_line(other))
        self.refused(4, "somebody may be in between", "PBX.zip")
        self.assertNotIn("publickey", self.sshd.whole_log)

    def test_a_revoked_key_and_a_negated_host_are_refused(self):
        keys = [public_key(key) for key in self.sshd.host_keys]
        self.known("".join(f"@revoked * {key}\n" for key in keys) + self.plain)
        self.refused(4, "revoked", "PBX.zip")
        name = f"[127.0.0.1]:{self.sshd.port}"
        self.known("".join(f"!{name},{name} {key}\n" for key in keys))
        self.refused(4, "is not in", "PBX.zip")
        self.known("".join(f"@cert-authority * {key}\n" for key in keys))
        self.refused(4, "is not in", "PBX.zip")

    def test_what_ssh_accepts_is_accepted(self):
        hashed = self.folder / "hashed"
        hashed.write_text(self.plain, encoding="ascii")
        subprocess.run(["ssh-keygen", "-q", "-H", "-f", hashed], check=True, capture_output=True)
        key = public_key(self.sshd.host_keys[0])
        variants = {"hashed": hashed.read_text(encoding="ascii"), "crlf": self.plain.replace("\n", "\r\n"),
                    "malformed before": "this is no line\n|1|x|y ssh-ed25519\n" + self.plain,
                    "wildcard": f"[127.0.0.*]:{self.sshd.port} {key}\n", "bare": f"127.0.0.1 {key}\n",
                    "list and comment": f"# c\n  a.example,[127.0.0.1]:{self.sshd.port} {key} a comment\n"}
        for name, text in variants.items():
            with self.subTest(name):
                self.known(text)
                self.assertEqual(self.fetch("PBX.zip").status, 0)
                # ssh(1) is the oracle of what the file means.
                ssh = subprocess.run(["ssh", "-F", "none", "-o", f"UserKnownHostsFile={self.known_hosts}", "-o", "GlobalKnownHostsFile=none",
                                      "-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes", "-i", self.identity, "-p", str(self.sshd.port),
                                      "127.0.0.1", "true"], capture_output=True, text=True, check=False)
                self.assertEqual(ssh.returncode, 0, ssh.stderr)

    def test_the_key_type_that_is_known_is_asked_for(self):
        for key in self.sshd.host_keys:
            self.known(self.sshd.known_hosts_line(key))
            self.assertEqual(self.fetch("PBX.zip").status, 0, key)

    def test_a_file_that_is_not_there_is_an_error(self):
        self.known_hosts = self.folder / "none"
        self.refused(2, "does not exist", "PBX.zip")


class RsaOnly(SftpCase):
    host_keys = ("rsa",)

    def test_a_server_with_only_an_rsa_host_key_gets_a_clear_error(self):
        self.refused(1, "RSA host key.*ed25519", "PBX.zip")


class LogIn(SftpCase):
    def setUp(self):
        super().setUp()
        make_backup(self.store / "PBX.zip")

    def test_every_kind_of_key(self):
        for kind, passphrase, options in (("ecdsa", "", ()), ("rsa", "", ()), ("rsa", "", ("-m", "PEM")), ("rsa", CANARY, ("-m", "PEM")),
                                          ("ed25519", CANARY, ())):
            with self.subTest(kind=kind, passphrase=passphrase, options=options):
                self.identity = make_key(self.folder / f"id-{kind}-{len(passphrase)}-{len(options)}", kind, passphrase, *options)
                self.sshd.authorize(self.identity)
                words = []
                if passphrase:
                    words = ["--password-file", self.folder / "passphrase"]
                    words[1].write_text(passphrase + "\n", encoding="ascii")
                    words[1].chmod(0o600)
                self.fetched("PBX.zip", *words)
        self.assertNotIn("password", re.sub("PasswordAuthentication", "", self.sshd.whole_log))

    def test_a_key_that_is_not_authorized(self):
        self.identity = make_key(self.folder / "stranger")
        self.refused(1, "does not accept the key .*authorized_keys", "PBX.zip")

    def test_keys_that_cannot_be_used(self):
        self.identity = make_key(self.folder / "locked", "ed25519", CANARY)
        self.refused(2, "passphrase", "PBX.zip")
        self.identity = make_key(self.folder / "locked_rsa", "rsa", CANARY)
        self.refused(2, "encrypted RSA key.*ssh-agent", "PBX.zip")
        self.identity = self.folder / "nokey"
        self.identity.write_text("not a key\n", encoding="ascii")
        self.identity.chmod(0o600)
        self.refused(2, "no private key", "PBX.zip")
        self.identity.chmod(0o644)
        self.refused(2, "chmod 600", "PBX.zip")
        self.identity = self.folder / "none"
        self.refused(2, "No such file", "PBX.zip")

    def test_the_agent(self):
        keys = [make_key(self.folder / f"agent-{kind}", kind) for kind in ("rsa", "ed25519")]
        socket = self.folder / "agent.sock"
        agent = subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(lambda: (agent.kill(), agent.wait()))
        wait_until(socket.exists, "the agent's socket")
        environment = {"SSH_AUTH_SOCK": str(socket), "HOME": str(self.folder)}
        arguments = [self.location("PBX.zip"), "-o", self.out, "--state-dir", self.state, "--known-hosts", self.known_hosts]
        for key in keys:
            self.sshd.authorize(key)
            subprocess.run(["ssh-add", "-q", "-D"], env={**os.environ, **environment}, check=True, capture_output=True)
            subprocess.run(["ssh-add", "-q", key], env={**os.environ, **environment}, check=True)
            self.assertEqual(tool.run("fo-fetch", *arguments, env=environment).status, 0, key)
        # bounded: an agent that hangs holds us no longer than the deadline.
        agent.send_signal(signal.SIGSTOP)
        self.addCleanup(agent.send_signal, signal.SIGCONT)
        run = tool.run("fo-fetch", *arguments, "-t", "1s", env=environment)
        self.assertEqual(run.status, 6, run)
        self.assertLess(run.seconds, 1.3)

    def test_what_the_server_says_no_to(self):
        self.refused(5, "no such file", "none.zip")
        (self.store / "tree").mkdir()
        self.refused(5, "not a regular file", "tree")
        self.refused(5, "no such file", "none/")
        self.refused(5, "no backup", "other*.zip")
        self.refused(2, "not the same", "PBX.zip", "--username", "somebody")

    def test_secret_the_passphrase_is_nowhere(self):
        self.identity = make_key(self.folder / "locked", "ed25519", CANARY)
        self.sshd.authorize(self.identity)
        words = self.folder / "passphrase"
        words.write_text(CANARY + "\n", encoding="ascii")
        words.chmod(0o600)
        arguments = self.arguments("PBX.zip", "--password-file", words, "-v", "-v", "--json", "--limit-rate", "40KiB")
        process = tool.start("fo-fetch", *arguments)
        wait_until(lambda: (self.out / ".fo-fetch.part").exists(), "the download")
        seen = b"".join(Path(f"/proc/{process.pid}/{name}").read_bytes() for name in ("cmdline", "environ"))
        run = tool.finish(process)
        self.assertEqual(run.status, 0, run)
        texts = [run.stdout, run.stderr, seen.decode(errors="replace"), self.sshd.whole_log]
        texts += [path.read_text(errors="replace") for path in [*self.out.glob(".*"), *self.out.glob("*.json")]]
        for text in texts:
            self.assertNotIn(CANARY, text)


class Breaking(SftpCase):
    """What a run does when the server stops playing along."""

    def setUp(self):
        super().setUp()
        self.backup = make_backup(self.store / "PBX.zip", files=20, size=100_000)

    def slow(self, *options):
        """A download under way, of which some bytes have come."""
        process = tool.start("fo-fetch", *self.arguments("PBX.zip", "--limit-rate", "1MiB", *options))
        part = self.out / ".fo-fetch.part"
        wait_until(lambda: part.exists() and part.stat().st_size > 200_000, "some bytes to come")
        return process

    def test_a_connection_that_breaks_is_resumed_in_the_same_run(self):
        process = self.slow("--json", "-v")
        self.sshd.signal_sessions(signal.SIGKILL)
        run = tool.finish(process)
        self.assertEqual(run.status, 0, run)
        self.assertIn("trying again", run.stderr)
        self.assertEqual(Path(run.result["path"]).read_bytes(), self.backup.read_bytes())

    def test_a_server_that_dies_for_good_is_status_6_and_the_next_run_goes_on(self):
        process = self.slow("--retries", "0")
        self.sshd.kill()
        run = tool.finish(process)
        self.assertEqual((run.status, run.stdout), (6, ""), run)
        self.assertEqual(stored(self.out), [])
        self.sshd.start()
        run = self.fetch("PBX.zip", "--json")
        self.assertEqual(run.status, 0, run)
        self.assertGreater(run.result["resumed_at"], 200_000)
        self.assertEqual(Path(run.result["path"]).read_bytes(), self.backup.read_bytes())

    def test_an_interrupted_download_of_what_was_replaced_begins_anew(self):
        process = self.slow("--retries", "0")
        self.sshd.kill()
        self.assertEqual(tool.finish(process).status, 6)
        new = make_backup(self.store / "PBX.zip", seed=2, files=20, size=100_000, age=1800)
        self.sshd.start()
        run = self.fetch("PBX.zip", "--json")
        self.assertEqual((run.status, run.result["resumed_at"]), (0, 0), run)
        self.assertEqual(Path(run.result["path"]).read_bytes(), new.read_bytes())

    def test_an_object_that_is_replaced_under_way_is_never_mixed(self):
        process = self.slow("-v")
        fresh = make_backup(self.folder / "fresh.zip", seed=3, files=20, size=100_000, age=600)
        shutil.copy2(fresh, self.store / "new.tmp")
        (self.store / "new.tmp").rename(self.store / "PBX.zip")
        run = tool.finish(process)
        self.assertEqual(run.status, 0, run)
        self.assertEqual(Path(run.stdout.strip()).read_bytes(), fresh.read_bytes())
        self.assertEqual(len(stored(self.out)), 2)

    def test_an_object_that_is_still_being_written_is_not_taken(self):
        older = make_backup(self.store / "PBX.1.zip", seed=9, age=7200)
        text = self.backup.read_bytes()
        self.backup.write_bytes(text[:len(text) // 2])
        backup = self.fetched("PBX*", status=3)
        self.assertEqual(backup.read_bytes(), older.read_bytes())
        # It has its end already, but its time moves between the two looks.
        self.backup.write_bytes(text)
        stop = subprocess.Popen(["sh", "-c", "while touch \"$1\"; do sleep 0.2; done", "sh", self.backup])
        try:
            backup = self.fetched("PBX*", status=3)
        finally:
            stop.kill()
            stop.wait()
        self.assertEqual(backup.read_bytes(), older.read_bytes())
        set_age(self.backup, 60)
        self.assertEqual(self.fetched("PBX*").read_bytes(), text)

    def test_bounded_a_server_that_hangs(self):
        for when in ("before", "under way"):
            with self.subTest(when):
                if when == "before":
                    self.sshd.freeze()
                    process = tool.start("fo-fetch", *self.arguments("PBX.zip", "-t", "1s"))
                else:
                    process = self.slow("-t", "3s")
                    self.sshd.freeze()
                run = tool.finish(process)
                self.sshd.thaw()
                self.assertEqual((run.status, run.stdout), (6, ""), run)
                self.assertLess(run.seconds, 1.2 if when == "before" else 3.2)

    def test_a_stalled_server_is_given_up_after_the_stall_timeout(self):
        process = self.slow("--stall-timeout", "1s", "--retries", "0")
        self.sshd.freeze()
        run = tool.finish(process)
        self.sshd.thaw()
        self.assertEqual(run.status, 6, run)
        self.assertIn("silent for 1 s", run.stderr)

    def test_a_signal_stops_it_at_a_safe_point(self):
        process = self.slow()
        process.send_signal(signal.SIGTERM)
        run = tool.finish(process)
        self.assertEqual((run.status, run.stdout), (128 + signal.SIGTERM, ""), run)
        self.assertEqual(stored(self.out), [])
        self.assertEqual(self.fetch("PBX.zip").status, 0)

    def test_nobody_listens(self):
        self.sshd.stop()
        run = self.refused(6, "Connection refused", "PBX.zip", "--retries", "1", "-v")
        self.assertIn("trying again", run.stderr)


if __name__ == "__main__":
    unittest.main()
