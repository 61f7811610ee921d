"""fo-unpack killed at each of its system calls, and fo-restore killed while fo-unpack is at each of them. A worker that dies is
an error that leaves the old tree alone; a worker whose tool died ends by itself and writes no more. Ends with one line of
numbers; status 1 if anything was otherwise.

  tests/crash/run unpack [--folder DIR] [--files 200] [--most N] [--jobs 2]
"""

import argparse
import concurrent.futures
import sys
import tempfile
import time
from pathlib import Path

from crash import restore_campaign
from crash.restore_case import RestoreCase
from crash.stopped_worker import StoppedWorker
from support import tool

ENDS_WITHIN = 2.0  # seconds, on a busy host; a worker sees the hang-up of its pipe at once


class UnpackCase:
    """One restore whose workers are stopped."""

    def __init__(self, folder, files):
        self.case = RestoreCase(Path(folder) / "case", files=files)
        self.workers = StoppedWorker(Path(folder) / "prefix")

    def run(self, victim, number=-1, point=None):
        self.case.reset()
        self.workers.arm(victim, number, point)
        return tool.run("fo-restore", *self.case.forward, env={**self.case.env, **self.workers.env})

    def points(self):
        done = self.run("nobody")
        assert done.status == 0, done
        return self.workers.points()

    def kill_worker(self, number, point):
        """(reached, what is wrong)."""
        what = f"worker {number} dies at {point}"
        done = self.run("worker", number, point)
        tree = self.case.state_of_tree()
        # It had answered, or never came there: then nothing is amiss.
        if done.status == 0:
            return False, [] if tree == "new" else [f"{what}: said done, but the tree is {tree}"]
        wrong = []
        if done.status != 1 or "fo-unpack ended before its answer (signal 9)" not in done.stderr:
            wrong.append(f"{what}: {done}")
        if tree != "old" or self.case.marked:
            wrong.append(f"{what}: the tree is {tree}, marked {self.case.marked}")
        if not self.workers.wait_for_end(ENDS_WITHIN):
            wrong.append(f"{what}: workers live on: {self.workers.alive()}")
        wrong += [f"{what}: {text}" for text in self.case.audit_recovered()]
        return True, wrong + restore_campaign.audit_after(self.case, what)

    def kill_tool(self, number, point):
        """(reached, what is wrong). The recovery begins at once, without waiting for the worker's end."""
        what = f"fo-restore dies while worker {number} is at {point}"
        done = self.run("tool", number, point)
        if not self.workers.reached:
            return False, [] if done.status == 0 else [f"{what}: {done}"]
        wrong = [] if done.status == -9 else [f"{what}: {done}"]
        wrong += restore_campaign.audit_after(self.case, what)
        if not self.workers.wait_for_end(ENDS_WITHIN):
            wrong.append(f"{what}: workers live on: {self.workers.alive()}")
        return True, wrong + [f"{what}: at last: {text}" for text in self.case.audit_recovered()]

    def kill(self, points):
        """Both ways at each point. (tally of the workers, tally of the tool)"""
        tallies = []
        for way in (self.kill_worker, self.kill_tool):
            tally = restore_campaign.Tally()
            for number, point in points:
                reached, wrong = way(number, point)
                tally.points += reached
                tally.not_reached += not reached
                tally.wrong += wrong
            tallies.append(tally)
        return tallies


def share(options, folder, number):
    case = UnpackCase(Path(folder) / f"worker{number}", options.files)
    return case.kill(restore_campaign.spread(case.points(), options.most)[number::options.jobs])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", help="where to work (default: a temporary folder)")
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--most", type=int, default=10**9, help="at most so many points, evenly spread")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    started = time.monotonic()
    worker, whole = restore_campaign.Tally(), restore_campaign.Tally()
    with tempfile.TemporaryDirectory(prefix="fo-crash.", dir=options.folder) as folder:
        with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
            for one in [pool.submit(share, options, folder, i) for i in range(options.jobs)]:
                of_worker, of_tool = one.result()
                worker.add(of_worker)
                whole.add(of_tool)
    wrong = worker.wrong + whole.wrong
    for text in wrong:
        print(text, file=sys.stderr)
    print(f"fo-unpack killed at {worker.points} of its calls, fo-restore at {whole.points}; points {worker.points + whole.points}; "
          f"after its answer or not reached {worker.not_reached + whole.not_reached}; half or lost states {len(wrong)}; "
          f"{time.monotonic() - started:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
