"""fo-promote init without a terminal: from flags to a configuration that all four tools read, each answer looked at."""

import re
import stat
import unittest

from support import tool
from support.initialised import InitialisedPair
from support.named import SERVICE
from support.pair import NEW, OLD


class InitCase(unittest.TestCase):
    def setUp(self):
        self.pair = self.enterContext(InitialisedPair(tool.temporary_folder(self)))

    def init(self, status, *arguments, **changed):
        done = self.pair.init("--json", *self.pair.flags(**changed), *arguments)
        self.assertEqual(done.status, status, done)
        self.assertEqual(done.result["status"], status)
        return done

    def assert_nothing_written(self):
        self.assertFalse(self.pair.config.exists())
        self.assertEqual(list(self.pair.dir.glob("failover.conf*")), [])

    def assert_no_fence(self):
        self.assertTrue(self.pair.has_power)
        self.assertEqual(self.pair.audit, [])

    def findings(self, done, key):
        return [(each["grade"], each["text"]) for each in done.objects if each["type"] == "finding" and each["key"] == key]


class FromFlags(InitCase):
    def test_what_is_written_is_read_by_all_four_tools(self):
        done = self.init(3)
        mode = stat.S_IMODE(self.pair.config.stat().st_mode)
        self.assertEqual(mode, 0o644)
        config = ["--config", self.pair.config]
        state = [*config, "--state-dir", self.pair.state]
        probe = tool.run("fo-probe", *state)
        self.assertEqual(probe.status, 0, probe)
        self.assertIn(f"sip://{OLD}:{self.pair.sip.port} up", probe.stdout)
        listed = tool.run("fo-fetch", *state, "--list")
        self.assertEqual(listed.status, 0, listed)
        self.assertIn("pbx-1.zip", listed.stdout)
        fetched = tool.run("fo-fetch", *state, "--max-age", "7300d")
        self.assertEqual(fetched.status, 0, fetched)
        restored = tool.run("fo-restore", *state, "-n")
        self.assertEqual(restored.status, 0, restored)
        self.assertIn(str(self.pair.target), restored.stdout + restored.stderr)
        plan = tool.run("fo-promote", "plan", *state)
        self.assertEqual(plan.status, 4, plan)  # the active host is healthy
        self.assertIn("a is healthy", plan.stdout + plan.stderr)
        self.assert_no_fence()
        self.assertEqual(done.result["config"], str(self.pair.config))

    def test_every_answer_is_looked_at(self):
        done = self.init(3)
        self.assertEqual(self.findings(done, "services"),
                         [("good", f"sip://{OLD}:{self.pair.sip.port} is up: 200 OK")])
        [(grade, text)] = self.findings(done, "source")
        self.assertIn("pbx-1.zip", text)
        dns = self.findings(done, "dns")
        self.assertEqual([grade for grade, _ in dns], ["good", "good"], dns)
        self.assertIn(f"{SERVICE} is at {OLD} (TTL 60 s)", dns[0][1])
        self.assertIn("says on", self.findings(done, "fence")[0][1])
        self.assertEqual([grade for grade, _ in self.findings(done, "reference")], ["good", "good"])
        self.assertEqual(self.findings(done, "start-hook")[0][0], "good")
        self.assertIn("no interface of this host has", self.findings(done, "address")[0][1])

    def test_it_ends_with_ready_and_the_commands_that_are_left(self):
        done = self.init(3)
        rows = {each["check"] for each in done.objects if each["type"] == "check"}
        self.assertLessEqual({"role", "active", "fence", "name", "credentials", "references", "hooks"}, rows)
        commands = [(each["node"], each["command"]) for each in done.result["next"]]
        self.assertIn(("a", f"fo-promote adopt --config {self.pair.config}"), commands)
        self.assertIn(("b", "systemctl enable --now fo-watch@failover.service fo-fetch@failover.timer "
                            "fo-restore@failover.timer"), commands)
        spoken = self.pair.init(*self.pair.flags(), "--force")
        self.assertEqual(spoken.status, 3, spoken)
        self.assertIn("[ok] fence a", spoken.stdout)
        self.assertLess(spoken.stdout.index("PROMOTE "), spoken.stdout.index("fo-promote adopt"))

    def test_defaults_stand_for_what_was_not_said(self):
        done = self.init(3)
        said = {each["key"]: (each["values"], each["from"]) for each in done.objects if each["type"] == "answer"}
        self.assertEqual(said["interval"], (["30s"], "default"))
        self.assertEqual(said["role"], (["standby"], "default"))
        self.assertEqual(said["node"], (["b"], "flag"))
        self.assertNotIn("web-port", said)

    def test_options_that_nobody_is_asked_for_go_into_the_configuration(self):
        self.init(3, "--tries", "5", "--resolver", "127.0.0.1:5300")
        text = self.pair.config.read_text()
        self.assertRegex(text, r"(?m)^tries = 5$")
        self.assertRegex(text, r"(?m)^resolver = 127.0.0.1:5300$")
        self.assertNotRegex(text, r"(?m)^(force|config|json|peer-config) =")

    def test_what_is_for_one_run_does_not(self):
        for words in (["--confirm", SERVICE], ["--switchover"], ["--until", "fence"]):
            done = self.init(2, *words)
            self.assertIn("is for one run", done.result["message"])
        self.assert_nothing_written()


