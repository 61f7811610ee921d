"""fo-promote against a real BIND, real hooks and a real fence program."""

import os
import signal
import time
import unittest

from support import pair, tool
from support.named import EPOCH_RECORD, SERVICE
from support.pair import NEW, OLD, Pair
from support.server import wait_until


class PromoteCase(unittest.TestCase):
    def setUp(self):
        self.pair = self.enterContext(Pair(tool.temporary_folder(self)))

    def reconfigure(self, **lines):
        """lines: key_with_underscores=[values]; fence and probe are those of node a."""
        for key, values in lines.items():
            if key == "fence":
                self.pair.fencers = values
            elif key == "probe":
                self.pair.probes = values
            else:
                self.pair.lines[key.replace("_", "-")] = values
        self.pair.write_config()

    def assert_untouched(self):
        self.assertTrue(self.pair.has_power)
        self.assertFalse(self.pair.started)
        self.assertEqual(self.pair.addresses, [OLD])
        self.assertIsNone(self.pair.mark)
        self.assertEqual(self.pair.audit, [])

    def assert_not_started(self):
        self.assertFalse(self.pair.started)
        self.assertEqual(self.pair.addresses, [OLD])
        self.assertIsNone(self.pair.mark)

    def assert_promoted(self, epoch="1"):
        self.assertFalse(self.pair.has_power)
        self.assertTrue(self.pair.started)
        self.assertEqual(self.pair.addresses, [NEW])
        self.assertEqual((self.pair.mark["epoch"], self.pair.mark["node"]), (epoch, "b"))
        self.assertNotIn("VIOLATION", " ".join(self.pair.audit))

    def status(self):
        return next(each for each in self.pair.run("status").objects if each["type"] == "status")


class Promotion(PromoteCase):
    def test_the_whole_promotion(self):
        done = self.pair.promote()
        # 3 for the backup that was never restored here and is allowed to be missing.
        self.assertEqual(done.status, 3, done)
        self.assert_promoted()
        self.assertEqual(self.pair.audit, ["fence 1", "start 1"])
        self.assertEqual((done.result["step"], done.result["serving"], done.result["next"]), ("done", "b", ""))
        steps = [each["step"] for each in done.objects if each["type"] == "step"]
        self.assertEqual(steps, ["observe", "claim", "observe-again", "fence", "commit", "pre-hook", "start", "self-probe",
                                 "dns", "post-hook"])
        self.assertEqual(self.status()["role"], "active")

    def test_again_there_is_nothing_to_do(self):
        self.pair.promote()
        audit = self.pair.audit
        again = self.pair.promote()
        self.assertEqual(again.status, 0, again)
        self.assertIn("nothing to do", again.result["message"])
        self.assertEqual(self.pair.audit, audit)
        self.assertEqual(self.pair.promote("resume").status, 0)

    def test_hooks_get_their_variables_and_a_daemon_of_the_start_hook_lives_on(self):
        self.pair.program("start", "#!/bin/sh\nenv | grep ^FO_HOOK | sort > {d}/environment\ntouch {d}/serving-new\n"
                          "sleep 300 & echo $! > {d}/daemon\n")
        self.pair.program("post", "#!/bin/sh\necho post >> {d}/audit\n")
        self.reconfigure(post_hook=[self.pair.dir / "post"])
        done = self.pair.promote()
        self.assertEqual(done.status, 3, done)
        daemon = int((self.pair.dir / "daemon").read_text())
        os.kill(daemon, 0)
        os.kill(daemon, signal.SIGKILL)
        environment = (self.pair.dir / "environment").read_text().splitlines()
        self.assertEqual(environment, ["FO_HOOK=start", "FO_HOOK_EPOCH=1", f"FO_HOOK_FROM={OLD}", "FO_HOOK_NODE=b",
                                       "FO_HOOK_RESUMED=no", f"FO_HOOK_SERVICE={SERVICE}",
                                       f"FO_HOOK_STATE_DIR={self.pair.state}", f"FO_HOOK_TO={NEW}"])
        self.assertIn("post", self.pair.audit)

    def test_plan_and_dry_run_change_nothing(self):
        for done in (self.pair.run("plan", "--confirm", SERVICE), self.pair.promote("run", "--dry-run")):
            self.assertEqual(done.status, 0, done)
            plan = next(each for each in done.objects if each["type"] == "plan")
            self.assertEqual((plan["decision"], plan["epoch"]), ("go", 1))
            self.assert_untouched()
        (self.pair.dir / "serving-old").touch()
        self.assertEqual(self.pair.run("plan", "--confirm", SERVICE).status, 4)

    def test_until_a_step_then_resume(self):
        stopped = self.pair.promote("run", "--until", "fence")
        self.assertEqual(stopped.status, 9, stopped)
        self.assertIn("fo-promote resume", stopped.result["next"])
        self.assert_not_started()
        self.assertEqual(self.pair.run("status").status, 9)
        self.assertEqual(self.pair.promote("resume").status, 3)
        self.assert_promoted("2")

    def test_at_boot_what_was_begun_unattended_goes_on(self):
        self.assertEqual(self.pair.run("resume", "--boot").status, 0)
        self.assert_untouched()
        stopped = self.pair.run("run", "--unattended", "--until", "commit")
        self.assertEqual(stopped.status, 9, stopped)
        self.assertNotIn("--unattended", stopped.result["next"])
        done = self.pair.run("resume", "--boot")
        self.assertEqual(done.status, 0, done)
        self.assert_promoted()
        self.assertEqual(self.pair.run("run", "--boot").status, 2)

    def test_abort_before_the_commit_and_after_it(self):
        self.pair.promote("run", "--until", "fence")
        aborted = self.pair.run("abort")
        self.assertEqual(aborted.status, 3, aborted)
        self.assertIn("switched off a", aborted.stderr)
        self.assertEqual(self.status()["role"], "standby")
        self.pair.reset()
        self.pair.promote("run", "--until", "start")
        refused = self.pair.run("abort")
        self.assertEqual(refused.status, 4, refused)
        self.assertEqual(self.pair.promote("resume").status, 0)
        self.assert_promoted()


