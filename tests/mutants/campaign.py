"""Takes the checks of fo-fetch's download out, one at a time, and demands that a test goes red.

Ends with one line of numbers; the status is 1 if a mutant survived. Needs a build with its tests (cmake --build --preset release).
"""

import argparse
import os
import subprocess
import sys
import time

from mutants.build import MutantBuild, mutated
from mutants.fetch import TABLE
from support.tool import BUILD_DIR, SOURCE_DIR

# From the quick to the slow: most mutants do not live to see the last.
PROGRAMS = ("unit_archive", "unit_fetch", "unit_source")
TESTS = ("cli/test_fetch.py", "cli/test_fetch_again.py", "cli/test_fetch_delta.py", "cli/test_fetch_proven.py",
         "conformance/test_source_file.py", "conformance/test_source_https.py", "integration/test_fetch_sftp.py", "crash/test_fetch_order.py", "crash/test_fetch_kill.py")


def steps(build, tests):
    for name in PROGRAMS:
        yield name, [str(build.bin / name)]
    for name in tests:
        yield name, [sys.executable, "-B", "-m", "support.runner", name]


def red(build, number, tests):
    """The first test that fails with the mutant awake, or does not end; None: it survives."""
    environment = dict(os.environ, FO_MUTANT=str(number), FO_BIN=str(build.bin), FO_SOURCE_DIR=str(SOURCE_DIR), FO_BUILD_DIR=str(BUILD_DIR))
    for name, command in steps(build, tests):
        try:
            done = subprocess.run(command, cwd=SOURCE_DIR / "tests", env=environment, capture_output=True, timeout=600)
        except subprocess.TimeoutExpired:
            return f"{name}, which did not end"
        if done.returncode:
            return name
    return None


def main():
    parser = argparse.ArgumentParser(prog="tests/mutants/run", description=__doc__)
    parser.add_argument("words", nargs="*", metavar="WORD", help="only mutants whose name or file holds one of these")
    parser.add_argument("--test", action="append", metavar="FILE", help="only these tests, besides those of the units; repeatable")
    parser.add_argument("--share", default="1/1", metavar="K/N", help="the Kth of N runs that together try every mutant")
    options = parser.parse_args()
    tests = options.test or TESTS
    share, shares = map(int, options.share.split("/"))
    build = MutantBuild(BUILD_DIR.parent / "mutants")
    build.compile(mutated(TABLE))
    build.link_all()
    found = red(build, 0, tests)
    if found:
        sys.exit(f"mutants: {found} fails without any")
    chosen = [(number, mutant) for number, mutant in enumerate(TABLE, 1)
              if not options.words or any(word in mutant.name or word in mutant.file for word in options.words)]
    survived, hung = [], 0
    for number, mutant in chosen[share - 1::shares]:
        began = time.monotonic()
        test = red(build, number, tests)
        if test is None:
            survived.append(mutant.name)
        hung += bool(test and test.endswith("did not end"))
        print(f"{number}: {mutant.name}: {f'red in {test}' if test else 'SURVIVED'} ({time.monotonic() - began:.0f} s)", flush=True)
    tried = len(chosen[share - 1::shares])
    names = f": {', '.join(survived)}" if survived else ""
    print(f"mutants: {tried} tried, {tried - len(survived)} red ({hung} of them by not ending), {len(survived)} survived{names}")
    return 1 if survived or not tried else 0


if __name__ == "__main__":
    sys.exit(main())
