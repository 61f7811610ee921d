"""fo-probe --watch against a real Kamailio: what makes a verdict, and what must not."""

import json
import os
import signal
import socket
import unittest

from support import tool
from support.kamailio import Kamailio
from support.server import free_port, wait_until

FAST = ("--json", "--watch", "--interval", "300ms", "--retry-interval", "100ms", "-t", "600ms")


class Watch(unittest.TestCase):
    def setUp(self):
        self.state = tool.temporary_folder(self) / "state"
        self.pbx = Kamailio()
        self.addCleanup(self.pbx.close)
        self.pbx.start()

    def watch(self, *arguments, env=None):
        process = tool.start("fo-probe", *FAST, "--state-dir", self.state, *arguments, env=env)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def until(self, process, wanted):
        """Reads the watch's objects up to the one that `wanted` accepts."""
        for line in process.stdout:
            one = json.loads(line)
            if wanted(one):
                return one
        self.fail(f"the watch ended with {process.wait()}: {process.stderr.read()}")

    def seen_up(self, process):
        self.until(process, lambda one: one["type"] == "state" and one["to"] == "up")

    def test_it_ends_with_0_when_the_active_host_dies(self):
        process = self.watch(self.pbx.target)
        self.seen_up(process)
        self.pbx.kill()
        finished = tool.finish(process)
        self.assertEqual(finished.status, 0, finished)
        downs = [one for one in finished.objects if one["type"] == "check" and one["health"] == "down"]
        self.assertEqual(len(downs), 3, finished)
        self.assertEqual(finished.result["health"], "down")
        self.assertIn(self.pbx.target, (self.state / "probe" / "seen-up").read_text())

    def test_until_up(self):
        finished = tool.finish(self.watch("--until", "up", self.pbx.target))
        self.assertEqual((finished.status, finished.result["health"]), (0, "up"), finished)

    def test_a_hung_server_is_down_although_its_kernel_accepts(self):
        process = self.watch("--suspect-for", "0s", self.pbx.target, f"tunnel://127.0.0.1:{self.pbx.port}")
        self.until(process, lambda one: one["type"] == "verdict" and one["reason"] == "2 of 2 up")
        self.pbx.freeze()
        finished = tool.finish(process)
        self.pbx.thaw()
        self.assertEqual(finished.status, 0, finished)

    def test_a_stop_is_never_a_verdict(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            process = self.watch(self.pbx.target)
            self.until(process, lambda one: one["type"] == "check")
            process.send_signal(number)
            finished = tool.finish(process)
            self.assertEqual(finished.status, 128 + number, finished)

    def test_isolation_a_target_never_seen_up_does_not_become_down(self):
        nobody = f"sip://127.0.0.1:{free_port(2000, 9999)}"
        process = self.watch(nobody)
        for _ in range(5):
            one = self.until(process, lambda one: one["type"] == "check")
            self.assertEqual(one["health"], "unknown", one)
            self.assertIn("never seen up", one["detail"])
        process.send_signal(signal.SIGTERM)
        self.assertEqual(tool.finish(process).status, 128 + signal.SIGTERM)
        # With the admin's word it does.
        finished = tool.finish(self.watch("--assume-was-up", nobody))
        self.assertEqual(finished.status, 0, finished)

    def test_what_an_earlier_run_saw_up_may_become_down(self):
        self.assertEqual(tool.finish(self.watch("--until", "up", self.pbx.target)).status, 0)
        self.pbx.kill()
        finished = tool.finish(self.watch(self.pbx.target))
        self.assertEqual(finished.status, 0, finished)

    def test_isolation_while_the_references_are_down_nothing_becomes_down(self):
        process = self.watch(self.pbx.target, "--reference", f"tcp://127.0.0.1:{free_port()}")
        self.seen_up(process)
        self.pbx.kill()
        unknown = 0
        while unknown < 5:
            one = self.until(process, lambda one: one["type"] == "check" and not one.get("reference"))
            if one["health"] == "up" and unknown == 0:
                continue
            self.assertEqual(one["health"], "unknown", one)
            self.assertIn("references", one["detail"])
            unknown += 1
        process.send_signal(signal.SIGTERM)
        self.assertEqual(tool.finish(process).status, 128 + signal.SIGTERM)

    def test_with_one_living_reference_it_becomes_down(self):
        with socket.create_server(("127.0.0.1", 0), backlog=64) as living:
            process = self.watch(self.pbx.target, "--reference", f"tcp://127.0.0.1:{living.getsockname()[1]}",
                                 "--reference", f"tcp://127.0.0.1:{free_port()}")
            self.seen_up(process)
            self.pbx.kill()
            finished = tool.finish(process)
        self.assertEqual(finished.status, 0, finished)

    def test_a_watch_of_this_host_is_refused(self):
        lines = os.popen("ip -o -4 address show scope global").read().splitlines()
        self.assertTrue(lines, "this host has no address but loopback")
        own = lines[0].split()[3].split("/")[0]
        finished = tool.finish(self.watch(f"sip://{own}"))
        self.assertEqual((finished.status, finished.result["error"]), (3, "refused"), finished)
        # One look may.
        self.assertEqual(tool.run("fo-probe", f"sip://{own}:{free_port(2000, 9999)}").status, 2)

    def test_an_address_of_this_node_is_refused(self):
        config = tool.temporary_folder(self) / "failover.conf"
        config.write_text("[node.here]\naddress = 127.0.0.1\n")
        finished = tool.finish(self.watch("--config", config, "--node", "here", self.pbx.target))
        self.assertEqual((finished.status, finished.result["error"]), (3, "refused"), finished)

    def test_the_service_manager_and_the_metrics_file_are_told(self):
        folder = tool.temporary_folder(self)
        metrics = folder / "probe.prom"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(str(folder / "notify"))
            manager.settimeout(5)
            process = self.watch("--metrics-file", metrics, self.pbx.target,
                                 env={"NOTIFY_SOCKET": str(folder / "notify"), "WATCHDOG_USEC": "400000"})
            told = set()
            wait_until(lambda: told.update(manager.recv(4096).decode().split("\n")) or
                       {"READY=1", "WATCHDOG=1", "STATUS=verdict up: 1 of 1 up"} <= told, f"systemd's messages in {told}")
            wait_until(lambda: f'failover_probe_health{{target="{self.pbx.target}",health="up"}} 1' in metrics.read_text(),
                       "the metrics")
            process.send_signal(signal.SIGTERM)
            tool.finish(process)


if __name__ == "__main__":
    unittest.main()