class Refusals(PromoteCase):
    def refused(self, status, words, *arguments, confirm=True):
        done = self.pair.promote("run", *arguments) if confirm else self.pair.run("run", *arguments)
        self.assertEqual(done.status, status, done)
        self.assertIn(words, done.result["message"])
        self.assert_untouched()
        return done

    def test_the_old_active_is_healthy(self):
        (self.pair.dir / "serving-old").touch()
        self.refused(4, "a is healthy")

    def test_unknown_is_not_down(self):
        self.reconfigure(probe=["http://no-such-host.invalid:80/"])
        self.refused(4, "unknown")

    def test_isolation_a_probe_never_seen_up_may_be_a_typing_error(self):
        self.reconfigure(assume_was_up=["false"])
        self.refused(4, "never seen up")
        (self.pair.dir / "serving-old").touch()
        seen = tool.run("fo-probe", "--state-dir", self.pair.state, "--watch", "--until", "up", "--interval", "1s",
                        "--retry-interval", "1s", self.pair.probe(pair.OLD))
        self.assertEqual(seen.status, 0, seen)
        (self.pair.dir / "serving-old").unlink()
        self.assertEqual(self.pair.promote().status, 3)

    def test_isolation_references_down(self):
        self.reconfigure(reference=[f"tcp://{address}:1" for address in pair.REFERENCES])
        self.refused(4, "cut off")

    def test_isolation_unattended_needs_two_references(self):
        self.reconfigure(reference=[self.pair.probe(pair.REFERENCES[0])])
        self.refused(4, "two references")

    def test_unattended_without_only_standby(self):
        self.reconfigure(only_standby=["false"])
        self.refused(4, "only-standby")

    def test_no_confirmation_without_a_terminal(self):
        self.refused(2, "--confirm", confirm=False)
        done = self.pair.run("run", "--confirm", "other.example")
        self.assertEqual(done.status, 2, done)
        self.assert_untouched()

    def test_wrong_tsig_key(self):
        self.reconfigure(dns=[self.pair.dns("wrong")])
        done = self.pair.promote()
        self.assertEqual(done.status, 1, done)
        self.assert_untouched()

    def test_dead_name_server_ends_by_its_deadline(self):
        self.pair.named.freeze()
        begun = time.monotonic()
        done = self.pair.promote("run", "-t", "4s")
        self.assertLess(time.monotonic() - begun, 4.6)
        self.pair.named.thaw()
        self.assertEqual(done.status, 6, done)
        self.assert_untouched()

    def test_nothing_was_restored(self):
        self.reconfigure(allow_stale_backup=["false"])
        self.refused(4, "nothing was ever restored")

    def test_dns_points_at_a_stranger(self):
        self.pair.nsupdate(f"update delete {SERVICE}. A", f"update add {SERVICE}. 60 A 127.0.0.99")
        done = self.pair.promote()
        self.assertEqual(done.status, 4, done)
        self.assertTrue(self.pair.has_power)

    def test_no_fencer(self):
        self.reconfigure(fence=[])
        self.refused(4, "no fencer")

    def test_probe_of_this_very_host(self):
        self.reconfigure(probe=[self.pair.probe(NEW)])
        self.refused(2, "this very host")

    def test_configuration_errors(self):
        text = self.pair.config.read_text()
        for extra, words in ((f"\n[node.c]\naddress = 127.0.0.15\nmachine-id = {'a' * 32}\n", "machine id"),
                             (f"\n[node.c]\naddress = {OLD}\n", "address"),
                             ("\n[node.b]\naddress = 127.0.0.16\n", "twice")):
            self.pair.config.write_text(text + extra)
            done = self.pair.promote()
            self.assertEqual(done.status, 2, done)
            self.assertIn(words, done.result["message"])
        self.pair.write_config()
        for arguments in (("--until", "fencing"), ("--fence", "c=operator"), ("--i-have-powered-off", "a"), ("--ttl", "60"),
                          ("--node", "x"), ("--fence", "ssh://a"), ("--no-such-option",)):
            done = self.pair.promote("run", *arguments)
            self.assertEqual(done.status, 2, done)
        self.assert_untouched()


