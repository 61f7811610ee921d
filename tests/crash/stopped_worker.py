"""fo-unpack stopped at a system call of its own: it dies there, or the tool that started it does.

The library finds its workers beside itself, so a copy of it in a folder of our own starts what lies there: a program that runs
the true worker, under strace when its turn has come. Workers of one run are told apart by the order of their starts.
"""

import json
import os
import time
from pathlib import Path

from crash import strace_kill
from support import prefix

STAND_IN = """#!/usr/bin/python3 -IS
import json, os, pathlib, signal, sys
here = pathlib.Path(__file__).parent
true = [str(here / "fo-unpack.true"), *sys.argv[1:]]
plan = json.loads((here / "plan").read_text())
number = 0
while True:
    try:
        os.close(os.open(here / f"started.{number}", os.O_CREAT | os.O_EXCL))
        break
    except FileExistsError:
        number += 1
strace = ["/usr/bin/strace", "-qq", "-e", "signal=all"]
if plan["victim"] == "nobody":
    os.execv(strace[0], [*strace, "-e", "signal=none", "-o", str(here / f"trace.{number}"), *true])
if number != plan["number"]:
    os.execv(true[0], true)
call = plan["call"]
strace += ["-e", "trace=" + call, "-e", "inject=" + call + ":signal=%s:when=" + str(plan["k"])]
if plan["victim"] == "worker":
    strace[-1] %= "KILL"
    os.execv(strace[0], [*strace, "-o", "/dev/null", *true])
strace[-1] %= "STOP"
tool = os.getppid()
seen, tell = os.pipe()
os.set_inheritable(tell, True)
child = os.fork()
if child == 0:
    os.execv(strace[0], [*strace, "-o", f"/proc/self/fd/{tell}", *true])
os.close(tell)
for line in open(seen, errors="replace"):
    if "stopped by SIGSTOP" not in line:
        continue
    (here / "reached").touch()
    os.kill(tool, signal.SIGKILL)
    for worker in pathlib.Path(f"/proc/{child}/task/{child}/children").read_text().split():
        os.kill(int(worker), signal.SIGCONT)
ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
os._exit(ended if ended >= 0 else 1)
"""


class StoppedWorker:
    """A folder with the library and the stand-in; env() makes a tool use it."""

    def __init__(self, folder):
        self.place = prefix.with_worker(Path(folder), "fo-unpack", STAND_IN)

    @property
    def env(self):
        return self.place.env

    def arm(self, victim, number=-1, point=None):
        """Before each run. victim: "worker", "tool", or "nobody" to trace them all."""
        for old in [*self.place.workers.glob("started.*"), *self.place.workers.glob("trace.*"), self.place.workers / "reached"]:
            old.unlink(missing_ok=True)
        plan = {"victim": victim, "number": number, "call": point and point.call, "k": point and point.k}
        (self.place.workers / "plan").write_text(json.dumps(plan))

    @property
    def reached(self):
        return (self.place.workers / "reached").exists()

    def points(self):
        """(number of the worker, point) of every call, after a run with "nobody"."""
        traces = sorted(self.place.workers.glob("trace.*"), key=lambda path: int(path.suffix[1:]))
        return [(number, point) for number, trace in enumerate(traces) for point in strace_kill.points_in(trace)]

    def alive(self):
        """Processes that run what lies in the folder."""
        found = []
        for process in Path("/proc").iterdir():
            try:
                if process.name.isdecimal() and os.readlink(process / "exe").startswith(str(self.place.workers)):
                    found.append(int(process.name))
            except OSError:
                continue  # it ended
        return found

    def wait_for_end(self, seconds):
        """True if none is alive any more."""
        end = time.monotonic() + seconds
        while self.alive():
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        return True
