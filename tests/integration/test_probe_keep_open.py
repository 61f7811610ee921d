"""fo-probe --watch --keep-open: the end of an idle connection makes the next check come at once, and is no failure."""

import json
import socket
import threading
import time
import unittest

from support import tool
from support.kamailio import Kamailio
from support.server import free_port

# An interval that no test waits for: what comes sooner comes by the connection.
SLOW = ("--json", "--watch", "--retry-interval", "100ms", "--fall", "2", "-t", "1s")


class KeepOpen(unittest.TestCase):
    def watch(self, *arguments, interval="30s"):
        process = tool.start("fo-probe", *SLOW, "--interval", interval, "--rise", "1", "--state-dir", tool.temporary_folder(self) / "state", *arguments)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def next_check(self, process):
        for line in process.stdout:
            one = json.loads(line)
            if one["type"] == "check":
                return one
        self.fail(f"the watch ended with {process.wait()}: {process.stderr.read()}")

    def dies(self, target):
        pbx = Kamailio()
        self.addCleanup(pbx.close)
        pbx.start()
        process = self.watch("--keep-open", target(pbx))
        self.assertEqual(self.next_check(process)["health"], "up")
        killed = time.monotonic()
        pbx.kill()
        self.assertEqual(self.next_check(process)["health"], "down")
        seen = time.monotonic() - killed
        finished = tool.finish(process)
        self.assertEqual(finished.status, 0, finished)
        self.assertLess(seen, 0.5)
        self.assertLess(time.monotonic() - killed, 2)

    def test_the_death_of_a_server_is_seen_at_once_over_tcp(self):
        self.dies(lambda pbx: f"tcp://127.0.0.1:{pbx.port}")

    def test_the_death_of_a_server_is_seen_at_once_through_a_tunnel(self):
        self.dies(lambda pbx: f"tunnel://127.0.0.1:{pbx.port}")

    def test_the_death_of_a_server_is_seen_at_once_over_sip_and_tls(self):
        self.dies(lambda pbx: f"{pbx.target}?transport=tcp")
        self.dies(lambda pbx: pbx.tls_target)
        self.dies(lambda pbx: f"tls://127.0.0.1:{pbx.tls_port}")

    def test_without_it_the_interval_is_kept(self):
        with socket.create_server(("127.0.0.1", free_port()), backlog=8) as server:
            process = self.watch(f"tcp://127.0.0.1:{server.getsockname()[1]}")
            self.assertEqual(self.next_check(process)["health"], "up")
            connection, _ = server.accept()
            connection.settimeout(2)
            # It was closed by the probe.
            self.assertEqual(connection.recv(1), b"")
            connection.close()
            process.kill()

    def test_a_server_that_closes_idle_connections_causes_no_alarm_and_no_storm(self):
        accepted = []
        with socket.create_server(("127.0.0.1", free_port()), backlog=64) as server:
            def serve():
                while True:
                    try:
                        connection, _ = server.accept()
                    except OSError:
                        return
                    accepted.append(time.monotonic())
                    connection.close()
            threading.Thread(target=serve, daemon=True).start()
            process = self.watch("--keep-open", f"tcp://127.0.0.1:{server.getsockname()[1]}", interval="500ms")
            checks = [self.next_check(process) for _ in range(6)]
            process.terminate()
            output = tool.finish(process)
            server.shutdown(socket.SHUT_RDWR)
        self.assertEqual({one["health"] for one in checks}, {"up"})
        self.assertNotIn('"to":"down"', output.stdout)
        gaps = [later - earlier for earlier, later in zip(accepted, accepted[1:])]
        # 100 ms apart at least; a moment that is noted late shortens the next gap, but not the sum.
        self.assertGreater(sum(gaps[:2]), 0.19, gaps)
        # At most one early check between two ordinary ones; after three ends in a row none at all.
        self.assertGreater(sum(gaps[-2:]), 0.7, gaps)


if __name__ == "__main__":
    unittest.main()