class Fencing(PromoteCase):
    def unfinished(self, done):
        self.assertEqual(done.status, 9, done)
        self.assertEqual(done.result["step"], "fence")
        self.assertIn("resume", done.result["next"])
        self.assert_not_started()

    def fencer(self, body):
        self.pair.program("fencer", "#!/bin/sh\n" + body + "\n")

    def test_a_fencer_that_lies(self):
        self.fencer('case $1 in status) echo on;; esac')
        self.unfinished(self.pair.promote())

    def test_a_fencer_that_says_off_while_the_host_answers(self):
        self.fencer('case $1 in status) echo off;; fence) touch {d}/serving-old;; esac')
        begun = time.monotonic()
        self.unfinished(self.pair.promote("run", "-t", "5s"))
        self.assertLess(time.monotonic() - begun, 5.6)

    def test_a_fencer_that_hangs(self):
        self.fencer('case $1 in status) echo on;; fence) sleep 60;; esac')
        self.unfinished(self.pair.promote())

    def test_a_fencer_that_fails(self):
        self.fencer('case $1 in status) echo on;; fence) exit 1;; esac')
        self.unfinished(self.pair.promote())

    def test_a_fencer_that_says_unknown_is_refused_before_anything(self):
        self.fencer('case $1 in status) echo unknown;; esac')
        done = self.pair.promote()
        self.assertEqual(done.status, 4, done)
        self.assert_untouched()

    def test_a_fencer_that_says_unknown_after_the_act(self):
        self.fencer('case $1 in status) test -e {d}/acted && echo unknown || echo on;; fence) touch {d}/acted;; esac')
        self.unfinished(self.pair.promote())

    def test_a_chain_goes_on_to_the_next_fencer(self):
        self.pair.program("broken", "#!/bin/sh\ncase $1 in status) echo on;; fence) exit 1;; esac\n")
        self.reconfigure(fence=[f"exec://{self.pair.dir}/broken?kind=power&timeout=1s", *self.pair.fencers])
        self.assertEqual(self.pair.promote().status, 3)
        self.assert_promoted()

    def test_the_operators_word(self):
        self.reconfigure(fence=["operator"])
        (self.pair.dir / "power").unlink()
        for said in ((), ("--i-have-powered-off", pair.word("a", 20)), ("--i-have-powered-off", pair.word("a", -20))):
            done = self.pair.promote("run", *said)
            self.assertEqual(done.status, 4, done)
        (self.pair.dir / "serving-old").touch()
        healthy = self.pair.promote("run", "--i-have-powered-off", pair.word("a"))
        self.assertEqual(healthy.status, 4, healthy)
        (self.pair.dir / "serving-old").unlink()
        self.assertEqual(self.pair.promote("run", "--i-have-powered-off", pair.word("a")).status, 3)
        self.assert_promoted()
        self.assertIn("the operator's word of", (self.pair.state / "promote" / "journal").read_text())


