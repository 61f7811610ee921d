"""The fencer suite over a real sshd and the forced command fo-promote serve-fence."""

import time
import unittest

from conformance.fencer_suite import EPOCH, FencerCalls, FencerSuite
from support import tool
from support.fence_sshd import FenceSshd
from support.fenced_host import UNIT, FencedHost
from support.server import wait_until
from support.sshd import make_key

OFF = f"off node=a role=fenced epoch={EPOCH}"
BROKEN = {"fail": "exit 1", "lie": "echo off", "hang": "sleep 60"}


class SshCase(unittest.TestCase):
    def setUp(self):
        self.dir = tool.temporary_folder(self)
        self.host = FencedHost(self.dir / "a")
        self.sshd = FenceSshd(self.host)
        self.addCleanup(self.sshd.close)
        self.sshd.start()

    def spec(self):
        return self.sshd.spec()

    def switch_on(self):
        self.host.serve(3)
        self.sshd.force(None)

    def is_off(self):
        return self.host.role == ("fenced", EPOCH) and not self.host.serving.exists() and self.host.systemd.masked(UNIT)

    def assert_untouched(self):
        self.assertEqual(self.host.systemd.changes, [])
        self.assertEqual(self.host.role, ("active", 3))
        self.assertTrue(self.host.serving.exists())


class SshFencer(FencerSuite, SshCase):
    def break_it(self, how):
        if how == "dead":
            self.sshd.freeze()
            self.addCleanup(self.sshd.thaw)
        else:
            self.sshd.force(BROKEN[how])

    def test_what_it_is(self):
        says = f"ssh://{self.sshd.user}@{self.sshd.address}:{self.sshd.port} (service)"
        self.assertEqual(self.fencer().ask({"act": "describe"}), {"says": says, "kind": 1})

    def test_another_node_hears_nothing_but_a_question(self):
        self.host.serve(3)
        for act in ("fence", "give-back"):
            answer = self.ask(act, node="c")
            self.assertEqual(answer["error"], "refused")
            self.assertIn("is the node a, not c", answer["message"])
            self.assert_untouched()

    def test_one_that_is_off_by_an_older_epoch_may_start_again(self):
        self.host.write_role("fenced", EPOCH - 1)
        self.assertEqual(self.ask("status"), {"state": "on"})
        self.assertEqual(self.ask("status", epoch=0), {"state": "off"})
        self.host.write_role("standby", EPOCH)
        self.assertEqual(self.ask("status"), {"state": "off"})

    def test_giving_back(self):
        self.host.serve(3)
        self.assertEqual(self.ask("fence"), {"ok": True})
        self.host.write_config(only_standby=["true"])
        self.assertEqual(self.ask("give-back", epoch=EPOCH + 1), {"ok": True})
        self.assertEqual(self.host.role, ("active", EPOCH + 1))
        self.assertTrue(self.host.serving.exists())
        self.assertFalse(self.host.systemd.masked(UNIT))
        # A late command touches nothing.
        self.assertIn("is past", self.ask("fence")["message"])
        self.assertTrue(self.host.serving.exists())

    def test_a_dark_host_is_given_up_before_the_fence_would_be(self):
        self.break_it("dead")
        begun = time.monotonic()
        self.assert_not_off(self.ask("status", spec=self.sshd.spec(timeout="2m"), seconds=30))
        self.assertLess(time.monotonic() - begun, 12)

    def test_refusals_of_the_target_are_told(self):
        self.host.write_role("active", EPOCH + 1)
        answer = self.ask("fence")
        self.assertEqual(answer["error"], "io")
        self.assertIn("is past", answer["message"])


class WhoIsIt(SshCase, FencerCalls):
    """Nothing is said to a host before its key is known to be its own, and nobody gets in without the right key."""

    def setUp(self):
        super().setUp()
        self.host.serve(3)

    def test_a_host_whose_key_is_not_known_hears_nothing(self):
        stranger = self.dir / "known_hosts"
        stranger.write_text(self.sshd.known_hosts_line(make_key(self.dir / "stranger")), encoding="ascii")
        empty = self.dir / "empty"
        empty.touch()
        for known, kinds in ((stranger, ("refused",)), (empty, ("refused",)), (self.dir / "none", ("config", "not_found"))):
            for act in ("status", "fence", "give-back"):
                answer = self.ask(act, spec=self.sshd.spec(known_hosts=known))
                self.assert_not_off(answer)
                self.assertIn(answer["error"], kinds, answer)
        self.assertEqual(self.host.systemd.calls, [])
        self.assertNotIn("Accepted", self.sshd.whole_log)
        self.assert_untouched()

    def test_a_key_that_is_not_authorized(self):
        answer = self.ask("fence", spec=self.sshd.spec(identity=make_key(self.dir / "other")))
        self.assertEqual(answer["error"], "permission")
        self.assert_untouched()

    def test_a_key_that_others_may_read(self):
        self.sshd.identity.chmod(0o644)
        self.assertEqual(self.ask("fence")["error"], "config")
        self.assert_untouched()

    def test_a_key_with_a_passphrase(self):
        locked = make_key(self.dir / "locked", "ed25519", "canary-passphrase")
        secret = self.dir / "passphrase"
        secret.write_text("canary-passphrase\n")
        secret.chmod(0o600)
        self.sshd.identity = locked
        self.sshd.force(None)
        answer = self.ask("fence", spec=self.sshd.spec(identity=locked))
        self.assertEqual(answer["error"], "config")
        self.assertIn("password-file", answer["message"])
        self.assert_untouched()
        self.assertEqual(self.ask("fence", spec=self.sshd.spec(identity=locked, password_file=secret)), {"ok": True})
        self.assertTrue(self.is_off())


