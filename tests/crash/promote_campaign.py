"""Kills fo-promote run, and fo-promote resume, before every system call; checks the world after the kill and after one further run.

  tests/crash/run promote [run|resume] [operator|etcd] [SHARE/PARTS]      (for instance 1/4: a quarter of the points)

A resume begins at moments that kills of a whole run have left: one for each line that the journal may end with.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass, field

from crash import strace_kill
from crash.promote_case import EtcdPromoteCase, PromoteCase

CASES = {"operator": PromoteCase, "etcd": EtcdPromoteCase}


@dataclass
class Tally:
    points: int = 0
    killed: int = 0
    wrong: list = field(default_factory=list)


def _kill(case, point, command, tally, where=""):
    tally.points += 1
    if strace_kill.kill_at(point, command):
        tally.killed += 1
    wrong = case.wrong_after_the_kill() or case.recover()
    if wrong:
        tally.wrong.append(f"{where}{point}: {wrong}")


def journal_writes(points):
    """Where the journal's lines and the role file come from."""
    return [each for each in points if each.call in ("pwrite64", "write", "rename", "renameat2")]


def kill_promotion(case, points):
    tally = Tally()
    for point in points:
        case.reset()
        _kill(case, point, case.whole_run, tally)
    return tally


def points_of(case):
    case.reset()
    points, status, output = strace_kill.points_of(case.whole_run)
    assert status == 3, output
    return points


def interrupted_moments(case, points):
    """One moment for each line that the journal may end with when a run is killed, by that line's kind and step."""
    moments = {}
    for point in points:
        case.reset()
        strace_kill.kill_at(point, case.whole_run)
        last = case.journal_end()
        if last and last not in moments:
            moments[last] = case.keep()
    return moments


def kill_resumes(case, moments, share=1, parts=1):
    """Every resume is killed at its share of the points; which ones they are goes round from moment to moment."""
    tally = Tally()
    for number, (name, moment) in enumerate(moments.items()):
        case.go_back(moment)
        points, status, output = strace_kill.points_of(case.resumed_run)
        assert status in (0, 3), f"{name}: {output}"
        for point in points[(share - 1 + number) % parts::parts]:
            case.go_back(moment)
            _kill(case, point, case.resumed_run, tally, f"{name}: ")
    return tally


def arguments():
    parser = argparse.ArgumentParser(prog="tests/crash/run promote")
    parser.add_argument("verb", nargs="?", choices=("run", "resume"), default="run")
    parser.add_argument("arbiter", nargs="?", choices=CASES, default="operator")
    parser.add_argument("share", nargs="?", default="1/1")
    return parser.parse_args()


def main():
    chosen = arguments()
    share, parts = map(int, chosen.share.split("/"))
    with tempfile.TemporaryDirectory(prefix="fo-promote-kill.") as folder, CASES[chosen.arbiter](folder) as case:
        points = points_of(case)
        begun = time.monotonic()
        if chosen.verb == "run":
            tally = kill_promotion(case, points[share - 1::parts])
        else:
            moments = interrupted_moments(case, journal_writes(points))
            print(f"{len(moments)} moments: {', '.join(moments)}", flush=True)
            tally = kill_resumes(case, moments, share, parts)
    print(f"{chosen.verb} with the {chosen.arbiter} arbiter: {len(points)} points in a whole run; {tally.points} tried, "
          f"{tally.killed} killed, {len(tally.wrong)} wrong, {time.monotonic() - begun:.0f} s")
    print("\n".join(tally.wrong))
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