class AfterTheFence(PromoteCase):
    def test_a_newer_mark_supersedes(self):
        self.pair.program("start", "#!/bin/sh\ntouch {d}/serving-new\n" + "nsupdate -k %s <<EOT\nserver %s %s\nzone pbx.test.\n"
                          "update delete %s. TXT\nupdate add %s. 60 TXT \"epoch=7 node=c time=2026-01-01T00:00:00Z\"\nsend\nEOT\n"
                          % (self.pair.named.key("sha256"), self.pair.named.address, self.pair.named.port, EPOCH_RECORD,
                             EPOCH_RECORD))
        done = self.pair.promote()
        self.assertEqual(done.status, 9, done)
        self.assertIn("superseded", done.result["message"])
        self.assertEqual(done.result["serving"], "c")
        self.assertEqual(self.pair.addresses, [OLD])
        self.assertEqual(self.pair.mark["epoch"], "7")
        self.assertEqual(self.pair.promote("resume").status, 0)

    def test_a_name_server_that_dies_in_the_middle(self):
        self.pair.program("start", "#!/bin/sh\ntouch {d}/serving-new\nkill -STOP -%d\n" % self.pair.named.pid)
        begun = time.monotonic()
        done = self.pair.promote("run", "-t", "6s")
        self.assertLess(time.monotonic() - begun, 6.6)
        self.pair.named.thaw()
        self.assertEqual(done.status, 9, done)
        self.assertEqual((done.result["step"], done.result["serving"]), ("dns", "b"))
        self.assertEqual(self.pair.promote("resume").status, 0)
        self.assert_promoted()

    def test_one_of_two_views_fails_and_resume_does_the_open_one(self):
        from support.named import Named
        with Named(address="127.0.0.2", records=[f"sip 60 IN A {OLD}"]) as second:
            self.reconfigure(dns=[self.pair.dns(), second.url(ns_port=second.port)])
            self.pair.program("start", "#!/bin/sh\ntouch {d}/serving-new\nkill -STOP -%d\n" % second.pid)
            done = self.pair.promote("run", "-t", "6s")
            second.thaw()
            self.assertEqual(done.status, 9, done)
            self.assertEqual(self.pair.addresses, [NEW])
            resumed = self.pair.promote("resume")
            self.assertEqual(resumed.status, 0, resumed)
            shown = self.pair.run("dns", "show")
            self.assertEqual(shown.status, 0, shown)
            self.assertTrue(all(each["addresses"] == [NEW] for each in shown.objects if each["type"] == "record"))

    def test_a_signal_after_the_fence_is_unfinished(self):
        self.pair.program("start", "#!/bin/sh\ntouch {d}/starting\nsleep 30\n")
        process = tool.start("fo-promote", "run", "--config", self.pair.config, "--state-dir", self.pair.state, "--json",
                             "--confirm", SERVICE)
        wait_until((self.pair.dir / "starting").exists, "the start-hook")
        process.send_signal(signal.SIGTERM)
        done = tool.finish(process)
        self.assertEqual(done.status, 9, done)
        self.assertEqual((done.result["step"], done.result["serving"]), ("start", "none"))

    def test_alone_a_second_run_is_locked_out(self):
        self.pair.program("start", "#!/bin/sh\ntouch {d}/starting\nwhile [ ! -e {d}/go ]; do sleep 0.05; done\ntouch {d}/serving-new\n")
        first = tool.start("fo-promote", "run", "--config", self.pair.config, "--state-dir", self.pair.state, "--json",
                           "--confirm", SERVICE)
        wait_until((self.pair.dir / "starting").exists, "the start-hook")
        for verb in ("run", "resume"):
            second = self.pair.promote(verb)
            self.assertEqual(second.status, 8, second)
            self.assertLess(second.seconds, 1)
        self.assertTrue(self.status()["running"])
        (self.pair.dir / "go").touch()
        self.assertEqual(tool.finish(first).status, 3)
        self.assert_promoted()


class Secrets(PromoteCase):
    def test_no_secret_in_output_journal_or_a_childs_environment(self):
        self.pair.program("start", "#!/bin/sh\nenv > {d}/environment\ntouch {d}/serving-new\n")
        done = self.pair.promote("run", "-v", "-v")
        key = self.pair.named.dir / "sha256.key"
        secret = key.read_text().split('secret "')[1].split('"')[0]
        texts = [done.stdout, done.stderr, (self.pair.dir / "environment").read_text()]
        texts += [path.read_text(errors="replace") for path in self.pair.state.rglob("*") if path.is_file()]
        self.assertTrue(all(secret not in text for text in texts))
        key.chmod(0o640)
        self.assertEqual(self.pair.promote().status, 2)


class DnsVerbs(PromoteCase):
    def test_set_moves_the_name_as_compare_and_swap(self):
        done = self.pair.run("dns", "set", "--from", OLD, "--to", NEW)
        self.assertEqual(done.status, 0, done)
        self.assertEqual(self.pair.addresses, [NEW])
        self.assertIsNone(self.pair.mark)
        self.assertEqual(self.pair.run("dns", "set", "--from", OLD, "--to", NEW).status, 0)
        moved_on = self.pair.run("dns", "set", "--from", OLD, "--to", "127.0.0.77")
        self.assertEqual(moved_on.status, 4, moved_on)
        self.assertEqual(self.pair.addresses, [NEW])
        self.assertEqual(self.pair.run("dns", "set", "--to", NEW).status, 2)

    def test_a_dry_run_sets_nothing(self):
        done = self.pair.run("dns", "set", "--from", OLD, "--to", NEW, "-n")
        self.assertEqual(done.status, 0)
        self.assertIn("compare-and-swap", done.stdout)
        self.assertEqual(self.pair.addresses, [OLD])


if __name__ == "__main__":
    unittest.main()
