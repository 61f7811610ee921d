"""A switchover whose old host is told over SSH to stop, and to serve again; and what nobody is told on the way."""

import json
import secrets
import unittest

from integration.test_promote_secrets import Watch
from integration.test_promote_ssh_fence import SshFenceCase
from support import tool
from support.fenced_host import UNIT
from support.named import SERVICE
from support.pair import OLD
from support.sshd import make_key


class Switchover(SshFenceCase):
    def test_there_and_back(self):
        done = self.switch()
        self.assertIn(done.status, (0, 3), done)
        self.assert_here()
        self.assert_fenced(1)
        done = self.pair.promote("give-back", "a")
        self.assertEqual(done.status, 0, done)
        self.assertEqual((self.serving(), self.pair.addresses), ({"old"}, [OLD]))
        self.assertEqual(self.old.role, ("active", 2))
        self.assertTrue(self.old.serving.exists())
        self.assertIn(self.switch().status, (0, 3))
        self.assert_here()
        self.assert_fenced(3)

    def test_a_failure_gives_it_back(self):
        (self.pair.dir / "backup-broken-last").touch()
        done = self.switch()
        self.assertEqual(done.status, 1, done)
        self.assertIn("a serves again", done.result["message"])
        self.assertEqual((self.serving(), self.pair.addresses), ({"old"}, [OLD]))
        self.assertEqual((self.old.role, self.old.systemd.masked(UNIT)), (("active", 2), False))

    def test_one_that_does_not_come_up_again_says_what_to_type(self):
        (self.pair.dir / "backup-broken-last").touch()
        self.old.systemd.unit(UNIT, "active", on_start="exit 1")
        done = self.switch()
        self.assertEqual(done.status, 9, done)
        self.assertIn("give-back", done.result["next"])
        self.assert_not_started()


class Canaries(SshFenceCase):
    """Property secret: neither the key nor its passphrase is anywhere but in its file."""

    def watched(self, verb, *arguments):
        process = tool.start(*self.pair.command(verb, "-v", "-v", "--confirm", SERVICE, *arguments))
        watch = Watch(process)
        watch.start()
        done = tool.finish(process)
        watch.join(5)
        return done, watch

    def leaks(self, done, watch, canaries):
        places = {"output": (done.stdout + done.stderr).encode()}
        places.update({where: text for text, where in watch.seen.items()})
        for folder in (self.pair.state, self.old.state, self.pair.dir / "run", self.old.notes):
            places.update({str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()})
        return [f"{name} in {where}" for name, canary in canaries.items() for where, text in places.items() if canary in text]

    def setUp(self):
        super().setUp()
        self.passphrase = f"canary-{secrets.token_hex(12)}"
        self.locked = make_key(self.pair.dir / "locked", "ed25519", self.passphrase)
        self.secret = self.pair.dir / "passphrase"
        self.secret.write_text(self.passphrase + "\n")
        self.secret.chmod(0o600)
        self.sshd.identity = self.locked
        self.sshd.force(None)
        opened = make_key(self.pair.dir / "opened", "ed25519")
        self.canaries = {"passphrase": self.passphrase.encode(), "key": self.locked.read_bytes().splitlines()[2],
                         "other key": opened.read_bytes().splitlines()[2]}
        self.opened = opened

    def test_a_switchover_and_a_failure_tell_nothing(self):
        self.reconfigure(fence=[self.sshd.spec(identity=self.locked, password_file=self.secret)])
        done, watch = self.watched("run", "--switchover")
        self.assertIn(done.status, (0, 3), done)
        self.assert_here()
        self.assertTrue(watch.seen)
        self.assertEqual(self.leaks(done, watch, self.canaries), [])
        self.assertEqual(json.loads((self.pair.state / "role").read_text())["role"], "active")

    def test_a_key_that_is_not_taken(self):
        self.hang()
        for spec in (self.sshd.spec(identity=self.opened), self.sshd.spec(identity=self.locked, password_file=self.opened),
                     self.sshd.spec(identity=self.secret)):
            self.reconfigure(fence=[spec])
            done, watch = self.watched("run")
            self.assertNotIn(done.status, (0, 3), done)
            self.assertEqual(self.leaks(done, watch, self.canaries), [])


if __name__ == "__main__":
    unittest.main()