class Answers(SshCase, FencerCalls):
    def fails(self, command, words, **arguments):
        self.sshd.force(command)
        answer = self.ask("fence", **arguments)
        self.assert_not_off(answer)
        self.assertIn(words, answer["message"])

    def only(self, request, answer):
        """Says what a good target says, but to one request something else."""
        return f"case $SSH_ORIGINAL_COMMAND in {request}) {answer} ;; *) echo {OFF} ;; esac"

    def test_answers_that_prove_nothing(self):
        self.fails("true", "serve-fence")
        self.fails("echo off", "no answer")
        self.fails(f"printf '{OFF}'", "no whole line")
        self.fails(f"echo {OFF}; echo {OFF}", "no answer")
        self.fails(f"echo {OFF}; exit 3", "exit status 3")
        self.fails(f"echo {OFF}; kill -9 $$", "signal KILL")
        self.fails(f"echo {OFF} >&2", "no whole line")
        self.fails(f"echo {OFF.replace('node=a', 'node=ab')}", "is the node ab, not a")

    def test_answers_to_the_fence_that_prove_nothing(self):
        for wrong in (OFF.replace(f"={EPOCH}", f"={EPOCH - 1}"), OFF.replace(f"={EPOCH}", f"={EPOCH + 1}"),
                      OFF.replace("fenced", "standby"), OFF.replace("off", "on")):
            self.fails(self.only("fence*", f"echo {wrong}"), "says afterwards")
        self.fails(self.only("fence*", "exit 8"), "exit status 8")
        self.fails(self.only("fence*", f"echo {OFF.replace('node=a', 'node=c')}"), "is the node c, not a")

    def test_what_is_not_confirmed_behind_it(self):
        """The fence says that it is done, and the status says something else."""
        said = self.dir / "said"
        script = f"case $SSH_ORIGINAL_COMMAND in fence*) touch {said}; echo {OFF} ;; *) if [ -e {said} ]; then WRONG; else echo {OFF}; fi ;; esac"
        for wrong, words in ((f"echo {OFF.replace('off', 'on')}", "says afterwards"), ("exit 1", "exit status 1"),
                             (f"echo {OFF.replace('fenced', 'standby')}", "says afterwards")):
            said.unlink(missing_ok=True)
            self.fails(script.replace("WRONG", wrong), words)
            self.assertTrue(said.exists())
        said.unlink()
        self.sshd.force(script.replace("WRONG", f"echo {OFF}"))
        self.assertEqual(self.ask("fence"), {"ok": True})

    def test_answers_to_give_back_that_prove_nothing(self):
        for said in (OFF, OFF.replace("off", "on"), f"on node=a role=active epoch={EPOCH - 1}", f"off node=a role=active epoch={EPOCH}"):
            self.sshd.force(f"echo {said}")
            self.assertIn("says afterwards", self.ask("give-back")["message"])
        self.sshd.force(f"echo on node=a role=active epoch={EPOCH}")
        self.assertEqual(self.ask("give-back"), {"ok": True})

    def test_a_good_target_that_the_ones_above_differ_from(self):
        self.sshd.force(f"echo {OFF}")
        self.assertEqual(self.ask("fence"), {"ok": True})

    def test_a_flood_is_bounded(self):
        for flood in ("yes", "yes >&2", f"yes >&2 & echo {OFF}; wait"):
            begun = time.monotonic()
            self.fails(flood, "no end", spec=self.sshd.spec(timeout="8s"))
            self.assertLess(time.monotonic() - begun, 4)

    def test_the_timeout_is_for_all_of_it(self):
        begun = time.monotonic()
        self.fails(self.only("fence*", "sleep 60"), "deadline", spec=self.sshd.spec(timeout="3s"))
        self.assertLess(time.monotonic() - begun, 5)

    def test_both_streams_to_their_end(self):
        """What comes on the one is no reason to wait for ever on the other."""
        for _ in range(20):
            self.sshd.force(f"seq 2000 >&2 & echo {OFF}; wait")
            self.assertEqual(self.ask("status", seconds=5), {"state": "off"})

    def test_a_connection_that_breaks_in_the_middle(self):
        self.host.serve(3)
        self.host.systemd.unit(UNIT, "active", on_stop=f"touch {self.dir}/stopping; sleep 2; rm -f {self.host.serving}")
        driven = self.fencer()
        driven.process.stdin.write('{"act":"fence","epoch":7}\n')
        driven.process.stdin.flush()
        wait_until((self.dir / "stopping").exists, "the stop", 20)
        self.sshd.break_connections()
        self.assertIn('"error"', driven.process.stdout.readline())
        # What was begun there goes to its end all the same, and the next fence finds it.
        self.assertEqual(self.ask("fence", epoch=EPOCH + 1), {"ok": True})
        self.assertEqual(self.host.role, ("fenced", EPOCH + 1))

    def test_specs(self):
        self.assertIn("identity-file", self.wrong_spec("ssh://root@host"))
        for spec in ("ssh://host?identity-file=/k", "ssh://root@?identity-file=/k", "ssh://root@host/path?identity-file=/k",
                     "ssh://root@host?identity-file=", "ssh://root@host?identity-file=/k&port=22",
                     "ssh://root:secret@host?identity-file=/k", "ssh://root@host?identity-file=/k&timeout=2h"):
            with self.subTest(spec):
                self.assertNotIn("secret", self.wrong_spec(spec))


if __name__ == "__main__":
    unittest.main()
