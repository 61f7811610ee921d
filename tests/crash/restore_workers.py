"""The whole kill campaign: a restore of 50 files with hooks, killed before every system call it makes; then recoveries of
it, killed likewise. Ends with one line of numbers; status 1 if any state was half.

  tests/crash/run restore [--folder DIR] [--files 50] [--jobs 2]      (FO_BIN: where the tools are)
"""

import argparse
import concurrent.futures
import sys
import tempfile
import time
from pathlib import Path

from crash import restore_campaign, strace_kill
from crash.restore_case import RestoreCase


def share(folder, number, jobs, files):
    """What one worker does: every jobs-th point, in a place of its own."""
    case = RestoreCase(Path(folder) / f"worker{number}", files=files)
    points, status, output = strace_kill.points_of(case.command, case.env)
    assert status == 0, output
    tally = restore_campaign.kill_restore(case, points[number::jobs])
    # Recoveries of three kinds: before the commit, in the middle of applying, after it.
    acts = [point for point in points if point.call == "renameat2"]
    last = points.index(acts[-1])
    after = next(point for point in points[last:] if point.call == "rename")
    before = next(point for point in reversed(points[:points.index(acts[2])]) if point.call == "rename")
    recovery = restore_campaign.Tally()
    for first in (before, acts[len(acts) // 2], after):
        case.reset()
        assert strace_kill.kill_at(first, case.command, case.env), first
        restore_campaign.settle(case)
        inner, status, output = strace_kill.points_of(case.recovery, case.env)
        assert status == 0, output
        recovery.add(restore_campaign.kill_recovery(case, first, inner[number::jobs]))
    return tally, recovery


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", help="where to work (default: a temporary folder); its file system is the one tested")
    parser.add_argument("--files", type=int, default=50)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    started = time.monotonic()
    restore, recovery = restore_campaign.Tally(), restore_campaign.Tally()
    with tempfile.TemporaryDirectory(prefix="fo-crash.", dir=options.folder) as folder:
        with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
            shares = [pool.submit(share, folder, i, options.jobs, options.files) for i in range(options.jobs)]
            for one in concurrent.futures.as_completed(shares):
                first, second = one.result()
                restore.add(first)
                recovery.add(second)
    for text in restore.wrong + recovery.wrong:
        print(text, file=sys.stderr)
    half = len(restore.wrong) + len(recovery.wrong)
    print(f"restore of {options.files} files: killed at {restore.points} points, its recovery at {recovery.points}; "
          f"not reached {restore.not_reached + recovery.not_reached}; half states {half}; "
          f"{time.monotonic() - started:.0f} s")
    return 1 if half else 0


if __name__ == "__main__":
    sys.exit(main())
