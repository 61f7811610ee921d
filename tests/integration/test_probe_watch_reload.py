"""HUP makes fo-probe --watch read its configuration again, without forgetting what it knows."""

import json
import signal
import socket
import unittest

from support import tool
from support.kamailio import Kamailio
from support.server import free_port

FAST = ("--json", "--watch", "--interval", "300ms", "--retry-interval", "100ms", "-t", "600ms")


class Reload(unittest.TestCase):
    def setUp(self):
        folder = tool.temporary_folder(self)
        self.state = folder / "state"
        self.config = folder / "failover.conf"
        self.pbx = Kamailio()
        self.addCleanup(self.pbx.close)
        self.pbx.start()

    def configure(self, *lines):
        self.config.write_text("[probe]\n" + "".join(line + "\n" for line in lines), encoding="utf-8")

    def watch(self, *arguments):
        process = tool.start("fo-probe", *FAST, "--state-dir", self.state, "--config", self.config, *arguments)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def until(self, process, wanted):
        for line in process.stdout:
            one = json.loads(line)
            if wanted(one):
                return one
        self.fail(f"the watch ended with {process.wait()}: {process.stderr.read()}")

    def up(self, process, target):
        self.until(process, lambda one: one["type"] == "state" and one["target"] == target and one["to"] == "up")

    def reload(self, process):
        process.send_signal(signal.SIGHUP)
        return self.until(process, lambda one: one["type"] == "reload")

    def test_targets_come_and_go_and_those_that_stay_keep_their_state(self):
        with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
            web = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
            self.configure(f"target = {self.pbx.target}")
            process = self.watch()
            self.up(process, self.pbx.target)
            self.configure(f"target = {self.pbx.target}", f"target = {web}", "fail-when = any")
            self.assertTrue(self.reload(process)["taken"])
            for line in process.stdout:
                one = json.loads(line)
                self.assertNotEqual((one["type"], one.get("target")), ("state", self.pbx.target), "its state was forgotten")
                if one["type"] == "state" and one["target"] == web:
                    break
            self.assertEqual(one["to"], "up")
            self.configure(f"target = {self.pbx.target}")
            self.assertTrue(self.reload(process)["taken"])
            for _ in range(4):
                self.assertEqual(self.until(process, lambda one: one["type"] == "check")["target"], self.pbx.target)
        self.pbx.kill()
        self.assertEqual(tool.finish(process).status, 0)

    def test_a_broken_configuration_keeps_the_old_one_and_says_file_and_line(self):
        self.configure(f"target = {self.pbx.target}")
        process = self.watch()
        self.up(process, self.pbx.target)
        for lines, said in (((f"target = {self.pbx.target}", "no-such-key = 1"), "failover.conf:3"),
                            ((f"target = {self.pbx.target}", "rise = soon"), "failover.conf:3"),
                            (("target = nonsense",), "nonsense"),
                            ((f"target = {self.pbx.target}", "fail-when = 7"), "--fail-when 7"),
                            ((f"target = {self.pbx.target}", "on-change = /no/such/hook"), "/no/such/hook")):
            self.configure(*lines)
            answer = self.reload(process)
            self.assertFalse(answer["taken"], answer)
            self.assertIn(said, answer["message"])
            self.assertEqual(self.until(process, lambda one: one["type"] == "check")["health"], "up")
        self.config.unlink()
        self.assertFalse(self.reload(process)["taken"])
        self.pbx.kill()
        finished = tool.finish(process)
        self.assertEqual(finished.status, 0, finished)
        self.assertIn("failover.conf:3", finished.stderr)

    def test_targets_of_stdin_stay(self):
        self.configure("fall = 2")
        process = tool.start("fo-probe", *FAST, "--state-dir", self.state, "--config", self.config, "--targets-from", "-", stdin=-1)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        process.stdin.write(self.pbx.target + "\n")
        process.stdin.close()
        process.stdin = None
        self.up(process, self.pbx.target)
        self.assertTrue(self.reload(process)["taken"])
        self.pbx.kill()
        self.assertEqual(tool.finish(process).status, 0)

    def test_a_new_target_that_is_this_host_ends_the_watch(self):
        self.configure(f"target = {self.pbx.target}")
        process = self.watch("--node", "here")
        self.assertEqual(tool.finish(process).status, 3)
        self.config.write_text(f"[probe]\ntarget = {self.pbx.target}\n[node.here]\naddress = 192.0.2.1\n", encoding="utf-8")
        process = self.watch("--node", "here")
        self.up(process, self.pbx.target)
        self.config.write_text(f"[probe]\ntarget = {self.pbx.target}\n[node.here]\naddress = 127.0.0.1\n", encoding="utf-8")
        self.assertTrue(self.reload(process)["taken"])
        finished = tool.finish(process)
        self.assertEqual((finished.status, finished.result["error"]), (3, "refused"), finished)

    def test_term_stops_after_a_hangup_too_and_hup_stops_a_single_look(self):
        self.configure(f"target = {self.pbx.target}")
        process = self.watch()
        self.up(process, self.pbx.target)
        self.assertTrue(self.reload(process)["taken"])
        process.send_signal(signal.SIGTERM)
        self.assertEqual(tool.finish(process).status, 128 + signal.SIGTERM)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", free_port(2000, 9999)))
            look = tool.start("fo-probe", "-t", "30s", f"sip://127.0.0.1:{silent.getsockname()[1]}")
            silent.settimeout(10)
            silent.recv(4096)
            look.send_signal(signal.SIGHUP)
            finished = tool.finish(look)
        self.assertEqual(finished.status, 3, finished)
        self.assertLess(finished.seconds, 10)


if __name__ == "__main__":
    unittest.main()
