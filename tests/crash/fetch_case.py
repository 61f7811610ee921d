"""One state from which fo-fetch is killed at a point and run once more: good-stays-good, all-or-nothing, again.

At every moment each backup under its final name has a sidecar that is right, at least one good backup is there, and one more run
ends with the new one. One connection, so that the main thread, which strace watches, does all the writing.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from crash import strace_kill
from support import archivers, tool
from support.backups import set_age, sha256, stored

# By which a run changes something.
CHANGES = ("mkdir", "openat", "write", "pwrite64", "fsync", "rename", "unlink", "fchmod", "flock", "ftruncate")
PASSWORD = "correct horse"


def _tar(folder, target):
    subprocess.run(["tar", "-czf", target, "."], cwd=folder, check=True)


def _encrypted(folder, target):
    archivers.seven_zip(folder, target, "-mem=AES256", f"-p{PASSWORD}")


@dataclass(frozen=True)
class Scenario:
    """How the backups are packed and called, and what else fo-fetch is told."""

    pack: Callable = archivers.python_stored
    object: str = "PBX.zip"
    options: tuple = ()
    encrypted: bool = False


SCENARIOS = {
    "whole": Scenario(options=("--delta", "off")),
    "delta": Scenario(),
    "resumed delta": Scenario(),
    "tar": Scenario(_tar, "PBX.tar.gz"),
    "encrypted": Scenario(_encrypted, encrypted=True),
}


class Wrong(AssertionError):
    """A state that must never be."""


def demand(condition, *what):
    if not condition:
        raise Wrong(" ".join(map(str, what)))


class FetchCase:
    """`folder` holds the store, what was here before, and the output folder that runs are killed in."""

    def __init__(self, folder, scenario):
        self.folder = Path(folder)
        self.out = self.folder / "out"
        self.before = self.folder / "before"
        (self.folder / "store").mkdir()
        how = SCENARIOS[scenario]
        self.object = self.folder / "store" / how.object
        password = self.folder / "password"
        password.touch(mode=0o600)
        password.write_text(PASSWORD, encoding="ascii")
        self.command = [tool.path("fo-fetch"), f"file://{self.object}", "-o", self.out, "--state-dir", self.folder / "state",
                        "--keep", "1", "--connections", "1", "--max-age", "30000d", *how.options]
        if how.encrypted:
            self.command += ["--archive-password-file", password]
        first, second = archivers.two_nights(self.folder, how.pack)
        self.put(first, 90_000)
        self.old = self.run()
        self.put(second, 3600)
        shutil.copytree(self.out, self.before)
        if scenario == "resumed delta":
            self.interrupt()

    def put(self, data, age):
        self.object.write_bytes(data)
        set_age(self.object, age)

    def interrupt(self):
        """What is there from now on: a delta that was killed when all was copied and half was fetched."""
        points, status, output = strace_kill.points_of(self.command, calls=("pwrite64",))
        demand(status == 0 and len(points) > 4, output)
        self.reset()
        demand(strace_kill.kill_at(points[-2], self.command), "the interrupting point was not reached")
        parts = (self.out / ".fo-fetch.part.map").read_text(encoding="ascii")
        demand("c " in parts and "f " in parts, "nothing was copied and fetched before the interruption:", parts)
        shutil.rmtree(self.before)
        shutil.copytree(self.out, self.before)

    def reset(self):
        shutil.rmtree(self.out)
        shutil.copytree(self.before, self.out)

    def run(self):
        """A whole run; the path that it prints."""
        status, output = strace_kill.strace(["-o", "/dev/null", "-e", "trace=none"], self.command)
        demand(status == 0, "status", status, output)
        return Path(output.strip().splitlines()[-1] if not output.startswith("/") else output.splitlines()[0])

    def audit(self, what):
        names = stored(self.out)
        backups = [name for name in names if not name.endswith(".json") and not name.endswith(".new")]
        demand(backups, what, "no good backup is left")
        for name in backups:
            demand(name + ".json" in names, what, name, "has no sidecar")
            sidecar = json.loads((self.out / f"{name}.json").read_text(encoding="utf-8"))
            demand(sidecar["sha256"] == sha256(self.out / name), what, name, "is not what its sidecar says")

    def points(self, calls=None):
        """Every point of a run from the state before."""
        self.reset()
        points, status, output = strace_kill.points_of(self.command, calls=calls)
        demand(status == 0, output)
        demand(not self.old.exists(), "keep 1 must remove the old one")
        return points

    def try_point(self, point):
        """False if the run ended before the point."""
        self.reset()
        if not strace_kill.kill_at(point, self.command):
            return False
        self.audit(point)
        new = self.run()
        demand(stored(self.out) == [new.name, new.name + ".json"], point, stored(self.out))
        demand(sha256(new) == sha256(self.object), point, "the new backup is not the store's")
        demand(not [name for name in os.listdir(self.out) if ".part" in name], point, "a partial file is left")
        self.audit(point)
        return True
