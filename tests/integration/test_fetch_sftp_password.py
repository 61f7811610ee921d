"""fo-fetch logs in to a real sshd with a password: the right one, a wrong one, where none is taken, and who gets to hear it."""

import unittest

from support.backups import make_backup
from support.fetching import FetchCase
from support.password_sshd import PasswordSshd

PASSWORD = "Canary-51c0 pass'word"


class Password(FetchCase):
    def serve(self, *methods):
        self.sshd = PasswordSshd(PASSWORD, *methods)
        self.addCleanup(self.sshd.close)
        self.sshd.start()
        make_backup(self.sshd.store / "PBX.zip")
        self.known_hosts = self.sshd.known_hosts
        self.password_file = self.folder / "password"
        self.write(PASSWORD)

    def write(self, text):
        self.password_file.write_text(text + "\n", encoding="ascii")
        self.password_file.chmod(0o600)

    def location(self, path=""):
        return self.sshd.url(path)

    def access(self):
        return ["--password-file", self.password_file, "--known-hosts", self.known_hosts]

    def test_secret_the_right_password_and_it_is_nowhere(self):
        self.serve()
        run = self.fetch("PBX.zip", "-v", "-v", "--json")
        self.assertEqual(run.status, 0, run)
        self.assertIn("Accepted password for keeper", self.sshd.whole_log)
        for text in (run.stdout, run.stderr, *(path.read_text(errors="replace") for path in self.out.glob("*.json"))):
            self.assertNotIn(PASSWORD, text)

    def test_a_wrong_password_is_said_once_and_not_again(self):
        self.serve()
        self.write("wrong")
        run = self.refused(1, "does not accept the password of .*password", "PBX.zip")
        self.assertNotIn("wrong", run.stderr)
        # More would lock the account out where that is done.
        self.assertEqual(self.sshd.whole_log.count("Failed password for keeper"), 1)

    def test_a_host_that_is_not_known_never_hears_it(self):
        self.serve()
        self.known_hosts = self.folder / "known_hosts"
        self.known_hosts.write_text("", encoding="ascii")
        self.refused(4, "is not in .*SHA256:", "PBX.zip")
        self.assertNotIn("password for", self.sshd.whole_log)

    def test_questions_and_answers_are_not_offered(self):
        self.serve(("PasswordAuthentication no", "KbdInteractiveAuthentication yes"))
        self.refused(1, "does not take passwords, only: keyboard-interactive", "PBX.zip")
        self.assertNotIn("keyboard-interactive/pam", self.sshd.whole_log)


if __name__ == "__main__":
    unittest.main()
