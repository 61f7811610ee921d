"""Directories of a target, and of its staging, are swapped for symbolic links at full speed while backups are restored, recovered and
rolled back there: by the user who owns the target, and by another process of root, who reaches the slots too. Nothing may be
written, made, moved or removed where the links lead. Ends with one line of numbers; status 1 if anything was.

  tests/crash/run links [--seconds 60] [--folder DIR] [--seed 1]
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from crash.restore_case import write_zip
from support import tool

OWNER = 4242  # of the target: nobody's number, so a user without any other rights
FOLDERS = ("d0", "d0/s0", "d0/s1", "d1", "d1/s0", "d2/s0")
SLOTS = (".failover",)
INNER_SLOTS = (".failover/1", ".failover/2", ".failover/3")  # for root alone: .failover is closed to everybody else
STATUSES = (0, 1, 2, 3, 4, 5, 6, 7, 9)


@dataclass
class Race:
    """What a race counted."""

    runs: int = 0
    swaps: int = 0
    statuses: Counter = field(default_factory=Counter)
    wrong: list = field(default_factory=list)


def traces(top):
    """path -> what any write, even one that was undone, leaves changed (a directory's ctime too)."""
    seen = {}
    for folder, folders, files in os.walk(top):
        for name in [".", *folders, *files]:
            path = os.path.join(folder, name)
            info = os.lstat(path)
            seen[os.path.relpath(path, top)] = (info.st_ino, info.st_mode, info.st_uid, info.st_nlink, info.st_size,
                                                info.st_mtime_ns, info.st_ctime_ns)
    return seen


class RacedTarget:
    """Two backups, a target with the first of them, and outside it a tree of the same shape for the links to lead to."""

    def __init__(self, folder):
        self.base = Path(folder)
        self.live, self.outside, self.state = self.base / "live", self.base / "outside", self.base / "state"
        self.saved = self.base / "saved"
        self.backups = [self.base / "1.zip", self.base / "2.zip"]
        chance = random.Random(5)
        for number, backup in enumerate(self.backups):
            files = {f"{above}/{'new' if number and i % 2 else 'f'}{i}": chance.randbytes(300) for above in FOLDERS for i in range(6)}
            files.update({f"{above}/made{number}/f": b"in a directory that is new" for above in FOLDERS})
            write_zip(backup, files)
        for name in (*FOLDERS, *INNER_SLOTS):
            self.make_outside(name)
        self.live.mkdir()
        done = self.restore(0)
        assert done.status == 0, done
        subprocess.run(["chown", "-Rh", f"{OWNER}:{OWNER}", self.live], check=True)
        subprocess.run(["chown", "-R", "0:0", self.live / ".failover"], check=True)
        self.saved.mkdir()
        subprocess.run(["cp", "-a", self.live, self.state, self.saved], check=True)

    def make_outside(self, name):
        """It would pass for ours in everything: owner, mode, names of files."""
        (self.outside / name).mkdir(parents=True)
        for i in range(40):
            (self.outside / name / (str(i) if name in INNER_SLOTS else f"f{i}")).write_text("outside")
        (self.outside / ".failover").chmod(0o700) if name in INNER_SLOTS else None
        (self.outside / name).chmod(0o700 if name in INNER_SLOTS else 0o755)

    def reset(self):
        subprocess.run(["rm", "-rf", self.live, self.state], check=True)
        subprocess.run(["cp", "-a", self.saved / "live", self.saved / "state", self.base], check=True)

    def tool(self, *arguments):
        return tool.run("fo-restore", "--state-dir", self.state, *arguments)

    def restore(self, number, *more):
        return self.tool("--target", self.live, "--take-over", "--keep-undo", "2", *more, self.backups[number])


class Swapper:
    """The attacker, while a `with` lasts."""

    def __init__(self, target, seed, user):
        names = [*FOLDERS, *SLOTS, *(() if user else INNER_SLOTS)]
        program = Path(__file__).with_name("link_swapper.py")
        self.command = [sys.executable, "-B", "-I", program, str(seed), str(user), target.live, target.outside, *names]
        self.swaps = 0

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdout.readline() == b"at work\n"
        return self

    def __exit__(self, *_):
        told, _ = self.process.communicate()
        self.swaps = int(told or 0)
        assert self.process.returncode == 0, self.command


def one_round(target, race, seed, user):
    """A restore, what the next start makes of it, and the way back, all under attack."""
    target.reset()
    before = traces(target.outside)
    with Swapper(target, seed, user) as swapper:
        for arguments in (["restore"], ["--recover"], ["--rollback"], ["--recover"]):
            done = target.restore(1) if arguments == ["restore"] else target.tool(*arguments)
            race.runs += 1
            race.statuses[done.status] += 1
            if done.status not in STATUSES:
                race.wrong.append(f"seed {seed}, user {user}: a status of no meaning: {done}")
    race.swaps += swapper.swaps
    after = traces(target.outside)
    changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    race.wrong += [f"seed {seed}, user {user}: outside the target {path} was {before.get(path)}, is {after.get(path)}" for path in changed]


def race(folder, seconds, seed):
    """Round after round, in turns by the owner of the target and by root."""
    result = Race()
    target = RacedTarget(folder)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for user in (OWNER, 0):
            seed += 1
            one_round(target, result, seed, user)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--folder", help="where to work (default: a temporary folder)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fo-links.", dir=options.folder) as folder:
        os.chmod(folder, 0o755)
        result = race(folder, options.seconds, options.seed)
    for text in result.wrong:
        print(text, file=sys.stderr)
    ended = ", ".join(f"{count} with {status}" for status, count in sorted(result.statuses.items()))
    print(f"directories swapped for links {result.swaps} times under {result.runs} runs (ended {ended}); writes outside "
          f"{len(result.wrong)}; {time.monotonic() - started:.0f} s")
    return 1 if result.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
