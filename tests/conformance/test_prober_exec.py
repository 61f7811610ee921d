"""The exec prober before real monitoring plugins, and before programs that are none."""

import os
import unittest

from conformance.prober_suite import Case, Impossible, ProberSuite
from support import tool
from support.nginx import Nginx
from support.server import free_port, runs, wait_until

_PLUGINS = "/usr/lib/nagios/plugins"


def plugin(name, *arguments):
    query = "&".join(f"arg={argument}" for argument in arguments)
    return f"exec://{_PLUGINS}/{name}" + (f"?{query}" if query else "")


class Exec(ProberSuite, unittest.TestCase):
    kinds = ("exec",)

    @classmethod
    def setUpClass(cls):
        cls.web = Nginx()
        cls.addClassCleanup(cls.web.close)
        cls.web.start()

    def setUp(self):
        self.folder = tool.temporary_folder(self)

    def script(self, text, *arguments, mode=0o755):
        path = self.folder / f"plugin{len(list(self.folder.iterdir()))}"
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return f"exec://{path}" + "".join(("&" if number else "?") + f"arg={one}" for number, one in enumerate(arguments))

    def shell(self, text, *arguments):
        return self.script("#!/bin/sh\n" + text + "\n", *arguments)

    def cases(self):
        return {
            "up": Case(plugin("check_tcp", "-H", "127.0.0.1", "-p", self.web.port), "up", "TCP OK", timeout=5),
            "refused": Case(plugin("check_tcp", "-H", "127.0.0.1", "-p", free_port()), "down", "refused", timeout=5),
            "silent": Case(self.shell("exit 2"), "down", "exit status 2"),
            "hung": Case(self.shell("kill -STOP $$"), "unknown", "did not end in time and was killed"),
            "slow": Case(self.shell("sleep 0.3; echo fine"), "up", "fine", timeout=3),
            "garbage": Case(self.shell(r"printf '\033[2J\001\377|x=1\nmore'; exit 2"), "down", "?[2J??"),
            "half message": Case(self.shell("printf 'no line end'"), "up", "no line end"),
            "reset": Case(self.shell("echo OK; kill -KILL $$"), "unknown", "signal 9"),
            "wrong identity": Impossible("whoever has the path is the plugin"),
            "warning": Case(plugin("check_dummy", 1, "so-so"), "up", "WARNING: so-so", "warning"),
            "critical": Case(plugin("check_dummy", 2, "gone"), "down", "CRITICAL: gone"),
            "3 is unknown": Case(plugin("check_dummy", 3, "who%20knows"), "unknown", "UNKNOWN: who knows"),
            "any other status": Case(self.shell("exit 127"), "unknown", "ended with 127"),
            "not there": Case("exec:///nonexistent/plugin", "unknown", "No such file", at_once=True),
            "not executable": Case(self.script("#!/bin/sh\nexit 2\n", mode=0o644), "unknown", "Permission denied", at_once=True),
            "no program": Case(self.script("\x7fELFnothing"), "unknown", "cannot run", at_once=True),
            "no interpreter": Case(self.script("#!/nonexistent\n"), "unknown", "No such file", at_once=True),
            "a flood": Case(self.shell("exec nice -n 19 yes no"), "unknown", "did not end in time"),
            "on stderr": Case(self.shell("echo broken >&2; exit 2"), "down", "broken"),
            "reads its input": Case(self.shell("read -r line || echo no input"), "up", "no input"),
            "a clean environment": Case(self.shell('echo "$HOME $LANG ${FO_STATE_DIR-none} $PATH"'), "up", "/ C.UTF-8 none /usr/local/sbin"),
            "arguments": Case(self.shell('echo "$#:$1:$2:$3"', "a%20b", "", "$(id);%26"), "up", "3:a b::$(id);&"),
        }

    def test_the_deadline_ends_the_whole_process_group(self):
        pids = self.folder / "pids"
        target = self.shell(f"sleep 60 & echo $$ $! > {pids}.new; mv {pids}.new {pids}; wait")
        finished = self.probe(Case(target, "unknown", timeout=1.5))
        self.assertEqual(finished.status, 3, finished)
        left = [int(word) for word in pids.read_text().split()]
        self.assertEqual(len(left), 2)
        wait_until(lambda: not any(runs(pid) for pid in left), "the plugin and its child to be gone", 2)

    def test_what_it_leaves_in_the_background_is_not_waited_for(self):
        pid = self.folder / "pid"
        finished = self.probe(Case(self.shell(f"sleep 60 & echo $! > {pid}; echo started"), "up", timeout=5))
        self.judge(Case("", "up", "started", timeout=5, at_once=True), finished)
        os.kill(int(pid.read_text()), 9)

    def test_many_at_once(self):
        lines = "".join(self.shell(f"sleep 0.2; echo {number}") + "\n" for number in range(100))
        finished = tool.run("fo-probe", "--json", "--targets-from", "-", stdin=lines)
        self.assertEqual(sum(one["type"] == "check" and one["health"] == "up" for one in finished.objects), 100, finished)
        self.assertLess(finished.seconds, 10, "they must not wait for one another")


if __name__ == "__main__":
    unittest.main()
