"""fo-fetch, killed at every system call: of a whole download, of a delta, of a delta that goes on with an interrupted one, of a
tar and of an encrypted zip, which its worker unpacks."""

import argparse
import sys
import tempfile

from crash.fetch_case import CHANGES, SCENARIOS, FetchCase, Wrong


def main():
    parser = argparse.ArgumentParser(prog="tests/crash/run fetch", description=__doc__)
    parser.add_argument("--changes-only", action="store_true", help="only calls that change something")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every Nth point")
    parser.add_argument("--scenario", choices=SCENARIOS, action="append", help="only this one; repeatable")
    parser.add_argument("--share", default="1/1", metavar="K/N", help="the Kth of N runs that together try every point")
    options = parser.parse_args()
    share, shares = map(int, options.share.split("/"))
    killed = tried = wrong = 0
    for scenario in options.scenario or SCENARIOS:
        with tempfile.TemporaryDirectory(prefix="fo-fetch-kill.") as folder:
            case = FetchCase(folder, scenario)
            points = case.points(CHANGES if options.changes_only else None)
            for point in points[::options.every][share - 1::shares]:
                tried += 1
                try:
                    killed += case.try_point(point)
                except Wrong as found:
                    wrong += 1
                    print(f"{scenario}: {found}", flush=True)
    print(f"fo-fetch: {tried} points tried, killed at {killed}, {wrong} wrong")
    return 1 if wrong or not killed else 0


if __name__ == "__main__":
    sys.exit(main())
