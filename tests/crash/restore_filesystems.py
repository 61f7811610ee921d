"""The kill campaign on each file system: tmpfs, ext4, XFS, btrfs (on loop devices), overlayfs, and overlayfs whose files lie in
its lower layer. The second directory of each restore lies on a tmpfs. One line for each, and a closing one.

  tests/crash/run filesystems [--most N] [--files 60] [NAME...]      as root
"""

import argparse
import contextlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from crash import restore_campaign, restore_workers, strace_kill
from crash.overlay_case import OverlayCase
from support import own_mounts

MAKERS = {"ext4": ["mkfs.ext4", "-q", "-F"], "xfs": ["mkfs.xfs", "-q", "-f"], "btrfs": ["mkfs.btrfs", "-q", "-f"]}
NAMES = ("tmpfs", *MAKERS, "overlayfs", "overlayfs-lower")


def run(*command):
    subprocess.run([*map(str, command)], check=True)


@contextlib.contextmanager
def mounted(name, folder):
    """A new file system of that kind, as long as the `with` lasts."""
    folder = Path(folder)
    point = folder / "mounted"
    point.mkdir()
    if name == "tmpfs":
        run("mount", "-t", "tmpfs", "tmpfs", point)
    elif name == "overlayfs":
        for part in ("lower", "upper", "work"):
            (folder / part).mkdir()
        run("mount", "-t", "overlay", "overlay", "-o",
            f"lowerdir={folder}/lower,upperdir={folder}/upper,workdir={folder}/work", point)
    else:
        image = folder / "image"
        with open(image, "wb") as file:
            file.truncate(400 << 20)
        run(*MAKERS[name], image)
        run("mount", "-o", "loop", image, point)
    try:
        yield point
    finally:
        run("umount", point)


def points_in_recovery(case, first):
    case.reset()
    assert strace_kill.kill_at(first, case.command, case.env), first
    restore_campaign.settle(case)
    points, status, output = strace_kill.points_of(case.recovery, case.env)
    assert status == 0, output
    return points


def lower_layer(folder, files, most):
    """Every file lies in the lower layer, and gets a new identity when it is moved for the first time."""
    total = restore_campaign.Tally()
    for rollback in (False, True):
        case = OverlayCase(Path(folder) / f"case{int(rollback)}", files=files, rollback=rollback)
        try:
            points, status, output = strace_kill.points_of(case.command, case.env)
            assert status == 0, output
            total.add(restore_campaign.kill_restore(case, restore_campaign.spread(points, most)))
            middle = restore_workers.phases(points)[1]
            inner = points_in_recovery(case, middle)
            total.add(restore_campaign.kill_recovery(case, middle, restore_campaign.spread(inner, most)))
        finally:
            case.unmount()
    return total


def one(name, options):
    """Kills on one file system; how many points, and what was wrong."""
    own_mounts.enter()
    with tempfile.TemporaryDirectory(prefix="fo-fs.", dir="/dev/shm") as folder:
        if name == "overlayfs-lower":
            return lower_layer(folder, options.files, options.most)
        with mounted(name, folder) as point, tempfile.TemporaryDirectory(prefix="fo-fs.", dir="/dev/shm") as second:
            options.jobs = 1
            total = restore_campaign.Tally()
            for tally in restore_workers.share(options, point, second, 0).values():
                total.add(tally)
            return total


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=60)
    parser.add_argument("--most", type=int, default=60, help="at most so many points of a command, evenly spread")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    options = parser.parse_args()
    started = time.monotonic()
    total = restore_campaign.Tally()
    for name in options.names or NAMES:
        tally = one(name, options)
        for text in tally.wrong:
            print(f"{name}: {text}", file=sys.stderr)
        print(f"{name}: killed at {tally.points} points, half or lost states {len(tally.wrong)}", flush=True)
        total.add(tally)
    print(f"file systems: killed at {total.points} points; half or lost states {len(total.wrong)}; "
          f"{time.monotonic() - started:.0f} s")
    return 1 if total.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
