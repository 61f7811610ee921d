"""fo-restore killed before the system calls of a restore that the PBX's own program does, of its way back, and of its recovery: with the
program living on, and with the program killed as well. Ends with one line of numbers; status 1 if any state was wrong.

  tests/crash/run program [--folder DIR] [--most N]
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from crash import restore_campaign, strace_kill
from crash.program_case import ProgramCase
from support.host_user import host_user


def points_of(command, env):
    points, status, output = strace_kill.points_of(command, env)
    assert status == 0, output
    return points


def kill_everywhere(folder, user, most):
    """{what was killed: tally}, with at most so many points of each."""
    tallies = {}
    for rollback in (False, True):
        for dies in (False, True):
            name = f"{'way back' if rollback else 'restore'}{' and its program' if dies else ''}"
            case = ProgramCase(Path(folder) / name.replace(" ", "-"), user, rollback, dies)
            points = points_of(case.command, case.env)
            tallies[name] = restore_campaign.kill_restore(case, restore_campaign.spread(points, most))
            if dies:
                tallies[f"recovery of the {name}"] = kill_recovery(case, most)
    return tallies


def kill_recovery(case, most):
    """The run has died in the middle of the program's work; its recovery, which runs the program again, is killed."""
    case.stop_in_the_middle()
    tally = restore_campaign.Tally()
    for point in restore_campaign.spread(points_of(case.recovery, case.env), most):
        case.stop_in_the_middle()
        if not strace_kill.kill_at(point, case.recovery, case.env):
            tally.not_reached += 1
            continue
        tally.points += 1
        tally.wrong += restore_campaign.audit_after(case, f"half restored, recovery {point}")
    return tally


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", help="where to work (default: a temporary folder)")
    parser.add_argument("--most", type=int, default=10**9, help="at most so many points of a command, evenly spread")
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fo-program.", dir=options.folder) as folder, host_user() as user:
        os.chmod(folder, 0o755)
        tallies = kill_everywhere(folder, user, options.most)
    wrong = [text for tally in tallies.values() for text in tally.wrong]
    for text in wrong:
        print(text, file=sys.stderr)
    parts = ", ".join(f"{name} at {tally.points}" for name, tally in tallies.items())
    print(f"killed, with a program that restores: {parts}; points {sum(t.points for t in tallies.values())}; not reached "
          f"{sum(t.not_reached for t in tallies.values())}; half or lost states {len(wrong)}; {time.monotonic() - started:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
