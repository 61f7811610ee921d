"""Power losses: a restore and its way back run on a disk that logs its writes; then every disk that a power loss could have
left is built (prefixes of the log, and random parts of what was not flushed yet), mounted, recovered and audited. The same
once more with a restore whose flushes do nothing: that must be caught, or the harness sees nothing.

  tests/crash/run images [--images 1000] [--files 60] [--seed 1]
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from crash import write_log
from crash.restore_case import RestoreCase
from support import own_mounts, tool

# With the defaults ext4 flushes what a rename replaces, so that a missing flush of ours would not show.
WEAK = "noauto_da_alloc,data=writeback,commit=1"
NO_FLUSHES = ["strace", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync,syncfs", "-e",
              "inject=fsync,fdatasync,syncfs:retval=0"]


class Place:
    """A disk image with a restore on it, always mounted at the same place: the state names its directories."""

    def __init__(self, folder, files):
        own_mounts.enter()
        self.folder = Path(folder)
        self.point = self.folder / "mounted"
        self.point.mkdir()
        self.start = self.folder / "start.img"
        self.disk = self.folder / "disk.img"
        self.log = self.folder / "writes.log"
        with open(self.start, "wb") as image:
            image.truncate(64 << 20)
        subprocess.run(["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", str(self.start)], check=True)
        self.mount(self.start)
        self.case = RestoreCase(self.point / "case", files=files)
        for _, saved in self.case.places:
            subprocess.run(["rm", "-rf", str(saved)], check=True)
        self.unmount()

    def mount(self, what, options="defaults"):
        loop = [] if str(what).startswith("/dev/") else ["loop"]
        subprocess.run(["mount", "-o", ",".join([*loop, options]), str(what), str(self.point)], check=True)

    def unmount(self):
        subprocess.run(["umount", str(self.point)], check=True)

    def record(self, arguments, wrapper):
        """Runs it on a logging disk. Its writes, and where in the log the tool ended."""
        subprocess.run(["cp", "--sparse=always", str(self.start), str(self.disk)], check=True)
        with write_log.LoggedDevice(self.disk, self.log) as device:
            self.mount(device.loop, WEAK)
            done = tool.run("fo-restore", *arguments, env={"FO_STATE_DIR": str(self.case.state)}, wrapper=wrapper)
            ended = self.log.stat().st_size
            assert done.status == 0, done
            self.unmount()
        return write_log.read_log(self.log), ended

    def build(self, entries, chosen):
        subprocess.run(["cp", "--sparse=always", str(self.start), str(self.disk)], check=True)
        with open(self.disk, "r+b") as disk:
            for i in chosen:
                disk.seek(entries[i].offset)
                disk.write(entries[i].data)


def audit(case, through, again):
    """What is wrong with a disk. through: the tool had ended well before the power went."""
    wrong = case.audit_stopped()
    tree = case.state_of_tree()
    if through and tree != through:
        wrong.append(f"the tool had said done, and the tree is {tree}")
    recovered = case.tool("--recover")
    if recovered.status != 0:
        wrong.append(f"--recover: {recovered}")
    wrong += case.audit_recovered(hooks=False)
    if again and not wrong:
        wrong += case.audit_repeated(case.tool(*case.forward), hooks=False)
        wrong += case.audit_back(case.tool("--rollback"))
    return wrong


def campaign(place, count, seed, rollback, wrapper=()):
    """How many disks, and what was wrong with which."""
    case = place.case
    case.rollback = rollback
    entries, ended = place.record(case.arguments, wrapper)
    written = sum(entry.place < ended for entry in entries)
    bad = {}
    number = 0
    for number, (label, chosen, lost_at) in enumerate(write_log.images_of(entries, count, seed), 1):
        place.build(entries, chosen)
        through = lost_at > written  # the tool had ended: what it said must be on any disk from then on
        place.mount(place.disk)
        try:
            wrong = audit(case, ("old" if rollback else "new") if through else None, number % 5 == 0)
        finally:
            place.unmount()
        if wrong:
            bad[label] = wrong
    return len(entries), number, bad


def keep_restored(place):
    """From now on the disk to start from has generation 2 on it."""
    place.mount(place.start)
    done = place.case.tool(*place.case.forward)
    assert done.status == 0, done
    place.unmount()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--files", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fo-images.", dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        place = Place(folder, options.files)
        share = max(1, options.images // 8)
        _, blind, caught = campaign(place, share, options.seed, False, NO_FLUSHES)
        writes, images, bad = campaign(place, options.images * 6 // 10, options.seed, False)
        keep_restored(place)
        more_writes, more, more_bad = campaign(place, options.images - images, options.seed + 1, True)
    for label, wrong in [*bad.items(), *more_bad.items()]:
        print(f"{label}: {'; '.join(wrong)}", file=sys.stderr)
    half = len(bad) + len(more_bad)
    print(f"disks after a power loss (ext4, {WEAK}; {writes + more_writes} writes logged, seed {options.seed}): {images + more}, "
          f"bad {half}; without flushes {len(caught)} of {blind} are bad; {time.monotonic() - started:.0f} s")
    if not caught:
        print("the variant without flushes was not caught: the harness sees nothing", file=sys.stderr)
    return 1 if half or not caught else 0


if __name__ == "__main__":
    sys.exit(main())