class WithoutAnswers(InitCase):
    def test_every_missing_flag_is_named_at_once(self):
        done = self.init(2, peer_address=None, source=None, dns=None, service=None)
        for flag in ("--service", "--peer-address", "--source", "--dns"):
            self.assertIn(flag, done.result["message"])
        self.assertNotIn("--node", done.result["message"])
        self.assert_nothing_written()

    def test_an_answer_that_makes_no_sense(self):
        for changed, words in (({"service": ["pbx"]}, "--service: 'pbx' is no full name"),
                               ({"peer_address": [NEW]}, f"--peer-address: {NEW} is the address of this host"),
                               ({"fence": ["telephone://x"]}, "--fence: "), ({"services": ["smtp"]}, "--services: 'smtp'"),
                               ({"peer": ["b"]}, "--peer: 'b' is the name of this host"),
                               ({"fail_when": ["some"]}, "--fail-when: "), ({"dns": ["pigeon://x"]}, "--dns: ")):
            with self.subTest(changed):
                done = self.init(2, **changed)
                self.assertIn(words, done.result["message"])
                self.assert_nothing_written()

    def test_a_secret_that_others_can_read(self):
        self.pair.store.identity.chmod(0o644)
        done = self.init(2)
        self.assertIn("--identity-file: others than its owner can read", done.result["message"])
        self.assert_nothing_written()

    def test_a_hook_that_everybody_can_write(self):
        (self.pair.dir / "start").chmod(0o777)
        self.assertIn("--start-hook: everybody can write", self.init(2).result["message"])
        self.assert_nothing_written()

    def test_what_does_not_answer_now_is_a_warning(self):
        self.pair.sip.stop()
        self.pair.target.rmdir()
        (self.pair.dir / "power").unlink()
        done = self.init(3, source=[self.pair.store.url("none-*.zip")], start_hook=[self.pair.dir / "nowhere"])
        for key, words in (("services", "is not up now"), ("fence", "says off"), ("source", ""), ("start-hook", "is not there"),
                           ("target", "is not there; make it")):
            grade, text = self.findings(done, key)[-1]
            self.assertEqual(grade, "doubt", (key, text))
            self.assertIn(words, text)
        self.assertTrue(self.pair.config.exists())

    def test_a_name_that_points_elsewhere(self):
        done = self.init(3, peer_address=["127.0.0.19"], services=None, sip_port=None, probe=[self.pair.probe(OLD)])
        self.assertEqual([grade for grade, _ in self.findings(done, "dns")], ["doubt", "good"])

    def test_one_reference_is_too_few(self):
        done = self.init(3, reference=[self.pair.probe("127.0.0.13")])
        self.assertEqual([grade for grade, _ in self.findings(done, "reference")], ["good", "doubt"])


class TheFile(InitCase):
    def test_dry_run_prints_it_and_writes_nothing(self):
        done = self.pair.init("-n", *self.pair.flags())
        self.assertEqual(done.status, 0, done)
        for section in ("common", "probe", "fetch", "restore", "promote", "node.a", "node.b"):
            self.assertRegex(done.stdout, rf"(?m)^\[{section}\]$")
        self.assert_nothing_written()
        self.assertFalse(self.pair.state.exists())

    def test_one_that_is_there_is_not_replaced(self):
        self.pair.config.write_text("# mine\n")
        done = self.init(4)
        self.assertIn("--force", done.result["message"])
        self.assertEqual(self.pair.config.read_text(), "# mine\n")
        # Nobody was asked, nothing was looked at.
        self.assertEqual([each["type"] for each in done.objects], ["result"])

    def test_force_keeps_a_dated_copy(self):
        self.pair.config.write_text("nonsense\n")  # that no tool would read
        done = self.init(3, "--force")
        [copy] = self.pair.dir.glob("failover.conf.*")
        self.assertRegex(copy.name, r"^failover\.conf\.\d{8}T\d{6}Z$")
        self.assertEqual(copy.read_text(), "nonsense\n")
        self.assertIn("[promote]", self.pair.config.read_text())
        [written] = [each for each in done.objects if each["type"] == "written"]
        self.assertEqual(written["kept"], str(copy))

    def test_a_folder_that_cannot_be_written(self):
        place = self.pair.dir / "file"
        place.touch()
        self.pair.config = place / "failover.conf"
        self.assertIn(str(place), self.init(1).result["message"])

    def test_the_counterpart(self):
        peer = self.pair.dir / "peer.conf"
        done = self.init(3, "--peer-config", peer)
        self.assertEqual(done.result["peer_config"], str(peer))
        text = peer.read_text()
        self.assertRegex(text, rf"(?m)^target = sip://{re.escape(NEW)}:{self.pair.sip.port}$")
        self.assertRegex(text, r"(?m)^node = a$")
        here, there = (re.findall(r"(?m)^(?:address|fence|probe|machine-id) = .*$", each) for each in (self.pair.config.read_text(), text))
        self.assertEqual(sorted(here), sorted(there))
        self.assertIn("scp", done.result["next"][0]["command"])
        again = self.init(2, "--peer-config", self.pair.config)
        self.assertIn("--peer-config is the file of this host", again.result["message"])


if __name__ == "__main__":
    unittest.main()
