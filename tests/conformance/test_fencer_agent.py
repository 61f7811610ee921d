"""ClusterLabs fence agents: Debian's fence_dummy and fence_docker as they are, and scripts that break the rules of agents."""

import time
import unittest

from support import tool
from support.driven import Driven
from support.fence_agents import ACTIONS, DockerDevice, ScriptedAgent
from support.server import wait_until


class FencerCase(unittest.TestCase):
    def setUp(self):
        self.folder = tool.temporary_folder(self)

    def fencer(self, spec):
        driven = Driven(self, "conformance_fencer", spec, "a", "192.0.2.1")
        return lambda act, **more: driven.ask({"act": act, **more})

    def secret(self, text):
        path = self.folder / "secret"
        path.write_text(text + "\n")
        path.chmod(0o600)
        return path

    def assert_on(self, fencer):
        self.assertEqual(fencer("status"), {"state": "on"})

    def assert_off(self, fencer):
        self.assertEqual(fencer("status"), {"state": "off"})

    def assert_refused(self, answer, kind, words):
        self.assertEqual(answer.get("error"), kind, answer)
        self.assertIn(words, answer["message"])


class FenceDummy(FencerCase):
    """It keeps the power of its one device in a file, and lists nothing."""

    def setUp(self):
        super().setUp()
        self.file = self.folder / "status"
        self.file.write_text("on")

    def spec(self, **options):
        return f"agent:fence_dummy?status_file={self.file}" + "".join(f"&{name}={value}" for name, value in options.items())

    def test_on_off_and_off_again(self):
        fencer = self.fencer(self.spec())
        self.assert_on(fencer)
        self.assertEqual(self.file.read_text(), "on")
        self.assertEqual(fencer("fence", epoch=7), {"ok": True})
        self.assertEqual(self.file.read_text(), "off")
        self.assert_off(fencer)
        self.assertEqual(fencer("fence", epoch=7), {"ok": True})
        self.assertEqual(fencer("describe"), {"says": "/usr/sbin/fence_dummy (power)", "kind": 0})

    def test_one_that_fails(self):
        fencer = self.fencer(self.spec(type="fail", power_timeout=1))
        self.assertEqual(fencer("fence", epoch=7).get("error"), "io")

    def test_one_that_takes_too_long_is_ended_with_all_that_it_started(self):
        fencer = self.fencer(self.spec(delay="60", timeout="1s"))
        begun = time.monotonic()
        self.assert_refused(fencer("fence", epoch=7), "timeout", "did not end in time")
        self.assertLess(time.monotonic() - begun, 2)
        self.assertEqual(self.file.read_text(), "on")

    def test_a_misspelt_option_is_refused_before_anything(self):
        fencer = self.fencer(f"agent:fence_dummy?statusfile={self.file}")
        self.assert_refused(fencer("fence", epoch=7), "config", "knows no option 'statusfile'")


class FenceDocker(FencerCase):
    """It switches containers off over HTTPS, and lists them."""

    def setUp(self):
        super().setUp()
        self.device = DockerDevice(self.folder, {"4f7c": ["pbx-a", True], "99aa": ["other", True]})
        self.addCleanup(self.device.close)

    def test_on_and_off(self):
        fencer = self.fencer(self.device.spec("4f7c"))
        self.assert_on(fencer)
        self.assertEqual(fencer("fence", epoch=7), {"ok": True})
        self.assertEqual(self.device.containers, {"4f7c": ["pbx-a", False], "99aa": ["other", True]})
        self.assert_off(fencer)

    def test_a_plug_that_is_not_there_is_neither_asked_nor_switched(self):
        for plug, words in (("4f7d", "has no plug '4f7d'; it has 4f7c, 99aa"), ("pbx-a", "say plug=4f7c"),
                            ("4f7c,77", "has no plug '77'")):
            fencer = self.fencer(self.device.spec(plug))
            self.assert_refused(fencer("status"), "refused", words)
            self.assert_refused(fencer("fence", epoch=7), "refused", words)
        self.assertTrue(all(running for _, running in self.device.containers.values()))

    def test_a_device_that_obeys_and_does_nothing(self):
        self.device.deaf = True
        fencer = self.fencer(self.device.spec("4f7c", timeout="4s"))
        self.assertEqual(fencer("fence", epoch=7).get("error"), "timeout")

    def test_a_device_that_is_gone(self):
        fencer = self.fencer(self.device.spec("4f7c"))
        self.device.close()
        self.assertIn("error", fencer("status"))
        self.assertIn("error", fencer("fence", epoch=7))


