"""fo-probe's command line: usage errors, what a monitoring system reads, JSON."""

import unittest

from support import tool
from support.server import free_port


class Usage(unittest.TestCase):
    def assert_unknown(self, *arguments, says, **options):
        finished = tool.run("fo-probe", *arguments, **options)
        self.assertEqual(finished.status, 3, finished)
        self.assertIn(says, finished.stderr, finished)
        return finished

    def test_every_mistake_is_3_and_is_named(self):
        self.assert_unknown(says="nothing to probe")
        self.assert_unknown("smtp://a", says="known are sip://, sips://, http://, https://, tcp://, tls://, tunnel://, dns://, icmp://, exec://")
        self.assert_unknown("sip://a?transport=sctp", says="transport 'sctp' is not known")
        self.assert_unknown("sip://u:p@a", says="password")
        self.assert_unknown("sip://a", "sip://a", says="named twice")
        self.assert_unknown("--no-such", "sip://a", says="--no-such")
        self.assert_unknown("--fail-when", "2", "sip://127.0.0.1", says="only 1")
        self.assert_unknown("--fail-when", "some", "sip://127.0.0.1", says="not all, any or a number")
        self.assert_unknown("--reference-when", "2", "sip://127.0.0.1", says="--reference-when")
        self.assert_unknown("-t", "5", "sip://127.0.0.1", says="5")
        self.assert_unknown("-w", "2s", "-c", "1s", "sip://127.0.0.1", says="--warning is longer")
        self.assert_unknown("--source-address", "here", "sip://127.0.0.1", says="not an IP address")
        self.assert_unknown("--service", "sip", says="--service needs --host")
        self.assert_unknown("--host", "a", "--service", "fax", says="'fax' is not sip, web or tunnel")
        self.assert_unknown("--targets-from", "/nonexistent", says="/nonexistent")
        self.assert_unknown("--targets-from", "-", stdin="sip://127.0.0.1\nsip:x\n", says="stdin:2")
        self.assert_unknown("--node", "x", "sip://127.0.0.1", says="[node.x]")

    def test_a_usage_error_of_a_watch_is_never_0(self):
        for arguments in (["--fall", "0", "sip://127.0.0.1"], ["--interval", "1ms", "sip://127.0.0.1"], ["smtp://a"], [],
                          ["--until", "maybe", "sip://127.0.0.1"]):
            folder = tool.temporary_folder(self)
            finished = tool.run("fo-probe", "--watch", "--state-dir", folder / "state", *arguments)
            self.assertEqual(finished.status, 3, finished)

    def test_a_reference_takes_one_value_and_leaves_the_target(self):
        dead, target = free_port(), free_port()
        finished = tool.run("fo-probe", "--json", "--reference", f"tcp://127.0.0.1:{dead}", f"tcp://127.0.0.1:{target}")
        checks = {one["target"]: one.get("reference", False) for one in finished.objects if one["type"] == "check"}
        self.assertEqual(checks, {f"tcp://127.0.0.1:{dead}": True, f"tcp://127.0.0.1:{target}": False})

    def test_a_plugin_says_its_line_on_stdout_and_no_pipe_in_it(self):
        finished = tool.run("fo-probe", f"http://127.0.0.1:{free_port()}/a|b")
        self.assertEqual(finished.status, 2, finished)
        self.assertTrue(finished.stdout.startswith("PROBE CRITICAL - 1 of 1 down: "), finished)
        self.assertEqual(finished.stdout.count("|"), 0)
        self.assertEqual(len(finished.stdout.splitlines()), 1)
        finished = tool.run("fo-probe", "nonsense")
        self.assertTrue(finished.stdout.startswith("PROBE UNKNOWN - "), finished)

    def test_json(self):
        finished = tool.run("fo-probe", "--json", f"tcp://127.0.0.1:{free_port()}")
        self.assertEqual([one["type"] for one in finished.objects], ["check", "verdict", "result"])
        self.assertEqual(finished.result["status"], 2)
        self.assertEqual(finished.result["health"], "down")
        self.assertTrue(finished.result["message"].startswith("PROBE CRITICAL"))

    def test_the_configuration_file_gives_targets_and_options(self):
        port = free_port()
        config = tool.temporary_folder(self) / "failover.conf"
        config.write_text(f"[probe]\ntarget = tcp://127.0.0.1:{port}\nfail-when = any\n")
        finished = tool.run("fo-probe", "--config", config)
        self.assertEqual(finished.status, 2, finished)
        self.assertIn(f"tcp://127.0.0.1:{port}", finished.stdout)


if __name__ == "__main__":
    unittest.main()
