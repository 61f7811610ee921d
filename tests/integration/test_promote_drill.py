"""fo-promote drill: a restored PBX starts where it reaches nobody, answers there, and nothing of it is left; what a drill-hook
could do wrong is caught."""

import os
import re
import signal
import socket
import subprocess
import threading
import time
import unittest
import zlib
from pathlib import Path

from integration.test_promote import PromoteCase
from support import tool
from support.backup_files import write_backup
from support.kamailio import Kamailio
from support.server import wait_until

HERE = "192.0.2.77"  # of no interface outside the drill (RFC 5737)
ANSWER = """#!/bin/sh
python3 -c '
import os, socket
server = socket.create_server(("{here}", {port}))
if os.fork(): raise SystemExit
os.setsid()
if os.fork(): os._exit(0)
while True: server.accept()[0].close()
' {mark} &
wait $!
"""


def processes(mark):
    """The command lines that hold it."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if mark in line and "fo-promote" not in line:
            found.append(line)
    return found


class DrillCase(PromoteCase):
    def setUp(self):
        super().setUp()
        if os.geteuid() != 0:
            raise AssertionError("network namespaces need root")
        (self.pair.dir / "serving-old").touch()
        self.sip = Kamailio()  # not started: its configuration is what is backed up
        self.addCleanup(self.sip.close)
        self.tree = self.pair.dir / "scratch"
        self.live = self.pair.dir / "live"
        self.live.mkdir()
        self.mark = f"drilled-{os.getpid()}-{self.id()}"
        self.reconfigure(warn_backup_age=["7300d"], max_backup_age=["7300d"], skip=["clock", "gateways"], to=[HERE],
                         self_probe=[f"tcp://{HERE}:{self.sip.port}"], hook_timeout=["5s"], restore_into=[self.tree])
        self.back_up()

    def back_up(self):
        files = {}
        for path in self.sip.dir.iterdir():
            if path.is_file():
                text = path.read_text(encoding="ascii").replace("127.0.0.1", HERE).replace(str(self.sip.dir), f"{self.tree}/etc")
                files[f"etc/{path.name}"] = text
        night = write_backup(self.pair.dir / "night.zip", files)
        fetched = tool.run("fo-fetch", "--state-dir", self.pair.state, "--max-age", "7300d", f"file://{night}")
        self.assertEqual(fetched.status, 0, fetched)
        done = tool.run("fo-restore", "--state-dir", self.pair.state, "--target", self.live, fetched.stdout.strip())
        self.assertEqual(done.status, 0, done)

    def hook(self, text):
        path = self.pair.dir / "drill-hook"
        path.write_text(text, encoding="utf-8")
        path.chmod(0o700)
        self.reconfigure(drill_hook=[path])

    def answering(self):
        self.hook(ANSWER.format(here=HERE, port=self.sip.port, mark=self.mark))

    def stages(self, done):
        return {each["stage"]: each["good"] for each in done.objects if each["type"] == "stage"}

    def drill(self, status, *arguments):
        done = self.pair.run("drill", *arguments)
        self.assertEqual(done.status, status, done)
        self.assert_untouched()
        return done

    def assert_nothing_left(self):
        self.assertEqual(processes(self.mark), [])


class Drill(DrillCase):
    def test_a_restored_kamailio_answers_sip_in_the_drill_and_is_gone_after_it(self):
        self.reconfigure(self_probe=[f"sip://{HERE}:{self.sip.port}", f"sip://{HERE}:{self.sip.port}?transport=tcp"])
        self.mark = f"{self.tree}/etc/kamailio.cfg"
        self.hook('#!/bin/sh\n[ "$FO_HOOK" = drill ] || exit 9\n'
                  'exec kamailio -f "$FO_HOOK_DIR/etc/kamailio.cfg" -Y "$FO_HOOK_DIR" -P "$FO_HOOK_DIR/pid" -m 16 -M 4\n')
        done = self.drill(0)
        self.assertRegex(done.result["message"], r"^this standby could have taken over at \d\d:\d\d UTC in \d+\.\d s$")
        self.assertEqual(self.stages(done), {"ready": True, "verify": True, "restore": True, "start": True})
        self.assert_nothing_left()
        again = self.drill(0)  # what it left in the tree is taken away by the next one
        status = self.pair.run("status")
        self.assertEqual(status.status, 0, status)
        told = next(each for each in status.objects if each["type"] == "drill")
        self.assertEqual((told["good"], told["said"]), (True, again.result["message"]))
        row = next(each for each in self.pair.run("ready").objects if each.get("check") == "drill")
        self.assertEqual(row["grade"], "ok", row)
        # The host's own restore knows nothing of it.
        current = tool.run("fo-restore", "--state-dir", self.pair.state, "--status", "--json")
        self.assertNotIn(str(self.tree), current.stdout)

    def test_a_service_that_does_not_answer(self):
        self.hook("#!/bin/sh\nexit 0\n")
        self.reconfigure(hook_timeout=["1s"])
        done = self.drill(1)
        self.assertIn("did not come up", done.result["message"])
        status = self.pair.run("status")
        self.assertEqual(status.status, 3, status)
        self.assertIn("no drill was ever good", status.result["message"])
        self.answering()
        self.drill(0)
        self.assertEqual(self.pair.run("status").status, 0)
        self.assertEqual(self.pair.run("status", "--max-drill-age", "1ms").status, 3)

    def test_a_hook_that_fails(self):
        self.hook("#!/bin/sh\necho no licence >&2\nexit 7\n")
        self.assertIn("ended with exit status 7: no licence", self.drill(1).result["message"])

    def test_a_hook_that_hangs_is_ended_with_all_that_it_started(self):
        self.hook(f"#!/bin/sh\nsh -c 'sleep 600; : {self.mark}' &\nsetsid sh -c 'sleep 600; : {self.mark}' &\nexec sh -c 'trap \"\" TERM; sleep 600; : {self.mark}'\n")
        self.reconfigure(hook_timeout=["2s"])
        begun = time.monotonic()
        self.drill(1)
        self.assertLess(time.monotonic() - begun, 20)
        self.assert_nothing_left()

    def test_daemons_of_a_good_drill_are_gone(self):
        self.answering()
        self.drill(0)
        self.assert_nothing_left()
        with self.assertRaises(OSError):
            socket.create_connection((HERE, self.sip.port), 0.2)

    def test_a_drill_that_is_killed_leaves_nothing(self):
        self.hook(f"#!/bin/sh\nsetsid sh -c 'sleep 600; : {self.mark}' &\nsleep 600; : {self.mark}\n")
        self.reconfigure(hook_timeout=["60s"])
        process = subprocess.Popen(self.pair.command("drill"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=tool.environment())
        wait_until(lambda: processes(self.mark), "the hook", 30)
        process.send_signal(signal.SIGKILL)
        process.wait()
        wait_until(lambda: not processes(self.mark), "the end of all that it started", 5)

    def test_a_drill_that_is_stopped_leaves_nothing(self):
        self.hook(f"#!/bin/sh\nsh -c 'sleep 600; : {self.mark}'\n")
        self.reconfigure(hook_timeout=["60s"])
        process = subprocess.Popen(self.pair.command("drill"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=tool.environment())
        wait_until(lambda: processes(self.mark), "the hook", 30)
        locked = self.pair.run("drill")
        self.assertEqual(locked.status, 8, locked)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(10), 128 + signal.SIGTERM)
        wait_until(lambda: not processes(self.mark), "the end of all that it started", 5)


class Escape(DrillCase):
    def test_a_port_that_is_opened_on_the_host_is_caught(self):
        """As by a service manager that the hook asks: it acts outside, whatever namespaces the hook is in."""
        wish, done = self.pair.dir / "wish", threading.Event()

        def manager():
            while not wish.exists() and not done.wait(0.01):
                pass
            with socket.socket() as server:
                server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                server.bind(("127.0.0.1", self.sip.port))
                server.listen()
                done.wait(30)
        thread = threading.Thread(target=manager)
        thread.start()
        try:
            self.hook(f"#!/bin/sh\ntouch {wish}\nsh -c 'sleep 3; : {self.mark}'\n")
            begun = time.monotonic()
            failed = self.drill(4)
            self.assertLess(time.monotonic() - begun, 15)
        finally:
            done.set()
            thread.join()
        self.assertIn(f"TCP port {self.sip.port} was opened on this host itself", failed.result["message"])
        self.assert_nothing_left()

    def test_what_production_stands_on_cannot_be_written_and_managers_are_out_of_reach(self):
        said = self.pair.dir / "said"
        os.makedirs("/run/systemd", exist_ok=True)
        marker = Path("/run/systemd") / f"fo-{os.getpid()}"
        marker.touch()
        self.addCleanup(marker.unlink)
        self.hook(f"#!/bin/sh\nexec >{said} 2>&1\ntouch {self.live}/x && echo wrote-live\ntouch {self.pair.state}/x && echo wrote-state\n"
                  f"ls /run/systemd\nip -o link | grep -v lo: && echo network\nls /proc | grep -c '^[0-9]*$'\ntouch $FO_HOOK_DIR/x && echo wrote-tree\n"
                  f"ipcs >/dev/null; exit 5\n")
        self.drill(1)
        text = said.read_text()
        for word in ("wrote-live", "wrote-state", marker.name, "network"):
            self.assertNotIn(word, text)
        self.assertIn("wrote-tree", text)
        self.assertLess(int(re.search(r"^\d+$", text, re.MULTILINE).group()), 10)

    def test_production_is_no_place_for_a_drill(self):
        self.answering()
        (self.pair.dir / "foreign").mkdir()
        (self.pair.dir / "foreign/file").touch()
        (self.pair.dir / "link").symlink_to(self.live)
        for place in (self.live, self.live / "below", self.pair.dir, self.pair.state, self.pair.state / "drill/x", f"{self.live}/", self.pair.dir / "link",
                      self.pair.dir / "foreign"):
            self.reconfigure(restore_into=[place])
            done = self.drill(4)
            self.assertEqual(self.stages(done)["restore"], False, place)
        self.assertEqual(sorted(path.name for path in self.live.iterdir() if path.name != ".failover"), ["etc"])
        self.reconfigure(restore_into=[])
        self.assertEqual(self.pair.run("drill").status, 2)

    def test_a_journal_that_was_changed(self):
        self.hook("#!/bin/sh\nexit 1\n")
        self.drill(1)
        self.answering()
        self.drill(0)
        journal = self.pair.state / "promote/drills"
        lines = journal.read_text().splitlines()
        text = lines[0].split(" ", 1)[1].replace('"good":false', '"good":true')
        journal.write_text(f"{zlib.crc32(text.encode()):08x} {text}\n{lines[1]}\n")
        status = self.pair.run("status")
        self.assertEqual(status.status, 3)
        self.assertIn("does not follow the line before it", status.result["message"])
        self.assertEqual(self.pair.run("drill").status, 7)

    def test_a_standby_that_could_not_be_promoted_is_no_good_drill(self):
        self.answering()
        self.pair.program("fencer", "#!/bin/sh\nexit 1\n")
        done = self.drill(4)
        self.assertEqual(self.stages(done), {"ready": False, "verify": True, "restore": True, "start": True})
        self.assertIn("could not have taken over", done.result["message"])


if __name__ == "__main__":
    unittest.main()
