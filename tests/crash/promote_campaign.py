"""Kills fo-promote run before every system call and checks the world after the kill and after one further run.

  tests/crash/run promote [SHARE/PARTS]      (for instance 1/4: a quarter of the points)
"""

import sys
import tempfile
import time
from dataclasses import dataclass, field

from crash import strace_kill
from crash.promote_case import PromoteCase


@dataclass
class Tally:
    points: int = 0
    killed: int = 0
    wrong: list = field(default_factory=list)


def kill_promotion(case, points):
    tally = Tally()
    for point in points:
        case.reset()
        tally.points += 1
        if strace_kill.kill_at(point, case.whole_run):
            tally.killed += 1
        wrong = case.wrong_after_the_kill() or case.recover()
        if wrong:
            tally.wrong.append(f"{point}: {wrong}")
    return tally


def points_of(case):
    case.reset()
    points, status, output = strace_kill.points_of(case.whole_run)
    assert status == 3, output
    return points


def main():
    share, parts = map(int, (sys.argv[1] if len(sys.argv) > 1 else "1/1").split("/"))
    with tempfile.TemporaryDirectory(prefix="fo-promote-kill.") as folder, PromoteCase(folder) as case:
        points = points_of(case)
        chosen = points[share - 1::parts]
        begun = time.monotonic()
        tally = kill_promotion(case, chosen)
    print(f"{len(points)} points in a run; {tally.points} tried, {tally.killed} killed, {len(tally.wrong)} wrong, "
          f"{time.monotonic() - begun:.0f} s")
    print("\n".join(tally.wrong))
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
