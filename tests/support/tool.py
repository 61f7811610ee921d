"""Runs a built tool and keeps what it said."""

import json
import os
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

SOURCE_DIR = Path(os.environ.get("FO_SOURCE_DIR") or Path(__file__).resolve().parents[2])
BUILD_DIR = Path(os.environ.get("FO_BUILD_DIR") or SOURCE_DIR / "build" / "release").resolve()
BIN = Path(os.environ.get("FO_BIN") or BUILD_DIR / "bin")
NO_CORPUS = "test data from elsewhere is not here"


def environment(extra=None):
    """A clean environment: nothing of the caller's settings reaches a tool under test."""
    clean = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8", "HOME": os.environ.get("HOME", "/")}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "FO_MUTANT"):
        if name in os.environ:
            clean[name] = os.environ[name]
    clean.update(extra or {})
    return clean


@dataclass
class Finished:
    """What a tool's run left: exit status (negative: ended by that signal), its output, and the seconds it took."""

    status: int
    stdout: str
    stderr: str
    seconds: float

    @property
    def objects(self):
        """The JSON objects of a --json run, in order."""
        return [json.loads(line) for line in self.stdout.splitlines()]

    @property
    def result(self):
        """The last object, which must be the result."""
        last = self.objects[-1]
        assert last["type"] == "result", self
        return last

    def __str__(self):
        return f"status {self.status} after {self.seconds:.3f} s\n--- stdout\n{self.stdout}--- stderr\n{self.stderr}"


def path(name):
    tool = BIN / name
    if not tool.exists():
        raise AssertionError(f"{tool} is not built")
    return tool


def start(name, *arguments, env=None, cwd=None, stdin=subprocess.DEVNULL, wrapper=()):
    """Starts a tool in the background; finish() collects it. `wrapper` goes before it, for instance strace."""
    command = [*map(str, wrapper), str(path(name)), *map(str, arguments)]
    process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               encoding="utf-8", errors="replace", env=environment(env), cwd=cwd, start_new_session=True)
    process.started = time.monotonic()
    return process


def finish(process, timeout=60.0, stdin=None):
    """Waits for a tool; one that overruns `timeout` is killed and fails the test."""
    try:
        stdout, stderr = process.communicate(input=stdin, timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        stdout, stderr = process.communicate()
        raise AssertionError(f"{process.args} did not end within {timeout} s\n{stdout}\n{stderr}") from None
    return Finished(process.returncode, stdout, stderr, time.monotonic() - process.started)


def run(name, *arguments, timeout=60.0, stdin=None, **options):
    """Runs a tool to its end: run("fo-fetch", "--list", url, stdin="text", env={..}, cwd=.., wrapper=["strace", ..])."""
    if stdin is not None:
        options["stdin"] = subprocess.PIPE
    return finish(start(name, *arguments, **options), timeout, stdin)


def temporary_folder(test, prefix="fo-test."):
    """A folder that goes away with the test case."""
    folder = tempfile.TemporaryDirectory(prefix=prefix)
    test.addCleanup(folder.cleanup)
    return Path(folder.name)


def corpus(test, name):
    """The folder ../shared/corpora/NAME beside the project; a clone without it skips the test and says so."""
    folder = SOURCE_DIR.parent / "shared" / "corpora" / name
    if not folder.is_dir():
        test.skipTest(f"{NO_CORPUS}: {folder}")
    return folder
