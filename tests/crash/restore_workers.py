"""The kill campaign: a restore of 200 files with hooks into two directories, its way back, and recoveries of both, killed
before the system calls that they make. Ends with one line of numbers; status 1 if any state was half or lost.

  tests/crash/run restore [--folder DIR] [--second DIR] [--files 200] [--most N] [--jobs 2] [--minutes N]
                          [--back-every 1]     (FO_BIN: where the tools are)
"""

import argparse
import concurrent.futures
import math
import random
import sys
import tempfile
import time
from pathlib import Path

from crash import restore_campaign, strace_kill
from crash.restore_case import RestoreCase


def phases(points):
    """A point before the commit, one in the middle of applying, one after it."""
    acts = [point for point in points if point.call == "renameat2"]
    last = points.index(acts[-1])
    before = next(point for point in reversed(points[:points.index(acts[2])]) if point.call == "rename")
    after = next(point for point in points[last:] if point.call == "rename")
    return before, acts[len(acts) // 2], after


def chosen(points, most, number, jobs):
    """One worker's part of a selection, in no order: where time runs out, what was tried is spread over the run."""
    some = restore_campaign.spread(points, most)
    random.Random(1).shuffle(some)
    return some[number::jobs]


def one_way(case, number, options, minutes):
    """What one worker does of one command and its recoveries."""
    begun = time.monotonic()
    points, status, output = strace_kill.points_of(case.command, case.env)
    assert status == 0, output
    # Three fifths of the time for the command, the rest for its three recoveries.
    tally = restore_campaign.kill_restore(case, chosen(points, options.most, number, options.jobs), begun + minutes * 36, options.back_every)
    recovery = restore_campaign.Tally()
    for part, first in enumerate(phases(points)):
        case.reset()
        assert strace_kill.kill_at(first, case.command, case.env), first
        restore_campaign.settle(case)
        inner, status, output = strace_kill.points_of(case.recovery, case.env)
        assert status == 0, output
        some = chosen(inner, max(2, options.most // 6), number, options.jobs)
        recovery.add(restore_campaign.kill_recovery(case, first, some, begun + minutes * (44 + 8 * part), options.back_every))
    return tally, recovery


def share(options, folder, second, number):
    """One worker, in a place of its own."""
    tallies = {}
    for name, rollback in (("restore", False), ("way back", True)):
        place = f"worker{number}.{name.replace(' ', '-')}"
        case = RestoreCase(Path(folder) / place, files=options.files, rollback=rollback,
                           second=second and Path(second) / place)
        tallies[name], tallies[f"recovery of the {name}"] = one_way(case, number, options, options.minutes / 2)
    return tallies


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", help="where to work (default: a temporary folder); its file system is the one tested")
    parser.add_argument("--second", help="where the second directory lies (default: beside the first)")
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--most", type=int, default=10**9, help="at most so many points of a command, evenly spread")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=math.inf, help="end after about so many")
    parser.add_argument("--back-every", type=int, default=1,
                        help="after every so many points it is also restored again, and rolled back, which takes half of the time")
    options = parser.parse_args()
    started = time.monotonic()
    total = {}
    with tempfile.TemporaryDirectory(prefix="fo-crash.", dir=options.folder) as folder, \
            tempfile.TemporaryDirectory(prefix="fo-crash.", dir=options.second or options.folder) as second:
        with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
            shares = [pool.submit(share, options, folder, second if options.second else None, i) for i in range(options.jobs)]
            for one in concurrent.futures.as_completed(shares):
                error = one.exception()
                if error:  # what the others found is told all the same
                    total.setdefault("a worker that failed", restore_campaign.Tally()).wrong.append(repr(error))
                    continue
                for name, tally in one.result().items():
                    total.setdefault(name, restore_campaign.Tally()).add(tally)
    wrong = [text for tally in total.values() for text in tally.wrong]
    for text in wrong:
        print(text, file=sys.stderr)
    parts = ", ".join(f"{name} at {tally.points}" for name, tally in total.items())
    print(f"killed, {options.files} files in two directories: {parts}; points {sum(t.points for t in total.values())}; "
          f"not reached {sum(t.not_reached for t in total.values())}; half or lost states {len(wrong)}; "
          f"{time.monotonic() - started:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
