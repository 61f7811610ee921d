"""What all four tools have in common: help, version, settings, JSON, signals, and the statuses of wrong usage."""

import os
import signal
import subprocess
import unittest

from support import tool
from support.server import wait_until

TOOLS = ("fo-probe", "fo-fetch", "fo-restore", "fo-promote")


def usage_status(name):
    """fo-probe is a monitoring plugin: wrong usage is UNKNOWN."""
    return 3 if name == "fo-probe" else 2


class AllToolsTest(unittest.TestCase):
    def setUp(self):
        self.folder = tool.temporary_folder(self)

    def run_tool(self, name, *arguments, **options):
        return tool.run(name, "--state-dir", self.folder / "state", *arguments, **options)

    def config(self, text):
        path = self.folder / "failover.conf"
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        return path

    def test_help_and_version_go_to_stdout_and_exit_0(self):
        for name in TOOLS:
            with self.subTest(name):
                shown = tool.run(name, "--help")
                self.assertEqual((shown.status, shown.stderr), (0, ""))
                self.assertIn("--state-dir", shown.stdout)
                self.assertEqual(tool.run(name, "-h").stdout, shown.stdout)
                self.assertRegex(tool.run(name, "-V").stdout, rf"^{name} \d+\.\d+\.\d+\n$")

    def test_an_unknown_option_is_named_and_the_nearest_one_suggested(self):
        for name in TOOLS:
            with self.subTest(name):
                wrong = self.run_tool(name, "--tiemout", "3s")
                self.assertEqual(wrong.status, usage_status(name), wrong)
                self.assertIn("unknown option '--tiemout'; did you mean '--timeout'?", wrong.stderr)
                self.assertEqual(len(wrong.stderr.splitlines()), 1, wrong)

    def test_a_variable_that_is_not_set_takes_no_option_away(self):
        """Nor does it stand for another backup than the one that was meant."""
        config = self.config("[restore]\nwindow =\n")
        for name, arguments, status, named in (
                *((name, ("--timeout", ""), usage_status(name), "--timeout") for name in TOOLS), ("fo-probe", ("",), 3, "target"),
                *(("fo-restore", ("--target", self.folder, *more), 2, more[0] or "backup") for more in (
                    ("--window", ""), ("--max-shrink", ""), ("--min-extensions", ""), ("--pre-hook", ""), ("",))),
                ("fo-restore", ("--target", self.folder, "--config", config), 2, "'window'"),
                ("fo-fetch", ("file:///none", "--known-hosts", ""), 2, "--known-hosts"), ("fo-promote", ("run", "--confirm", ""), 2, "--confirm")):
            with self.subTest((name, arguments)):
                wrong = self.run_tool(name, *arguments)
                self.assertEqual(wrong.status, status, wrong)
                self.assertIn(named, wrong.stderr)
                self.assertRegex(wrong.stderr, "without a value|has no value|'' is not a duration")

    def test_a_bare_number_is_no_duration(self):
        for name in TOOLS:
            with self.subTest(name):
                wrong = self.run_tool(name, "--timeout", "30")
                self.assertEqual(wrong.status, usage_status(name), wrong)
                self.assertIn("'30' is not a duration", wrong.stderr)

    def test_an_unknown_command_is_named_with_those_there_are(self):
        for arguments, message in ((("dns",), "dns needs one of: show, set, verify, set-ttl"),
                                   (("dns", "sho"), "unknown command 'dns sho'; there are: show, set, verify, set-ttl"),
                                   (("rnu",), "unknown command 'rnu'; there are: status, plan, run")):
            with self.subTest(arguments):
                wrong = self.run_tool("fo-promote", *arguments)
                self.assertEqual(wrong.status, 2, wrong)
                self.assertIn(message, wrong.stderr)

    def test_a_time_to_live_of_nothing_is_refused_for_what_it_is(self):
        for verb in ("set", "set-ttl"):
            wrong = self.run_tool("fo-promote", "dns", verb, "--ttl", "0")
            self.assertEqual(wrong.status, 2, wrong)
            self.assertIn("--ttl: the time to live must be above zero", wrong.stderr)
            self.assertIn("'30' is not a duration", self.run_tool("fo-promote", "dns", verb, "--ttl", "30").stderr)

    def test_a_missing_operand_or_option_says_so(self):
        for name in TOOLS:
            with self.subTest(name):
                arguments = ["run"] if name == "fo-promote" else []
                wrong = self.run_tool(name, *arguments)
                self.assertEqual(wrong.status, usage_status(name), wrong)
                self.assertTrue(wrong.stderr.startswith(f"{name}: "), wrong)

    def test_wrong_usage_is_json_with_json(self):
        for name in TOOLS:
            with self.subTest(name):
                wrong = self.run_tool(name, "--json", "--nonsense")
                self.assertEqual(wrong.result["status"], usage_status(name))
                self.assertIn("--nonsense", wrong.result["message"])
                self.assertIn("time", wrong.result)

    def test_a_wrong_configuration_is_named_by_file_and_line(self):
        cases = {"[common]\nnonsense = 1\n": "failover.conf:2: unknown key 'nonsense'",
                 "[nonsense]\n": "failover.conf:1: unknown section [nonsense]",
                 "[common]\ntimeout = 5\n": "failover.conf:2: ",
                 "[common]\ntimeout = 5s\ntimeout = 6s\n": "failover.conf:3: 'timeout' is given twice",
                 "[fetch]\nmax-agee = 5h\n": "failover.conf:2: unknown key 'max-agee'"}
        for name in TOOLS:
            for text, message in cases.items():
                with self.subTest(name, text=text):
                    wrong = self.run_tool(name, "--config", self.config(text))
                    self.assertEqual(wrong.status, usage_status(name), wrong)
                    self.assertIn(message, wrong.stderr)

    def test_keys_of_the_other_tools_are_known_to_each(self):
        path = self.config("[common]\nservice = pbx.example\nkeep = 3\n[fetch]\nmax-age = 5h\n[promote]\nttl = 60s\n"
                           "[probe]\ninterval = 10s\n[restore]\nhook-timeout = 5s\n[node.a]\naddress = 192.0.2.1\n")
        for name in TOOLS:
            with self.subTest(name):
                done = self.run_tool(name, "--config", path, "--nonsense")
                self.assertIn("unknown option", done.stderr)
                done = self.run_tool(name, "--config", path)
                self.assertNotIn("failover.conf", done.stderr)

    def test_a_missing_or_writable_configuration_is_refused(self):
        absent = self.run_tool("fo-fetch", "--config", self.folder / "absent")
        self.assertEqual(absent.status, 2, absent)
        path = self.config("")
        path.chmod(0o606)
        self.assertIn("chmod o-w", self.run_tool("fo-fetch", "--config", path).stderr)
        self.assertNotIn("chmod", self.run_tool("fo-fetch", "--config", "/dev/null").stderr)
        from_environment = self.run_tool("fo-fetch", env={"FO_CONFIG": str(self.folder / "absent")})
        self.assertEqual(from_environment.status, 2)
        self.assertIn("absent", from_environment.stderr)

    def test_a_state_directory_that_others_can_write_to_is_refused(self):
        state = self.folder / "state"
        state.mkdir()
        state.chmod(0o777)
        refused = self.run_tool("fo-restore", "--target", self.folder / "target")
        self.assertEqual(refused.status, 2, refused)
        self.assertIn("chmod go-w", refused.stderr)

    def test_the_first_signal_stops_with_128_plus_n(self):
        fifo = self.folder / "silent"
        os.mkfifo(fifo)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(number):
                # It waits for the path of a backup on a stdin that never gives one.
                with open(fifo, "rb+", buffering=0) as silent:
                    process = tool.start("fo-restore", "--state-dir", self.folder / "state", "--target",
                                         self.folder / "target", "-", stdin=silent)
                    wait_until(lambda: self.blocks_signals(process.pid), "the tool to handle signals")
                    process.send_signal(number)
                    self.assertEqual(tool.finish(process, 10).status, 128 + number)

    def test_output_that_cannot_be_written_is_not_success(self):
        (self.folder / "backups").mkdir()
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run([str(tool.path("fo-probe")), "--state-dir", str(self.folder / "state"), "tcp://127.0.0.1:1"],
                                  stdout=full, stderr=subprocess.PIPE, timeout=30, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(b"stdout", done.stderr)

    def test_secret_no_core_file_and_not_dumpable(self):
        fifo = self.folder / "silent"
        os.mkfifo(fifo)
        with open(fifo, "rb+", buffering=0) as silent:
            process = tool.start("fo-restore", "--state-dir", self.folder / "state", "--target", self.folder / "t", "-",
                                 stdin=silent)
            wait_until(lambda: self.blocks_signals(process.pid), "the tool to run")
            limits = (self.proc(process.pid) / "limits").read_text()
            process.terminate()
            tool.finish(process, 10)
        self.assertRegex(limits, r"Max core file size\s+0\s+0")

    @staticmethod
    def proc(pid):
        return tool.Path("/proc") / str(pid)

    def blocks_signals(self, pid):
        for line in (self.proc(pid) / "status").read_text().splitlines():
            if line.startswith("SigBlk:"):
                return int(line.split()[1], 16) >> (signal.SIGTERM - 1) & 1
        return False


if __name__ == "__main__":
    unittest.main()
