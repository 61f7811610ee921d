"""The torture by errors: every system call of a restore that can fail fails with ENOSPC, EIO, EDQUOT or EMFILE, once and from
then on. Ends with one line of numbers; status 1 if a tree was half, or an exit status said something else than the tree.

A point of a run takes a second or two (the run, its recovery, the same again, and back), and there are thousands: of every
kind of failure (call, error, once or onwards) only --each are tried, spread over the run; 0 = all of them, which takes hours.

  tests/crash/run errno [--folder DIR] [--files 30] [--each 3] [--jobs 2]
"""

import argparse
import concurrent.futures
import sys
import tempfile
import time
from pathlib import Path

from crash import restore_campaign, strace_kill
from crash.restore_case import RestoreCase

DISK = ("ENOSPC", "EIO", "EDQUOT")
ERRORS = {
    **{call: DISK for call in ("write", "pwrite64", "fsync", "fdatasync", "syncfs", "rename", "renameat", "renameat2", "mkdir",
                               "mkdirat", "ftruncate", "utimensat", "fsetxattr", "symlinkat", "copy_file_range", "fallocate")},
    **{call: ("EIO", "EMFILE", "ENOSPC") for call in ("openat", "openat2")},
    **{call: ("EIO",) for call in ("read", "pread64", "statx", "fstat", "newfstatat", "getdents64", "unlink", "unlinkat",
                                   "fchown", "fchmod", "flistxattr", "fgetxattr")},
    **{call: ("EMFILE",) for call in ("pipe2", "socketpair", "eventfd2", "dup", "fcntl")},
}
STATUSES = (0, 1, 2, 3, 4, 5, 6, 7, 9, 127)  # 127: the dynamic loader failed, the tool never began
UNTOUCHED = (1, 2, 4, 5, 6, 7, 127)


def judge(case, point, error, onwards):
    """Runs it once with that failure; what is wrong."""
    case.reset()
    status, output = strace_kill.fail_at(point, error, case.command, case.env, onwards)
    what = f"{point} {error}{' onwards' if onwards else ''}: status {status}: {output.strip()[-300:]}"
    tree = case.state_of_tree()
    start, end = ("new", "old") if case.rollback else ("old", "new")
    wrong = []
    if status not in STATUSES:
        wrong.append(f"{what}: a status of no meaning")
    if status in (0, 3) and tree != end:
        wrong.append(f"{what}: said done, but the tree is {tree}")
    if status in UNTOUCHED and tree != start:
        wrong.append(f"{what}: said not done, but the tree is {tree}")
    return wrong + restore_campaign.audit_after(case, what)


def trials_of(points, each):
    """(point, error, onwards): of every call, error and way the first, the last and some between."""
    by_call = {}
    for point in points:
        by_call.setdefault(point.call, []).append(point)
    return [(point, error, onwards) for call, some in by_call.items() for error in ERRORS.get(call, ()) for onwards in (False, True)
            for point in (restore_campaign.spread(some, each) if each else some)]


def share(options, folder, number):
    tally, possible = restore_campaign.Tally(), 0
    for rollback in (False, True):
        case = RestoreCase(Path(folder) / f"worker{number}.{int(rollback)}", files=options.files, rollback=rollback)
        points, status, output = strace_kill.points_of(case.command, case.env)
        assert status == 0, output
        possible += len(trials_of(points, 0))
        for trial in trials_of(points, options.each)[number::options.jobs]:
            tally.points += 1
            tally.wrong += judge(case, *trial)
    return tally, possible


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", default="/dev/shm" if Path("/dev/shm").is_dir() else None,
                        help="where to work (default: in memory); its file system is the one tested")
    parser.add_argument("--files", type=int, default=30)
    parser.add_argument("--each", type=int, default=3, help="so many points of every kind of failure; 0 = all")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    started = time.monotonic()
    total = restore_campaign.Tally()
    with tempfile.TemporaryDirectory(prefix="fo-errno.", dir=options.folder) as folder:
        with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
            for one in [pool.submit(share, options, folder, i) for i in range(options.jobs)]:
                tally, possible = one.result()
                total.add(tally)
    for text in total.wrong:
        print(text, file=sys.stderr)
    print(f"errors injected into a restore and its way back: {total.points} of {possible}; wrong {len(total.wrong)}; "
          f"{time.monotonic() - started:.0f} s")
    return 1 if total.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
