"""Stops a command at every system call that it makes: kill -9, or an error instead of the call.

strace counts `when=K` for each call's name on its own, so a point is a pair (name, K). KILL acts before the call. Only the
main thread is traced: it does all the work, and a hook that the command has started lives on, as it would in earnest. (What
its workers are doing meanwhile is for stopped_worker.py.)
"""

import collections
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from support import tool

KILLED = -9


@dataclass(frozen=True)
class Point:
    """The K-th call of one name."""

    call: str
    k: int

    def __str__(self):
        return f"{self.call}#{self.k}"


def strace(options, command, env=None, timeout=300.0):
    """Runs a command (a list) under strace. Its exit status; negative: ended by that signal."""
    whole = ["strace", "-qq", *options, *map(str, command)]
    process = subprocess.run(whole, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             env=tool.environment(env), timeout=timeout, check=False)
    return process.returncode, process.stdout.decode(errors="replace")


def points_in(trace):
    """Every point of the trace of one thread, in its order."""
    counts = collections.Counter()
    points = []
    for line in Path(trace).read_text(errors="replace").splitlines():
        name = line.split("(", 1)[0]
        if not name.isidentifier() or name == "execve":
            continue
        counts[name] += 1
        points.append(Point(name, counts[name]))
    return points


def points_of(command, env=None, calls=None):
    """Traces one run; every point of it in the order of the run, and the run's exit status.

    calls: only these names. The first execve belongs to strace itself.
    """
    with tempfile.TemporaryDirectory(prefix="fo-trace.") as folder:
        trace = Path(folder) / "trace"
        which = "all" if calls is None else ",".join(calls)
        status, output = strace(["-o", str(trace), "-e", f"trace={which}", "-e", "signal=none"], command, env)
        return points_in(trace), status, output


def kill_at(point, command, env=None):
    """Runs the command and kills it before that call. True if the call was reached."""
    status, output = strace(["-o", "/dev/null", "-e", f"trace={point.call}", "-e",
                             f"inject={point.call}:signal=KILL:when={point.k}"], command, env)
    assert status == KILLED or status >= 0, f"{point}: status {status}\n{output}"
    return status == KILLED


def fail_at(point, error, command, env=None, onwards=False):
    """Runs the command with that call failing (from then on: onwards). Its exit status and output."""
    when = f"{point.k}+" if onwards else str(point.k)
    return strace(["-o", "/dev/null", "-e", f"trace={point.call}", "-e",
                   f"inject={point.call}:error={error}:when={when}"], command, env)