class Rules(FencerCase):
    def agent(self, behaviour="", **about):
        agent = ScriptedAgent(self.folder / "agent", behaviour, **about)
        agent.power.touch()
        return agent

    def test_options_and_secrets_come_on_stdin_alone(self):
        agent = self.agent()
        fencer = self.fencer(agent.spec(ip="192.0.2.9", username="fo", password_file=self.secret("hunter2")))
        self.assertEqual(fencer("fence", epoch=7), {"ok": True})
        self.assertEqual(agent.read("options.off"), "action=off\nplug=7\nip=192.0.2.9\nusername=fo\npassword=hunter2\n")
        self.assertEqual(agent.read("arguments"), "")
        self.assertNotIn("hunter2", agent.read("environment"))
        self.assertEqual(agent.actions, ["metadata", "list", "off", "status"])

    def test_a_secret_that_the_agent_repeats_is_not_repeated(self):
        agent = self.agent("off) echo 'login fo hunter2 refused' >&2; exit 1 ;;")
        answer = self.fencer(agent.spec(password_file=self.secret("hunter2")))("fence", epoch=7)
        self.assert_refused(answer, "io", "login fo *** refused")

    def test_agents_without_a_list_are_asked_whether_their_device_is_there(self):
        without_list = [action for action in ACTIONS if action != "list"]
        agent = self.agent(actions=without_list)
        self.assertEqual(self.fencer(agent.spec())("fence", epoch=7), {"ok": True})
        self.assertEqual(agent.actions, ["metadata", "monitor", "off", "status"])
        agent = self.agent("monitor) exit 1 ;;", actions=without_list)
        self.assert_refused(self.fencer(agent.spec())("fence", epoch=7), "io", "monitor")
        self.assertTrue(agent.power.exists())

    def test_agents_that_say_that_they_cannot_list_are_asked_as_well(self):
        agent = self.agent("list) echo N/A ;;\nmonitor) exit 1 ;;")
        self.assert_refused(self.fencer(agent.spec())("fence", epoch=7), "io", "monitor")

    def test_agents_that_prove_nothing(self):
        for why, about, words in (("no status", {"actions": [each for each in ACTIONS if each != "status"]}, "no action status"),
                                  ("no off", {"actions": [each for each in ACTIONS if each != "off"]}, "no action off"),
                                  ("cuts storage", {"automatic": 1}, "goes on"),
                                  ("no reboot", {"actions": [each for each in ACTIONS if each != "reboot"]}, "goes on")):
            with self.subTest(why):
                agent = self.agent(**about)
                self.assert_refused(self.fencer(agent.spec())("fence", epoch=7), "config", words)
                self.assertTrue(agent.power.exists())

    def test_answers_that_confirm_nothing(self):
        for behaviour in ("status) exit 1 ;;", "status) exit 3 ;;", "status) echo 'Status: ON'; exit 2 ;;", "status) kill -9 $$ ;;",
                          "status) sleep 60 ;;", "off) exit 1 ;;", "off) exit 2 ;;", "off) sleep 60 ;;", "off) ;;",
                          "metadata) ;;", "metadata) exit 2 ;;", "metadata) yes ;;", "list) ;;", "list) exit 2 ;;",
                          "list) echo 70,x ;;", "list) yes '7,x' ;;", "*) exit 2 ;;", "*) exit 0 ;;"):
            with self.subTest(behaviour):
                agent = self.agent(behaviour)
                begun = time.monotonic()
                answer = self.fencer(agent.spec(timeout="1500ms"))("fence", epoch=7)
                self.assertIn("error", answer)
                self.assertLess(time.monotonic() - begun, 2.5)

    def test_what_it_starts_dies_with_it_at_a_time_out(self):
        agent = self.agent("off) sleep 61 & sleep 62 ;;")
        self.assertEqual(self.fencer(agent.spec(timeout="1s"))("fence", epoch=7).get("error"), "timeout")

        def running():
            for path in tool.Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    if path.read_bytes().startswith((b"sleep\x0061", b"sleep\x0062")):
                        return True
                except OSError:  # it has just ended
                    continue
            return False

        # What was killed is seen until its turn on a processor comes; by itself it would go on for a minute.
        wait_until(lambda: not running(), "what the agent started to be gone", 20)

    def test_two_plugs_of_one_host(self):
        agent = self.agent("list) printf '7,x\\n8,y\\n' ;;")
        self.assertEqual(self.fencer(agent.spec("7,8"))("fence", epoch=7), {"ok": True})
        self.assert_refused(self.fencer(agent.spec("7,9"))("fence", epoch=7), "refused", "no plug '9'")


if __name__ == "__main__":
    unittest.main()
